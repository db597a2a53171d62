"""What the quality estimator is trained on: rated sentences, tagged words, marked spans, pairs of better and worse.

A unit is one sentence or a pair that must be seen together; all of them come from training sets:

- MLQE-PE train: the mean rating, standardised and raw, and which words post-editors changed;
- WMT21 segment ratings of the pairs whose lines are known (one rating each, so with half the weight), and pairs of
  systems that translated the same line, labelled with the difference of the systems' mean ratings;
- MQM spans of WMT 2021 zh-en news and TED (training documents): points as in MQM, and what was marked; and pairs of
  systems that translated the same segment, labelled with the difference of their points;
- human references of WMT21 beside a corrupted copy (models.quality_en.corruptions);
- translations of WMT21 that nobody rated, and changed copies of those of MLQE-PE train (models.quality_en.variants):
  only a teacher has something to say of them (models.quality_en.teaching).
"""

from __future__ import annotations

import math
import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeVar

from eval.datasets import mlqe_pe, wmt_mqm, wmt_news
from eval.datasets.folder import data_file
from eval.datasets.references import reference_documents
from models.quality_en.corruptions import KINDS, Material, corrupt
from models.quality_en.similar_words import similar_words
from models.quality_en.variants import Variants

Item = TypeVar("Item")
MINOR, MAJOR = 1, 2
_MOST_CHARACTERS = 600  # longer lines are several sentences, and slow
# z is standardised per data set: these put a rating of WMT, whose systems are good, on the scale of MLQE-PE.
_WMT_Z_LEVEL, _WMT_Z_SCALE = 0.45, 0.8
_SYSTEM_SCALE = 6.0  # logits per point of difference between two systems' mean z
_LEAST_DIFFERENCE = 0.04
_POINT_SCALE = 0.3  # logits per point of difference: one annotator's word, who often sees other errors than the next
# Sentences wrong as a whole: what annotators gave nonsense, raw of 100 and standardised.
_NONSENSE_RAW, _NONSENSE_Z = 5.0, -1.9
# How sure a reader is that the corrupted copy is worse: with 2 logits a deviation, 1.5 and 0.7 deviations apart.
_BETTER_MAJOR, _BETTER_MINOR = 0.95, 0.80


@dataclass(frozen=True, slots=True)
class Row:
    """One sentence and what is known of it.

    `z`: mean standardised rating; `raw`: mean rating 0..100; None where unknown. `marks`: (start, end, MINOR or MAJOR)
    in code points, None where nobody marked words; `has_severity` False: marks say only that something is wrong.
    `weight` of its rating in the loss.
    """

    text: str
    z: float | None = None
    raw: float | None = None
    marks: tuple[tuple[int, int, int], ...] | None = None
    has_severity: bool = False
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Unit:
    """One row, or two of which the first is the better one with probability `better`."""

    rows: tuple[Row, ...]
    better: float = 1.0
    origin: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Amounts:
    """How many units of each kind; None: all there are."""

    mlqe_per_pair: int | None = None
    wmt_rated: int = 4000
    wmt_pairs: int = 2400
    mqm: int = 4500
    mqm_pairs: int = 5000
    corrupted: int = 6600
    unrated: int = 0
    varied: int = 0
    kinds: tuple[str, ...] = field(default_factory=lambda: tuple(KINDS))


def training_units(amounts: Amounts, seed: int) -> list[Unit]:
    """All units, shuffled."""
    rng = random.Random(seed)
    units = [
        *mlqe_units("train", amounts.mlqe_per_pair, rng),
        *wmt_rated_units(amounts.wmt_rated, rng),
        *wmt_pair_units(amounts.wmt_pairs, rng),
        *mqm_units("train", amounts.mqm, rng),
        *mqm_pair_units(amounts.mqm_pairs, rng),
        *corrupted_units(amounts.corrupted, amounts.kinds, rng),
        *unrated_units(amounts.unrated, rng),
        *varied_units(amounts.varied, rng),
    ]
    rng.shuffle(units)
    return units


def mlqe_units(split: mlqe_pe.Split, most: int | None, rng: random.Random) -> Iterator[Unit]:
    """Rated and tagged sentences; `most` of each pair."""
    for pair in mlqe_pe.PAIRS:
        rows = mlqe_pe.tagged_sentences(pair, split)
        for rated, tagged, spans in rows if most is None else rng.sample(rows, most):
            marks = tuple((span.start, span.end, MINOR) for span, bad in zip(spans, tagged.bad, strict=True) if bad)
            row = Row(rated.translation, rated.z_mean, rated.mean, marks)
            yield Unit((row,), origin=f"mlqe-{pair}")


def wmt_rated_units(most: int, rng: random.Random) -> Iterator[Unit]:
    """Single ratings of WMT21 translations whose line is known."""
    ratings = [one for pair in wmt_news.segment_lines() for one in wmt_news.segment_ratings(pair)]
    ratings = [one for one in ratings if 0 < len(one.translation) <= _MOST_CHARACTERS]
    for one in _some(ratings, most, rng):
        z = _WMT_Z_LEVEL + _WMT_Z_SCALE * max(-3.0, min(1.5, one.z))
        yield Unit((Row(one.translation, z, one.raw, weight=0.4),), origin=f"wmt-{one.pair}")


def wmt_pair_units(most: int, rng: random.Random) -> Iterator[Unit]:
    """Two systems' translations of the same line, the one of the better system first."""
    per_pair = math.ceil(most / len(wmt_news.PAIRS[21]))
    for pair in wmt_news.PAIRS[21]:
        systems = wmt_news.system_ratings(21, pair)
        made = 0
        while made < per_pair:
            first, second = sorted(rng.sample(systems, 2), key=lambda one: -one.z)
            line = rng.randrange(len(first.translations))
            texts = first.translations[line].strip(), second.translations[line].strip()
            known = first.z - second.z >= _LEAST_DIFFERENCE and texts[0] != texts[1]
            if not known or not all(0 < len(text) <= _MOST_CHARACTERS for text in texts):
                continue
            better = 1.0 / (1.0 + math.exp(-_SYSTEM_SCALE * (first.z - second.z)))
            yield Unit(tuple(Row(text) for text in texts), better, f"systems-{pair}")
            made += 1


def mqm_units(split: str, most: int, rng: random.Random) -> Iterator[Unit]:
    """Marked translations of systems; a rating is made of the points, so that five points cost one deviation."""
    rows = _marked_rows("dev" if split == "dev" else "train")
    for row in _some(rows, most, rng):
        yield Unit((_marked(row),), origin="mqm")


def mqm_pair_units(most: int, rng: random.Random) -> Iterator[Unit]:
    """Two systems' translations of the same segment of the training documents, the one with fewer points first."""
    together: dict[tuple[str, str], list[wmt_mqm.MarkedTranslation]] = defaultdict(list)
    for row in _marked_rows("train") if most else []:
        together[row.document, row.source].append(row)
    groups = [rows for rows in together.values() if len({_points(row) for row in rows}) > 1]
    made = 0
    while made < most:
        first, second = sorted(rng.sample(rng.choice(groups), 2), key=_points)
        apart = _points(second) - _points(first)
        if apart and first.translation != second.translation:
            better = 1.0 / (1.0 + math.exp(-_POINT_SCALE * apart))
            yield Unit((_marked(first), _marked(second)), better, "mqm-pairs")
            made += 1


def _marked_rows(split: Literal["train", "dev"]) -> list[wmt_mqm.MarkedTranslation]:
    return [
        row
        for name in wmt_mqm.SETS
        for row in wmt_mqm.marked_translations(name, split)
        if 0 < len(row.translation) <= _MOST_CHARACTERS
    ]


def _points(row: wmt_mqm.MarkedTranslation) -> float:
    return min(15.0, row.points)


def _marked(row: wmt_mqm.MarkedTranslation) -> Row:
    marks = tuple(
        (error.span.start, error.span.end, MAJOR if error.severity == "major" else MINOR)
        for error in row.errors
        if len(error.span)
    )
    return Row(row.translation, 0.8 - _points(row) / 5.0, None, marks, True, weight=0.3)


def corrupted_units(most: int, kinds: Sequence[str], rng: random.Random, *, year: int = 21) -> Iterator[Unit]:
    """A human reference of a year and a corrupted copy of it, kinds in turn; 2022 is for tuning only."""
    sentences = clean_sentences(year)
    material = _material(sentences, year)
    made, turn = 0, 0
    while made < most:
        kind = kinds[turn % len(kinds)]
        turn += 1
        text = rng.choice(sentences)
        corrupted = corrupt(kind, text, rng, material)
        if corrupted is None or not corrupted.text.strip() or len(corrupted.text) > _MOST_CHARACTERS:
            continue
        marks = tuple((one.start, one.end, MAJOR if one.severity == "major" else MINOR) for one in corrupted.marks)
        worse = Row(corrupted.text, marks=marks, has_severity=True)
        if corrupted.whole:
            worse = Row(corrupted.text, _NONSENSE_Z, _NONSENSE_RAW, marks, True, weight=0.5)
        better = _BETTER_MAJOR if any(grave == MAJOR for _, _, grave in marks) else _BETTER_MINOR
        yield Unit((Row(text, marks=(), has_severity=True), worse), better, f"corrupted-{kind}")
        made += 1


def unrated_units(most: int, rng: random.Random) -> Iterator[Unit]:
    """Lines of all systems of WMT21, pairs of languages in turn."""
    systems = {pair: wmt_news.system_ratings(21, pair) for pair in wmt_news.PAIRS[21]} if most else {}
    made = 0
    while made < most:
        pair = wmt_news.PAIRS[21][made % len(wmt_news.PAIRS[21])]
        text = rng.choice(rng.choice(systems[pair]).translations).strip()
        if 0 < len(text) <= _MOST_CHARACTERS:
            yield Unit((Row(text),), origin=f"unrated-{pair}")
            made += 1


def varied_units(most: int, rng: random.Random) -> Iterator[Unit]:
    """Changed copies of the translations of MLQE-PE train, pairs of languages in turn."""
    if not most:
        return
    texts = {pair: [row.translation for row in mlqe_pe.direct_assessments(pair, "train")] for pair in mlqe_pe.PAIRS}
    similar = similar_words([text for own in texts.values() for text in own])
    material = _material(clean_sentences(), 21)
    endless = {pair: Variants(own, material, similar).draw(rng) for pair, own in texts.items()}
    made = 0
    while made < most:
        pair = mlqe_pe.PAIRS[made % len(mlqe_pe.PAIRS)]
        text = next(endless[pair])
        if len(text) <= _MOST_CHARACTERS:
            yield Unit((Row(text),), origin=f"varied-{pair}")
            made += 1


def _material(sentences: Sequence[str], year: int) -> Material:
    """What corruptions draw from: `sentences`, and the sources of WMT news of a year."""
    files = {pair: data_file(wmt_news.source_file(year, pair)) for pair in wmt_news.PAIRS[year]}
    return Material(sentences, {pair: wmt_news.read_lines(file) for pair, file in files.items()})


def clean_sentences(year: int = 21) -> list[str]:
    """Lines of the human references of WMT news of a year, each once, of sensible length."""
    lines = [line.strip() for document in reference_documents(year) for line in document.text.splitlines()]
    return [line for line in dict.fromkeys(lines) if 25 <= len(line) <= 300]


def _some(items: Sequence[Item], most: int, rng: random.Random) -> list[Item]:
    return list(items) if most >= len(items) else rng.sample(list(items), most)
