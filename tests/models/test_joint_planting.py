"""Quiet errors leave a sentence fluent and mark what they changed."""

from __future__ import annotations

import random

import pytest

from eval.datasets.wordnet import WordNet
from models.joint_quality.planting import SHARES, QuietErrors, planted
from models.pair_reading.planting import SHARES as LOUD
from models.quality_en.material import Material
from models.word_cover.material import Pair

CLEAN = (
    "The old town lies near the great river.",
    "He walked to the small town and asked for a new bridge.",
    "They asked for a long walk in the green valley, and she quickly agreed.",
    "They ask and walk every day, and a walk is good for the town.",
    "Nobody was happy with the bridge during the long winter.",
)
WORDS = WordNet({"bridge": ("structure",), "town": ("place",)}, {"happy": ("unhappy",)})
TEXT = "They walked to the old town and asked for a bridge near the great river, though nobody was happy."
QUIET = sorted(SHARES.keys() - LOUD.keys())


@pytest.fixture(scope="module")
def quiet() -> QuietErrors:
    return QuietErrors(CLEAN, WORDS, Material(CLEAN, {}))


def texts(kind: str, quiet: QuietErrors, text: str = TEXT) -> set[str]:
    """All that a kind makes of a text in many draws."""
    found = set()
    pair = Pair("group", "de", "Eine Quelle.", text)
    for seed in range(60):
        side = planted(kind, pair, [], random.Random(seed), Material(CLEAN, {}), {}, quiet)
        if side is not None:
            assert side.source == pair.source
            assert side.wrong
            assert all(0 <= start < end <= len(side.translation) for start, end in side.wrong)
            found.add(side.translation)
    return found


@pytest.mark.parametrize(
    ("kind", "before", "after"),
    [
        ("wider_term", "a bridge", "a structure"),
        ("wider_term", "old town", "old place"),
        ("opposite", "was happy", "was unhappy"),
        ("aspect", "They walked", "They had walked"),
        ("aspect", "They walked", "They were walking"),
        ("dropped_modifier", "the old town", "the town"),
        ("dropped_modifier", "the great river", "the river"),
        ("added_modifier", "a bridge", "a new bridge"),
        ("dropped_place", " near the great river", ""),
        ("dropped_small_word", "to the old", "the old"),
        ("conjunction", "town and asked", "town or asked"),
    ],
)
def test_each_kind_changes_what_it_says(quiet: QuietErrors, kind: str, before: str, after: str) -> None:
    assert TEXT.replace(before, after, 1) in texts(kind, quiet)


def test_phrases_of_other_sentences_are_added(quiet: QuietErrors) -> None:
    found = texts("added_place", quiet)
    assert TEXT.replace("happy.", "happy in the green valley.") in found
    assert all(len(one) > len(TEXT) for one in found)


def test_all_kinds_apply_here_and_none_to_a_single_word(quiet: QuietErrors) -> None:
    assert all(texts(kind, quiet) for kind in QUIET)
    assert not any(texts(kind, quiet, "Yes") for kind in QUIET if kind != "added_place")


def test_equal_draws_are_equal(quiet: QuietErrors) -> None:
    for kind in QUIET:
        one, other = (quiet.edits(kind, TEXT, random.Random(5)) for _ in range(2))
        assert one == other
