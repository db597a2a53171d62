from __future__ import annotations

import math

import pytest

from eval.measures.words import Confusion, confusion, f1_bad, matthews

B, G = True, False


@pytest.mark.parametrize(
    ("predicted", "tagged", "counts"),
    [
        ([B, B, G, G, G], [B, G, B, G, G], Confusion(hits=1, alarms=1, misses=1, rest=2)),
        ([], [], Confusion(0, 0, 0, 0)),
        ([B, B], [G, G], Confusion(0, 2, 0, 0)),
    ],
)
def test_counts(predicted, tagged, counts) -> None:
    assert confusion(predicted, tagged) == counts


def test_sequences_of_different_length_are_an_error() -> None:
    with pytest.raises(ValueError, match="zip"):
        confusion([B], [B, G])


@pytest.mark.parametrize(
    ("counts", "mcc", "f1"),
    [
        (Confusion(5, 0, 0, 5), 1.0, 1.0),
        (Confusion(0, 5, 5, 0), -1.0, 0.0),
        (Confusion(1, 1, 1, 2), (1 * 2 - 1 * 1) / math.sqrt(2 * 2 * 3 * 3), 0.5),
        (Confusion(6, 2, 3, 9), (6 * 9 - 2 * 3) / math.sqrt(8 * 9 * 11 * 12), 12 / 17),
        (Confusion(3, 7, 0, 0), 0.0, 6 / 13),  # everything called BAD: MCC sees through it, F1 does not
        (Confusion(0, 0, 0, 4), 0.0, 0.0),
    ],
)
def test_values_computed_by_hand(counts: Confusion, mcc: float, f1: float) -> None:
    assert matthews(counts) == pytest.approx(mcc)
    assert f1_bad(counts) == pytest.approx(f1)
