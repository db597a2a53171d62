"""System level: does a metric rank systems as people do?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
_PERMUTATIONS = 1000
_SEED = 31


def agreeing_pairs(metric: Mapping[str, float], human: Mapping[str, float]) -> tuple[int, int]:
    """How many pairs of systems the metric orders as people do, and how many pairs there are.

    Pairs that people rate exactly the same have no order and are left out; a tie of the metric alone is wrong.
    ValueError if the two do not rate the same systems.
    """
    if metric.keys() != human.keys():
        raise ValueError(f"different systems: {sorted(metric.keys() ^ human.keys())}")
    right = total = 0
    for one, other in combinations(sorted(human), 2):
        if human[one] == human[other]:
            continue
        total += 1
        right += (metric[one] - metric[other]) * (human[one] - human[other]) > 0.0
    return right, total


def soft_pairwise_accuracy(
    metric: Mapping[str, Sequence[float]],
    human: Mapping[str, Sequence[float]],
    *,
    permutations: int = _PERMUTATIONS,
) -> float:
    """SPA of WMT24: the mean over pairs of systems of 1 - |p_human - p_metric|, 0..1.

    p is the one-sided p-value of a paired permutation test that the first system is better. Both mappings hold, for
    each system, one score per segment; the segments run parallel over the systems of one mapping. ValueError if the
    two do not rate the same systems, or fewer than two.
    """
    if metric.keys() != human.keys() or len(metric) < 2:
        raise ValueError(f"two or more common systems are needed: {sorted(metric)} and {sorted(human)}")
    names = sorted(metric)
    by_metric, by_people = (_p_values(scores, names, permutations) for scores in (metric, human))
    return float(np.mean([1.0 - abs(by_people[pair] - by_metric[pair]) for pair in by_people]))


def _p_values(
    scores: Mapping[str, Sequence[float]], names: Sequence[str], permutations: int
) -> dict[tuple[str, str], float]:
    """The share of sign flips with a mean difference at least as large as the one found."""
    table = np.array([list(scores[name]) for name in names], dtype=float)  # (systems, segments)
    random = np.random.default_rng(_SEED)
    signs = random.choice([-1.0, 1.0], size=(permutations, table.shape[1]))  # (permutations, segments)
    found = {}
    for one, other in combinations(range(len(names)), 2):
        difference = table[one] - table[other]  # (segments,)
        flipped: Floats = signs @ difference / len(difference)  # (permutations,)
        found[names[one], names[other]] = float(np.mean(flipped >= difference.mean() - 1e-12))
    return found
