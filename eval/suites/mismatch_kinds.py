"""Corruption kinds of the `mismatch` suite that concern numbers and punctuation: table KINDS, kind -> function.

A function takes (source, target, language, knowledge, random source) and gives the corrupted target, or None where the
pair has nothing to corrupt in this way. Those of this file look at the target alone.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from mtqa import Span
from mtqa.knowledge import Knowledge


@dataclass(frozen=True, slots=True)
class Corrupted:
    """A corrupted text; `span` what a detector should mark, in code points of `text`, None where it may mark any
    place (something was left out); `right` what stood there.
    """

    text: str
    span: Span | None
    right: str = ""


Corruption = Callable[[str, str, str, Knowledge, random.Random], Corrupted | None]

# A number by itself: no part of a name (G20), of a clock (5:00), of an address or of an ordinal.
_NUMBER = re.compile(r"(?<![\w:.,/-])\d+(?:,\d{3})*(?:\.\d+)?(?![\w:/]|[.,-]\d|-\D\d)")
_DECIMAL = re.compile(r"(?<![\w:.,/-])(\d+)\.(\d+)(?![\w:/]|[.,]\d)")
_ROUND = re.compile(r"(?<![\w:.,/-])(?!(?:19|20)\d\d\b)(?:\d{1,3}(?:,\d{3})+|\d{2,})(?![\w:/]|[.,]\d)")
_SCALE = re.compile(r"\b(thousand|million|billion|trillion)\b(?! of)")
_SCALES = ("thousand", "million", "billion", "trillion")
_WORD = re.compile(
    r"\b(two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen"
    r"|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)\b(?![-‐])",
    re.IGNORECASE,
)
_SMALL_WORDS = "two three four five six seven eight nine ten eleven twelve".split()
_TEENS = "thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_BRACKETS = re.compile(r"\(([^()]{3,})\)")
_QUOTATION = re.compile(r"[“\"]([^“”\"]{3,})[”\"]")


def change_digit(text: str, source: random.Random) -> Corrupted | None:
    """347 -> 317: one digit becomes another; a leading digit no zero."""
    match = _choose(_NUMBER, text, source)
    if match is None:
        return None
    places = [place for place in range(match.start(), match.end()) if text[place].isdigit()]
    place = source.choice(places)
    digits = "123456789" if place == match.start() else "0123456789"
    new = source.choice([digit for digit in digits if digit != text[place]])
    return Corrupted(text[:place] + new + text[place + 1 :], Span(*match.span()))


def change_magnitude(text: str, source: random.Random) -> Corrupted | None:
    """3.5 million -> 3.5 billion."""
    match = _choose(_SCALE, text, source)
    if match is None:
        return None
    new = source.choice([scale for scale in _SCALES if scale != match[1]])
    return _replaced(text, match.start(), match.end(), new)


def move_decimal(text: str, source: random.Random) -> Corrupted | None:
    """3.5 -> 35 or 0.35; 140,000 -> 14,000 or 1,400,000."""
    match = _choose(_DECIMAL, text, source) or _choose(_ROUND, text, source)
    if match is None:
        return None
    if match.re is _DECIMAL:
        whole, fraction = match[1], match[2]
        options = [f"{int(whole + fraction[0])}" + (f".{fraction[1:]}" if fraction[1:] else "")]
        options += [f"{whole[:-1] or '0'}.{whole[-1]}{fraction}"]
    else:
        value = int(match.group().replace(",", ""))
        options = [f"{value * 10:,}", *([f"{value // 10:,}"] if value % 10 == 0 else [])]
    return _replaced(text, match.start(), match.end(), source.choice(options))


def drop_number(text: str, source: random.Random) -> Corrupted | None:
    """The number and the space behind it are left out."""
    match = _choose(_NUMBER, text, source)
    if match is None:
        return None
    end = match.end() + (text[match.end() : match.end() + 1] in (" ", "-", "%"))
    return Corrupted(text[: match.start()] + text[end:], None)


def exchange_word(text: str, source: random.Random) -> Corrupted | None:
    """Five -> seven: a number word becomes another of its kind."""
    match = _choose(_WORD, text, source)
    if match is None:
        return None
    word = match[1].lower()
    (own,) = (words for words in (_SMALL_WORDS, _TEENS, _TENS) if word in words)
    new = source.choice([other for other in own if other != word])
    return _replaced(text, match.start(), match.end(), new.capitalize() if match[1][0].isupper() else new)


def state_question(text: str, source: random.Random) -> Corrupted | None:  # noqa: ARG001
    """A question becomes a statement."""
    place = text.rstrip("”\"' ").rfind("?")
    if place < 0 or place < len(text.rstrip("”\"' ")) - 1:
        return None
    return Corrupted(text[:place] + "." + text[place + 1 :], Span(place, place + 1))


def drop_final_mark(text: str, source: random.Random) -> Corrupted | None:  # noqa: ARG001
    """The last full stop, question or exclamation mark is left out."""
    return Corrupted(text[:-1], None) if len(text) > 20 and text[-1] in ".?!" and text[-3:] != "..." else None


def drop_brackets(text: str, source: random.Random) -> Corrupted | None:
    """Both brackets are left out, what they held stays."""
    return _unwrapped(_choose(_BRACKETS, text, source), text)


def drop_quotes(text: str, source: random.Random) -> Corrupted | None:
    """Both quotation marks are left out, what they held stays."""
    return _unwrapped(_choose(_QUOTATION, text, source), text)


def _unwrapped(match: re.Match[str] | None, text: str) -> Corrupted | None:
    return None if match is None else Corrupted(text[: match.start()] + match[1] + text[match.end() :], None)


def _choose(pattern: re.Pattern[str], text: str, source: random.Random) -> re.Match[str] | None:
    matches = list(pattern.finditer(text))
    return source.choice(matches) if matches else None


def _replaced(text: str, start: int, end: int, new: str) -> Corrupted:
    return Corrupted(text[:start] + new + text[end:], Span(start, start + len(new)))


def _of_target(corrupt: Callable[[str, random.Random], Corrupted | None]) -> Corruption:
    """A kind that looks at the target alone, in the shape of all kinds."""

    def corrupted(
        source: str,  # noqa: ARG001
        target: str,
        language: str,  # noqa: ARG001
        knowledge: Knowledge,  # noqa: ARG001
        chance: random.Random,
    ) -> Corrupted | None:
        return corrupt(target, chance)

    return corrupted


KINDS: Mapping[str, Corruption] = MappingProxyType(
    {
        "digit-changed": _of_target(change_digit),
        "magnitude-changed": _of_target(change_magnitude),
        "decimal-moved": _of_target(move_decimal),
        "number-dropped": _of_target(drop_number),
        "number-word-exchanged": _of_target(exchange_word),
        "question-stated": _of_target(state_question),
        "final-mark-dropped": _of_target(drop_final_mark),
        "brackets-dropped": _of_target(drop_brackets),
        "quotation-marks-dropped": _of_target(drop_quotes),
    }
)
RULES: Mapping[str, str] = MappingProxyType(
    dict.fromkeys(
        ("digit-changed", "magnitude-changed", "decimal-moved", "number-dropped", "number-word-exchanged"),
        "number-mismatch",
    )
    | dict.fromkeys(
        ("question-stated", "final-mark-dropped", "brackets-dropped", "quotation-marks-dropped"), "punctuation-loss"
    )
)
