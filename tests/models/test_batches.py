"""Units to batches: nothing lost, pairs together, labels at the tokens that marks touch."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.quality_en.batches import Tokens, collate, in_blocks, ordered, token_labels
from models.quality_en.examples import MAJOR, MINOR, Row, Unit
from models.quality_en.teaching import Taught

pytestmark = pytest.mark.models  # nothing is downloaded, but torch takes seconds


def encode(text: str) -> Tokens:
    """One token per word with the space before it; ids are lengths."""
    ends = tuple(match.end() for match in re.finditer(r"\s*\S+", text))
    ids = tuple(end - start for start, end in zip((0, *ends), ends, strict=False))
    return Tokens((1, *ids, 2), (0, *(5,) * len(ids), 0), ends)


TEXT = "He walked  off the cliff"  # ends at 2, 9, 14, 18, 24


@pytest.mark.parametrize(
    ("marks", "error", "major"),
    [
        ((), [0, 0, 0, 0, 0], [0, 0, 0, 0, 0]),
        (((0, 2, MINOR),), [1, 0, 0, 0, 0], [0, 0, 0, 0, 0]),
        (((2, 3, MAJOR),), [0, 0, 0, 0, 0], [0, 0, 0, 0, 0]),  # the space before a word is not the word
        (((8, 12, MAJOR),), [0, 1, 1, 0, 0], [0, 1, 1, 0, 0]),
        (((3, 9, MINOR), (5, 6, MAJOR)), [0, 1, 0, 0, 0], [0, 1, 0, 0, 0]),
        (((9, 11, MINOR),), [0, 0, 0, 0, 0], [0, 0, 0, 0, 0]),
        (((0, 24, MINOR),), [1, 1, 1, 1, 1], [0, 0, 0, 0, 0]),
    ],
)
def test_labels_stand_at_the_words_that_a_mark_touches(
    marks: tuple[tuple[int, int, int], ...], error: list[float], major: list[float]
) -> None:
    assert token_labels(Row(TEXT, marks=marks, has_severity=True), encode(TEXT)) == [error, major]
    assert token_labels(Row(TEXT, marks=marks), encode(TEXT)) == [error, [-1.0] * 5]


def test_pieces_of_a_marked_character_count_with_the_last_one() -> None:
    tokens = Tokens((1, 7, 8, 9, 2), (0,) * 5, (1, 1, 2))  # a, then two pieces of one character
    error, _ = token_labels(Row("a中", marks=((1, 2, MINOR),)), tokens)
    assert (error[0], error[-1]) == (0.0, 1.0)


def test_a_batch_is_padded_and_says_what_is_unknown() -> None:
    rated = Row("It rained all day", z=0.5, raw=80.0, weight=0.4)
    pair = Unit((Row("He left", marks=()), Row("He leave", marks=((3, 8, MAJOR),), has_severity=True)), better=0.8)
    batch = collate([Unit((rated,)), pair], encode)
    assert batch.ids.shape == batch.types.shape == batch.error.shape == batch.major.shape == (3, 6)
    assert batch.lengths.tolist() == [6, 4, 4]
    assert batch.ids[1].tolist() == [1, 2, 5, 2, 0, 0]
    assert batch.types[0].tolist() == [0, 5, 5, 5, 5, 0]
    assert batch.error.tolist() == [[-1] * 6, [-1, 0, 0, -1, -1, -1], [-1, 0, 1, -1, -1, -1]]
    assert batch.major.tolist() == [[-1] * 6, [-1] * 6, [-1, 0, 1, -1, -1, -1]]
    assert batch.raw[0] == pytest.approx(0.8)
    assert batch.z.isnan().tolist() == batch.raw.isnan().tolist() == [False, True, True]
    assert batch.weight.tolist() == pytest.approx([0.4, 1.0, 1.0])
    assert batch.pairs.tolist() == [[1, 2]]
    assert batch.better.tolist() == pytest.approx([0.8])
    assert collate([Unit((rated,))], encode).pairs.shape == (0, 2)


ROWS = st.lists(st.sampled_from(["a", "bc"]), min_size=1, max_size=12).map(lambda words: Row(" ".join(words)))
UNITS = st.lists(st.lists(ROWS, min_size=1, max_size=2).map(lambda rows: Unit(tuple(rows))), max_size=60)


@given(UNITS, st.integers(8, 90), st.integers(0, 9))
def test_every_unit_is_in_one_batch_of_bounded_size(units: list[Unit], most: int, seed: int) -> None:
    batches = ordered(units, encode, tokens_at_once=most, seed=seed)
    assert Counter(unit for batch in batches for unit in batch) == Counter(units)
    for batch in batches:
        assert batch
        ids = collate(batch, encode).ids
        assert ids.numel() <= most or len(batch) == 1
    assert ordered(units, encode, tokens_at_once=most, seed=seed) == batches


def test_another_seed_is_another_order_and_lengths_are_near() -> None:
    units = [Unit((Row(" ".join(["word"] * (1 + number % 40))),)) for number in range(800)]
    first, second = (ordered(units, encode, tokens_at_once=400, seed=seed) for seed in (1, 2))
    assert first != second
    padded = sum(collate(batch, encode).ids.numel() for batch in first)
    real = sum(int(collate(batch, encode).lengths.sum()) for batch in first)
    assert padded < 1.1 * real


def test_blocks_hold_every_text_once_by_length() -> None:
    texts = [" ".join(["word"] * length) for length in (5, 1, 9, 3, 3, 7, 2)]
    blocks = list(in_blocks(texts, encode, 3))
    assert [len(block) for block in blocks] == [3, 3, 1]
    lengths = [len(encode(texts[number]).ids) for block in blocks for number in block]
    assert lengths == sorted(lengths)
    assert sorted(number for block in blocks for number in block) == list(range(7))


def lesson(ends: list[int], nats: list[float], error: list[float], z: float = float("nan")) -> Taught:
    import numpy as np

    numbers = (np.array(one, dtype=np.float32) for one in (nats, error))
    return Taught(np.array(ends, dtype=np.int32), *numbers, z, z)


def test_a_teacher_has_half_a_word_beside_people_and_the_whole_where_they_said_nothing() -> None:
    texts = ["He walked off", "He left"]
    rated = Unit((Row(texts[0], z=1.0, marks=((0, 2, MINOR),)),))
    reader = {
        texts[0]: lesson([2, 9, 13], [3.0, 1.0, 2.0, 0.5], []),
        texts[1]: lesson([2, 7], [4.0, 1.0, 0.25], []),
    }
    judge = {texts[0]: lesson([2, 9, 13], [], [0.5, 0.25, 0.0], z=0.5), texts[1]: lesson([2, 7], [], [], z=-1.0)}
    batch = collate([rated, Unit((Row(texts[1]),))], encode, [reader, judge])
    assert batch.z.tolist() == [0.75, -1.0]
    assert batch.raw.tolist() == [0.5, -1.0]
    assert batch.error[0].tolist() == [-1.0, 0.75, 0.125, 0.0, -1.0]
    assert batch.error[1].tolist() == [-1.0] * 5
    assert batch.surprisal[0].tolist() == [-1.0, 3.0, 1.0, 2.0, 0.5]
    assert batch.surprisal[1].tolist() == [-1.0, 4.0, 1.0, 0.25, -1.0]


def test_what_was_planted_stands_whatever_a_teacher_says() -> None:
    text = "He walked off"
    planted = Unit((Row(text, marks=((0, 2, MINOR),), has_severity=True),))
    batch = collate([planted], encode, [{text: lesson([2, 9, 13], [], [0.1, 0.9, 0.9])}])
    assert batch.error[0].tolist() == [-1.0, 1.0, 0.0, 0.0, -1.0]
