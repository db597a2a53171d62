from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mtqa.detectors import addition
from mtqa.schema.issue import Category, Severity
from tests.detectors.clause_encoder import read_with_words

SOURCE = "Der Minister trat am Freitag zurück."


@pytest.mark.parametrize(
    ("text", "added"),
    [
        ("The minister resigned on Friday, because his firm had not paid taxes for years.",
         "because his firm had not paid taxes for years"),
        ("The minister, after cracks in the concrete had been found, resigned on Friday.",
         "after cracks in the concrete had been found"),
    ],
)  # fmt: skip
def test_a_clause_without_source_is_marked(text: str, added: str) -> None:
    (issue,), _ = read_with_words(addition, SOURCE, text)
    assert issue.span.of(text) == added
    assert (issue.category, issue.severity) == (Category.ADDITION, Severity.MAJOR)
    assert "“Der Minister trat am Freitag zurück.” at 0-36" in issue.evidence[0].detail


@pytest.mark.parametrize(
    "text", ["The minister resigned on Friday.", "On Friday the minister stepped down and resigned.", "Minister."]
)
def test_usual_translations_pass_without_a_question(text: str) -> None:
    issues, encoder = read_with_words(addition, SOURCE, text, everything=True)
    assert issues == []
    assert encoder.asked == []


@settings(deadline=None, max_examples=30)
@given(st.text(alphabet="minister, taxes.-()\n ", max_size=120), st.text(alphabet="Риск年雨が taxes, ", max_size=30))
def test_any_text_gives_spans_inside_it(text: str, source: str) -> None:
    issues, _ = read_with_words(addition, f"{source} Minister", f"Minister {text}", everything=True)
    for issue in issues:
        assert 0 <= issue.span.start < issue.span.end <= len("Minister ") + len(text)
