"""Quality estimates of segments and documents."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class QualityEstimate:
    """How good a segment (or, with `segment` None, the document) is.

    `score` in 0..100, `low`..`high` an 80 % interval around it; `penalty` the points taken for issues;
    `drivers` say in words what moved the score most, strongest first.
    """

    segment: int | None
    score: float
    low: float
    high: float
    penalty: float = 0.0
    drivers: tuple[str, ...] = ()
