"""Sentences and clauses that stayed in the language of the source."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mtqa.detecting.protocol import Detection, Need, Rule, Status, Tools, Use
from mtqa.knowledge.source_languages import LANGUAGE_NAMES
from mtqa.knowledge.words import Words
from mtqa.schema.annotations import Annotations
from mtqa.schema.document import Document, Segment, Span
from mtqa.schema.issue import Category, Evidence, EvidenceKind, Issue, Severity

RULE = Rule(
    id="untranslated-passage",
    category=Category.UNTRANSLATED,
    severity=Severity.CRITICAL,
    summary="A passage of four words or more in another language than English.",
    needs=(Need.LANGUAGES,),
    uses=(Use.KNOWLEDGE,),
    status=Status.STABLE,
)

_LEAST_WORDS = 4
_LEAST_LETTERS = 8  # of another script; shorter is a name in its original spelling
# Where a clause can begin in another language than the one before.
_CLAUSE = re.compile(r"[^–—|•:;()\[\]“”«»„\"\n.!?…]+(?:[.!?…]+(?=\S)[^–—|•:;()\[\]“”«»„\"\n.!?…]+)*")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_OTHER_SCRIPT = re.compile(
    r"[\u0370-\u03ff\u0400-\u052f\u0530-\u058f\u0590-\u05ff\u0600-\u06ff\u0900-\u0dff\u0e00-\u0eff\u10a0-\u10ff"
    r"\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"
)
_SCRIPT_RUN = re.compile(rf"{_OTHER_SCRIPT.pattern}(?:[\s\d,.:;、。，「」\"'-]*{_OTHER_SCRIPT.pattern})*")
# Words inside names of people and institutions ("Ursula von der Leyen", "Ministère de la Santé et des Sports").
_NAME_WORDS = frozenset(
    "al bin d da das de degli dei del della den der des di do dos du e el et i ibn la las le les los o ten ter "
    "u und van vom von y zu zum zur".split()
)


@dataclass(frozen=True, slots=True)
class _Clause:
    """A clause with its words: how many are English, and how many are frequent in another language.

    `lower` are the lower-case words outside names.
    """

    span: Span
    words: int
    lower: int
    english: int
    foreign: int
    language: str | None


def detect(document: Document, annotations: Annotations, tools: Tools) -> Detection:
    """Clauses whose words are those of another language, and runs of another script."""
    yield from _passages(document, annotations, tools)


def _passages(document: Document, annotations: Annotations, tools: Tools) -> Iterator[Issue]:
    for segment in document.segments:
        guess = annotations.languages[segment.index] if annotations.languages else None
        sentence = document.text_of(segment)
        yield from _other_scripts(segment, sentence, tools)
        likely = guess.language if guess and guess.language != "en" else None
        foreign = [clause for clause in _clauses(sentence, tools.knowledge.words) if _is_foreign(clause, likely)]
        for group in _joined(foreign, sentence):
            span = Span(group[0].span.start, group[-1].span.end)
            words = sum(clause.words for clause in group)
            if words < _LEAST_WORDS or _is_quoted(sentence, span):
                continue
            share = sum(clause.english for clause in group) / max(1, sum(clause.lower for clause in group))
            agrees = guess is not None and guess.language not in (None, "en")
            confidence = tools.confidence(
                RULE.id,
                {"words": min(12.0, words) / 10, "english": share, "agrees": float(agrees), "script": 0.0},
            )
            language = (guess.language if guess is not None and agrees else None) or group[0].language
            yield _issue(segment, span, confidence, language, f"{words} words, {share:.0%} of them English")


def _other_scripts(segment: Segment, sentence: str, tools: Tools) -> Iterator[Issue]:
    for match in _SCRIPT_RUN.finditer(sentence):
        letters = len(_OTHER_SCRIPT.findall(match.group()))
        inside = sentence.count("(", 0, match.start()) > sentence.count(")", 0, match.start())
        inside = inside or _is_quoted(sentence, Span(*match.span()))
        is_address = "." in match.group() and not re.search(r"\s", match.group())  # a domain name
        if is_address or letters < _LEAST_LETTERS or (inside and letters < 3 * _LEAST_LETTERS):
            continue
        confidence = tools.confidence(RULE.id, {"words": 0.4, "english": 0.0, "agrees": 0.0, "script": 1.0})
        yield _issue(segment, Span(*match.span()), confidence, None, f"{letters} letters of another script")


def _issue(segment: Segment, span: Span, confidence: float, language: str | None, detail: str) -> Issue:
    name = LANGUAGE_NAMES.get(language or "", language or "another language")
    return Issue(
        rule=RULE.id,
        span=span.shift(segment.span.start),
        category=RULE.category,
        severity=RULE.severity,
        confidence=confidence,
        message=f"Left untranslated: this passage is in {name}.",
        evidence=(Evidence(EvidenceKind.TAGGER, detail, source="word lists and fastText lid.176"),),
    )


def _clauses(sentence: str, words: Words) -> Iterator[_Clause]:
    for match in _CLAUSE.finditer(sentence):
        found = _WORD.findall(match.group())
        lower = _outside_names(found)
        text = match.group()
        start = match.start() + len(text) - len(text.lstrip())
        end = match.end() - (len(text) - len(text.rstrip()))
        if start >= end or not found:
            continue
        counts: dict[str, int] = {}
        strange = 0
        for word in lower:
            languages = words.languages_in_context(word) or words.languages(word.replace("’", "'").split("'")[-1])
            for language in languages:
                counts[language] = counts.get(language, 0) + 1
            strange += bool(languages)
        best = max(sorted(counts), key=lambda language: counts[language]) if counts else None
        english = sum(words.english.get(word, 0.0) >= 4.0 and not words.languages_in_context(word) for word in lower)
        yield _Clause(Span(start, end), len(found), len(lower), english, strange, best)


def _outside_names(words: Sequence[str]) -> list[str]:
    """The lower-case words of a clause without those inside or right behind a name (“et al.”)."""
    outside: list[str] = []
    inside: list[str] = []  # seen since the last capitalised word, if all are such as names hold
    follows_name = False
    for word in words:
        if not word[:1].islower():
            inside, follows_name = [], True
        elif follows_name and word in _NAME_WORDS:
            inside.append(word)
        else:
            outside += [*inside, word]
            inside, follows_name = [], False
    return outside


def _is_foreign(clause: _Clause, segment_language: str | None) -> bool:
    """Few frequent English words, and either words of another language or a segment that reads as one."""
    if clause.lower < 2 or clause.english > 0.34 * clause.lower:
        return False
    return clause.foreign >= 0.4 * clause.lower or (segment_language is not None and clause.foreign >= 1)


def _joined(clauses: list[_Clause], sentence: str) -> Iterator[list[_Clause]]:
    """Neighbouring foreign clauses as one passage."""
    group: list[_Clause] = []
    for clause in clauses:
        between = sentence[group[-1].span.end : clause.span.start] if group else ""
        if group and any(character.isalnum() for character in between):
            yield group
            group = []
        group.append(clause)
    if group:
        yield group


def _is_quoted(sentence: str, span: Span) -> bool:
    """True for a passage in quotation marks or brackets within an English sentence: a title, or a gloss."""
    before, after = sentence[: span.start].rstrip(), sentence[span.end :].lstrip()
    opened, closed = before[-1:], after[:1]
    return bool(opened) and opened in "“\"«„‘'(" and closed in "”\"»“’').,!?" and bool(before[:-1] or after[1:].strip())
