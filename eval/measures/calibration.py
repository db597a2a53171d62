"""Does a number mean what it says? Reliability and ECE of expectations, coverage of intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class ReliabilityRow:
    """One bin: how many cases, their mean expectation and the mean of what came true."""

    count: int
    expected: float
    observed: float


def reliability(expected: Sequence[float], observed: Sequence[float], *, bins: int = 10) -> list[ReliabilityRow]:
    """Cases sorted by expectation in `bins` groups of (nearly) equal size, lowest first.

    Works for probabilities (observed 0 or 1) and for scores on any scale alike. Equal expectations may be split over
    two bins. ValueError without cases, for lengths that differ, or for fewer cases than bins.
    """
    left, right = np.asarray(expected, dtype=float), np.asarray(observed, dtype=float)
    if left.shape != right.shape or left.ndim != 1 or not 1 <= bins <= len(left):
        raise ValueError(f"{bins} bins cannot be made of {left.shape} expectations and {right.shape} outcomes")
    order = np.argsort(left, kind="stable")
    return [
        ReliabilityRow(len(own), float(left[own].mean()), float(right[own].mean()))
        for own in np.array_split(order, bins)
    ]


def calibration_error(rows: Sequence[ReliabilityRow], *, scale: float = 1.0) -> float:
    """Expected calibration error (ECE): mean distance of expected and observed, weighted by size, over `scale`.

    With scale 100 the error of scores 0..100 is on the scale 0..1 of probabilities.
    """
    total = sum(row.count for row in rows)
    if not total:
        raise ValueError("there is no case")
    return sum(row.count * abs(row.expected - row.observed) for row in rows) / total / scale


def coverage(lows: Sequence[float], highs: Sequence[float], observed: Sequence[float]) -> float:
    """The share 0..1 of outcomes inside their interval, borders included. ValueError without cases."""
    inside = [low <= value <= high for low, high, value in zip(lows, highs, observed, strict=True)]
    if not inside:
        raise ValueError("there is no case")
    return sum(inside) / len(inside)
