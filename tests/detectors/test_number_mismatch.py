from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mtqa.detecting.protocol import Tools
from mtqa.detectors import number_mismatch
from mtqa.knowledge import Knowledge
from mtqa.pairing import pair
from mtqa.schema.annotations import Annotations
from mtqa.schema.document import Document, Segment, Span
from mtqa.schema.issue import Severity
from mtqa.segmenting import segment
from tests.detectors.paired import find_beside


@pytest.mark.parametrize(
    ("language", "source", "text", "found"),
    [
        ("de", "Das kostet 1.234,5 Euro im Monat.", "This costs 1,243.5 euros a month.", ("1,243.5", "1,234.5")),
        ("cs", "Na konci března jich měla 4,6 milionu.", "At the end of March it had 4.6 billion.",
         ("4.6 billion", "4.6 million")),
        ("zh", "该市有3.5万名学生。", "The city has 350,000 students.", ("350,000", "35,000")),
        ("ja", "昨年は1億2000万人が訪れた。", "Last year 12 million people came.", ("12 million", "120 million")),
        ("ru", "Это было 22 июля в Минске.", "This happened on July 21 in Minsk.", ("21", "22")),
        ("fr", "Il y avait quatre-vingt-dix-sept élèves.", "There were 79 pupils there.", ("79", "97")),
        ("de", "Sie wurde am Montag auf Platz 21 gewählt.", "She came in 22nd place on Monday.", ("22nd", "21st")),
        ("de", "Die letzten zehn Minuten haben gefehlt.", "The last 1 minutes were missing.", ("1", "10")),
        ("ru", "Выборы прошли 6 апреля.", "The election was held on April 4.", ("4", "6")),
    ],
)  # fmt: skip
def test_changed_numbers_are_found(language: str, source: str, text: str, found: tuple[str, str]) -> None:
    issues = find_beside(number_mismatch, source, text, language)
    assert [(one.span.of(text), one.suggestion) for one in issues] == [found]


@pytest.mark.parametrize(
    ("language", "source", "text", "found"),
    [
        ("ru", "Более тридцати раз он участвовал.", "He took part more than thirteen times.", ("thirteen", "thirty")),
        ("uk", "Загинули п'ятнадцять людей.", "Sixteen people died there.", ("Sixteen", "Fifteen")),
    ],
)
def test_exchanged_words_are_proposed(language: str, source: str, text: str, found: tuple[str, str]) -> None:
    """Proposed with the right word; whether they are reported is for the calibration to say."""
    document = pair(segment(Document("d", text, source=source, source_language=language)))
    issues = list(number_mismatch.detect(document, Annotations(), Tools(Knowledge(), lambda rule, features: 1.0)))
    assert [(one.span.of(text), one.suggestion) for one in issues] == [found]


@pytest.mark.parametrize(
    ("language", "source", "text"),
    [
        (
            "de",
            "Am 10.12.2021 um 18.30 Uhr kamen zwölf Gäste.",
            "At 6:30 p.m. on December 10, 2021 twelve guests came.",
        ),
        ("fr", "Il a payé 1\u202f234\u202f567,5 euros.", "He paid 1,234,567.5 euros."),
        ("ja", "2人の師弟関係がチームに波及した。", "The bond of pupil and teacher spread through the team."),
        ("ru", "В XIX веке здесь жили 1,2 млн человек.", "In the 19th century, 1.2 million people lived here."),
        ("ru", "Штраф составил два с половиной миллиона.", "The fine was two and a half million."),
        ("zh", "2021年12月10日下午3时，五六百人到场。", "At 3 p.m. on December 10, 2021, 500 people came."),
        ("zh", "这种飞机能对6000多亩耕地喷药。", "Such planes spray over 6,000 mu (400 hectares) of land."),
        ("ja", "令和3年に2兆円を超えた。", "In 2021 it exceeded 2 trillion yen."),
        ("cs", "Po 20:00 zde zůstalo asi 140 000 lidí.", "After 8 p.m. about 140,000 people stayed here."),
        ("hi", "१२,३४,५६७ लोग आए।", "1,234,567 people came."),
        (None, "Etwa 1.234 Menschen kamen.", "About 1,234 people came."),
        ("ru", "Er zahlte siebenundzwanzig Euro.", "He paid 27 euros."),
        ("de", "Im Achtelfinale siegten beide.", "Both won in the round of 16."),
        ("zh", "这是自20世纪80年代以来的第二次访问。", "This is the second visit since the 1980s."),
        ("cs", "Od počátku devadesátých let klesla o deset milionů.", "Since the early 1990s it fell by ten million."),
        ("cs", "V neděli okolo 19:45 odešla.", "On Sunday she left at around 7.45pm."),
        ("uk", "Можна прийти 13:00-14:00.", "You may come from 1 to 2 pm."),
        ("uk", "Їх там тисяч 100 в Україні.", "There are around 100,000 of them in Ukraine."),
        ("de", "Er startet erst am 16.3. im Norden.", "He starts in the north on 03/16."),
        ("zh", "每年的3至6月是花期。", "It blooms from March to June each year."),
        ("zh", "收入超过 820 万美元。", "The income exceeds 8.2 million dollars."),
    ],
)
def test_equal_numbers_pass(language: str | None, source: str, text: str) -> None:
    assert find_beside(number_mismatch, source, text, language) == []


def test_a_lost_number_is_quoted_with_its_place() -> None:
    source, text = "V sobotu dorazilo 216 řidičů z Prahy.", "On Saturday the drivers from Prague arrived."
    (issue,) = find_beside(number_mismatch, source, text, "cs")
    assert issue.suggestion is None
    assert "“216” at 18-21" in issue.evidence[0].detail
    assert issue.span.of(text) == "On"


@pytest.mark.parametrize(
    ("text", "severity"),
    [("They had 4.6 billion guests.", Severity.CRITICAL), ("They had 4.7 million guests.", Severity.MAJOR)],
)
def test_wrong_magnitudes_are_critical(text: str, severity: Severity) -> None:
    (issue,) = find_beside(number_mismatch, "Sie hatten 4,6 Millionen Gäste.", text, "de")
    assert issue.severity is severity


def test_segments_without_partner_and_numbers_of_the_next_sentence_are_left_alone() -> None:
    text, source = "It has 47 rooms. It opened in 1955.", "Es hat Zimmer. Die 47 wurden 1955 eröffnet."
    halves = (Segment(0, Span(0, 16), source_span=Span(0, 14)), Segment(1, Span(17, 35), source_span=Span(15, 43)))
    alone = tuple(Segment(one.index, one.span) for one in halves)
    for segments in (halves, alone):
        document = Document("d", text, source=source, source_language="de", segments=segments)
        steps = number_mismatch.detect(document, Annotations(), Tools(Knowledge(), lambda rule, features: 1.0))
        assert list(steps) == []


@given(
    st.text(alphabet="0123459., 万三十-:½$%aé日", max_size=40), st.text(alphabet="0123456., am-:()$%Tt", max_size=40)
)
def test_any_text_gives_spans_inside_it(source: str, text: str) -> None:
    document = pair(segment(Document("d", text, source=source)))
    for one in number_mismatch.detect(document, Annotations(), Tools(Knowledge(), lambda rule, features: 0.5)):
        assert 0 <= one.span.start < one.span.end <= len(text)
        assert one.evidence
        assert one.suggestion != one.span.of(text)
