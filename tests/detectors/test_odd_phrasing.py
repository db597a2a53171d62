from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mtqa.annotating.annotate import annotate
from mtqa.detecting.protocol import Detector, Tools
from mtqa.detecting.run import detect
from mtqa.detectors import odd_phrasing
from mtqa.knowledge import Knowledge, load_knowledge
from mtqa.schema.document import Document
from mtqa.schema.issue import Category, EvidenceKind, Issue, Severity
from mtqa.schema.roles import Hypothesis
from mtqa.scoring.calibrate import load_calibration
from mtqa.segmenting import segment
from tests.fakes import FakeJudge, FakeLanguageModel

DETECTOR = Detector(odd_phrasing.RULE, odd_phrasing.detect, "")
USUAL = 2.0  # nats per word


@cache
def knowledge() -> Knowledge:
    return load_knowledge()


def find(
    text: str,
    judge: FakeJudge | None = None,
    *,
    surprisal: float | Mapping[str, float] = USUAL,
    least: float | None = None,
) -> tuple[Issue, ...]:
    """What is reported at the shipped threshold or `least`, by a judge that likes every change unless one is given."""
    document = segment(Document("d", text))
    known = annotate([document], [DETECTOR.rule], FakeLanguageModel(surprisal))
    calibration = load_calibration()
    tools = Tools(knowledge(), calibration.confidence)
    least = calibration.threshold(DETECTOR.rule.id) if least is None else least
    ((issues, skipped),) = detect(
        [document],
        known,
        [DETECTOR],
        [tools],
        judge or FakeJudge(6.0),
        is_reported=lambda issue: issue.confidence >= least,
    )
    assert skipped == ()
    return issues


@pytest.mark.parametrize(
    ("text", "written", "suggestion"),
    [
        ("Although both sides spoke of progress but they could not agree.", " but", ""),
        ("She is responsible of the whole programme.", "responsible of", "responsible for"),
        ("“Ministers discussed about the budget,” he said.", "discussed about", "discussed"),
        ("It rained.\r\nDespite of the rain, they came.\r\n", "Despite of", "Despite"),
        ("😀e\u0301 He didn’t went home.", "didn’t went", "didn’t go"),
    ],
)
def test_constructions_are_marked_with_what_english_says(text: str, written: str, suggestion: str) -> None:
    (issue,) = find(text)
    assert issue.span.start == text.index(written)
    assert (issue.span.of(text), issue.suggestion) == (written, suggestion)
    assert (issue.category, issue.severity) == (Category.GRAMMAR, Severity.MINOR)
    assert [one.kind for one in issue.evidence] == [EvidenceKind.TABLE, EvidenceKind.LM_CONTRAST]


def test_the_judge_decides_which_replacement_and_whether() -> None:
    text = "He is capable to lead the country."

    def likes(one: Hypothesis) -> float:
        return 5.0 if "capable of leading" in one.proposed else 1.0

    (issue,) = find(text, FakeJudge(likes))
    assert issue.suggestion == "capable of leading"
    judge = FakeJudge(-6.0)
    assert find(text, judge) == ()
    assert {one.written for one in judge.asked} == {text}
    assert {one.proposed for one in judge.asked} == {
        "He is able to lead the country.",
        "He is capable of leading the country.",
    }


def test_headings_and_list_items_are_left_alone() -> None:
    judge = FakeJudge(6.0)
    text = "Green ideas sleep\n\n- capable to lead green ideas sleep\n- responsible of the green ideas\n"
    assert find(text, judge, surprisal=15.0) == ()
    assert judge.asked == []


RUNS = 0.25  # below the shipped threshold: annotators confirm fewer than half of such runs
ODD = {"green": 12.0, "ideas": 12.0, "sleep": 13.0, "furiously": 11.0, "Green": 12.0}


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("He said that green ideas sleep furiously at night.", "green ideas sleep"),
        ("Here, green ideas sleep.", "green ideas sleep"),
        ("He said: “green ideas sleep” and left.", "green ideas sleep"),
        ("It rained.\r\nThe green ideas sleep.", "green ideas sleep"),
    ],
)
def test_runs_of_surprising_words_are_marked(text: str, written: str) -> None:
    (issue,) = find(text, surprisal=ODD, least=RUNS)
    assert issue.span.of(text) == written
    assert issue.suggestion is None
    assert issue.category is Category.AWKWARD
    (evidence,) = issue.evidence
    assert evidence.kind is EvidenceKind.LM_CONTRAST
    assert evidence.value is not None
    assert evidence.value >= 9.0
    assert "'sleep' is the oddest word of them; 'the' was expected there" in issue.message


@pytest.mark.parametrize(
    "text",
    [
        "He said that green ideas grow.",  # two words are ordinary
        "He said green, ideas, sleep.",  # three clauses
        "He said green “ideas sleep”.",  # into a quotation
        'He said green "ideas sleep".',
        "He saw Green ideas sleep.",  # a name
        "He saw green 5 ideas sleep.",
        "He went home at night and slept.",
        "",
    ],
)
def test_short_and_broken_runs_pass(text: str) -> None:
    assert [issue.span.of(text) for issue in find(text, surprisal=ODD, least=RUNS)] == []


def test_a_single_outlier_does_not_carry_a_run() -> None:
    assert find("He said that nice plain sleep helps.", surprisal={"sleep": 60.0, "nice": 5.0, "plain": 5.0}) == ()


PIECES = st.sampled_from(
    [
        "although", "Although", "they talked for hours", "but", "they", "could not agree", "responsible of the", "told",
        "Moscow", "on Monday that", "since two years", "green", "ideas", "sleep", ".", ",", ";", "“", "”", '"',
        "(", ")", "’", "\r\n", "\n\n", "e\u0301", "\u00a0", "😀", "İ", "5", "- ", "did not went",
    ]
)  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(st.lists(PIECES | st.text(max_size=4), max_size=16), st.sampled_from(["", " "]), st.sampled_from([2.0, 12.0]))
def test_any_text_is_read_and_marked_inside(pieces: list[str], between: str, surprisal: float) -> None:
    text = between.join(pieces)
    for issue in find(text, surprisal=surprisal):
        assert 0 <= issue.span.start < issue.span.end <= len(text)
        assert issue.suggestion != issue.span.of(text)


def test_runs_are_not_reported_unless_asked_for() -> None:
    assert find("He said that green ideas sleep furiously at night.", surprisal=ODD) == ()
