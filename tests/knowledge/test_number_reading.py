from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mtqa.errors import KnowledgeError
from mtqa.knowledge.number_formats import read_number_formats
from mtqa.knowledge.number_reading import number_language, read_numbers
from mtqa.knowledge.number_words import read_number_words
from mtqa.knowledge.number_writing import in_digits, in_words, ordinal_ending


@pytest.mark.parametrize(
    ("language", "text", "value"),
    [
        ("de", "1.234,5", "1234.5"),
        ("de", "3,5 Mio.", "3500000"),
        ("de", "siebenundzwanzig", "27"),
        ("de", "dreihundertfünfzig", "350"),
        ("fr", "1\u202f000\u202f000", "1000000"),
        ("fr", "quatre-vingt-dix-sept", "97"),
        ("fr", "vingt et un", "21"),
        ("es", "dos mil quinientos millones", "2500000000"),
        ("it", "ventisette", "27"),
        ("nl", "achtenveertig", "48"),
        ("pt", "trinta e cinco", "35"),
        ("ru", "двадцать пять тысяч", "25000"),
        ("ru", "1,2 млн", "1200000"),
        ("uk", "п’ятнадцятого", "15"),
        ("pl", "sto dwadzieścia", "120"),
        ("cs", "pětadvacet", "25"),
        ("cs", "645 tisícům", "645000"),
        ("cs", "téměř třemi sty miliony", "300000000"),
        ("cs", "skoro tři desítky lidí", "30"),
        ("uk", "три сотні", "300"),
        ("ha", "biliyan dari uku", "300000000000"),
        ("ha", "biliyan talatin da daya da miliyan goma", "31010000000"),
        ("ha", "dubu dari biyu da hamsin", "250000"),
        ("ha", "shekaru talatin da biyar", "35"),
        ("zh", "三十五", "35"),
        ("zh", "二〇二一年", "2021"),
        ("zh", "700多万", "7000000"),
        ("zh", "1.2万亿", "1200000000000"),
        ("zh", "820 万美元", "8200000"),
        ("ja", "２万６４６９・８９", "26469.89"),
        ("ko", "3만5천", "35000"),
        ("hi", "12,34,567", "1234567"),
        ("en", "one hundred and five", "105"),
        ("en", "two and a half million", "2500000"),
        ("fr", "un million et demi", "1500000"),
        ("pt", "dois milhões e meio", "2500000"),
        ("is", "eina og hálfa milljón", "1500000"),
        ("en", "2 1/2 million tenge", "2500000"),
        ("en", "half a million", "500000"),
        ("en", "two dozen", "24"),
        ("en", "$5m", "5000000"),
    ],
)
def test_numbers_have_their_value(language: str, text: str, value: str) -> None:
    assert {one for number in read_numbers(text, language) if number.firm for one in number.values} == {Decimal(value)}


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("on April\u00a03 410 bodies", [4, 3, 410]),
        ("on Apr. 30 410 bodies", [4, 30, 410]),
        ("in April 32 410 bodies", [4, 32410]),
        ("in April 2 000 000 people", [4, 2000000]),
        ("they had 3 410 bodies", [3410]),
    ],
)
def test_the_day_of_a_date_begins_no_larger_number(text: str, values: list[int]) -> None:
    assert [one for number in read_numbers(text, "en") for one in number.values] == values


@pytest.mark.parametrize(
    ("language", "text"),
    [("en", "COVID-19"), ("en", "both"), ("en", "hundreds of"), ("zh", "三星"), ("de", "achten"), ("en", "5G"),
     ("ja", "両親"), ("de", "Zehntausende"), ("cs", "pro"), ("uk", "мій друг"), ("cs", "v této čtvrti"), ("zh", "万一"),
     ("en", "24/7"), ("en", "a Seven-Eleven shop"), ("en", "a 3d model"), ("zh", "三四五六年级"), ("zh", "20世纪六"),
     ("en", "5:00".replace("5", "0"))],
)  # fmt: skip
def test_what_may_be_no_number_is_not_firm(language: str, text: str) -> None:
    assert not any(number.firm for number in read_numbers(text, language))


@pytest.mark.parametrize(
    ("text", "declared", "language"),
    [("Er kam", "ru", None), ("Он пришёл", "de", "ru"), ("Він їхав", None, "uk"), ("他来", "de", "zh"),
     ("彼は", "zh", "ja"), ("Er kam", "de", "de"), ("1.5", "ru", "ru")],
)  # fmt: skip
def test_the_script_corrects_a_wrong_language(text: str, declared: str | None, language: str | None) -> None:
    assert number_language(text, declared) == language


@pytest.mark.parametrize(
    ("value", "written"),
    [("4600000", "4.6 million"), ("140000", "140,000"), ("2021", "2021"), ("3.50", "3.5"), ("1234.5", "1,234.5")],
)
def test_english_digits(value: str, written: str) -> None:
    assert in_digits(Decimal(value)) == written


@given(st.integers(0, 99))
def test_english_words_are_read_as_what_they_mean(value: int) -> None:
    for ordinal in (False, True):
        (number, *_) = read_numbers(in_words(value, ordinal=ordinal) if value else "zero", "en")
        assert Decimal(value) in number.values


def test_endings_of_ordinals() -> None:
    assert [ordinal_ending(value) for value in (1, 2, 3, 4, 11, 12, 21, 112)] == (
        ["st", "nd", "rd", "th", "th", "th", "st", "th"]
    )


@given(st.integers(0, 10**9))
def test_grouped_digits_keep_their_value(value: int) -> None:
    (number,) = read_numbers(f"{value:,}", "en")
    assert Decimal(value) in number.values
    (number,) = read_numbers(f"{value:,}".replace(",", "."), "de")
    assert Decimal(value) in number.values


@given(st.text(max_size=60), st.sampled_from([None, "de", "fr", "ru", "cs", "zh", "ja", "ko", "ha", "en", "xx"]))
def test_any_text_can_be_read(text: str, language: str | None) -> None:
    for number in read_numbers(text, language):
        assert 0 <= number.span.start < number.span.end <= len(text)
        assert number.values or number.parts


@pytest.mark.parametrize(
    ("reader", "row"),
    [(read_number_words, "de\tx\tnumber\tzwei\ts\td"), (read_number_words, "de\t2\tnoun\tzwei\ts\td"),
     (read_number_words, "de\t2"), (read_number_formats, "de\t,\t.\ta|b\ts\td")],
)  # fmt: skip
def test_damaged_tables_are_named(reader: object, row: str) -> None:
    assert callable(reader)
    with pytest.raises(KnowledgeError):
        reader(["header", row])
