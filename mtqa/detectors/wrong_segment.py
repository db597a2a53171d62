"""Segments that translate something else than the part of the source beside them, however fluent they are."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from mtqa.detecting.protocol import Detection, Need, Rule, Status, Tools, Use
from mtqa.schema.annotations import Agreement, Annotations
from mtqa.schema.document import Document, Segment
from mtqa.schema.issue import Category, Evidence, EvidenceKind, Issue, Severity

RULE = Rule(
    id="wrong-segment",
    category=Category.MISTRANSLATION,
    severity=Severity.CRITICAL,
    summary="A segment that translates another sentence, or none at all, instead of its part of the source.",
    needs=(Need.SOURCE, Need.COMPARISON),
    uses=(Use.KNOWLEDGE,),
    status=Status.STABLE,
)

_MOST_COSINE, _MOST_RELATED = 0.5, 0.9  # of what is looked at; the second where there is no cosine
_LEAST_PROBABILITY = 1e-4
_LEAST_LETTERS = 12  # of either side; shorter texts have no meaning that can be compared
_LONG = 80  # letters from which length says nothing more
_OTHER = 0.6  # cosine from which another part of the source is named as the one that was translated
_QUOTED = 80  # characters of the source in the evidence


def detect(document: Document, annotations: Annotations, tools: Tools) -> Detection:
    """Segments whose meaning has next to nothing of that of their source."""
    agreements = annotations.agreement or ()
    known = {one.source: one.vectors[0] for one in agreements if one is not None and one.vectors is not None}
    for segment, agreement in zip(document.segments, agreements, strict=True):
        if agreement is None or not _is_suspect(agreement):
            continue
        if min(_letters(agreement.source), _letters(agreement.hypothesis)) < _LEAST_LETTERS:
            continue
        best, cosine = _best_other(agreement, known)
        confidence = tools.confidence(RULE.id, features(agreement, cosine))
        yield _issue(segment, agreement, confidence, best if cosine >= _OTHER else None)


def features(agreement: Agreement, other: float) -> dict[str, float]:
    """What the calibration weighs; `other`: the cosine with the nearest other part of the source, 0 without one."""
    cosine = agreement.cosine or 0.0
    joint = agreement.joint
    letters = min(_letters(agreement.source), _letters(agreement.hypothesis))
    shared = agreement.overlap
    return {
        "uncovered": float(agreement.cosine is None),
        "read": float(joint is not None),
        "related": 0.0 if joint is None else _logit(joint.related) / 2.0,
        "related_uncovered": 0.0 if joint is None or agreement.cosine is not None else _logit(joint.related) / 2.0,
        "cosine": cosine,
        "other_gain": max(0.0, other - cosine) if agreement.cosine is not None else 0.0,
        "short": 1.0 - math.log(min(letters, _LONG)) / math.log(_LONG),
        "names": shared["names"],
        "anchors": shared["anchors"],
        "cognates": shared["cognates"],
        "numbers_apart": min(2.0, shared["numbers_lost"] + shared["numbers_new"]),
        "length_off": shared["length_off"],
        "copied": shared["copied"],
    }


def _is_suspect(agreement: Agreement) -> bool:
    if agreement.cosine is not None:
        return agreement.cosine <= _MOST_COSINE
    return agreement.joint is not None and agreement.joint.related <= _MOST_RELATED


def _logit(probability: float) -> float:
    bounded = min(1.0 - _LEAST_PROBABILITY, max(_LEAST_PROBABILITY, probability))
    return math.log(bounded / (1.0 - bounded))


def _best_other(agreement: Agreement, known: Mapping[str, NDArray[np.float32]]) -> tuple[str | None, float]:
    """The other part of the source that is nearest to the segment, and its cosine; None and 0 without any."""
    others = [source for source in known if source != agreement.source]
    if not others or agreement.vectors is None:
        return None, 0.0
    cosines = np.stack([known[source] for source in others]) @ agreement.vectors[1]  # (others,)
    best = int(cosines.argmax())
    return others[best], float(cosines[best])


def _letters(text: str) -> int:
    """Letters; a character of a script without spaces stands for two."""
    return sum(1 + (ord(character) > 0x2E7F) for character in text if character.isalpha())


def _issue(segment: Segment, agreement: Agreement, confidence: float, other: str | None) -> Issue:
    return Issue(
        rule=RULE.id,
        span=segment.span,
        category=RULE.category,
        severity=RULE.severity,
        confidence=confidence,
        message="This segment says something else than its part of the source.",
        evidence=tuple(_evidence(agreement, other)),
    )


def _evidence(agreement: Agreement, other: str | None) -> Iterator[Evidence]:
    says = f"the source says “{_shortened(agreement.source)}”"
    if agreement.cosine is not None:
        yield Evidence(EvidenceKind.SOURCE, says, round(agreement.cosine, 3), "cosine of meaning")
    elif agreement.joint is not None:
        related = round(agreement.joint.related, 3)
        yield Evidence(EvidenceKind.SOURCE, says, related, "of 1: how far it reads as its translation")
    if other is not None:
        yield Evidence(EvidenceKind.DOCUMENT, f"it is nearer to “{_shortened(other)}” elsewhere in the source")


def _shortened(text: str) -> str:
    return text if len(text) <= _QUOTED else text[:_QUOTED].rsplit(" ", 1)[0] + " …"
