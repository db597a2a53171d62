"""Names that a table tells: places in the case that a sentence has them in, Japanese surnames at the head of a run."""

from __future__ import annotations

import pytest

from mtqa.errors import KnowledgeError
from mtqa.knowledge.building.listed_names import rows
from mtqa.knowledge.listed_names import load_listed_names, read_listed_names
from mtqa.knowledge.transliteration import name_forms


@pytest.mark.parametrize(
    ("language", "source", "english"),
    [
        ("ru", "Президент Польши", ["poland"]),
        ("de", "Die Grenze zu Österreich", ["austria"]),
        ("cs", "v Norimberku", ["nuremberg"]),
        ("zh", "他去了伊朗", ["iran"]),
        ("ja", "アフリカの国", ["africa"]),
        ("ja", "中島監督", ["nakajima", "nakashima"]),
        ("ja", "高井田中学", []),  # no Tanaka
        ("de", "das polen der Linse", []),  # no name
        (None, "Президент Польши", ["poland"]),
        (None, "Die Grenze zu Österreich", []),
    ],
)
def test_listed_names_are_forms_of_their_words(language: str | None, source: str, english: list[str]) -> None:
    assert [form.text for form in name_forms(source, language) if form.is_listed] == english


def test_the_table_holds_what_differs_in_one_word() -> None:
    for language in ("cs", "de", "ja", "ru", "zh"):
        names = load_listed_names(language)
        assert len(names) > 100
        assert all(" " not in name and all(map(str.isalpha, english)) for name, english in names.items())
    assert load_listed_names("xx") == {}
    assert load_listed_names(None) == {}


def test_a_row_that_lacks_a_cell_is_named() -> None:
    assert read_listed_names("language\tname\tenglish\nru\tПольша\tPoland\n")["ru"] == {"польша": ("Poland",)}
    with pytest.raises(KnowledgeError, match=r"names\.tsv.*2"):
        read_listed_names("language\tname\tenglish\nru\tПольша\n", "names.tsv")


def test_rows_are_names_of_one_word_that_differ() -> None:
    names = {
        "en": {"PL": "Poland", "SA": "Saudi Arabia", "CL": "Chile", "TG": "Togo", "PE": "Peru"},
        "ru": {"PL": "Польша", "SA": "Саудовская Аравия", "XX": "Где-то"},
        "de": {"CL": "Chile", "PE": "Peru", "PL": "Polen"},
    }
    more = "language\tname\tenglish\nde\tMünchen\tMunich\nde\tUlm\tUlm\n"
    assert list(rows(names, more)) == [
        ("ru", "Польша", "Poland"),
        ("de", "München", "Munich"),
        ("de", "Polen", "Poland"),
    ]
