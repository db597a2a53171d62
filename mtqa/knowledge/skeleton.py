"""A phonetic key for names that crossed scripts.

A name that was transliterated to Cyrillic, Arabic, Devanagari or Chinese and back keeps its consonant skeleton but not
its vowels, nor the difference between voiced and voiceless stops or among sibilants (Bichai for Pichai, Kurosimov for
Gerasimov, Zhelensky for Zelensky). The key keeps one letter per class of consonant that such a trip confuses.
"""

from __future__ import annotations

import re
from functools import lru_cache

_CLASSES = (
    (re.compile(r"(?<=[aeiou])h|h(?=[^aeiou]|$)"), ""),
    (re.compile(r"^oua|^ua"), "wa"),
    (re.compile(r"^x|sch|shch|tsch|tch|ch|zh|sh|dzh|dz|dj|ts|tz|cz|sz|rz|c(?=[eiy])|[szj]|x(?=$)"), "S"),
    (re.compile(r"x"), "KS"),
    (re.compile(r"ph|v|w|f"), "F"),
    (re.compile(r"kh|gh|ck|[kgqc]"), "K"),
    (re.compile(r"bh|[bp]"), "P"),
    (re.compile(r"th|dh|[td]"), "T"),
    (re.compile(r"[mn](?=[PT])"), "N"),
    (re.compile(r"m"), "M"),
    (re.compile(r"n"), "N"),
    (re.compile(r"l"), "L"),
    (re.compile(r"r"), "R"),
    (re.compile(r"^[aeiouy]+"), "A"),
    (re.compile(r"[aeiouyh]+"), "."),
    (re.compile(r"([A-Z])\1+"), r"\1"),
    (re.compile(r"\."), ""),
)


@lru_cache(maxsize=65536)
def skeleton(word: str) -> str:
    """The key of one folded word (lower-case ASCII letters); empty for an empty word."""
    for pattern, level in _CLASSES:
        word = pattern.sub(level, word)
    return word
