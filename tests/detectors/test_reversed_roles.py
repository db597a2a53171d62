from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mtqa.detecting.protocol import Detector
from mtqa.detectors import reversed_roles
from mtqa.schema.issue import EvidenceKind, Issue, Severity
from mtqa.schema.roles import Hypothesis
from tests.detectors.alone import find_alone
from tests.fakes import FakeJudge

DETECTOR = Detector(reversed_roles.RULE, reversed_roles.detect, "")


def find(text: str, judge: FakeJudge | None = None) -> tuple[Issue, ...]:
    return find_alone(DETECTOR, text, judge)


@pytest.mark.parametrize(
    ("text", "written", "suggestion"),
    [
        ("Kuwait invaded Iraq in 1990.", "Kuwait invaded Iraq", "Iraq invaded Kuwait"),
        ("According to historians, Kuwait invaded Iraq.", "Kuwait invaded Iraq", "Iraq invaded Kuwait"),
        ("“Kuwait invaded Iraq”, he said.", "Kuwait invaded Iraq", "Iraq invaded Kuwait"),
        ('He said "Kuwait invaded Iraq".', "Kuwait invaded Iraq", "Iraq invaded Kuwait"),
        ("On Monday Kuwait invaded Iraq.", "Kuwait invaded Iraq", "Iraq invaded Kuwait"),
        ("Yesterday Kuwait has invaded Iraq!", "Kuwait has invaded Iraq", "Iraq has invaded Kuwait"),
        ("The United States invaded Iraq.", "The United States invaded Iraq", "Iraq invaded the United States"),
        (
            "Iraq invaded the United States in 2003.",
            "Iraq invaded the United States",
            "The United States invaded Iraq",
        ),
        (
            "In 2003, Iraq invaded the United States.",
            "Iraq invaded the United States",
            "the United States invaded Iraq",
        ),
        ("It rained.\r\nWhatsApp bought Facebook.\r\n", "WhatsApp bought Facebook", "Facebook bought WhatsApp"),
        (
            "Russia denies any threat to its neighbour, which annexed Crimea, but Ukraine does not.",
            "which annexed Crimea",
            None,
        ),
        ("Russia fears its rival, which attacked it. Ukraine said so.", "which attacked it", None),
    ],
)
def test_events_are_proposed_the_other_way_round(text: str, written: str, suggestion: str | None) -> None:
    (issue,) = find(text)
    assert (issue.span.of(text), issue.suggestion, issue.severity) == (written, suggestion, Severity.CRITICAL)
    assert {one.kind for one in issue.evidence} == {EvidenceKind.LM_CONTRAST}


@pytest.mark.parametrize(
    "text",
    [
        "He invaded Kuwait in 1990.",
        "They left London.",
        "Why I left PDP",
        "He asked Why I left London.",
        "Police arrested Smith.",
        "The president of Russia invaded Ukraine.",  # Russia is not who did it
        "Bombers from Iraq attacked Kuwait.",
        "Rebels backed by Rwanda attacked Goma.",
        "Facebook bought Instagram shares.",
        "Germany invaded Poland's neighbour.",
        "Germany invaded Poland’s neighbour.",
        "Iraq was invaded by Kuwait.",
        "Kuwait invades Iraq.",
        "Iraq invaded Iraq.",
        "KUWAIT INVADED IRAQ",
        "its neighbour, which annexed Crimea",
        "- Kuwait invaded Iraq\n- Iraq left",  # only running prose is asked about
        "",
    ],
)
def test_what_has_no_two_participants_is_not_asked(text: str) -> None:
    judge = FakeJudge(20.0)
    assert find(text, judge) == ()
    assert judge.asked == []


def test_what_the_words_alone_explain_is_taken_off() -> None:
    text = "WhatsApp bought Facebook in 2014."

    def likes_any_exchange(one: Hypothesis) -> float:
        return 6.0 if "it" in one.written.lower().split() or one.proposed.count("Facebook") != 1 else 12.0

    (explained,) = find(text, FakeJudge(likes_any_exchange))
    event, excess = (one.value for one in explained.evidence)
    assert (event, excess) == (12.0, 0.0)

    def knows_the_event(one: Hypothesis) -> float:
        return 12.0 if "WhatsApp" in one.proposed and "Facebook" in one.proposed else 0.0

    (known,) = find(text, FakeJudge(knows_the_event))
    assert [one.value for one in known.evidence] == [12.0, 12.0]
    assert known.confidence > explained.confidence


def test_the_questions_are_whole_sentences() -> None:
    judge = FakeJudge(-5.0)
    find("According to historians, Kuwait invaded Iraq in 1990.", judge)
    assert [(one.written, one.proposed) for one in judge.asked] == [
        ("Kuwait invaded Iraq in 1990.", "Iraq invaded Kuwait in 1990."),
        ("It invaded Iraq in 1990.", "It invaded Kuwait in 1990."),
        ("Kuwait invaded it in 1990.", "Iraq invaded it in 1990."),
    ]


PIECES = st.sampled_from(
    [
        "Iraq", "Kuwait", "the", "The", "United States", "On", "Monday", "invaded", "bought", "has", "left", "He",
        "its neighbour, which annexed", "his rival, who attacked", "Crimea", "’s", "'s", ".", ",", ";", "in 1990", "of",
        "and", "“", "”", "\r\n", "\n\n", "e\u0301", "\u00a0", "😀", "İ",
    ]
)  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(st.lists(PIECES | st.text(max_size=4), max_size=16), st.sampled_from(["", " "]))
def test_any_text_is_read_and_marked_inside(pieces: list[str], between: str) -> None:
    text = between.join(pieces)
    for issue in find(text):
        assert 0 <= issue.span.start < issue.span.end <= len(text)
        assert issue.suggestion != issue.span.of(text)
