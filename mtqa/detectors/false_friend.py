"""false-friend: a word rendered by its look-alike ("appeal" for French "appel", a call)."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

from mtqa.detecting.protocol import Detection, Rule, Status, Tools, Use, changed, compare
from mtqa.knowledge.calques import Calque, CalqueMatch, Origin
from mtqa.knowledge.source_languages import LANGUAGE_NAMES, likely_source_languages
from mtqa.knowledge.words import Words
from mtqa.schema.annotations import Annotations
from mtqa.schema.document import Document, Segment, SegmentKind
from mtqa.schema.issue import Category, Evidence, EvidenceKind, Issue, Severity
from mtqa.schema.roles import Hypothesis, Verdict

RULE = Rule(
    id="false-friend",
    category=Category.MISTRANSLATION,
    severity=Severity.MAJOR,
    summary="A word rendered by its look-alike or literal meaning, which says something else in English.",
    uses=(Use.JUDGE, Use.KNOWLEDGE),
    status=Status.STABLE,
)

_MOST_GAIN = 15.0  # nats; beyond it more is no surer
_UNKNOWN_FREQUENCY = 1.0  # Zipf frequency of a word that is not among the frequent ones
_NOTABLE_PRIOR = 0.2  # from which the source language is named as evidence
_WORD = re.compile(r"[\w’'-]+")


@dataclass(frozen=True, slots=True)
class _Proposal:
    """A suspect place with one replacement, and the segment it stands in."""

    segment: Segment
    match: CalqueMatch
    replacement: str


def detect(document: Document, annotations: Annotations, tools: Tools) -> Detection:
    """Let the judge compare every suspect word with what it should perhaps be; weigh the document's language."""
    proposals = [
        _Proposal(segment, match, replacement)
        for segment in document.segments
        if segment.kind is SegmentKind.SENTENCE
        for match in tools.knowledge.calques.matches(document.text_of(segment))
        for replacement in match.replacements
    ]
    verdicts = yield from compare([_hypothesis(document, proposal) for proposal in proposals])
    if not proposals:
        return
    priors = likely_source_languages(document, annotations, tools.knowledge)
    best: dict[tuple[int, str, int], tuple[_Proposal, Verdict]] = {}
    for proposal, verdict in zip(proposals, verdicts, strict=True):
        key = (proposal.segment.index, proposal.match.calque.id, proposal.match.span.start)
        if key not in best or verdict.gain > best[key][1].gain:
            best[key] = (proposal, verdict)
    for proposal, verdict in best.values():
        yield _issue(document, proposal, verdict, priors, tools)


def _hypothesis(document: Document, proposal: _Proposal) -> Hypothesis:
    span = proposal.match.span.shift(proposal.segment.span.start)
    return changed(document, proposal.segment, {span: proposal.replacement}, in_context=True)


def _issue(
    document: Document, proposal: _Proposal, verdict: Verdict, priors: Mapping[str, float], tools: Tools
) -> Issue:
    calque, span = proposal.match.calque, proposal.match.span.shift(proposal.segment.span.start)
    written = span.of(document.text)
    origin, prior = _likeliest_origin(calque, priors)
    features = {
        "gain": max(-_MOST_GAIN, min(_MOST_GAIN, verdict.gain)) / 10,
        "frequency": _frequency_lead(written, proposal.replacement, tools.knowledge.words) / 10,
        "prior": prior,
    }
    name = LANGUAGE_NAMES[origin.language]
    evidence = [
        Evidence(
            EvidenceKind.TABLE,
            f"{name} “{origin.word}” means “{calque.meaning}” ({calque.id})",
            source=f"{calque.source}, {calque.as_of}",
        ),
        Evidence(EvidenceKind.LM_CONTRAST, f"gain of {proposal.replacement!r} over {written!r}", verdict.gain, "nats"),
    ]
    if prior >= _NOTABLE_PRIOR:
        evidence.append(
            Evidence(EvidenceKind.DOCUMENT, f"the text seems to be translated from {name}", prior, "probability")
        )
    return Issue(
        rule=RULE.id,
        span=span,
        category=RULE.category,
        severity=calque.severity,
        confidence=tools.confidence(RULE.id, features),
        message=f"“{written}” may be a literal rendering of {name} “{origin.word}”: {calque.meaning}.",
        evidence=tuple(evidence),
        suggestion=proposal.replacement,
    )


def _likeliest_origin(calque: Calque, priors: Mapping[str, float]) -> tuple[Origin, float]:
    """The foreign word of the likeliest source language (the first if nothing tells), and its probability."""
    origin = max(calque.origins, key=lambda one: priors.get(one.language, 0.0))
    return origin, priors.get(origin.language, 0.0)


def _frequency_lead(written: str, proposed: str, words: Words) -> float:
    """How much more frequent the rarest proposed word is than the rarest written one, in nats.

    Many literal renderings are words that English hardly uses; that speaks against them whatever the sentence.
    """
    return (_rarest(proposed, words) - _rarest(written, words)) * math.log(10.0)


def _rarest(phrase: str, words: Words) -> float:
    return min(
        (words.english.get(word.lower(), _UNKNOWN_FREQUENCY) for word in _WORD.findall(phrase)),
        default=_UNKNOWN_FREQUENCY,
    )
