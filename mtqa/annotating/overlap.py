"""What source and translation share that needs no model: numbers, names, words, known translations, length, marks.

Every figure is a number of about unit size; 0 where it says nothing.
"""

from __future__ import annotations

import math
import re

from mtqa.knowledge.lexicon import load_lexicon
from mtqa.knowledge.marks import CLOSERS, FULL_STOPS, asks
from mtqa.knowledge.number_matching import Pool, without_equal
from mtqa.knowledge.number_reading import read_numbers
from mtqa.knowledge.romanisation import fold, romanised
from mtqa.knowledge.transliteration import best_form, name_forms

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_COGNATE, _LEAST_WORD = 4, 4  # letters: cognates begin alike (Simard, Foster and Isabelle 1992)
_MOST_NAMES = 8  # of a sentence
_SAME_NAME = 0.75  # likeness from which a name is found again
_MOST_NUMBERS = 3.0
_MOST_ANCHORS = 3
_SHORT = 5  # letters added to both lengths, so that short texts may differ more
_ENDINGS = FULL_STOPS + "!！"
_LEXICON_LEVEL = -2.0  # a middling coverage, which becomes 0


def overlap(source: str, hypothesis: str, language: str | None) -> dict[str, float]:
    """Figures for one pair; `language` of the source, ISO 639-1, None where it is unknown.

    `length`: log ratio of letters, both sides in Latin letters, and `length_off` its size; `numbers_lost`,
    `numbers_new`: numbers without an equal; `names`: share of the translation's names that the source has, less a
    middling share; `cognates`: share of its longer words that begin as one of the source; `copied`: share of its
    letters in lower-case words that stand in the source; `lexicon_said`, `lexicon_meant`: coverage by the lexicon;
    `anchors`: numbers and names that both sides have for sure, 1 for three; `mark_lost`: 1 where the source ends in a
    full stop, exclamation or question mark and the translation in none, or in another one than a question mark.
    """
    ours, theirs = _WORD.findall(hypothesis), _WORD.findall(source)
    latin = [fold(word).replace(" ", "") for word in theirs]
    folded = [fold(word).replace(" ", "") for word in ours]
    length = math.log((sum(map(len, folded)) + _SHORT) / (sum(map(len, latin)) + _SHORT))
    # Digits are read in both; words for numbers only where the source's are known.
    source_numbers, numbers = read_numbers(source, language), read_numbers(hypothesis, "en")
    coverage = None if language is None else load_lexicon(language)
    covered = None if coverage is None else coverage.coverage(source, hypothesis)
    lost = without_equal(source_numbers, Pool(numbers))
    names, found = _names(ours, source, language)
    same = sum(one.firm for one in source_numbers) - len(lost)
    said = None if covered is None else covered.said
    meant = None if covered is None else covered.meant
    return {
        "length": max(-2.0, min(2.0, length)),
        "length_off": min(2.0, abs(length)),
        "numbers_lost": min(_MOST_NUMBERS, len(lost)),
        "numbers_new": min(_MOST_NUMBERS, len(without_equal(numbers, Pool(source_numbers)))),
        "names": names,
        "anchors": min(_MOST_ANCHORS, same + found) / _MOST_ANCHORS,
        "cognates": _cognates(folded, latin),
        "copied": _copied(ours, theirs),
        "lexicon_said": 0.0 if said is None else said - _LEXICON_LEVEL,
        "lexicon_meant": 0.0 if meant is None else meant - _LEXICON_LEVEL,
        "mark_lost": float(_mark_lost(source, hypothesis)),
    }


def _names(words: list[str], source: str, language: str | None) -> tuple[float, int]:
    """Share of the capitalised words after the first that some source word spells, minus a half, 0 without any; and how
    many of them are spelled exactly so.
    """
    names = [word for word in words[1:] if word[0].isupper() and len(word) >= _LEAST_WORD][:_MOST_NAMES]
    if not names:
        return 0.0, 0
    forms = name_forms(source, language)
    matches = [match for name in names if (match := best_form(name, forms)) is not None]
    found = sum(match.likeness >= _SAME_NAME for match in matches)
    return found / len(names) - 0.5, sum(match.is_exact for match in matches)


def _cognates(folded: list[str], latin: list[str]) -> float:
    known = {romanised(word)[:_COGNATE] for word in latin if len(word) >= _LEAST_WORD}
    long = [word for word in folded if len(word) >= _LEAST_WORD]
    return sum(romanised(word)[:_COGNATE] in known for word in long) / len(long) if long else 0.0


def _mark_lost(source: str, hypothesis: str) -> bool:
    theirs, ours = source.rstrip(CLOSERS)[-1:], hypothesis.rstrip(CLOSERS)[-1:]
    if not theirs:
        return False
    if asks(theirs, source):
        return not (ours and asks(ours, hypothesis))
    return theirs in _ENDINGS and not (ours and (ours in _ENDINGS or asks(ours, hypothesis)))


def _copied(ours: list[str], theirs: list[str]) -> float:
    """Of the letters of all words those in words that are written alike in the source, names left out."""
    present = set(theirs)
    letters = sum(map(len, ours))
    return sum(len(word) for word in ours if not word[0].isupper() and word in present) / letters if letters else 0.0
