"""Segments of which little of the source's meaning arrives, though no single word can be blamed."""

from __future__ import annotations

from mtqa.detecting.protocol import Detection, Need, Rule, Status, Tools, Use
from mtqa.knowledge.clause_balance import half_logit
from mtqa.schema.annotations import Agreement, Annotations, SentenceQuality, SourceView
from mtqa.schema.document import Document, Segment, SegmentKind
from mtqa.schema.issue import Category, Evidence, EvidenceKind, Issue, Severity

RULE = Rule(
    id="low-adequacy",
    category=Category.MISTRANSLATION,
    severity=Severity.MAJOR,
    summary="A sentence that loses most of what its source means.",
    needs=(Need.SOURCE,),
    uses=(Use.ESTIMATOR, Use.KNOWLEDGE),
    status=Status.STABLE,
)

_MOST_SCORE = 55.0  # of what is looked at
_LEAST_LETTERS = 20
_UNKNOWN_COSINE = 0.6  # stands for a language that the encoder does not know
_USUAL_RELATED = 0.95  # how far a translation reads as one, and where nothing read it


def detect(document: Document, annotations: Annotations, tools: Tools) -> Detection:
    """Sentences that the estimator rates low with the source in view."""
    agreements, qualities = annotations.agreement or (), annotations.sentence_quality or ()
    if not qualities:
        return
    for segment, agreement, quality in zip(document.segments, agreements, qualities, strict=True):
        if agreement is None or segment.kind is not SegmentKind.SENTENCE:
            continue
        if agreement.view is SourceView.OVERLAP and agreement.joint is None:
            continue
        letters = sum(map(str.isalpha, agreement.hypothesis))
        if letters < _LEAST_LETTERS or quality.score > _MOST_SCORE:
            continue
        confidence = tools.confidence(RULE.id, features(agreement, quality))
        yield _issue(segment, agreement, quality, confidence)


def features(agreement: Agreement, quality: SentenceQuality) -> dict[str, float]:
    """What the calibration weighs."""
    cosine = _UNKNOWN_COSINE if agreement.cosine is None else agreement.cosine
    related = _USUAL_RELATED if agreement.joint is None else agreement.joint.related
    return {
        "score": quality.score / 50.0,
        "spread": quality.spread / 20.0,
        "cosine": cosine - _UNKNOWN_COSINE,
        "related": half_logit(related) - half_logit(_USUAL_RELATED),
        "lexicon_said": agreement.overlap["lexicon_said"],
        "lexicon_meant": agreement.overlap["lexicon_meant"],
        "names": agreement.overlap["names"],
        "length_off": agreement.overlap["length_off"],
    }


def _issue(segment: Segment, agreement: Agreement, quality: SentenceQuality, confidence: float) -> Issue:
    evidence = [
        Evidence(
            EvidenceKind.ESTIMATOR,
            f"with the source in view people are expected to give {quality.score:.0f} of 100 "
            f"({quality.low:.0f} to {quality.high:.0f})",
            round(quality.score, 1),
            "points",
        )
    ]
    if agreement.cosine is not None:
        evidence.append(Evidence(EvidenceKind.SOURCE, "of source and sentence", agreement.cosine, "cosine of meaning"))
    return Issue(
        rule=RULE.id,
        span=segment.span,
        category=RULE.category,
        severity=RULE.severity,
        confidence=confidence,
        message="Little of what the source says is in this sentence.",
        evidence=tuple(evidence),
    )
