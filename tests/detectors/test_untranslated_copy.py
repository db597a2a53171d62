from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mtqa.detecting.protocol import Tools
from mtqa.detectors import untranslated_copy
from mtqa.knowledge import Knowledge, load_knowledge
from mtqa.schema.annotations import Annotations
from mtqa.schema.document import Document, Segment, Span
from mtqa.schema.issue import Issue, Severity
from mtqa.scoring.calibrate import load_calibration


@cache
def knowledge() -> Knowledge:
    return load_knowledge()


def find(source: str, text: str, language: str | None = None, *, least: float | None = None) -> list[Issue]:
    """Issues at or over the threshold, or over `least`."""
    segment = Segment(0, Span(0, len(text)), source_span=Span(0, len(source)))
    document = Document("d", text, source=source, source_language=language, segments=(segment,))
    calibration = load_calibration()
    least = calibration.threshold(untranslated_copy.RULE.id) if least is None else least
    found = untranslated_copy.detect(document, Annotations(), Tools(knowledge(), calibration.confidence))
    return [issue for issue in found if isinstance(issue, Issue) and issue.confidence >= least]


GERMAN = "Der Minister sagte, dass das Gesetz noch nicht verabschiedet worden sei."


@pytest.mark.parametrize(
    "source",
    [
        GERMAN,
        "Он ещё не прочитал это письмо.",
        "他昨天没有读那封信。",
        "彼はまだその手紙を読んでいない。",
        "لم يقرأ الرسالة بعد أمس.",
        "그는 아직 그 편지를 읽지 않았다.",
        "เขายังไม่ได้อ่านจดหมาย",
        "Hún hefur ekki lesið bréfið.",
    ],
)
def test_a_copied_segment_is_critical(source: str) -> None:
    (issue,) = find(source, source)
    assert issue.severity is Severity.CRITICAL
    assert issue.span.start == 0
    assert len(source) - issue.span.end <= 1  # the full stop of a script without spaces


@pytest.mark.parametrize(
    ("source", "copied"),
    [
        (GERMAN, "das Gesetz noch nicht verabschiedet worden sei."),
        ("Он сказал, что закон ещё не принят.", "закон ещё не принят."),
        ("部长说这项法律尚未通过，他很失望。", "这项法律尚未通过，他很失望"),
    ],
)
def test_a_copied_part_is_marked_alone(source: str, copied: str) -> None:
    text = f"The minister said yesterday in Berlin that {copied}"
    (issue,) = find(source, text)
    assert (issue.span.of(text), issue.severity) == (copied, Severity.MAJOR)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("Angela Merkel traf Emmanuel Macron in Paris.", "Angela Merkel met Emmanuel Macron in Paris."),
        ("Angela Merkel, Emmanuel Macron", "Angela Merkel, Emmanuel Macron"),
        ("Mehr unter https://example.org/de/seite/eins", "See https://example.org/de/seite/eins"),
        ("Er las „die Leiden des jungen Werther“ zweimal.", "He read “die Leiden des jungen Werther” twice."),
        ("2021 1.234 99 %", "2021 1.234 99 %"),
        ("pip install mtqa_2", "pip install mtqa_2"),
        ("Der Hund bellt.", "The dog barks."),
        ("", "The dog barks."),
        ("Frankfurt/Main (dpa) -", "Frankfurt/Main (dpa) -"),
        ("华为公司", "Huawei (华为)"),
    ],
)
def test_names_numbers_code_and_titles_are_no_copies(source: str, text: str) -> None:
    assert find(source, text) == []


def test_an_english_source_may_be_repeated() -> None:
    text = "The minister said that the law had not been passed."
    assert find(text, text, "en") == []


PIECES = st.sampled_from(
    ["der ", "Hund ", "noch nicht ", "закон ", "这项法律尚未", "。", " ", "\n", "😀", "e\u0301", "https://x.y "]
)


@settings(max_examples=50, deadline=None)
@given(st.lists(PIECES | st.text(max_size=3), max_size=10), st.lists(PIECES | st.text(max_size=3), max_size=10))
def test_any_pair_is_read_and_marked_inside(source: list[str], target: list[str]) -> None:
    text = "".join(target)
    for issue in find("".join(source), text, least=0.0):
        assert 0 <= issue.span.start < issue.span.end <= len(text)
