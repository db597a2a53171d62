"""What a paragraph is when it is not running prose: heading, crosshead, list item, dateline or byline.

Conservative: what may be a sentence that lost its full stop stays a sentence, because only sentences are judged
as prose.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from mtqa.schema.document import SegmentKind
from mtqa.segmenting.datelines import is_byline, is_date

_TITLE_WORDS = 14  # a headline; longer ones read as sentences
_CROSSHEAD_WORDS = 6  # a heading inside the text, whatever its words
_SHAPELESS_WORDS = 12  # a heading inside the text without a finite verb
_LABEL_WORDS = 4  # "More Stories", "Read also"
_LINK_WORDS = 20  # an entry of a list of links
_ITEM_WORDS = 14  # a list item with a full stop; longer ones are prose with a bullet
_SEEN = 400  # code points; longer paragraphs are prose

_STOPPED = re.compile(r"[.!?…。！？।؟۔][\"'”’»)\]›]*(?:\[\d{1,3}\])*\Z")
_CUT_OFF = re.compile(r"[,;:–—-]\Z")
_MARKDOWN = re.compile(r"#{1,6}\s+\S|(?:\*\*|__)[^*_]+(?:\*\*|__)\Z|=+[^=]+=+\Z")
_DASHED = re.compile(r"(?:[–—]|-{1,3}|\*{1,3}|~)\s*[^\s–—*~-].*?\s*(?:[–—]|-{1,3}|\*{1,3}|~)\Z")
_BULLET = re.compile(
    r"(?P<sign>[•‣◦▪●·])\s*\S|(?P<dash>[*+–—-])\s+\S|\(?(?P<number>\d{1,3}|[a-zA-Z]|[ivx]{1,4})[.)]\s+\S"
)
_FINITE = re.compile(
    r"\b(?:is|are|was|were|has|have|had|will|would|can|could|should|must|may|might|do|does|did|said|says|told)\b"
)


@dataclass(frozen=True, slots=True)
class _Block:
    """A paragraph as the rules see it."""

    text: str
    words: int
    stopped: bool  # ends like a sentence
    kind: SegmentKind | None  # known from its form alone

    @property
    def is_loose(self) -> bool:
        """Short, and neither ended nor cut off like a sentence: a heading or an entry of a list, by its place."""
        cut = _CUT_OFF.search(self.text) and not (self.text.endswith(":") and self.words <= _LABEL_WORDS)
        return self.kind is None and not self.stopped and self.words <= _LINK_WORDS and not cut

    @property
    def is_verbal(self) -> bool:
        """Holds a frequent finite verb, as sentences do and headings seldom."""
        return bool(_FINITE.search(self.text))


def classify(paragraphs: Sequence[str]) -> list[SegmentKind]:
    """The kind of each paragraph of a document, from its form, its place and its neighbours."""
    forms = [_form(text) for text in paragraphs]
    forms = _confirm_lists(paragraphs, forms)
    forms = _mark_capitals(paragraphs, forms)
    blocks = [
        _Block(text, _count_words(text), len(text) > _SEEN or bool(_STOPPED.search(text[-12:])), form)
        for text, form in zip(paragraphs, forms, strict=True)
    ]
    kinds = [block.kind or SegmentKind.SENTENCE for block in blocks]
    if len(blocks) > 1 and _stops_matter(blocks):
        for first, last in _loose_runs(blocks):
            kinds[first:last] = _kinds_of_run(blocks, first, last)
    if len(blocks) > 1 and kinds[0] is SegmentKind.CROSSHEAD:
        kinds[0] = SegmentKind.HEADING
    return kinds


def _form(text: str) -> SegmentKind | None:
    """The kind that the form of a paragraph alone gives away, or None."""
    if len(text) > _SEEN:
        return None
    words = _count_words(text)
    if not any(character.isalnum() for character in text) and not any(ord(character) > 0x2FFF for character in text):
        return SegmentKind.CROSSHEAD  # ***
    if words <= _TITLE_WORDS and (_MARKDOWN.match(text) or _DASHED.match(text)):
        return SegmentKind.CROSSHEAD
    if is_byline(text):
        return SegmentKind.BYLINE
    if is_date(text):
        return SegmentKind.DATELINE
    if _BULLET.match(text) and (words <= _ITEM_WORDS or not _STOPPED.search(text)):
        return SegmentKind.LIST_ITEM
    return None


def _confirm_lists(paragraphs: Sequence[str], forms: Sequence[SegmentKind | None]) -> list[SegmentKind | None]:
    """Take back list items that may be something else: "– No, he said." and "1. FC Köln won." without a neighbour."""
    confirmed = list(forms)
    for index, (text, form) in enumerate(zip(paragraphs, forms, strict=True)):
        mark = _BULLET.match(text) if form is SegmentKind.LIST_ITEM else None
        if mark is None or mark["sign"]:
            continue
        around = (*forms[max(0, index - 1) : index], *forms[index + 1 : index + 2])
        if SegmentKind.LIST_ITEM not in around and (mark["number"] or _STOPPED.search(text)):
            confirmed[index] = None
    return confirmed


def _mark_capitals(paragraphs: Sequence[str], forms: Sequence[SegmentKind | None]) -> list[SegmentKind | None]:
    """Short lines in capitals are crossheads, unless the whole text is written so."""
    capital = [
        form is None and len(text) <= _SEEN and text.isupper() for text, form in zip(paragraphs, forms, strict=True)
    ]
    if sum(capital) * 2 > len(paragraphs) or len(paragraphs) == 1:
        return list(forms)
    return [
        SegmentKind.CROSSHEAD
        if is_capital and _count_words(text) <= _TITLE_WORDS and not _STOPPED.search(text)
        else form
        for text, form, is_capital in zip(paragraphs, forms, capital, strict=True)
    ]


def _stops_matter(blocks: Sequence[_Block]) -> bool:
    """False for texts whose sentences mostly lack the full stop: there its absence says nothing."""
    stopped = sum(len(block.text) for block in blocks if block.stopped)
    loose = sum(len(block.text) for block in blocks if block.is_loose)
    return stopped >= loose


def _loose_runs(blocks: Sequence[_Block]) -> list[tuple[int, int]]:
    """Half-open ranges of neighbouring loose blocks."""
    runs: list[tuple[int, int]] = []
    for index, block in enumerate(blocks):
        if not block.is_loose:
            continue
        if runs and runs[-1][1] == index:
            runs[-1] = (runs[-1][0], index + 1)
        else:
            runs.append((index, index + 1))
    return runs


def _kinds_of_run(blocks: Sequence[_Block], first: int, last: int) -> list[SegmentKind]:
    run = blocks[first:last]
    at_start, at_end = first == 0, last == len(blocks)
    if not at_start and (len(run) >= 3 or (len(run) == 2 and at_end)):
        label = run[0].words <= _LABEL_WORDS and run[1].words > run[0].words
        if label:
            return [SegmentKind.HEADING, *[SegmentKind.LIST_ITEM] * (len(run) - 1)]
        return [
            SegmentKind.SENTENCE if block.is_verbal and block.words > _CROSSHEAD_WORDS else SegmentKind.LIST_ITEM
            for block in run
        ]
    kinds = [_heading_or_sentence(block) for block in run]
    if at_start and run[0].words <= _TITLE_WORDS:
        kinds[0] = SegmentKind.HEADING
    goes_on = not at_end and blocks[last].kind is None and blocks[last].text[:1].islower()
    if goes_on or (at_end and run[-1].words > _LABEL_WORDS):
        kinds[-1] = SegmentKind.SENTENCE  # a sentence cut in two, or nothing follows that it could head
    return kinds


def _heading_or_sentence(block: _Block) -> SegmentKind:
    most = _CROSSHEAD_WORDS if block.is_verbal else _SHAPELESS_WORDS
    return SegmentKind.HEADING if block.words <= most else SegmentKind.SENTENCE


def _count_words(text: str) -> int:
    return len(text[: 2 * _SEEN].split())
