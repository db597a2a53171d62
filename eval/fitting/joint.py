"""Weights of a sum that follows ratings and puts the better of two sentences first.

The loss is the mean squared error of ratings, each group (language pair) centred, plus the cross-entropy of the order
of pairs, two logits for each unit of difference as in the training of the models. Which of the two counts more is
chosen by what it costs: the greatest weight of the pairs with which the mean correlation inside groups falls by no more
than `most_lost` below the best. A feature of a known sign never counts against its meaning: a free weight
turns one figure of an error into a credit that makes up for another, which fits planted errors and need not fit others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from eval.measures.correlation import pearson

Floats = NDArray[np.float64]
Bounds = tuple[float | None, float | None]
_PAIR_WEIGHTS = (0.0, 0.03, 0.06, 0.1, 0.17, 0.3, 0.4, 0.55, 1.0, 1.7, 3.0)
_LOGITS = 2.0
_RIDGE = 1e-3
_BOUNDS: dict[int, Bounds] = {-1: (None, 0.0), 0: (None, None), 1: (0.0, None)}


@dataclass(frozen=True, slots=True)
class Rated:
    """`features`  # (rows, features); `ratings`, `weights`, `groups`  # (rows,)."""

    features: Floats
    ratings: Floats
    groups: NDArray[np.str_]
    weights: Floats


@dataclass(frozen=True, slots=True)
class Fit:
    """`weights`  # (features,); `correlation`: mean over groups; `ordered`: share of pairs in the right order."""

    weights: Floats
    correlation: float
    ordered: float
    pair_weight: float


def fit(
    rated: Rated,
    better: Floats,
    worse: Floats,
    *,
    most_lost: float,
    groups: Sequence[str] | None = None,
    signs: Sequence[int] | None = None,
) -> Fit:
    """Fit to ratings and to pairs `better`, `worse`  # (pairs, features). `groups`: those whose correlation counts.

    `signs`  # (features,): 1 for a weight of at least 0, -1 for one of at most 0, 0 for any.
    """
    bounds = [_BOUNDS[sign] for sign in signs or [0] * rated.features.shape[1]]
    features = centred(rated.features, rated.groups)
    ratings = centred(rated.ratings[:, None], rated.groups)[:, 0]
    difference = better - worse  # (pairs, features)
    size = np.maximum(1e-9, np.concatenate([features, difference]).std(axis=0))
    named = sorted(set(rated.groups.tolist())) if groups is None else groups
    fits = []
    weights = np.zeros(features.shape[1])
    for pair_weight in _PAIR_WEIGHTS:
        weights = _minimum(features / size, ratings, rated.weights, difference / size, pair_weight, weights, bounds)
        found = weights / size
        total = rated.features @ found
        correlation = float(
            np.mean(
                [
                    pearson(total[rated.groups == one].tolist(), rated.ratings[rated.groups == one].tolist())
                    for one in named
                ]
            )
        )
        fits.append(Fit(found, correlation, float(np.mean(difference @ found > 0.0)), pair_weight))
    best = max(one.correlation for one in fits)
    return [one for one in fits if one.correlation >= best - most_lost][-1]


def centred(values: Floats, groups: NDArray[np.str_]) -> Floats:
    """Each column with the mean of its group taken off."""
    numbers = np.unique(groups, return_inverse=True)[1]  # (rows,)
    sums = np.zeros((int(numbers.max()) + 1, values.shape[1]))
    np.add.at(sums, numbers, values)
    means: Floats = sums / np.bincount(numbers)[:, None]
    return values - means[numbers]


def _minimum(
    features: Floats,
    ratings: Floats,
    share: Floats,
    difference: Floats,
    pair_weight: float,
    start: Floats,
    bounds: Sequence[Bounds],
) -> Floats:
    def loss(weights: Floats) -> tuple[float, Floats]:
        away = features @ weights - ratings
        ahead = _LOGITS * (difference @ weights)
        value = float(np.average(away**2, weights=share) + pair_weight * np.logaddexp(0.0, -ahead).mean())
        slope = 2.0 * (features * (share * away)[:, None]).sum(axis=0) / share.sum()
        wrong = -1.0 / (1.0 + np.exp(np.clip(ahead, -60.0, 60.0)))  # d softplus(-ahead) / d ahead
        slope += pair_weight * _LOGITS * (difference * wrong[:, None]).mean(axis=0)
        return value + _RIDGE * float(weights @ weights), slope + 2.0 * _RIDGE * weights

    return np.asarray(minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x)
