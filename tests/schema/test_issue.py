from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mtqa.schema.document import Span
from mtqa.schema.issue import Category, Severity, fingerprint

TEXT = "So yesterday the US President Volodymyr Zelensky spoke to reporters."


def mark(text: str, written: str = "US President", rule: str = "a-rule") -> str:
    start = text.index(written)
    return fingerprint(rule, Span(start, start + len(written)), text)


@pytest.mark.parametrize(
    "edited",
    [
        pytest.param("A sentence before. " + TEXT, id="text before"),
        pytest.param(TEXT + " And another.", id="text behind"),
        pytest.param(TEXT.replace(" ", "\n  "), id="line ends"),
        pytest.param(TEXT.replace("reporters", "nobody"), id="words far away"),
    ],
)
def test_a_fingerprint_survives_edits_elsewhere(edited: str) -> None:
    written = "US\n  President" if "\n" in edited else "US President"
    assert mark(edited, written) == mark(TEXT)


@pytest.mark.parametrize(
    "other",
    [
        mark(TEXT, rule="b-rule"),
        mark(TEXT, "Volodymyr"),
        mark(TEXT.replace("US", "UK"), "UK President"),
        mark(TEXT.replace("Zelensky", "Putin")),
        mark(TEXT.replace("yesterday", "today")),
    ],
)
def test_a_fingerprint_tells_issues_apart(other: str) -> None:
    assert other != mark(TEXT)


@given(st.text(min_size=1), st.data())
def test_a_fingerprint_is_sixteen_hexadecimal_digits_for_any_text(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    span = Span(start, data.draw(st.integers(start + 1, len(text))))
    assert re.fullmatch("[0-9a-f]{16}", fingerprint("a-rule", span, text))


def test_lone_surrogates_have_a_fingerprint() -> None:
    assert fingerprint("a-rule", Span(0, 1), "\ud800x") != fingerprint("a-rule", Span(0, 1), "yx")


def test_severities_rank() -> None:
    assert [severity.rank for severity in (Severity.MINOR, Severity.MAJOR, Severity.CRITICAL)] == [0, 1, 2]


@pytest.mark.parametrize("category", Category)
def test_categories_are_dimension_and_type(category: Category) -> None:
    assert re.fullmatch("[a-z]+/[a-z-]+", category.value)
