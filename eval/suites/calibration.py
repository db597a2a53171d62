"""Does a score mean what it says? Coverage of the 80 % interval and reliability on MLQE-PE test20.

The score says what a group of annotators would give on average, 0..100; the truth is the mean of their raw ratings.
Figures without a suffix are those without rules; a sample is also scored with all stable rules (`_with_rules`). Details
hold what a reliability plot needs: bins of equal size by score, with the mean score, interval and rating of each.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from eval.datasets import mlqe_pe
from eval.measures.calibration import calibration_error, coverage, reliability
from eval.suites.rated_lines import SEED, checker, estimates, estimates_without_rules, test20
from mtqa import QualityEstimate

_BINS = 10
_WITH_RULES = 300  # sentences per pair: rules are slow


def run(sentences: int | None = None, with_rules: int | None = _WITH_RULES) -> dict[str, Any]:
    """Figures on `sentences` of each pair of test20, with all rules on `with_rules` (None: all); bins in details."""
    figures: dict[str, Any] = {}
    details: list[dict[str, Any]] = []
    for suffix, most, estimate in (("", sentences, estimates_without_rules), ("_with_rules", with_rules, estimates)):
        rows = test20(most)
        found = estimate([row.translation for row in rows])
        figures |= {f"{name}{suffix}": value for name, value in _figures(rows, found).items()}
        details += [{"part": f"test20{suffix}", **row} for row in _bins(rows, found)]
    settings = {
        "test20_sentences_per_pair": sentences or "all",
        "test20_sentences_per_pair_with_rules": with_rules or "all",
        "signature_with_rules": checker("rules").signature,
        "bins": _BINS,
        "seed": SEED,
    }
    return {"figures": figures, "details": details, "signature": checker().signature, "settings": settings}


def _figures(rows: Sequence[mlqe_pe.DirectAssessment], found: Sequence[QualityEstimate]) -> dict[str, Any]:
    expected = [one.score for one in found]
    rated = [row.mean for row in rows]
    figures: dict[str, Any] = {
        "segments": len(rows),
        "coverage_of_80": round(_coverage(rows, found), 3),
        "ece": round(calibration_error(reliability(expected, rated, bins=_BINS), scale=100.0), 3),
        "mean_score": round(float(np.mean(expected)), 1),
        "mean_rating": round(float(np.mean(rated)), 1),
        "mean_width": round(float(np.mean([one.high - one.low for one in found])), 1),
    }
    for pair in mlqe_pe.PAIRS:
        numbers = [number for number, row in enumerate(rows) if row.pair == pair]
        own = _coverage([rows[number] for number in numbers], [found[number] for number in numbers])
        figures[f"coverage_of_80_{pair}"] = round(own, 3)
    return figures


def _bins(rows: Sequence[mlqe_pe.DirectAssessment], found: Sequence[QualityEstimate]) -> list[dict[str, Any]]:
    """One row per bin, lowest score first; `rating_error` is the standard error of the mean rating, in points."""
    expected = [one.score for one in found]
    rated = [row.mean for row in rows]
    inside = [float(one.low <= rating <= one.high) for one, rating in zip(found, rated, strict=True)]
    # The bins depend on the scores alone, so that the mean of anything else in the same bins can be had likewise.
    columns = {
        "rating": rated,
        "low": [one.low for one in found],
        "high": [one.high for one in found],
        "squared_rating": [rating**2 for rating in rated],
        "covered": inside,
    }
    tables = {name: reliability(expected, values, bins=_BINS) for name, values in columns.items()}
    details = []
    for number, row in enumerate(tables["rating"]):
        means = {name: table[number].observed for name, table in tables.items()}
        variance = max(0.0, means["squared_rating"] - means["rating"] ** 2)
        details.append(
            {
                "bin": number + 1,
                "segments": row.count,
                "score": round(row.expected, 1),
                "rating": round(row.observed, 1),
                "rating_error": round(math.sqrt(variance / row.count), 2),
                "low": round(means["low"], 1),
                "high": round(means["high"], 1),
                "coverage_of_80": round(means["covered"], 3),
            }
        )
    return details


def _coverage(rows: Sequence[mlqe_pe.DirectAssessment], found: Sequence[QualityEstimate]) -> float:
    return coverage([one.low for one in found], [one.high for one in found], [row.mean for row in rows])
