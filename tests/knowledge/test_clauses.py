from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mtqa.knowledge.clauses import candidates, clauses, english_length, han_share, size, unspaced_share, without
from mtqa.schema.document import Span

MIXED = st.text(alphabet="aZ é,;:.()—-1天气雨が降る。、，「」ไท 한글\n", max_size=80)


@pytest.mark.parametrize(
    ("language", "text", "parts"),
    [
        ("de", "Er kam, weil es regnete.", ["Er kam", "weil es regnete."]),
        ("de", "Er zahlte 1,5 Millionen, sie nichts.", ["Er zahlte 1,5 Millionen", "sie nichts."]),
        ("en", "He left because it rained and nobody came.", ["He left", "because it rained", "and nobody came."]),
        ("en", "The plan (a good one) failed.", ["The plan", "a good one", "failed."]),
        ("zh", "由于下雨，河水淹没了村庄。", ["由于下雨", "河水淹没了村庄"]),
        ("ja", "雨が降ったので、遅れた。", ["雨が降ったので", "遅れた"]),
        (
            None,
            "Well-known people - all of them - came at 10:30.",
            ["Well-known people", "all of them", "came at 10:30."],
        ),
        ("en", "...", []),
    ],
)
def test_clauses_end_at_marks_and_begin_at_conjunctions(language: str | None, text: str, parts: list[str]) -> None:
    assert [span.of(text) for span in clauses(text, language)] == parts


@pytest.mark.parametrize(
    ("text", "part", "rest"),
    [
        ("He left, because it rained.", "because it rained.", "He left"),
        ("The bridge, which is old, was closed.", "which is old", "The bridge, was closed."),
        ("After the storm, they left.", "After the storm", "they left."),
        ("由于下雨，河水上涨。", "由于下雨", "河水上涨。"),
        ("The plan (a good one) failed.", "a good one", "The plan () failed."),
    ],
)
def test_what_is_left_reads_on(text: str, part: str, rest: str) -> None:
    start = text.index(part)
    assert without(text, Span(start, start + len(part))) == rest


@pytest.mark.parametrize(
    ("text", "letters"),
    [("Er kam.", 7.0), ("Er  kam.", 7.0), ("由于", 9.0), ("ので", 4.0), ("カメ", 3.6), ("", 1.0)],
)
def test_lengths_are_counted_in_english_letters(text: str, letters: float) -> None:
    assert english_length(text) == pytest.approx(letters)


def test_shares_of_scripts() -> None:
    assert (unspaced_share("abc"), han_share("abc")) == (0.0, 0.0)
    assert (unspaced_share("由于"), han_share("由于")) == (1.0, 1.0)
    assert unspaced_share("雨ので") > han_share("雨ので") > 0.0


def test_a_candidate_has_about_the_length_that_is_wanted() -> None:
    text = "The bridge was closed, after experts had found cracks in the old concrete, and will stay so."
    (first, *_) = candidates(text, "en", 50.0, 5)
    assert first.of(text) == "after experts had found cracks in the old concrete"


def test_long_parts_are_cut_into_pieces() -> None:
    found = candidates("彼は昨日雨が降っていたのでとても大切な会議に三十分も遅れて到着した", "ja", 40.0, 10)
    assert found
    assert all(span != Span(0, 32) for span in found)


@given(MIXED, st.floats(1.0, 200.0))
def test_candidates_lie_inside_and_leave_something(text: str, length: float) -> None:
    found = candidates(text, "en", length, 6)
    assert len(found) <= 6
    for span in found:
        assert 0 <= span.start < span.end <= len(text)
        assert size(span.of(text)) <= 0.75 * size(text)
        assert any(map(str.isalnum, without(text, span)))


@given(MIXED, st.sampled_from(["en", "de", "zh", None]))
def test_clauses_hold_every_letter_once(text: str, language: str | None) -> None:
    spans = clauses(text, language)
    assert all(one.end <= other.start for one, other in itertools.pairwise(spans))
    inside = "".join(character for span in spans for character in span.of(text) if character.isalnum())
    assert inside == "".join(filter(str.isalnum, text))
