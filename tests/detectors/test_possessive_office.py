from __future__ import annotations

from functools import lru_cache

import pytest

from mtqa.detecting.protocol import Compare, Tools
from mtqa.detectors import possessive_office
from mtqa.knowledge import Knowledge, load_knowledge
from mtqa.schema.annotations import Annotations
from mtqa.schema.document import Document, Segment, Span
from mtqa.schema.issue import Issue
from mtqa.schema.roles import Verdict


@lru_cache(maxsize=1)
def knowledge() -> Knowledge:
    return load_knowledge()


def find(text: str, *, gain: float = 5.0) -> list[Issue]:
    segments, start = [], 0
    for index, line in enumerate(text.split("\n")):
        segments.append(Segment(index, Span(start, start + len(line))))
        start += len(line) + 1
    tools = Tools(knowledge=knowledge(), confidence=lambda rule, features: 0.9)
    steps = possessive_office.detect(Document("d", text, segments=tuple(segments)), Annotations(), tools)
    issues: list[Issue] = []
    answer = None
    while True:
        try:
            step = steps.send(answer)
        except StopIteration:
            return issues
        answer = None
        if isinstance(step, Issue):
            issues.append(step)
        else:
            assert isinstance(step, Compare)
            assert all("counterpart" in hypothesis.proposed for hypothesis in step.hypotheses)
            answer = [Verdict(gain, gain, 0.0) for _ in step.hypotheses]


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("The US president promised it to his Russian president.", "his Russian president"),
        ("Joe Biden phoned his French foreign minister.", "his French foreign minister"),
        ("Joe Biden spoke.\nThen he phoned his French president.", "his French president"),
        ("After talks with her Russian president, Angela Merkel left.", "her Russian president"),
        ("The French president and the German chancellor called their Russian president.", "their Russian president"),
    ],
)
def test_offices_of_another_country_are_flagged(text: str, span: str) -> None:
    (issue,) = find(text)
    assert issue.span.of(text) == span
    assert issue.suggestion == " ".join([*span.split()[:2], "counterpart"])
    assert issue.message.startswith(f"“{span}” says")
    assert f"“{issue.suggestion}”" in issue.evidence[-1].detail
    assert issue.related


@pytest.mark.parametrize(
    "text",
    [
        "Joe Biden met his vice president.",
        "Joe Biden met his first foreign minister.",
        "The company lost its Russian president.",
        "Joe Biden met his Russian wife.",
        "Angela Merkel is our German chancellor.",
        "Vladimir Putin fired his Russian prime minister.",
        "Joe Biden met his Russian president Vladimir Putin.",
        "The workers elected their French president.",
        "Joe Biden met his former Russian president.",
        "Joe Biden met his NATO secretary general.",
        "",
    ],
)
def test_own_offices_and_unknown_owners_pass(text: str) -> None:
    assert find(text) == []


def test_the_judge_has_the_last_word() -> None:
    assert find("The US president promised it to his Russian president.", gain=-0.1) == []
