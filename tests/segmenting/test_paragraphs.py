"""Which lines belong together."""

from __future__ import annotations

import textwrap
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mtqa.segmenting.paragraphs import split_paragraphs

PROSE = (
    "The government said on Monday that it would send more aid to the towns hit by the flood, after a week in which "
    "the river had risen by three metres. Mr. Smith, who leads the relief work in the U.S. state of Ohio, spoke of the "
    "worst damage in thirty years. Many people have left their homes and are living in schools and churches."
)
OTHER = (
    "In the north of the country the water is falling, but officials warned that the danger has not passed and that "
    "another storm is expected at the weekend. Trains will not run before Thursday."
)


def paragraphs(text: str) -> list[str]:
    return [" ".join(span.of(text).split()) for span in split_paragraphs(text)]


@pytest.mark.parametrize("width", [45, 60, 72, 78, 100])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_hard_wrapped_paragraphs_are_joined(width: int, newline: str) -> None:
    text = "\n\n".join([textwrap.fill(PROSE, width), textwrap.fill(OTHER, width)]).replace("\n", newline)
    assert paragraphs(text) == [PROSE, OTHER]


def test_a_single_wrapped_paragraph_is_joined() -> None:
    assert paragraphs(textwrap.fill(PROSE, 72)) == [PROSE]


def test_wrapped_paragraphs_marked_by_indentation_stay_apart() -> None:
    filled = [textwrap.fill(text, 70, initial_indent="    ") for text in (PROSE, OTHER)]
    assert paragraphs("\n".join(filled)) == [PROSE, OTHER]


def test_list_items_in_wrapped_text_stay_apart() -> None:
    text = (
        textwrap.fill(PROSE, 70)
        + "\n\n- first item of the list\n- second item of the list\n\n"
        + textwrap.fill(OTHER, 70)
    )
    assert paragraphs(text) == [PROSE, "- first item of the list", "- second item of the list", OTHER]


def test_a_dash_that_comes_to_head_a_wrapped_line_begins_no_list_item() -> None:
    wrapped = (
        "The new bag holds all that you need for a day in the hills\n"
        "- and more, if you know how to fold it - but it is not\n"
        "heavy, and all who have carried it so far like it a lot."
    )
    assert paragraphs(wrapped) == [wrapped.replace("\n", " ")]


@pytest.mark.parametrize(
    "lines",
    [
        [PROSE, OTHER, PROSE],
        ["The talks began on Monday.", "They ended on Friday.", "Nobody was satisfied with it."],
        ["Shares rose in Frankfurt", "Storm expected at the weekend", "Trains will not run before Thursday"],
        ["More stories", "les inondations dans le nord du pays et leurs suites", "la tempête attendue ce week-end"],
        ["apples", "pears", "plums"],
        ["He said it would end.", "and it ended.", "It was a good day for all of them, he said later."],
    ],
)
def test_lines_that_are_not_wrapped_stand_alone(lines: list[str]) -> None:
    assert paragraphs("\n".join(lines)) == lines


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r", "\v", "\f", "\x85", "\u2028", "\u2029"])
def test_every_kind_of_line_end_ends_a_line(newline: str) -> None:
    assert paragraphs(f"The talks began.{newline}They ended.") == ["The talks began.", "They ended."]


def test_blank_lines_and_controls_make_no_paragraph() -> None:
    assert split_paragraphs("\n \x00\t\n\u200b\r\n\ufeff\n") == []


@given(st.text(st.sampled_from(list("aB .\n\r\u2028-1)\t“é😀")), max_size=400))
def test_paragraphs_keep_every_visible_character_in_order(text: str) -> None:
    spans = split_paragraphs(text)
    assert "".join("".join(span.of(text).split()) for span in spans) == "".join(text.split())
    assert all(first.end <= second.start for first, second in pairwise(spans))
