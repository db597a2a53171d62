"""Quotation marks that do not pair up, and punctuation set as in the source language."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mtqa.detecting.protocol import Detection, Rule, Status, Tools
from mtqa.schema.annotations import Annotations
from mtqa.schema.document import Document, Span
from mtqa.schema.issue import Category, Evidence, EvidenceKind, Issue, Severity

RULE = Rule(
    id="broken-quotation",
    category=Category.PUNCTUATION,
    severity=Severity.MINOR,
    summary="A quotation mark without its partner, quotation marks of the source, or a space before punctuation.",
    status=Status.STABLE,
)

_PAIRS = {"“": "”", "«": "»", "(": ")", "[": "]"}
_SPACE_BEFORE = re.compile(r"(?<=[\w”\"»)’])(?P<span>[ \u00a0\u202f]+(?P<mark>[!?;:]))(?=[\s”\"»]|$)")
_RATIO = re.compile(r"\d\s*:\s*\d")  # "10 : 3"
_GUILLEMETS = re.compile(r"«[ \u00a0\u202f]?(?P<text>[^«»\n]{1,400}?)[ \u00a0\u202f]?»")
_LOW_QUOTES = re.compile(r"„(?P<text>[^„“”\"\n]{1,400}?)[“”\"]")
_LOOK_BACK = 12  # characters; more than a list mark has
_LIST_MARK = re.compile(r"(?:^|\s)\(?(?:[a-z]|[ivx]{1,4}|\d{1,2})$")


def detect(document: Document, annotations: Annotations, tools: Tools) -> Detection:  # noqa: ARG001
    """Paragraph by paragraph: foreign marks, unpaired marks, French spacing."""
    text = document.text
    paragraphs = list(_paragraphs(document))
    for number, paragraph in enumerate(paragraphs):
        following = paragraphs[number + 1].of(text).lstrip() if number + 1 < len(paragraphs) else ""
        yield from _foreign_marks(text, paragraph, tools)
        yield from _unpaired(text, paragraph, following, tools)
        yield from _spacing(text, paragraph, tools)


def _paragraphs(document: Document) -> Iterator[Span]:
    """From the first to the last segment of each paragraph."""
    start = 0
    segments = document.segments
    for number, segment in enumerate(segments):
        if number + 1 == len(segments) or segments[number + 1].paragraph != segment.paragraph:
            yield Span(segments[start].span.start, segment.span.end)
            start = number + 1


def _foreign_marks(text: str, paragraph: Span, tools: Tools) -> Iterator[Issue]:
    for pattern, style in ((_GUILLEMETS, "guillemets"), (_LOW_QUOTES, "low quotation marks")):
        for match in pattern.finditer(text, paragraph.start, paragraph.end):
            detail = f"{style} are not used in English"
            yield _issue(Span(*match.span()), f"“{match['text']}”", detail, "foreign", tools)


def _unpaired(text: str, paragraph: Span, following: str, tools: Tools) -> Iterator[Issue]:
    """An opening mark that is never closed, or a closing one that was never opened."""
    for opening, closing in _PAIRS.items():
        open_at: list[int] = []
        for at in range(paragraph.start, paragraph.end):
            character = text[at]
            if character == opening:
                open_at.append(at)
            elif character == closing:
                if open_at:
                    open_at.pop()
                elif not _stands_alone(text, at, paragraph):
                    yield _issue(Span(at, at + 1), None, f"{closing} closes nothing", "unpaired", tools)
        # A quotation that runs on is opened again at the next paragraph and closed only at its end.
        if open_at and not (opening in "“«" and following.startswith(opening)):
            at = open_at[0]
            yield _issue(Span(at, at + 1), None, f"{opening} is never closed", "unpaired", tools)


def _stands_alone(text: str, at: int, paragraph: Span) -> bool:
    """True for "1)", "a)", a smiley, or an inch or second mark behind a number."""
    before = text[max(paragraph.start, at - _LOOK_BACK) : at]
    if text[at] == ")":
        return bool(_LIST_MARK.search(before)) or before[-1:] in ":;-="
    return text[at] == "”" and before[-1:].isdigit()


def _spacing(text: str, paragraph: Span, tools: Tools) -> Iterator[Issue]:
    for match in _SPACE_BEFORE.finditer(text, paragraph.start, paragraph.end):
        if _RATIO.match(text, match.start() - 1):
            continue
        detail = "English sets no space before this mark"
        yield _issue(Span(*match.span("span")), match["mark"], detail, "spacing", tools)


def _issue(span: Span, suggestion: str | None, detail: str, kind: str, tools: Tools) -> Issue:
    features = {name: float(kind == name) for name in ("foreign", "unpaired", "spacing")}
    return Issue(
        rule=RULE.id,
        span=span,
        category=RULE.category,
        severity=RULE.severity,
        confidence=tools.confidence(RULE.id, features),
        message=f"Broken quotation or punctuation: {detail}.",
        evidence=(Evidence(EvidenceKind.DOCUMENT, detail),),
        suggestion=suggestion,
    )
