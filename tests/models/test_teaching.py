"""What a teacher says, kept and carried over to the tokens of another vocabulary."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.quality_en.teaching import Taught, onto, taught

pytestmark = pytest.mark.models  # nothing is downloaded, but torch takes seconds


def lesson(ends: Sequence[int], nats: Sequence[float], error: Sequence[float] = (), z: float = np.nan) -> Taught:
    return Taught(
        np.array(ends, dtype=np.int32),
        np.array(nats, dtype=np.float32),
        np.array(error, dtype=np.float32),
        z,
        z,
    )


@pytest.mark.parametrize(
    ("ends", "nats", "errors"),
    [
        ([2, 9, 13], [3.0, 7.0, 2.0, 0.5], [0.1, 0.9, 0.2]),  # the same tokens
        ([9, 13], [10.0, 2.0, 0.5], [0.9, 0.2]),
        ([2, 5, 9, 13], [3.0, 3.0, 4.0, 2.0, 0.5], [0.1, 0.9, 0.9, 0.2]),  # 3 of 7 characters
        ([13], [12.0, 0.5], [0.9]),
        ([1, 2, 2, 9, 13], [1.5, 1.5, 0.0, 7.0, 2.0, 0.5], [0.1, 0.1, 0.9, 0.9, 0.2]),
    ],
)
def test_nats_are_spread_over_characters_and_errors_hold_for_what_they_touch(
    ends: list[int], nats: list[float], errors: list[float]
) -> None:
    found = onto(lesson([2, 9, 13], [3.0, 7.0, 2.0, 0.5], [0.1, 0.9, 0.2]), ends)
    assert found[0] == pytest.approx(nats)
    assert found[1] == pytest.approx(errors)


def test_pieces_of_one_character_give_all_their_nats_to_it() -> None:
    assert onto(lesson([1, 1, 2], [1.0, 2.0, 4.0, 0.5]), [1, 2])[0] == pytest.approx([3.0, 4.0, 0.5])
    assert onto(lesson([0, 1, 1], [1.0, 2.0, 4.0, 0.5]), [1])[0] == pytest.approx([7.0, 0.5])


def test_a_teacher_without_a_word_on_the_end_of_a_text_says_nothing() -> None:
    assert onto(lesson([2, 4], [1.0, 1.0, 1.0]), [2, 4, 9]) == ([], [])
    assert onto(lesson([], []), [2]) == ([], [])


@given(st.lists(st.integers(0, 4), min_size=1, max_size=9), st.lists(st.integers(1, 5), min_size=1, max_size=9))
def test_no_nat_is_lost(own: list[int], other: list[int]) -> None:
    ends, others = np.cumsum(own), np.cumsum(other)
    others = [*others[others < ends[-1]].tolist(), int(ends[-1])]
    nats = np.arange(1.0, len(ends) + 2.0)
    if ends[-1] > 0:
        found, _ = onto(lesson(ends.tolist(), nats.tolist()), others)
        assert sum(found) == pytest.approx(nats.sum())


def test_what_was_taught_is_read_once(tmp_path: Path) -> None:
    asked: list[list[str]] = []

    def teacher(texts: Sequence[str]) -> list[Taught]:
        asked.append(list(texts))
        return [lesson([len(one)], [1.0, 2.0], [0.5] if "a" in one else [], z=len(one)) for one in texts]

    first = taught(["a cat", "dog", "a cat"], teacher, tmp_path / "lessons.npz")
    again = taught(["a cat", "dog"], teacher, tmp_path / "lessons.npz")
    assert asked == [["a cat", "dog"]]
    for text in ("a cat", "dog"):
        for name in ("ends", "surprisal", "error"):
            assert np.array_equal(getattr(first[text], name), getattr(again[text], name))
        assert again[text].z == len(text)
    taught(["another"], teacher, tmp_path / "lessons.npz")
    assert asked[1:] == [["another"]]
