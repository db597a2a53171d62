"""Sentences of which little arrives: which are looked at, and what the issue says."""

from __future__ import annotations

import pytest

from mtqa.detecting.protocol import Tools
from mtqa.detectors import low_adequacy
from mtqa.knowledge import Knowledge
from mtqa.schema.annotations import Agreement, Annotations, SentenceQuality, SourceView
from mtqa.schema.document import Document, Segment, SegmentKind, Span
from mtqa.schema.issue import EvidenceKind, Issue

OVERLAP = dict.fromkeys(
    "length length_off numbers_lost numbers_new names anchors cognates copied lexicon_said lexicon_meant".split(), 0.0
)
LONG = "Quite a long sentence about something"


def found(
    score: float,
    *,
    view: SourceView = SourceView.MEANING,
    text: str = LONG,
    kind: SegmentKind = SegmentKind.SENTENCE,
    is_rated: bool = True,
) -> list[Issue]:
    cosine = 0.4 if view is SourceView.MEANING else None
    agreement = Agreement("Ein recht langer Satz über etwas", text, cosine, None, OVERLAP, view)
    quality = (SentenceQuality(score, 15.0, score - 10, score + 10, -1.0),) if is_rated else None
    document = Document("d", text, segments=(Segment(0, Span(0, len(text)), kind),))
    tools = Tools(Knowledge(), lambda rule, features: 1.0 - features["score"] / 2)
    return list(low_adequacy.detect(document, Annotations(sentence_quality=quality, agreement=(agreement,)), tools))


@pytest.mark.parametrize("view", [SourceView.MEANING, SourceView.LEXICON])
def test_a_low_score_is_reported_with_what_people_would_give(view: SourceView) -> None:
    (issue,) = found(30.0, view=view)
    assert issue.span == Span(0, len(LONG))
    assert issue.confidence == pytest.approx(0.7)
    assert "30 of 100 (20 to 40)" in issue.evidence[0].detail
    assert [one.kind for one in issue.evidence[1:]] == [EvidenceKind.SOURCE] * (view is SourceView.MEANING)


def test_what_is_left_alone() -> None:
    assert found(70.0) == []
    assert found(30.0, view=SourceView.OVERLAP) == []
    assert found(30.0, text="Too short") == []
    assert found(30.0, kind=SegmentKind.HEADING) == []
    assert found(30.0, is_rated=False) == []
