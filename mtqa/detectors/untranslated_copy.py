"""Segments, or long parts of them, that repeat the source instead of translating it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from mtqa.detecting.protocol import Detection, Need, Rule, Status, Tools, Use
from mtqa.knowledge.transliteration import script_of
from mtqa.knowledge.transliteration_tables import CASED, Script
from mtqa.knowledge.words import Words
from mtqa.schema.annotations import Annotations
from mtqa.schema.document import Document, Segment, Span
from mtqa.schema.issue import Category, Evidence, EvidenceKind, Issue, Severity

RULE = Rule(
    id="untranslated-copy",
    category=Category.UNTRANSLATED,
    severity=Severity.CRITICAL,
    summary="A segment, or a long part of it, that was copied from the source instead of translated.",
    needs=(Need.SOURCE,),
    uses=(Use.KNOWLEDGE,),
    status=Status.STABLE,
)

# A word with letters, and what is written together with it: an address, a path, a tag, a file name.
_TOKEN = re.compile(r"\S+")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_CODE = re.compile(r"://|www\.|@|[#_\\{}<>=/]|\w\.\w|^\W*\w*\d")
_BRACKETED = re.compile(r"\([^()]+\)\W*")
_OPENING, _CLOSING = "“\"«„‘'(「『《", "”\"»“’')」』》"
_LEAST_RUN = 3  # words in a row that both sides have
_LEAST_EXACT = 4  # words of a segment that is the source as a whole
_WHOLE = 0.8  # of the letters of a segment: the segment counts as a copy
_LEAST_UNSPACED = 5  # characters of a script without spaces
_UNSPACED = frozenset({Script.HAN, Script.KANA, None})
_MOST_ZIPF = 3.0  # an English word as frequent as this is no word of the source language alone


@dataclass(frozen=True, slots=True)
class _Run:
    """A stretch of a segment that the source has, too: its words that are neither names nor English, and all words."""

    span: Span
    foreign: int
    words: int
    is_other_script: bool


def detect(document: Document, annotations: Annotations, tools: Tools) -> Detection:  # noqa: ARG001
    """Stretches of words that a segment and its source have in common, and what of them is not English."""
    for segment in document.segments:
        if segment.source_span is None or document.source is None:
            continue
        source = segment.source_span.of(document.source)
        if document.source_language == "en":
            continue
        runs = list(_runs(document.text_of(segment), source, tools.knowledge.words))
        yield from _issues(document, segment, source, runs, tools)


def _issues(document: Document, segment: Segment, source: str, runs: list[_Run], tools: Tools) -> Iterator[Issue]:
    text = document.text_of(segment)
    letters = sum(map(str.isalpha, text))
    copied = sum(sum(map(str.isalpha, run.span.of(text))) for run in runs)
    if not runs or not letters:
        return
    is_whole = copied >= _WHOLE * letters
    if not is_whole:
        runs = [run for run in runs if not _is_quoted(text, run.span)]  # titles stay in their language
    if not runs:
        return
    is_exact = _is_exact(text, source)
    places = [Span(runs[0].span.start, runs[-1].span.end)] if is_whole else [run.span for run in runs]
    for place in places:
        inside = [run for run in runs if place.contains(run.span)]
        foreign, words = sum(run.foreign for run in inside), sum(run.words for run in inside)
        features = {
            "foreign": min(8.0, foreign) / 8,
            "foreign_share": foreign / words,
            "share": copied / letters,
            "other_script": float(any(run.is_other_script for run in inside)),
            "exact": float(is_exact),
        }
        severity = Severity.CRITICAL if is_whole else Severity.MAJOR
        what = "This segment repeats" if is_whole else "This part of the segment repeats"
        yield Issue(
            rule=RULE.id,
            span=place.shift(segment.span.start),
            category=RULE.category,
            severity=severity,
            confidence=tools.confidence(RULE.id, features),
            message=f"{what} the source instead of translating it.",
            evidence=(
                Evidence(
                    EvidenceKind.SOURCE,
                    f"{words} words in the order of the source, {foreign} of them neither English nor names",
                    round(copied / letters, 3),
                    "share of the segment's letters",
                ),
            ),
        )


def _is_exact(text: str, source: str) -> bool:
    """True if both have the same words and no others: enough of them to be no title or name."""
    own, other = ([_bare(token) for token in _TOKEN.findall(side) if _is_word(token)] for side in (text, source))
    return own == other and len(own) >= _LEAST_EXACT


def _is_quoted(text: str, span: Span) -> bool:
    """True for what stands in quotation marks or brackets, the marks inside the span or around it."""
    opened = text[max(0, span.start - 1) : span.start + 1].strip()
    closed = text[span.end - 1 : span.end + 1].strip()
    return any(mark in _OPENING for mark in opened) and any(mark in _CLOSING for mark in closed)


def _runs(text: str, source: str, words: Words) -> Iterator[_Run]:
    """Maximal stretches that both texts have, by words; by characters where a script writes no spaces."""
    yield from sorted(
        (*_spaced_runs(text, source, words), *_unspaced_runs(text, source)), key=lambda run: run.span.start
    )


def _spaced_runs(text: str, source: str, words: Words) -> Iterator[_Run]:
    ours = [match for match in _TOKEN.finditer(text) if _is_word(match.group())]
    theirs = [_bare(match.group()) for match in _TOKEN.finditer(source) if _is_word(match.group())]
    matcher = SequenceMatcher(None, [_bare(match.group()) for match in ours], theirs, autojunk=False)
    for block in matcher.get_matching_blocks():
        run = ours[block.a : block.a + block.size]
        if not run:
            continue
        span = Span(run[0].start(), run[-1].end())
        other = any(_is_other_script(match.group()) for match in run)
        foreign = sum(_is_foreign(match.group(), words) for match in run)
        is_all = len(run) == len(ours) == len(theirs)
        if foreign and (other or len(run) >= _LEAST_RUN or (is_all and len(run) > 1)):
            yield _Run(span, foreign, len(run), other)


def _unspaced_runs(text: str, source: str) -> Iterator[_Run]:
    """Runs of Chinese, Japanese and other characters that the source has in the same order."""
    start = None
    for at in range(len(text) + 1):
        inside = at < len(text) and _is_unspaced(text[at])
        if inside and start is None:
            start = at
        elif not inside and start is not None and (at == len(text) or text[at].isalnum() or not _continues(text, at)):
            run = text[start:at]
            letters = sum(map(_is_unspaced, run))
            if letters >= _LEAST_UNSPACED and run[:_LEAST_UNSPACED] in source:
                yield _Run(Span(start, start + len(run.rstrip())), letters // 2, max(1, letters // 2), True)
            start = None


def _continues(text: str, at: int) -> bool:
    """True if punctuation or digits at `at` stand between two characters of an unspaced script."""
    rest = re.match(r"[\W\d]{1,4}", text[at:])
    return rest is not None and at + rest.end() < len(text) and _is_unspaced(text[at + rest.end()])


def _is_unspaced(character: str) -> bool:
    return character.isalpha() and ord(character) > 0xE00 and script_of(character) in _UNSPACED


def _is_word(token: str) -> bool:
    """False for numbers, addresses, code, and what is written without spaces."""
    return (
        any(map(str.isalpha, token))
        and not any(map(_is_unspaced, token))
        and not (_CODE.search(token) and not re.fullmatch(r"\W*[^\W\d_]+(?:/[^\W\d_]+)?\W*", token))
    )


def _bare(token: str) -> str:
    return " ".join(_WORD.findall(token)).casefold()


def _is_other_script(token: str) -> bool:
    return any(script_of(character) not in (Script.LATIN, None) for character in token if character.isalpha())


def _is_foreign(token: str, words: Words) -> bool:
    """True for a word of the source language: lower case (or a script without capitals), and not an English one.

    A word alone in brackets is none: news agencies and glosses stand there, "Berlin (dpa)".
    """
    found = _WORD.search(token)
    if found is None or _BRACKETED.fullmatch(token):
        return False
    word = found.group()
    script = script_of(word[0])
    if script is not Script.LATIN:
        return script not in CASED or word[:1].islower()
    if not word[:1].islower() or len(word) == 1:
        return False
    return bool(words.languages_in_context(word)) or words.english.get(word.lower(), 0.0) < _MOST_ZIPF
