"""Does a score mean what it says? Coverage of the 80 % interval and reliability on MLQE-PE test20.

The score says what a group of annotators would give on average, 0..100; the truth is the mean of their raw ratings.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from eval.datasets import mlqe_pe
from eval.measures.calibration import calibration_error, coverage, reliability
from eval.suites.rated_lines import SEED, TEST20_SENTENCES, checker, test20
from mtqa import QualityEstimate

_BINS = 10


def run(sentences: int | None = TEST20_SENTENCES) -> dict[str, Any]:
    """Figures on `sentences` of each pair of test20 (None: all), and one row per bin in details."""
    rows = test20(sentences)
    expected = [estimate.score for _, estimate in rows]
    rated = [row.mean for row, _ in rows]
    bins = reliability(expected, rated, bins=_BINS)
    figures: dict[str, Any] = {
        "segments": len(rows),
        "coverage_of_80": round(_coverage(rows), 3),
        "ece": round(calibration_error(bins, scale=100.0), 3),
        "mean_score": round(float(np.mean(expected)), 1),
        "mean_rating": round(float(np.mean(rated)), 1),
        "mean_width": round(float(np.mean([estimate.high - estimate.low for _, estimate in rows])), 1),
    }
    for pair in mlqe_pe.PAIRS:
        figures[f"coverage_of_80_{pair}"] = round(_coverage([one for one in rows if one[0].pair == pair]), 3)
    details = [
        {"bin": number, "segments": row.count, "score": round(row.expected, 1), "rating": round(row.observed, 1)}
        for number, row in enumerate(bins, start=1)
    ]
    settings = {"test20_sentences_per_pair": sentences or "all", "bins": _BINS, "seed": SEED}
    return {"figures": figures, "details": details, "signature": checker().signature, "settings": settings}


def _coverage(rows: Sequence[tuple[mlqe_pe.DirectAssessment, QualityEstimate]]) -> float:
    return coverage([one.low for _, one in rows], [one.high for _, one in rows], [row.mean for row, _ in rows])
