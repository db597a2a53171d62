"""Fit the confidence of low-adequacy: sentences of MLQE-PE dev that people rated below 40 of 100, or not, and
references of WMT22, which nobody rated but are translations, however free.
"""

from __future__ import annotations

import random
from typing import Any

from eval.datasets import mlqe_pe
from eval.fitting.logistic import fit
from eval.fitting.recorder import record
from eval.suites.mismatch_pairs import pairs
from eval.suites.rated_lines import Origin, sourced
from mtqa import Checker
from mtqa.detecting.discovery import load_detector
from mtqa.detectors import low_adequacy

BAD = 40.0  # points of 100
_YEAR, _LANGUAGES = 22, ("cs", "de", "ja", "ru", "uk", "zh")
_LINES = 400  # references of each language
_WEIGHT = 2.0  # of a reference
_SEED = 19


def run(checker: Checker) -> dict[str, Any]:
    """Intercept, weights and where they come from."""
    rows = [row for pair in mlqe_pe.PAIRS for row in mlqe_pe.direct_assessments(pair, "dev")]
    documents = [sourced(number, row.translation, Origin(row.source, row.pair)) for number, row in enumerate(rows)]
    ratings = {document.id: row.mean for document, row in zip(documents, rows, strict=True)}
    chance = random.Random(_SEED)  # noqa: S311 - reproducible sampling
    for language in _LANGUAGES:
        own = pairs(_YEAR, language, None)
        for one in chance.sample(own, min(_LINES, len(own))):
            documents.append(sourced(len(documents), one.reference, Origin(one.source, language)))
    found = record(checker, load_detector(low_adequacy), documents, {"score": -1.0})
    labels = [float(ratings.get(document.id, 100.0) < BAD) for document, _, _ in found]
    weights = [1.0 if document.id in ratings else _WEIGHT for document, _, _ in found]
    intercept, fitted = fit([row for _, _, row in found], labels, weights=weights)
    references = sum(document.id not in ratings for document, _, _ in found)
    return {
        "intercept": round(intercept, 3),
        "weights": {name: round(value, 3) for name, value in fitted.items()},
        "fitted": f"eval fit low-adequacy: {len(labels) - references} of {len(rows)} sentences of MLQE-PE dev with a "
        f"score of at most 55, of which people rated {int(sum(labels))} below {BAD:.0f}, and {references} of "
        f"{len(documents) - len(rows)} references of WMT{_YEAR}",
    }
