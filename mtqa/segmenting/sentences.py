"""Where the sentences of one paragraph begin and end.

The boundaries of sentencex (Wikimedia, rules for some 300 languages) are the base. Small general rules correct what it
gets wrong in news: abbreviations, initials, ordinals, quotations with several sentences, quoted questions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from sentencex import get_sentence_boundaries

from mtqa.schema.document import Span
from mtqa.segmenting.abbreviations import (
    BEFORE_NUMBER,
    MAY_BE_LAST,
    MONTHS,
    NAMES_WITH_MARK,
    NEVER_LAST,
    REPORTING,
    STARTERS,
)

LONGEST_SENTENCE = 2_000  # code points; later stages stay bounded whatever the input
_WINDOW = 5_000  # code points per call: sentencex needs quadratic time on some inputs (unpaired quotes)
_LOOK_BACK = 600  # code points searched for an open bracket or quote
_TOKEN = 40  # code points; longer tokens are no abbreviations
_QUOTED_WORDS = 4  # a quoted sentence this short stays with the next: “No. Never,” he said

_STOPS = ".!?…"
_CLOSERS = "\"'”’»)]›"
_OPENERS = "\"'“‘«([‹¿¡–—- "
# Possessive, and only at the head of a run of stops: linear on a million full stops.
_CANDIDATE = re.compile(
    rf"(?<![{_STOPS}])[{_STOPS}]++[{re.escape(_CLOSERS)}]*+(?:\[\d{{1,3}}\])*+(?:\s[”»)](?=\s))*+\s++"
)
_REFERENCE = re.compile(r"(?:\[\d{1,3}\])+\Z")
_TOKEN_BEFORE = re.compile(r"[^\s\"“”‘«(\[–—/]*\Z")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_DOTTED = re.compile(r"(?:[^\W\d_]{1,3}\.)+[^\W\d_]{1,3}\Z")
_INITIAL_BEFORE = re.compile(r"\b[^\W\d_]\.\s*I\.\Z")
_LETTER = re.compile(r"[^\W_]")
_ROMAN = re.compile(r"[IVXLC]{2,}\b|[VXLC]\b")  # not I: "No. I will stay."
_ATTRIBUTION = re.compile(
    r"(?!(?:He|She|They|It|We)\s)(?:[^\W\d_][\w.'’-]*\s+){1,4}?(?:" + "|".join(sorted(REPORTING)) + r")\b"
)
# Characters that are not spaces to str.isspace but must not reach the splitter: other controls, lone surrogates.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_EDGE = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u200b\u2060\ufeff\u200e\u200f\u00ad]")
_JOINING = re.compile(r"[\u0300-\u036f\u200d\ufe00-\ufe0f\U0001f3fb-\U0001f3ff]")


def clean(text: str) -> str:
    """The same text, code point for code point, with control characters and line ends as spaces."""
    return _SURROGATE.sub("\ufffd", _CONTROL.sub(" ", text))


def trim(text: str, start: int, end: int) -> Span | None:
    """The span without white space, control and zero-width characters at its edges; None if nothing is left."""
    while start < end and _EDGE.match(text, start):
        start += 1
    while end > start and _EDGE.match(text, end - 1):
        end -= 1
    return Span(start, end) if start < end else None


def split_sentences(text: str, language: str = "en") -> list[Span]:
    """The sentences of a paragraph, trimmed, in order, none longer than LONGEST_SENTENCE.

    Every character but white space, controls and zero-width characters lies in one of them.
    """
    cleaned = clean(text)
    cuts = _join_wordless(cleaned, [0, *_boundaries(cleaned, language), len(cleaned)])
    spans = (trim(text, start, end) for start, end in pairwise(cuts))
    return [piece for span in spans if span for piece in split_long(text, span)]


def split_long(text: str, span: Span) -> Iterator[Span]:
    """The span itself, or pieces of at most LONGEST_SENTENCE, cut at white space where there is any."""
    start = span.start
    while span.end - start > LONGEST_SENTENCE:
        cut = start + LONGEST_SENTENCE
        while cut > start + LONGEST_SENTENCE // 2 and not text[cut].isspace():
            cut -= 1
        if not text[cut].isspace():
            cut = start + LONGEST_SENTENCE
            while cut > start + LONGEST_SENTENCE - 50 and _JOINING.match(text, cut):  # keep marks with their base
                cut -= 1
        if piece := trim(text, start, cut):
            yield piece
        start = cut
    if piece := trim(text, start, span.end):
        yield piece


def _join_wordless(text: str, cuts: list[int]) -> list[int]:
    """The cuts without those that leave a stray quote, full stop or smiley alone: it goes with the sentence before."""
    kept = [0]
    for cut, following in pairwise(cuts[1:]):
        if _LETTER.search(text, cut, following) and _LETTER.search(text, kept[-1], cut):
            kept.append(cut)
    return [*kept, cuts[-1]]


def _boundaries(text: str, language: str) -> list[int]:
    """Offsets where a new sentence begins, 0 excluded."""
    trusted = set(_sentencex_boundaries(text, language))
    found = {match.end() for match in _CANDIDATE.finditer(text)}
    accepted: list[int] = []
    last = 0
    for offset in sorted(trusted | found):
        if 0 < offset < len(text) and _is_boundary(text, last, offset, trusted=offset in trusted):
            accepted.append(offset)
            last = offset
    return accepted


def _sentencex_boundaries(text: str, language: str) -> Iterator[int]:
    start = 0
    while start < len(text):
        window = text[start : start + _WINDOW]
        ends: list[int] = [int(found["end_index"]) for found in get_sentence_boundaries(language, window)]
        if start + _WINDOW >= len(text):
            yield from (start + end for end in ends)
            return
        inner = [end for end in ends if 0 < end < len(window)]
        yield from (start + end for end in inner)
        # The last sentence may go on after the window: it is read again from its beginning.
        start += inner[-1] if inner else len(window)


@dataclass(frozen=True, slots=True)
class _Place:
    """What stands around a possible sentence end."""

    said: str  # from the beginning of the sentence to its full stop, without closing quotes
    stop: str  # the full stop (. ! ? or …)
    closed: bool  # closing quotes or brackets follow the full stop
    spaced: bool  # white space follows
    before: str  # the word that the full stop ends, without it
    head: str  # the first character of the next sentence, opening quotes skipped
    word: str  # its first word
    next: str  # the text from there

    @property
    def begins(self) -> bool:
        """True if the next word is one that sentences begin with (an initial "A." is not)."""
        return self.word in STARTERS and not self.next.startswith(".", len(self.word))

    @property
    def is_first(self) -> bool:
        """True if nothing stands before the word: "1. The talks", "No. 5"."""
        return not self.said[: -len(self.before) - 1].strip(_OPENERS)


def _is_boundary(text: str, last: int, offset: int, *, trusted: bool) -> bool:
    """Whether a sentence ends before `offset` and another begins there; `last` is where the current one began."""
    if text[offset] in "”»)],;:":
        return False
    end = offset
    while end > last and text[end - 1].isspace():
        end -= 1
    said = text[max(last, end - _LOOK_BACK) : end]
    said = said.removesuffix(reference[0]) if (reference := _REFERENCE.search(said, max(0, len(said) - 20))) else said
    opened = said.rstrip(_CLOSERS + " ")  # a space before the closing quote is French or tokenised
    if not opened or opened[-1] not in _STOPS:
        return trusted and not opened[-1:].isalnum()  # another script's full stop
    following = text[offset : offset + 4 * _TOKEN].lstrip(_OPENERS)
    if not following:
        return trusted and any(character.isalnum() for character in text[offset : offset + _WINDOW])
    word = found[0] if (found := _WORD.match(following, 0, _TOKEN)) else ""
    before = token[0] if (token := _TOKEN_BEFORE.search(opened, max(0, len(opened) - _TOKEN), len(opened) - 1)) else ""
    stop = "…" if opened.endswith("..") else opened[-1]
    before = before.lstrip("-")
    place = _Place(opened, stop, len(opened) < len(said), end < offset, before, following[0], word, following)
    if place.head in ",;:" or (not trusted and _is_enclosed(said)):
        return False
    if not trusted and place.head.islower():
        return False
    if place.head.islower() and not _looks_like_a_name(word) and not _is_plain_end(place):
        return False
    if stop == "…":
        return place.head.isalnum()  # not "+13... +15 degrees", not "serious... ...because"
    if stop == "!" and before in NAMES_WITH_MARK:
        return place.begins
    if stop != ".":
        return (place.spaced or place.begins) and not (place.closed and _ATTRIBUTION.match(following))
    if not place.spaced:
        ordinary = before.isalpha() and before.islower() and len(before) > 1
        year = before.isdigit() and len(before) == 4
        return place.begins and (place.closed or ordinary or year)
    if place.is_first and before.isdigit() and len(before) <= 3:
        return False  # the number of a list item
    return place.closed or _full_stop_ends(place)


def _full_stop_ends(place: _Place) -> bool:
    """Whether a full stop between a word and white space ends a sentence."""
    before = place.before
    if before in NEVER_LAST or before.lower() in ("e.g", "i.e"):
        return False
    if before in BEFORE_NUMBER and (place.head.isdigit() or _ROMAN.match(place.next)):
        return False
    if before.isdigit():
        previous = place.said[: -len(before) - 1].split()[-1:]
        ordinal = len(before) <= 2 and (place.word in MONTHS or previous in (["the"], ["The"]))
        return not ordinal
    if before in MAY_BE_LAST or _DOTTED.match(before):
        return place.begins
    if len(before) == 1 and before.isupper():
        return place.begins or (before == "I" and not place.is_first and not _INITIAL_BEFORE.search(place.said))
    return True


def _looks_like_a_name(word: str) -> bool:
    """True for iPhone, eBay: lower case first, capitals inside."""
    return any(character.isupper() for character in word[1:])


def _is_plain_end(place: _Place) -> bool:
    """A full stop after an ordinary long lower-case word: "He left. she stayed." is two sentences."""
    before = place.before
    known = before in NEVER_LAST or before in MAY_BE_LAST or before in BEFORE_NUMBER
    ordinary = len(before) >= 4 and before.isalpha() and before.islower() and not known
    return not place.closed and place.stop == "." and ordinary


def _is_enclosed(said: str) -> bool:
    """Inside an open bracket, or in an open quotation that has only just begun."""
    if said.count("(") > said.count(")") or said.count("[") > said.count("]"):
        return True
    opening = max(said.rfind("“"), said.rfind("«"), said.rfind('"') if said.count('"') % 2 else -1)
    closing = max(said.rfind("”"), said.rfind("»"))
    return opening > closing and len(said[opening + 1 :].split()) < _QUOTED_WORDS
