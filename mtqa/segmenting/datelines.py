"""Datelines, dates, bylines and credits: the conventions of news agencies, as patterns of bounded length."""

from __future__ import annotations

import re

_SEEN = 400  # code points; longer texts are prose
_CREDIT_WORDS = 30
_SOURCE_WORDS = 12

_CAPITAL = "[A-ZÀ-ÞĀ-Ž]"
_NAME = rf"(?:{_CAPITAL}[\w.'’-]*|d[aeiou]s?|del|van|von|der|den|la|le|al|bin|ibn)"
_BYLINE = re.compile(rf"(?:By|BY|by)\s{_NAME}(?:(?:,|\s(?:and|AND|for|in|with|of|at)|\s&)?\s{_NAME}){{0,9}}\Z")
_CREDITED = r"(?:writing|reporting|editing|translat(?:ed|ion)|written|edited|compiled|story|photos?|video)"
_CREDITS = re.compile(rf"\(?(?:additional\s)?{_CREDITED}\sby:?\s(?-i:{_CAPITAL})", re.IGNORECASE)
_SOURCE = re.compile(
    r"\(?(?:Text|Authors?|Photos?|Image|Picture|Credit|Source|Words|Video|Editor)\s?:\s\S|\(?(?:©|\([cC]\)\s)"
)

_MONTH = (
    r"(?:Jan(?:uary|\.)?|Feb(?:ruary|\.)?|Mar(?:ch|\.)?|Apr(?:il|\.)?|May|June?\.?|July?\.?|Aug(?:ust|\.)?"
    r"|Sept?(?:ember)?\.?|Oct(?:ober|\.)?|Nov(?:ember|\.)?|Dec(?:ember|\.)?)"
)
_WEEKDAY = r"(?:(?:Mon|Tues?|Wed(?:nes)?|Thu(?:rs)?|Fri|Sat(?:ur)?|Sun)(?:day|\.)?,?\s)"
_DAY = r"\d{1,2}(?:st|nd|rd|th|\.)?"
_DATE = (
    rf"{_WEEKDAY}?(?:(?:{_DAY}\s{_MONTH}|{_MONTH}\s{_DAY})(?:,?\s\d{{4}})?"
    r"|\d{1,2}[./]\d{1,2}[./]\d{2,4}|\d{4}-\d\d-\d\d)"
)
_TIME = r"(?:,?\s(?:at\s)?\d{1,2}[:.]\d{2}(?:\s?[ap]\.?m\.?)?(?:\s\(?[A-Z]{2,4}\)?)?)"
_PLACE = rf"{_CAPITAL}[\w'’-]+(?:[ /]{_CAPITAL}[\w'’-]+){{0,3}}"
_PLACE_IN_CAPITALS = r"[A-ZÀ-Þ][A-ZÀ-Þ.'’-]{2,}(?:[ /][A-ZÀ-Þ][A-ZÀ-Þ.'’-]+){0,3}"
_REGION = rf"(?:,\s{_CAPITAL}[\w.]+(?:\s{_CAPITAL}[\w.]+)?)?"
_AGENCY = (
    r"\((?:Reuters|AP|AFP|dpa|DPA|Xinhua|TASS|Interfax|Bloomberg|ANSA|EFE|Efe|UPI|PTI|ANI|IANS|Kyodo|Yonhap|PAP|MTI|CTK"
    r"|ČTK|CNN|BBC|RFE/RL|RIA|Ukrinform|Anadolu|AA|APA|KNA|epd|SID|ATS|Belga|ANP|NTB|TT|Ritzau)(?:[ /-]\w+)?\)"
)
_DASH = r"\s?(?:[–—]|--?)\s"
_DATELINE = re.compile(rf"{_PLACE}{_REGION}(?:,?\s{_DATE}(?:\s{_AGENCY})?|\s{_AGENCY}){_DASH}")
_DATELINE_IN_CAPITALS = re.compile(
    rf"(?P<place>{_PLACE_IN_CAPITALS}){_REGION}(?P<more>(?:,\s{_DATE})?(?:\s\([\w./ -]{{2,25}}\))?){_DASH}"
)
_DATE_LINE = re.compile(
    rf"(?:{_PLACE}{_REGION},?\s)??(?i:(?:last\s)?(?:published|updated|posted|issued)(?:\son|:)?\s)?"
    rf"{_DATE}{_TIME}?\Z"
)
# Capitals before a dash that are no place.
_NO_PLACE = re.compile(
    r"(?:NATO|OPEC|UNESCO|UNICEF|ASEAN|OSCE|FIFA|UEFA|NASA|COVID|BREAKING|UPDATED?|EXCLUSIVE|OPINION|ANALYSIS|WATCH|LIVE"
    r"|NOTE|WARNING|VIDEO|PHOTOS?|EXPLAINER)\b"
)
# The only words that a line of credits writes small.
_SMALL_IN_CREDITS = re.compile(
    rf"(?:by|and|in|with|for|at|of|additional|further|{_CREDITED}|bureau|desk|staff|newsroom|d[aeiou]s?|del|van|von|der"
    r"|den|la|le|al|bin|ibn)[:,;.)]*\Z"
)


def find_dateline(text: str) -> int:
    """The length of the dateline a paragraph begins with ("KYIV, Dec 10 (Reuters) –"), its dash included; or 0."""
    head = text[:120]
    found = _DATELINE.match(head)
    if not found and (found := _DATELINE_IN_CAPITALS.match(head)) and not found["more"]:
        rest = text[found.end() : found.end() + 2].lstrip("“\"'‘")
        if _NO_PLACE.match(found["place"]) or not rest[:1].isupper():
            return 0
    return len(found[0].rstrip()) if found and found.end() < len(text) else 0


def is_date(text: str) -> bool:
    """True for a line that is only a date, with or without place and time: "Paris, 9 December 2021"."""
    return len(text) <= _SEEN and bool(_DATE_LINE.match(text))


def is_byline(text: str) -> bool:
    """True for a line that only names authors or sources: "By Jane Doe", "Text: AFP", "Reporting by ..."."""
    if len(text) > _SEEN:
        return False
    named = _SOURCE.match(text) and len(text.split()) <= _SOURCE_WORDS and not text.endswith(".")
    return bool(_BYLINE.match(text) or named) or is_credit(text)


def is_credit(text: str) -> bool:
    """True for "(Reporting by Jane Doe; editing by John Roe)", which agencies put behind the last sentence."""
    words = text.split() if len(text) <= _SEEN else []
    if not 0 < len(words) <= _CREDIT_WORDS or not _CREDITS.match(text):
        return False
    return all(not word[0].islower() or _SMALL_IN_CREDITS.match(word) for word in words)
