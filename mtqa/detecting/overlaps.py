"""When several rules mark the same characters, one of them speaks."""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Sequence

from mtqa.schema.document import Span
from mtqa.schema.issue import Issue


def resolve_overlaps(issues: Sequence[Issue]) -> tuple[Issue, ...]:
    """The issues in text order, without those that another one explains better.

    Of two overlapping issues the more severe stays: whoever translates a whole passage again need not mend a name in
    it. Of two as severe the one that says what to write stays, then the shorter one (it says more exactly what is
    wrong; the rest shows once that is mended), then the more confident. The order of the detectors does not matter.
    """
    kept: list[Issue] = []
    taken: list[Span] = []  # of the kept issues, in text order; they never overlap
    for issue in sorted(issues, key=_precedence):
        at = bisect_right(taken, issue.span)
        if not any(issue.span.overlaps(span) for span in taken[max(0, at - 1) : at + 1]):
            insort(taken, issue.span)
            kept.append(issue)
    return tuple(sorted(kept, key=lambda issue: issue.span))


def _precedence(issue: Issue) -> tuple[int, bool, int, float, int, str, str, str]:
    return (
        -issue.severity.rank,
        issue.suggestion is None,
        len(issue.span),
        -issue.confidence,
        issue.span.start,
        issue.rule,
        issue.suggestion or "",
        issue.message,
    )
