"""What the word cover is trained on: pairs of source and translation, and clauses put where nothing covers them.

Pairs are lines of WMT21 news in the languages that the meaning encoder knows, with the reference and with the outputs
of the best systems, MLQE-PE ru-en train (translations that were rated above the middle) and the MQM set of TED talks
(training documents, translations with few points). The first HELD_OUT lines of each language of WMT21 stay out: the
suite `mismatch` is measured on them.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from eval.datasets import mlqe_pe, wmt_mqm, wmt_news
from eval.datasets.folder import data_file
from mtqa.knowledge.clauses import LEAST_CHARACTERS, clauses, size
from mtqa.schema.document import Span

LANGUAGES = ("de", "ja", "ru", "zh")
HELD_OUT = 300  # lines
_MARGIN = 20  # lines after them, which belong to the same article
_SYSTEMS = 2
_RATED = 1500
_MOST_POINTS = 2.0
_MOST_CHARACTERS = 400
_LEAST_SIZE = 3.0  # words' worth of a clause that is put in
_MOST_SHARE = 0.6  # of the text that it is put into


@dataclass(frozen=True, slots=True)
class Pair:
    """A sentence and its translation into English; pairs of one `group` are from one set and language."""

    group: str
    language: str
    source: str
    translation: str


@dataclass(frozen=True, slots=True)
class Spliced:
    """A text with a clause of another one put in at `span`, which nothing on the other side covers."""

    text: str
    span: Span


def training_pairs(rng: random.Random) -> list[Pair]:
    """All pairs, those of a group in the order of the texts."""
    found = []
    for language in LANGUAGES:
        lines = slice(HELD_OUT + _MARGIN, None)
        sources = _lines(wmt_news.source_file(21, language))[lines]
        found += _pairs(language, language, sources, _lines(wmt_news.reference_file(21, language))[lines])
        systems = sorted(wmt_news.system_ratings(21, language), key=lambda one: -one.z)[:_SYSTEMS]
        for number, system in enumerate(systems):
            found += _pairs(f"{language}-{number}", language, sources, system.translations[lines])
    rated = [one for one in mlqe_pe.direct_assessments("ru", "train") if one.z_mean > 0.0]
    found += [Pair("mlqe", "ru", one.source, one.translation) for one in rng.sample(rated, min(_RATED, len(rated)))]
    for row in wmt_mqm.marked_translations("ted", "train"):
        if row.points <= _MOST_POINTS and rng.random() < 0.3:
            found.append(Pair("ted", "zh", row.source, row.translation))
    return [one for one in found if max(len(one.source), len(one.translation)) <= _MOST_CHARACTERS]


def spliced(text: str, others: Sequence[str], language: str, rng: random.Random) -> Spliced | None:
    """The text with a clause of one of `others` behind one of its own; None where none is to be had."""
    clause = _clause(rng.choice(others), language, rng)
    own = clauses(text, language)
    if clause is None or not own or clause in text or len(clause) > _MOST_SHARE * len(text):
        return None
    space = "" if language in ("zh", "ja") else " "
    comma = "，" if language == "zh" else "、" if language == "ja" else ","
    place = rng.choice(own).end
    before = f"{text[:place]}{comma}{space}"
    after = text[place:]
    separate = "" if not after or after[0] in ",;:.!?…，、；：。！？)”»“" or after[0].isspace() else comma + space
    return Spliced(f"{before}{clause}{separate}{after}", Span(len(before), len(before) + len(clause)))


def _clause(text: str, language: str, rng: random.Random) -> str | None:
    """One clause, or several in a row, that is long enough."""
    own = clauses(text, language)
    if not own:
        return None
    first = rng.randrange(len(own))
    for last in range(first, len(own)):
        part = text[own[first].start : own[last].end]
        if size(part) >= _LEAST_SIZE and len(part) >= LEAST_CHARACTERS:
            return part
    return None


def _pairs(group: str, language: str, sources: Sequence[str], translations: Sequence[str]) -> list[Pair]:
    both = zip(sources, translations, strict=True)
    return [Pair(group, language, one.strip(), other.strip()) for one, other in both if one.strip() and other.strip()]


def _lines(name: str) -> list[str]:
    return wmt_news.read_lines(data_file(name))
