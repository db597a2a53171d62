"""Fit the confidence of addition where the joint estimator reads both sides: as without it, eval.fitting.addition."""

from __future__ import annotations

from typing import Any

from eval.fitting.omission import fit_rule
from mtqa import Checker

RULE = "addition"


def run(checker: Checker) -> dict[str, Any]:
    """Intercept, weights and where they come from."""
    return fit_rule(RULE, checker, jointly=True)
