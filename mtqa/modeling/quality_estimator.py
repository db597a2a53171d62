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
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mtqa.errors import ModelError
from mtqa.modeling.quality_model import QualityModel, Reading
from mtqa.modeling.scale import Scale
from mtqa.modeling.source_calibration import SourceCalibration
from mtqa.modeling.token_head import TokenHead
from mtqa.modeling.tokens import merge_spans, overlapping
from mtqa.schema.annotations import Agreement, SegmentQuality, SentenceQuality, SourceView, TokenError
from mtqa.schema.document import Span
from mtqa.schema.progress import Progress, Step

_TEXTS_AT_ONCE = 2048  # whose readings are held in memory
_LEAST_PROBABILITY = 1e-6  # of an error, and of none


@dataclass(frozen=True, slots=True)
class Tier:
    """How the models of a tier are put together; all numbers fitted on dev data (eval.fitting.estimator).

    `weights`: per model the weights of its z, of its raw rating and of its mean surprisal in the expectation;
    `unfinished` is added for a sentence without a final mark; `knots`, `spread`, `low`, `high`: of its scale
    (mtqa.modeling.scale); `token_weights`: per model the weight of its logit, `token_bias` added to their sum.
    """

    weights: tuple[tuple[float, float, float], ...]
    intercept: float
    knots: tuple[tuple[float, float], ...]
    spread: tuple[float, float]
    low: float
    high: float
    token_weights: tuple[float, ...]
    token_bias: float
    unfinished: float = 0.0

    @classmethod
    def from_json(cls, row: Mapping[str, Any], *, models: int) -> Tier:
        """ModelError if numbers are missing or do not fit the number of models."""
        scale = Scale.from_json(row)
        try:
            tier = cls(
                weights=tuple((float(z), float(raw), float(nats)) for z, raw, nats in row["weights"]),
                intercept=float(row["intercept"]),
                knots=scale.knots,
                spread=scale.spread,
                low=scale.low,
                high=scale.high,
                token_weights=tuple(float(one) for one in row["token_weights"]),
                token_bias=float(row["token_bias"]),
                unfinished=float(row.get("unfinished", 0.0)),  # folders of before have none
            )
        except (KeyError, TypeError, ValueError, IndexError) as error:
            raise ModelError(f"the calibration of the quality estimator is damaged: {error!r}") from error
        if len(tier.weights) != models or len(tier.token_weights) != models:
            raise ModelError(f"the calibration of the quality estimator is not for {models} models")
        numbers = [tier.intercept, tier.unfinished, *tier.token_weights, tier.token_bias]
        numbers += [one for own in tier.weights for one in own]
        if not all(math.isfinite(value) for value in numbers):
            raise ModelError("the calibration of the quality estimator holds what is no number")
        return tier

    @property
    def scale(self) -> Scale:
        """The calibration and the interval."""
        return Scale(self.knots, self.spread, self.low, self.high)

    def expectation(self, readings: Sequence[Reading]) -> float:
        """What the models expect together, before calibration."""
        said = math.fsum(weighed(weights, one) for weights, one in zip(self.weights, readings, strict=True))
        return self.intercept + said + self.unfinished * readings[0].is_unfinished

    def quality(self, readings: Sequence[Reading]) -> SentenceQuality:
        """Score 0..100 with the bounds of its 80 % interval."""
        stated = sum(one.spread for one in readings) / len(readings)
        return self.scale.quality(self.expectation(readings), 100.0 * stated)

    def token_errors(
        self, readings: Sequence[Reading], text: str, head: TokenHead | None = None
    ) -> tuple[TokenError, ...]:
        """Probability of an error for the tokens of the first model; those of others are read at the same places.

        With the `head` of the tier the probability is what it says, not the weighted sum of the models' own heads.
        """
        spans = merge_spans(readings[0].encoded.ends)
        total = np.full(len(spans), self.token_bias) if head is None else head.logits(readings)  # (spans,)
        severe = np.zeros(len(spans))
        starts, ends = [span.start for span, _ in spans], [span.end for span, _ in spans]
        for weight, reading in zip(self.token_weights, readings, strict=True):
            own = merge_spans(reading.encoded.ends)
            if not own:  # a vocabulary may drop every character of a text ("\u200b")
                continue
            groups = [numbers[0] for _, numbers in own]  # the first token of each
            first, until = overlapping(starts, ends, [span.end for span, _ in own])
            if head is None:
                error = _largest(np.maximum.reduceat(reading.error.astype(np.float64), groups), first, until)
                bounded = np.clip(error, _LEAST_PROBABILITY, 1.0 - _LEAST_PROBABILITY)
                total += weight * np.log(bounded / (1.0 - bounded))
            major = np.maximum.reduceat(reading.major.astype(np.float64), groups)
            severe += _largest(major, first, until) / len(readings)
        return tuple(
            TokenError(_word_span(span, text), 1.0 / (1.0 + math.exp(-value)), float(grave))
            for (span, _), value, grave in zip(spans, total.tolist(), severe.tolist(), strict=True)
        )


class QualityEstimator:
    """Implements schema.roles.QualityEstimator. `signature` names tier and weights, `tier` puts the models together."""

    def __init__(
        self,
        models: Sequence[QualityModel],
        tier: Tier,
        *,
        signature: str,
        sources: Mapping[SourceView, SourceCalibration] | None = None,
        joint_sources: Mapping[SourceView, SourceCalibration] | None = None,
        token_head: TokenHead | None = None,
        progress: Progress | None = None,
    ) -> None:
        self._models = tuple(models)
        self._token_head = token_head
        self._sources = dict(sources or {})
        self._joint_sources = dict(joint_sources or {})
        self.tier = tier
        self.signature = signature
        self._progress = progress

    def rate(self, texts: Sequence[str], *, tokens: bool = True) -> list[SegmentQuality]:
        """One rating per text, in order; spans in code points of the text. ValueError for a blank text.

        `tokens` False: without its tokens, which cost time that scores alone need not take.
        """
        if any(not text.strip() for text in texts):
            raise ValueError("a blank text has no quality")
        distinct = list(dict.fromkeys(texts))
        counted = self._counter()
        rated = {}
        for low in range(0, len(distinct), _TEXTS_AT_ONCE):
            block = distinct[low : low + _TEXTS_AT_ONCE]
            for text, readings in zip(block, self._read(block, counted), strict=True):
                errors = self.tier.token_errors(readings, text, self._token_head) if tokens else ()
                rated[text] = SegmentQuality(self.tier.quality(readings), errors)
        return [rated[text] for text in texts]

    def reads_source(self, view: SourceView) -> bool:
        """True if there is a calibration for such a comparison."""
        return self._calibration(view) is not None

    @property
    def reads_jointly(self) -> bool:
        """True if there are calibrations for what the joint estimator says."""
        return bool(self._joint_sources)

    def with_source(self, quality: SentenceQuality, agreement: Agreement) -> SentenceQuality:
        """What is expected once the source was seen; the same quality without a calibration for it."""
        calibration = self._joint_sources.get(agreement.view) if agreement.joint is not None else None
        calibration = calibration or self._calibration(agreement.view)
        return quality if calibration is None else calibration.quality(quality, agreement)

    def _calibration(self, view: SourceView) -> SourceCalibration | None:
        """Folders that were made before there was a rating by vectors still read by the lexicon."""
        own = self._sources.get(view)
        return self._sources.get(SourceView.LEXICON) if own is None and view is SourceView.VECTORS else own

    def read(self, texts: Sequence[str]) -> list[tuple[Reading, ...]]:
        """What each model says of each text, before it is put together: some 700 bytes per token and model."""
        return self._read(texts, self._counter())

    def _read(self, texts: Sequence[str], counted: Callable[[int], None] | None) -> list[tuple[Reading, ...]]:
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


def weighed(weights: tuple[float, float, float], reading: Reading) -> float:
    """What one model adds to the expectation: its z, its raw rating and its mean surprisal, weighted."""
    return weights[0] * reading.z + weights[1] * reading.raw + weights[2] * float(reading.surprisal.mean())


def word_probability(reading: Reading, span: Span) -> float:
    """The highest probability of an error among the tokens that overlap a word; `span` must not be empty."""
    ends = reading.encoded.ends
    first = bisect.bisect_right(ends, span.start)
    last = bisect.bisect_left(ends, span.end)
    return float(reading.error[first : last + 1].max())


def _word_span(span: Span, text: str) -> Span:
    """The span without the white space before its word."""
    written = span.of(text)
    lead = len(written) - len(written.lstrip())
    return Span(span.start + lead, span.end) if lead < len(written) else span


def _largest(values: NDArray[np.float64], first: NDArray[np.int64], until: NDArray[np.int64]) -> NDArray[np.float64]:
    """The largest of each half-open range, none of them empty  # (ranges,)."""
    closed = np.append(values, -np.inf)  # a range may end with the values
    found: NDArray[np.float64] = np.maximum.reduceat(closed, np.stack([first, until], axis=1).ravel())[::2]
    return found
