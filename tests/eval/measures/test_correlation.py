from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eval.measures.correlation import MEASURES, grouped, kendall, paired_difference, pearson, spearman, with_interval

# Two discordant pairs of six: tau = (4 - 2) / 6; one side has a tie in the second row: tau-b = 5 / sqrt(5 * 6).
TABLE = [
    (kendall, [1, 2, 3, 4], [2, 1, 4, 3], 2 / 6),
    (kendall, [1, 1, 2, 3], [1, 2, 3, 4], 5 / math.sqrt(5 * 6)),
    (kendall, [3, 2, 1], [1, 2, 3], -1.0),
    (spearman, [1, 2, 3, 4], [1, 2, 4, 3], 0.8),  # 1 - 6 * 2 / (4 * 15)
    (spearman, [1, 10, 100], [1, 2, 3], 1.0),
    (pearson, [1, 2, 3], [1, 2, 4], 3 / math.sqrt(2 * 14 / 3)),
    (pearson, [0, 1], [5, 3], -1.0),
    (pearson, [7, 7, 7], [1, 2, 3], 0.0),
    (kendall, [1, 2, 3], [4, 4, 4], 0.0),
]


@pytest.mark.parametrize(("measure", "one", "other", "expected"), TABLE)
def test_values_computed_by_hand(measure, one, other, expected) -> None:
    assert measure(one, other) == pytest.approx(expected)


@pytest.mark.parametrize("measure", MEASURES.values(), ids=list(MEASURES))
@pytest.mark.parametrize(("one", "other"), [([1.0], [1.0]), ([], []), ([1, 2], [1, 2, 3]), ([1, math.nan], [1, 2])])
def test_what_cannot_be_correlated_is_an_error(measure, one, other) -> None:
    with pytest.raises(ValueError, match=r"pairs|finite"):
        measure(one, other)


def test_the_interval_holds_the_value_is_seeded_and_narrows() -> None:
    one = [float(number % 17) for number in range(400)]
    other = [number % 17 + 9.0 * (number % 5) for number in range(400)]
    wide, narrow = with_interval(pearson, one[:60], other[:60]), with_interval(pearson, one, other)
    assert narrow.low < narrow.value < narrow.high
    assert narrow.high - narrow.low < wide.high - wide.low
    assert narrow == with_interval(pearson, one, other)


def test_pairs_of_a_group_are_drawn_together() -> None:
    # Ten copies of each of ten pairs hold no more than ten pairs: drawn one by one the interval is too narrow.
    one = [float(value) for value in range(10)] * 10
    other = [(value * 7) % 10 + 0.5 * value for value in one]
    copies = list(range(10)) * 10
    alone, together = with_interval(pearson, one, other), with_interval(pearson, one, other, groups=copies)
    assert together.value == pytest.approx(alone.value)
    assert together.high - together.low > 2 * (alone.high - alone.low)


def test_grouped_is_the_mean_inside_groups() -> None:
    scores = [1, 2, 3, 3, 2, 1, 5, 5, 9, 1, 2]
    ratings = [1, 2, 3, 1, 2, 3, 1, 2, 4, 8, 8]
    #          first: 1   second: -1   third: flat scores 0; "alone" and the group rated alike say nothing
    groups = ["a", "a", "a", "b", "b", "b", "c", "c", "alone", "same", "same"]
    figure = grouped(kendall, scores, ratings, groups)
    assert figure.value == pytest.approx(0.0)
    assert figure.low < 0.0 < figure.high
    assert grouped(kendall, scores[:3] + scores[6:8], ratings[:3] + ratings[6:8], ["a"] * 3 + ["c"] * 2).value == 0.5


def test_a_level_that_all_members_of_a_group_share_does_not_count_when_grouped() -> None:
    # Hard and easy sentences: perfect when pooled, the wrong way round inside each group.
    scores, ratings, groups = [1, 2, 11, 12], [2, 1, 12, 11], [0, 0, 1, 1]
    assert pearson(scores, ratings) > 0.9
    assert grouped(kendall, scores, ratings, groups).value == -1.0


RIGHT, WRONG, HALF = [1, 2, 3], [3, 2, 1], [1, 3, 2]  # Kendall 1, -1 and 1/3 against 1, 2, 3


@pytest.mark.parametrize(
    ("one", "other", "value", "low_p", "high_p"),
    [
        ([RIGHT] * 20, [WRONG] * 20, 2.0, 0.0, 0.001),  # better in every group: no draw on the other side
        ([WRONG] * 20, [RIGHT] * 20, -2.0, 0.0, 0.001),
        ([RIGHT] * 20, [RIGHT] * 20, 0.0, 1.0, 1.0),
        ([RIGHT, WRONG] * 10, [WRONG, RIGHT] * 10, 0.0, 0.7, 1.0),  # better as often as worse
        ([HALF] * 19 + [RIGHT], [HALF] * 20, 2 / 60, 0.5, 1.0),  # one group of twenty: often not drawn at all
        ([RIGHT] * 15 + [WRONG] * 5, [WRONG] * 15 + [RIGHT] * 5, 1.0, 0.001, 0.05),
    ],
)
def test_a_paired_difference_resamples_groups(one, other, value: float, low_p: float, high_p: float) -> None:
    groups = [number for number in range(20) for _ in range(3)]
    flat = [[float(score) for own in scores for score in own] for scores in (one, other)]
    found = paired_difference(kendall, *flat, [1.0, 2.0, 3.0] * 20, groups)
    assert found.value == pytest.approx(value)
    assert found.low <= found.value <= found.high
    assert low_p <= found.p <= high_p
    assert found == paired_difference(kendall, *flat, [1.0, 2.0, 3.0] * 20, groups)


def test_a_paired_difference_is_that_of_the_grouped_values_and_turns_round() -> None:
    scores = [[float((number * step) % 11) for number in range(60)] for step in (3, 5, 7)]
    one, other, rated = scores
    groups = [number // 5 for number in range(60)]
    found, back = (paired_difference(kendall, *pair, rated, groups) for pair in ((one, other), (other, one)))
    expected = [grouped(kendall, own, rated, groups).value for own in (one, other)]
    assert found.value == pytest.approx(expected[0] - expected[1])
    assert (back.value, back.p) == pytest.approx((-found.value, found.p))
    assert (back.low, back.high) == pytest.approx((-found.high, -found.low))


def test_pairing_is_narrower_than_two_separate_intervals() -> None:
    # Two scorers with the same ups and downs over groups, one always a little worse.
    ratings = [1.0, 2.0, 3.0, 4.0] * 20
    good = [value for number in range(20) for value in ([1, 2, 3, 4] if number % 2 else [4, 3, 2, 1])]
    worse = [value for number in range(20) for value in ([1, 2, 4, 3] if number % 2 else [4, 3, 1, 2])]
    groups = [number // 4 for number in range(80)]
    single = grouped(kendall, good, ratings, groups)
    found = paired_difference(kendall, good, worse, ratings, groups)
    assert found.high - found.low < single.high - single.low


@pytest.mark.parametrize(
    ("ratings", "groups", "message"), [([1, 1], ["a", "a"], "no group"), ([1, 2], ["a"], "1 groups")]
)
def test_groups_that_say_nothing_are_an_error(ratings, groups, message) -> None:
    with pytest.raises(ValueError, match=message):
        grouped(kendall, [1, 2], ratings, groups)


@given(st.lists(st.tuples(st.integers(-9, 9), st.integers(-9, 9)), min_size=2, max_size=12))
@settings(deadline=None)
def test_correlations_are_symmetric_and_within_one(pairs: list[tuple[int, int]]) -> None:
    one, other = [float(left) for left, _ in pairs], [float(right) for _, right in pairs]
    for measure in MEASURES.values():
        value = measure(one, other)
        assert -1.0 - 1e-9 <= value <= 1.0 + 1e-9
        assert value == pytest.approx(measure(other, one))
        assert measure([-left for left in one], other) == pytest.approx(-value)
