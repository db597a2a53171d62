"""Comparing names across spellings: accents, romanisations, word order.

`fold` takes away what carries no difference in a name (case, accents, apostrophes, hyphens). `romanised` also
levels the choices that romanisation systems make differently (Zelenskiy/Zelenskyy/Zelensky, Lukashenka/Lukashenko,
Shoygu/Shoigu, Mohamed/Muhammad): two names with equal keys are spellings of one name; names with different keys
may still be, which `similarity` (0..1, Indel ratio of the keys) is for.
"""

from __future__ import annotations

import re
from functools import lru_cache

from anyascii import anyascii
from rapidfuzz.fuzz import ratio

_APOSTROPHES = re.compile(r"['’‘ʻʼ`´ʹʺ]")
_NOT_LETTERS = re.compile(r"[^a-z0-9]+")

# Order matters: longer clusters first. Each line levels one choice of romanisation systems.
_LEVELLED: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), level)
    for pattern, level in (
        (r"shch|sch|tsch", "sh"),
        (r"tch|ch|c(?=[eiy])", "c"),
        (r"kh|gh", "h"),
        (r"dzh|zh|dj", "Z"),
        (r"x", "ks"),
        (r"ph", "f"),
        (r"ck|q|c(?=[aoulr]|$)", "k"),
        (r"w", "v"),
        (r"ts|tz", "z"),
        (r"th|dh", "t"),
        (r"(?:iy|yy|ii|ij|yi|ey|ei|ai|ay|y|i)+$", "i"),
        (r"ou|oo", "u"),
        (r"y(?=[aeiou])|(?<=[a-zZ])j(?=[aeiou])", ""),
        (r"ie|ee|ey|ei|ai|ay|ae", "e"),
        (r"y", "i"),
        (r"o(?=v|$)", "a"),
        (r"h(?=[^aeiou]|$)", ""),
        (r"(.)\1+", r"\1"),
    )
)


@lru_cache(maxsize=65536)
def fold(text: str) -> str:
    """Lower case, plain ASCII, no apostrophes; everything else that is no letter or digit becomes one space."""
    return _NOT_LETTERS.sub(" ", _APOSTROPHES.sub("", anyascii(_APOSTROPHES.sub("", text))).lower()).strip()


@lru_cache(maxsize=65536)
def romanised(word: str) -> str:
    """The key of one folded word under which its romanisations meet."""
    for pattern, level in _LEVELLED:
        word = pattern.sub(level, word)
    return word


@lru_cache(maxsize=65536)
def similarity(first: str, second: str) -> float:
    """How alike two folded words are, 0..1: the better of the plain and the romanised Indel ratio."""
    if first == second:
        return 1.0
    plain = ratio(first, second) / 100
    levelled = ratio(romanised(first), romanised(second)) / 100
    return max(plain, levelled)
