"""Points that issues cost, in the manner of MQM: by severity, weighted by how sure we are."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from mtqa.schema.document import Segment
from mtqa.schema.issue import Category, Issue, Severity


def penalty(issues: Sequence[Issue], numbers: Mapping[str, float]) -> float:
    """Points of 100 that the issues of one segment cost, >= 0: severity weight x confidence, summed."""
    return math.fsum(numbers[f"points_{issue.severity}"] * issue.confidence for issue in issues)


def ceiling(segment: Segment, issues: Sequence[Issue], numbers: Mapping[str, float]) -> float:
    """The best score a segment can have with these issues, 0..100.

    A critical issue caps the sentence whatever else is good about it, and lower if it is all of the sentence; one that
    is mostly left untranslated is worth as much as the share of it that a reader can read.
    """
    cap = 100.0
    for issue in issues:
        cap = min(cap, numbers.get(f"cap_{issue.severity}", 100.0))
        if issue.category is Category.UNTRANSLATED and issue.severity is Severity.CRITICAL:
            share = min(1.0, len(issue.span) / max(1, len(segment.span)))
            cap = min(cap, numbers["cap_critical"] * (1.0 - share) + numbers["floor_untranslated"])
        elif issue.severity is Severity.CRITICAL and issue.span.contains(segment.span):
            cap = min(cap, numbers["cap_whole"])
    return cap
