"""Fit the confidence of low-adequacy: sentences of MLQE-PE dev that people rated below 40 of 100, or not."""

from __future__ import annotations

from typing import Any

from eval.datasets import mlqe_pe
from eval.fitting.logistic import fit
from eval.fitting.recorder import record
from eval.suites.rated_lines import Origin, sourced
from mtqa import Checker
from mtqa.detecting.discovery import load_detector
from mtqa.detectors import low_adequacy

BAD = 40.0  # points of 100


def run(checker: Checker) -> dict[str, Any]:
    """Intercept, weights and where they come from."""
    rows = [row for pair in mlqe_pe.PAIRS for row in mlqe_pe.direct_assessments(pair, "dev")]
    documents = [sourced(number, row.translation, Origin(row.source, row.pair)) for number, row in enumerate(rows)]
    ratings = {document.id: row.mean for document, row in zip(documents, rows, strict=True)}
    found = record(checker, load_detector(low_adequacy), documents, {"score": -1.0})
    labels = [float(ratings[document.id] < BAD) for document, _, _ in found]
    intercept, weights = fit([row for _, _, row in found], labels)
    return {
        "intercept": round(intercept, 3),
        "weights": {name: round(value, 3) for name, value in weights.items()},
        "fitted": f"eval fit low-adequacy: {len(labels)} of {len(rows)} sentences of MLQE-PE dev with a score of at "
        f"most 55, of which people rated {int(sum(labels))} below {BAD:.0f}",
    }
