"""Weights for ratings and for the order of pairs together."""

from __future__ import annotations

import numpy as np
import pytest

from eval.fitting.joint import Rated, centred, fit

RNG = np.random.default_rng(3)
COUNT = 400
GROUPS = np.array(["a", "b"] * (COUNT // 2))
FEATURES = RNG.normal(size=(COUNT, 3))
RATINGS = FEATURES @ [1.0, 0.5, 0.0] + RNG.normal(size=COUNT) * 0.3 + np.where(GROUPS == "a", 5.0, -5.0)
RATED = Rated(FEATURES, RATINGS, GROUPS, np.ones(COUNT))


def test_groups_are_centred_apart() -> None:
    assert centred(RATINGS[:, None], GROUPS)[GROUPS == "a"].mean() == pytest.approx(0.0)


def test_ratings_alone_give_back_their_weights() -> None:
    nothing = np.zeros((10, 3))
    found = fit(RATED, nothing, nothing, most_lost=0.0)
    assert found.weights == pytest.approx([1.0, 0.5, 0.0], abs=0.06)
    assert found.correlation > 0.95


def test_pairs_use_what_ratings_do_not_need() -> None:
    better, worse = RNG.normal(size=(200, 3)), RNG.normal(size=(200, 3))
    better[:, 2] = worse[:, 2] + 0.5
    free, bound = (fit(RATED, better, worse, most_lost=lost) for lost in (0.03, 0.0))
    assert free.pair_weight > bound.pair_weight
    assert free.ordered > bound.ordered
    assert free.weights[2] > bound.weights[2] + 0.03
    assert bound.correlation - free.correlation <= 0.03


def test_only_named_groups_decide_what_is_lost() -> None:
    assert fit(RATED, FEATURES[:5], FEATURES[5:10], most_lost=0.01, groups=("a",)).correlation > 0.9


def test_a_weight_keeps_to_its_sign() -> None:
    better, worse = np.zeros((50, 3)), np.zeros((50, 3))
    free = fit(RATED, better, worse, most_lost=0.0)
    held = fit(RATED, better, worse, most_lost=0.0, signs=(1, -1, 0))
    assert free.weights[1] > 0.4
    assert held.weights[1] == 0.0
    assert held.weights[0] == pytest.approx(free.weights[0], abs=0.06)
    assert fit(RATED, better, worse, most_lost=0.0, signs=(-1, 0, 0)).weights[0] == 0.0
