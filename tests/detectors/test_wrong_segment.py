"""Segments that translate something else: what is looked at, and what the issue says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from mtqa.detecting.protocol import Tools
from mtqa.detectors import wrong_segment
from mtqa.knowledge import Knowledge
from mtqa.schema.annotations import Agreement, Annotations
from mtqa.schema.document import Document, Segment, Span
from mtqa.schema.issue import EvidenceKind, Issue, Severity
from tests.joint import FakeJoint

OVERLAP = dict.fromkeys(
    "length length_off numbers_lost numbers_new names anchors cognates copied lexicon_said lexicon_meant".split(), 0.0
)
LONG = "Quite a long sentence about something"
BOTH = ("Ein langer Satz über etwas", LONG)
OTHER = Agreement(*BOTH, None, None, OVERLAP)  # of a language that the encoder does not know
JOINT = FakeJoint(related=0.02)


def agreement(source: str, hypothesis: str, *, theirs: tuple[float, float], ours: tuple[float, float]) -> Agreement:
    """Vectors of two numbers, made unit."""
    vectors = np.array([theirs, ours], dtype=np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return Agreement(source, hypothesis, float(vectors[0] @ vectors[1]), vectors, OVERLAP)


def found(*agreements: Agreement | None) -> list[Issue]:
    text, segments = "", []
    for index, one in enumerate(agreements):
        hypothesis = LONG if one is None else one.hypothesis
        segments.append(Segment(index, Span(len(text), len(text) + len(hypothesis))))
        text += hypothesis + "\n"
    document = Document("d", text, segments=tuple(segments))
    tools = Tools(Knowledge(), lambda rule, features: 1.0 - features["cosine"] / 2)
    return list(wrong_segment.detect(document, Annotations(agreement=agreements), tools))


@pytest.mark.parametrize(
    ("one", "flagged"),
    [
        (agreement("Ein langer Satz über etwas", LONG, theirs=(1, 0), ours=(0.1, 1)), True),
        (agreement("Ein langer Satz über etwas", LONG, theirs=(1, 0), ours=(0.6, 0.8)), False),
        (agreement("Kurz", LONG, theirs=(1, 0), ours=(0.1, 1)), False),
        (agreement("Ein langer Satz über etwas", "Short", theirs=(1, 0), ours=(0.1, 1)), False),
        (agreement("他昨天没有读那封信", LONG, theirs=(1, 0), ours=(0.1, 1)), True),  # nine characters say as much
        (OTHER, False),
        (replace(OTHER, joint=JOINT.read([BOTH])[0]), True),
        (replace(OTHER, joint=FakeJoint(related=0.95).read([BOTH])[0]), False),
        (None, False),
    ],
)
def test_what_is_flagged(one: Agreement | None, flagged: bool) -> None:
    issues = found(one)
    assert [issue.span for issue in issues] == ([Span(0, len(LONG))] if flagged else [])
    assert all(issue.severity is Severity.CRITICAL and issue.confidence > 0.7 for issue in issues)


def test_without_a_cosine_the_evidence_is_what_reading_both_together_says() -> None:
    (issue,) = found(replace(OTHER, joint=JOINT.read([BOTH])[0]))
    assert (issue.evidence[0].value, issue.evidence[0].unit) == (0.02, "of 1: how far it reads as its translation")


@pytest.mark.parametrize("joint", [None, JOINT, FakeJoint(related=0.0), FakeJoint(related=1.0)])
def test_features_are_finite_and_the_same_with_and_without_a_joint_reading(joint: FakeJoint | None) -> None:
    plain = agreement(*BOTH, theirs=(1, 0), ours=(0.1, 1))
    one = plain if joint is None else replace(plain, joint=joint.read([BOTH])[0])
    features = wrong_segment.features(one, 0.0)
    assert features.keys() == wrong_segment.features(plain, 0.0).keys()
    assert all(abs(value) <= 6.0 for value in features.values())
    assert features["read"] == (joint is not None)


def test_the_source_that_was_translated_instead_is_named() -> None:
    first = agreement("Der erste lange Satz steht hier", "Second long sentence here", theirs=(1, 0), ours=(0.1, 1))
    second = agreement("Der zweite lange Satz steht da", "First long sentence here", theirs=(0, 1), ours=(1, 0.1))
    issues = found(first, second)
    details = [[one.detail for one in issue.evidence if one.kind is EvidenceKind.DOCUMENT] for issue in issues]
    assert ["Der zweite lange Satz" in detail for (detail,) in details] == [True, False]
    assert ["Der erste lange Satz" in detail for (detail,) in details] == [False, True]


def test_a_long_source_is_quoted_in_part() -> None:
    (issue,) = found(agreement("Wort " * 60, LONG, theirs=(1, 0), ours=(0, 1)))
    assert len(issue.evidence[0].detail) < 120
