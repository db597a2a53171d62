"""Pairs of which one side lacks a clause or a sentence that the other has, with marks on what is lacking.

Which clause of the source a clause of the translation says is told by the meaning encoder where it knows the language
(each is the other's nearest), elsewhere by their order (equally many clauses, of about equal lengths). Two lines of a
text that are put together and one of them left out on one side need no such guess. Where neither tells it, as of most
Japanese sentences, it is known how much is lacking and not where: the training looks for the place itself.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from models.pair_reading.planting import Side
from models.word_cover.material import Pair
from mtqa.knowledge.clauses import (
    before_final_mark,
    clauses,
    english_length,
    final_mark,
    size,
    with_neighbours,
    without,
)
from mtqa.schema.document import Span
from mtqa.schema.roles import MeaningEncoder, is_covered

_LEAST_WORDS, _MOST_SHARE = 3.0, 0.6  # of a clause that is left out: its words' worth, its share of the text
_MOST_CLAUSES = 8
_LEAST_COSINE = 0.55
_MOST_RATIO = 1.6  # of the English lengths of two clauses that are matched by their order
_JOINED = 0.25  # of the pairs: two lines, one of them left out
_MOST_JOINED = 170  # characters of each of the two
_LOOSE = " \t\n,;:–—，；：、،؛-"  # marks that nothing follows
_OF_SOURCE = 0.4  # of the pairs lose something on the side of the source


@dataclass(frozen=True, slots=True)
class Lacking:
    """A pair that is whole, and the same of which one side lacks a part.

    `share`: None where the marks tell what is lacking; else that share of the side whose marks are None is a stretch
    that the other lacks.
    """

    whole: Pair
    lacking: Side
    share: float | None = None


class ClausePairs:
    """Draws them from pairs; `encoder` tells which clauses say the same."""

    def __init__(self, encoder: MeaningEncoder) -> None:
        self._encoder = encoder

    def lacking(self, pair: Pair, following: Pair | None, rng: random.Random) -> Lacking | None:
        """One made of a pair and, now and then, of the one that follows in its text; None where it cannot be."""
        of_source = rng.random() < _OF_SOURCE
        if rng.random() < _JOINED:
            return None if following is None else _joined(pair, following, rng, of_source=of_source)
        matched = self._matched(pair, rng)
        if matched is None:
            return _unmatched(pair, rng, of_source=of_source)
        own, other = before_final_mark(matched[0], pair.source), before_final_mark(matched[1], pair.translation)
        if of_source:
            source = _without(pair.source, own)
            return Lacking(pair, Side(source, pair.translation, ((other.start, other.end),), ()))
        translation = _begun_like(_without(pair.translation, other), pair.translation)
        return Lacking(pair, Side(pair.source, translation, (), ((own.start, own.end),)))

    def _matched(self, pair: Pair, rng: random.Random) -> tuple[Span, Span] | None:
        """A part of the source and the clause of the translation that says it."""
        language = pair.language if len(pair.language) == 2 else None
        fitting = [one for one in clauses(pair.translation, "en") if _is_clause(one, pair.translation)]
        if not fitting:
            return None
        chosen = rng.choice(fitting)
        if is_covered(self._encoder, language):
            return self._nearest(pair, language, chosen)
        own, other = (clauses(text, None) for text in (pair.source, pair.translation))
        if len(own) != len(other) or len(own) < 2 or chosen not in other:
            return None
        ratios = [
            english_length(one.of(pair.source)) / english_length(two.of(pair.translation))
            for one, two in zip(own, other, strict=True)
        ]
        if not all(1.0 / _MOST_RATIO <= ratio <= _MOST_RATIO for ratio in ratios):
            return None
        return own[other.index(chosen)], chosen

    def _nearest(self, pair: Pair, language: str | None, chosen: Span) -> tuple[Span, Span] | None:
        own = with_neighbours(pair.source, language, _MOST_CLAUSES)
        other = with_neighbours(pair.translation, "en", _MOST_CLAUSES)
        if chosen not in other or not own:
            return None
        vectors = np.stack(
            self._encoder.embed([one.of(pair.source) for one in own] + [one.of(pair.translation) for one in other])
        )
        cosines = vectors[: len(own)] @ vectors[len(own) :].T  # (parts of the source, parts of the translation)
        place = other.index(chosen)
        best = int(cosines[:, place].argmax())
        if cosines[best, place] < _LEAST_COSINE or int(cosines[best].argmax()) != place:
            return None
        return (own[best], chosen) if _is_clause(own[best], pair.source) else None


def _unmatched(pair: Pair, rng: random.Random, *, of_source: bool) -> Lacking | None:
    """A pair of which one side loses a clause, whatever says it on the other."""
    text, language = (pair.source, pair.language) if of_source else (pair.translation, "en")
    fitting = [one for one in clauses(text, language) if _is_clause(one, text)]
    if not fitting:
        return None
    part = before_final_mark(rng.choice(fitting), text)
    share = english_length(part.of(text)) / english_length(text)
    rest = _without(text, part)
    if of_source:
        return Lacking(pair, Side(rest, pair.translation, None, ()), share)
    return Lacking(pair, Side(pair.source, _begun_like(rest, text), (), None), share)


def _begun_like(text: str, whole: str) -> str:
    """With a capital where the whole had one."""
    return text[:1].upper() + text[1:] if whole[:1].isupper() else text


def _is_clause(span: Span, text: str) -> bool:
    return _LEAST_WORDS <= size(span.of(text)) <= _MOST_SHARE * size(text)


def _without(text: str, span: Span) -> str:
    """The text without a clause; what closes it goes behind what is left."""
    rest = without(text, span)
    mark = final_mark(text)
    bare = rest.removesuffix(mark).rstrip(_LOOSE)
    return bare + mark


def _joined(pair: Pair, following: Pair, rng: random.Random, *, of_source: bool) -> Lacking | None:
    texts = (pair.source, following.source, pair.translation, following.translation)
    if max(map(len, texts)) > _MOST_JOINED:
        return None
    space = "" if pair.language in ("zh", "ja") else " "
    sources, translations = [pair.source, following.source], [pair.translation, following.translation]
    whole = Pair(pair.group, pair.language, space.join(sources), " ".join(translations))
    lost = rng.randrange(2)
    if of_source:
        return Lacking(whole, Side(sources[1 - lost], whole.translation, (_part(translations, lost, " "),), ()))
    return Lacking(whole, Side(whole.source, translations[1 - lost], (), (_part(sources, lost, space),)))


def _part(texts: Sequence[str], number: int, space: str) -> tuple[int, int]:
    """Where one of two texts stands when they are joined."""
    start = 0 if number == 0 else len(texts[0]) + len(space)
    return start, start + len(texts[number])
