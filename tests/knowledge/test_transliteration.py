from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mtqa.knowledge.transliteration import best_form, name_forms, phonetic_key, script_of
from mtqa.knowledge.transliteration_tables import Script
from mtqa.schema.document import Span


@pytest.mark.parametrize(
    ("source", "language", "word"),
    [
        ("Екатеринбург", "ru", "Yekaterinburg"),
        ("Екатеринбург", "ru", "Ekaterinburg"),
        ("Шойгу", "ru", "Shoygu"),
        ("Шойгу", "ru", "Shoigu"),
        ("Зеленского", "ru", "Zelensky"),
        ("Зеленський", "uk", "Zelenskyi"),
        ("Харків", "uk", "Kharkiv"),
        ("Гончаренко", "uk", "Honcharenko"),
        ("Пловдив", "bg", "Plovdiv"),
        ("Ђоковић", "sr", "Djokovic"),
        ("Лукашенка", "be", "Lukashenka"),
        ("Мицотакис", None, "Mitsotakis"),
        ("Μητσοτάκης", "el", "Mitsotakis"),
        ("Μπάμπης", "el", "Babis"),
        ("Ղարաբաղ", "hy", "Gharabagh"),
        ("ღარიბაშვილი", "ka", "Gharibashvili"),
        ("मोदी", "hi", "Modi"),
        ("नरेन्द्र", "hi", "Narendr"),
        ("문재인", "ko", "Moon"),
        ("박근혜", "ko", "Park"),
        ("林小宅", "zh", "Xiaozhai"),
        ("曾国藩", "zh", "Zeng"),
        ("ファミリーマート", "ja", "Famirimato"),
        ("Trumpem", "cs", "Trump"),
        ("Havla", "cs", "Havel"),
        ("Guðmundi", "is", "Gudmundur"),
        ("Müller", "de", "Mueller"),
        ("Müller", "de", "Muller"),
    ],
)
def test_a_word_is_a_spelling_of_its_source(source: str, language: str | None, word: str) -> None:
    match = best_form(word, name_forms(source, language))
    assert match is not None
    assert match.is_exact


@pytest.mark.parametrize(
    ("source", "right", "wrong"),
    [
        ("Шольца", "Scholz", "Scholes"),
        ("フルガル", "Furgal", "Burgan"),
        ("シュワルツェネッガー", "Schwarzenegger", "Schwarzman"),
        ("محمد بن سلمان", "Salman", "Nasser"),
        ("נתניהו", "Netanyahu", "Gantz"),
        ("南特", "Nantes", "Nice"),
        ("Χριστόφορος", "Christoforos", "Christos"),
    ],
)
def test_the_right_name_is_more_like_its_source(source: str, right: str, wrong: str) -> None:
    forms = name_forms(source, None)
    likeness = [match.likeness for match in (best_form(word, forms) for word in (right, wrong)) if match]
    assert len(likeness) == 2
    assert likeness[0] > likeness[1] + 0.05


def test_spans_are_those_of_the_source() -> None:
    source = "Он видел Шольца и 林小宅."
    spans = {form.span.of(source) for form in name_forms(source, None)}
    assert {"Он", "Шольца", "林小宅", "小宅"} <= spans
    assert "видел" not in spans  # names begin with a capital
    assert {form.span for form in name_forms(source, None, Span(9, 15))} == {Span(9, 15)}


def test_japanese_readings_are_not_guessed() -> None:
    assert {form.script for form in name_forms("トヨタの菅義偉", None)} == {Script.KANA}
    assert name_forms("菅義偉", "ja") == ()


@pytest.mark.parametrize(
    ("script", "one", "other"),
    [
        (Script.KANA, "putin", "puchin"),
        (Script.ARABIC, "salman", "slman"),
        (Script.CYRILLIC, "scholz", "sholts"),
        (Script.KANA, "furgal", "furugaru"),
    ],
)
def test_what_a_script_cannot_write_is_levelled(script: Script, one: str, other: str) -> None:
    assert phonetic_key(one, script) == phonetic_key(other, script)


@pytest.mark.parametrize(
    ("character", "script"),
    [
        ("a", Script.LATIN),
        ("é", Script.LATIN),
        ("ж", Script.CYRILLIC),
        ("ア", Script.KANA),
        ("漢", Script.HAN),
        ("1", None),
    ],
)
def test_scripts(character: str, script: Script | None) -> None:
    assert script_of(character) is script


@given(st.text(max_size=30), st.sampled_from([None, "ru", "cs", "ja", "zh", "xx"]))
def test_forms_of_any_text_lie_inside_it(text: str, language: str | None) -> None:
    for form in name_forms(text, language):
        assert 0 <= form.span.start < form.span.end <= len(text)
        assert form.text
        assert form.text.isascii()
