from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eval.measures.words import Confusion, best_matthews, confusion, f1_bad, matthews

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


@pytest.mark.parametrize(
    ("scores", "tagged", "mcc", "threshold"),
    [
        ([0.9, 0.8, 0.2, 0.1], [B, B, G, G], 1.0, 0.8),
        ([0.1, 0.9, 0.2, 0.8], [G, B, G, B], 1.0, 0.8),
        ([0.5, 0.5, 0.1], [B, G, G], 0.5, 0.5),  # equal scores go together: one hit, one alarm, one right
        ([0.9, 0.8, 0.7, 0.1], [B, G, B, G], 1 / math.sqrt(3), 0.9),  # the same from .7 on: the higher one
        ([0.4, 0.4], [B, G], 0.0, 0.4),
    ],
)
def test_best_thresholds_found_by_hand(scores, tagged, mcc: float, threshold: float) -> None:
    assert best_matthews(np.array(tagged), np.array(scores)) == (pytest.approx(mcc), threshold)


@given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=1, max_size=12))
@settings(deadline=None)
def test_no_other_threshold_has_a_higher_mcc(pairs: list[tuple[int, bool]]) -> None:
    scores, tagged = [float(value) for value, _ in pairs], [tag for _, tag in pairs]

    def mcc(threshold: float) -> float:
        return matthews(confusion([value >= threshold for value in scores], tagged))

    found, threshold = best_matthews(np.array(tagged), np.array(scores))
    assert found == pytest.approx(mcc(threshold), abs=1e-9) == max(mcc(value) for value in scores)


@pytest.mark.parametrize(("tagged", "scores"), [([], []), ([B, G], [0.1])])
def test_nothing_to_choose_a_threshold_on_is_an_error(tagged, scores) -> None:
    with pytest.raises(ValueError, match="tags"):
        best_matthews(np.array(tagged, dtype=bool), np.array(scores, dtype=float))
