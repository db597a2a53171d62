"""Is the difference of two scorers on the same items more than chance? Paired tests, seeded.

Differences are the second minus the first. Intervals are percentile bootstrap intervals over items, or over whole
groups where items come in groups: translations of one source are not independent (Koehn, EMNLP 2004).
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from eval.measures.correlation import kendall, pearson

Floats = NDArray[np.float64]
_DRAWS = 2000
_BLOCK = 100  # draws at once: a block of 5,000 items takes 4 MB
_SEED = 41
_LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class PairedTest:
    """Both values, their difference with its 95 % interval, and the two-sided p of no difference.

    `count` is the number of items or groups, `draws` the differences of the bootstrap samples.
    """

    method: str
    count: int
    first: float
    second: float
    low: float
    high: float
    p: float
    draws: Floats = field(repr=False, compare=False)

    @property
    def difference(self) -> float:
        """The second value minus the first."""
        return self.second - self.first


def pearson_difference(
    first: Sequence[float],
    second: Sequence[float],
    human: Sequence[float],
    *,
    groups: Sequence[Hashable] | None = None,
    draws: int = _DRAWS,
) -> PairedTest:
    """Bootstrap of the difference of two Pearson correlations with the same ratings.

    A draw in which a side is constant counts as correlation 0. ValueError for fewer than two items, for lengths that
    differ, and for numbers that are not finite.
    """
    values = pearson(first, human), pearson(second, human)
    columns = [np.asarray(column, dtype=float) for column in (first, second, human)]
    differences = []
    for weights in _weights(len(columns[0]), groups, draws):
        one, other = (_weighted_pearson(column, columns[2], weights) for column in columns[:2])  # (draws,)
        differences.append(other - one)
    return _bootstrapped("bootstrap", len(columns[0]), values, np.concatenate(differences))


def grouped_kendall_difference(
    first: Sequence[float],
    second: Sequence[float],
    human: Sequence[float],
    groups: Sequence[Hashable],
    *,
    draws: int = _DRAWS,
) -> PairedTest:
    """Bootstrap over groups of the difference of two mean Kendall correlations inside each group.

    Groups that order nothing (one member, or ratings all the same) are left out, as in eval.measures.correlation.
    `count` is the number of groups left. ValueError if none is left, or for lengths that differ.
    """
    if not len(first) == len(second) == len(human) == len(groups):
        raise ValueError(f"{len(first)}, {len(second)} scores, {len(human)} ratings and {len(groups)} groups")
    members: dict[Hashable, list[int]] = {}
    for number, group in enumerate(groups):
        members.setdefault(group, []).append(number)
    rows = []
    for numbers in members.values():
        rated = [human[number] for number in numbers]
        if len(set(rated)) > 1:
            rows.append([kendall([side[number] for number in numbers], rated) for side in (first, second)])
    if not rows:
        raise ValueError("no group has two different ratings")
    inside = np.array(rows)  # (groups, 2)
    means = _mean_draws(inside[:, 1] - inside[:, 0], draws)
    values = float(inside[:, 0].mean()), float(inside[:, 1].mean())
    return _bootstrapped("bootstrap over groups", len(inside), values, means)


def accuracy_difference(first: Sequence[float], second: Sequence[float], *, draws: int = _DRAWS) -> PairedTest:
    """Difference of two shares of right items (1 right, 0 wrong, 0.5 a tie).

    p is McNemar's exact test where items are right or wrong, else a permutation test that flips the sign of
    differences. ValueError without items, for lengths that differ, or for numbers outside 0..1.
    """
    one, other = np.asarray(first, dtype=float), np.asarray(second, dtype=float)
    if one.shape != other.shape or one.ndim != 1 or not len(one):
        raise ValueError(f"one or more items are needed on both sides, not {one.shape} and {other.shape}")
    if not all(((side >= 0.0) & (side <= 1.0)).all() for side in (one, other)):
        raise ValueError("an item is neither right (1) nor wrong (0) nor between")
    difference = other - one
    means = _mean_draws(difference, draws)
    low, high = _interval(means)
    if set(np.unique(np.concatenate([one, other]))) <= {0.0, 1.0}:
        gained, lost = int((difference > 0).sum()), int((difference < 0).sum())
        p = float(stats.binomtest(gained, gained + lost).pvalue) if gained + lost else 1.0
        method = "McNemar, exact"
    else:
        p, method = _sign_flips(difference, draws), "permutation"
    return PairedTest(method, len(one), float(one.mean()), float(other.mean()), low, high, p, means)


def mean_difference(tests: Sequence[PairedTest]) -> PairedTest:
    """The same test over several sets that count the same, by bootstrap inside each set.

    Sets of the same length are drawn alike, so that sets made from the same items in the same order keep what their
    items have in common. ValueError without tests, or where they were made with different numbers of draws.
    """
    if not tests or len({len(test.draws) for test in tests}) != 1:
        raise ValueError(f"{len(tests)} tests with {sorted({len(test.draws) for test in tests})} draws")
    differences = np.mean([test.draws for test in tests], axis=0)  # (draws,)
    values = float(np.mean([test.first for test in tests])), float(np.mean([test.second for test in tests]))
    return _bootstrapped("bootstrap in each set", sum(test.count for test in tests), values, differences)


def _weights(count: int, groups: Sequence[Hashable] | None, draws: int) -> Iterator[Floats]:
    """How often each item is drawn, in blocks (draws, items)."""
    random = np.random.default_rng(_SEED)
    numbers = np.arange(count)
    if groups is not None:
        order: dict[Hashable, int] = {}
        numbers = np.array([order.setdefault(group, len(order)) for group in groups], dtype=np.intp)  # (items,)
    size = int(numbers.max()) + 1
    for start in range(0, draws, _BLOCK):
        drawn = random.multinomial(size, np.full(size, 1.0 / size), size=min(_BLOCK, draws - start))
        yield drawn[:, numbers].astype(float)


def _weighted_pearson(scores: Floats, human: Floats, weights: Floats) -> Floats:
    """Pearson's r for every row of weights; 0 where a side is constant."""
    total = weights.sum(axis=1)  # (draws,)
    # Centred first: sums of squares of large numbers would lose the digits that matter.
    left, right = scores - scores.mean(), human - human.mean()  # (items,)
    mean_left, mean_right = weights @ left / total, weights @ right / total  # (draws,)
    both = weights @ (left * right) / total - mean_left * mean_right  # (draws,)
    spread = (weights @ left**2 / total - mean_left**2) * (weights @ right**2 / total - mean_right**2)  # (draws,)
    moves = spread > 1e-12 * max(left.var() * right.var(), 1e-300)
    return np.where(moves, both / np.sqrt(np.where(moves, spread, 1.0)), 0.0)


def _mean_draws(values: Floats, draws: int) -> Floats:
    """Means of bootstrap samples, (draws,)."""
    size = len(values)
    return np.concatenate([weights @ values / size for weights in _weights(size, None, draws)])


def _bootstrapped(method: str, count: int, values: tuple[float, float], differences: Floats) -> PairedTest:
    low, high = _interval(differences)
    beyond = min(int((differences <= 0.0).sum()), int((differences >= 0.0).sum()))
    # One is added to both counts: a finite number of draws never shows that p is 0 (Davison and Hinkley 1997).
    p = min(1.0, 2.0 * (beyond + 1) / (len(differences) + 1))
    return PairedTest(method, count, *values, low, high, p, differences)


def _interval(differences: Floats) -> tuple[float, float]:
    tail = (1.0 - _LEVEL) / 2
    low, high = np.quantile(differences, [tail, 1.0 - tail])
    return float(low), float(high)


def _sign_flips(difference: Floats, draws: int) -> float:
    """Two-sided p of a mean as far from 0 as the one found, signs flipped at random."""
    random = np.random.default_rng(_SEED)
    found = abs(float(difference.sum()))
    as_far = 0
    for start in range(0, draws, _BLOCK):
        signs = random.choice([-1.0, 1.0], size=(min(_BLOCK, draws - start), len(difference)))  # (draws, items)
        as_far += int((np.abs(signs @ difference) >= found - 1e-9).sum())
    return (as_far + 1) / (draws + 1)
