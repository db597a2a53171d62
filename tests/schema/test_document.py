from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mtqa.schema.document import Document, Segment, Span

SPANS = st.builds(lambda start, size: Span(start, start + size), st.integers(0, 30), st.integers(0, 10))


@pytest.mark.parametrize(("start", "end"), [(-1, 3), (4, 3), (-2, -1)])
def test_what_is_no_span_is_refused(start: int, end: int) -> None:
    with pytest.raises(ValueError, match="not a span"):
        Span(start, end)


@given(SPANS, SPANS)
def test_overlap_and_containment_are_about_characters(one: Span, other: Span) -> None:
    here, there = set(range(one.start, one.end)), set(range(other.start, other.end))
    if here and there:
        assert one.overlaps(other) is other.overlaps(one) is bool(here & there)
        assert one.contains(other) is (there <= here)
    assert len(one) == len(here)


@given(st.text(max_size=40), st.integers(0, 5))
def test_a_shifted_span_finds_the_same_text(text: str, offset: int) -> None:
    span = Span(0, len(text))
    assert span.shift(offset).of("#" * offset + text) == span.of(text) == text


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """Segments with gaps between them."""
    segments, end = [], 0
    for index in range(draw(st.integers(0, 5))):
        start = end + draw(st.integers(0, 3))
        end = start + draw(st.integers(1, 6))
        segments.append(Segment(index, Span(start, end)))
    return Document("d", "x" * (end + draw(st.integers(0, 3))), segments=tuple(segments))


@given(documents())
def test_every_character_is_in_the_segment_that_holds_it(document: Document) -> None:
    for offset in range(len(document.text) + 1):
        holding = [one for one in document.segments if one.span.start <= offset < one.span.end]
        assert document.segment_at(offset) == (holding[0] if holding else None)


@given(documents())
def test_what_lies_between_segments_belongs_to_the_one_before(document: Document) -> None:
    for offset in range(len(document.text) + 1):
        begun = [one.index for one in document.segments if one.span.start <= offset]
        assert document.owner_of(offset) == max(begun, default=0)


def test_documents_travel_between_processes() -> None:
    document = Document("d", "One.", segments=(Segment(0, Span(0, 4)),))
    assert pickle.loads(pickle.dumps(document)) == document
