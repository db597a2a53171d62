"""What is trained on: training sets alone, marks inside the texts, pairs the right way round, the same for a seed."""

from __future__ import annotations

import random
from collections import Counter
from functools import cache

import pytest

from eval.datasets import mlqe_pe
from models.quality_en.corruptions import KINDS
from models.quality_en.examples import MAJOR, MINOR, Amounts, Unit, corrupted_units, mlqe_units, training_units

pytestmark = [pytest.mark.data, pytest.mark.models]  # torch is not needed, but the data sets take seconds

FEW = Amounts(mlqe_per_pair=20, wmt_rated=40, wmt_pairs=16, mqm=40, mqm_pairs=12, corrupted=len(KINDS))


@cache
def units() -> tuple[Unit, ...]:
    return tuple(training_units(FEW, 3))


def test_marks_are_inside_and_ratings_in_range() -> None:
    for unit in units():
        assert 1 <= len(unit.rows) <= 2
        assert 0.5 <= unit.better <= 1.0
        for row in unit.rows:
            assert row.text.strip()
            assert row.raw is None or 0.0 <= row.raw <= 100.0
            assert row.z is None or -6.0 < row.z < 4.0
            assert 0.0 < row.weight <= 1.0
            for start, end, severity in row.marks or ():
                assert 0 <= start < end <= len(row.text)
                assert severity in (MINOR, MAJOR)


def test_every_kind_of_unit_comes_as_often_as_asked() -> None:
    kinds = Counter(unit.origin.split("-")[0] for unit in units() if unit.origin != "mqm-pairs")
    assert kinds["mlqe"] == 20 * len(mlqe_pe.PAIRS)
    assert kinds["wmt"] == 40
    assert kinds["mqm"] == 40
    assert kinds["systems"] >= 16
    assert sum(unit.origin == "mqm-pairs" for unit in units()) == 12
    corrupted = Counter(unit.origin for unit in units() if unit.origin.startswith("corrupted-"))
    assert sum(corrupted.values()) == len(KINDS)
    assert len(corrupted) > len(KINDS) // 2


def test_the_better_one_of_a_pair_stands_first() -> None:
    for unit in units():
        if unit.origin.startswith("corrupted-"):
            clean, worse = unit.rows
            assert clean.marks == ()
            assert worse.text != clean.text
            assert worse.has_severity
            assert unit.better == (0.95 if any(kind == MAJOR for _, _, kind in worse.marks or ()) else 0.8)
        elif unit.origin.startswith("systems-"):
            assert unit.rows[0].text != unit.rows[1].text
            assert unit.better > 0.5
        elif unit.origin == "mqm-pairs":
            better, worse = unit.rows
            assert better.text != worse.text
            assert better.z is not None
            assert worse.z is not None
            assert better.z > worse.z


def test_a_seed_decides_everything() -> None:
    kinds = tuple(KINDS)[:6]
    first, again, other = (list(corrupted_units(6, kinds, random.Random(seed))) for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_training_and_dev_share_hardly_a_translation() -> None:
    train, dev = (
        {row.text for unit in mlqe_units(split, None, random.Random(1)) for row in unit.rows}
        for split in ("train", "dev")
    )
    assert len(dev) > 100 * len(mlqe_pe.PAIRS)
    # Different sources may have one translation: 78 of 4999, mostly Nepali and Sinhala, whose systems were poor.
    assert len(train & dev) < 0.02 * len(dev)


def test_words_that_were_tagged_are_marked() -> None:
    rows = [row for unit in mlqe_units("train", 30, random.Random(4)) for row in unit.rows]
    marked = [row for row in rows if row.marks]
    assert len(marked) > len(rows) // 2
    for row in marked:
        for start, end, _ in row.marks or ():
            assert not row.text[start].isspace()
            assert not row.text[end - 1].isspace()
