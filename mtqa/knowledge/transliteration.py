"""What a name of the source may look like in English: romanisations of words in any script.

    forms = name_forms("Пресс-секретарь Шольца", None)       # NameForm(span, "sholts", Script.CYRILLIC), ...
    best = best_form("Scholz", forms)                        # FormMatch(form, likeness 0..1, is_exact)

Every word gets the spellings of several systems (BGN/PCGN, passports, scientific, press) and, where the language
inflects names, those of its stem. Unwritten vowels (Arabic, Hebrew), the few syllables of Chinese and Japanese and the
like are levelled on both sides before two spellings are compared: a script can only deny what it can write.
Tables: mtqa.knowledge.transliteration_tables.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from anyascii import anyascii
from rapidfuzz.distance import Indel

from mtqa.knowledge import transliteration_tables as tables
from mtqa.knowledge.listed_names import load_listed_names
from mtqa.knowledge.romanisation import fold, romanised
from mtqa.knowledge.transliteration_tables import Script
from mtqa.schema.document import Span

_LETTERS = re.compile(r"[^\W\d_](?:[^\W\d_]|[\u0300-\u036f\u064b-\u0655\u0900-\u0903\u093a-\u094f])*")
_KANA = re.compile(r"[\u3041-\u3096\u30a1-\u30fa]")
_YE = re.compile(r"(?:^|(?<=[аеёиоуыэюя]))[её]")
_LEAST_STEM = 3  # letters
_MOST_HAN = 7  # characters of a name in Chinese characters
_LEAST_SPELLING = 0.7  # of the characters of a foreign name
_MOST_FORMS = 24  # spellings of one word


@dataclass(frozen=True, slots=True)
class NameForm:
    """One spelling of a source word: `text` in lower-case ASCII, `key` levelled as the script levels sounds.

    `span` in code points of the source. `is_stem`: a case ending was taken off. `is_respelled`: a foreign name in Latin
    letters as English spells its sounds; the letters are not those of the source. `is_spelling` False: Chinese
    characters that do not spell foreign names, but words and names of their own. `is_listed`: what English calls a
    name by a table (Польша: Poland, 池田: Ikeda).
    """

    span: Span
    text: str
    script: Script
    key: str
    is_stem: bool = False
    is_respelled: bool = False
    is_spelling: bool = True
    is_listed: bool = False


@dataclass(frozen=True, slots=True)
class FormMatch:
    """The source spelling nearest to an English word; `likeness` 0..1 of the levelled keys and the spellings.

    `is_exact`: the word is a spelling of that source word as it stands.
    """

    form: NameForm
    likeness: float
    is_exact: bool


def script_of(character: str) -> Script | None:
    """The script of a letter, None for what is no letter or of a script without a table."""
    code = ord(character)
    for script, ranges in tables.RANGES.items():
        if any(low <= code <= high for low, high in ranges):
            return script
    return None


def name_forms(source: str, language: str | None, within: Span | None = None) -> tuple[NameForm, ...]:
    """The spellings of every word of the source, in text order.

    Words of scripts with capitals count only if they begin with one. `language` (ISO 639-1) chooses case endings; where
    the script contradicts it, or it is None, what the script allows is taken.
    """
    within = within or Span(0, len(source))
    if _KANA.search(source):
        language = "ja"
    return _name_forms(within.of(source), language, within.start)


@lru_cache(maxsize=4096)
def _name_forms(text: str, language: str | None, offset: int) -> tuple[NameForm, ...]:
    return tuple(
        form for start, end, script in _runs(text) for form in _forms(text, start, end, script, language, offset)
    )


def best_form(word: str, forms: Sequence[NameForm]) -> FormMatch | None:
    """The source spelling that an English word is most like, None without forms."""
    folded = fold(word).replace(" ", "")
    best: FormMatch | None = None
    for form in forms:
        if form.text == folded:
            return FormMatch(form, 1.0, True)
        likeness = form_likeness(folded, form)
        if best is None or likeness > best.likeness:
            best = FormMatch(form, likeness, False)
    return best


def form_likeness(folded: str, form: NameForm) -> float:
    """How well a folded word fits a spelling, 0..1: the Indel ratio of the levelled keys and of the spellings."""
    if form.text == folded:
        return 1.0
    keyed = Indel.normalized_similarity(phonetic_key(folded, form.script), form.key)
    plain = Indel.normalized_similarity(folded, form.text)
    weight = tables.KEY_WEIGHT[form.script]
    return min(0.999, weight * keyed + (1.0 - weight) * plain)


@lru_cache(maxsize=65536)
def phonetic_key(folded: str, script: Script) -> str:
    """The key of a folded word in which what the script cannot tell apart is equal."""
    if script is Script.LATIN:
        return folded
    key = folded if script in tables.RAW else romanised(folded)
    for pattern, level in tables.LEVELS.get(script, ()):
        key = pattern.sub(level, key)
    return key


def _runs(text: str) -> Iterator[tuple[int, int, Script]]:
    """Runs of letters of one script: start, end, script."""
    for match in _LETTERS.finditer(text):
        start = match.start()
        scripts = [script_of(character) for character in match.group()]
        for script, group in itertools.groupby(scripts):
            size = len(list(group))
            if script is not None:
                yield start, start + size, script
            start += size


def _forms(text: str, start: int, end: int, script: Script, language: str | None, offset: int) -> Iterator[NameForm]:
    word = text[start:end]
    if script is Script.HAN:
        yield from _han_forms(word, start + offset, language)
        return
    yield from _listed(word, start + offset, script, language)
    if script is Script.HANGUL and len(word) > 2:  # a family name, a given name, a particle behind them
        cuts = {(0, 1), (1, 3), (0, 2), (0, 3), (0, len(word) - 1), (1, len(word) - 1), (1, len(word))}
        for left, right in sorted(cut for cut in cuts if cut[0] < cut[1] <= len(word)):
            for spelled in _hangul(word[left:right]):
                span = Span(start + offset + left, start + offset + right)
                yield NameForm(span, spelled, script, phonetic_key(spelled, script))
    if script in tables.CASED and not word[:1].isupper():
        return
    if len(word) < 2:
        return
    span = Span(start + offset, end + offset)
    seen: set[str] = set()
    for spelled, is_stem in _spellings(word, script, language):
        if len(spelled) >= 2 and spelled not in seen and len(seen) < _MOST_FORMS:
            seen.add(spelled)
            yield NameForm(span, spelled, script, phonetic_key(spelled, script), is_stem)
    if script is Script.LATIN:
        for spelled, is_stem in _respelled_words(word.lower(), language):
            if spelled not in seen:
                seen.add(spelled)
                yield NameForm(span, spelled, script, phonetic_key(spelled, script), is_stem, is_respelled=True)


def _listed(word: str, start: int, script: Script, language: str | None) -> Iterator[NameForm]:
    """What English calls a name that is listed, in any case that the language has; Cyrillic without a language is
    taken for Russian.
    """
    known = load_listed_names(language or ("ru" if script is Script.CYRILLIC else None))
    if known and (script not in tables.CASED or word[:1].isupper()):
        lower = word.lower()
        names = dict.fromkeys(one for base in (lower, *_stems(lower, script, language)) for one in known.get(base, ()))
        yield from (_listed_form(Span(start, start + len(word)), name, script) for name in names)


def _listed_form(span: Span, name: str, script: Script) -> NameForm:
    return NameForm(span, _plain(name), script, phonetic_key(_plain(name), script), is_listed=True)


def _respelled_words(lower: str, language: str | None) -> Iterator[tuple[str, bool]]:
    for is_stem, base in ((False, lower), *((True, stem) for stem in _stems(lower, Script.LATIN, language))):
        foreign = tables.respelled(base, language)
        if foreign is not None:
            yield from ((one, is_stem) for one in _with_endings(_plain(foreign)))


def _spellings(word: str, script: Script, language: str | None) -> Iterator[tuple[str, bool]]:
    """(spelling, is a stem) of a word in lower-case ASCII."""
    lower = word.lower()
    for is_stem, base in ((False, lower), *((True, stem) for stem in _stems(lower, script, language))):
        if script is Script.LATIN:
            yield fold(base).replace(" ", ""), is_stem
            umlauts = fold(base.translate(tables.UMLAUTS)).replace(" ", "")
            yield umlauts, is_stem
        elif script is Script.CYRILLIC:
            for letters in tables.cyrillic_systems(language):
                yield from ((one, is_stem) for one in _with_endings(_plain(base.translate(letters))))
            if "дж" in base:  # Джуфра: Jufra
                yield _plain(base.replace("дж", "j").translate(tables.cyrillic_systems(language)[0])), is_stem
            if _YE.search(base):  # Екатеринбург: Yekaterinburg beside Ekaterinburg
                yield _plain(_YE.sub("ye", base).translate(tables.cyrillic_systems(language)[0])), is_stem
        elif script is Script.KANA:
            yield _kana(base), is_stem
        elif script is Script.DEVANAGARI:
            yield _devanagari(base), is_stem
        elif script is Script.HANGUL:
            yield from ((one, is_stem) for one in _hangul(base))
        else:
            for system in tables.SYSTEMS.get(script, ({},)):
                replaced = base
                for written, sound in system.items():
                    replaced = replaced.replace(written, sound)
                yield _plain(replaced), is_stem


def _plain(text: str) -> str:
    return fold(text).replace(" ", "")


def _with_endings(spelled: str) -> Iterator[str]:
    """-iy, -yy and -yi are also written -y, -i, -ij (Zelenskiy, Zelensky, Zelenskij)."""
    yield spelled
    match = re.search(r"(?:iy|yy|yi|ij|yj|ii)$", spelled)
    if match:
        yield from (spelled[: match.start()] + ending for ending in ("y", "i", "yy", "iy"))


def _stems(lower: str, script: Script, language: str | None) -> Iterator[str]:
    """The word without case endings, each ending put back to the nominative in the ways that the language knows."""
    for ending, nominatives in tables.endings(script, language):
        if lower.endswith(ending) and len(lower) - len(ending) >= _LEAST_STEM:
            stem = lower[: len(lower) - len(ending)]
            for nominative in nominatives:
                yield stem + nominative
            vowels = tables.FLEETING.get(script, "")
            if "" in nominatives and len(stem) > _LEAST_STEM - 1 and not set(stem[-2:]) & tables.VOWELS:
                yield from (stem[:-1] + vowel + stem[-1] for vowel in vowels)  # Havla: Havel


def _kana(word: str) -> str:
    for written, sound in tables.KANA_PAIRS:
        word = word.replace(written, sound)
    return _plain("".join(_doubled_kana(word)))


def _doubled_kana(word: str) -> Iterator[str]:
    """A small tsu doubles the consonant behind it; a long vowel is written short."""
    is_doubling = False
    for character in word:
        if character in "ッっ":
            is_doubling = True
        elif character != "ー":
            sound = anyascii(character)
            yield sound[:1] + sound if is_doubling and sound[:1].isalpha() else sound
            is_doubling = False


def _devanagari(word: str) -> str:
    """Letters with the vowel that is heard but not written, save at the end of the word."""
    spelled = ""
    for number, character in enumerate(word):
        spelled += anyascii(character)
        behind = word[number + 1 : number + 2]
        if tables.is_devanagari_consonant(character) and behind and not tables.is_devanagari_sign(behind):
            spelled += "a"
    return _plain(spelled)


def _hangul(word: str) -> Iterator[str]:
    spelled = [anyascii(character).lower() for character in word]
    yield "".join(spelled)
    for system in tables.HANGUL_SYSTEMS:
        yield "".join(
            system.get(character, _respelled(sound, system)) for character, sound in zip(word, spelled, strict=True)
        )


def _respelled(sound: str, system: dict[str, str]) -> str:
    for written, other in system.items():
        if written.isascii():
            sound = sound.replace(written, other)
    return sound


def _han_forms(run: str, start: int, language: str | None) -> Iterator[NameForm]:
    """Every stretch of up to seven characters: a Chinese name in pinyin, or a foreign one spelled by its sounds.

    Japanese readings depend on the name, so a Japanese text has those alone that are listed.
    """
    known = load_listed_names(language or "zh")
    # In Japanese 田中 is no name in the middle of others (高井田中).
    for at, size in itertools.product(range(1 if language == "ja" else len(run)), range(2, _MOST_HAN + 1)):
        for name in known.get(run[at : at + size], ()) if at + size <= len(run) else ():
            yield _listed_form(Span(start + at, start + at + size), name, Script.HAN)
    if language == "ja":
        return
    syllables = [_pinyin(character) for character in run]
    for at, character in enumerate(run):
        place = tables.ABBREVIATED_PLACES.get(character)
        if place is not None:
            yield NameForm(Span(start + at, start + at + 1), place, Script.HAN, phonetic_key(place, Script.HAN))
    for at in range(len(run)):
        for size in range(1, min(_MOST_HAN, len(run) - at) + 1):
            readings = syllables[at : at + size]
            spelling = sum(one in tables.SPELLING for one in run[at : at + size]) >= _LEAST_SPELLING * size
            options = itertools.product(*readings) if size <= 2 else [tuple(one[0] for one in readings)]
            for reading in options:
                text = "".join(reading)
                span = Span(start + at, start + at + size)
                yield NameForm(span, text, Script.HAN, phonetic_key(text, Script.HAN), is_spelling=spelling)


@lru_cache(maxsize=8192)
def _pinyin(character: str) -> tuple[str, ...]:
    return tables.POLYPHONES.get(character, (anyascii(character).lower(),))
