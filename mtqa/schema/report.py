"""The result of checking one document."""

from __future__ import annotations

from dataclasses import dataclass

from mtqa.schema.document import Document, Segment
from mtqa.schema.estimate import QualityEstimate
from mtqa.schema.issue import Issue


@dataclass(frozen=True, slots=True)
class Skipped:
    """A rule (or an input such as the reference) that was not used, and why."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Report:
    """Estimates and issues of one document.

    `estimates` holds one estimate per segment, in order; `overall` is the document's (None: no segments).
    `issues` lie in text order. `signature` makes the figures quotable. `notes` are remarks for people. A `refused`
    document was not scored at all (its text is not English); the notes say why.
    """

    document: Document
    overall: QualityEstimate | None
    estimates: tuple[QualityEstimate, ...]
    issues: tuple[Issue, ...]
    skipped: tuple[Skipped, ...]
    signature: str
    notes: tuple[str, ...] = ()
    refused: bool = False

    def issues_in(self, segment: Segment) -> tuple[Issue, ...]:
        """The issues of a segment; one that starts between segments belongs to the segment before it."""
        return tuple(issue for issue in self.issues if self.document.owner_of(issue.span.start) == segment.index)
