"""From what a tier expects of a sentence and how the sentence compares with its source to one score.

A linear model over the tier's expectation, the cosine of meaning and the figures of mtqa.annotating.overlap, one for
each way of comparing (SourceView), with and without what the joint estimator says; all numbers are fitted by
eval.fitting.source.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mtqa.errors import ModelError
from mtqa.modeling.scale import Scale
from mtqa.schema.annotations import Agreement, Coverage, SentenceQuality, joint_figures, reading_figures

_USUAL_COSINE = 0.65  # of a translation
_USUAL_SAID, _USUAL_LEAST = 0.9, 0.7  # shares of the words that are said on the other side
_SAID_SCALE = 4.0
_UNRELATED = 0.4  # cosine below which there is hardly any common meaning


@dataclass(frozen=True, slots=True)
class SourceCalibration:
    """`weights` of the features and `intercept` make the new expectation, `scale` a score and an interval of it."""

    weights: Mapping[str, float]
    intercept: float
    scale: Scale

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> SourceCalibration:
        """ModelError if numbers are missing or are none."""
        try:
            weights = {str(name): float(value) for name, value in row["weights"].items()}
            intercept = float(row["intercept"])
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise ModelError(f"the calibration with the source is damaged: {error!r}") from error
        if not all(math.isfinite(value) for value in (intercept, *weights.values())):
            raise ModelError("the calibration with the source holds what is no number")
        return cls(weights, intercept, Scale.from_json(row))

    def quality(self, quality: SentenceQuality, agreement: Agreement) -> SentenceQuality:
        """The quality with the source in view. ModelError for features it was not fitted on."""
        values = source_features(quality, agreement)
        if missing := self.weights.keys() - values.keys():
            raise ModelError(f"the calibration with the source asks for {', '.join(sorted(missing))}")
        expected = self.intercept + math.fsum(weight * values[name] for name, weight in self.weights.items())
        return self.scale.quality(expected, quality.spread)


def source_features(quality: SentenceQuality, agreement: Agreement) -> dict[str, float]:
    """What the linear model reads: numbers of about unit size."""
    values = {"expectation": quality.expectation, **agreement.overlap, "rated": agreement.rated or 0.0}
    values |= joint_figures(agreement.joint)
    if agreement.cosine is not None:
        values |= _coverage_figures(agreement.coverage)
        values |= reading_figures(agreement.reading)
        values["cosine"] = agreement.cosine - _USUAL_COSINE
        values["cosine_low"] = max(0.0, _UNRELATED - agreement.cosine)
    return values


def _coverage_figures(coverage: Coverage | None) -> dict[str, float]:
    """How much of each side the other one says, and of the stretch that is said least; 0 where it is not known."""
    found = dict.fromkeys(("words_meant", "words_meant_least", "words_said", "words_said_least"), 0.0)
    if coverage is not None:
        for name, side in (("words_meant", coverage.source), ("words_said", coverage.hypothesis)):
            found[name] = _SAID_SCALE * (side.mean - _USUAL_SAID)
            found[f"{name}_least"] = _SAID_SCALE * (side.least - _USUAL_LEAST)
    return found
