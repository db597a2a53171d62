from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mtqa.detecting.protocol import Tools
from mtqa.detectors import repeated_text
from mtqa.knowledge import Knowledge
from mtqa.schema.annotations import Annotations
from mtqa.schema.document import Document
from mtqa.schema.issue import Issue, Severity
from mtqa.scoring.calibrate import load_calibration
from mtqa.segmenting import segment

TOOLS = Tools(Knowledge(), load_calibration().confidence)


def find(text: str) -> list[Issue]:
    steps = repeated_text.detect(segment(Document("d", text)), Annotations(), TOOLS)
    return [step for step in steps if isinstance(step, Issue)]


@pytest.mark.parametrize(
    ("text", "written", "severity"),
    [
        ("They said that the the budget is cut.", " the", Severity.MINOR),
        ("The the budget is cut.", " the", Severity.MINOR),
        ("He bought bread and bought bread and left.", " bought bread and", Severity.MAJOR),
        ("He went to to to the market.", " to to", Severity.MINOR),
        ("It was in the in the house.", " in the", Severity.MINOR),
        ("It was in the in the in the house.", " in the in the", Severity.MINOR),
        (
            "It is a sign of the times, it is a sign of the times, he said.",
            ", it is a sign of the times",
            Severity.MAJOR,
        ),
        (
            "The talks went on all night. The talks went on all night. They failed.",
            "The talks went on all night.",
            Severity.MAJOR,
        ),
    ],
)
def test_repetitions_are_found_once(text: str, written: str, severity: Severity) -> None:
    (issue,) = find(text)
    assert issue.span.of(text) == written
    assert issue.suggestion == ""
    assert issue.severity is severity


@pytest.mark.parametrize(
    "text",
    [
        "He had had enough of it.",
        "He said that that was it.",
        "It was a very, very long day in New York, New York.",
        "Duran Duran Duran Duran played for two hours.",
        "No. No. No.",
        "Never again! Never again!",
        "They featured in In Touch magazine.",
        "The numbers are 7 7 7 7.",
        "Day after day after day he waited.",
        "It went on and on and on.",
        "Again and again and again and again he called.",
        "",
    ],
)
def test_what_english_repeats_passes(text: str) -> None:
    assert [issue.span.of(text) for issue in find(text)] == []


def test_a_sentence_repeated_often_is_marked_each_time() -> None:
    text = "The talks went on all night. " * 4
    assert len(find(text.strip())) == 3


@given(st.lists(st.sampled_from(["the", "of", "war", "Kiev", ",", ".", "and", "went"]), max_size=30))
def test_leaving_repetitions_out_leaves_a_text(words: list[str]) -> None:
    text = " ".join(words)
    end = 0
    for issue in sorted(find(text), key=lambda issue: issue.span):
        assert end <= issue.span.start < issue.span.end <= len(text)
        assert issue.suggestion == ""
        end = issue.span.end
