"""The quality estimator: the models of a tier, put together and calibrated.

A tier is one or two models (mtqa.modeling.quality_model). The sum of what they expect, with weights fitted on dev
data, goes through a monotone calibration to a rating 0..100; the spread that they state is scaled so that the interval
holds as many ratings as it says.
"""

from __future__ import annotations

import bisect
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from mtqa.errors import ModelError
from mtqa.modeling.quality_model import QualityModel, Reading
from mtqa.modeling.tokens import merge_spans
from mtqa.schema.annotations import SegmentQuality, SentenceQuality, TokenError
from mtqa.schema.document import Span
from mtqa.schema.progress import Progress, Step


@dataclass(frozen=True, slots=True)
class Tier:
    """How the models of a tier are put together; all numbers fitted on dev data (eval.fitting.estimator).

    `weights`: per model the weights of its z and of its raw rating in the expectation; `knots`: (expectation, rating
    0..100) of the monotone calibration, rising; `spread`: (intercept, slope) from the mean stated spread, in points;
    `low`, `high`: quantiles of (rating - score) / spread that bound 80 %; `token_weights`: per model the weight of its
    logit, `token_bias` added to their sum.
    """

    weights: tuple[tuple[float, float], ...]
    intercept: float
    knots: tuple[tuple[float, float], ...]
    spread: tuple[float, float]
    low: float
    high: float
    token_weights: tuple[float, ...]
    token_bias: float

    @classmethod
    def from_json(cls, row: Mapping[str, Any], *, models: int) -> Tier:
        """ModelError if numbers are missing or do not fit the number of models."""
        try:
            tier = cls(
                weights=tuple((float(z), float(raw)) for z, raw in row["weights"]),
                intercept=float(row["intercept"]),
                knots=tuple((float(x), float(y)) for x, y in row["knots"]),
                spread=(float(row["spread"][0]), float(row["spread"][1])),
                low=float(row["low"]),
                high=float(row["high"]),
                token_weights=tuple(float(one) for one in row["token_weights"]),
                token_bias=float(row["token_bias"]),
            )
        except (KeyError, TypeError, ValueError, IndexError) as error:
            raise ModelError(f"the calibration of the quality estimator is damaged: {error!r}") from error
        if len(tier.weights) != models or len(tier.token_weights) != models or len(tier.knots) < 2:
            raise ModelError(f"the calibration of the quality estimator is not for {models} models")
        numbers = [tier.intercept, *tier.spread, tier.low, tier.high, *tier.token_weights, tier.token_bias]
        numbers += [value for pair in (*tier.weights, *tier.knots) for value in pair]
        if not all(math.isfinite(value) for value in numbers):
            raise ModelError("the calibration of the quality estimator holds what is no number")
        if any(x >= next_x or y > next_y for (x, y), (next_x, next_y) in pairwise(tier.knots)):
            raise ModelError("the calibration of the quality estimator does not rise")
        if tier.knots[0][1] < 0.0 or tier.knots[-1][1] > 100.0:
            raise ModelError("the calibration of the quality estimator leaves 0..100")
        return tier

    def expectation(self, readings: Sequence[Reading]) -> float:
        """What the models expect together, before calibration."""
        return self.intercept + math.fsum(
            weight_z * one.z + weight_raw * one.raw
            for (weight_z, weight_raw), one in zip(self.weights, readings, strict=True)
        )

    def quality(self, readings: Sequence[Reading]) -> SentenceQuality:
        """Score 0..100 with the bounds of its 80 % interval."""
        expected = self.expectation(readings)
        score = float(np.interp(expected, [x for x, _ in self.knots], [y for _, y in self.knots]))
        # Beyond the outer knots the calibration is flat; a little slope keeps the order of what lies there.
        (first, _), (last, _) = self.knots[0], self.knots[-1]
        beyond = expected - min(last, max(first, expected))
        score = min(100.0, max(0.0, score + math.tanh(beyond) * 2.0))
        stated = sum(one.spread for one in readings) / len(readings)
        spread = max(1.0, self.spread[0] + self.spread[1] * 100.0 * stated)
        low, high = score + self.low * spread, score + self.high * spread
        return SentenceQuality(score, spread, max(0.0, min(score, low)), min(100.0, max(score, high)))

    def token_errors(self, readings: Sequence[Reading], text: str) -> tuple[TokenError, ...]:
        """Probability of an error for the tokens of the first model; those of others are read at the same places."""
        main = readings[0]
        spans = merge_spans(main.encoded.ends)
        total = np.full(len(spans), self.token_bias)  # (spans,)
        severe = np.zeros(len(spans))
        for weight, reading in zip(self.token_weights, readings, strict=True):
            own = merge_spans(reading.encoded.ends)
            if not own:  # a vocabulary may drop every character of a text ("\u200b")
                continue
            error = [max(float(reading.error[number]) for number in numbers) for _, numbers in own]
            major = [max(float(reading.major[number]) for number in numbers) for _, numbers in own]
            places = _overlapping([span.end for span, _ in spans], [span.end for span, _ in own])
            total += [weight * _logit(max(error[first:end])) for first, end in places]
            severe += [max(major[first:end]) / len(readings) for first, end in places]
        return tuple(
            TokenError(_word_span(span, text), 1.0 / (1.0 + math.exp(-value)), float(grave))
            for (span, _), value, grave in zip(spans, total.tolist(), severe.tolist(), strict=True)
        )


class QualityEstimator:
    """Implements schema.roles.QualityEstimator. `signature` names tier and weights."""

    def __init__(
        self, models: Sequence[QualityModel], tier: Tier, *, signature: str, progress: Progress | None = None
    ) -> None:
        self._models = tuple(models)
        self._tier = tier
        self.signature = signature
        self._progress = progress

    def rate(self, texts: Sequence[str]) -> list[SegmentQuality]:
        """One rating per text, in order; spans in code points of the text. ValueError for a blank text."""
        if any(not text.strip() for text in texts):
            raise ValueError("a blank text has no quality")
        distinct = list(dict.fromkeys(texts))
        rated = {
            text: SegmentQuality(self._tier.quality(readings), self._tier.token_errors(readings, text))
            for text, readings in zip(distinct, self.read(distinct), strict=True)
        }
        return [rated[text] for text in texts]

    def read(self, texts: Sequence[str]) -> list[tuple[Reading, ...]]:
        """What each model says of each text, before it is put together."""
        counted = self._counter()
        return list(zip(*(model.read(texts, counted=counted) for model in self._models), strict=True))

    def _counter(self) -> Callable[[int], None] | None:
        """Tells how many tokens were read by all models together; how many there are is known only as they come."""
        if self._progress is None:
            return None
        progress, done = self._progress, 0

        def count(tokens: int) -> None:
            nonlocal done
            done += tokens
            progress(Step("estimating quality", done, None, "tokens"))

        return count


def word_probability(reading: Reading, span: Span) -> float:
    """The highest probability of an error among the tokens that overlap a word; `span` must not be empty."""
    ends = reading.encoded.ends
    first = bisect.bisect_right(ends, span.start)
    last = bisect.bisect_left(ends, span.end)
    return float(reading.error[first : last + 1].max())


def _overlapping(ends: Sequence[int], others: Sequence[int]) -> list[tuple[int, int]]:
    """For each gapless span (by its end) the range of `others` that overlap it, never empty."""
    places = []
    first = start = 0
    for end in ends:
        while first < len(others) - 1 and others[first] <= start:
            first += 1
        last = first
        while last < len(others) - 1 and others[last] < end:
            last += 1
        places.append((first, last + 1))
        start = end
    return places


def _word_span(span: Span, text: str) -> Span:
    """The span without the white space before its word."""
    written = span.of(text)
    lead = len(written) - len(written.lstrip())
    return Span(span.start + lead, span.end) if lead < len(written) else span


def _logit(probability: float) -> float:
    bounded = min(1.0 - 1e-6, max(1e-6, probability))
    return math.log(bounded / (1.0 - bounded))
