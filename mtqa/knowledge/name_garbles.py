"""Is a written name a garbled form of what a source spells? Bounds on the likeness of written and proposed spelling."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rapidfuzz.distance import Indel

from mtqa.knowledge.pinyin import is_pinyin_name
from mtqa.knowledge.romanisation import fold, similarity
from mtqa.knowledge.transliteration import FormMatch, NameForm, form_likeness
from mtqa.knowledge.transliteration_tables import Script
from mtqa.knowledge.transliteration_variants import ALPHABETS, SURNAME, SYLLABIC

if TYPE_CHECKING:
    from mtqa.knowledge import Knowledge

_LEAST_CLOSENESS = 0.58  # of the written and the proposed spelling
_LEAST_CLOSENESS_BY_SOUND = 0.65  # where the source spells the name in another script
_LEAST_CLOSENESS_BY_SYLLABLE = 0.7  # in one that writes syllables: chance likeness is frequent
_LEAST_CLOSENESS_OF_PLACE = 0.6  # there, of a place that the tables have, and of pinyin that sounds so
_LEAST_LIKENESS_OF_PINYIN = 0.76
_LEAST_OVERLAP = 0.55  # of a word and the source spelling in an alphabet
_LEAST_LENGTH = 0.65  # letters of the shorter of two spellings per letter of the longer
_LEAST_CUT = 2  # letters that a longer word has more than the name that it begins or ends with
_MOST_ENDING = 2  # letters of a case ending
_LONG_VOWEL = re.compile("(o)[ouh](?![aeiouy])|(u)u")
_SURE = 0.85  # likeness from which two characters are enough
_LEAST_SYLLABLES = 3  # of a foreign name in Chinese characters


def is_chance(folded: str, candidate: str, match: FormMatch, knowledge: Knowledge) -> bool:
    """True for a foreign name that two Chinese characters sound somewhat like, for some name does of any two, or that
    stand for words, and for syllables that nobody knows instead of a word that English has (Jiangxi).
    """
    english, proposed = knowledge.words.english, fold(candidate)
    is_foreign = proposed != match.form.text
    is_short = len(match.form.span) < _LEAST_SYLLABLES
    is_word = not match.form.is_spelling and similarity(proposed, match.form.text) < _LEAST_CLOSENESS_BY_SYLLABLE
    sounds_so = is_foreign and (is_word or (is_short and match.likeness < _SURE))
    return sounds_so or (folded in english and proposed not in english)


def is_garble(folded: str, proposed: str, form: NameForm, knowledge: Knowledge) -> bool:
    """True for spellings near enough; a longer word that begins or ends alike is another (Valais, Val), and so is one
    that a language without c spells with k (Omicron, Omikron), or that tells long vowels (Ohtani, Otani).
    """
    is_longer = len(folded) - len(proposed) >= _LEAST_CUT
    if is_longer and (folded.startswith(proposed) or folded.endswith(proposed)):
        return False
    if min(len(folded), len(proposed)) < _LEAST_LENGTH * max(len(folded), len(proposed)):
        return False
    if form.is_listed and form.script in SYLLABIC and _short_vowels(folded) == _short_vowels(proposed):
        return False
    with_k = folded.replace("c", "k")
    if form.script is Script.LATIN and proposed.startswith(with_k) and len(proposed) - len(with_k) <= _MOST_ENDING:
        return False
    return bool(Indel.normalized_similarity(folded, proposed) >= _least_closeness(folded, proposed, form, knowledge))


def _short_vowels(folded: str) -> str:
    return _LONG_VOWEL.sub(r"\1\2", folded)


def is_alike(folded: str, form: NameForm) -> bool:
    """An alphabet spells all sounds, so that a garbled word still overlaps with the source spelling."""
    return form.script not in ALPHABETS or Indel.normalized_similarity(folded, form.text) >= _LEAST_OVERLAP


def is_sure_spelling(proposed: str, form: NameForm, knowledge: Knowledge) -> bool:
    """True where another spelling of the same sounds is wrong: a listed name, pinyin that English knows."""
    is_known = fold(proposed) in knowledge.words.english
    return form.is_listed or (is_known and form.script is Script.HAN and _is_pinyin(proposed, form))


def _is_pinyin(proposed: str, form: NameForm) -> bool:
    return fold(proposed) == form.text and is_pinyin_name([SURNAME, proposed])


def _least_closeness(folded: str, proposed: str, form: NameForm, knowledge: Knowledge) -> float:
    """Less is asked of listed names, of places that the source spells, and of pinyin that sounds like the word."""
    if form.is_listed:
        return _LEAST_CLOSENESS
    if form.script in SYLLABIC:
        is_place = proposed == form.text and bool(knowledge.places.find(proposed))
        sounds_so = form.script is Script.HAN and form_likeness(folded, form) >= _LEAST_LIKENESS_OF_PINYIN
        is_sure = is_place or (sounds_so and _is_pinyin(proposed, form))
        return _LEAST_CLOSENESS_OF_PLACE if is_sure else _LEAST_CLOSENESS_BY_SYLLABLE
    return _LEAST_CLOSENESS if form.script is Script.LATIN else _LEAST_CLOSENESS_BY_SOUND
