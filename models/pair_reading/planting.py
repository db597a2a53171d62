"""Errors planted into pairs: those of models.quality_en.corruptions, and some that only the source can tell."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from models.quality_en.corruptions import KINDS, Material, corrupt
from models.quality_en.editing import MAJOR, Edit, edited
from models.quality_en.material import like
from models.quality_en.similar_words import SimilarWords
from models.word_cover.material import Pair, spliced

Marks = tuple[tuple[int, int], ...]
_DIGITS = re.compile(r"\d+")
_WORD = re.compile(r"[A-Za-z]{3,}")
_INNER_WORD = re.compile(r"(?<= )[a-z]{4,}")
_INNER_NAME = re.compile(r"(?<= )[A-Z][\w'-]+(?: [A-Z][\w'-]+)*")
_TRIES = 5

# How often each is planted beside the others: most are what changes the meaning, some keep the rest in view.
SHARES: Mapping[str, int] = {
    "similar_word": 8, "dropped_word": 8, "source_splice": 6, "several": 6, "tense": 4, "pronoun": 4,
    "dropped_clause": 4, "swapped_entities": 4, "repeated_word": 4, "word_replaced": 3, "digits": 3, "added_phrase": 3,
    "added_word": 3, "agreement": 3, "wrong_article": 3, "wrong_preposition": 3, "word_swap": 3, "repeated_phrase": 3,
    "other_line": 3, "negation": 3, "dropped_name": 2, "garbled_name": 2, "literal_idiom": 2, "number_change": 2,
    "swapped_office": 1, "unrelated_splice": 1, "truncation": 1, "residue": 1, "codemix": 1,
}  # fmt: skip
# Which words of the source are no longer said is known where nothing of the translation was lost or exchanged.
_LEAVES_SOURCE = frozenset(
    "tense repeated_word added_phrase added_word agreement wrong_article wrong_preposition word_swap repeated_phrase "
    "literal_idiom number_change residue codemix garbled_name".split()
)


@dataclass(frozen=True, slots=True)
class Side:
    """A pair with marks, half-open code points: what is wrong in the translation, what of the source it does not say.
    None: not known.
    """

    source: str
    translation: str
    wrong: Marks | None
    missing: Marks | None


def planted(
    kind: str, pair: Pair, near: Sequence[Pair], rng: random.Random, material: Material, similar: SimilarWords
) -> Side | None:
    """The pair with an error of a kind of SHARES; None where it does not apply. `near` are other pairs of its group."""
    if kind == "source_splice":
        made = spliced(pair.source, [one.source for one in near], pair.language, rng) if near else None
        return None if made is None else Side(made.text, pair.translation, (), ((made.span.start, made.span.end),))
    if kind == "other_line":
        return Side(pair.source, rng.choice(near).translation, None, None) if near else None
    if kind in KINDS:
        copy = corrupt(kind, pair.translation, rng, material)
        marks = None if copy is None else tuple((one.start, one.end) for one in copy.marks)
        text = "" if copy is None else copy.text
    else:
        edits = _OWN[kind](pair.translation, rng, material, similar)
        text, found = edited(pair.translation, edits)
        marks = tuple((one.start, one.end) for one in found)
    if marks is None or text == pair.translation:
        return None
    return Side(pair.source, text, marks, () if kind in _LEAVES_SOURCE else None)


def _digits(text: str, rng: random.Random, _material: Material, _similar: SimilarWords) -> list[Edit]:
    """One number replaced by another of as many digits, or a digit of it."""
    found = list(_DIGITS.finditer(text))
    if not found:
        return []
    number = rng.choice(found)
    for _ in range(_TRIES):
        digits = list(number.group())
        place = rng.randrange(len(digits))
        digits[place] = rng.choice("123456789" if place == 0 else "0123456789")
        other = str(rng.randrange(1, 10 ** len(digits))) if rng.random() < 0.2 else "".join(digits)
        if other != number.group():
            return [Edit(*number.span(), other, MAJOR)]
    return []


def _similar_word(text: str, rng: random.Random, _material: Material, similar: SimilarWords) -> list[Edit]:
    """One or two words replaced by words that are used alike: synonyms, opposites, other forms, wider terms."""
    words = [word for word in _WORD.finditer(text) if word.group().lower() in similar]
    return [
        Edit(*word.span(), like(rng.choice(similar[word.group().lower()]), word.group()), MAJOR)
        for word in rng.sample(words, min(len(words), rng.choice((1, 1, 1, 2))))
    ]


def _added_word(text: str, rng: random.Random, material: Material, _similar: SimilarWords) -> list[Edit]:
    """A content word of another sentence before a word of this one."""
    words = list(_INNER_WORD.finditer(text))
    if not words or not material.content_words:
        return []
    place = rng.choice(words).start()
    return [Edit(place, place, rng.choice(material.content_words) + " ", MAJOR)]


def _dropped_name(text: str, rng: random.Random, material: Material, _similar: SimilarWords) -> list[Edit]:
    """A name left out."""
    names = [name for name in _INNER_NAME.finditer(text) if material.is_name(name.group().split()[0])]
    return [Edit(name.start() - 1, name.end(), "", MAJOR) for name in rng.sample(names, min(1, len(names)))]


_OWN: Mapping[str, Callable[[str, random.Random, Material, SimilarWords], list[Edit]]] = {
    "digits": _digits,
    "similar_word": _similar_word,
    "added_word": _added_word,
    "dropped_name": _dropped_name,
}
