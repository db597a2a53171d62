"""What the pair reader is trained on: comparisons of a better with a worse translation, with marks where known.

- Pairs of models.word_cover.material's kind with an error planted into one copy: lines of WMT21 from languages that the
  meaning encoder knows, with the reference and the two best systems; references of all of WMT21 beside an output of one
  of the better systems, as if that were their source; paragraphs of the help of LibreOffice in twelve languages. The
  first HELD_OUT lines of each language of WMT21 stay out: the suite `mismatch` is measured on them.
- Rated translations: MLQE-PE ru-en train with its tags, MQM zh-en (training documents, but for the third that
  models.meaning_rating leaves to the calibration), WMT21 de-en single ratings, systems of WMT21 of the same line.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from eval.datasets import mlqe_pe, office_help, wmt_mqm, wmt_news
from eval.datasets.folder import data_file
from models.meaning_rating.material import held_out, is_sensible
from models.pair_reading.planting import SHARES, Marks, Side, planted
from models.quality_en.corruptions import Material
from models.quality_en.examples import clean_sentences
from models.quality_en.similar_words import similar_words
from models.word_cover.material import HELD_OUT, LANGUAGES, Pair

_MARGIN = 20  # lines after those that are held out, which belong to the same article
_SYSTEMS = 2
_HELP = 2500  # paragraphs of each language
_MOST_CHARACTERS = 400
_NEAR = 4  # lines on either side
# What a comparison is made of, and how often.
_KINDS = {"planted": 0.66, "marked": 0.12, "tagged": 0.12, "rated": 0.05, "systems": 0.05}


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two pairs of which the first is better; how surely, 0..1."""

    better: Side
    worse: Side
    weight: float


class Comparisons:
    """Draws comparisons; equal generators give equal ones."""

    def __init__(self, rng: random.Random) -> None:
        self.pairs = clean_pairs(rng)
        self._groups: dict[str, list[int]] = defaultdict(list)
        self._places = []
        for number, pair in enumerate(self.pairs):
            self._places.append(len(self._groups[pair.group]))
            self._groups[pair.group].append(number)
        sources = {one: lines_of(wmt_news.source_file(21, one)) for one in wmt_news.PAIRS[21]}
        clean = clean_sentences(21)
        self._material = Material(clean, sources)
        self._similar = similar_words(clean)
        self._marked = marked_groups()
        self._tagged = [one for one in mlqe_pe.tagged_sentences("ru", "train") if is_sensible(one[0].translation)]
        rated = [one for one in wmt_news.segment_ratings("de") if not held_out(one.source)]
        self._rated = [one for one in rated if is_sensible(one.source, one.translation)]
        self._systems = {one: (sources[one], wmt_news.system_ratings(21, one)) for one in LANGUAGES}

    def draw(self, rng: random.Random) -> Comparison:
        """One comparison of a kind that is drawn first."""
        makers = {
            "planted": self._plant,
            "marked": self._compare_marked,
            "tagged": self._compare_tagged,
            "rated": self._compare_rated,
            "systems": self._compare_systems,
        }
        kind = rng.choices(list(_KINDS), list(_KINDS.values()))[0]
        while True:
            found = makers[kind](rng)
            if found is not None:
                return found

    def _plant(self, rng: random.Random) -> Comparison | None:
        number = rng.randrange(len(self.pairs))
        pair = self.pairs[number]
        group, place = self._groups[pair.group], self._places[number]
        beside = group[max(0, place - _NEAR) : place + _NEAR + 1]
        near = beside if rng.random() < 0.5 else rng.sample(group, min(_NEAR, len(group)))
        others = [one for one in map(self.pairs.__getitem__, near) if one.translation != pair.translation]
        kind = rng.choices(list(SHARES), list(SHARES.values()))[0]
        worse = planted(kind, pair, others, rng, self._material, self._similar)
        if worse is None or not is_sensible(worse.source, worse.translation):
            return None
        return Comparison(Side(pair.source, pair.translation, (), ()), worse, 1.0)

    def _compare_marked(self, rng: random.Random) -> Comparison:
        better, worse = sorted(rng.sample(rng.choice(self._marked), 2), key=lambda one: one.points)
        return Comparison(_marked_side(better), _marked_side(worse), min(1.0, (worse.points - better.points) / 3))

    def _compare_tagged(self, rng: random.Random) -> Comparison:
        worse, better = sorted(rng.sample(self._tagged, 2), key=lambda one: one[0].z_mean)
        sides = []
        for rated, tagged, spans in (better, worse):
            wrong = tuple((span.start, span.end) for span, bad in zip(spans, tagged.bad, strict=True) if bad)
            sides.append(Side(rated.source, rated.translation, wrong, None))
        return Comparison(sides[0], sides[1], min(1.0, better[0].z_mean - worse[0].z_mean))

    def _compare_rated(self, rng: random.Random) -> Comparison:
        worse, better = sorted(rng.sample(self._rated, 2), key=lambda one: one.z)
        return Comparison(
            Side(better.source, better.translation, None, None),
            Side(worse.source, worse.translation, None, None),
            min(1.0, 0.4 * (better.z - worse.z)),
        )

    def _compare_systems(self, rng: random.Random) -> Comparison | None:
        sources, systems = self._systems[rng.choice(list(self._systems))]
        worse, better = sorted(rng.sample(systems, 2), key=lambda one: one.z)
        line = rng.randrange(HELD_OUT + _MARGIN, len(sources))
        texts = [sources[line], better.translations[line].strip(), worse.translations[line].strip()]
        if not is_sensible(*texts) or texts[1] == texts[2]:
            return None
        sides = [Side(texts[0], text, None, None) for text in texts[1:]]
        return Comparison(sides[0], sides[1], min(1.0, 2.0 * (better.z - worse.z)))


def clean_pairs(rng: random.Random) -> list[Pair]:
    """Pairs that are taken for right, those of a group in the order of the texts."""
    found: list[Pair] = []
    lines = slice(HELD_OUT + _MARGIN, None)
    for language in wmt_news.PAIRS[21]:
        sources = lines_of(wmt_news.source_file(21, language))[lines]
        references = lines_of(wmt_news.reference_file(21, language))[lines]
        systems = sorted(wmt_news.system_ratings(21, language), key=lambda one: -one.z)
        if language in LANGUAGES:
            found += paired(f"{language}-reference", language, sources, references)
            for number, system in enumerate(systems[:_SYSTEMS]):
                found += paired(f"{language}-{number}", language, sources, system.translations[lines])
        for number, system in enumerate(rng.sample(systems[: max(3, len(systems) // 2)], _SYSTEMS)):
            found += paired(f"{language}-english-{number}", "en", system.translations[lines], references)
    for language in office_help.FOLDERS:
        paragraphs = office_help.paragraphs(language)
        first = rng.randrange(max(1, len(paragraphs) - _HELP))
        own = paragraphs[first : first + _HELP]
        found += paired(f"help-{language}", language, [one for one, _ in own], [other for _, other in own])
    return found


def paired(group: str, language: str, sources: Sequence[str], translations: Sequence[str]) -> list[Pair]:
    """Those of the pairs that are sensible and not too long, in order."""
    both = [(one.strip(), other.strip()) for one, other in zip(sources, translations, strict=True)]
    return [
        Pair(group, language, one, other)
        for one, other in both
        if is_sensible(one, other) and max(len(one), len(other)) <= _MOST_CHARACTERS
    ]


def marked_groups() -> list[list[wmt_mqm.MarkedTranslation]]:
    """Translations of the same source, two or more."""
    found: dict[tuple[str, str], list[wmt_mqm.MarkedTranslation]] = defaultdict(list)
    for name in wmt_mqm.SETS:
        for row in wmt_mqm.marked_translations(name, "train"):
            if is_sensible(row.source, row.translation) and not held_out(row.document):
                found[name, row.source].append(row)
    return [rows for rows in found.values() if len(rows) > 1]


def _marked_side(row: wmt_mqm.MarkedTranslation) -> Side:
    wrong: Marks = tuple((error.span.start, error.span.end) for error in row.errors)
    return Side(row.source, row.translation, wrong, None)


def lines_of(name: str) -> list[str]:
    """The lines of a file of WMT, white space at the edges left out."""
    return [line.strip() for line in wmt_news.read_lines(data_file(name))]
