"""Sentences of a source text, in whatever language it is written.

The boundaries of sentencex (Wikimedia, rules for some 300 languages) are the base. A few rules of scripts and
orthographies take back what it splits too often: initials, ordinal numbers with a full stop, quotations inside a
sentence. Thai and Lao write no sentence ends: there spaces, which divide clauses, serve at sentence-like distances.
Pairing joins neighbours where the translator cut elsewhere, so a boundary too many costs little.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from sentencex import get_sentence_boundaries

from mtqa.schema.document import Segment, SegmentKind, Span
from mtqa.segmenting.abbreviations import NEVER_LAST
from mtqa.segmenting.datelines import find_dateline
from mtqa.segmenting.paragraphs import split_paragraphs
from mtqa.segmenting.sentences import clean, split_long, trim

_WINDOW = 5_000  # code points per call: sentencex needs quadratic time on some inputs (unpaired quotes)
_OPENING_PARAGRAPHS = 2  # paragraphs that may begin with a dateline, as in the translation
_LEAST_QUOTED = 12  # code points of a sentence of Chinese or Japanese inside a quotation: 「今日。明日。」 stays whole
_LEAST_SPACED = 60  # code points between two cuts at spaces: half a Thai sentence of news
_LOOK_BACK = 40  # code points before a boundary that decide about it

# Languages that mark ordinal numbers with a full stop: "2. Bundesliga", "9. prosince".
_ORDINAL_STOP = frozenset("bs cs da de et fi fo hr hsb hu is lb lv mk nb nn no pl sk sl sq sr tr".split())
_ORDINAL = re.compile(r"(?:^|[^\d.,])\d{1,2}\.\s*\Z")
_TOKEN = re.compile(r"([^\s\"“”„‘«([–—/]+)\.\s*\Z")
_CLOSED = re.compile(r"[」』”’»\"）)]\s*\Z")
_HIRAGANA = re.compile(r"[\u3041-\u309f]")
# Chinese verbs of saying behind a quoted sentence, with a subject of a few characters: “好。”他说。
_SAID = re.compile(r"[^。！？，,；：“「]{0,6}(?:说|說|道|问|問|称|稱|表示|指出|回答)")
# Stops that sentencex does not know: Khmer and Tibetan.
_OTHER_STOPS = re.compile(r"[\u17d4\u17d5\u0f0d\u0f0e]+\s*(?=\S)")
_UNSTOPPED = re.compile(r"[\u0e00-\u0eff]")  # Thai and Lao letters
# sentencex keeps quotations whole; translations and longer ones do not. Only behind a long word, which is no
# abbreviation, and behind a full-width stop.
_INSIDE_QUOTATION = re.compile(r"(?<=[^\W\d_A-Z]{5})\.\s+(?=[\w\"“„«])|[。！？](?![」』”’»\"）)。！？…\s])")
_SPACE = re.compile(r"\s+")
_VISIBLE = re.compile(r"[^\W_]")


def segment_source(text: str, language: str | None = None) -> tuple[Segment, ...]:
    """Sentences and other lines of a source text, in text order, `paragraph` counted from 0.

    `language` is an ISO 639-1 code or a longer tag (zh-TW); a wrong or unknown one costs some boundaries, no
    characters: every visible one lies in exactly one segment. All are SENTENCE but datelines of Latin script.
    """
    cleaned = clean(text)
    code = (language or "").lower().partition("-")[0].partition("_")[0]
    segments: list[Segment] = []
    for number, paragraph in enumerate(split_paragraphs(text)):
        start = paragraph.start
        if number < _OPENING_PARAGRAPHS and (length := find_dateline(paragraph.of(cleaned))):
            dateline = Span(start, start + length)
            segments.append(Segment(len(segments), dateline, SegmentKind.DATELINE, number))
            start += length
        for span in split_source_sentences(cleaned[start : paragraph.end], code):
            segments.append(Segment(len(segments), span.shift(start), SegmentKind.SENTENCE, number))
    return tuple(segments)


def split_source_sentences(text: str, language: str) -> list[Span]:
    """The sentences of one paragraph, trimmed, in order, none longer than LONGEST_SENTENCE of `sentences`."""
    cleaned = clean(text)
    cuts = [0]
    for cut in sorted(set(_boundaries(cleaned, language))):
        # A stray quote or smiley goes with the sentence before, or with the first one.
        if _VISIBLE.search(cleaned, cuts[-1], cut) and _is_kept(cleaned, cuts[-1], cut, language):
            cuts.append(cut)
    if len(cuts) > 1 and not _VISIBLE.search(cleaned, cuts[-1]):
        cuts.pop()
    spans = (trim(text, start, end) for start, end in pairwise([*cuts, len(text)]))
    return [piece for span in spans if span for piece in split_long(text, span)]


def _boundaries(text: str, language: str) -> Iterator[int]:
    """Offsets where a sentence may begin, 0 and the end excluded, in no order."""
    ends = list(_sentencex_ends(text, language))
    ends += [match.end() for match in _OTHER_STOPS.finditer(text)]
    ends += [match.end() for match in _INSIDE_QUOTATION.finditer(text)]
    yield from (end for end in ends if 0 < end < len(text))
    if _UNSTOPPED.search(text):
        yield from _cuts_at_spaces(text, sorted({0, *ends, len(text)}))


def _sentencex_ends(text: str, language: str) -> Iterator[int]:
    start = 0
    while start < len(text):
        window = text[start : start + _WINDOW]
        ends = [int(found["end_index"]) for found in get_sentence_boundaries(language, window)]
        if start + _WINDOW < len(text):  # the last sentence may go on behind the window and is read again
            ends = [end for end in ends if 0 < end < len(window)] or [len(window)]
        yield from (start + end for end in ends)
        start += ends[-1] if ends and start + _WINDOW < len(text) else len(window)


def _cuts_at_spaces(text: str, ends: list[int]) -> Iterator[int]:
    """Cuts inside Thai and Lao stretches that hold no stop, at least _LEAST_SPACED apart."""
    for start, end in pairwise(ends):
        last = start
        for match in _SPACE.finditer(text, start, end):
            before, after = text[match.start() - 1 : match.start()], text[match.end() : match.end() + 1]
            # Thai sets numbers, Latin words and the repetition mark ๆ apart with spaces too.
            is_clause_end = bool(_UNSTOPPED.match(before) and _UNSTOPPED.match(after)) and after != "ๆ"
            if is_clause_end and match.end() - last >= _LEAST_SPACED and end - match.end() >= _LEAST_SPACED:
                yield match.end()
                last = match.end()


def _is_kept(text: str, start: int, cut: int, language: str) -> bool:
    """Whether a sentence that began at `start` ends before `cut`."""
    said = text[max(start, cut - _LOOK_BACK) : cut]
    following = text[cut : cut + _LOOK_BACK]
    # Not islower: Georgian writes everything in what Unicode calls lower case, and has no title case.
    if following[0] != following[0].title() or following[0] in "」』”»）),;、，；":
        return False
    if _CLOSED.search(said) and (_HIRAGANA.match(following) or _SAID.match(following)):
        return False
    if language in _ORDINAL_STOP and _ORDINAL.search(said):
        return False
    if said[-1] in "。！？" and cut - start < _LEAST_QUOTED and _is_open(text[start:cut]):
        return False
    token = _TOKEN.search(said)
    if token is None:
        return True
    initial = len(token[1]) == 1 and token[1].isupper()  # "M. Macron", "О. Зеленський"
    return not initial and token[1] not in NEVER_LAST


def _is_open(said: str) -> bool:
    """Whether a quotation or bracket that began in `said` goes on."""
    return sum(map(said.count, "「『“（")) > sum(map(said.count, "」』”）"))
