"""What a pair shares without a model: each figure moves with what it is named for, whatever the script."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mtqa.annotating.overlap import overlap

RUSSIAN = "Премьер-министр Борис Джонсон приехал в Киев 9 апреля."
ENGLISH = "Prime Minister Boris Johnson came to Kyiv on April 9."


@pytest.mark.parametrize(
    ("figure", "changed", "rises"),
    [
        ("numbers_lost", "Prime Minister Boris Johnson came to Kyiv.", True),
        ("numbers_new", "Prime Minister Boris Johnson came to Kyiv on April 17.", True),
        ("names", "Prime Minister Angela Merkel came to Kyiv on April 9.", False),
        ("length", "Boris Johnson came.", False),
        ("length_off", "Boris Johnson came.", True),
    ],
)
def test_a_figure_moves_with_what_it_is_named_for(figure: str, changed: str, rises: bool) -> None:
    before, after = overlap(RUSSIAN, ENGLISH, "ru")[figure], overlap(RUSSIAN, changed, "ru")[figure]
    assert (after > before) if rises else (after < before)


def test_a_copy_is_copied_and_a_translation_is_not() -> None:
    source = "Der Minister sagte, dass das Gesetz noch nicht verabschiedet worden sei."
    assert overlap(source, source, "de")["copied"] > 0.6  # nouns have capitals, and might be names
    assert overlap(source, "The minister said that the law had not been passed yet.", "de")["copied"] < 0.1


@pytest.mark.parametrize(
    ("source", "hypothesis", "language", "anchors"),
    [
        ("Президент Польши прибыл 5 мая.", "The President of Poland arrived on May 5.", "ru", 3),
        ("池田監督は3年生に話した。", "Coach Ikeda spoke to them.", "ja", 1),
        ("Er sprach mit Angela Merkel und 12 Gästen.", "He spoke with Angela Merkel and 13 guests.", "de", 2),
        ("Er schwieg.", "He was silent.", "de", 0),
    ],
)
def test_names_and_numbers_of_both_sides_are_anchors(source: str, hypothesis: str, language: str, anchors: int) -> None:
    assert overlap(source, hypothesis, language)["anchors"] == pytest.approx(anchors / 3)


def test_cognates_meet_across_scripts() -> None:
    assert overlap("Конференция экономистов", "The conference of economists", "ru")["cognates"] > 0.5


@pytest.mark.parametrize(
    ("source", "hypothesis", "lost"),
    [
        ("Er kam.", "He came.", 0.0),
        ("Er kam.", "He came", 1.0),
        ("„Er kam.“", "“He came.”", 0.0),
        ("他来了。", "He came", 1.0),
        ("他来了吗？", "He came.", 1.0),
        ("Kam er?", "Did he come?", 0.0),
        ("Er kam!", "He came.", 0.0),
        ("Er kam. ", "Did he come?", 0.0),
        ("Wahl in Berlin", "Election in Berlin", 0.0),
        ("Er kam;", "He came.", 0.0),
        ("Ήρθε;", "He came.", 1.0),
        ("", "", 0.0),
    ],
)
def test_a_final_mark_is_lost_or_not(source: str, hypothesis: str, lost: float) -> None:
    assert overlap(source, hypothesis, None)["mark_lost"] == lost


def test_a_lexicon_knows_what_words_mean() -> None:
    right, wrong = "This is a very old house.", "The weather was cold yesterday."
    source = "See on väga vana maja."
    for figure in ("lexicon_said", "lexicon_meant"):
        assert overlap(source, right, "et")[figure] > overlap(source, wrong, "et")[figure]
        assert overlap(source, right, "de")[figure] == 0.0


@given(st.text(max_size=60), st.text(max_size=60), st.sampled_from(["de", "ar", "zh", "et", "xx", None]))
def test_any_text_gives_finite_figures_of_unit_size(source: str, hypothesis: str, language: str | None) -> None:
    found = overlap(source, hypothesis, language)
    assert all(math.isfinite(value) and abs(value) <= 5.0 for value in found.values())
