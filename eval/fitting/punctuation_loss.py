"""Fit the confidence of punctuation-loss as that of number-mismatch: on corrupted and untouched references of WMT22."""

from __future__ import annotations

from typing import Any

from eval.fitting.number_mismatch import fit_rule
from mtqa import Checker

RULE = "punctuation-loss"


def run(checker: Checker) -> dict[str, Any]:  # noqa: ARG001 - no model is asked
    """Intercept, weights and where they come from."""
    return fit_rule(RULE)
