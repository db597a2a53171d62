"""Sentences of source texts in many languages, and the invariants that hold for any text."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mtqa.schema.document import SegmentKind
from mtqa.segmenting.sentences import LONGEST_SENTENCE, trim
from mtqa.segmenting.source import segment_source

# " | " marks where one sentence ends and the next begins; it is taken out, with its spaces for scripts without them.
SPACED = [
    ("de", "Am 9. Dezember kam z. B. Dr. Müller. | Die 2. Bundesliga begann."),
    ("de", "„Ja.“ | Er ging nach Hause."),
    ("de", "Er dachte: „Schnell wieder zurück. | Das Rad steht bereit. | Und los.“ | Er ging."),
    ("fr", "M. Macron a parlé. | « Oui. » | Il est parti."),
    ("fr", "Il a dit : « Non ! » et partit."),
    ("cs", "Dne 9. prosince přijel tzv. Beneš. | Pak odjel."),
    ("ru", "В 2014 г. он ушел. | И.И. Иванов сказал: «Да.» | Потом ушел."),
    ("uk", "У 2014 р. він пішов. | О. Зеленський сказав так."),
    ("ar", "ذهب الولد. | ماذا تريد؟ | لا شيء."),
    ("he", "הוא הלך. | היא באה?"),
    ("ur", "وہ گیا۔ | وہ آیا۔"),
    ("hi", "वह गया। | वह आया।"),
    ("hy", "Նա գնաց։ | Նա եկավ։"),
    ("ka", "ის წავიდა. | ის მოვიდა."),
    ("am", "ሰላም። | እንዴት ነህ።"),
    ("km", "គាត់ទៅ។ | គាត់មក។"),
    ("ko", "그는 갔다. | 오늘은 좋다! | 내일?"),
    (None, "Ha tafi. | Ya dawo gida."),
    ("no-such-language", "Foo bar. | Baz q."),
    ("de", "他走了。|今天好！|明天？"),  # the language is wrong
    ("ru", "Это хорошо 😀. | Да 👩🏽‍💻! | Нет."),
]
UNSPACED = [
    ("ja", "「行くよ。」と彼は言った。|「本当？」と聞く。|明日は雨だ！|今日は？"),
    ("zh", "乡村振兴，人才是关键。|人才哪里找？|价格为3.5元。"),
    ("zh-TW", "他說：「我們走。」|然後離開了。"),
    ("ja", "彼は「今日。明日。」と言った。"),
    ("zh", "他表示：“我们将继续推进改革开放。|我们也将加强合作。”|会议结束了。"),
    ("zh", "“好。”他说。|他走了。"),
]


@pytest.mark.parametrize(("language", "marked"), [*SPACED, *UNSPACED])
def test_sentences_of_many_languages(language: str | None, marked: str) -> None:
    expected = [piece.strip() for piece in marked.split("|")]
    text = marked.replace("| ", "").replace("|", "")
    assert [segment.span.of(text) for segment in segment_source(text, language)] == expected


def test_thai_is_cut_at_spaces_far_apart() -> None:
    first = "รัฐบาลไทยประกาศมาตรการใหม่เพื่อช่วยเหลือประชาชนที่ได้รับผลกระทบจากน้ำท่วมในภาคเหนือ"
    second = "นายกรัฐมนตรีกล่าวว่ารัฐบาลจะจ่ายเงิน 5 ล้านบาทให้แก่ครอบครัวที่สูญเสียบ้านเรือนภายในสัปดาห์หน้า"
    text = f"{first} {second}"
    assert [segment.span.of(text) for segment in segment_source(text, "th")] == [first, second]


def test_a_short_thai_text_stays_whole() -> None:
    text = "ผมไปแล้ว คุณล่ะ"
    assert [segment.span.of(text) for segment in segment_source(text, "th")] == [text]


def test_paragraphs_are_counted_and_datelines_stand_alone() -> None:
    text = "Nachrichten\n\nBERLIN (dpa) - Er kam. Sie ging.\nEnde."
    found = [(segment.span.of(text), segment.kind, segment.paragraph) for segment in segment_source(text, "de")]
    assert found == [
        ("Nachrichten", SegmentKind.SENTENCE, 0),
        ("BERLIN (dpa) -", SegmentKind.DATELINE, 1),
        ("Er kam.", SegmentKind.SENTENCE, 1),
        ("Sie ging.", SegmentKind.SENTENCE, 1),
        ("Ende.", SegmentKind.SENTENCE, 2),
    ]


PIECES = st.sampled_from(
    ["Da. ", "好。", "“行く。」と", "؟ ", "ذهب ", "ไป ", "e\u0301", "👩🏽‍💻", "\n", "\n\n", "1. ", "«", "”", " ",
     "\u200f", "\u3000", "\x00", "\ud800", "M. ", "।", "។", "…", "..", "\ufeff", "a", "B"]
)  # fmt: skip


@settings(deadline=None)
@given(st.lists(PIECES, max_size=30).map("".join) | st.text(max_size=60), st.sampled_from(["ja", "ar", "th", "de", ""]))
def test_every_visible_character_lies_in_one_segment(text: str, language: str) -> None:
    segments = segment_source(text, language)
    last = 0
    for index, segment in enumerate(segments):
        assert segment.index == index
        assert trim(text, last, segment.span.start) is None  # nothing visible was skipped
        assert last <= segment.span.start < segment.span.end <= len(text)
        assert trim(text, segment.span.start, segment.span.end) == segment.span
        last = segment.span.end
    assert trim(text, last, len(text)) is None


@pytest.mark.parametrize("text", ["“" * 20_000, "a. " * 20_000, "好" * 20_000, "ไทย " * 20_000, "." * 20_000])
def test_time_stays_linear_and_sentences_short(text: str) -> None:
    start = time.perf_counter()
    segments = segment_source(text, "de")
    assert time.perf_counter() - start < 5
    assert all(len(segment.span) <= LONGEST_SENTENCE for segment in segments)
    assert sum(len(segment.span) for segment in segments) > len(text) // 2
