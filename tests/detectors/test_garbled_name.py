from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mtqa.annotating.annotate import annotate
from mtqa.detecting.protocol import Detector, Tools
from mtqa.detecting.run import detect
from mtqa.detectors import garbled_name
from mtqa.knowledge import Knowledge, load_knowledge
from mtqa.schema.document import Document
from mtqa.schema.issue import EvidenceKind, Issue, Severity
from mtqa.segmenting import segment
from tests.fakes import FakeJudge

DETECTOR = Detector(garbled_name.RULE, garbled_name.detect, "")
SURE = 0.9


@cache
def knowledge() -> Knowledge:
    return load_knowledge()


def find(
    text: str,
    judge: FakeJudge | None = None,
    *,
    confidence: Callable[[str, Mapping[str, float]], float] = lambda rule, features: SURE,
) -> tuple[Issue, ...]:
    """What is proposed with a judge that likes every change, unless another is given."""
    document = segment(Document("d", text))
    known = annotate([document], [DETECTOR.rule], None)
    tools = Tools(knowledge(), confidence)
    ((issues, skipped),) = detect([document], known, [DETECTOR], [tools], judge or FakeJudge(8.0))
    assert skipped == ()
    return issues


def marked(text: str) -> list[tuple[int, str, str | None]]:
    return [(issue.span.start, issue.span.of(text), issue.suggestion) for issue in find(text)]


@pytest.mark.parametrize(
    ("text", "written", "suggestion"),
    [
        ("New German Chancellor Olaf Scholes spoke.", "Scholes", "Scholz"),
        ("Olaf Scholes", "Scholes", "Scholz"),
        ("Then came German Chancellor Olaf Scholes", "Scholes", "Scholz"),
        ("German Chancellor Olaf SCHOLES spoke.", "SCHOLES", "SCHOLZ"),
        ("German Chancellor Olaf Scholes's plan failed.", "Scholes", "Scholz"),
        ("German Chancellor Olaf Scholes’s plan failed.", "Scholes", "Scholz"),
        ("German Chancellor Olaf Scholes’ plan failed.", "Scholes", "Scholz"),
        ('"German Chancellor Olaf Scholes" was the headline.', "Scholes", "Scholz"),
        ("“Olaf Scholes,” the German Chancellor, was there.", "Scholes", "Scholz"),
        ("The German Chancellor Olaf\u00a0Scholes spoke.", "Scholes", "Scholz"),
        ("Élysée 😀: the French president, Emmanuel Macaron, spoke.", "Macaron", "Macron"),
        ("Russian President Vladimir Puten spoke.", "Puten", "Putin"),
        ("The Russian general Valery Kurosimov spoke.", "Kurosimov", "Gerasimov"),
        ("Thousands came to see Novak Jokovic play.", "Jokovic", "Djokovic"),
    ],
)
def test_garbled_last_names_are_marked_exactly(text: str, written: str, suggestion: str) -> None:
    assert marked(text) == [(text.index(written), written, suggestion)]


def test_a_given_name_in_another_spelling_is_a_slip() -> None:
    text = "US Secretary of State Anthony Blinken spoke."
    (issue,) = find(text)
    assert (issue.span.of(text), issue.suggestion, issue.severity) == ("Anthony", "Antony", Severity.MINOR)
    (other,) = find("German Chancellor Olaf Scholes spoke.")
    assert other.severity is Severity.MAJOR


@pytest.mark.parametrize(
    "text",
    [
        "Paul Scholes scored twice for Manchester United.",  # a namesake of the garbled name
        "New German Chancellor Olaf Scholz spoke.",
        "President Volodymyr Zelenskiy spoke.",
        "Ukrainian President Volodymyr Zelenskyy spoke.",
        "Wladimir Putin met Vladimir Putin’s double.",
        "Sergey Lavrov is Sergei Lavrov.",
        "Spanish Prime Minister Pedro Sanchez spoke.",
        "Spanish Prime Minister Pedro Sánchez spoke.",
        "Recep Tayyip Erdogan met Recep Tayyip Erdoğan.",
        "Crown Prince Mohammed bin Salman spoke.",
        "US President Joseph Biden spoke.",
        "iPhone, eBay and adidas were there.",
        "Kiev and Moscow disagree.",
        "",
    ],
)
def test_names_that_somebody_bears_are_not_asked_about(text: str) -> None:
    judge = FakeJudge(20.0)
    assert find(text, judge) == ()
    assert judge.asked == []


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_name_is_marked_wherever_it_stands(end: str) -> None:
    lines = [
        "Chancellor Olaf Scholes’s plan failed.",
        "Scholes’ friends left.",
        "They say that Olaf Scholes lied.",
        "Olaf Scholz.",
    ]
    text = end.join(lines)
    first = text.index("Scholes")
    second = text.index("Scholes", first + 1)
    third = text.index("Scholes", second + 1)
    assert marked(text) == [(at, "Scholes", "Scholz") for at in (first, second, third)]


def test_the_judge_reads_the_sentence_with_only_the_name_changed() -> None:
    judge = FakeJudge({"Scholz": 8.0})
    find("It rained. And German Chancellor Olaf Scholes threatened Moscow.", judge)
    written = "And German Chancellor Olaf Scholes threatened Moscow."
    pairs = {one.proposed for one in judge.asked if one.written == written}
    assert written.replace("Scholes", "Scholz") in pairs
    assert all(one.startswith("And German Chancellor ") and one.endswith(" threatened Moscow.") for one in pairs)


def test_both_kinds_of_evidence_are_given() -> None:
    (issue,) = find("German Chancellor Olaf Scholes spoke.", FakeJudge({"Scholz": 7.5}))
    by_kind = {one.kind: one for one in issue.evidence}
    assert by_kind.keys() == {EvidenceKind.TABLE, EvidenceKind.LM_CONTRAST}
    assert "Scholz" in by_kind[EvidenceKind.TABLE].detail
    assert (by_kind[EvidenceKind.LM_CONTRAST].value, by_kind[EvidenceKind.LM_CONTRAST].unit) == (7.5, "nats")
    assert "Scholes" in issue.message
    assert "Scholz" in issue.message


def test_the_calibration_has_the_last_word() -> None:
    asked: list[str] = []

    def confidence(rule: str, features: Mapping[str, float]) -> float:
        asked.append(rule)
        assert all(isinstance(value, float) for value in features.values())
        return 0.25

    issues = find("German Chancellor Olaf Scholes spoke.", confidence=confidence)
    assert [issue.confidence for issue in issues] == [0.25]
    assert set(asked) == {"garbled-name"}


def test_what_the_judge_says_reaches_the_calibration() -> None:
    seen: list[list[Mapping[str, float]]] = []
    for gain in (-4.0, 6.0):
        measured: list[Mapping[str, float]] = []

        def confidence(rule: str, features: Mapping[str, float], kept: list[Mapping[str, float]] = measured) -> float:
            kept.append(dict(features))
            return SURE

        find("German Chancellor Olaf Scholes spoke.", FakeJudge({"Scholz": gain}), confidence=confidence)
        seen.append(measured)
    assert seen[0] != seen[1]


PIECES = st.sampled_from(
    [
        "Olaf", "Scholes", "Scholz", "OLAF", "SCHOLES", "Chancellor", "German", "President", "Macaron", "Emmanuel",
        "von", "der", "’s", "'s", "’", "J.", "de", "said", ".", ",", "\r\n", "\n\n", "“", "”", '"', "É",
        "e\u0301", "\u00a0", "Zelenskiy", "Mme", "İ", "ß", "😀", "\u200d", "-", "Jean-", "O'", "Xi", "李",
        "Путин", "the", " ",
    ]
)  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(st.lists(PIECES | st.text(max_size=4), max_size=14), st.sampled_from(["", " "]))
def test_any_text_is_read_and_marked_inside(pieces: list[str], between: str) -> None:
    text = between.join(pieces)
    for issue in find(text):
        assert 0 <= issue.span.start < issue.span.end <= len(text)
        assert issue.suggestion
        assert issue.suggestion != issue.span.of(text)
