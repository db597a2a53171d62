"""How names sound to a translator that spells them anew.

A name that went through Cyrillic, Arabic, Devanagari or Chinese script and back keeps its consonants better than its
vowels, and its order of sounds better than its letters: Gerasimov -> Kurosimov, Djokovic -> Jokovic, Ouattara ->
Watara. `skeleton` is a coarse key under which most such spellings meet (after Soundex, with the classes that these
scripts confuse); `sound_distance` is an edit distance whose costs follow the same confusions.
"""

from __future__ import annotations

import re
from functools import lru_cache

# One symbol per sound; longer clusters first.
_SOUNDS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"tsch|tch|cz|c(?=h[^rl])ch?", "C"),
        (r"shch|sch|sh|sz", "S"),
        (r"dzh|dj|dg(?=e)|zh", "Z"),
        (r"ch(?=[rl])|ck|cq|qu|q|c(?=[^eiyhC]|$)", "k"),
        (r"kh|gh(?!$)", "h"),
        (r"gh$", ""),
        (r"ph", "f"),
        (r"th|dh", "t"),
        (r"ts|tz", "c"),
        (r"x", "ks"),
        (r"^oua|^wa", "va"),
        (r"w", "v"),
        (r"eau|ault$|aut$|aud$|au(?=[^aeiou])", "o"),
        (r"ou|oo|ow(?=[^aeiou])", "u"),
        (r"ee|ea", "i"),
        (r"y", "i"),
        (r"(.)\1+", r"\1"),
    )
)
_CLASSES = str.maketrans(
    {
        "b": "P", "p": "P", "f": "F", "v": "F", "d": "T", "t": "T", "l": "L", "r": "R", "m": "M", "n": "N",
        "k": "K", "g": "K", "s": "S", "z": "S", "c": "S", "S": "S", "Z": "S", "C": "S", "j": "S",
        "h": None, "a": None, "e": None, "i": None, "o": None, "u": None, " ": None,
    }
)  # fmt: skip
_VOWELS = frozenset("aeiou")
# Pairs of sounds that are near each other, and what it costs to take one for the other (any two others: 1).
_NEAR: dict[frozenset[str], float] = {
    frozenset(pair): cost
    for pairs, cost in (
        (("bp", "dt", "gk", "fv", "sz", "SZ", "cs", "cC", "CS", "SZ", "Zj", "jz", "ZC", "jC", "cz"), 0.35),
        (("sS", "zZ", "ck", "gj", "gZ", "kh", "gh", "bv", "lr", "mn", "ij", "uv", "jS", "sC", "zc", "cS"), 0.55),
    )
    for pair in pairs
}
_VOWEL_FOR_VOWEL = 0.4
_VOWEL_MORE = 0.5  # a vowel too many or too few
_SILENT_MORE = 0.3  # an h, or a final e
_CONSONANT_MORE = 0.95


@lru_cache(maxsize=131072)
def sounds(word: str) -> str:
    """A folded word (lower case ASCII) as a string of sounds, one character each."""
    for pattern, sound in _SOUNDS:
        word = pattern.sub(sound, word)
    return word


@lru_cache(maxsize=131072)
def skeleton(text: str) -> str:
    """Coarse key of folded words: classes of consonants, doubles closed up; a leading vowel shows as "A"."""
    sound = sounds(text.replace(" ", ""))
    key = sound.translate(_CLASSES)
    key = re.sub(r"[^A-Z]", "", key)
    key = re.sub(r"(.)\1+", r"\1", key)
    return ("A" if sound[:1] in _VOWELS or sound[:1] == "h" and sound[1:2] in _VOWELS else "") + key


@lru_cache(maxsize=131072)
def sound_distance(first: str, second: str) -> float:
    """Weighted edit distance of two folded words over their sounds; 0 for words that sound the same."""
    one, two = sounds(first), sounds(second)
    if one == two:
        return 0.0
    above = [0.0]
    for sound in two:
        above.append(above[-1] + _gap(sound))
    for sound in one:
        row = [above[0] + _gap(sound)]
        for column, other in enumerate(two):
            row.append(
                min(above[column] + _swap(sound, other), above[column + 1] + _gap(sound), row[-1] + _gap(other))
            )
        above = row
    return above[-1]


def sound_similarity(first: str, second: str) -> float:
    """1 minus the distance per sound of the longer word, at least 0."""
    longest = max(len(sounds(first)), len(sounds(second)), 1)
    return max(0.0, 1.0 - sound_distance(first, second) / longest)


@lru_cache(maxsize=4096)
def _swap(first: str, second: str) -> float:
    if first == second:
        return 0.0
    if first in _VOWELS and second in _VOWELS:
        return _VOWEL_FOR_VOWEL
    return _NEAR.get(frozenset((first, second)), 1.0)


def _gap(sound: str) -> float:
    if sound in _VOWELS:
        return _VOWEL_MORE
    return _SILENT_MORE if sound == "h" else _CONSONANT_MORE
