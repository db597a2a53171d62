from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import lru_cache

import pytest

from mtqa.detecting.protocol import Compare, Tools
from mtqa.detectors import wrong_office_holder
from mtqa.knowledge import Knowledge, load_knowledge
from mtqa.schema.annotations import Annotations
from mtqa.schema.document import Document, Segment, Span
from mtqa.schema.issue import Issue, Severity
from mtqa.schema.roles import Verdict


@lru_cache(maxsize=1)
def knowledge() -> Knowledge:
    return load_knowledge()


def find(text: str, *, date: dt.date | None = None, gains: Sequence[float] = (0.0, 0.0)) -> list[Issue]:
    """Issues of a text whose lines are sentences; the judge answers every pair of questions with `gains`."""
    segments, start = [], 0
    for index, line in enumerate(text.split("\n")):
        segments.append(Segment(index, Span(start, start + len(line))))
        start += len(line) + 1
    tools = Tools(knowledge=knowledge(), confidence=lambda rule, features: 0.9, date=date)
    steps = wrong_office_holder.detect(Document("d", text, segments=tuple(segments)), Annotations(), tools)
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
            answer = [Verdict(gain, gain, 0.0) for gain in list(gains) * (len(step.hypotheses) // 2)]


@pytest.mark.parametrize(
    ("text", "span", "suggestion"),
    [
        ("Russian President Joe Biden left.", "Russian President", "US President"),
        ("He wrote to US President Volodymyr Zhelensky.", "US President", "Ukrainian President"),
        ("Emmanuel Macron, the German chancellor, left.", "German chancellor", "French president"),
        ("The President of Ukraine Vladimir Putin left.", "President of Ukraine", "President of Russia"),
        ("The President of Ukraine Joe Biden left.", "President of Ukraine", "President of the United States"),
        ("Iran's foreign minister Sergei Lavrov left.", "Iran's foreign minister", "Russia's foreign minister"),
        ("US Secretary of State Sergey Lavrov left.", "US Secretary of State", "Russian Foreign Minister"),
        ("Russian Foreign Minister Antony Blinken left.", "Russian Foreign Minister", "US Secretary of State"),
        ("NATO Secretary General Antonio Guterres left.", "NATO Secretary General", "UN Secretary General"),
        ("He met his Russian counterpart Antony Blinken.", "Russian counterpart", "US counterpart"),
        ("French President Kim Jong-un left.", "French President", "North Korean Leader"),
    ],
)
def test_swaps_are_flagged_at_the_office(text: str, span: str, suggestion: str) -> None:
    (issue,) = find(text)
    assert (issue.span.of(text), issue.suggestion) == (span, suggestion)
    assert issue.severity is Severity.CRITICAL
    assert len(issue.evidence) >= 3
    assert any(f"“{suggestion}”" in evidence.detail for evidence in issue.evidence)


def test_the_person_is_blamed_if_the_judge_is_sure() -> None:
    text = "French President Angela Merkel received him in Paris."
    (issue,) = find(text, gains=(0.0, 30.0), date=dt.date(2021, 3, 1))
    assert (issue.span.of(text), issue.suggestion) == ("Angela Merkel", "Emmanuel Macron")
    (issue,) = find(text, gains=(0.0, 5.0), date=dt.date(2021, 3, 1))
    assert issue.suggestion == "German Chancellor"


@pytest.mark.parametrize(
    "text",
    [
        "French President Emmanuel Macron left.",
        "French President Emmanuel Macaron left.",
        "Former US President Vladimir Putin left.",
        "US President-elect Joe Biden left.",
        "Deputy Russian President Joe Biden left.",
        "Belgian Prime Minister Charles Michel left.",
        "French Finance Minister Christine Lagarde left.",
        "French President Lionel Messi left.",
        "Polish ambassador Joe Biden left.",
        "He met the president of Ukraine, Emmanuel Macron and Olaf Scholz.",
        "The ministers of Ghana, President Ouattara of Ivory Coast and others came.",
        "Congolese President Joe Biden left.",
        "",
    ],
)
@pytest.mark.parametrize("date", [None, dt.date(2021, 12, 10)])
def test_right_former_unknown_and_ambiguous_claims_pass(text: str, date: dt.date | None) -> None:
    assert find(text, date=date, gains=(30.0, 30.0)) == []


def test_nothing_is_said_beyond_the_day_of_the_table() -> None:
    assert find("Russian President Joe Biden left.", date=dt.date(2021, 12, 10))
    assert find("Russian President Joe Biden left.", date=dt.date(2090, 1, 1)) == []


def test_a_family_name_alone_needs_support() -> None:
    assert find("Ukrainian President Biden left.") == []
    assert find("Ukrainian President Biden left.", gains=(9.0, 0.0))
    assert find("Joe Biden spoke.\nUkrainian President Biden left.")


def test_all_claims_of_a_document_are_asked_about_together() -> None:
    issues = find("Russian President Joe Biden left.\nFrench President Angela Merkel came.")
    assert [issue.suggestion for issue in issues] == ["US President", "German Chancellor"]
