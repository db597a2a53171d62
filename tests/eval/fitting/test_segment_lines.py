from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.fitting.segment_lines import chrf, search


def evidence(starts: list[int], lengths: list[int], *, seed: int = 0) -> list[np.ndarray]:
    """A little noise everywhere, and three nats where each block belongs."""
    noise = np.random.default_rng(seed)
    found = []
    for start, length in zip(starts, lengths, strict=True):
        own = noise.normal(0.0, 0.5, sum(lengths) - length + 1)
        own[start] += 3.0
        found.append(own)
    return found


@given(st.lists(st.integers(1, 6), min_size=1, max_size=7), st.randoms(use_true_random=False))
def test_blocks_are_put_where_the_evidence_is(lengths: list[int], order: random.Random) -> None:
    blocks = list(range(len(lengths)))
    order.shuffle(blocks)
    starts, line = [0] * len(lengths), 0
    for block in blocks:
        starts[block] = line
        line += lengths[block]
    own = [
        np.where(np.arange(sum(lengths) - length + 1) == start, 3.0, 0.0)
        for start, length in zip(starts, lengths, strict=True)
    ]
    assert search(own, lengths) == starts


def test_weak_evidence_for_one_block_is_decided_by_the_others() -> None:
    starts, lengths = [5, 0, 3], [4, 3, 2]
    own = evidence(starts, lengths)
    own[1] = np.zeros_like(own[1])  # says nothing: it belongs where there is room
    assert search(own, lengths) == starts


def test_no_order_that_fills_the_file_is_an_error() -> None:
    with pytest.raises(ValueError, match="no order"):
        search([np.array([0.0, 50.0]), np.array([0.0, 50.0])], [1, 1])


@pytest.mark.parametrize(
    ("one", "other", "low", "high"),
    [
        ("same text", "same text", 100, 100),
        ("", "text", 0, 0),
        ("abc", "xyz", 0, 0),
        ("the cat sat", "the cat ran", 50, 90),
    ],
)
def test_chrf(one: str, other: str, low: float, high: float) -> None:
    assert low <= round(chrf(one, other), 6) <= high
