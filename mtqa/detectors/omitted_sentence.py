"""Sentences of the source that no segment translates, and whose words no neighbour says."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from mtqa.detecting.protocol import Detection, Need, Rule, Status, Tools, Use, mean
from mtqa.detectors.omission import WORD, shortened
from mtqa.knowledge.clauses import english_length
from mtqa.knowledge.coverage import compare_words
from mtqa.schema.annotations import Agreement, Annotations
from mtqa.schema.document import Document, Span
from mtqa.schema.issue import Category, Evidence, EvidenceKind, Issue, Severity
from mtqa.schema.roles import TextMeaning

RULE = Rule(
    id="omitted-sentence",
    category=Category.OMISSION,
    severity=Severity.MAJOR,
    summary="A sentence of the source that no sentence of the translation says.",
    needs=(Need.SOURCE, Need.AGREEMENT),
    uses=(Use.ENCODER,),
    status=Status.STABLE,
)

_LEAST_LETTERS = 20.0  # of the sentence in English
_USUAL_LETTERS = 80.0
_USUAL_COSINE = 0.6  # of a pair
_MOST_LONGER = 1.0  # logarithm of a ratio of lengths
_SAID_SCALE = 4.0  # of features


@dataclass(frozen=True, slots=True)
class _Lonely:
    """A source sentence without partner; the segments before and after its place, None at the edges."""

    source: Span
    before: int | None
    after: int | None


def detect(document: Document, annotations: Annotations, tools: Tools) -> Detection:
    """Compare every source sentence that was left over with the translation around its place."""
    agreements = annotations.agreement or ()
    if document.source is None or not any(one is not None and one.cosine is not None for one in agreements):
        return
    lonely = [
        one for one in _without_partner(document) if english_length(one.source.of(document.source)) >= _LEAST_LETTERS
    ]
    texts = [(one.source.of(document.source).strip(), _around(document, one)) for one in lonely]
    meanings = iter((yield from mean([text for both in texts for text in both])))
    for one, (sentence, _) in zip(lonely, texts, strict=True):
        own, around = next(meanings), next(meanings)
        confidence = tools.confidence(RULE.id, _features(one, sentence, own, around, agreements))
        yield _issue(document, one, confidence, float(own.vector @ around.vector))


def _without_partner(document: Document) -> list[_Lonely]:
    placed = [(number, span) for number, one in enumerate(document.segments) if (span := one.source_span) is not None]
    found = []
    for source in document.unpaired_source:
        before = max((number for number, span in placed if span.end <= source.start), default=None)
        after = min((number for number, span in placed if span.start >= source.end), default=None)
        if before is not None or after is not None:
            found.append(_Lonely(source, before, after))
    return found


def _around(document: Document, one: _Lonely) -> str:
    """The segments from the one before to the one after the place."""
    first = one.before if one.before is not None else one.after or 0
    last = one.after if one.after is not None else first
    span = Span(document.segments[first].span.start, document.segments[last].span.end)
    return span.of(document.text).strip()


def _features(
    one: _Lonely,
    sentence: str,
    own: TextMeaning,
    around: TextMeaning,
    agreements: Sequence[Agreement | None],
) -> dict[str, float]:
    coverage = compare_words(own, around)
    beside = [agreements[number] for number in (one.before, one.after) if number is not None]
    cosines = [each.cosine for each in beside if each is not None and each.cosine is not None]
    pairs = {(each.source, each.hypothesis) for each in beside if each is not None}
    theirs, ours = (sum(english_length(both[side]) for both in pairs) for side in (0, 1))
    longer = math.log(ours / theirs) if pairs else 0.0
    return {
        "said": 0.0 if coverage is None else _SAID_SCALE * coverage.source.mean,
        "said_least": 0.0 if coverage is None else _SAID_SCALE * coverage.source.least,
        "compared": float(coverage is not None),
        "cosine": float(own.vector @ around.vector),
        "beside": min(cosines, default=_USUAL_COSINE) - _USUAL_COSINE,
        "longer": max(-_MOST_LONGER, min(_MOST_LONGER, longer)),
        "letters": math.log(english_length(sentence) / _USUAL_LETTERS),
        "edge": float(one.before is None or one.after is None),
    }


def _issue(document: Document, one: _Lonely, confidence: float, cosine: float) -> Issue:
    quoted = " ".join(one.source.of(document.source or "").split())
    return Issue(
        rule=RULE.id,
        span=_place(document, one),
        category=RULE.category,
        severity=RULE.severity,
        confidence=confidence,
        message=f"The translation leaves out a sentence: “{shortened(quoted)}”.",
        evidence=(
            Evidence(
                EvidenceKind.SOURCE,
                f"“{quoted}” at {one.source.start}-{one.source.end} of the source has no counterpart here",
                round(cosine, 3),
                "cosine",
            ),
        ),
    )


def _place(document: Document, one: _Lonely) -> Span:
    """The last word of the segment before the gap; at the beginning the first of the one after it."""
    segment = document.segments[one.before if one.before is not None else one.after or 0]
    words = [Span(*match.span()).shift(segment.span.start) for match in WORD.finditer(document.text_of(segment))]
    return (words[0] if one.before is None else words[-1]) if words else segment.span
