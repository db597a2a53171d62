"""Numbers as English writes them: 4.6 million, 140,000, twenty-five, 22nd."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from mtqa.knowledge.number_formats import load_number_formats
from mtqa.knowledge.number_matching import is_year, significant
from mtqa.knowledge.number_reading import Form, Number
from mtqa.schema.document import Span

_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_ORDINAL_WORDS = {
    "one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth", "nine": "ninth",
    "twelve": "twelfth",
}  # fmt: skip
_SCALES = ((10**12, "trillion"), (10**9, "billion"), (10**6, "million"))
_MOST_DIGITS = 4  # significant digits of a number that is written with a scale word
_MOST_WORDS = 100
_GROUPED_FROM = 10_000
_ENDING = re.compile(r"(?:st|nd|rd|th)\b")
_ORDINAL = re.compile(r"(?:first|second|third|th|ieth)$")


def with_ordinal_ending(text: str, numbers: Sequence[Number]) -> Iterator[Number]:
    """The numbers of an English text, the ending of 21st in its span, and marked as ordinal."""
    for number in numbers:
        ending = _ENDING.match(text, number.span.end) if number.form is Form.DIGITS else None
        if ending is not None:
            yield replace(number, span=Span(number.span.start, ending.end()), ordinal=True)
        elif number.form is Form.WORDS and _ORDINAL.search(number.span.of(text).lower()):
            yield replace(number, ordinal=True)
        else:
            yield number


def written_like(written: str, english: Number, source: Number) -> str | None:
    """The number of the source in the manner of `written`, or None if it can mean several numbers."""
    if len(source.values) != 1:
        return None
    (value,) = source.values
    if english.form is Form.MONTH:
        months = load_number_formats()["en"].months[int(value) - 1] if value == int(value) and 1 <= value <= 12 else ()
        return max(months, key=len).capitalize() if months else None
    if english.form is Form.WORDS and value == int(value) and 0 < value < _MOST_WORDS:
        words = in_words(int(value), ordinal=english.ordinal)
        return words.capitalize() if written[:1].isupper() else words
    text = in_digits(value, grouped="," in written)
    return text + ordinal_ending(int(value)) if english.ordinal and value == int(value) else text


def in_digits(value: Decimal, *, grouped: bool = False) -> str:
    """Digits with commas from 10,000 on (`grouped`: from 1,000 on, years too), round millions with their name."""
    for scale, name in _SCALES:
        if value >= scale and len(significant(value)) <= _MOST_DIGITS:
            return f"{_plain(value / scale)} {name}"
    if value >= _GROUPED_FROM or (value >= 1000 and (grouped or not is_year(value))):
        return f"{value.normalize():,f}"
    return _plain(value)


def in_words(value: int, *, ordinal: bool = False) -> str:
    """0..99 as a word, 25: twenty-five, with `ordinal`: twenty-fifth."""
    tens, ones = divmod(value, 10)
    parts = [_ONES[value]] if value < len(_ONES) else [_TENS[tens - 2], *([_ONES[ones]] if ones else [])]
    if ordinal:
        last = parts[-1]
        parts[-1] = _ORDINAL_WORDS.get(
            last, last[:-1] + "ieth" if last.endswith("y") else f"{last.removesuffix('t')}th"
        )
    return "-".join(parts)


def ordinal_ending(value: int) -> str:
    """The st, nd, rd or th behind a number in digits."""
    if value % 100 in (11, 12, 13):
        return "th"
    return {1: "st", 2: "nd", 3: "rd"}.get(value % 10, "th")


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"
