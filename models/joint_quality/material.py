"""What the joint estimator is trained on: rated pairs of source and translation, and comparisons of two of them.

All from training sets:

- rated: MLQE-PE train with the post-editors' tags; single ratings of WMT21 whose line is known, with less weight;
- planted: a pair that is taken for right beside a copy with an error (models.joint_quality.planting): lines of WMT21
  with the reference and the two best systems, references of WMT21 beside an output as if that were their source,
  translations of MLQE-PE train that were rated well, paragraphs of the help of LibreOffice; now and then the copy is
  the source itself;
- marked: MQM translations of the same source (training documents, but for the third that models.meaning_rating leaves
  to the calibration), their points on the scale of the ratings, with less weight;
- lacking: a pair of which one side lacks a clause or a sentence (models.joint_quality.clause_pairs);
- others: a pair beside the translation of another line, near or far, of all sets alike;
- systems: two systems' translations of a line of WMT21, labelled with the difference of their mean ratings.

The first lines of each language of WMT21 stay out (models.word_cover.material.HELD_OUT): `mismatch` is measured there.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from eval.datasets import mlqe_pe, office_help, wmt_news
from eval.datasets.wordnet import read_wordnet
from models.joint_quality.clause_pairs import ClausePairs
from models.joint_quality.planting import SHARES, QuietErrors, planted
from models.meaning_rating.material import held_out, is_sensible
from models.pair_reading.material import lines_of, marked_groups, paired
from models.pair_reading.planting import Marks
from models.quality_en.corruptions import Material
from models.quality_en.examples import clean_sentences
from models.quality_en.similar_words import similar_words
from models.word_cover.material import HELD_OUT, Pair
from mtqa.schema.roles import MeaningEncoder

_MARGIN = 20  # lines after those that are held out, which belong to the same article
_BEST_SYSTEMS = 2
_HELP = 1500  # paragraphs of each language
_GOOD_Z = 0.6  # of a translation of MLQE-PE that errors are planted into
_MOST_CHARACTERS = 400
_NEAR, _AWAY = 4, 8  # lines on either side
_WMT_Z_LEVEL, _WMT_Z_SCALE, _WMT_WEIGHT = 0.45, 0.8, 0.3  # puts a rating of WMT on the scale of MLQE-PE
_WMT_RATED = 5000
_COPIED = 0.02  # of the planted errors: the source itself as its translation
_SYSTEM_WEIGHT, _POINT_WEIGHT = 2.0, 3.0  # of a comparison, per point of difference; per so many points of MQM
# What a comparison is made of, and how often.
_KINDS = {"planted": 0.3, "marked": 0.1, "systems": 0.14, "lacking": 0.37, "others": 0.09}
# Of the pairs that lose a clause, from news; and how often of each language of WMT21 and group of its pairs.
_NEWS_SHARE = 0.65
_NEWS_WEIGHTS = {"ja": 3, "zh": 3, "de": 1, "ru": 1, "cs": 1, "is": 1, "ha": 1}
_NEWS_GROUPS = ("reference", "reference", "0", "1")
_MQM_Z, _MQM_SCALE, _MQM_WEIGHT = 0.8, 5.0, 0.3  # points of MQM on the scale of MLQE-PE, and what such a rating counts
_MOST_POINTS = 15.0


@dataclass(frozen=True, slots=True)
class Row:
    """A pair and what is known of it; None: nothing.

    `z`: mean standardised rating, `weight` of it; `edited`: what a post-editor changed of the translation; `wrong`:
    what is an error in it; `missing`: what of the source it does not say; half-open code points. `is_related`: it is a
    translation of this source, however bad. `unsaid`: of the side whose `wrong` or `missing` is None a stretch of this
    share, nobody knows where, is not said on the other.
    """

    source: str
    translation: str
    z: float | None = None
    weight: float = 1.0
    edited: Marks | None = None
    wrong: Marks | None = None
    missing: Marks | None = None
    is_related: bool | None = None
    unsaid: float | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """One row, or two of which the first is better, how surely: `weight`, 0..1."""

    rows: tuple[Row, ...]
    weight: float = 0.0


def rated_cases(rng: random.Random) -> list[Case]:
    """All rated pairs, shuffled."""
    found = []
    news = []
    for pair in mlqe_pe.PAIRS:
        for rated, tagged, spans in mlqe_pe.tagged_sentences(pair, "train"):
            edited = tuple((span.start, span.end) for span, bad in zip(spans, tagged.bad, strict=True) if bad)
            found.append(Case((Row(rated.source, rated.translation, rated.z_mean, edited=edited, is_related=True),)))
    for pair in wmt_news.segment_lines():
        for one in wmt_news.segment_ratings(pair):
            if is_sensible(one.source, one.translation) and not held_out(one.source):
                z = _WMT_Z_LEVEL + _WMT_Z_SCALE * max(-3.0, min(1.5, one.z))
                news.append(Case((Row(one.source, one.translation, z, _WMT_WEIGHT),)))
    found += rng.sample(news, min(_WMT_RATED, len(news)))
    rng.shuffle(found)
    return found


class Comparisons:
    """Draws comparisons; equal generators give equal ones."""

    def __init__(self, rng: random.Random, encoder: MeaningEncoder) -> None:
        self._clauses = ClausePairs(encoder)
        self.pairs = [*clean_pairs(rng)]
        self._groups: dict[str, list[int]] = defaultdict(list)
        self._places = []
        for number, pair in enumerate(self.pairs):
            self._places.append(len(self._groups[pair.group]))
            self._groups[pair.group].append(number)
        self._sources = {one: lines_of(wmt_news.source_file(21, one)) for one in wmt_news.PAIRS[21]}
        clean = clean_sentences(21)
        self._material = Material(clean, self._sources)
        self._similar = similar_words(clean)
        self._quiet = QuietErrors(clean, read_wordnet(), self._material)
        self._marked = marked_groups()
        self._systems = {one: wmt_news.system_ratings(21, one) for one in wmt_news.PAIRS[21]}

    def draw(self, rng: random.Random) -> Case:
        """One comparison of a kind that is drawn first."""
        kind = rng.choices(list(_KINDS), list(_KINDS.values()))[0]
        makers = {
            "planted": self._plant,
            "marked": self._compare_marked,
            "systems": self._compare_systems,
            "lacking": self._leave_out,
            "others": self._exchange,
        }
        while True:
            found = makers[kind](rng)
            if found is not None:
                return found

    def _plant(self, rng: random.Random) -> Case | None:
        number = rng.randrange(len(self.pairs))
        pair = self.pairs[number]
        better = _right(pair)
        group, place = self._groups[pair.group], self._places[number]
        beside = group[max(0, place - _NEAR) : place + _NEAR + 1]
        near = beside if rng.random() < 0.5 else rng.sample(group, min(_NEAR, len(group)))
        others = [one for one in map(self.pairs.__getitem__, near) if one.translation != pair.translation]
        if rng.random() < _COPIED and pair.source != pair.translation:
            return Case((better, Row(pair.source, pair.source)), 1.0)
        kind = rng.choices(list(SHARES), list(SHARES.values()))[0]
        worse = planted(kind, pair, others, rng, self._material, self._similar, self._quiet)
        if worse is None or not is_sensible(worse.source, worse.translation):
            return None
        return Case((better, Row(worse.source, worse.translation, wrong=worse.wrong, missing=worse.missing)), 1.0)

    def _leave_out(self, rng: random.Random) -> Case | None:
        number = self._drawn_for_clauses(rng)
        group, place = self._groups[self.pairs[number].group], self._places[number]
        following = self.pairs[group[place + 1]] if place + 1 < len(group) else None
        made = self._clauses.lacking(self.pairs[number], following, rng)
        if made is None or not is_sensible(made.lacking.source, made.lacking.translation):
            return None
        own = made.lacking
        worse = Row(
            own.source,
            own.translation,
            wrong=own.wrong,
            missing=own.missing,
            is_related=True,
            unsaid=made.share,
        )
        return Case((_right(made.whole), worse), 1.0)

    def _drawn_for_clauses(self, rng: random.Random) -> int:
        """A pair of news, more often of a language whose clauses stand in another order, or any."""
        if rng.random() >= _NEWS_SHARE:
            return rng.randrange(len(self.pairs))
        language = rng.choices(list(_NEWS_WEIGHTS), list(_NEWS_WEIGHTS.values()))[0]
        return rng.choice(self._groups[f"{language}-{rng.choice(_NEWS_GROUPS)}"])

    def _exchange(self, rng: random.Random) -> Case | None:
        group = self._groups[rng.choice(list(self._groups))]
        place = rng.randrange(len(group))
        if rng.random() < 0.5:
            other = rng.choice(group)
        else:
            other = group[max(0, min(len(group) - 1, place + rng.choice((-1, 1)) * rng.randint(1, _AWAY)))]
        pair, translation = self.pairs[group[place]], self.pairs[other].translation
        if self.pairs[other].source == pair.source or translation == pair.translation:
            return None
        whole = ((0, len(translation)),), ((0, len(pair.source)),)
        worse = Row(pair.source, translation, wrong=whole[0], missing=whole[1], is_related=False)
        return Case((_right(pair), worse), 1.0)

    def _compare_marked(self, rng: random.Random) -> Case | None:
        better, worse = sorted(rng.sample(rng.choice(self._marked), 2), key=lambda one: one.points)
        rows = tuple(
            Row(
                one.source,
                one.translation,
                _MQM_Z - min(_MOST_POINTS, one.points) / _MQM_SCALE,
                _MQM_WEIGHT,
                wrong=tuple((error.span.start, error.span.end) for error in one.errors),
            )
            for one in (better, worse)
        )
        return Case(rows, min(1.0, (worse.points - better.points) / _POINT_WEIGHT))

    def _compare_systems(self, rng: random.Random) -> Case | None:
        language = rng.choice(list(self._systems))
        sources = self._sources[language]
        worse, better = sorted(rng.sample(self._systems[language], 2), key=lambda one: one.z)
        line = rng.randrange(HELD_OUT + _MARGIN, len(sources))
        texts = [sources[line], better.translations[line].strip(), worse.translations[line].strip()]
        if not is_sensible(*texts) or texts[1] == texts[2] or max(map(len, texts)) > _MOST_CHARACTERS:
            return None
        weight = min(1.0, _SYSTEM_WEIGHT * (better.z - worse.z))
        return Case(tuple(Row(texts[0], text) for text in texts[1:]), weight)


def _right(pair: Pair) -> Row:
    return Row(pair.source, pair.translation, wrong=(), missing=(), is_related=True)


def clean_pairs(rng: random.Random) -> Iterator[Pair]:
    """Pairs that are taken for right, those of a group in the order of the texts."""
    lines = slice(HELD_OUT + _MARGIN, None)
    for language in wmt_news.PAIRS[21]:
        sources = lines_of(wmt_news.source_file(21, language))[lines]
        references = lines_of(wmt_news.reference_file(21, language))[lines]
        systems = sorted(wmt_news.system_ratings(21, language), key=lambda one: -one.z)
        yield from paired(f"{language}-reference", language, sources, references)
        for number, system in enumerate(systems[:_BEST_SYSTEMS]):
            yield from paired(f"{language}-{number}", language, sources, system.translations[lines])
        system = rng.choice(systems[: max(3, len(systems) // 2)])
        yield from paired(f"{language}-english", "en", system.translations[lines], references)
    for pair in mlqe_pe.PAIRS:
        good = [one for one in mlqe_pe.direct_assessments(pair, "train") if one.z_mean >= _GOOD_Z]
        yield from paired(f"mlqe-{pair}", pair, [one.source for one in good], [one.translation for one in good])
    for language in office_help.FOLDERS:
        paragraphs = office_help.paragraphs(language)
        first = rng.randrange(max(1, len(paragraphs) - _HELP))
        own = paragraphs[first : first + _HELP]
        yield from paired(f"help-{language}", language, [one for one, _ in own], [other for _, other in own])
