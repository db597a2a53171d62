"""Correlation of scores with human ratings: pooled, with bootstrap intervals, and grouped by source segment."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Floats = NDArray[np.float64]
_DRAWS = 300
_PAIRED_DRAWS = 10_000  # a p-value of .001 still rests on ten of them
_SEED = 29
_LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Figure:
    """A value and its 95 % bootstrap interval."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"


@dataclass(frozen=True, slots=True)
class Difference:
    """A difference, its 95 % bootstrap interval and the two-sided p-value that there is none, 0..1."""

    value: float
    low: float
    high: float
    p: float

    def __str__(self) -> str:
        return f"{self.value:+.3f} [{self.low:+.3f}, {self.high:+.3f}] p={self.p:.4f}"


def pearson(one: Sequence[float], other: Sequence[float]) -> float:
    """Pearson's r, -1..1; 0 where a side is constant (it orders nothing). ValueError for fewer than two pairs."""
    return _correlate(lambda left, right: float(stats.pearsonr(left, right).statistic), one, other)


def spearman(one: Sequence[float], other: Sequence[float]) -> float:
    """Spearman's rho, ties averaged; 0 where a side is constant. ValueError for fewer than two pairs."""
    return _correlate(lambda left, right: float(stats.spearmanr(left, right).statistic), one, other)


def kendall(one: Sequence[float], other: Sequence[float]) -> float:
    """Kendall's tau-b, which corrects for ties; 0 where a side is constant. ValueError for fewer than two pairs."""
    return _correlate(lambda left, right: float(stats.kendalltau(left, right).statistic), one, other)


MEASURES: Mapping[str, Callable[[Sequence[float], Sequence[float]], float]] = MappingProxyType(
    {"pearson": pearson, "spearman": spearman, "kendall": kendall}
)


def with_interval(
    measure: Callable[[Sequence[float], Sequence[float]], float],
    one: Sequence[float],
    other: Sequence[float],
    *,
    groups: Sequence[Hashable] | None = None,
    draws: int = _DRAWS,
) -> Figure:
    """A measure of pairs with a percentile bootstrap interval.

    Pairs are drawn one by one, or with `groups` (parallel to the pairs) in whole groups: translations of the same
    source are not independent. Seeded: the same input has the same interval.
    """
    left, right = np.asarray(one, dtype=float), np.asarray(other, dtype=float)
    _check(left, right)
    random = np.random.default_rng(_SEED)
    members = [np.array([number]) for number in range(len(left))] if groups is None else list(_members(groups).values())
    values = []
    for _ in range(draws):
        chosen = random.integers(0, len(members), len(members))
        numbers = np.concatenate([members[number] for number in chosen])
        values.append(measure(left[numbers].tolist(), right[numbers].tolist()))
    low, high = _interval(np.array(values)) if values else (np.nan, np.nan)
    return Figure(measure(left.tolist(), right.tolist()), low, high)


def grouped(
    measure: Callable[[Sequence[float], Sequence[float]], float],
    one: Sequence[float],
    other: Sequence[float],
    groups: Sequence[Hashable],
    *,
    least: int = 2,
    draws: int = _DRAWS,
) -> Figure:
    """The mean over groups of a measure inside each group (all translations of one source segment).

    Groups with fewer than `least` members, or in which the human ratings `other` are all the same, say nothing and
    are left out; a group in which only the scores are all the same counts as 0. The interval is over groups.
    ValueError if no group is left.
    """
    values = _inside(measure, one, other, groups, least)
    low, high = _interval(_means(values, draws))
    return Figure(float(values.mean()), low, high)


def paired_difference(
    measure: Callable[[Sequence[float], Sequence[float]], float],
    one: Sequence[float],
    other: Sequence[float],
    rated: Sequence[float],
    groups: Sequence[Hashable],
    *,
    least: int = 2,
    draws: int = _PAIRED_DRAWS,
) -> Difference:
    """How much better `one` agrees with `rated` than `other` does inside groups: `grouped` of one minus that of other.

    A paired bootstrap over groups (Efron and Tibshirani 1993, Koehn 2004): both scorers see the same drawn groups.
    p: twice the share of draws on the other side of zero (zero itself counts on both), the found difference counted
    as one more draw. Groups are left out and errors raised as by `grouped`. Seeded.
    """
    own, others = (_inside(measure, scores, rated, groups, least) for scores in (one, other))
    differences = own - others  # (groups,)
    means = _means(differences, draws)  # (draws,)
    low, high = _interval(means)
    beyond = min(int(np.sum(means <= 0.0)), int(np.sum(means >= 0.0)))
    p = min(1.0, 2.0 * (beyond + 1) / (len(means) + 1))
    return Difference(float(differences.mean()), low, high, p)


def _inside(
    measure: Callable[[Sequence[float], Sequence[float]], float],
    one: Sequence[float],
    other: Sequence[float],
    groups: Sequence[Hashable],
    least: int,
) -> Floats:
    """The measure inside each group that says something # (groups,)."""
    left, right = np.asarray(one, dtype=float), np.asarray(other, dtype=float)
    _check(left, right)
    if len(groups) != len(left):
        raise ValueError(f"{len(groups)} groups for {len(left)} pairs")
    values = np.array(
        [
            measure(left[numbers].tolist(), right[numbers].tolist())
            for numbers in _members(groups).values()
            if len(numbers) >= max(2, least) and np.ptp(right[numbers]) > 0.0
        ]
    )
    if not len(values):
        raise ValueError("no group has two different ratings")
    return values


def _means(values: Floats, draws: int) -> Floats:
    """The mean of each of `draws` seeded samples with replacement # (draws,)."""
    random = np.random.default_rng(_SEED)
    means: Floats = values[random.integers(0, len(values), (draws, len(values)))].mean(axis=1)
    return means


def _interval(values: Floats) -> tuple[float, float]:
    tail = (1.0 - _LEVEL) / 2
    low, high = np.quantile(values, [tail, 1.0 - tail])
    return float(low), float(high)


def _correlate(measure: Callable[[Floats, Floats], float], one: Sequence[float], other: Sequence[float]) -> float:
    left, right = np.asarray(one, dtype=float), np.asarray(other, dtype=float)
    _check(left, right)
    if np.ptp(left) == 0.0 or np.ptp(right) == 0.0:
        return 0.0
    return measure(left, right)


def _check(left: Floats, right: Floats) -> None:
    if left.shape != right.shape or left.ndim != 1 or len(left) < 2:
        raise ValueError(f"two or more pairs are needed, not {left.shape} and {right.shape}")
    if not (np.isfinite(left).all() and np.isfinite(right).all()):
        raise ValueError("a score or rating is not finite")


def _members(groups: Sequence[Hashable]) -> dict[Hashable, NDArray[np.intp]]:
    """The numbers of the pairs in each group, groups in order of appearance."""
    numbers: dict[Hashable, list[int]] = defaultdict(list)
    for number, group in enumerate(groups):
        numbers[group].append(number)
    return {group: np.array(own, dtype=np.intp) for group, own in numbers.items()}
