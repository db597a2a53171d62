"""Matching reported issues with labelled spans."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mtqa import Issue, Span

# Which rules may claim a label of which kind: a name flagged inside a misphrased clause is not a hit on the clause.
RULES_FOR: Mapping[str, frozenset[str]] = {
    "role-swap": frozenset({"wrong-office-holder", "possessive-office", "reversed-roles"}),
    "garbled-name": frozenset({"garbled-name", "inconsistent-name"}),
    "untranslated": frozenset({"untranslated-residue", "untranslated-passage"}),
    "wrong-language": frozenset({"untranslated-passage"}),
    "false-friend": frozenset({"false-friend", "odd-phrasing"}),
    "odd-phrasing": frozenset({"odd-phrasing", "false-friend", "repeated-text", "wrong-office-holder"}),
}


def hits(issue: Issue, label: Mapping[str, Any]) -> bool:
    """True if the issue is of a fitting rule and covers half of the shorter of the two spans or more."""
    if issue.rule not in RULES_FOR[label["kind"]]:
        return False
    return covers_half(issue.span, Span(label["start"], label["end"]))


def covers_half(one: Span, other: Span) -> bool:
    """True if the two share at least half of the shorter one."""
    shared = min(one.end, other.end) - max(one.start, other.start)
    return shared * 2 >= min(len(one), len(other))


def match(issues: Sequence[Issue], labels: Sequence[Mapping[str, Any]]) -> tuple[list[Issue | None], list[Issue]]:
    """For every label the issue that hits it (or None), and the issues that touch no label at all."""
    found = [next((issue for issue in issues if hits(issue, label)), None) for label in labels]
    spans = [Span(label["start"], label["end"]) for label in labels]
    stray = [issue for issue in issues if not any(issue.span.overlaps(span) for span in spans)]
    return found, stray
