"""Changed copies of translations: others than all texts, drawn alike for a seed, parts that read as sentences."""

from __future__ import annotations

import random
from itertools import islice

import pytest

from models.quality_en.variants import Variants, part_of
from tests.models.test_corruptions import MATERIAL

pytestmark = pytest.mark.models

TEXTS = (
    "The village lies near the river, and its church was built in 1812.",
    "He was born in Tartu, but he lived in Riga for most of his life.",
    "When the war ended, the family moved to the coast.",
    "Short one.",
)
SIMILAR = {"river": ("lake", "stream"), "war": ("battle",), "family": ("house",), "coast": ("shore",)}


def drawn(seed: int, count: int = 200) -> list[str]:
    return list(islice(Variants(TEXTS, MATERIAL, SIMILAR).draw(random.Random(seed)), count))


def test_copies_are_changed_and_the_same_for_a_seed() -> None:
    copies = drawn(1)
    assert not set(copies) & set(TEXTS)
    assert all(copy.strip() for copy in copies)
    assert len(set(copies)) > 100
    assert copies == drawn(1) != drawn(2)


def test_every_way_of_changing_a_text_is_taken() -> None:
    copies = drawn(3, 600)
    assert any("lake" in copy or "stream" in copy for copy in copies)  # a similar word
    assert "And its church was built in 1812." in copies  # a part
    starts, ends = "The village lies near the river,", "lived in Riga for most of his life."
    assert any(copy.startswith(starts) and copy.endswith(ends) for copy in copies)  # spliced
    known = {word for text in (*TEXTS, "lake stream battle house shore") for word in text.split()}
    assert any(len(set(copy.split()) - known) > 1 for copy in copies)  # planted


@pytest.mark.parametrize("seed", range(20))
def test_a_part_is_cut_where_a_clause_begins_and_reads_as_a_sentence(seed: int) -> None:
    part = part_of(TEXTS[1], random.Random(seed), MATERIAL)
    assert part in {
        None,
        "He was born in Tartu.",
        "He was born.",
        "In Tartu.",
        "But he lived in Riga for most of his life.",
        "But he lived.",
        "He was born in Tartu, but he lived.",
        "In Tartu, but he lived in Riga for most of his life.",
        "In Tartu, but he lived.",
        "In Riga for most of his life.",
    }


def test_what_is_too_short_has_no_part() -> None:
    assert all(part_of("Short one.", random.Random(seed), MATERIAL) is None for seed in range(10))
