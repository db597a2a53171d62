"""From a document to its segments."""

from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mtqa.schema.document import Document, SegmentKind, Span
from mtqa.segmenting import segment, segment_line

ARTICLE = """Flood relief to be stepped up
By Jane Doe
KYIV, Dec 10 (Reuters) – The government will send more aid. It said so on Monday.
– “Strong Support” –
“We are not alone,” the mayor said. Many have left their homes.
(Reporting by Jane Doe; Editing by John Roe)
More Stories
The storm that is expected at the weekend in the north
A village in the mountains and its new school
"""


def segmented(text: str) -> Document:
    return segment(Document(id="test", text=text))


def test_an_article_becomes_segments_of_their_kinds() -> None:
    document = segmented(ARTICLE)
    assert [(item.kind.value, document.text_of(item)) for item in document.segments] == [
        ("heading", "Flood relief to be stepped up"),
        ("byline", "By Jane Doe"),
        ("dateline", "KYIV, Dec 10 (Reuters) –"),
        ("sentence", "The government will send more aid."),
        ("sentence", "It said so on Monday."),
        ("crosshead", "– “Strong Support” –"),
        ("sentence", "“We are not alone,” the mayor said."),
        ("sentence", "Many have left their homes."),
        ("byline", "(Reporting by Jane Doe; Editing by John Roe)"),
        ("heading", "More Stories"),
        ("list-item", "The storm that is expected at the weekend in the north"),
        ("list-item", "A village in the mountains and its new school"),
    ]
    assert [item.index for item in document.segments] == list(range(12))
    assert [item.paragraph for item in document.segments] == [0, 1, 2, 2, 2, 3, 4, 4, 5, 6, 7, 8]


def test_credits_behind_the_last_sentence_are_a_byline() -> None:
    document = segmented("The talks ended on Monday. (Reporting by Jane Doe; Editing by John Roe)")
    assert [item.kind for item in document.segments] == [SegmentKind.SENTENCE, SegmentKind.BYLINE]


def test_a_sentence_over_a_wrapped_line_end_is_one_segment() -> None:
    first = "The government of the country said on Monday that it would send\nmore aid to the U.S.\nofficials in it."
    document = segmented(f"{first} It left.")
    assert [document.text_of(item) for item in document.segments] == [first, "It left."]


@pytest.mark.parametrize("text", ["", " \n\t\r\n", "\x00\x01", "\u200b\ufeff"])
def test_text_without_a_visible_character_has_no_segments(text: str) -> None:
    assert segmented(text).segments == ()


def test_the_document_itself_is_kept() -> None:
    document = Document(id="a", text="One.\r\nTwo.\x00", source="Un.", meta={"key": "value"})
    after = segment(document)
    assert (after.id, after.text, after.source, after.meta) == ("a", document.text, "Un.", {"key": "value"})
    assert document.segments == ()


@pytest.mark.parametrize("language", ["en", "de", "zh", "xx", "", "en-GB"])
def test_any_language_code_is_accepted(language: str) -> None:
    document = segment(Document(id="a", text="One two. Three four.", language=language))
    assert len(document.segments) == 2


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("One. Two.", Span(0, 9)),
        ("  More Stories \r", Span(2, 14)),
        ("\u2028a\u2028b ", Span(1, 4)),
        ("# x\x85", Span(0, 3)),
        ("", None),
        (" \t\x00", None),
    ],
)
def test_a_line_is_one_sentence_without_its_edges(text: str, span: Span | None) -> None:
    found = segment_line(Document(id="1", text=text)).segments
    assert [item.span for item in found] == ([] if span is None else [span])
    assert all(item.kind is SegmentKind.SENTENCE and item.index == 0 for item in found)


alphabet = st.one_of(
    st.characters(), st.sampled_from(list(" \n\r.!?…”“\"'()1AaZ,–-#*•。😀\u0301\u200d\u200b\x00\t\u2028"))
)
lines = st.sampled_from(
    [*ARTICLE.splitlines(), "", "  ", "- item", "1. item", "KYIV –", "a" * 3_000, "10.12.2021", "***"]
)
texts = st.one_of(st.text(alphabet, max_size=300), st.lists(lines, max_size=12).map("\n".join))


@given(texts)
@settings(max_examples=300, deadline=None)
def test_segments_are_ordered_trimmed_complete_and_repeatable(text: str) -> None:
    document = segmented(text)
    covered = set()
    end = 0
    for index, item in enumerate(document.segments):
        assert item.index == index
        assert end <= item.span.start < item.span.end <= len(text)
        assert document.text_of(item) == document.text_of(item).strip()
        covered.update(range(item.span.start, item.span.end))
        end = item.span.end
    for offset, character in enumerate(text):
        if unicodedata.category(character) not in ("Cc", "Cf", "Zs", "Zl", "Zp"):
            assert offset in covered
    paragraphs = [item.paragraph for item in document.segments]
    assert paragraphs == sorted(paragraphs)
    assert document.text == text
    assert segment(document) == document


@pytest.mark.parametrize("text", [ARTICLE * 2_000, "word " * 200_000, "a\n" * 60_000, "– x –\n\n" * 20_000])
def test_large_texts_are_segmented_in_bounded_time(text: str) -> None:
    start = time.perf_counter()
    assert segmented(text).segments
    # Quadratic behaviour would take minutes; the bound leaves room for slow machines.
    assert time.perf_counter() - start < 30
