from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mtqa.detecting.protocol import Detector
from mtqa.detectors import inconsistent_name
from mtqa.schema.issue import EvidenceKind, Issue, Severity
from tests.detectors.alone import find_alone
from tests.fakes import FakeJudge

DETECTOR = Detector(inconsistent_name.RULE, inconsistent_name.detect, "")


def find(text: str, judge: FakeJudge | None = None) -> tuple[Issue, ...]:
    return find_alone(DETECTOR, text, judge)


@pytest.mark.parametrize(
    ("text", "written", "suggestion"),
    [
        ("Oleh Hrytsenko spoke. Grytsenkow left. Hrytsenko came.", ["Grytsenkow"], "Hrytsenko"),
        ("Oleh Hrytsenko spoke. Oleh Gritsenko left. Hrytsenko came.", ["Gritsenko"], "Hrytsenko"),
        ("Oleh Hrytsenko spoke.\r\nGrytsenkow left.\r\n", ["Grytsenkow"], "Hrytsenko"),
        ("Oleh Hrytsenko's plan, Grytsenkow's plan.", ["Grytsenkow"], "Hrytsenko"),
        ("Oleh Hrytsenko’s plan. Grytsenkow’s plan failed, Grytsenkow left.", ["Grytsenkow"] * 2, "Hrytsenko"),
        ("“Oleh Hrytsenko” and “Grytsenkow”", ["Grytsenkow"], "Hrytsenko"),
        ("Volodymyr Zhelensky spoke. Volodymyr Zelensky left.", ["Zhelensky"], "Zelensky"),
        ("Emmanuel Macron spoke. Macaron left.", ["Macaron"], "Macron"),
        # Headlines in capitals neither give their capitals away nor take small letters.
        ("ZELENSKY SPEAKS\n\nVolodymyr Zelensky left. Volodymyr Zhelensky came.", ["Zhelensky"], "Zelensky"),
        ("Oleh HRYTSENKO. Oleh Grytsenkow.", ["Grytsenkow"], "Hrytsenko"),
        ("Angela Merkel spoke. MERKELL left.", ["MERKELL"], "MERKEL"),
    ],
)
def test_second_spellings_are_marked(text: str, written: list[str], suggestion: str) -> None:
    found = find(text)
    assert [issue.span.of(text) for issue in found] == written
    assert {issue.suggestion for issue in found} == {suggestion}
    for issue in found:
        (related,) = issue.related
        assert related.of(text).casefold() == suggestion.casefold()
        assert issue.severity is Severity.MINOR
        assert {one.kind for one in issue.evidence} == {EvidenceKind.DOCUMENT, EvidenceKind.LM_CONTRAST}


@pytest.mark.parametrize(
    "text",
    [
        "Oleh Hrytsenko spoke. Hrytsenko left.",
        "John Smith met Adam Smyth. Smith and Smyth agreed.",
        "Hrytsenko spoke. Grytsenkow left.",  # nothing says that these are people
        "Oleh Hrytsenko met the Hrytsenkos.",
        "Vladimir Putin and Lyudmila Putina divorced. Putina said little.",
        "Petro Kovalov met Kovalova.",
        "Alexei Navalny spoke. Navalnaya left.",
        "Volodymyr Zelenskiy spoke. Zelenska listened.",
        "Volodymyr Zelenskyy spoke. Zelenskaya listened.",
        "Ana Pérez met Perez.",
        "Jose\u0301 Pe\u0301rez met José Pérez.",
        "OLEH HRYTSENKO SPEAKS\n\nOleh Hrytsenko spoke.",
        # Things with names of their own, though names of one another look like spellings.
        "The European Commission met. The Commissioner said so.",
        "The European Commission met. The European Commissioner said so.",
        "He visited Eastern Slovakia. Slovenia was next.",
        "Northern Ireland voted. Iceland did not.",
        "Inner Iceland is cold. The Icelanders like it.",
        "Richard Wagner wrote it. The Wagnerians came.",
        "South Australia is hot. Austria is not.",
        "The Republican Party won. The Republicans cheered.",
        "",
    ],
)
def test_one_spelling_or_two_bearers_pass(text: str) -> None:
    assert find(text, FakeJudge(20.0)) == ()


def test_the_judge_is_asked_about_the_sentence_alone() -> None:
    judge = FakeJudge(3.0)
    find("Oleh Hrytsenko spoke. On Monday Grytsenkow left. It rained.", judge)
    (asked,) = judge.asked
    assert (asked.written, asked.proposed) == ("On Monday Grytsenkow left.", "On Monday Hrytsenko left.")


def test_a_judge_that_objects_lowers_the_confidence() -> None:
    text = "Oleh Hrytsenko spoke. Grytsenkow left."
    (liked,), (disliked,) = find(text, FakeJudge(8.0)), find(text, FakeJudge(-8.0))
    assert disliked.confidence < liked.confidence


PIECES = st.sampled_from(
    [
        "Oleh", "Hrytsenko", "Grytsenkow", "HRYTSENKO", "Zelenskiy", "Zelenska", "Zhelensky", "Volodymyr", "Commission",
        "Commissioner", "European", "’s", "'s", "said", ".", ",", "\r\n", "\n\n", "“", "”", "e\u0301", "\u00a0", "İ",
        "😀", "-", "J.", "von", "Merkel", "MERKELL",
    ]
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(PIECES | st.text(max_size=4), max_size=16), st.sampled_from(["", " "]))
def test_any_text_is_read_and_marked_inside(pieces: list[str], between: str) -> None:
    text = between.join(pieces)
    for issue in find(text):
        for span in (issue.span, *issue.related):
            assert 0 <= span.start < span.end <= len(text)
        assert issue.suggestion != issue.span.of(text)
