"""Numbers in Chinese characters, alone or after digits: 三十五, 二〇二一, 3.5万, 1億2000万, 1.2万亿."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from mtqa.knowledge.number_formats import ascii_digits
from mtqa.schema.document import Span

_ONES = {character: value for value, characters in enumerate(
    ("〇零○", "一壹", "二贰两兩", "三叁", "四", "五", "六", "七", "八", "九")
) for character in characters}  # fmt: skip
_SMALL = {"十": 10, "百": 100, "千": 1000}
_LARGE = {"万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8, "兆": 10**12}
_CHARACTERS = "".join((*_ONES, *_SMALL, *_LARGE))
_DIGITS = r"\d+(?:[,，]\d{3}(?!\d))*(?:[.．・]\d+)?"
_ONE = "".join(_ONES)
# 千米 is a kilometre, 兆瓦 a megawatt.
_UNIT = rf"(?:(?!千[瓦克米赫卡焦帕]|兆[瓦赫焦帕比]|百分之)[{''.join(_SMALL)}{''.join(_LARGE)}])"
# 700多万 is some seven million, 820 万 has a space; Arabic and Chinese digits do not mix in one place (７三振).
_LARGES = "".join(_LARGE)
_BEFORE_UNIT = rf"(?:{_DIGITS}(?:[ \u00a0](?=[{_LARGES}]))?|[{_ONE}]{{1,2}})?(?:[多余餘来來](?=[{_LARGES}]))?"
_NUMERAL = re.compile(
    rf"(?:{_BEFORE_UNIT}{_UNIT}+)+(?:{_DIGITS}|[〇零]?[{_ONE}])?"
    rf"|[{_ONE}]+|{_DIGITS}"
)
_TOKEN = re.compile(rf"{_DIGITS}|[{_CHARACTERS}]")
_VAGUE_BEFORE = frozenset("数數几幾上成")
_VAGUE_AFTER = frozenset("几幾数數")
# Years of Japanese eras: the year before the first one.
_ERAS = {"明治": 1867, "大正": 1911, "昭和": 1925, "平成": 1988, "令和": 2018}
_TENTHS = frozenset("割成")  # 3割, 八成: so many tenths
_IDIOMS = frozenset({"万一"})  # in case
_COINS = frozenset("毛角")  # tenths of a yuan, which English counts in cents
_RATE = re.compile(r"(\d)割(?:(\d)分)?(?:(\d)厘)?")  # １割８分２厘: .182
_RATES = re.compile(r"(\d)割(\d)[~～〜-](\d)分")  # ２割４～５分: .24 to .25
_HALF = re.compile("半")


@dataclass(frozen=True, slots=True)
class CharacterNumber:
    """`values` are what it can mean; it is `firm` if it is a number for sure (三 may be part of a name)."""

    span: Span
    values: frozenset[Decimal]
    firm: bool


def read_characters(text: str) -> Iterator[CharacterNumber]:
    """Every number with a Chinese character in it, and digits before 割, 成 and after an era; in text order."""
    yield from _rates_and_halves(text)
    for match in _NUMERAL.finditer(text):
        written = match.group()
        before, after = text[max(0, match.start() - 2) : match.start()], text[match.end() : match.end() + 1]
        if written in _IDIOMS:
            continue
        tokens = _TOKEN.findall(written)
        value = _value(tokens)
        is_plain = all(token[0].isdecimal() for token in tokens)
        values = {value}
        if after in _TENTHS and after:
            values.add(value * 10)
        if after in _COINS and after:
            values.add(value * 10)
        if before in _ERAS:
            values.add(value + _ERAS[before])
        if is_plain and len(values) == 1:
            continue
        vague = before[-1:] in _VAGUE_BEFORE or (after and after in _VAGUE_AFTER)
        has_digit = any(token[0].isdecimal() for token in tokens)
        scaled = any(token in _SMALL or token in _LARGE for token in tokens)
        counted = sum(token in _ONES for token in tokens)
        year = counted == len(tokens) == 4 and after == "年"
        firm = not vague and (has_digit or year or (scaled and counted > 0 and len(tokens) > 1))
        if not has_digit and all(token in _ONES for token in tokens[:2]) and _are_alternatives(tokens):
            rest = _value(tokens[2:]) if len(tokens) > 2 else Decimal(1)
            values |= {_ONES[token] * rest for token in tokens[:2]}  # 五六百米: five or six hundred
            firm = year
        elif _are_listed(tokens):
            values, firm = {Decimal(_ONES[token]) for token in tokens}, False  # 三四五六年级: the third to sixth
        if after == "代" or (after and after in "割分厘"):
            firm = False
        yield CharacterNumber(Span(*match.span()), frozenset(values), bool(firm))


def _are_alternatives(tokens: list[str]) -> bool:
    """True for 五六 and 五六百: two digits in a row, alone or before a unit."""
    return len(tokens) == 2 or (len(tokens) > 2 and tokens[2] not in _ONES)


def _are_listed(tokens: list[str]) -> bool:
    """True for three digits or more that count on: 一二三."""
    values = [_ONES.get(token) for token in tokens]
    return len(values) > 2 and None not in values and values == list(range(_ONES[tokens[0]], _ONES[tokens[-1]] + 1))


def _rates_and_halves(text: str) -> Iterator[CharacterNumber]:
    for match in _RATES.finditer(text):
        tenths, *hundredths = (Decimal(ascii_digits(digit)) for digit in match.groups())
        percents = [tenths * 10 + one for one in hundredths]
        values = frozenset({*percents, *(one / 100 for one in percents)})
        yield CharacterNumber(Span(*match.span()), values, firm=False)
    for match in _RATE.finditer(text):
        rate = Decimal("".join(ascii_digits(digit or "0") for digit in match.groups()))
        values = frozenset({rate, rate / 10, rate / 1000, rate / 100})
        yield CharacterNumber(Span(*match.span()), values, firm=False)
    for match in _HALF.finditer(text):
        # half of it, half past, half a year, fifty per cent
        values = frozenset(map(Decimal, ("0.5", "30", "6", "50")))
        yield CharacterNumber(Span(*match.span()), values, firm=False)


def _value(tokens: list[str]) -> Decimal:
    """Chinese numerals: 十百千 multiply the digit before them, 万億兆 the section before them."""
    if len(tokens) > 1 and all(token in _ONES or token.isdecimal() for token in tokens):
        return Decimal("".join(str(_ONES.get(token, token)) for token in tokens))
    total, section, digit = Decimal(0), Decimal(0), None
    is_after_large = False
    for token in tokens:
        if token in _LARGE:
            section += digit or 0
            if is_after_large and not section:
                total *= _LARGE[token]  # 万亿
            else:
                total += (section or Decimal(1)) * _LARGE[token]
            section, digit, is_after_large = Decimal(0), None, True
            continue
        if token in _SMALL:
            section += (Decimal(1) if digit is None else digit) * _SMALL[token]
            digit = None
        else:
            own = Decimal(_ONES[token]) if token in _ONES else Decimal(ascii_digits(token).replace(",", ""))
            digit = own if digit is None else digit * 10 + own
        is_after_large = False
    return total + section + (digit or 0)
