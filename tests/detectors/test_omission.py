from __future__ import annotations

from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mtqa.detectors import addition, omission
from mtqa.schema.issue import Category, Severity
from tests.detectors.clause_encoder import read_with_words
from tests.joint import FakeJoint

SOURCE = "Der Minister trat am Freitag zurück, weil er jahrelang keine Steuern seiner Firma bezahlt hatte."
BRIDGE = "Die Brücke wurde gesperrt, nachdem Fachleute Risse im Beton gefunden hatten, und bleibt es bis Mai."


@pytest.mark.parametrize(
    ("source", "text", "marked", "lost"),
    [
        (SOURCE, "The minister resigned on Friday.", "Friday",
         "weil er jahrelang keine Steuern seiner Firma bezahlt hatte"),
        (BRIDGE, "The bridge was closed and stays so until May.", "closed and",
         "nachdem Fachleute Risse im Beton gefunden hatten"),
    ],
)  # fmt: skip
def test_a_clause_that_is_not_said_is_quoted_at_its_place(source: str, text: str, marked: str, lost: str) -> None:
    (issue,), _ = read_with_words(omission, source, text, with_words=True)
    assert issue.span.of(text) == marked
    assert lost in issue.message
    at = source.index(lost)
    assert f"“{lost}” at {at}-" in issue.evidence[0].detail
    assert (issue.category, issue.severity) == (Category.OMISSION, Severity.MAJOR)
    assert (issue.evidence[0].value or 0.0) > 0.0


def test_an_encoder_that_compares_no_words_will_do() -> None:
    (issue,), _ = read_with_words(omission, SOURCE, "The minister resigned on Friday.")
    assert "weil er jahrelang keine Steuern seiner Firma bezahlt hatte" in issue.message


@pytest.mark.parametrize("with_words", [True, False])
@pytest.mark.parametrize(
    ("source", "text"),
    [
        (SOURCE, "The minister resigned on Friday, because for years he had not paid the taxes of his firm."),
        ("Der Minister trat zurück.", "The minister resigned."),
    ],
)
def test_what_is_said_or_is_no_clause_passes(source: str, text: str, *, with_words: bool) -> None:
    issues, _ = read_with_words(omission, source, text, with_words=with_words)
    assert issues == []


def test_what_reading_both_together_misses_is_quoted_in_any_language_and_costs_no_question() -> None:
    lost = "protože léta neplatil daně své firmy"
    source, text = f"Ministr v pátek odstoupil, {lost}.", "The minister resigned on Friday."
    joint = FakeJoint(unsaid=f"{lost}.")
    (issue,), encoder = read_with_words(
        omission, source, text, language="cs", everything=True, joint=joint, is_foreign=True
    )
    assert issue.message == f"The translation leaves out “{lost}”."
    assert (issue.evidence[0].value, issue.evidence[0].unit) == (pytest.approx(0.9), "probability")
    assert encoder.asked == []


@pytest.mark.parametrize("is_foreign", [True, False])
@pytest.mark.parametrize(
    ("rule", "source", "text", "again"),
    [
        (omission, SOURCE, "The minister resigned on Friday.",
         ("Der Minister trat am Freitag zurück.", "The minister resigned on Friday.")),
        (addition, "Der Minister trat am Freitag zurück.", "The minister resigned on Friday, because he was very ill.",
         ("Der Minister trat am Freitag zurück.", "The minister resigned on Friday.")),
    ],
)  # fmt: skip
def test_what_seems_unsaid_is_read_again_without_it(
    rule: ModuleType, source: str, text: str, again: tuple[str, str], *, is_foreign: bool
) -> None:
    longer = source if rule is omission else text
    joint = FakeJoint(unsaid=longer.partition(", ")[2])
    read_with_words(rule, source, text, everything=True, joint=joint, is_foreign=is_foreign)
    assert joint.asked == [(source, text), again]


def test_what_seems_said_is_not_read_again() -> None:
    joint = FakeJoint()
    text = "The minister resigned on Friday, because for years he had not paid the taxes of his firm."
    read_with_words(omission, SOURCE, text, everything=True, joint=joint)
    assert joint.asked == [(SOURCE, text)]


@pytest.mark.parametrize("joint", [FakeJoint(), FakeJoint(unsaid="Freitag"), FakeJoint(unsaid=SOURCE, related=0.1)])
def test_nothing_a_single_word_and_what_is_no_translation_pass(joint: FakeJoint) -> None:
    text = "The minister resigned, because for years he had not paid the taxes of his firm."
    issues, encoder = read_with_words(omission, SOURCE, text, everything=True, joint=joint, is_foreign=True)
    assert issues == []
    assert encoder.asked == []


@pytest.mark.parametrize("is_foreign", [True, False])
@pytest.mark.parametrize("rule", [omission, addition])
def test_every_way_has_numbers_that_fit_its_features(rule: ModuleType, *, is_foreign: bool) -> None:
    source, text = SOURCE, "The minister resigned on Friday, because for years he had not paid the taxes of his firm."
    cut = {omission: (source, text.partition(",")[0] + "."), addition: ("Der Minister trat am Freitag zurück.", text)}
    joint = FakeJoint(unsaid=f"{source.partition(', ')[2]} {text.partition(', ')[2]}")
    issues, _ = read_with_words(rule, *cut[rule], joint=joint, is_foreign=is_foreign)
    assert [issue.category for issue in issues] == [rule.RULE.category]


def test_where_both_tell_both_are_weighed() -> None:
    lost = "weil er jahrelang keine Steuern seiner Firma bezahlt hatte"
    (issue,), encoder = read_with_words(
        omission, SOURCE, "The minister resigned on Friday.", everything=True, joint=FakeJoint(unsaid=f"{lost}.")
    )
    assert lost in issue.message
    assert encoder.asked != []


def test_pairs_of_usual_length_cost_no_question() -> None:
    _, encoder = read_with_words(
        omission,
        SOURCE,
        "The minister resigned on Friday because for years he had not paid any of the taxes of his firm.",
    )
    assert encoder.asked == []


def test_what_is_no_translation_is_left_to_another_rule() -> None:
    issues, encoder = read_with_words(omission, SOURCE, "Cracks were found in the concrete.", everything=True)
    assert issues == []
    assert encoder.asked == []


@settings(deadline=None, max_examples=30)
@given(
    st.text(alphabet="minster, taxes.-(Риск年雨が)", max_size=120),
    st.text(alphabet="minister, taxes.\n ", max_size=40),
)
def test_any_text_gives_spans_inside_it(source: str, text: str) -> None:
    issues, _ = read_with_words(omission, f"Minister {source}", f"{text} Minister", everything=True)
    for issue in issues:
        assert 0 <= issue.span.start < issue.span.end <= len(text) + len(" Minister")
