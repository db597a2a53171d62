from __future__ import annotations

import pytest

from mtqa.knowledge.words import load_words

WORDS = load_words()


@pytest.mark.parametrize(
    ("word", "english"),
    [
        ("president", True),
        ("President", True),
        ("PRESIDENT", True),
        ("president's", True),
        ("president’s", True),
        ("presidents’", True),
        ("well-known", True),
        ("long-forgotten", True),
        ("toujours", False),
        ("well-xqzt", False),
        ("xqzt", False),
        ("", False),
    ],
)
def test_english_words(word: str, english: bool) -> None:
    assert WORDS.is_english(word) is english


@pytest.mark.parametrize(
    ("word", "alone", "in_context"),
    [
        ("toujours", {"fr"}, {"fr"}),
        ("Toujours", {"fr"}, {"fr"}),
        ("jedoch", {"de"}, {"de"}),
        ("president", set(), set()),
        ("xqzt", set(), set()),
        ("", set(), set()),
    ],
)
def test_foreign_words(word: str, alone: set[str], in_context: set[str]) -> None:
    assert WORDS.languages(word) == alone
    assert WORDS.languages_in_context(word) == in_context


@pytest.mark.parametrize(
    ("word", "language"), [("la", "fr"), ("la", "es"), ("der", "de"), ("und", "de"), ("van", "nl")]
)
def test_function_words_count_in_context_alone(word: str, language: str) -> None:
    assert WORDS.languages(word) == frozenset()
    assert language in WORDS.languages_in_context(word)


def test_frequencies_are_on_the_zipf_scale() -> None:
    assert 0.0 < min(WORDS.english.values()) <= max(WORDS.english.values()) < 9.0
    assert WORDS.english["the"] > WORDS.english["president"] > WORDS.english["ombudsman"]
    assert {len(code) for codes in WORDS.foreign.values() for code in codes} == {2}
