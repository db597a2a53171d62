"""The language a translation probably comes from, read off the document itself.

Translation leaves traces: honorifics ("MM.", "Hr."), stray words, whole passages. Each trace is a vote for the
languages it fits; the more votes a language has, and the fewer its rivals, the surer the guess.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Mapping
from typing import TYPE_CHECKING

from mtqa.schema.annotations import Annotations
from mtqa.schema.document import Document

if TYPE_CHECKING:
    from mtqa.knowledge import Knowledge

LANGUAGE_NAMES: Mapping[str, str] = {
    "fr": "French", "de": "German", "es": "Spanish", "it": "Italian", "pt": "Portuguese", "nl": "Dutch",
    "ru": "Russian", "pl": "Polish", "cs": "Czech", "ro": "Romanian", "sv": "Swedish", "da": "Danish",
    "nb": "Norwegian", "no": "Norwegian", "fi": "Finnish", "hu": "Hungarian", "tr": "Turkish", "zh": "Chinese",
    "ja": "Japanese", "ko": "Korean", "ar": "Arabic", "he": "Hebrew", "uk": "Ukrainian", "el": "Greek",
    "ca": "Catalan", "id": "Indonesian", "vi": "Vietnamese", "et": "Estonian", "lv": "Latvian", "lt": "Lithuanian",
    "sk": "Slovak", "sl": "Slovenian", "hr": "Croatian", "sr": "Serbian", "bs": "Bosnian", "bg": "Bulgarian",
    "be": "Belarusian", "mk": "Macedonian", "sq": "Albanian", "is": "Icelandic", "ga": "Irish", "cy": "Welsh",
    "gl": "Galician", "eu": "Basque", "mt": "Maltese", "af": "Afrikaans", "ne": "Nepali", "si": "Sinhala",
    "hi": "Hindi", "bn": "Bengali", "ta": "Tamil", "te": "Telugu", "mr": "Marathi", "gu": "Gujarati",
    "pa": "Punjabi", "kn": "Kannada", "ml": "Malayalam", "ur": "Urdu", "fa": "Persian", "ps": "Pashto",
    "th": "Thai", "km": "Khmer", "lo": "Lao", "my": "Burmese", "ms": "Malay", "tl": "Tagalog", "mn": "Mongolian",
    "ka": "Georgian", "hy": "Armenian", "az": "Azerbaijani", "kk": "Kazakh", "uz": "Uzbek", "ha": "Hausa",
    "sw": "Swahili", "am": "Amharic", "yo": "Yoruba", "ig": "Igbo", "zu": "Zulu", "xh": "Xhosa", "so": "Somali",
}  # fmt: skip

# Votes of one trace. Nobody writes "MM. Biden" in English; a lower-case foreign word may be a borrowing.
_HONORIFIC = 1.5
_PASSAGE = 1.5
_STRAY_WORD = 0.3
_LEAST_PASSAGE_PROBABILITY = 0.6
_LEAST_PASSAGE_WORDS = 2  # frequent words of the language that must confirm the guess for a passage
_MOST_SOURCE_CHARACTERS = 4000  # of the source text; more does not make the guess surer
_WORD = re.compile(r"[^\W\d_]+")
_RUSSIAN_WORD = re.compile(r"[\u0410-\u044f\u0401\u0451]{3,}")
# Letters of other languages in Cyrillic script, so that Ukrainian, Serbian and others are not taken for Russian.
_NOT_RUSSIAN = re.compile(r"[\u0402-\u040f\u0452-\u045f\u0490\u0491]")


def likely_source_languages(document: Document, annotations: Annotations, knowledge: Knowledge) -> dict[str, float]:
    """Probability 0..1 per ISO 639-1 code that the document was translated from that language.

    Languages without a trace are left out; the probabilities sum to at most 1. A given `source_language` is certain.
    """
    if document.source_language:
        return {document.source_language: 1.0}
    if document.source:
        votes = _word_votes(document.source[:_MOST_SOURCE_CHARACTERS], knowledge, capitals=True)
    else:
        votes = _residue_votes(document, annotations, knowledge)
    total = sum(votes.values())
    return {
        language: (1.0 - math.exp(-count)) * count / total for language, count in sorted(votes.items()) if count > 0.0
    }


def _residue_votes(document: Document, annotations: Annotations, knowledge: Knowledge) -> Mapping[str, float]:
    votes: dict[str, float] = defaultdict(float)
    for segment in document.segments:
        text = document.text_of(segment)
        for _, row in knowledge.honorifics.find(text):
            votes[row.language] += _HONORIFIC
        guess = annotations.languages[segment.index] if annotations.languages else None
        if guess and guess.language not in (None, "en") and guess.probability >= _LEAST_PASSAGE_PROBABILITY:
            words = knowledge.words
            confirming = sum(guess.language in words.languages_in_context(word) for word in _WORD.findall(text))
            if confirming >= _LEAST_PASSAGE_WORDS or guess.language == "ru":
                votes[str(guess.language)] += _PASSAGE
                continue
        for language, count in _word_votes(text, knowledge, capitals=False).items():
            votes[language] += count
    return votes


def _word_votes(text: str, knowledge: Knowledge, *, capitals: bool) -> Mapping[str, float]:
    """Votes of words that are frequent in other languages; a word of several languages is shared among them.

    In an English text capitalised words are names (`capitals` False), and words that are also English are none. There
    is no Russian word list: Cyrillic script stands for it.
    """
    votes: dict[str, float] = defaultdict(float)
    words = knowledge.words
    for match in _WORD.finditer(text):
        word = match.group()
        if not capitals and not word.islower():
            continue
        languages = words.languages_in_context(word) if capitals else words.languages(word)
        for language in languages:
            votes[language] += _STRAY_WORD / len(languages)
    if not _NOT_RUSSIAN.search(text):
        votes["ru"] += _STRAY_WORD * len(_RUSSIAN_WORD.findall(text))
    return votes
