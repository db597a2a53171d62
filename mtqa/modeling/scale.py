"""From an expectation to a rating 0..100 with its 80 % interval: a monotone curve and a scaled spread."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from mtqa.errors import ModelError
from mtqa.schema.annotations import SentenceQuality

_BEYOND = 2.0  # points by which scores beyond the outer knots differ at most


@dataclass(frozen=True, slots=True)
class Scale:
    """`knots`: (expectation, rating 0..100), rising; `spread`: (intercept, slope) from a stated spread, in points;
    `low`, `high`: quantiles of (rating - score) / spread that bound 80 %.
    """

    knots: tuple[tuple[float, float], ...]
    spread: tuple[float, float]
    low: float
    high: float

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> Scale:
        """ModelError if numbers are missing, are none, or do not rise."""
        try:
            scale = cls(
                knots=tuple((float(x), float(y)) for x, y in row["knots"]),
                spread=(float(row["spread"][0]), float(row["spread"][1])),
                low=float(row["low"]),
                high=float(row["high"]),
            )
        except (KeyError, TypeError, ValueError, IndexError) as error:
            raise ModelError(f"the calibration of the quality estimator is damaged: {error!r}") from error
        numbers = [*scale.spread, scale.low, scale.high, *(value for knot in scale.knots for value in knot)]
        if not all(math.isfinite(value) for value in numbers):
            raise ModelError("the calibration of the quality estimator holds what is no number")
        if len(scale.knots) < 2 or any(x >= next_x or y > next_y for (x, y), (next_x, next_y) in pairwise(scale.knots)):
            raise ModelError("the calibration of the quality estimator does not rise")
        if scale.knots[0][1] < 0.0 or scale.knots[-1][1] > 100.0:
            raise ModelError("the calibration of the quality estimator leaves 0..100")
        return scale

    def score(self, expected: float) -> float:
        """The rating 0..100; beyond the outer knots the curve is flat, and a little slope keeps the order there."""
        score = float(np.interp(expected, [x for x, _ in self.knots], [y for _, y in self.knots]))
        (first, _), (last, _) = self.knots[0], self.knots[-1]
        beyond = expected - min(last, max(first, expected))
        return min(100.0, max(0.0, score + math.tanh(beyond) * _BEYOND))

    def quality(self, expected: float, stated: float) -> SentenceQuality:
        """Score and interval; `stated` is the standard deviation that the models state, in points."""
        score = self.score(expected)
        spread = max(1.0, self.spread[0] + self.spread[1] * stated)
        low, high = score + self.low * spread, score + self.high * spread
        return SentenceQuality(score, spread, max(0.0, min(score, low)), min(100.0, max(score, high)), expected)
