"""Sentence ends of news English, and the invariants that hold for any text."""

from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mtqa.segmenting.sentences import LONGEST_SENTENCE, clean, split_sentences


def sentences(text: str) -> list[str]:
    return [span.of(text) for span in split_sentences(text)]


# " | " marks where one sentence ends and the next begins; everything else is one sentence.
NEWS = [
    "A senior U.S. official spoke. | The talks went on.",
    "The U.S. President met the U.K. Prime Minister. | They shook hands.",
    "He moved to the U.S. | The next year he left.",
    "In Washington, D.C. President Biden spoke for an hour.",
    "She works for the U.N. | It pays well.",
    "Mr. Smith met Mrs. Jones and Dr. Brown. | Prof. White stayed at home.",
    "Gen. Mark Milley and Lt. Gov. Dan Patrick met Sen. Doe. | Rep. Liz Cheney did not.",
    "During their call, MM. Biden and Zelensky agreed.",
    "During the visit, Mme. Le Pen and M. Macron agreed.",
    "Then Hr. Müller met Sr. García and Sra. López.",
    "J. K. Rowling wrote it. | George W. Bush read it.",
    "J.R.R. Tolkien wrote it. | So did C. S. Lewis.",
    "N. I. Pirogov was a doctor. | So was I. | Nobody else was.",
    "He is taller than I. | The others are not.",
    "They went on with plan B. | The mayor approved.",
    "Vitamin C. | It helps.",
    "He lives in St. Petersburg. | She lives near Mt. Everest and Ft. Worth.",
    "No. 5 was late. | He said no. | Then he left.",
    "See Art. 5 and Fig. 3 in Vol. II on pp. 4 and p. 7. | It is short.",
    "“No. I will stay,” he said.",
    "They met at 5 p.m. | The talks ended at 9 a.m. on Friday.",
    "They met at 5 p.m. Monday in Paris.",
    "On Dec. 10 and Jan. 3 they met. | On Feb. 2 they parted.",
    "On 9. December the 2. Bundesliga began.",
    "It began in 2014. | 13,000 people have died.",
    "It rose 3.5 percent to $1.2 billion. | It fell later.",
    "It costs 5.000 euros. | That is cheap.",
    "Acme Inc. announced a deal with Foo Ltd. and Bar Corp. on Monday.",
    "He sold Acme Inc. | The buyer was Foo.",
    "Smith et al. found it. | Others, e.g. Jones, i.e. the critics, vs. Brown, did not.",
    "They bought bread, wine, etc. | Officials paid.",
    "Martin Luther King Jr. was there. | Sammy Davis Jr. | He sang.",
    "He waited... and left. | Then... nothing happened.",
    "It will be +13... +15 degrees at night... | That is warm.",
    "He was serious... ...because he had to be.",
    "See https://example.com/s!Aq0g?e=j6 for it.",
    "“Is it ok to go on a trip?“, they asked. | It is.",
    "He waited… | Nobody came.",
    "It occupied territory held by “separatists.” | He said so.",
    "The Kremlin says it responds to “provocations.” | Kiev disagrees.",
    'He called it a "lie." | Nobody believed him.',
    "“No nation can force another to change its borders,” the source said. | That was all.",
    "“Where is he?” Biden asked. | Nobody knew.",
    "“Where is he?” asked the president. | “Gone!” he shouted.",
    "“Is it war?” President Zelensky of Ukraine wondered aloud.",
    "“We will win this war together. | We must not give up now,” he said.",
    "He spoke (it was late. Nobody came.) and left. | It rained.",
    "(He left.) | They stayed.",
    "He left (in a hurry). | They stayed.",
    "Read https://example.com/a.b?c=d. | Write to a.b@example.com. | Thanks.",
    "Visit example.com. | The site is new.",
    "Version 2.0.1 came out. | Node.js is fast.",
    "It ended in tears.The next day they met.",
    "He works for Yahoo! News in Paris. | She left Yahoo! | The firm was sold.",
    "Heat it at max. 300 watts for min. 2 minutes.",
    "1.) Open the window. | 2) Close it.",
    "“Go away!”, she said. | “Why?”, he asked.",
    "Good night. | That was all. ...",
    "Good night. :-)",
    "They met. “ | Nobody spoke.",
    "Stop! | Go on! | Why? | Because.",
    "What?! | No way!!! | Yes.",
    "The firm sells iPads. | iPhone sales rose.",
    "He left. | She stayed.[1] | They met.[2][3] | It rained.",
    "« Il est parti. » | He said so.",
    "It was a provocation. ” | The talks went on.",
    "It was late . | The talks went on .",
    "Mr.\u00a0Smith left. | Mrs.\u00a0Jones stayed.",
    "He left 😀. | She 𝒳 stayed. | 😀 Then they met.",
    "他说。|她走了！|真的吗？",
    "यह एक वाक्य है। | यह दूसरा है।",
    "كيف حالك؟ | أنا بخير.",
    "ไทยไม่มีจุด ประโยคนี้ต่อไป",
]
KNOWN_JOINED = {"It ended in tears.The next day they met.": ["It ended in tears.", "The next day they met."]}


@pytest.mark.parametrize("marked", NEWS)
def test_sentences_end_where_a_reader_would_end_them(marked: str) -> None:
    text = marked.replace(" | ", " ").replace("|", "")
    expected = [part.strip() for part in marked.split("|")]
    assert sentences(text) == KNOWN_JOINED.get(marked, expected)


def test_a_title_that_a_translation_left_behind_keeps_its_sentence() -> None:
    text = "During their call, MM. The Ukrainian head of state said so."
    assert sentences(text) == [text]


def test_offsets_count_code_points_not_bytes_or_utf16_units() -> None:
    text = "😀é𝒳 one. Zwö two. 🏳️‍🌈 Three."
    assert [(span.start, span.end) for span in split_sentences(text)] == [(0, 8), (9, 17), (18, 29)]


def test_line_ends_and_controls_count_as_spaces() -> None:
    assert sentences("He\nleft.\x07She\x1bstayed.\r\nThey met.") == ["He\nleft.", "She\x1bstayed.", "They met."]


def test_a_sentence_without_end_is_cut_at_white_space() -> None:
    text = "word " * 2_000
    found = split_sentences(text)
    assert all(len(span) <= LONGEST_SENTENCE for span in found)
    assert all(set(span.of(text).split()) == {"word"} for span in found)


def test_a_word_without_end_is_cut_but_keeps_its_combining_marks() -> None:
    text = "e\u0301" * 3_000
    found = split_sentences(text)
    assert "".join(span.of(text) for span in found) == text
    assert all(span.of(text).startswith("e") for span in found)


def test_clean_keeps_the_length() -> None:
    text = "a\r\n\x00b\u2028\ud800c"
    assert clean(text) == "a   b \ufffdc"


alphabet = st.one_of(st.characters(), st.sampled_from(list(" \n.!?…”“\"'()[]1AaZz,–-。😀\u0301\u200d\u200b\x00\t")))
words = st.sampled_from(
    ["Mr.", "U.S.", "He", "left.", "“Why?”", "asked", "(so", "it)", "p.m.", "5", "MM.", "\n", "[1]"]
)
texts = st.one_of(st.text(alphabet, max_size=300), st.lists(words, max_size=80).map(" ".join))


@given(texts)
@settings(max_examples=300, deadline=None)
def test_sentences_are_ordered_trimmed_and_lose_no_visible_character(text: str) -> None:
    found = split_sentences(text)
    end = 0
    covered = set()
    for span in found:
        assert span.start >= end
        assert len(span) > 0
        assert span.of(text) == span.of(text).strip()
        covered.update(range(span.start, span.end))
        end = span.end
    assert end <= len(text)
    for offset, character in enumerate(text):
        if unicodedata.category(character) not in ("Cc", "Cf", "Zs", "Zl", "Zp"):
            assert offset in covered


@pytest.mark.parametrize(
    "unit", ["He said so. ", "“a ", '"a. B ', "(a. B ", "a", ".", ". ", "Mr. A ", "— ", "[1]", "”. "]
)
def test_time_grows_no_faster_than_the_text(unit: str) -> None:
    text = unit * (200_000 // len(unit))
    start = time.perf_counter()
    split_sentences(text)
    # Quadratic behaviour would take minutes; the bound leaves room for slow machines.
    assert time.perf_counter() - start < 10
