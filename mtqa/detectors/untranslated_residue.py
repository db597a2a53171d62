"""Crumbs of the source: abbreviations and titles of its language ("MM.", "Hr.", "usw."), stray foreign words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from mtqa.detecting.protocol import Detection, Need, Rule, Status, Tools, Use
from mtqa.knowledge.words import Words
from mtqa.schema.annotations import Annotations, TokenSurprisal
from mtqa.schema.document import Document, Segment, Span
from mtqa.schema.issue import Category, Evidence, EvidenceKind, Issue, Severity

RULE = Rule(
    id="untranslated-residue",
    category=Category.UNTRANSLATED,
    severity=Severity.MAJOR,
    summary="An abbreviation, title or single word of the source language was left in the English text.",
    needs=(Need.SURPRISAL,),
    uses=(Use.KNOWLEDGE,),
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


def detect(document: Document, annotations: Annotations, tools: Tools) -> Detection:
    """Honorifics by table, stray words by word lists and surprisal."""
    surprisal = annotations.surprisal or ((),) * len(document.segments)
    for segment in document.segments:
        yield from _honorifics(document, segment, tools)
        yield from _stray_words(document, segment, surprisal[segment.index], tools)


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


def _stray_words(
    document: Document, segment: Segment, tokens: Sequence[TokenSurprisal], tools: Tools
) -> Iterator[Issue]:
    """Runs of up to three lower-case words that are frequent in one other language and unknown in English."""
    sentence, words = document.text_of(segment), tools.knowledge.words
    run: list[re.Match[str]] = []
    shared: frozenset[str] = frozenset()
    for match in (*_WORD.finditer(sentence), None):
        languages = _languages(match.group(), words) if match else frozenset()
        joins = bool(run) and match is not None and not sentence[run[-1].end() : match.start()].strip()
        if run and not (joins and shared & languages):
            yield from _stray(sentence, segment, run, shared, tokens, tools)
            run, shared = [], frozenset()
        if languages and match is not None:
            shared = shared & languages if run else languages
            run.append(match)


def _stray(
    sentence: str,
    segment: Segment,
    run: Sequence[re.Match[str]],
    languages: frozenset[str],
    tokens: Sequence[TokenSurprisal],
    tools: Tools,
) -> Iterator[Issue]:
    span = Span(run[0].start(), run[-1].end())
    if len(run) > _MOST_WORDS or sum(len(match.group()) for match in run) < _LEAST_LETTERS:
        return
    before, after = sentence[: span.start], sentence[span.end :]
    if (before and before[-1] in _OPENING) or (after and after[0] in _CLOSING):
        return  # quoted or marked: meant to be foreign
    neighbours = re.search(r"(\w+)\W*$", before), re.match(r"\W*(\w+)", after)
    if any(
        near is not None and near.group(1)[:1].isupper() and not _opens(sentence, near, before) for near in neighbours
    ):
        return  # part of a foreign name: "Corriere della Sera"
    place = span.shift(segment.span.start)
    surprise = sum(token.surprisal for token in tokens if token.span.overlaps(place))
    confidence = tools.confidence(
        RULE.id, {"table": 0.0, "words": float(len(run) - 1), "surprisal": min(30.0, surprise / len(run)) / 10}
    )
    language = "/".join(sorted(languages))
    yield Issue(
        rule=RULE.id,
        span=place,
        category=RULE.category,
        severity=RULE.severity,
        confidence=confidence,
        message=f"“{span.of(sentence)}” looks like a word of the source language ({language}).",
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
