from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mtqa.detecting.overlaps import resolve_overlaps
from mtqa.detecting.protocol import Tools
from mtqa.detectors import broken_quotation
from mtqa.knowledge import Knowledge
from mtqa.schema.annotations import Annotations
from mtqa.schema.document import Document
from mtqa.schema.issue import Issue
from mtqa.scoring.calibrate import load_calibration
from mtqa.segmenting import segment

TOOLS = Tools(Knowledge(), load_calibration().confidence)


def find(text: str) -> list[Issue]:
    steps = broken_quotation.detect(segment(Document("d", text)), Annotations(), TOOLS)
    return list(resolve_overlaps([step for step in steps if isinstance(step, Issue)]))


def places(text: str) -> list[tuple[str, str | None]]:
    return [(issue.span.of(text), issue.suggestion) for issue in find(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("He spoke of «a success» on Monday.", [("«a success»", "“a success”")]),
        ("He spoke of « a success » on Monday.", [("« a success »", "“a success”")]),
        ("He spoke of «\u00a0a success\u202f» on Monday.", [("«\u00a0a success\u202f»", "“a success”")]),
        ("He spoke of „a success“ on Monday.", [("„a success“", "“a success”")]),
        ("He spoke of „a success” on Monday.", [("„a success”", "“a success”")]),
        ("A “good start.” The talks failed,” he said on Monday.", [("”", None)]),
        ("He said: “The talks failed on Monday. “We go on,” she said.", [("“", None)]),
        ("The album “Rumours“ sold well.", [("“", "”")]),
        ("The ministers (all seven of them went home.", [("(", None)]),
        ("The ministers all seven of them) went home.", [(")", None)]),
        ("Is that all ? Nobody knows.", [(" ?", "?")]),
        ("Stop\u00a0! He did.", [("\u00a0!", "!")]),
        ("The score was 10 :\nnobody had thought so.", [(" :", ":")]),
    ],
)
def test_marks_of_another_language_and_marks_alone_are_found(text: str, found: list[tuple[str, str | None]]) -> None:
    assert places(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "“We will go on,” he said, “whatever comes.”",
        'He said "yes" and left.',
        "1) The first; 2) the second; a) the third; iv) the last.",
        "This excerpt begins in a quotation,” he said.",
        "He said: “This excerpt ends in one.",
        "He smiled :) and left ;-) at once.",
        "The screen is 15” wide and 5’11” away.",
        "“The first paragraph runs on.\n\n“The second ends it.”",
        "It is 10 : 3 in the first half of the game.",
        "He asked: Is it so? It is! Good; fine.",
        "The club's members' money was 'lost'.",
        "",
    ],
)
def test_english_punctuation_passes(text: str) -> None:
    assert places(text) == []


def test_the_suggestion_repairs_the_text() -> None:
    text = "Il dit « oui » ! He left."
    for issue in reversed(find(text)):
        assert issue.suggestion is not None
        text = text[: issue.span.start] + issue.suggestion + text[issue.span.end :]
    assert text == "Il dit “oui”! He left."


@given(st.text(alphabet="ab 1“”«»„()[]!?:;.\n", max_size=60))
def test_issues_mark_real_places(text: str) -> None:
    for issue in find(text):
        assert 0 <= issue.span.start < issue.span.end <= len(text)
        assert issue.suggestion != issue.span.of(text)
        assert issue.evidence
