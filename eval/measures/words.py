"""Word level: how well tokens tagged BAD are found. True is BAD."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Confusion:
    """Counts over pooled tokens: `hits` BAD found, `alarms` OK called BAD, `misses` BAD called OK, `rest` OK left."""

    hits: int
    alarms: int
    misses: int
    rest: int


def confusion(predicted: Sequence[bool], tagged: Sequence[bool]) -> Confusion:
    """Count over parallel sequences of pooled tokens. ValueError if their lengths differ."""
    pairs = list(zip(predicted, tagged, strict=True))
    return Confusion(
        hits=sum(guess and bad for guess, bad in pairs),
        alarms=sum(guess and not bad for guess, bad in pairs),
        misses=sum(bad and not guess for guess, bad in pairs),
        rest=sum(not guess and not bad for guess, bad in pairs),
    )


def matthews(counts: Confusion) -> float:
    """Matthews' correlation coefficient (MCC), -1..1; 0 where tags or predictions are all the same."""
    hits, alarms, misses, rest = counts.hits, counts.alarms, counts.misses, counts.rest
    scale = math.sqrt((hits + alarms) * (hits + misses) * (rest + alarms) * (rest + misses))
    return (hits * rest - alarms * misses) / scale if scale else 0.0


def f1_bad(counts: Confusion) -> float:
    """F1 of the class BAD, 0..1; 0 where nothing is BAD and nothing was called so."""
    total = 2 * counts.hits + counts.alarms + counts.misses
    return 2 * counts.hits / total if total else 0.0


def best_matthews(tagged: NDArray[np.bool_], scores: NDArray[np.floating[Any]]) -> tuple[float, float]:
    """The highest MCC that any threshold reaches, and that threshold: BAD is what scores at least as much.

    Both arrays  # (tokens,). ValueError if they are empty or differ in length.
    """
    if not len(tagged) or len(tagged) != len(scores):
        raise ValueError(f"{len(tagged)} tags, {len(scores)} scores")
    order = np.argsort(-scores, kind="stable")
    hits = np.cumsum(tagged[order], dtype=np.float64)  # (tokens,), when all up to this one are called BAD
    called = np.arange(1, len(order) + 1, dtype=np.float64)
    bad, total = hits[-1], float(len(order))
    alarms = called - hits
    scale = np.sqrt(called * bad * (total - bad) * (total - called))
    with np.errstate(divide="ignore", invalid="ignore"):
        values = np.where(scale > 0, (hits * (total - bad - alarms) - alarms * (bad - hits)) / scale, 0.0)
    ends = np.append(np.diff(scores[order]) != 0, True)  # equal scores are called BAD together
    values[~ends] = -1.0
    best = int(values.argmax())
    return float(values[best]), float(scores[order[best]])
