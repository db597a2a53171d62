"""Digits of all scripts with the decimal and grouping marks of a language, and the names of its months.

The marks and months of `tables/number_formats.tsv` are those of CLDR. A mark that can be either ("1.234" where the
language is not known) gives two readings.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from importlib.resources import files

from mtqa.errors import KnowledgeError
from mtqa.schema.document import Span

_SPACES = " \u00a0\u2009\u202f"
# Marks stand between digits. A space groups only before exactly three digits ("1 000 000").
_DIGITS = re.compile(
    rf"\d+(?:[.,'’·・\u066b\u066c\uff0c\uff0e]\d+)*(?:(?<!\d\d\d\d)[{_SPACES}]\d{{3}}(?!\d))*(?:[.,\u066b]\d+)?"
)
_MARKS = str.maketrans({"\u066b": ",", "\u066c": "'", "\uff0c": ",", "\uff0e": ".", "·": ".", "・": ".", "’": "'"})
_LAST_WORD = re.compile(rf"([^\W\d_]+)\.?[{_SPACES}]$")
_GROUP = 3
_MOST_PART = 4  # digits of a part of a date or a version
_MOST_DAYS, _MOST_MONTHS, _MINUTES = 31, 12, 60  # 10.12. may be a day, 18.30 a time
_LONGEST = 40  # digits; longer runs are no quantities


@dataclass(frozen=True, slots=True)
class NumberFormat:
    """Marks of a language (ISO 639-1) and its twelve months in lower case, empty where they are numbers."""

    language: str
    decimal: str
    group: str
    months: tuple[tuple[str, ...], ...]

    @property
    def has_decimal_comma(self) -> bool:
        """True where 1,5 is one and a half."""
        return self.decimal in ",\u066b"


@dataclass(frozen=True, slots=True)
class Digits:
    """A number in digits: what it can mean, and its `parts` if it is a date, a time or a version ("10.12.2021")."""

    span: Span
    values: frozenset[Decimal]
    parts: tuple[Decimal, ...]


@lru_cache(maxsize=1)
def load_number_formats() -> dict[str, NumberFormat]:
    """The shipped table, by language."""
    with files("mtqa.knowledge").joinpath("tables/number_formats.tsv").open(encoding="utf-8") as lines:
        return read_number_formats(lines)


def read_number_formats(lines: Iterable[str], path: str = "number_formats.tsv") -> dict[str, NumberFormat]:
    """Read a table. KnowledgeError names the line of a row that cannot be used."""
    found = {}
    for number, line in enumerate(lines, start=1):
        if number == 1 or not line.strip():
            continue
        cells = line.rstrip("\n").split("\t")
        months = tuple(tuple(filter(None, month.split("/"))) for month in cells[3].split("|")) if len(cells) > 3 else ()
        if len(cells) != 6 or len(months) != 12 or not cells[1]:
            raise KnowledgeError("six columns and twelve months are needed", path=path, line=number)
        found[cells[0]] = NumberFormat(cells[0], cells[1], cells[2], months)
    return found


def read_digits(text: str, language: str | None) -> Iterator[Digits]:
    """Every number in digits, in text order; spans in code points of `text`."""
    known = load_number_formats().get(language) if language else None
    for match in _DIGITS.finditer(text):
        start = match.start()
        is_day = known is not None and _follows_month(text[:start], known)
        for piece in _pieces(match.group(), is_day=is_day):
            end = start + len(piece)
            written = ascii_digits(piece)
            if written and len(written) <= _LONGEST:
                values, parts = _values(written, None if known is None else known.has_decimal_comma)
                yield Digits(Span(start, end), values, parts)
            start = end


def ascii_digits(text: str) -> str:
    """Digits of any script as 0-9 and marks as ASCII; spaces are left out."""
    digits = (str(unicodedata.decimal(one)) if one.isdecimal() else one for one in text)
    return "".join(digits).translate(_MARKS).translate({ord(space): None for space in _SPACES})


def _follows_month(before: str, known: NumberFormat) -> bool:
    """True if the text before a number ends in a month: the number begins with its day ("on April 3 410 bodies")."""
    word = _LAST_WORD.search(before[-_LONGEST:])
    return word is not None and any(word.group(1).lower() in forms for forms in known.months)


def _pieces(text: str, *, is_day: bool) -> Iterator[str]:
    """A match taken apart where a space cannot group: behind a decimal mark, a first group of four digits, a day."""
    groups = re.split(rf"(?=[{_SPACES}])", text)
    is_day = is_day and len(groups) == 2 and groups[0].isdecimal() and int(groups[0]) <= _MOST_DAYS
    if len(groups) > 1 and (is_day or not groups[0].isdecimal()):
        for group in groups:
            bare = group.lstrip(_SPACES)
            if len(group) > len(bare):
                yield group[: len(group) - len(bare)]
            yield bare
    else:
        yield text


def _values(written: str, decimal_comma: bool | None) -> tuple[frozenset[Decimal], tuple[Decimal, ...]]:
    """What digits with marks can mean, and their parts if they are a date or a version."""
    groups = re.split(r"[.,']", written)
    marks = re.findall(r"[.,']", written)
    if not marks:
        return frozenset({Decimal(written)}), ()
    values: set[Decimal] = set()
    whole = Decimal("".join(groups))
    grouped = len(groups[0]) <= _GROUP and groups[0] != "0" and all(len(group) == _GROUP for group in groups[1:])
    if len(marks) == 1:
        fraction = Decimal(f"{groups[0]}.{groups[1]}")
        says_decimal = decimal_comma is None or (marks[0] == ",") is decimal_comma
        if grouped:
            values |= {whole} if decimal_comma is None or not says_decimal else set()
            values |= {fraction} if says_decimal and marks[0] != "'" else set()
        elif marks[0] != "'":
            values.add(fraction)
    elif len(set(marks)) == 1:
        # Indian grouping: 12,34,567
        indian = len(groups[-1]) == _GROUP and len(groups[0]) <= 2 and all(len(group) == 2 for group in groups[1:-1])
        values |= {whole} if grouped or indian else set()
    elif len(set(marks[:-1])) == 1 and marks[-1] != "'":
        values.add(Decimal(f"{''.join(groups[:-1])}.{groups[-1]}"))
    if marks == [","] and decimal_comma is False and len(groups[1]) > _GROUP:
        values.clear()  # 6666，8888: neither grouped nor a fraction
    listed = marks == [","] and max(map(len, groups)) == 1  # (3,5): two ages
    timed = marks == ["."] and 0 < int(groups[0]) <= _MOST_DAYS and len(groups[1]) == 2 and int(groups[1]) < _MINUTES
    timed = timed or (marks == ["."] and bool(decimal_comma) and _is_day(*groups))
    dated = len(marks) > 1 and set(marks) == {"."} and max(map(len, groups)) <= _MOST_PART and not grouped
    parts = tuple(map(Decimal, groups)) if listed or timed or dated or not values else ()
    return frozenset(values), parts


def _is_day(day: str, month: str) -> bool:
    """True for 16.3 and 4.2022, which are a day and a month where fractions have a comma."""
    if len(month) == _MOST_PART:
        return 0 < int(day) <= _MOST_MONTHS
    return 0 < int(day) <= _MOST_DAYS and len(month) <= 2 and 0 < int(month) <= _MOST_MONTHS
