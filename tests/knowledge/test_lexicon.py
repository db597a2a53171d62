"""Lexicons: coverage counts what they know, both ways."""

from __future__ import annotations

import math

import pytest

from mtqa.knowledge.lexicon import Lexicon, load_lexicon, stems

LEXICON = Lexicon({"maja": {"house": 0.6, "home": 0.2}, "vana": {"old": 0.9}}, frozenset({"house", "home", "old"}))


def test_words_are_cut_and_lowered_in_any_script() -> None:
    assert stems("The Houses, haven't stood!") == ["the", "house", "haven", "t", "stood"]
    assert stems("घर පැරණි") == ["घर", "පැරණි"]


def test_coverage_is_the_mean_of_what_the_lexicon_knows() -> None:
    found = LEXICON.coverage("Vana maja põles", "The old house burned")
    assert found.said == pytest.approx((math.log(0.91) + math.log(0.61)) / 2)
    assert found.meant == pytest.approx((math.log(0.91) + math.log(0.61)) / 2)
    both = LEXICON.coverage("maja", "house and home")
    assert both.meant == pytest.approx(math.log(0.81))


def test_nothing_known_is_no_coverage() -> None:
    found = LEXICON.coverage("tere", "hello old friend")
    assert found.meant is None
    assert found.said == pytest.approx(math.log(0.01))
    assert LEXICON.coverage("vana", "hello").said is None


@pytest.mark.parametrize("language", ["cs", "et", "ha", "is", "ne", "ro", "si"])
def test_the_shipped_lexicons_hold_probabilities(language: str) -> None:
    lexicon = load_lexicon(language)
    assert lexicon is not None
    assert len(lexicon.translations) > 1000
    assert all(0.0 < value <= 1.0 for row in lexicon.translations.values() for value in row.values())


@pytest.mark.parametrize("language", ["de", "xx", "../et", ""])
def test_other_languages_have_none(language: str) -> None:
    assert load_lexicon(language) is None
