from __future__ import annotations

import json

import numpy as np
import pytest

from eval.fitting.quality import CALIBRATION, Linear, RatedDocument, Sentence, fit, is_headline, sample, shared_spread
from mtqa.schema.annotations import Annotations, TokenSurprisal
from mtqa.schema.document import Segment, Span
from mtqa.scoring.calibrate import load_calibration
from mtqa.scoring.combine import expect_quality, surprisal_statistics


def sentence(value: float, rating: float, tokens: int = 20, pair: str = "et") -> Sentence:
    return Sentence(pair, {"mean": value}, tokens, rating)


def test_the_line_is_found_and_the_prior_is_the_mean() -> None:
    line = fit([sentence(value, 90.0 - 5.0 * value) for value in (1.0, 2.0, 3.0)], [])
    assert (line.intercept, line.weights["mean"], line.prior) == pytest.approx((90.0, -5.0, 80.0))


def test_news_weighs_half_as_much_as_all_other_sentences_together() -> None:
    # All at the same place: only the levels speak. (4 x 50 + 0.5 x 4 x 80) / (4 + 2)
    line = fit([sentence(2.0, 50.0)] * 4, [sentence(2.0, 80.0)])
    assert line.expect({"mean": 2.0}, 20) == pytest.approx(60.0)
    assert line.prior == pytest.approx(60.0)


@pytest.mark.parametrize(
    ("patience", "tokens", "expected"), [(0.0, 5, 40.0), (5.0, 5, 55.0), (5.0, 95, 41.5), (1e9, 5, 70.0)]
)
def test_short_sentences_stay_near_the_prior(patience: float, tokens: int, expected: float) -> None:
    line = Linear(100.0, {"mean": -10.0}, prior=70.0, patience=patience)
    assert line.expect({"mean": 6.0}, tokens) == pytest.approx(expected, abs=1e-3)


@pytest.mark.parametrize(("value", "expected"), [(50.0, 0.0), (-50.0, 100.0)])
def test_expectations_stay_within_bounds(value: float, expected: float) -> None:
    assert Linear(100.0, {"mean": -10.0}, prior=70.0).expect({"mean": value}, 20) == expected


def test_the_fitted_line_is_the_one_that_the_checker_uses() -> None:
    numbers = load_calibration().quality
    weights = {name: numbers[f"weight_{name}"] for name in ("mean", "worst", "entropy", "characters", "log_length")}
    line = Linear(numbers["intercept"], weights, numbers["prior"], numbers["patience"])
    tokens = tuple(TokenSurprisal(Span(4 * at, 4 * at + 4), 2.0 + at % 7, 3.0, "", 1.0) for at in range(23))
    found = expect_quality(Segment(0, Span(0, 92)), Annotations(surprisal=(tokens,)), numbers)
    assert found.score == pytest.approx(line.expect(surprisal_statistics(tokens), 23))
    assert 20.0 < found.score < 95.0


def test_the_shared_spread_has_the_level_of_systems_and_the_documents_without_noise() -> None:
    line = Linear(60.0, {"mean": 0.0}, prior=60.0)
    systems = [sentence(1.0, 62.0), sentence(1.0, 66.0)]  # off by 2 and 6: 20 on average when squared

    def documents(noise: float) -> dict[str, RatedDocument]:
        off = {"de/0": 1.0, "de/1": 17.0, "is/0": -8.0, "is/1": 8.0}  # 8 around the mean of each pair
        return {name: RatedDocument((sentence(1.0, 0.0),), (), 60.0 + by, noise) for name, by in off.items()}

    assert shared_spread(line, documents(3.0), systems) == pytest.approx(np.sqrt(64.0 - 9.0 + 20.0))
    assert shared_spread(line, documents(9.0), systems) == pytest.approx(np.sqrt(20.0))


@pytest.mark.parametrize(
    ("line", "expected"),
    [("Hrópað á heiminn", True), ("Das ist ein Satz.", False), ("„Das ist ein Satz.“", False), ("x" * 200, False)],
)
def test_headlines(line: str, expected: bool) -> None:
    assert is_headline(line) == expected


def test_samples_are_seeded_ordered_and_without_repetition() -> None:
    items = list(range(100))
    chosen = sample(items, 10)
    assert chosen == sample(items, 10) == sorted(set(chosen))
    assert len(chosen) == 10
    assert sample(items, 500) == items


def test_the_shipped_section_says_what_it_was_fitted_on() -> None:
    section = json.loads(CALIBRATION.read_text(encoding="utf-8"))["quality"]
    assert section["fitted"].startswith("eval.fitting.quality: ")
    assert "MLQE-PE" in section["fitted"]
