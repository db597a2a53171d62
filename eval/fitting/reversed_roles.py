"""Fit the confidence of reversed-roles on known events (dev half) and on clauses of WMT21 references.

Positives are events told the wrong way round; negatives the same told right, and every clause of human text.
"""

from __future__ import annotations

from typing import Any

from eval.datasets.events import events
from eval.datasets.references import reference_documents
from eval.fitting.logistic import fit
from eval.fitting.recorder import record
from mtqa import Checker, Document
from mtqa.detecting.discovery import discover

RULE = "reversed-roles"


def run(checker: Checker) -> dict[str, Any]:
    """The calibration entry of the rule."""
    detector = next(one for one in discover() if one.rule.id == RULE)
    cases = list(events("dev"))
    planted = [Document(id=str(number), text=case.text) for number, case in enumerate(cases)]
    rows, labels = [], []
    for document, _, features in record(checker, detector, planted, {"gain": 1.0, "excess": 1.0}):
        rows.append(features)
        labels.append(float(cases[int(document.id)].is_reversed))
    clean = 0
    for _, _, features in record(checker, detector, list(reference_documents(21)), {"gain": 1.0, "excess": 1.0}):
        rows.append(features)
        labels.append(0.0)
        clean += 1
    intercept, weights = fit(rows, labels)
    return {
        "intercept": round(intercept, 3),
        "weights": {name: round(value, 3) for name, value in weights.items()},
        "fitted": f"eval fit {RULE}: {len(cases)} event sentences (dev), {clean} clauses of WMT21 references",
    }
