"""What a segment translates, and what was left out for want of it."""

from __future__ import annotations

from collections.abc import Iterable

from mtqa.schema.document import Document, Segment
from mtqa.schema.report import Skipped


def source_of(document: Document, segment: Segment) -> str | None:
    """The part of the source that a segment translates; None without a source or counterpart."""
    if document.source is None or segment.source_span is None:
        return None
    return segment.source_span.of(document.source)


def skipped_by_reason(skipped: Iterable[Skipped]) -> list[tuple[str, list[str]]]:
    """Reasons in the order they first come, each with the rules it holds for."""
    groups: dict[str, list[str]] = {}
    for one in skipped:
        groups.setdefault(one.reason, []).append(one.name)
    return list(groups.items())
