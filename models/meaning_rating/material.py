"""What the meaning rating is trained on: rated translations with their sources, in groups whose level says nothing.

For the languages of the meaning encoder: MLQE-PE ru-en train; WMT21 de-en single ratings; MQM points of zh-en news and
TED (training documents); systems of WMT21 that translated the same line, with the systems' mean ratings; references of
WMT21 and corrupted copies. A third of the texts of WMT21 de-en and of the MQM sets stays out: the calibration with the
source is fitted on it (eval.fitting.source). For et, ne, ro and si: MLQE-PE train.
"""

from __future__ import annotations

import random
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from eval.datasets import mlqe_pe, wmt_mqm, wmt_news
from eval.datasets.folder import data_file
from models.quality_en.corruptions import KINDS, Material, corrupt
from models.quality_en.examples import clean_sentences

OTHERS = ("et", "ne", "ro", "si")  # languages the encoder was not trained on, with ratings
_NEWS = ("de", "ja", "ru", "zh")  # covered pairs of WMT21
_MOST_CHARACTERS = 600
_MOST_POINTS = 15.0
_LINES, _COPIES = 400, 1200  # of each language: lines with all systems, and corrupted copies
_BETTER = 1.0  # deviations between a reference and its corrupted copy


@dataclass(frozen=True, slots=True)
class Example:
    """A translation with its source and a rating in about standard deviations; only differences inside a `group`
    count. `kind` is the data set.
    """

    kind: str
    group: str
    source: str
    translation: str
    rating: float


def held_out(text: str) -> bool:
    """True for a third of the texts (or documents), which training leaves to the calibration with the source."""
    return zlib.crc32(text.encode("utf-8", "surrogatepass")) % 3 == 0


def covered_examples(rng: random.Random) -> list[Example]:
    """Those of languages that the encoder knows."""
    found = [*_rated("ru"), *_single_ratings(), *_marked(), *_systems(rng), *_corrupted(rng)]
    return [one for one in found if is_sensible(one.source, one.translation)]


def other_examples(language: str) -> list[Example]:
    """Those of a language of OTHERS."""
    return [one for one in _rated(language) if is_sensible(one.source, one.translation)]


def _rated(language: str) -> Iterator[Example]:
    for row in mlqe_pe.direct_assessments(language, "train"):
        yield Example("mlqe", language, row.source, row.translation, row.z_mean)


def _single_ratings() -> Iterator[Example]:
    for one in wmt_news.segment_ratings("de"):
        if not held_out(one.source):
            yield Example("wmt", "de", one.source, one.translation, max(-3.0, min(1.5, one.z)))


def _marked() -> Iterator[Example]:
    for name in wmt_mqm.SETS:
        for row in wmt_mqm.marked_translations(name, "train"):
            if not held_out(row.document):
                yield Example("mqm", name, row.source, row.translation, -min(_MOST_POINTS, row.points) / 5.0)


def _systems(rng: random.Random) -> Iterator[Example]:
    """Each line is a group: which of its translations is of the better system."""
    for language in _NEWS:
        sources = wmt_news.read_lines(data_file(wmt_news.source_file(21, language)))
        systems = wmt_news.system_ratings(21, language)
        for line in rng.sample(range(len(sources)), min(_LINES, len(sources))):
            for system in systems:
                yield Example("systems", f"{language}-{line}", sources[line], system.translations[line], system.z)


def _corrupted(rng: random.Random) -> Iterator[Example]:
    """Each reference is a group with its copy."""
    sources = {one: wmt_news.read_lines(data_file(wmt_news.source_file(21, one))) for one in wmt_news.PAIRS[21]}
    material = Material(clean_sentences(21), sources)
    for language in _NEWS:
        references = wmt_news.read_lines(data_file(wmt_news.reference_file(21, language)))
        lines = [both for both in zip(sources[language], references, strict=True) if is_sensible(*both)]
        for number in range(_COPIES):
            source, reference = rng.choice(lines)
            copy = corrupt(rng.choice(sorted(KINDS)), reference, rng, material)
            if copy is not None and is_sensible(copy.text):
                group = f"{language}-copy-{number}"
                yield Example("corrupted", group, source, reference, _BETTER / 2)
                yield Example("corrupted", group, source, copy.text, -_BETTER / 2)


def is_sensible(*texts: str) -> bool:
    """True for texts of sensible length that say something."""
    return all(any(map(str.isalnum, text)) and len(text) <= _MOST_CHARACTERS for text in texts)
