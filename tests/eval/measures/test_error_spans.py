from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.measures.error_spans import Marked, SpanScore, span_f1
from mtqa import Span

TEXT = "0123456789"


def minor(start: int, end: int) -> Marked:
    return Marked(Span(start, end), "minor")


def major(start: int, end: int) -> Marked:
    return Marked(Span(start, end), "major")


def f1(precision: float, recall: float) -> float:
    return 2 * precision * recall / (precision + recall)


@pytest.mark.parametrize(
    ("predicted", "gold", "precision", "recall"),
    [
        ([[major(0, 4)]], [[major(0, 4)]], 1.0, 1.0),
        ([[minor(0, 4)]], [[major(0, 4)]], 0.5, 0.5),  # right place, wrong severity
        ([[major(2, 6)]], [[major(0, 4)]], 2 / 4, 2 / 4),
        ([[minor(2, 6)]], [[major(0, 4)]], 1 / 4, 1 / 4),
        ([[major(0, 8)]], [[major(0, 4)]], 4 / 8, 4 / 4),
        ([[major(10, 10)]], [[major(10, 10)]], 1.0, 1.0),  # an omission at the end: the position after the last
        ([[major(3, 3)]], [[major(3, 4)]], 1.0, 1.0),  # start == end marks one position
        ([[minor(0, 4), major(2, 6)]], [[major(0, 6)]], (2 * 0.5 + 4) / 6, 5 / 6),  # overlap: the graver counts
        ([[major(0, 2)], []], [[], [major(0, 2)]], 0.0, 0.0),
        ([[major(0, 2)], [major(0, 8)]], [[major(0, 2)], [minor(0, 2)]], 3 / 10, 3 / 4),  # micro, over both texts
        ([[]], [[]], 0.0, 0.0),
    ],
)
def test_values_computed_by_hand(predicted, gold, precision: float, recall: float) -> None:
    found = span_f1([TEXT] * len(gold), predicted, gold)
    expected = f1(precision, recall) if precision + recall else 0.0
    assert (found.f1, found.precision, found.recall) == pytest.approx((expected, precision, recall))


@pytest.mark.parametrize("mark", [major(9, 12), major(11, 11)])
def test_a_span_outside_its_text_is_an_error(mark: Marked) -> None:
    with pytest.raises(ValueError, match="outside"):
        span_f1([TEXT], [[mark]], [[]])


MARKS = st.lists(
    st.builds(
        lambda start, length, severity: Marked(Span(start, min(10, start + length)), severity),
        st.integers(0, 10),
        st.integers(0, 5),
        st.sampled_from(["minor", "major"]),
    ),
    max_size=4,
)


@given(MARKS, MARKS)
def test_swapping_the_sides_swaps_precision_and_recall(one: list[Marked], other: list[Marked]) -> None:
    there, back = span_f1([TEXT], [one], [other]), span_f1([TEXT], [other], [one])
    assert there == SpanScore(pytest.approx(back.f1), pytest.approx(back.recall), pytest.approx(back.precision))
    assert 0.0 <= there.f1 <= 1.0


@given(MARKS)
def test_marking_what_is_marked_is_perfect(marks: list[Marked]) -> None:
    assert span_f1([TEXT], [marks], [marks]).f1 == (1.0 if marks else 0.0)
