"""Which characters of each segment are marked: an issue that runs over several segments is marked in all of them."""

from __future__ import annotations

from dataclasses import dataclass

from mtqa.schema.document import Span
from mtqa.schema.issue import Issue
from mtqa.schema.report import Report


@dataclass(frozen=True, slots=True)
class Highlight:
    """A marked stretch of one segment. `order` is the issue's place in `Report.issues`; `first` where it begins."""

    span: Span
    issue: Issue
    order: int
    first: bool


def highlights_by_segment(report: Report) -> list[list[Highlight]]:
    """The highlights of each segment in text order, never overlapping, never empty, inside their segment."""
    segments = report.document.segments
    groups: list[list[Highlight]] = [[] for _ in segments]
    number, painted = 0, 0
    for order, issue in enumerate(report.issues):  # in text order, as the segments are
        while number < len(segments) and segments[number].span.end <= issue.span.start:
            number += 1
        first, at = True, number
        while at < len(segments) and segments[at].span.start < issue.span.end:
            inside = segments[at].span
            start, end = max(inside.start, issue.span.start, painted), min(inside.end, issue.span.end)
            if start < end:
                groups[at].append(Highlight(Span(start, end), issue, order, first))
                first, painted = False, end
            at += 1
    return groups
