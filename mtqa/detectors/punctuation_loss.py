"""Punctuation of the source that the translation lost: question marks, final marks, brackets, quotation marks."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from mtqa.detecting.protocol import Detection, Need, Rule, Status, Tools
from mtqa.knowledge.marks import CLOSERS, FULL_STOPS, asks
from mtqa.schema.annotations import Annotations
from mtqa.schema.document import Document, Segment, SegmentKind, Span
from mtqa.schema.issue import Category, Evidence, EvidenceKind, Issue, Severity

RULE = Rule(
    id="punctuation-loss",
    category=Category.PUNCTUATION,
    severity=Severity.MINOR,
    summary="A question mark, brackets, quotation marks or the final mark of the source are missing.",
    needs=(Need.SOURCE,),
    status=Status.STABLE,
)

_OPEN_BRACKET, _CLOSE_BRACKET = re.compile(r"[(（［【\[]"), re.compile(r"[)）］】\]]")
_ENGLISH_ASIDE = re.compile(r"[()\[\]–—,:;/]|--| - ")
_QUOTATION = re.compile(r"«[^«»]{2,}»|„[^„“”\"]{2,}[“”\"]|“[^“”]{2,}”|「[^「」]{2,}」|『[^『』]{2,}』|\"[^\"]{2,}\"")
_ENGLISH_QUOTE = re.compile(r"[“”\"„«»‟]|(?<!\w)[‘']|[’'](?!\w)")
_WORD = re.compile(r"\w+(?:['’-]\w+)*")
_LEAST_WORDS = 4  # of an English segment; what is shorter is a heading or a label
_LEAST_OF_SENTENCE = 12  # words; shorter segments without a final mark are headlines
_LONG_QUOTATION = 12  # characters; shorter ones are often titles and names, which English sets without marks


@dataclass(frozen=True, slots=True)
class _Loss:
    """What is missing, where it should be, and what would stand there."""

    kind: str
    span: Span
    suggestion: str | None
    mark: str
    place: Span
    message: str


def detect(document: Document, annotations: Annotations, tools: Tools) -> Detection:  # noqa: ARG001
    """Compare the marks of every segment with those of the stretch of the source that it translates."""
    source = document.source
    if source is None:
        return
    paired = (segment for segment in document.segments if segment.source_span is not None)
    for source_span, group in itertools.groupby(paired, key=lambda segment: segment.source_span):
        segments = tuple(group)
        if source_span is None or len(_WORD.findall(document.text_of(segments[-1]))) < _LEAST_WORDS:
            continue
        for loss in _losses(document, source, source_span, segments):
            features = {
                name: float(loss.kind == name) for name in ("stated", "stated_wide", "unended", "brackets", "quotation")
            }
            features["long"] = float(len(loss.place) >= _LONG_QUOTATION)
            yield Issue(
                rule=RULE.id,
                span=loss.span,
                category=RULE.category,
                severity=RULE.severity,
                confidence=tools.confidence(RULE.id, features),
                message=loss.message,
                evidence=(
                    Evidence(
                        EvidenceKind.SOURCE, f"“{loss.mark}” at {loss.place.start}-{loss.place.end} of the source"
                    ),
                ),
                suggestion=loss.suggestion,
            )


def _losses(document: Document, source: str, source_span: Span, segments: tuple[Segment, ...]) -> Iterator[_Loss]:
    yield from _final(document, source, source_span, segments[-1])
    span = Span(segments[0].span.start, segments[-1].span.end)
    text, written = span.of(document.text), source_span.of(source)
    word = _WORD.search(text)
    first = Span(*word.span()).shift(span.start) if word is not None else span
    opening, closing = _OPEN_BRACKET.search(written), _CLOSE_BRACKET.search(written)
    if opening and closing and opening.start() < closing.start() and not _ENGLISH_ASIDE.search(text):
        place = Span(source_span.start + opening.start(), source_span.start + closing.end())
        message = "The source has something in brackets here, the translation does not."
        yield _Loss("brackets", first, None, opening.group(), place, message)
    quotation = _QUOTATION.search(written)
    if quotation and not _ENGLISH_QUOTE.search(text):
        place = Span(*quotation.span()).shift(source_span.start)
        message = "The source has a quotation here, the translation has no quotation marks."
        yield _Loss("quotation", first, None, quotation.group()[0], place, message)


def _final(document: Document, source: str, source_span: Span, segment: Segment) -> Iterator[_Loss]:
    """A final mark that is missing, or that makes another kind of sentence."""
    if segment.kind is not SegmentKind.SENTENCE:
        return
    text = document.text_of(segment).rstrip(CLOSERS)
    written = source_span.of(source).rstrip(CLOSERS)
    if not text or not written:
        return
    mark, own = written[-1], text[-1]
    place = Span(source_span.start + len(written) - 1, source_span.start + len(written))
    at = segment.span.start + len(text) - 1
    is_question = asks(mark, written)
    if is_question and own in ".!" and "?" not in text:
        kind = "stated_wide" if mark == "？" else "stated"  # Chinese asks where English wonders
        yield _Loss(kind, Span(at, at + 1), "?", mark, place, "The source asks a question; this is a statement.")
    elif (is_question or mark in FULL_STOPS) and own.isalnum():
        words = list(_WORD.finditer(text))
        if len(words) >= _LEAST_OF_SENTENCE:
            last = Span(*words[-1].span()).shift(segment.span.start)
            new = "?" if is_question else "."
            message = f"The sentence lost its final mark; the source has “{mark}”."
            yield _Loss("unended", last, last.of(document.text) + new, mark, place, message)
