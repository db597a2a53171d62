"""Quotation marks that do not pair up, and punctuation set as in the source language."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

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

_PAIRS = {"(": ")", "[": "]"}
_QUOTE = re.compile("[“”]")
_CLOSES_LIKE_GERMAN = re.compile(r"(?<=[\w.,!?…])“(?=[\s.,;:!?)]|$)")
_SPACE_BEFORE = re.compile(r"(?<=[\w”\"»)’])(?P<span>[ \u00a0\u202f]+(?P<mark>[!?;:]))(?=[\s”\"»]|$)")
_RATIO = re.compile(r"\d\s*:\s*\d")  # "10 : 3"
_GUILLEMETS = re.compile(r"«[ \u00a0\u202f]?(?P<text>[^«»\n]{1,400}?)[ \u00a0\u202f]?»")
_LOW_QUOTES = re.compile(r"„(?P<text>[^„“”\"\n]{1,400}?)[“”\"]")
_LOOK_BACK = 12  # characters; more than a list mark has
_LIST_MARK = re.compile(r"(?:^|\s)\(?(?:[a-z]|[ivx]{1,4}|\d{1,2})\.?$")
_EYES = frozenset(":;-='8")
_PICTURES = frozenset("🙂😀😊😉😂🤣😍😁😅❤👍🙏")


def detect(document: Document, annotations: Annotations, tools: Tools) -> Detection:  # noqa: ARG001
    """Foreign marks, unpaired marks, French spacing."""
    text = document.text
    paragraphs = list(_paragraphs(document))
    for paragraph in paragraphs:
        yield from _foreign_marks(text, paragraph, tools)
        yield from _brackets(text, paragraph, tools)
        yield from _spacing(text, paragraph, tools)
    yield from _quotes(text, paragraphs, tools)


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


def _quotes(text: str, paragraphs: Sequence[Span], tools: Tools) -> Iterator[Issue]:
    """Double quotation marks, paired over the whole document, for quotations run on across paragraphs.

    A mark is wrong if it opens what is open, or closes what is closed. The first and the last mark are given the
    benefit of the doubt: the text may be an excerpt. “ behind a word closes by the rules of other languages.
    """
    starts = {paragraph.start for paragraph in paragraphs}
    open_at: int | None = None
    is_first = True
    for match in _QUOTE.finditer(text):
        at = match.start()
        if _CLOSES_LIKE_GERMAN.match(text, at) and open_at is not None:
            yield _issue(Span(at, at + 1), "”", "English closes a quotation with ”", "foreign", tools)
            open_at = None
        elif match.group() == "“":
            if open_at is not None and at not in starts:
                yield _issue(Span(open_at, open_at + 1), None, "“ is never closed", "unpaired", tools)
            open_at = at
        elif open_at is not None:
            open_at = None
        elif not is_first and not text[at - 1].isdigit():  # 5’11” is a measure
            yield _issue(Span(at, at + 1), None, "” closes nothing", "unpaired", tools)
        is_first = False


def _brackets(text: str, paragraph: Span, tools: Tools) -> Iterator[Issue]:
    """An opening bracket that its paragraph never closes, or a closing one that was never opened."""
    for opening, closing in _PAIRS.items():
        open_at: list[int] = []
        for at in range(paragraph.start, paragraph.end):
            if text[at] == opening:
                open_at.append(at)
            elif text[at] == closing:
                if open_at:
                    open_at.pop()
                elif not _stands_alone(text, at, paragraph):
                    yield _issue(Span(at, at + 1), None, f"{closing} closes nothing", "unpaired", tools)
        alone = next((at for at in open_at if not _stands_alone(text, at, paragraph)), None)
        if alone is not None:
            yield _issue(Span(alone, alone + 1), None, f"{opening} is never closed", "unpaired", tools)


def _stands_alone(text: str, at: int, paragraph: Span) -> bool:
    """True for "1)", "a.)", for smileys (":)", "(;", "))"), and for a bracket that ends what is written in a chat."""
    before = text[max(paragraph.start, at - _LOOK_BACK) : at]
    after = text[at + 1 : min(paragraph.end, at + _LOOK_BACK)]
    if text[at] == ")" and _LIST_MARK.search(before):
        return True
    is_smiley = before.rstrip()[-1:] in _EYES or after.lstrip()[:1] in _EYES or text[at] in (before[-1:], after[:1])
    return text[at] in "()" and (is_smiley or not after.strip() or after.strip()[:1] in _PICTURES)


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
