"""Words that are another form of a source name and no garbled one: inflected, derived, of another romanisation."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from mtqa.knowledge.inflection import singular
from mtqa.knowledge.pinyin import is_pinyin_name, is_russian_pinyin
from mtqa.knowledge.places import Places
from mtqa.knowledge.romanisation import fold, romanised
from mtqa.knowledge.transliteration import NameForm
from mtqa.knowledge.transliteration_tables import Script
from mtqa.schema.document import Span

SYLLABIC = frozenset({Script.KANA, Script.HAN, Script.HANGUL})
CONSONANTAL = frozenset({Script.ARABIC, Script.HEBREW})
ALPHABETS = frozenset({Script.CYRILLIC, Script.GREEK, Script.ARMENIAN, Script.GEORGIAN, Script.DEVANAGARI})
SURNAME = "Li"  # beside which any two syllables of pinyin are a name
_LEAST_LETTERS = 4
_USUAL = 3.5  # Zipf frequency of a word that compounds are made of
_ENGLISH_ENDINGS = frozenset({"s", "ers", "ian", "ians", "an", "ans", "ese", "ish", "nais"})
_INFLECTING = frozenset({"cs", "sk", "pl", "is", "fi", "et", "lv", "lt", "hu", "hr", "sl", "bs"})
_VOWELS = frozenset("aeiouy")
_NOMINATIVES = frozenset({"ur", "r", "ir"})  # Icelandic
# Icelandic names change vowels and lose some of them, too: Gata, Götu; Jökull, Jökli; -sson, -ssyni.
_ICELANDIC = "is"
_ICELANDIC_SONS = re.compile("s(?:onar|yni)$")
_ICELANDIC_ENDING = re.compile("(?:inum|unum|anna|unni|inni|unu|inn|ins|num|um|an|in|ar|ir|ur|u|a|i|s|r)$")
_ICELANDIC_UMLAUT = re.compile("o(?=[^aeiou]+$)")
_ICELANDIC_MUTE = re.compile("[aiu](?=[lrn]$)")
_ADJECTIVES = ("ian", "ese", "ish", "an", "n")
_NO_VOWELS = str.maketrans(dict.fromkeys("aeiouyj"))
_MOST_OURS = 3  # letters of an ending of the translation
_YO = re.compile("[yji]o|(?<=[sc]h)o")
_WADE_GILES = tuple(
    (re.compile(pattern), written)
    for pattern, written in (
        ("zh|q|j", "ch"), ("^x", "hs"), ("ong", "ung"), ("ian", "ien"), ("b", "p"), ("d", "t"), ("(?<!n)g", "k"),
        ("^[zc](?!h)", "ts"),
    )
)  # fmt: skip
_AT_HOME = (("cz", "ch"), ("sz", "sh"), ("rz", "rzh"), ("w", "v"), ("ck", "tsk"), ("uc", "uts"), ("j", "y"))
_GERMAN_S = re.compile("(?<![a-z])s(?=[aeiou])|(?<=[aeiou])s(?=[aeiou])")  # Wesel, Везель
_DOUBLED_VOWELS = "eioy"  # Yury or Yuriy, Zelenskyy, Osteen
_INFLECTED = 2  # letters by which an ending may differ


def is_pinyin_in_cyrillic(word: str, forms: Sequence[NameForm]) -> bool:
    """True for a word that may be pinyin where the source is in Cyrillic, which spells Chinese names by Palladius."""
    if not any(form.script is Script.CYRILLIC and is_russian_pinyin(form.text) for form in forms):
        return False
    halves = [(word[:cut], word[cut:]) for cut in range(2, len(word) - 1)]
    return is_pinyin_name([SURNAME, word]) or any(
        is_pinyin_name([SURNAME, left]) and is_pinyin_name([SURNAME, right]) for left, right in halves
    )


def is_adjective(folded: str, english: Mapping[str, float], places: Places) -> bool:
    """True for an English adjective of a place or word (Silesian, Venusian)."""
    bases = (folded.removesuffix(ending) for ending in _ADJECTIVES if folded.endswith(ending))
    return any(len(base) >= _LEAST_LETTERS and (base in english or bool(places.find(base))) for base in bases)


def is_romanisation(folded: str, forms: Sequence[NameForm]) -> bool:
    """True for a spelling that only another system of romanisation tells from a source word, not in kana and the like.

    Russian writes е for ё (Артем: Artyom, Artjom); names from Central Europe keep the letters they have at home
    (Їглава: Jihlava, Оломоуц: Olomouc).
    """
    at_home = folded
    for written, sound in _AT_HOME:
        at_home = at_home.replace(written, sound)
    spellings = {folded, _YO.sub("e", folded), at_home, _GERMAN_S.sub("z", at_home)}
    return any(
        is_respelling(one, form.text)
        if form.script in ALPHABETS
        else form.script is Script.HAN and folded in (_wade_giles(form.text), form.text.replace("u", "v"))
        for form in forms
        for one in spellings
    )


@lru_cache(maxsize=8192)
def _wade_giles(pinyin: str) -> str:
    """A name in pinyin as Taiwan and older texts write it, without apostrophes: Hualian, Hualien."""
    for pattern, written in _WADE_GILES:
        pinyin = pattern.sub(written, pinyin)
    return pinyin


def is_respelling(folded: str, other: str) -> bool:
    """True for spellings of the same sounds; a letter that is doubled in the first alone is a slip (Boriss)."""
    return romanised(folded) == romanised(other) and _doubled(folded) <= _doubled(other)


def _doubled(folded: str) -> set[str]:
    return {one for one, other in itertools.pairwise(folded) if one == other and one not in _DOUBLED_VOWELS}


def is_plural(folded: str, english: Mapping[str, float]) -> bool:
    """True for the plural of a longer English word (Virologists)."""
    one = singular(folded)
    return len(one) > _LEAST_LETTERS + 1 and one != folded and one in english


def is_compound(folded: str, english: Mapping[str, float]) -> bool:
    """True for two usual English words in one (Micropackage)."""
    cuts = range(_LEAST_LETTERS, len(folded) - _LEAST_LETTERS + 1)
    return any(min(english.get(folded[:cut], 0.0), english.get(folded[cut:], 0.0)) >= _USUAL for cut in cuts)


def _icelandic_stem(folded: str) -> str:
    """What all cases of an Icelandic name share, at least _LEAST_LETTERS letters: gotu, gata -> gat."""
    stem = _ICELANDIC_SONS.sub("son", folded).replace("w", "v")
    while True:
        bare = _ICELANDIC_UMLAUT.sub("a", _ICELANDIC_ENDING.sub("", stem))
        if bare == stem or len(bare) < _LEAST_LETTERS:
            break
        stem = bare
    if stem[-2:-1] == stem[-1:]:
        stem = stem[:-1]  # Egill, Steinn
    return _ICELANDIC_UMLAUT.sub("a", _ICELANDIC_MUTE.sub("", stem))


def is_inflected(written: str, forms: Sequence[NameForm], language: str | None) -> bool:
    """True for a part of a longer source word (Windberg, Windbergfest), a source word with an ending of ours, and
    another form of a word whose language inflects names (Klatovy, Klatovech).
    """
    folded = fold(written)
    for form in forms:
        if form.script in SYLLABIC or form.script in CONSONANTAL:
            continue
        if form.script is Script.LATIN and form.text.endswith(folded):
            return True  # Allgäu in Unterallgäu
        if language == _ICELANDIC and _icelandic_stem(folded) == _icelandic_stem(form.text):
            return True
        shared = shared_letters(form.text, folded)
        ending, ours = form.text[shared:], folded[shared:]
        if not written.isascii() and shared >= _LEAST_LETTERS and _is_native(ending, ours):
            return True  # with the letters of the source: Popůvky, Popůvek
        if shared < _LEAST_LETTERS:
            continue
        if (not ours and ending) or (not ending and ours in _ENGLISH_ENDINGS):
            return True
        inflects = form.script is Script.CYRILLIC or language in (None, *_INFLECTING)
        if inflects and len(ours) <= _MOST_OURS and set(ours) <= _VOWELS:
            return True
        if inflects and len(ours) <= _INFLECTED and ours in _NOMINATIVES:
            return True
    return False


def _is_native(ending: str, ours: str) -> bool:
    """True for endings that are short, or differ in vowels alone (Austurvöllur, Austurvelli)."""
    bare = [ending.translate(_NO_VOWELS).rstrip("r"), ours.translate(_NO_VOWELS).rstrip("r")]
    return max(len(ending), len(ours)) <= _INFLECTED or bare[0] == bare[1]


def shared_letters(one: str, other: str) -> int:
    """Letters that two words share at the beginning."""
    return next(
        (at for at, (left, right) in enumerate(zip(one, other, strict=False)) if left != right),
        min(len(one), len(other)),
    )


def is_loose(form: NameForm, taken: Sequence[Span]) -> bool:
    """True for a single Chinese character that is not beside a name: it sounds like half of all syllables."""
    if form.script is not Script.HAN or len(form.span) > 1:
        return False
    return not any(form.span.end == other.start or other.end == form.span.start for other in taken)
