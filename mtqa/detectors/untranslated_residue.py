"""Crumbs of the source: abbreviations and titles of its language ("MM.", "Hr.", "usw."), stray foreign words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from mtqa.detecting.protocol import Detection, Rule, Status, Tools, Use, read
from mtqa.knowledge.words import Words
from mtqa.schema.annotations import Annotations, TokenSurprisal
from mtqa.schema.document import Document, Segment, Span
from mtqa.schema.issue import Category, Evidence, EvidenceKind, Issue, Severity

RULE = Rule(
    id="untranslated-residue",
    category=Category.UNTRANSLATED,
    severity=Severity.MAJOR,
    summary="An abbreviation, title or single word of the source language was left in the English text.",
    uses=(Use.JUDGE, Use.KNOWLEDGE),
    status=Status.STABLE,
)

_WORD = re.compile(r"[^\W\d_]+(?:[’'-][^\W\d_]+)*")
_OPENING, _CLOSING = "“\"«„‘'(*_/#@", "”\"»“’')*_/"
_MOST_WORDS = 3  # a longer run is an untranslated passage
_LEAST_LETTERS = 3
_CAPITAL = r"[^\W\d_a-z]"
_PARTICLES = r"(?:(?:de|du|des|la|le|von|van|der|da|del|di) )*"
_NAME = rf"{_PARTICLES}{_CAPITAL}[\w.’'-]*(?: {_PARTICLES}{_CAPITAL}[\w.’'-]*)*"
_TWO_NAMES = re.compile(rf"\s+{_NAME}(?:,| and| et| y| e| und| &) {_PARTICLES}{_CAPITAL}")
_ANNOUNCE_NAMES = frozenset({"Messrs", "Misses", "Mses"})
# Words of set phrases and loans that English writes with their accents; the English word list holds them without.
_LOANS = frozenset(
    "bête célèbre chargé ersatz fête fêtes grâce hygge lagom maître mañana né passé pièce première premières "
    "précis résistance savoir scène voilà".split()
)


def detect(document: Document, annotations: Annotations, tools: Tools) -> Detection:  # noqa: ARG001
    """Honorifics by table, stray words by word lists and surprisal."""
    found: list[tuple[Segment, Span, str]] = []
    for segment in document.segments:
        yield from _honorifics(document, segment, tools)
        found += ((segment, span, language) for span, language in _stray_words(document.text_of(segment), tools))
    readings = yield from read([document.text_of(segment) for segment, _, _ in found])
    for (segment, span, language), tokens in zip(found, readings, strict=True):
        yield _stray_issue(segment, span.of(document.text_of(segment)), span, language, tokens, tools)


def _honorifics(document: Document, segment: Segment, tools: Tools) -> Iterator[Issue]:
    sentence = document.text_of(segment)
    for span, row in tools.knowledge.honorifics.find(sentence):
        suggestion: str | None = row.meaning or None
        message = f"“{row.form}” was left from the source" + (
            f": English writes “{row.meaning}”." if suggestion else "."
        )
        if row.meaning in _ANNOUNCE_NAMES and not _TWO_NAMES.match(sentence, span.end):
            suggestion = None
            message = f"“{row.form}” was left from the source, and the names that it announces are missing."
        yield Issue(
            rule=RULE.id,
            span=span.shift(segment.span.start),
            category=RULE.category,
            severity=RULE.severity,
            confidence=tools.confidence(RULE.id, {"table": 1.0, "words": 0.0, "surprisal": 0.0}),
            message=message,
            evidence=(
                Evidence(EvidenceKind.TABLE, f"{row.form} is {row.language}", source=f"{row.source}, {row.as_of}"),
            ),
            suggestion=suggestion,
        )


def _stray_words(sentence: str, tools: Tools) -> Iterator[tuple[Span, str]]:
    """Runs of up to three lower-case words that are frequent in one other language and unknown in English, and which
    language that is.
    """
    words = tools.knowledge.words
    run: list[re.Match[str]] = []
    shared: frozenset[str] = frozenset()
    for match in (*_WORD.finditer(sentence), None):
        languages = _languages(match.group(), words) if match else frozenset()
        joins = bool(run) and match is not None and not sentence[run[-1].end() : match.start()].strip()
        if run and not (joins and shared & languages):
            if _is_stray(sentence, run):
                yield Span(run[0].start(), run[-1].end()), "/".join(sorted(shared))
            run, shared = [], frozenset()
        if languages and match is not None:
            shared = shared & languages if run else languages
            run.append(match)


def _is_stray(sentence: str, run: Sequence[re.Match[str]]) -> bool:
    """False for passages, crumbs, what is quoted and parts of foreign names ("Corriere della Sera")."""
    if len(run) > _MOST_WORDS or sum(len(match.group()) for match in run) < _LEAST_LETTERS:
        return False
    before, after = sentence[: run[0].start()], sentence[run[-1].end() :]
    if (before and before[-1] in _OPENING) or (after and after[0] in _CLOSING):
        return False
    neighbours = re.search(r"(\w+)\W*$", before), re.match(r"\W*(\w+)", after)
    return not any(
        near is not None and near.group(1)[:1].isupper() and not _opens(sentence, near, before) for near in neighbours
    )


def _stray_issue(
    segment: Segment, written: str, span: Span, language: str, tokens: Sequence[TokenSurprisal], tools: Tools
) -> Issue:
    surprise = sum(token.surprisal for token in tokens if token.span.overlaps(span))
    words = len(written.split())
    confidence = tools.confidence(
        RULE.id, {"table": 0.0, "words": float(words - 1), "surprisal": min(30.0, surprise / words) / 10}
    )
    return Issue(
        rule=RULE.id,
        span=span.shift(segment.span.start),
        category=RULE.category,
        severity=RULE.severity,
        confidence=confidence,
        message=f"“{written}” looks like a word of the source language ({language}).",
        evidence=(
            Evidence(EvidenceKind.TABLE, f"frequent in {language}, not in English", source="wordfreq 3.1.1"),
            Evidence(EvidenceKind.LM_CONTRAST, "surprisal in this sentence", surprise, "nats"),
        ),
    )


def _languages(word: str, words: Words) -> frozenset[str]:
    """The languages that a lower-case word is left from, none for English words and loans."""
    return words.languages(word) if word.islower() and word not in _LOANS else frozenset()


def _opens(sentence: str, near: re.Match[str], before: str) -> bool:
    """True if the capitalised neighbour is the first word of the sentence."""
    return near.string is before and not sentence[: near.start(1)].strip(" “\"'‘–-")
