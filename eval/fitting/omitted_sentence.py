"""Fit the confidence of omitted-sentence: documents of WMT21 references of which sentences were dropped.

Proposals are the source sentences that the alignment left without a partner; right are those whose lines are gone.
"""

from __future__ import annotations

from typing import Any

from eval.fitting.logistic import fit
from eval.suites.omitted_sentences import LANGUAGES, find
from mtqa import Checker

_YEAR, _DOCUMENTS = 21, 60


def run(checker: Checker) -> dict[str, Any]:
    """Intercept, weights and where they come from."""
    found = [one for language in LANGUAGES for one in find(checker, _YEAR, language, _DOCUMENTS)[0]]
    # Without a comparison of words nothing is said of them.
    rows = [(one.features, one.is_right) for one in found]
    rows += [(one.features | {"said": 0.0, "said_least": 0.0, "compared": 0.0}, one.is_right) for one in found]
    intercept, weights = fit([row for row, _ in rows], [float(is_right) for _, is_right in rows])
    right = sum(one.is_right for one in found)
    return {
        "intercept": round(intercept, 3),
        "weights": {name: round(value, 3) for name, value in weights.items()},
        "fitted": f"eval fit omitted-sentence: {right} sentences that were dropped and {len(found) - right} others "
        f"without a partner in {_DOCUMENTS} documents of WMT{_YEAR} a language ({', '.join(LANGUAGES)})",
    }
