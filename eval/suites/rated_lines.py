"""Scoring rated sentences through the checker, one line a document: what the suites on human ratings share."""

from __future__ import annotations

import random
from collections.abc import Sequence
from functools import lru_cache
from typing import TypeVar

from eval.datasets import mlqe_pe
from mtqa import Checker, Document, QualityEstimate
from mtqa.segmenting import segment_line

Item = TypeVar("Item")
SEED = 37
TEST20_SENTENCES = 300  # of each pair, unless a suite is asked for more: the whole set takes many minutes on two cores
_AT_ONCE = 100  # sentences per batch


@lru_cache(maxsize=1)
def checker() -> Checker:
    """One checker with the default settings for all suites of a run."""
    return Checker()


@lru_cache(maxsize=1)
def test20(most: int | None) -> list[tuple[mlqe_pe.DirectAssessment, QualityEstimate]]:
    """The test sets of MLQE-PE with the estimate of each sentence; `most` sentences of each pair (None: all)."""
    rows = [row for pair in mlqe_pe.PAIRS for row in sample(mlqe_pe.direct_assessments(pair, "test"), most)]
    return list(zip(rows, estimates([row.translation for row in rows]), strict=True))


def estimates(lines: Sequence[str]) -> list[QualityEstimate]:
    """The estimate of every line, in order; equal lines are scored once. ValueError for a blank line."""
    distinct = list(dict.fromkeys(lines))
    found: dict[str, QualityEstimate] = {}
    for start in range(0, len(distinct), _AT_ONCE):
        block = distinct[start : start + _AT_ONCE]
        documents = [
            segment_line(Document(id=f"line/{start + number}", text=line)) for number, line in enumerate(block)
        ]
        for line, report in zip(block, checker().check_many(documents, any_language=True), strict=True):
            if not report.estimates:
                raise ValueError(f"{line!r} has no estimate")
            found[line] = report.estimates[0]
    return [found[line] for line in lines]


def sample(items: Sequence[Item], most: int | None) -> list[Item]:
    """A seeded sample without replacement, in the order of `items` (None: all of them)."""
    numbers = list(range(len(items)))
    if most is not None:
        random.Random(SEED).shuffle(numbers)  # noqa: S311 - a sample, not a secret
        numbers = sorted(numbers[:most])
    return [items[number] for number in numbers]
