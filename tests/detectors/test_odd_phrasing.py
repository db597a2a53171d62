from __future__ import annotations

import math
from collections.abc import Callable, Mapping
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
from tests.fakes import FakeJudge
from tests.rating import FakeEstimator

DETECTOR = Detector(odd_phrasing.RULE, odd_phrasing.detect, "")


@cache
def knowledge() -> Knowledge:
    return load_knowledge()


def find(
    text: str,
    judge: FakeJudge | None = None,
    *,
    errors: Mapping[str, float] | None = None,
    confidence: Callable[[str, Mapping[str, float]], float] | None = None,
) -> tuple[Issue, ...]:
    """What is reported at the shipped threshold, by a judge that likes every change unless one is given.

    `errors`: probability of an error by word (None: no estimator); `confidence` instead of the shipped calibration.
    """
    document = segment(Document("d", text))
    known = annotate([document], [DETECTOR.rule], None, None if errors is None else FakeEstimator(errors=errors))
    calibration = load_calibration()
    tools = Tools(knowledge(), confidence or calibration.confidence)
    least = calibration.threshold(DETECTOR.rule.id)
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
    text = "- capable to lead green ideas sleep\n- responsible of the green ideas\n"
    assert find(text, judge, errors=ODD, confidence=sure) == ()
    assert judge.asked == []


ODD = {"green": 0.9, "ideas": 0.8, "sleep": 0.95, "sleep.": 0.95, "ideas,": 0.8, "green,": 0.9, "ideas.": 0.8}
ODD |= {"“green": 0.9, "sleep”": 0.95, "Green": 0.9, "5": 0.9}


def sure(rule: str, features: Mapping[str, float]) -> float:
    """Every run is reported, so that the tests do not hang on what was fitted."""
    return 0.9


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("He said that green ideas sleep furiously at night.", ["green ideas sleep"]),
        ("Here, green ideas sleep.", ["green ideas sleep"]),
        ("He said: “green ideas sleep” and left.", ["green ideas sleep"]),
        ("It rained.\r\nThe green ideas sleep.", ["green ideas sleep"]),
        ("He said that it will sleep at night.", ["sleep"]),
        ("He said green, ideas, sleep.", ["green", "ideas", "sleep"]),  # three clauses
        ("He said green “green ideas.", ["green", "green ideas"]),  # into a quotation
        ("They sleep and ideas grow.", ["sleep", "ideas"]),
        ("Wherever Green 5 went.", []),  # names and numbers are the business of other rules
        ("He went home at night and slept.", []),
        ("", []),
    ],
)
def test_runs_of_words_that_the_estimator_marks(text: str, written: list[str]) -> None:
    issues = find(text, errors=ODD, confidence=sure)
    assert [issue.span.of(text) for issue in issues] == written
    for issue in issues:
        assert issue.suggestion is None
        assert issue.category is Category.AWKWARD
        assert [one.kind for one in issue.evidence] == [EvidenceKind.ESTIMATOR, EvidenceKind.LM_CONTRAST]


def test_the_language_model_reads_the_sentences_with_a_run_and_no_other() -> None:
    seen: list[dict[str, float]] = []

    def remember(rule: str, features: Mapping[str, float]) -> float:
        seen.append(dict(features))
        return 0.9

    judge = FakeJudge(surprisal={"green": 4.0, "ideas": 8.0})
    text = "It rained all day. He said that green ideas grow. They slept."
    (issue,) = find(text, judge, errors=ODD, confidence=remember)
    assert judge.read_texts == ["He said that green ideas grow."]
    # Before the model is asked: what its least and its greatest surprise would make of the run.
    assert [own.pop("surprisal") for own in seen] == [0.0, 15.0, pytest.approx(6.0)]
    error = pytest.approx((math.log(9) + math.log(4)) / 2)
    assert seen == [{"construction": 0.0, "gain": 0.0, "error": error, "words": 1.0}] * 3
    assert "'ideas' is the least expected of them" in issue.message
    assert issue.evidence[0].value == pytest.approx(0.9)


@pytest.mark.parametrize("rising", [True, False])
def test_sentences_whose_run_could_not_be_reported_are_not_read(rising: bool) -> None:
    """A second word adds 0.3 to the confidence, surprisal at the most 0.2, by its height or by its want."""

    def confidence(rule: str, features: Mapping[str, float]) -> float:
        share = features["surprisal"] / 15.0
        return 0.2 + 0.3 * features["words"] + 0.2 * (share if rising else 1.0 - share)

    document = segment(Document("d", "He said that green ideas grow. They sleep at night."))
    known = annotate([document], [DETECTOR.rule], None, FakeEstimator(errors=ODD))
    reported = []
    for least, read in ((0.0, 2), (0.5, 1), (0.71, 0)):
        judge = FakeJudge(surprisal={"green": 6.0, "ideas": 6.0, "sleep": 9.0})
        tools = Tools(knowledge(), confidence, least={"odd-phrasing": least}.__getitem__)
        ((issues, _),) = detect([document], known, [DETECTOR], [tools], judge)
        assert judge.read_texts == ["He said that green ideas grow.", "They sleep at night."][:read]
        reported.append([issue for issue in issues if issue.confidence >= 0.5])
    assert reported[0] == reported[1] != []
    assert reported[2] == []


def test_a_sentence_that_is_bad_all_over_has_no_run() -> None:
    text = "He said " + "green ideas sleep " * 4 + "here."
    assert find(text, errors=ODD, confidence=sure) == ()


def test_without_an_estimator_constructions_are_still_found() -> None:
    (issue,) = find("She is responsible of the whole programme.")
    assert issue.suggestion == "responsible for"


PIECES = st.sampled_from(
    [
        "although", "Although", "they talked for hours", "but", "they", "could not agree", "responsible of the", "told",
        "Moscow", "on Monday that", "since two years", "green", "ideas", "sleep", ".", ",", ";", "“", "”", '"',
        "(", ")", "’", "\r\n", "\n\n", "e\u0301", "\u00a0", "😀", "İ", "5", "- ", "did not went",
    ]
)  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(st.lists(PIECES | st.text(max_size=4), max_size=16), st.sampled_from(["", " "]), st.sampled_from([0.1, 0.9]))
def test_any_text_is_read_and_marked_inside(pieces: list[str], between: str, usual: float) -> None:
    text = between.join(pieces)
    errors = dict.fromkeys(text.split(), usual)
    for issue in find(text, errors=errors, confidence=sure):
        assert 0 <= issue.span.start < issue.span.end <= len(text)
        assert issue.suggestion != issue.span.of(text)
