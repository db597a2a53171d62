"""A tier of the quality estimator fitted to a user's ratings, by rows that its heads were not trained on.

The models keep the weights that they have in the shipped tier, which were fitted on far more data. Fitted anew are the
calibration to a rating 0..100, the interval (split conformal prediction with the stated spread as scale, Lei et al.
2018) and the bias of the tokens.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from mtqa.modeling.quality_estimator import Tier, weighed
from mtqa.modeling.quality_model import Reading
from mtqa.modeling.quality_ratings import Mark
from mtqa.modeling.token_head import TokenHead

Values = NDArray[np.float64]
_LEAST_BINNED = 200  # rows: with fewer the calibration is a straight line
_BIN, _MOST_BINS = 40, 12  # rows per bin of a calibration that bends
_LEAST_RISE = 1.0  # points per standard deviation of the expectation: what differs keeps differing
_SLOPE = 0.03  # share of the straight line in a calibration that bends
_LOW, _HIGH = 0.1, 0.9
_HALF_NORMAL = 0.7979  # mean absolute value of a standard normal variable
_FOLDS = 5


@dataclass(frozen=True, slots=True)
class Figures:
    """How well a tier meets some ratings. `pearson`, `token_auc` None where they are undefined.

    `error`: mean absolute difference, points; `coverage`: share of ratings in the 80 % interval; `token_auc`:
    probability that a wrong token is judged worse than a right one.
    """

    rows: int
    pearson: float | None
    error: float
    coverage: float
    token_auc: float | None


@dataclass(frozen=True, slots=True)
class HeldOut:
    """A text held out: what the models say of it before and after training, and what people said."""

    text: str
    before: tuple[Reading, ...]
    after: tuple[Reading, ...]
    score: float | None
    marks: tuple[Mark, ...] | None


def recalibrated(tier: Tier, rows: Sequence[HeldOut], trained: Sequence[bool]) -> Tier:
    """The tier for the heads after training; `trained` says which models have new ones."""
    rated = [row for row in rows if row.score is not None]
    tier = replace(tier, weights=_weights(tier, rated, trained), intercept=0.0)
    expected = _expected(tier, rated)
    tier = _fitted(replace(tier, intercept=-float(expected.mean())), rated)
    marked = [row for row in rows if row.marks is not None]
    logits, wrong = _tokens(replace(tier, token_bias=0.0), marked)
    return replace(tier, token_bias=_bias(logits, wrong)) if len(wrong) else tier


def figures_before(tier: Tier, rows: Sequence[HeldOut], head: TokenHead | None = None) -> Figures:
    """Of the shipped tier with the shipped heads, `head` that of its tokens."""
    before = [replace(row, after=row.before) for row in rows]
    rated = [row for row in before if row.score is not None]
    return _figures([tier] * len(rated), rated, _tokens(tier, [row for row in before if row.marks is not None], head))


def bias_of(head: TokenHead, tier: Tier, rows: Sequence[HeldOut]) -> float:
    """The bias with which the shipped head of a tier's tokens expects as many wrong ones as are marked; its own where
    nobody marked any row.
    """
    marked = [replace(row, after=row.before) for row in rows if row.marks is not None]
    logits, wrong = _tokens(tier, marked, head)
    return head.bias + _bias(logits, wrong) if len(wrong) else head.bias


def figures_after(tier: Tier, rows: Sequence[HeldOut]) -> Figures:
    """Of a recalibrated tier, each fifth of the rows under a calibration fitted on the others."""
    rated = [row for row in rows if row.score is not None]
    folds = [number % _FOLDS for number in range(len(rated))]
    tiers = [
        _fitted(tier, [row for row, own in zip(rated, folds, strict=True) if own != fold]) for fold in range(_FOLDS)
    ]
    marked = [row for row in rows if row.marks is not None]
    return _figures([tiers[fold] for fold in folds], rated, _tokens(tier, marked))


def calibration_knots(expected: Values, rating: Values) -> tuple[tuple[float, float], ...]:
    """Knots (expectation, rating 0..100), both rising: a straight line, or means of quantile bins of many rows."""
    deviation = max(1e-6, float(expected.std()))
    covariance = float(np.mean((expected - expected.mean()) * (rating - rating.mean())))
    slope = max(covariance / deviation**2, _LEAST_RISE / deviation)
    offset = float(rating.mean()) - slope * float(expected.mean())
    if len(rating) < _LEAST_BINNED:
        return (-offset / slope, 0.0), ((100.0 - offset) / slope, 100.0)
    bins = np.array_split(np.argsort(expected, kind="stable"), min(_MOST_BINS, len(rating) // _BIN))
    places = np.array([expected[own].mean() for own in bins])  # (bins,)
    means = np.array([rating[own].mean() for own in bins])  # (bins,)
    # Between the least rising curve above all means and the greatest below.
    rising = (np.maximum.accumulate(means) + np.minimum.accumulate(means[::-1])[::-1]) / 2.0
    levels = np.clip((1.0 - _SLOPE) * rising + _SLOPE * (offset + slope * places), 0.0, 100.0)
    # Beyond the bins the calibration goes on as the straight line does.
    knots = [(float(places[0] - levels[0] / slope), 0.0)]
    for place, level in [
        *zip(places.tolist(), levels.tolist(), strict=True),
        (float(places[-1] + (100.0 - levels[-1]) / slope), 100.0),
    ]:
        if place > knots[-1][0] + 1e-6:
            knots.append((place, level))
    return tuple(knots)


def _fitted(tier: Tier, rated: Sequence[HeldOut]) -> Tier:
    """Knots and interval anew."""
    rating = _ratings(rated)
    expected = _expected(tier, rated)
    tier = replace(tier, knots=calibration_knots(expected, rating))
    left = rating - np.array([tier.quality(row.after).score for row in rated])
    stated = 100.0 * np.array([np.mean([one.spread for one in row.after]) for row in rated])
    size = float(np.abs(left).mean()) / _HALF_NORMAL / float(stated.mean())
    spread = np.maximum(1.0, size * stated)
    low, high = np.quantile(left / spread, [_LOW, _HIGH], method="weibull")  # of n + 1 rows, the new one included
    return replace(tier, spread=(0.0, size), low=min(0.0, float(low)), high=max(0.0, float(high)))


def _weights(tier: Tier, rated: Sequence[HeldOut], trained: Sequence[bool]) -> tuple[tuple[float, float, float], ...]:
    """New heads move the expectation as much as the old ones did; their two ratings are one, so z speaks for both."""
    weights = []
    for number, (own, new) in enumerate(zip(tier.weights, trained, strict=True)):
        before = [weighed(own, row.before[number]) for row in rated]
        after = float(np.std([row.after[number].z for row in rated]))
        weights.append((float(np.std(before)) / max(1e-6, after), 0.0, 0.0) if new else own)
    return tuple(weights)


def _expected(tier: Tier, rated: Sequence[HeldOut]) -> Values:
    return np.array([tier.expectation(row.after) for row in rated])


def _ratings(rated: Sequence[HeldOut]) -> Values:
    return np.array([row.score for row in rated], dtype=np.float64)


def _figures(tiers: Sequence[Tier], rated: Sequence[HeldOut], tokens: tuple[Values, NDArray[np.bool_]]) -> Figures:
    qualities = [tier.quality(row.after) for tier, row in zip(tiers, rated, strict=True)]
    rating, score = _ratings(rated), np.array([one.score for one in qualities])
    inside = [one.low <= truth <= one.high for one, truth in zip(qualities, rating.tolist(), strict=True)]
    known = bool(rating.std() > 0.0 and score.std() > 0.0)
    return Figures(
        rows=len(rated),
        pearson=float(np.corrcoef(rating, score)[0, 1]) if known else None,
        error=float(np.abs(rating - score).mean()),
        coverage=float(np.mean(inside)),
        token_auc=_auc(*tokens),
    )


def _tokens(tier: Tier, marked: Sequence[HeldOut], head: TokenHead | None = None) -> tuple[Values, NDArray[np.bool_]]:
    """Logit of each token of the marked rows, and whether a mark overlaps it  # (tokens,) each."""
    logits, wrong = [], []
    for row in marked:
        for token in tier.token_errors(row.after, row.text, head):
            bounded = min(1.0 - 1e-9, max(1e-9, token.probability))
            logits.append(math.log(bounded / (1.0 - bounded)))
            marks = row.marks or ()
            wrong.append(any(mark.start < token.span.end and token.span.start < mark.end for mark in marks))
    return np.array(logits, dtype=np.float64), np.array(wrong, dtype=np.bool_)


def _bias(logits: Values, wrong: NDArray[np.bool_]) -> float:
    """What makes the mean probability the share of wrong tokens (with one half more of each kind), by bisection."""
    share = (float(wrong.sum()) + 0.5) / (len(wrong) + 1.0)
    low, high = -40.0, 40.0
    for _ in range(60):
        middle = (low + high) / 2.0
        mean = float(np.mean(1.0 / (1.0 + np.exp(-(logits + middle)))))
        low, high = (middle, high) if mean < share else (low, middle)
    return (low + high) / 2.0


def _auc(logits: Values, wrong: NDArray[np.bool_]) -> float | None:
    """Mann-Whitney: equal values count half; None without tokens of both kinds."""
    bad, good = np.sort(logits[wrong]), np.sort(logits[~wrong])
    if not len(bad) or not len(good):
        return None
    below = np.searchsorted(good, bad, side="left") + np.searchsorted(good, bad, side="right")
    return float(below.mean() / (2.0 * len(good)))
