from __future__ import annotations

import pytest

from eval.measures.systems import agreeing_pairs, soft_pairwise_accuracy


@pytest.mark.parametrize(
    ("metric", "human", "expected"),
    [
        ({"a": 1, "b": 2, "c": 3}, {"a": 10, "b": 20, "c": 30}, (3, 3)),
        ({"a": 1, "b": 3, "c": 2}, {"a": 10, "b": 20, "c": 30}, (2, 3)),
        ({"a": 1, "b": 1, "c": 3}, {"a": 10, "b": 20, "c": 30}, (2, 3)),  # a tie of the metric is wrong
        ({"a": 1, "b": 2, "c": 3}, {"a": 10, "b": 10, "c": 30}, (2, 2)),  # a tie of people is no pair
        ({"a": 1}, {"a": 1}, (0, 0)),
    ],
)
def test_pairs_computed_by_hand(metric, human, expected: tuple[int, int]) -> None:
    assert agreeing_pairs(metric, human) == expected


def test_other_systems_are_an_error() -> None:
    with pytest.raises(ValueError, match="'b'"):
        agreeing_pairs({"a": 1.0, "b": 2.0}, {"a": 1.0})
    with pytest.raises(ValueError, match="common systems"):
        soft_pairwise_accuracy({"a": [1.0]}, {"a": [1.0]})


# A difference that every segment shows has p near 0, its reverse p = 1, one that is not there about 1/2.
SURE = {"bad": [1.0] * 8, "good": [2.0] * 8}
REVERSED = {"bad": [2.0] * 8, "good": [1.0] * 8}
UNSURE = {"bad": [1.0, 2.0] * 4, "good": [2.0, 1.0] * 4}


@pytest.mark.parametrize(
    ("metric", "human", "low", "high"),
    [(SURE, SURE, 1.0, 1.0), (REVERSED, SURE, 0.0, 0.02), (UNSURE, SURE, 0.25, 0.75), (UNSURE, UNSURE, 1.0, 1.0)],
)
def test_soft_accuracy_weighs_how_sure_both_are(metric, human, low: float, high: float) -> None:
    assert low <= soft_pairwise_accuracy(metric, human) <= high


def test_three_systems_make_three_pairs() -> None:
    people = {"a": [1.0] * 8, "b": [2.0] * 8, "c": [3.0] * 8}
    swapped = {"a": [1.0] * 8, "b": [3.0] * 8, "c": [2.0] * 8}
    assert soft_pairwise_accuracy(swapped, people) == pytest.approx(2 / 3, abs=0.01)


def test_the_metric_and_people_may_have_different_segments() -> None:
    assert soft_pairwise_accuracy({"bad": [1.0] * 9, "good": [3.0] * 9}, SURE) == pytest.approx(1.0, abs=0.01)
