"""A tier fitted to ratings: it rises, its interval holds what it says, and tokens are as wrong as people found them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mtqa.modeling.quality_estimator import Tier
from mtqa.modeling.quality_model import Reading
from mtqa.modeling.quality_ratings import Mark
from mtqa.modeling.quality_recalibration import (
    HeldOut,
    calibration_knots,
    figures_after,
    figures_before,
    recalibrated,
)
from mtqa.modeling.tokens import Encoded
from tests.modeling.tiny_quality import TIER

SHIPPED = Tier.from_json({**TIER, "weights": [[0.7, 1.0, 0.0]], "token_weights": [1.0]}, models=1)
NATS = np.full(4, 2.0, dtype=np.float32)
TEXT = "good bad"
ENCODED = Encoded((5, 6), (4, 8))


def reading(z: float, *, error: tuple[float, float] = (0.2, 0.6), spread: float = 0.1) -> Reading:
    both = np.array(error, dtype=np.float32)
    return Reading(z=z, raw=0.6 + 0.2 * z, spread=spread, error=both, major=both, surprisal=NATS, encoded=ENCODED)


def held_out(count: int, *, noise: float, seed: int = 0, marks: tuple[Mark, ...] | None = None) -> list[HeldOut]:
    """Ratings 50 + 20 z + noise; before training the model saw half of z."""
    rng = np.random.default_rng(seed)
    rows = []
    for _ in range(count):
        z, blind = rng.normal(size=2)
        score = float(np.clip(50.0 + 20.0 * z + noise * rng.normal(), 0.0, 100.0))
        rows.append(HeldOut(TEXT, (reading(0.5 * z + blind),), (reading(3.0 * z),), score, marks))
    return rows


@given(
    pairs=st.lists(st.tuples(st.floats(-5, 5), st.floats(0, 100)), min_size=5, max_size=20),
    times=st.sampled_from([1, 50]),
)
@settings(max_examples=25, deadline=None)
def test_the_calibration_always_rises_within_bounds(pairs: list[tuple[float, float]], times: int) -> None:
    expected, rating = np.array(pairs * times).T
    knots = calibration_knots(expected, rating)
    places, levels = zip(*knots, strict=True)
    assert len(knots) >= 2
    assert np.all(np.diff(places) > 0)
    assert np.all(np.diff(levels) >= 0)
    assert (min(levels), max(levels)) == (0.0, 100.0)


@pytest.mark.parametrize(("rows", "knots"), [(199, 2), (200, 7), (5_000, 14)])
def test_few_rows_make_a_straight_line(rows: int, knots: int) -> None:
    rng = np.random.default_rng(0)
    expected = rng.normal(size=rows)
    rating = np.clip(50.0 + 20.0 * np.tanh(expected) + rng.normal(size=rows), 0, 100)
    found = calibration_knots(expected, rating)
    assert len(found) == knots
    places, levels = zip(*found, strict=True)
    bound = 6.0 if knots == 2 else 4.0
    assert float(np.abs(np.interp(expected, places, levels) - rating).mean()) < bound


@pytest.mark.parametrize("count", [60, 150, 800])
def test_the_new_tier_meets_ratings_it_was_not_fitted_to(count: int) -> None:
    rows = held_out(count, noise=8.0)
    tier = recalibrated(SHIPPED, rows, [True])
    fresh = held_out(400, noise=8.0, seed=1)
    qualities = [tier.quality(row.after) for row in fresh]
    errors = [abs(one.score - (row.score or 0.0)) for one, row in zip(qualities, fresh, strict=True)]
    inside = [one.low <= (row.score or 0.0) <= one.high for one, row in zip(qualities, fresh, strict=True)]
    assert float(np.mean(errors)) < 8.0
    assert 0.68 <= float(np.mean(inside)) <= 0.92
    before, after = figures_before(SHIPPED, rows), figures_after(tier, rows)
    assert before.pearson is not None
    assert after.pearson is not None
    assert after.pearson > 0.85 > before.pearson
    assert after.error < before.error
    assert after.rows == count


def test_new_heads_weigh_as_much_as_the_old_ones_and_kept_heads_keep_their_weights() -> None:
    rows = [replace(row, before=row.before * 2, after=row.after * 2) for row in held_out(60, noise=5.0)]
    weights = ((0.7, 1.0, 0.0), (0.2, 0.1, -0.3))
    shipped = replace(SHIPPED, weights=weights, token_weights=(0.5, 0.5))
    tier = recalibrated(shipped, rows, [True, False])
    assert tier.weights[1] == weights[1]
    assert tier.weights[0][1:] == (0.0, 0.0)
    moved = np.std([0.7 * row.before[0].z + 1.0 * row.before[0].raw for row in rows])
    assert tier.weights[0][0] * np.std([row.after[0].z for row in rows]) == pytest.approx(moved)


@pytest.mark.parametrize(("marks", "share"), [((), 0.0), ((Mark(5, 8, "minor"),), 0.5), ((Mark(0, 8, "major"),), 1.0)])
def test_tokens_are_wrong_as_often_as_people_marked_them(marks: tuple[Mark, ...], share: float) -> None:
    rows = held_out(60, noise=5.0, marks=marks)
    tier = recalibrated(SHIPPED, rows, [True])
    said = [one.probability for row in rows for one in tier.token_errors(row.after, row.text)]
    assert float(np.mean(said)) == pytest.approx(share, abs=0.01)
    assert figures_after(tier, rows).token_auc == (1.0 if share == 0.5 else None)


def test_without_marks_the_bias_stays() -> None:
    tier = recalibrated(replace(SHIPPED, token_bias=0.7), held_out(60, noise=5.0), [True])
    assert tier.token_bias == 0.7


def test_ratings_that_are_all_equal_have_no_correlation_but_a_calibration() -> None:
    rows = [replace(row, score=40.0) for row in held_out(10, noise=5.0)]
    tier = recalibrated(SHIPPED, rows, [True])
    assert figures_after(tier, rows).pearson is None
    assert figures_after(tier, rows).error < 3.0
