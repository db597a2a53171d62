from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mtqa.annotating.annotate import annotate
from mtqa.detecting.protocol import Detector, Tools
from mtqa.detecting.run import detect
from mtqa.detectors import name_mismatch
from mtqa.knowledge import Knowledge, load_knowledge
from mtqa.schema.document import Document, Segment, Span
from mtqa.schema.issue import EvidenceKind, Issue, Severity
from mtqa.scoring.calibrate import load_calibration

DETECTOR = Detector(name_mismatch.RULE, name_mismatch.detect, "")


@cache
def knowledge() -> Knowledge:
    return load_knowledge()


def find(
    source: str, text: str, language: str | None = None, *, before: str = "", least: float | None = None
) -> list[Issue]:
    """Issues at or over the threshold (or `least`); `before` stands in front of both as a segment without a source."""
    start = len(before)
    segments = (
        *((Segment(0, Span(0, start)),) if before else ()),
        Segment(bool(before), Span(start, start + len(text)), source_span=Span(start, start + len(source))),
    )
    document = Document("d", before + text, source=before + source, source_language=language, segments=segments)
    known = annotate([document], [DETECTOR.rule], None)
    calibration = load_calibration()
    least = calibration.threshold(DETECTOR.rule.id) if least is None else least
    tools = Tools(knowledge(), calibration.confidence)
    ((issues, skipped),) = detect([document], known, [DETECTOR], [tools], None)
    assert skipped == ()
    return [issue for issue in issues if issue.confidence >= least]


@pytest.mark.parametrize(
    ("language", "source", "text", "written", "right"),
    [
        ("de", "Bundeskanzler Olaf Scholz sprach.", "Chancellor Olaf Scholes spoke.", "Scholes", "Scholz"),
        (None, "Bundeskanzler Olaf Scholz sprach.", "Chancellor Olaf Scholes spoke.", "Scholes", "Scholz"),
        ("fr", "Canzler Olaf Scholz.", "Chancellor Olaf Scholes’s plan.", "Scholes", "Scholz"),
        ("ru", "Канцлер Олаф Шольц встретился с Байденом.", "Chancellor Olaf Scholes met Biden.", "Scholes", "Scholz"),
        ("ru", "Выступил Валерий Герасимов.", "Valery Kurosimov spoke.", "Kurosimov", "Gerasimov"),
        ("zh", "王志强来了。", "Wang Chikiang came.", "Chikiang", "Zhiqiang"),
        ("ha", "Gwamna Ganduje ya ce.", "Governor Gandujje said so.", "Gandujje", "Ganduje"),
        ("ar", "محمد بن سلمان", "Mohammed bin Zalnan", "Zalnan", "Salman"),
        ("ru", "Он вылетел из Польши.", "He flew from Polend.", "Polend", "Poland"),
        ("zh", "他住在苏州。", "He lives in Suzhoo.", "Suzhoo", "Suzhou"),
        ("ja", "池田監督が話した。", "Coach Ikedda spoke.", "Ikedda", "Ikeda"),
    ],
)
def test_a_name_that_the_source_spells_otherwise(
    language: str | None, source: str, text: str, written: str, right: str
) -> None:
    for before in ("", "Élysée 😀. "):
        (issue,) = find(source, text, language, before=before)
        start = len(before) + text.index(written)
        assert issue.span == Span(start, start + len(written))
        assert issue.suggestion == right
        assert issue.severity is Severity.MAJOR
        assert [one.kind for one in issue.evidence] == [EvidenceKind.SOURCE]


@pytest.mark.parametrize(
    ("language", "source", "text"),
    [
        ("de", "Bundeskanzler Olaf Scholz sprach in München.", "Chancellor Olaf Scholz spoke in Munich."),
        ("de", "Er fuhr nach Wien und Moskau.", "He went to Vienna and Moscow."),
        ("uk", "Президент Зеленський поїхав до Харкова.", "President Zelenskiy left for Kharkiv."),
        ("ru", "Он прилетел в Шереметьево.", "He landed at Sheremetyevo."),
        ("ja", "フルガル知事", "Governor Furgal"),
        ("cs", "Ostravský tým zvítězil nad Klatovami.", "The Ostrava team beat Klatovy."),
        ("de", "Das Windbergfest beginnt.", "The Windberg festival begins."),
        ("ru", "Встретились Павел Скоулз и Анна.", "Paul Scholes and Anna met."),
        (None, "", "Nobody Xyzzyk came."),
        ("ja", "大谷が打った。", "Ohtani hit a home run."),
        ("ja", "高井田中が勝った。", "Takaida won."),
        ("cs", "V Plzni je krásně.", "Pilsen is beautiful."),
        ("th", "นายกรัฐมนตรี", "Prime Minister Prayut spoke."),
        ("de", "Olaf Scholes", "Olaf Scholes"),
    ],
)
def test_names_as_the_source_has_them(language: str | None, source: str, text: str) -> None:
    assert find(source, text, language) == []


def test_the_spelling_of_the_document_wins() -> None:
    source = "Выступил Семиларский. Семиларский ушел."
    text = "Semilarskiy spoke. Semelarskey left."
    (issue,) = find(source, text, "ru", least=0.0)
    assert (issue.span.of(text), issue.suggestion) == ("Semelarskey", "Semilarskiy")


def test_segments_without_a_partner_are_left_alone() -> None:
    document = Document("d", "Olaf Scholes", source="Olaf Scholz", segments=(Segment(0, Span(0, 12)),))
    known = annotate([document], [DETECTOR.rule], None)
    tools = Tools(knowledge(), lambda rule, features: 1.0)
    assert detect([document], known, [DETECTOR], [tools], None) == [((), ())]


PIECES = st.sampled_from(
    ["Olaf ", "Scholes ", "Scholz", "Шольц ", "林小宅", "トランプ", " ", "’s ", "e\u0301", "😀", "مح", "-", "\n"]
)


@settings(max_examples=30, deadline=None)
@given(st.lists(PIECES | st.text(max_size=3), max_size=8), st.lists(PIECES | st.text(max_size=3), max_size=8))
def test_any_pair_is_read_and_marked_inside(source: list[str], target: list[str]) -> None:
    text = "".join(target)
    for issue in find("".join(source), text, least=0.0):
        assert 0 <= issue.span.start < issue.span.end <= len(text)
        assert issue.suggestion
        assert issue.suggestion != issue.span.of(text)


def test_a_capital_after_a_prefix_makes_no_abbreviation() -> None:
    (issue,) = find("Der Sprecher hieß Kevin O'Neill.", "The spokesman was called Kevin O'Neyll.", "de", least=0.0)
    assert issue.suggestion is not None
    assert "Neill" in issue.suggestion
    assert find("Der Sprecher hieß Kevin O'Neill.", "The spokesman was called Kevin O'Neill.", "de", least=0.0) == []


def test_a_garbled_place_in_chinese_characters_is_restored() -> None:
    (issue,) = find(
        "记者了解到，郑州今天下了大雨。", "Reporters learned that heavy rain fell in Zhengshao today.", "zh", least=0.0
    )
    assert issue.suggestion == "Zhengzhou"
