"""What stands around a number: codes and addresses, dates in digits, the clock."""

from __future__ import annotations

import re
from decimal import Decimal

from mtqa.schema.document import Span

# Letters before digits make a code ("G20", "COVID-19"), except signs of money and "No".
_CODE_BEFORE = re.compile(r"(?!(?:RMB|USD|EUR|CNY|GBP|JPY|HK|US|No)[-‐‑]?$)(?<!\w)[A-Za-zÀ-ɏ\u0370-\u04ff]+[-‐‑–]?$")
_CODE_AFTER = re.compile(r"[-‐‑]?(?:[A-Z]\b|d\b|[A-Z]\d|(?!h\d)[a-z]+\d)")
_ALWAYS = re.compile(r"\b24\s?/\s?7\b|[0０]\s?[时時]?[-–—―至]+\s?(?:24|２４)\s?[时時]")  # around the clock, all day
# What Chinese and Japanese count as well and English does not: "these (three) schools", "Yale and (two) others".
_COUNTED_BEFORE = re.compile(r"(?:[这這此]|この|その|上述|以上|等|など|ら)$")
_EVERY_AFTER = re.compile(r"\w{0,2}おき")  # 2台おき: every third
_OTHERS_BEFORE = re.compile(r"(?:等|など|ら)$")
_COUNTED_AFTER = re.compile(r"代|人暮らし")
_NAMED_BEFORE, _NAMED_AFTER = re.compile(r"\w[-‐‑]$"), re.compile(r"[-‐‑][A-Z]")
# What stands beside a number in a date that is written in digits, as 03/16 and 2021-3-31.
_DATE_BESIDE = re.compile(r"(?<=\d)[/.-]$"), re.compile(r"[/.-](?=\d)")
_MOST_MONTHS = 12
CENTURY_AFTER = re.compile(r"世[纪紀][\d〇零一二三四五六七八九]")  # 20世纪60年代 is the 1960s
_ADDRESS = re.compile(r"\S*(?:https?:|www\.|@|#|\.com|\.org|\.ru|\.net)\S*")
CLOCK_AFTER = re.compile(
    r"(?:[:.]\d\d)?\s*(?:[ap]\.?\s?m\b|o[’']clock|in the (?:morning|afternoon|evening)|at night)", re.IGNORECASE
)
_WORLD_TIME, _MINUTES = re.compile(r"\s?(?:GMT|UTC|hrs|hours)\b"), 60  # 1200 GMT
_CLOCK_BEFORE = re.compile(r"(?:下午|晚上|午後|夜|傍晚|晚|中午)$")


def is_in_date(text: str, span: Span, values: frozenset[Decimal]) -> bool:
    """True for a number that may be the month of a date in digits."""
    before, after = _DATE_BESIDE
    is_beside = before.search(text, 0, span.start) or after.match(text, span.end)
    return bool(is_beside) and max(values, default=Decimal(0)) <= _MOST_MONTHS and bool(values)


def on_the_clock(text: str, span: Span, values: frozenset[Decimal]) -> frozenset[Decimal]:
    """With the other hour of the day, where a.m., p.m. or the like stands near."""
    if _WORLD_TIME.match(text, span.end):
        return values | {value // 100 for value in values if value >= 100 and value % 100 < _MINUTES}
    if not (CLOCK_AFTER.match(text, span.end) or _CLOCK_BEFORE.search(text[max(0, span.start - 2) : span.start])):
        return values
    return values | {value + 12 for value in values if value <= 12} | {Decimal(0) for value in values if value == 12}


def is_code(text: str, span: Span) -> bool:
    """True for digits that are part of a name, a code or an address, and for 24/7."""
    before = text[max(0, span.start - 12) : span.start]
    if _CODE_BEFORE.search(before) or any(Span(*one.span()).contains(span) for one in _ALWAYS.finditer(text)):
        return True
    letter = _CODE_AFTER.match(text, span.end)
    if letter and letter.group() not in {"M", "K", "B"}:
        return True
    start = max(text.rfind(" ", 0, span.start), text.rfind("\n", 0, span.start)) + 1
    return _ADDRESS.match(text, start, min(len(text), span.end + 60)) is not None


def is_counted_anyway(text: str, span: Span) -> bool:
    """True for a number that a translation into English may leave out: 这3所, 等8个, 10代."""
    return _COUNTED_BEFORE.search(text, 0, span.start) is not None or _COUNTED_AFTER.match(text, span.end) is not None


def counted_otherwise(text: str, span: Span) -> int:
    """What English adds to a number of Chinese or Japanese, mostly 0.

    -1 for 耶鲁等3所 (Yale and two others), 1 for 2台おき (every third).
    """
    if _EVERY_AFTER.match(text, span.end):
        return 1
    return -1 if _OTHERS_BEFORE.search(text, 0, span.start) else 0


def is_named(text: str, span: Span) -> bool:
    """True for an English number word that is tied to another one as in a name: Seven-Eleven."""
    if not text[span.start].isupper():
        return False
    before, after = _NAMED_BEFORE.search(text, 0, span.start), _NAMED_AFTER.match(text, span.end)
    return before is not None or after is not None
