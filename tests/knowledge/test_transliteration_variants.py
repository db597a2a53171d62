from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mtqa.knowledge import load_knowledge
from mtqa.knowledge.romanisation import fold
from mtqa.knowledge.transliteration import NameForm, best_form, name_forms
from mtqa.knowledge.transliteration_tables import Script, respelled
from mtqa.knowledge.transliteration_variants import (
    is_adjective,
    is_inflected,
    is_loose,
    is_pinyin_in_cyrillic,
    is_respelling,
    is_romanisation,
    shared_letters,
)
from mtqa.schema.document import Span


@pytest.mark.parametrize(
    ("language", "source", "word", "expected"),
    [
        ("cs", "ve firmě Popůvek", "Popůvky", True),
        ("cs", "v Klatovech", "Klatovy", True),
        ("cs", "Bělověžském", "Belovezhskaya", True),
        ("de", "im Unterallgäu", "Allgäu", True),
        ("de", "Olaf Scholz", "Scholes", False),
        ("cs", "u Morrisona", "Morissen", False),
        ("is", "að sögn Egils", "Egill", True),
        ("is", "á Sólheimajökli", "Sólheimajökull", True),
        ("is", "á Hverfisgötu", "Hverfisgata", True),
        ("is", "í Reynisfjöru", "Reynisfjara", True),
        ("is", "frá Ragnari Kjartanssyni", "Kjartansson", True),
        ("is", "á Bylgjunni", "Bylgjan", True),
        ("is", "á Vestfjörðum", "Westfjords", True),
        ("is", "frá Ragnari Kjartanssyni", "Kjertansson", False),
        ("is", "í Mosfellsbæ", "Masfellsbær", False),
        ("is", "á Hverfisgötu", "Hverfigata", False),
    ],
)
def test_inflected_forms(language: str, source: str, word: str, *, expected: bool) -> None:
    assert is_inflected(word, name_forms(source, language), language) is expected


@pytest.mark.parametrize(
    ("source", "word", "expected"),
    [("Борис", "Boris", True), ("Борис", "Boriss", False), ("Шереметьево", "Sheremetyevo", True),
     ("Рамзан", "Ramsen", False), ("Артем", "Artjom", True), ("Артем", "Artem", True), ("Оломоуц", "Olomouc", True),
     ("花莲", "Hualien", True), ("台东", "Taitung", True), ("花莲", "Hualing", False), ("驴子", "Lvzi", True)],
)  # fmt: skip
def test_other_romanisations_double_no_letter(source: str, word: str, *, expected: bool) -> None:
    assert is_romanisation(fold(word), name_forms(source, None)) is expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [("zelenskyy", "zelensky", True), ("annallena", "annalena", False), ("annalena", "annalena", True)],
)
def test_spellings_of_the_same_sounds(one: str, other: str, *, expected: bool) -> None:
    assert is_respelling(one, other) is expected


@pytest.mark.parametrize(
    ("source", "word", "expected"),
    [("Чжанцзякоу", "Zhangjiakou", True), ("Чжаовэнь", "Zhaowen", True), ("张家口", "Zhangjiakou", False),
     ("Шольц", "Scholz", False), ("Берлин", "Berrin", False), ("Винтер", "Wenter", False)],
)  # fmt: skip
def test_pinyin_beside_cyrillic(source: str, word: str, *, expected: bool) -> None:
    assert is_pinyin_in_cyrillic(word, name_forms(source, None)) is expected


@pytest.mark.parametrize(("word", "expected"), [("venusian", True), ("scholzian", False), ("ian", False)])
def test_adjectives_of_words_and_places(word: str, *, expected: bool) -> None:
    knowledge = load_knowledge()
    assert is_adjective(word, knowledge.words.english, knowledge.places) is expected


@pytest.mark.parametrize(
    ("language", "word", "expected"),
    [("cs", "čeljabinsk", "chelyabinsk"), ("sk", "žukov", "zhukov"), ("de", "schoigu", "shoigu"),
     ("pl", "szojgu", "shoygu"), ("cs", "novák", None), ("fr", "chirac", None), (None, "šojgu", None)],
)  # fmt: skip
def test_foreign_names_in_latin_letters(language: str | None, word: str, expected: str | None) -> None:
    assert respelled(word, language) == expected


def test_a_character_stands_for_a_province() -> None:
    match = best_form("Jiangxi", name_forms("湘赣边", "zh"))
    assert match is not None
    assert match.is_exact


def test_a_name_in_czech_spelling_is_found_but_not_called_the_letters_of_the_source() -> None:
    match = best_form("Chelyabinsk", name_forms("v Čeljabinsku", "cs"))
    assert match is not None
    assert match.is_exact
    assert match.form.is_respelled


@given(st.text(max_size=12), st.text(max_size=12))
def test_shared_letters_are_a_common_beginning(one: str, other: str) -> None:
    shared = shared_letters(one, other)
    assert one[:shared] == other[:shared]
    assert one[shared : shared + 1] != other[shared : shared + 1] or shared == min(len(one), len(other))


@pytest.mark.parametrize(
    ("span", "script", "taken", "loose"),
    [
        (Span(3, 4), Script.HAN, [], True),
        (Span(3, 4), Script.HAN, [Span(4, 6)], False),  # a surname before a given name
        (Span(6, 7), Script.HAN, [Span(4, 6)], False),
        (Span(3, 4), Script.HAN, [Span(5, 7)], True),
        (Span(3, 5), Script.HAN, [], False),
        (Span(3, 4), Script.KANA, [], False),
    ],
)
def test_a_single_chinese_character_needs_a_name_beside_it(
    span: Span, script: Script, taken: list[Span], loose: bool
) -> None:
    assert is_loose(NameForm(span, "chang", script, "chang"), taken) == loose
