"""The kinds of errors that the quality estimator learns from, planted into clean English sentences.

Each kind has one function in a module of this folder. Everything is drawn from the given generator, so that equal
states give equal results; no kind sees the benchmark that it will be measured on.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType

from models.quality_en import character_noise, foreign_noise, grammar_noise, sentence_noise, word_noise
from models.quality_en.editing import MAJOR, Corrupted, Edit, Mark, edited
from models.quality_en.material import Material

__all__ = ["KINDS", "Corrupted", "Mark", "Material", "corrupt"]

Plan = Callable[[str, random.Random, Material], list[Edit]]
Corruption = Callable[[str, random.Random, Material], Corrupted | None]

_PLANS: Mapping[str, Plan] = {
    "residue": foreign_noise.residue,
    "codemix": foreign_noise.codemix,
    "swapped_office": word_noise.swapped_office,
    "swapped_entities": word_noise.swapped_entities,
    "garbled_name": character_noise.garbled_name,
    "case": character_noise.case,
    "tokenised": character_noise.tokenised,
    "punctuation": character_noise.punctuation,
    "misspelling": character_noise.misspelling,
    "dropped_character": character_noise.dropped_character,
    "word_swap": word_noise.word_swap,
    "dropped_word": word_noise.dropped_word,
    "dropped_clause": word_noise.dropped_clause,
    "truncation": sentence_noise.truncation,
    "repeated_word": word_noise.repeated_word,
    "repeated_phrase": word_noise.repeated_phrase,
    "added_phrase": sentence_noise.added_phrase,
    "wrong_article": grammar_noise.wrong_article,
    "wrong_preposition": grammar_noise.wrong_preposition,
    "agreement": grammar_noise.agreement,
    "tense": grammar_noise.tense,
    "number_change": grammar_noise.number_change,
    "pronoun": grammar_noise.pronoun,
    "negation": grammar_noise.negation,
    "literal_idiom": word_noise.literal_idiom,
    "word_salad": sentence_noise.word_salad,
    "word_replaced": word_noise.word_replaced,
    "unrelated_splice": sentence_noise.unrelated_splice,
    "gibberish": character_noise.gibberish,
    "spacing": character_noise.spacing,
    "foreign_script": foreign_noise.foreign_script,
    "placeholder": foreign_noise.placeholder,
}
_WHOLE = frozenset(("word_salad", "gibberish"))
_LEAST_WHOLE = 0.5  # share of the characters under marks from which such a sentence counts as bad as a whole
_TRIES = 6  # draws until a kind gives a text that differs
_SEVERAL_TRIES = 16
# What comes together in really bad translations: mostly words, grammar and names, seldom a broken end.
_SEVERAL: tuple[str, ...] = tuple(kind for kind in _PLANS if kind not in _WHOLE and kind != "unrelated_splice")
_OFTEN = frozenset(
    "garbled_name residue word_swap dropped_word wrong_article wrong_preposition agreement tense literal_idiom "
    "word_replaced repeated_word pronoun".split()
)
_WEIGHTS: tuple[int, ...] = tuple(3 if kind in _OFTEN else 1 for kind in _SEVERAL)


def corrupt(kind: str, text: str, rng: random.Random, material: Material) -> Corrupted | None:
    """The text with errors of one of KINDS; None where the kind does not apply. KeyError for an unknown kind."""
    return KINDS[kind](text, rng, material)


def _planned(kind: str, text: str, rng: random.Random, material: Material) -> Corrupted | None:
    return _step(kind, Corrupted(text, kind, (), False), rng, material)


def _several(text: str, rng: random.Random, material: Material) -> Corrupted | None:
    """Two to four kinds one after the other, the marks of the earlier ones carried along."""
    wanted = rng.choice((2, 2, 3, 3, 4))
    done = 0
    now = Corrupted(text, "several", (), False)
    for _ in range(_SEVERAL_TRIES):
        kind = rng.choices(_SEVERAL, weights=_WEIGHTS)[0]
        after = _step(kind, now, rng, material)
        if after is not None and after.text != text:
            now = after
            done += 1
        if done == wanted:
            break
    return now if done >= 2 else None


def _step(kind: str, before: Corrupted, rng: random.Random, material: Material) -> Corrupted | None:
    """One kind on top of what is there; the name of the kind stays that of `before`."""
    for _ in range(_TRIES):
        edits = _PLANS[kind](before.text, rng, material)
        if not edits:
            continue
        text, marks = edited(before.text, edits, carried=before.marks)
        if text == before.text or not marks:
            continue
        whole = before.whole
        if kind in _WHOLE and sum(mark.end - mark.start for mark in marks) >= _LEAST_WHOLE * len(text.strip()):
            whole = True
        if whole:
            start = len(text) - len(text.lstrip())
            marks = (Mark(start, len(text.rstrip()), MAJOR),)
        return Corrupted(text, before.kind, marks, whole)
    return None


KINDS: Mapping[str, Corruption] = MappingProxyType(
    {**{kind: partial(_planned, kind) for kind in _PLANS}, "several": _several}
)
