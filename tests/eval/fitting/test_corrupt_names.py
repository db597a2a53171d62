from __future__ import annotations

import random

import pytest

from eval.fitting.corrupt_names import garble


@pytest.mark.parametrize("name", ["Scholz", "Gerasimov", "Kariko", "Ouattara", "Zhelensky"])
def test_a_garbled_name_differs_and_stays_a_name(name: str) -> None:
    results = {garble(name, random.Random(seed), 2) for seed in range(20)}
    assert len(results - {name}) >= 10
    assert all(result.isalpha() and result[0].isupper() and result[1:].islower() for result in results)


def test_the_same_seed_garbles_alike() -> None:
    assert garble("Gerasimov", random.Random(3), 3) == garble("Gerasimov", random.Random(3), 3)


def test_no_edits_change_nothing() -> None:
    assert garble("Scholz", random.Random(0), 0) == "Scholz"
