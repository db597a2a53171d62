"""When several rules mark the same characters, one of them speaks."""

from __future__ import annotations

from collections.abc import Sequence

from mtqa.schema.issue import Issue


def resolve_overlaps(issues: Sequence[Issue]) -> tuple[Issue, ...]:
    """The issues in text order, without those that another one explains better.

    Of two overlapping issues the more severe stays, then the more confident, then the shorter span (it says more
    exactly what is wrong), then the first by rule id, so that the order of the detectors does not matter.
    """
    kept: list[Issue] = []
    for issue in sorted(issues, key=_precedence):
        if not any(issue.span.overlaps(other.span) for other in kept):
            kept.append(issue)
    return tuple(sorted(kept, key=lambda issue: (issue.span, issue.rule)))


def _precedence(issue: Issue) -> tuple[int, float, int, int, str, str]:
    return (
        -issue.severity.rank,
        -issue.confidence,
        len(issue.span),
        issue.span.start,
        issue.rule,
        issue.suggestion or "",
    )
