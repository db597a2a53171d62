"""Documents and their segments: frozen, with offsets in Unicode code points of the document text."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Half-open range of code points, 0 <= start <= end."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.end:
            raise ValueError(f"not a span: {self.start}..{self.end}")

    def __len__(self) -> int:
        return self.end - self.start

    def of(self, text: str) -> str:
        """The characters of `text` inside the span."""
        return text[self.start : self.end]

    def shift(self, offset: int) -> Span:
        """The same span moved right by `offset` code points."""
        return Span(self.start + offset, self.end + offset)

    def overlaps(self, other: Span) -> bool:
        """True if the two share at least one character."""
        return self.start < other.end and other.start < self.end

    def contains(self, other: Span) -> bool:
        """True if `other` lies inside, borders included."""
        return self.start <= other.start and other.end <= self.end


class SegmentKind(StrEnum):
    """What a segment is; only SENTENCE is judged as running prose."""

    SENTENCE = "sentence"
    HEADING = "heading"
    CROSSHEAD = "crosshead"
    LIST_ITEM = "list-item"
    DATELINE = "dateline"
    BYLINE = "byline"


@dataclass(frozen=True, slots=True)
class Segment:
    """One sentence, heading or list item of a document; `index` counts from 0 in text order."""

    index: int
    span: Span
    kind: SegmentKind = SegmentKind.SENTENCE
    paragraph: int = 0
    source_span: Span | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A machine-translated text, with its source and reference where they are known.

    `segments` is empty until the document was segmented; segments never overlap and lie in text order.
    `language` and `source_language` are ISO 639-1 codes. `date` is the day of publication. `unpaired_source`: sentences
    of the source that no segment translates, in order, in code points of the source; empty until they were paired.
    """

    id: str
    text: str
    language: str = "en"
    source: str | None = None
    source_language: str | None = None
    reference: str | None = None
    date: dt.date | None = None
    segments: tuple[Segment, ...] = ()
    unpaired_source: tuple[Span, ...] = ()
    meta: Mapping[str, str] = field(default_factory=dict)  # a plain dict: documents travel between processes

    def text_of(self, segment: Segment) -> str:
        """The characters of a segment."""
        return segment.span.of(self.text)

    def segment_at(self, offset: int) -> Segment | None:
        """The segment that holds the character at `offset`, or None between segments."""
        low, high = 0, len(self.segments)
        while low < high:
            middle = (low + high) // 2
            if self.segments[middle].span.end <= offset:
                low = middle + 1
            else:
                high = middle
        if low < len(self.segments) and self.segments[low].span.start <= offset:
            return self.segments[low]
        return None

    def owner_of(self, offset: int) -> int:
        """Index of the segment that the character at `offset` belongs to, 0 if there is none.

        What lies between segments belongs to the segment before it, what lies before all of them to the first.
        """
        return max(0, bisect_right(self.segments, offset, key=lambda segment: segment.span.start) - 1)
