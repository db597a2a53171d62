from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from eval.measures.correlation import grouped, kendall
from eval.measures.paired import accuracy_difference, grouped_kendall_difference, mean_difference, pearson_difference

RANDOM = np.random.default_rng(5)
HUMAN = RANDOM.normal(size=200).tolist()
NOISY = [value + noise for value, noise in zip(HUMAN, RANDOM.normal(0, 3, 200), strict=True)]
CLOSE = [value + noise for value, noise in zip(HUMAN, RANDOM.normal(0, 0.5, 200), strict=True)]
GROUPS = [number // 4 for number in range(200)]


def test_pearson_difference_finds_the_better_scorer_in_either_order() -> None:
    test, turned = pearson_difference(NOISY, CLOSE, HUMAN), pearson_difference(CLOSE, NOISY, HUMAN)
    assert test.difference == pytest.approx(
        stats.pearsonr(CLOSE, HUMAN).statistic - stats.pearsonr(NOISY, HUMAN).statistic
    )
    assert 0.0 < test.low < test.difference < test.high
    assert test.p < 0.01 and turned.p == test.p
    assert (turned.low, turned.high) == pytest.approx((-test.high, -test.low))


@pytest.mark.parametrize("groups", [None, GROUPS])
def test_a_scorer_does_not_differ_from_its_linear_image(groups: list[int] | None) -> None:
    image = [1000.0 + 3.0 * value for value in NOISY]
    test = pearson_difference(NOISY, image, HUMAN, groups=groups, draws=50)
    assert (test.low, test.high) == pytest.approx((0.0, 0.0), abs=1e-9)
    assert test.count == 200


def test_whole_groups_are_drawn() -> None:
    # Ten copies of each item carry no more evidence than one: the interval must not shrink.
    single = pearson_difference(NOISY, CLOSE, HUMAN, draws=400)
    copies = [[value for value in column for _ in range(10)] for column in (NOISY, CLOSE, HUMAN)]
    groups = [number // 10 for number in range(2000)]
    together = pearson_difference(copies[0], copies[1], copies[2], groups=groups, draws=400)
    apart = pearson_difference(copies[0], copies[1], copies[2], draws=400)
    width = single.high - single.low
    assert together.high - together.low == pytest.approx(width, rel=0.2)
    assert apart.high - apart.low < width / 2


def test_a_constant_scorer_counts_as_no_correlation() -> None:
    test = pearson_difference([7.0] * 200, CLOSE, HUMAN, draws=50)
    assert test.first == 0.0
    assert test.low == pytest.approx(test.second, abs=0.1)


def test_grouped_kendall_is_the_mean_inside_groups() -> None:
    test = grouped_kendall_difference(NOISY, CLOSE, HUMAN, GROUPS)
    assert (test.first, test.second) == pytest.approx(
        (grouped(kendall, NOISY, HUMAN, GROUPS).value, grouped(kendall, CLOSE, HUMAN, GROUPS).value)
    )
    assert test.count == 50
    assert 0.0 < test.low < test.difference < test.high


def test_mean_difference_of_independent_sets_is_surer_than_either() -> None:
    one = pearson_difference(NOISY[:100], CLOSE[:100], HUMAN[:100])
    other = pearson_difference(NOISY[100:], CLOSE[100:], HUMAN[100:])
    mean = mean_difference([one, other])
    assert mean.difference == pytest.approx((one.difference + other.difference) / 2)
    assert mean.count == 200
    assert mean.high - mean.low < min(one.high - one.low, other.high - other.low)
    with pytest.raises(ValueError, match="0 tests"):
        mean_difference([])


def test_grouped_kendall_without_an_ordered_group_is_an_error() -> None:
    with pytest.raises(ValueError, match="no group has two different ratings"):
        grouped_kendall_difference([1.0, 2.0], [1.0, 2.0], [3.0, 3.0], ["a", "a"])
    with pytest.raises(ValueError, match="3 groups"):
        grouped_kendall_difference([1.0, 2.0], [1.0, 2.0], [3.0, 3.0], ["a", "a", "b"])


@pytest.mark.parametrize(
    ("first", "second", "method", "p"),
    [
        # Five gained and none lost: twice the chance of five heads.
        ([0] * 5 + [1] * 5, [1] * 10, "McNemar, exact", 2 / 32),
        # One gained, one lost.
        ([0, 1, 1, 1], [1, 0, 1, 1], "McNemar, exact", 1.0),
        ([1, 0, 1], [1, 0, 1], "McNemar, exact", 1.0),
        ([0.5] * 6, [0.5] * 6, "permutation", 1.0),
    ],
)
def test_accuracy_difference(first: list[float], second: list[float], method: str, p: float) -> None:
    test = accuracy_difference(first, second)
    assert (test.method, test.p) == (method, pytest.approx(p))
    assert test.difference == pytest.approx(np.mean(second) - np.mean(first))


def test_sign_flips_agree_with_scipy() -> None:
    first = RANDOM.choice([0.0, 0.5, 1.0], 60)
    second = np.clip(first + RANDOM.choice([-0.5, 0.0, 0.5], 60, p=[0.15, 0.5, 0.35]), 0.0, 1.0)
    test = accuracy_difference(first.tolist(), second.tolist())
    expected = stats.permutation_test(
        (first, second), lambda one, other: np.mean(other - one), permutation_type="samples", n_resamples=5000, rng=3
    )
    assert test.method == "permutation"
    assert test.p == pytest.approx(expected.pvalue, abs=0.02)


@pytest.mark.parametrize(("first", "second"), [([], []), ([1], [1, 0]), ([2.0], [1.0]), ([float("nan")], [1.0])])
def test_accuracy_difference_refuses_what_is_no_decision(first: list[float], second: list[float]) -> None:
    with pytest.raises(ValueError, match="item"):
        accuracy_difference(first, second)
