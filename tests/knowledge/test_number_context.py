from __future__ import annotations

import re
from decimal import Decimal

import pytest

from mtqa.knowledge.number_context import counted_otherwise, is_code, is_counted_anyway, is_in_date, on_the_clock
from mtqa.schema.document import Span


def number(text: str) -> Span:
    """Where the first number of a text stands."""
    match = re.search(r"\d+", text)
    assert match is not None
    return Span(*match.span())


@pytest.mark.parametrize(
    ("text", "expected"),
    [("COVID-19", True), ("G20", True), ("a 3d model", True), ("open 24/7", True), ("www.x.com/12", True),
     ("0—24时", True), ("12 days", False), ("US-19", False), ("5M", False)],
)  # fmt: skip
def test_codes(text: str, *, expected: bool) -> None:
    assert is_code(text, number(text)) is expected


@pytest.mark.parametrize(
    ("text", "expected"), [("03/16", True), ("3 days", False), ("16/03", False), ("4-2021", True), ("3", False)]
)
def test_months_of_dates_in_digits(text: str, *, expected: bool) -> None:
    span = number(text)
    assert is_in_date(text, span, frozenset({Decimal(span.of(text))})) is expected


@pytest.mark.parametrize(
    ("text", "left_out", "added"),
    [("这3所学校", True, 0), ("耶鲁等3所", True, -1), ("正代ら4人", True, -1), ("10代", True, 0), ("2台おき", False, 1),
     ("3所学校", False, 0)],
)  # fmt: skip
def test_counts_that_english_leaves_out_or_tells_otherwise(text: str, *, left_out: bool, added: int) -> None:
    assert is_counted_anyway(text, number(text)) is left_out
    assert counted_otherwise(text, number(text)) == added


@pytest.mark.parametrize(
    ("text", "hours"),
    [("7 pm", {7, 19}), ("12 a.m.", {12, 24, 0}), ("7 days", {7}), ("5 o’clock", {5, 17}), ("1200 GMT", {1200, 12})],
)
def test_the_other_hour_of_the_day(text: str, hours: set[int]) -> None:
    span = number(text)
    assert on_the_clock(text, span, frozenset({Decimal(span.of(text))})) == hours
