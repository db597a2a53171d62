"""Errors planted into pairs change what they should, and their marks say where."""

from __future__ import annotations

import random

import pytest

from models.pair_reading.planting import SHARES, Side, planted
from models.quality_en.corruptions import Material
from models.word_cover.material import Pair

SENTENCES = [
    "The prime minister of Denmark said on Monday that 1,250 houses had been sold in Copenhagen since March.",
    "In the end, President Miller did not sign the treaty, which was written in Geneva by 12 lawyers.",
    "She has always thought that the old school in Warsaw, near the river, would be closed for years.",
    "According to the report, the company did nothing for its workers, and they left Berlin in 2019.",
    "The chancellor met the foreign minister in Paris, where they talked about the war for two hours.",
]
SOURCES = [
    "Der Ministerpräsident von Dänemark sagte am Montag, dass seit März 1.250 Häuser verkauft worden seien.",
    "Am Ende unterschrieb Präsident Miller den Vertrag nicht, der in Genf von 12 Anwälten verfasst worden war.",
    "Sie hatte immer gedacht, dass die alte Schule in Warschau, nahe am Fluss, jahrelang geschlossen bliebe.",
    "Dem Bericht zufolge tat die Firma nichts für ihre Arbeiter, und sie verließen Berlin im Jahr 2019.",
    "Die Kanzlerin traf den Außenminister in Paris, wo sie zwei Stunden lang über den Krieg sprachen.",
]
MATERIAL = Material(SENTENCES, {"de": SOURCES, "ru": ["Он сказал, что завтра будет дождь."]})
SIMILAR = {"river": ["lake", "stream"], "houses": ["flats"], "war": ["peace"], "report": ["study"], "treaty": ["law"]}
PAIRS = [Pair("de", "de", source, text) for source, text in zip(SOURCES, SENTENCES, strict=True)]


def made(kind: str) -> list[tuple[Pair, Side]]:
    rng = random.Random(kind)
    found = []
    for number in range(60):
        pair = PAIRS[number % len(PAIRS)]
        side = planted(kind, pair, [one for one in PAIRS if one is not pair], rng, MATERIAL, SIMILAR)
        if side is not None:
            found.append((pair, side))
    return found


@pytest.mark.parametrize("kind", sorted(SHARES))
def test_every_kind_changes_one_side_and_marks_it(kind: str) -> None:
    sides = made(kind)
    assert sides
    for pair, side in sides:
        assert (side.source != pair.source) is (kind == "source_splice")
        assert (side.translation != pair.translation) is (kind != "source_splice")
        for text, marks in ((side.translation, side.wrong), (side.source, side.missing)):
            for start, end in marks or ():
                assert 0 <= start < end <= len(text)
                assert text[start:end].strip()


def test_what_is_lost_in_the_translation_is_not_said_to_be_there_in_the_source() -> None:
    assert all(side.missing is None for _, side in made("dropped_name"))
    assert all(side.missing == () for _, side in made("tense"))
    assert all(side.missing and side.wrong == () for _, side in made("source_splice"))
    assert all(side.missing is None and side.wrong is None for _, side in made("other_line"))


def test_a_changed_number_keeps_its_length_and_a_similar_word_its_capitals() -> None:
    for pair, side in made("digits"):
        assert side.wrong is not None
        ((start, end),) = side.wrong
        assert side.translation[start:end].isdigit()
        assert abs(len(side.translation) - len(pair.translation)) <= 3
    for _, side in made("similar_word"):
        assert side.wrong is not None
        words = {side.translation[start:end] for start, end in side.wrong}
        assert words <= {word for others in SIMILAR.values() for word in others}
