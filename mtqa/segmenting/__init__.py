"""Cuts a document into sentences, headings, list items, datelines and bylines.

    document = segment(document)        # paragraphs -> kinds -> sentences
    document = segment_line(document)   # one segment, for line-parallel files

Segments never overlap, lie in text order, begin and end with a visible character and together hold every one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from mtqa.schema.document import Document, Segment, SegmentKind, Span
from mtqa.segmenting.datelines import find_dateline, is_credit
from mtqa.segmenting.kinds import classify
from mtqa.segmenting.paragraphs import split_paragraphs
from mtqa.segmenting.sentences import clean, split_long, split_sentences, trim

__all__ = ["segment", "segment_line"]

_OPENING_PARAGRAPHS = 2  # prose paragraphs that may begin with a dateline: the first, or the one after a lead


def segment(document: Document) -> Document:
    """The same document with the segments of its text; earlier segments are replaced.

    `Segment.paragraph` counts paragraphs from 0: texts between blank lines where lines are hard-wrapped, else lines.
    """
    text = clean(document.text)
    paragraphs = split_paragraphs(document.text)
    kinds = classify([span.of(text) for span in paragraphs])
    segments: list[Segment] = []
    prose = 0
    for number, (paragraph, kind) in enumerate(zip(paragraphs, kinds, strict=True)):
        if kind is SegmentKind.SENTENCE:
            prose += 1
            pieces = _split_prose(text, paragraph, document.language, may_open=prose <= _OPENING_PARAGRAPHS)
        else:
            pieces = ((span, kind) for span in split_long(text, paragraph))
        for span, kind_of_piece in pieces:
            segments.append(Segment(len(segments), span, kind_of_piece, number))
    return replace(document, segments=tuple(segments))


def segment_line(document: Document) -> Document:
    """The same document with one sentence that spans its text without white space at the edges; none if it is blank."""
    span = trim(document.text, 0, len(document.text))
    return replace(document, segments=(Segment(0, span),) if span else ())


def _split_prose(text: str, paragraph: Span, language: str, *, may_open: bool) -> Iterator[tuple[Span, SegmentKind]]:
    start = paragraph.start
    if may_open and (length := find_dateline(paragraph.of(text))):
        yield Span(start, start + length), SegmentKind.DATELINE
        start += length
    for span in split_sentences(text[start : paragraph.end], language):
        placed = span.shift(start)
        yield placed, SegmentKind.BYLINE if is_credit(placed.of(text)) else SegmentKind.SENTENCE
