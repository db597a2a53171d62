from __future__ import annotations

import random
from functools import cache

import pytest

from eval.suites.mismatch_names import KINDS, RULES, spelled_names
from mtqa.knowledge import Knowledge, load_knowledge

GERMAN = "Der Minister Grindelsen sagte in Hoffenburg, dass das Gesetz noch nicht verabschiedet worden sei."
ENGLISH = "Minister Grindelsen said in Hoffenburg on Monday that the bill had not been passed."


@cache
def knowledge() -> Knowledge:
    return load_knowledge()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(5))
def test_only_what_is_marked_differs(kind: str, seed: int) -> None:
    made = KINDS[kind](GERMAN, ENGLISH, "de", knowledge(), random.Random(seed))
    assert made is not None
    assert made.span is not None
    assert made.text != ENGLISH
    restored = made.text[: made.span.start] + made.right + made.text[made.span.end :]
    assert restored == ENGLISH
    assert kind in RULES


def test_names_that_the_source_spells() -> None:
    found = [span.of(ENGLISH) for span in spelled_names(GERMAN, ENGLISH, "de", knowledge())]
    assert found == ["Grindelsen", "Hoffenburg"]


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_to_corrupt(kind: str) -> None:
    assert KINDS[kind]("", "Yes.", "de", knowledge(), random.Random(1)) is None
