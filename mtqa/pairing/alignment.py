"""The cheapest chain of links between two rows of sentences, by dynamic programming (Gale and Church 1993).

Only cells near the diagonal of lengths are visited. If the chain found touches the border of that band, the band is
doubled: time and memory grow with the number of sentences, not with its square, unless one side lacks much.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from mtqa.pairing.lengths import Floats

# Sentences of source and target in one link. The order decides between links of equal cost.
MOVES = ((1, 1), (1, 2), (2, 1), (2, 2), (1, 0), (0, 1))
_ALONG = MOVES.index((0, 1))
_NONE = len(MOVES)
_HALF_BAND = 60  # sentences to either side of the diagonal, before any doubling
_NEAR_BORDER = 2  # the longest move, so that no cheaper one was cut off unseen


class Costs(Protocol):
    """What the search asks; see mtqa.pairing.costs.LinkCosts."""

    sources: int
    targets: int
    source_lengths: Floats
    target_lengths: Floats

    def alone(self) -> float:
        """Cost of one sentence without a partner, on either side."""
        ...

    def pair(self, source: int, of_source: int, low: int, high: int, of_target: int) -> Floats:
        """Costs of pairing `of_source` sentences from `source` on with `of_target` from each j in [low, high) on."""
        ...


@dataclass(frozen=True, slots=True)
class Step:
    """One link: `of_source` sentences from `source` on with `of_target` from `target` on; one count may be 0."""

    source: int
    of_source: int
    target: int
    of_target: int


def align(costs: Costs, *, near: Sequence[Step] = ()) -> list[Step]:
    """The cheapest chain, in order; together its steps hold every sentence of both sides exactly once.

    The band runs along `near`, an earlier chain over the same sentences, or else along the diagonal of lengths.
    """
    middle = _along(near, costs.sources, costs.targets) if near else _diagonal(costs)
    half = _HALF_BAND
    while True:
        low, high = _band(middle, half, costs.targets)
        steps = _search(costs, low, high)
        if half >= costs.targets or not _touches(steps, low, high, costs.targets):
            return steps
        half *= 2


def _diagonal(costs: Costs) -> NDArray[np.int64]:
    """Per number of sources read the number of targets that makes the same share of its text."""
    shares = costs.source_lengths / max(float(costs.source_lengths[-1]), 1.0)
    return np.searchsorted(costs.target_lengths, shares * float(costs.target_lengths[-1])).astype(np.int64)


def _along(steps: Sequence[Step], sources: int, targets: int) -> NDArray[np.int64]:
    """Per number of sources read the number of targets read in a chain."""
    middle = np.full(sources + 1, targets, dtype=np.int64)
    for step in reversed(steps):  # the first of several steps at one source counts
        middle[step.source : step.source + max(step.of_source, 1)] = step.target
    return middle


def _band(middle: NDArray[np.int64], half: int, targets: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Per number of sources read (0..sources) the half-open range of numbers of targets read that is visited."""
    low = np.maximum(middle - half, 0)
    high = np.minimum(middle + half + 1, targets + 1)
    low[0], high[-1] = 0, targets + 1
    # A very long source sentence jumps ahead on the other side: the row before it must reach as far.
    high[:-1] = np.maximum(high[:-1], np.minimum(low[1:] + half + 1, targets + 1))
    return low, np.maximum.accumulate(high)


def _search(costs: Costs, low: NDArray[np.int64], high: NDArray[np.int64]) -> list[Step]:
    rows: list[Floats] = []
    moves: list[NDArray[np.int8]] = []
    alone = costs.alone()
    for i in range(costs.sources + 1):
        first, last = int(low[i]), int(high[i])
        best = np.full(last - first, np.inf)
        move = np.full(last - first, _NONE, dtype=np.int8)
        if i == 0:
            best[0] = 0.0
        for number, (of_source, of_target) in enumerate(MOVES):
            if of_source == 0 or of_source > i:
                continue
            start, end = max(first - of_target, 0), last - of_target  # of the targets read before
            if end <= start:
                continue
            total = _cut(rows[i - of_source], int(low[i - of_source]), start, end)
            total += costs.pair(i - of_source, of_source, start, end, of_target) if of_target else alone
            offset = start + of_target - first
            place = slice(offset, offset + end - start)
            better = total < best[place]
            best[place][better] = total[better]
            move[place][better] = number
        # Targets without a partner lead along the row: a running minimum with their cost taken out.
        along = alone * np.arange(last - first, dtype=np.float64)
        running = np.minimum.accumulate(best - along)
        move[running < best - along] = _ALONG
        rows.append(running + along)
        moves.append(move)
        if i >= 2:
            rows[i - 2] = np.empty(0)  # links reach back two rows at most
    return _trace(moves, low, costs.sources, costs.targets)


def _cut(row: Floats, low: int, start: int, end: int) -> Floats:
    """row[start:end] of a row whose first value has index `low`; infinite outside."""
    values = np.full(end - start, np.inf)
    first, last = max(start, low), min(end, low + len(row))
    if first < last:
        values[first - start : last - start] = row[first - low : last - low]
    return values


def _trace(moves: list[NDArray[np.int8]], low: NDArray[np.int64], sources: int, targets: int) -> list[Step]:
    steps: list[Step] = []
    i, j = sources, targets
    while i or j:
        of_source, of_target = MOVES[int(moves[i][j - int(low[i])])]
        i, j = i - of_source, j - of_target
        steps.append(Step(i, of_source, j, of_target))
    return steps[::-1]


def _touches(steps: list[Step], low: NDArray[np.int64], high: NDArray[np.int64], targets: int) -> bool:
    """Whether the chain comes near a border of the band that is none of the text."""
    for step in steps:
        first, last = int(low[step.source]), int(high[step.source])
        if first > 0 and step.target < first + _NEAR_BORDER:
            return True
        if last <= targets and step.target + _NEAR_BORDER >= last:
            return True
    return False
