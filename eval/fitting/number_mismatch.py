"""Fit the confidence of number-mismatch: corrupted references of WMT22 against the same references untouched.

A finding is right if it is about what was corrupted. Findings on lines whose reference was read and found wrong
(eval.suites.mismatch_pairs) are left out. Clean lines are all there are, so that rare proposals are weighed as often as
they are made, and each weighs more than a corrupted line, for most lines of a translation have right numbers.
"""

from __future__ import annotations

from typing import Any

from eval.fitting.logistic import fit
from eval.fitting.recorder import Recorder
from eval.suites.mismatch import RULES, corrupted_cases, find, is_right, load_rule
from eval.suites.mismatch_pairs import LANGUAGES, is_real, pairs
from mtqa import Checker

RULE = "number-mismatch"
_YEAR = 22
_NEGATIVE_WEIGHT = 4.0
# The words of all languages of WMT22 are known: nothing is left to fit the weight of a language without words on.
# Counts of persons and things that Japanese and Chinese write and English may leave out are too few there as well.
_BY_HAND = {"unknown_language": -2.0, "unknown_language_changed": -1.0, "count_lost": -1.85}


def run(checker: Checker) -> dict[str, Any]:  # noqa: ARG001 - no model is asked
    """Intercept, weights and where they come from."""
    return fit_rule(RULE)


def fit_rule(rule: str) -> dict[str, Any]:
    """The same for any rule without an encoder that has kinds of corruption."""
    features, labels = collect(rule, None, None)
    intercept, weights = fit(features, labels, weights=[1.0 if label else _NEGATIVE_WEIGHT for label in labels])
    return {
        "intercept": round(intercept, 3),
        "weights": {name: round(value, 3) for name, value in weights.items()} | (_BY_HAND if rule == RULE else {}),
        "fitted": f"eval fit {rule}: {int(sum(labels))} findings in corrupted and {int(len(labels) - sum(labels))} in "
        f"untouched references of WMT22 ({', '.join(LANGUAGES[_YEAR])})",
    }


def collect(
    rule: str, corrupted_lines: int | None, clean_lines: int | None
) -> tuple[list[dict[str, float]], list[float]]:
    """Features and labels (1 right, 0 wrong) of all findings, whatever their confidence."""
    detector = load_rule(rule)
    kinds = [name for name, own in RULES.items() if own == rule]
    features: list[dict[str, float]] = []
    labels: list[float] = []
    for language in LANGUAGES[_YEAR]:
        clean = [one for one in pairs(_YEAR, language, clean_lines) if not is_real(rule, one)]
        recorder = Recorder({})
        untouched = find([(one, one.reference) for one in clean], [detector], confidence=recorder)
        for issues in untouched:
            features += [recorder.rows[issue.confidence] for issue in issues]
            labels += [0.0] * len(issues)
        before = dict(zip((one.line for one in clean), untouched, strict=True))
        cases = corrupted_cases(clean[:corrupted_lines], kinds)
        recorder = Recorder({})
        found = find([(case.pair, case.corrupted.text) for case in cases], [detector], confidence=recorder)
        for case, issues in zip(cases, found, strict=True):
            for issue in issues:
                if is_right(issue, case.corrupted, before[case.pair.line]):
                    features.append(recorder.rows[issue.confidence])
                    labels.append(1.0)
    return features, labels
