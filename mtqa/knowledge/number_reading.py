"""The numbers of a text in any language: digits, words, Chinese characters, months, Roman numerals.

A number has all values that it can mean. It is `firm` if a translation cannot well do without it; the others ("one",
"both", "half", the 19 of COVID-19, 三 in a name) only excuse numbers of the other side.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from mtqa.knowledge.number_characters import read_characters
from mtqa.knowledge.number_context import (
    CENTURY_AFTER,
    CLOCK_AFTER,
    counted_otherwise,
    is_code,
    is_counted_anyway,
    is_in_date,
    is_named,
    on_the_clock,
)
from mtqa.knowledge.number_formats import Digits, load_number_formats, read_digits
from mtqa.knowledge.number_words import NumberWords, WordMeaning, compose, compose_scales_first, load_number_words
from mtqa.schema.document import Span


class Form(StrEnum):
    """How a number is written."""

    DIGITS = "digits"
    WORDS = "words"
    CHARACTERS = "characters"
    MONTH = "month"
    ROMAN = "roman"


@dataclass(frozen=True, slots=True)
class Number:
    """A number of a text; `span` in code points of it, scale words included ("3.5 million"), signs and units not.

    `values` are the readings, `parts` those of a date or a time that is written as one number, `scale` the product of
    its scale words (1 without any), `ordinal` that an English number is one (21st).
    """

    span: Span
    values: frozenset[Decimal]
    form: Form
    firm: bool
    parts: tuple[Decimal, ...] = ()
    scale: Decimal = Decimal(1)
    ordinal: bool = False


@dataclass(frozen=True, slots=True)
class _Atom:
    """A number in digits, or a word with its meaning."""

    span: Span
    word: WordMeaning | None
    digits: Digits | None = None


# Vowel signs of Devanagari are no letters to the re module.
_WORD = re.compile(r"(?:[^\W\d_]|[\u0900-\u0963\u0970-\u097f])+(?:['’ʼ][^\W\d_]+)*")
_HYPHENS = re.compile(r"[^\W\d_]+(?:['’ʼ][^\W\d_]+)*(?:[-‐‑][^\W\d_]+)+")
_GAP = re.compile(r"[\s\u00a0\u2009\u202f]?[-‐‑]?[\s\u00a0\u2009\u202f]?")
_CYRILLIC, _UKRAINIAN = re.compile(r"[\u0400-\u04ff]"), re.compile(r"[іїєґІЇЄҐ]")
_KANA, _HAN, _LATIN = re.compile(r"[\u3041-\u30ff]"), re.compile(r"[\u3400-\u9fff]"), re.compile(r"[A-Za-zÀ-ɏ]")
_CYRILLIC_LANGUAGES = frozenset("ru uk be bg mk sr kk ky".split())
_NOT_LATIN = _CYRILLIC_LANGUAGES | frozenset("zh ja ko ar fa ur he hi bn mr ta te th el ka hy am my km".split())
_ROMAN = re.compile(r"\b(?=[IVXLC])(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})\b")
_ROMAN_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}
_COUNTING = frozenset({"zh", "ja"})
_LETTER_SCALES = {"k": 1000, "m": 10**6, "b": 10**9}
_HALF_BEFORE = re.compile(r"(?<!and a )(?<!and one )\bhalf[\s-]+(?:an?[\s-]+)?$", re.IGNORECASE)
_RANGE = re.compile(
    r"\s*(?:[-‐‑–—―−~〜～,、至到]|(?:to|and|or|bis|und|oder|à|et|ou|a|y|o|e|до|и|или|й|і|чи|або|až|nebo|do|i|lub)\b)?\s*"
)
# Hausa counts "thousand two"; Russian and Ukrainian say "тысяч 100" for about as many.
_SCALES_FIRST = frozenset({"ha", "ru", "uk"})
_NOT_FIRM = frozenset({Decimal(0), Decimal(1)})  # 0 is "none", and the minutes of 5:00; 1 is "a"
_DECADES = re.compile(r"[\s-]decades?\b")
_LEAST_SHARED_SCALE = 1000
_MONTH_SIGNS = frozenset("月월")
_AMBIGUOUS_MONTHS = frozenset("may march mar mai mars mart maj led pro lis sept mai mei mag set".split())
_LEAST_MONTH = 3  # letters
_LEAST_STEM = 4  # letters of a month whose last letter may change
_INFLECTED = {"ru": "еюяьу", "uk": "іюяьу", "cs": "aueiy", "pl": "aueyi"}  # last letters of the cases of months
# Short for months, but other words far more often.
_NO_MONTHS = frozenset("pro led lis set bře".split())
_HALF_WORDS = {
    "en": r"(?:\s+and\s+(?:a|one)[\s-]+half|[\s-]?½|\s1/2)\b",
    "ru": r"\s+с\s+половиной\b",
    "uk": r"\s+з\s+половиною\b",
    "cs": r"\s+a\s+půl\b",
    "pl": r"\s+i\s+pół\b",
    "fr": r"\s+et\s+demie?\b",
    "es": r"\s+y\s+medi[ao]\b",
    "it": r"\s+e\s+mezz[ao]\b",
    "pt": r"\s+e\s+mei[ao]\b",
    "is": r"\s+og\s+hálf\w*\b",
}


def number_language(text: str, declared: str | None) -> str | None:
    """The language whose number words to read: the declared one if its script fits the text, else a guess or None."""
    if _KANA.search(text):
        return "ja"
    if _HAN.search(text):
        return declared if declared in ("zh", "ja") else "zh"
    if len(_CYRILLIC.findall(text)) > len(_LATIN.findall(text)):
        return declared if declared in _CYRILLIC_LANGUAGES else "uk" if _UKRAINIAN.search(text) else "ru"
    if declared in _NOT_LATIN and _LATIN.search(text):
        return None
    return declared


def read_numbers(text: str, language: str | None) -> tuple[Number, ...]:
    """All numbers of a text in text order; none overlaps another of its form."""
    language = number_language(text, language)
    words = load_number_words()
    found: list[Number] = []
    characters = list(read_characters(text)) if _HAN.search(text) else []
    taken = [one.span for one in characters]
    for one in characters:
        form = Form.MONTH if _is_month(text, one.span, one.values) else Form.CHARACTERS
        found.append(Number(one.span, on_the_clock(text, one.span, one.values), form, one.firm))
    atoms = [atom for atom in _atoms(text, language, words) if not any(atom.span.overlaps(span) for span in taken)]
    combined = list(_combined(text, atoms, language))
    halved = [one.span for one in combined if one.scale > 1]  # of 2 1/2 million the 2 million is no number of its own
    combined = [one for one in combined if not any(one.span != span and span.contains(one.span) for span in halved)]
    found += _scaled_before(text, combined, language) if language in _SCALES_FIRST else combined
    found += _months(text, language)
    found += _roman(text)
    found.sort(key=lambda one: (one.span, one.form))
    return tuple(_with_shared_scales(text, found))


def _scaled_before(text: str, numbers: Sequence[Number], language: str) -> Iterator[Number]:
    """A scale that stands alone before a number multiplies it, too; in Hausa any scale does."""
    before: Number | None = None
    for number in numbers:
        is_scaled = (
            before is not None
            and before.scale > 1
            and (language == "ha" or before.values == {before.scale})
            and _GAP.fullmatch(text[before.span.end : number.span.start])
        )
        if before is not None and is_scaled:
            number = replace(number, values=number.values | {value * before.scale for value in number.values})
        yield number
        before = number


def _atoms(text: str, language: str | None, words: NumberWords) -> list[_Atom]:
    atoms = [_Atom(one.span, None, one) for one in read_digits(text, language)]
    whole: list[Span] = []
    if language == "fr":
        for match in _HYPHENS.finditer(text):
            atoms += _hyphenated(match, words, whole)
    for match in _WORD.finditer(text):
        span = Span(*match.span())
        if any(one.overlaps(span) for one in whole):
            continue
        meanings = words.meanings(match.group(), language)
        atoms += [_Atom(span, one) for one in meanings[:1]]
        # The other things that the word may mean excuse a number, too.
        atoms += [_Atom(span, replace(one, role="weak")) for one in meanings[1:] if one.role != "join"]
    return sorted(atoms, key=lambda atom: (atom.span, atom.word is not None and atom.word.role == "weak"))


def _hyphenated(match: re.Match[str], words: NumberWords, whole: list[Span]) -> Iterator[_Atom]:
    """Number words with hyphens in them (quatre-vingt-dix), the longest that stand in the table."""
    parts = match.group().split("-")
    starts = [match.start() + sum(len(part) + 1 for part in parts[:index]) for index in range(len(parts))]
    first = 0
    while first < len(parts):
        for last in range(len(parts), first + 1, -1):
            joined = "-".join(parts[first:last])
            own = [one for one in words.own(joined.lower(), "fr") if one.role == "number"]
            if own:
                whole.append(Span(starts[first], starts[first] + len(joined)))
                yield _Atom(whole[-1], own[0])
                first = last - 1
                break
        first += 1


def _combined(text: str, atoms: Sequence[_Atom], language: str | None) -> Iterator[Number]:
    """Numbers of neighbouring atoms, and every weak word by itself."""
    group: list[_Atom] = []
    held: _Atom | None = None  # a joining word, if a number follows
    for position, atom in enumerate(atoms):
        if atom.word is not None and atom.word.role == "weak":
            yield Number(atom.span, frozenset({atom.word.value}), Form.WORDS, firm=False)
            continue
        if atom.word is not None and atom.word.role == "join":
            held = atom if group and _is_near(text, group[-1], atom) else None
            continue
        if group and _extends(text, group, held, atom, atoms[position + 1 : position + 2], language):
            group.append(atom)
        else:
            yield from _made(text, group, language)
            group = [atom]
        held = None
    yield from _made(text, group, language)


def _extends(
    text: str, group: list[_Atom], held: _Atom | None, atom: _Atom, after: Sequence[_Atom], language: str | None
) -> bool:
    if atom.digits is not None:
        # 3만5천: digits go on behind a scale only where nothing stands between
        is_glued = group[-1].span.end == atom.span.start and language == "ko"
        return is_glued and group[-1].word is not None and group[-1].word.role == "scale"
    if held is not None:
        last = _value_of(group[-1])
        if language == "en" and (last < 100 or any(_is_scale(one) and _is_near(text, atom, one) for one in after)):
            return False  # "between two hundred and three hundred"
        if not _is_near(text, held, atom):
            return False
    elif not _is_near(text, group[-1], atom):
        return False
    if group[0].digits is not None and not _is_scale(atom) and not any(_is_scale(one) for one in group):
        return False  # "2020 five", but "5 thousand five hundred"
    if language == "ha":
        return group[0].digits is None
    return len(compose([_meaning(one) for one in (*group, atom)])) == 1


def _made(text: str, group: Sequence[_Atom], language: str | None) -> Iterator[Number]:
    if not group:
        return
    span = Span(group[0].span.start, group[-1].span.end)
    scale = _product(one.word.value for one in group if one.word is not None and one.word.role == "scale")
    digits = group[0].digits
    if digits is None:
        meanings = [_meaning(one) for one in group]
        values = frozenset(compose_scales_first(meanings) if language == "ha" else compose(meanings))
        is_vague = all(_is_scale(one) for one in group) or max(values) <= 1
        is_firm = not is_vague and not (language == "en" and is_named(text, span))
        number = Number(span, values, Form.WORDS, firm=is_firm, scale=scale)
        if is_vague and language == "en" and _HALF_BEFORE.search(text, 0, span.start):
            number = replace(number, values=frozenset(value / 2 for value in values), firm=True)
    else:
        rest = [_meaning(one) for one in group[1:]]
        values = frozenset(
            compose([WordMeaning("number", value), *rest])[0] if rest else value for value in digits.values
        )
        parts = digits.parts if len(group) == 1 else ()
        if not parts and len(group) == 1 and is_in_date(text, span, values):
            parts = tuple(values)
        is_firm = not values or min(values) not in _NOT_FIRM
        firm = is_firm and not is_code(text, span) and not CENTURY_AFTER.match(text, span.end)
        if language in _COUNTING and len(group) == 1:
            firm = firm and not is_counted_anyway(text, span)
            values |= {value + counted_otherwise(text, span) for value in values if value > 1}
        number = Number(span, values, Form.DIGITS, firm, parts, scale)
        number = _with_letter(text, number)
        if _is_month(text, span, values):
            number = replace(number, form=Form.MONTH)
    number = _with_half(text, number, language)
    if language == "en" and _DECADES.match(text, number.span.end):
        number = replace(number, values=number.values | {value * 10 for value in number.values})
    told = number.values | frozenset(number.parts if CLOCK_AFTER.match(text, span.end) else ())  # 7.45 p.m.
    yield replace(number, values=on_the_clock(text, number.span, told))


def _with_half(text: str, number: Number, language: str | None) -> Number:
    """Two and a half (million): the half belongs to the number, a scale behind it multiplies both; un million et demi:
    it is half of the scale before it.
    """
    half = re.compile(_HALF_WORDS.get(language or "", r"(?!)"), re.IGNORECASE).match(text, number.span.end)
    if half is None:
        return number
    end, factor = half.end(), Decimal(1)
    after = re.compile(r"[\s-]+([^\W\d_]+)").match(text, end)
    scales = load_number_words().meanings(after[1], language) if after else ()
    if after and scales and scales[0].role == "scale":
        end, factor = after.end(), scales[0].value
    values = {(value + Decimal("0.5") * number.scale) * factor for value in number.values}
    values |= number.values if factor == number.scale == 1 else set()
    span, scale = Span(number.span.start, end), number.scale * factor
    return replace(number, span=span, values=frozenset(values), scale=scale, firm=True)


def _with_letter(text: str, number: Number) -> Number:
    """€5m, $3bn, 10k: the letter may multiply and may be a unit."""
    match = re.match(r"([kKmMbB])n?\b", text[number.span.end : number.span.end + 3])
    if match is None:
        return number
    scale = Decimal(_LETTER_SCALES[match[1].lower()])
    is_money = text[: number.span.start].rstrip()[-1:] in "$€£¥" and number.span.start > 0
    scaled = frozenset(value * scale for value in number.values)
    span = Span(number.span.start, number.span.end + match.end()) if is_money else number.span
    values = scaled if is_money else number.values | scaled
    return replace(number, span=span, values=values, scale=scale if is_money else number.scale, firm=True)


def _is_month(text: str, span: Span, values: frozenset[Decimal]) -> bool:
    sign = text[span.end : span.end + 2].lstrip()[:1]
    return sign in _MONTH_SIGNS and sign != "" and max(values, default=13) <= 12


def _months(text: str, language: str | None) -> Iterator[Number]:
    known = load_number_formats().get(language or "")
    if known is None:
        return
    for match in _WORD.finditer(text):
        word = match.group().lower()
        is_name = len(word) >= _LEAST_MONTH and word not in _NO_MONTHS
        month = _month(word, known.months, language) if is_name else None
        if month is None:
            continue
        if language == "en" and not match.group()[0].isupper():
            continue
        is_clear = word not in _AMBIGUOUS_MONTHS and len(word) > _LEAST_MONTH
        near = text[max(0, match.start() - 4) : match.start()] + text[match.end() : match.end() + 4]
        firm = is_clear or any(character.isdecimal() for character in near)
        yield Number(Span(*match.span()), frozenset({Decimal(month)}), Form.MONTH, firm)


def _month(word: str, months: Sequence[Sequence[str]], language: str | None) -> int | None:
    """1..12; Slavic names of months are inflected, so their last letters may differ."""
    for number, forms in enumerate(months, start=1):
        if word in forms:
            return number
    if language in _INFLECTED and word[-1] in _INFLECTED[language]:
        for number, forms in enumerate(months, start=1):
            if any(len(form) >= _LEAST_STEM and word[:-1] == form[:-1] for form in forms):
                return number
    return None


def _roman(text: str) -> Iterator[Number]:
    for match in _ROMAN.finditer(text):
        written = match.group()
        if written in ("", "I", "C", "L"):
            continue
        digits = [_ROMAN_VALUES[letter] for letter in written]
        pairs = zip(digits, [*digits[1:], 0], strict=True)
        value = sum(-one if one < following else one for one, following in pairs)
        yield Number(Span(*match.span()), frozenset({Decimal(value)}), Form.ROMAN, firm=False)


def _with_shared_scales(text: str, numbers: Sequence[Number]) -> Iterator[Number]:
    """In "2 to 3 million" the scale belongs to both numbers, perhaps, and the afternoon in "1 to 2 p.m."."""
    for position, number in enumerate(numbers):
        following = next((one for one in numbers[position + 1 :] if one.span.start >= number.span.end), None)
        is_range = following is not None and _RANGE.fullmatch(text[number.span.end : following.span.start]) is not None
        if following is not None and is_range and following.scale >= _LEAST_SHARED_SCALE and number.scale == 1:
            number = replace(number, values=number.values | {value * following.scale for value in number.values})
        if following is not None and is_range and _is_month(text, following.span, following.values):
            is_joined = bool(text[number.span.end : following.span.start].strip())
            number = replace(number, form=Form.MONTH) if is_joined and number.form is Form.DIGITS else number  # 3至6月
        if following is not None and is_range and CLOCK_AFTER.match(text, following.span.end):
            number = replace(number, values=number.values | {value + 12 for value in number.values if value < 12})
        yield number


def _meaning(atom: _Atom) -> WordMeaning:
    if atom.word is not None:
        return atom.word
    values = atom.digits.values if atom.digits is not None else frozenset()
    return WordMeaning("number", max(values, default=Decimal(0)))


def _value_of(atom: _Atom) -> Decimal:
    return _meaning(atom).value


def _is_scale(atom: _Atom) -> bool:
    return atom.word is not None and atom.word.role == "scale"


def _is_near(text: str, one: _Atom, other: _Atom) -> bool:
    return (
        _GAP.fullmatch(text[one.span.end : other.span.start]) is not None if one.span.end <= other.span.start else False
    )


def _product(values: Iterator[Decimal]) -> Decimal:
    product = Decimal(1)
    for value in values:
        product *= value
    return product
