from __future__ import annotations

import pytest

from mtqa.errors import KnowledgeError
from mtqa.knowledge.titles import ANY_OFFICE, load_titles, read_titles

TITLES = load_titles()


@pytest.mark.parametrize(
    ("phrase", "place", "office"),
    [
        ("President", "fr", "president"),
        ("secretary of state", "us", "foreign minister"),
        ("secretary of state", "fr", None),
        ("Chancellor", "de", "chancellor"),
        ("Chancellor", "gb", "finance minister"),
        ("Secretary-General", "@nato", "secretary general"),
        ("first vice president", "ir", "vice president"),
        ("minister of foreign affairs", "es", "foreign minister"),
        ("counterpart", "ru", ANY_OFFICE),
        ("president", "@ecb", "head"),
        ("gardener", "fr", None),
    ],
)
def test_titles_mean_offices_by_country(phrase: str, place: str, office: str | None) -> None:
    title = TITLES.find(phrase, place)
    assert (title.office if title else None) == office


@pytest.mark.parametrize(
    ("office", "place", "phrase"),
    [
        ("foreign minister", "us", "secretary of state"),
        ("foreign minister", "gb", "foreign secretary"),
        ("foreign minister", "ru", "foreign minister"),
        ("president", "ua", "president"),
        ("no such office", "ua", "no such office"),
    ],
)
def test_usual_phrase_of_an_office(office: str, place: str, phrase: str) -> None:
    assert TITLES.phrase_for(office, place) == phrase


def test_bad_row_is_named_by_line() -> None:
    with pytest.raises(KnowledgeError, match=r"own\.tsv:2"):
        read_titles(["phrase\toffice", "boss\thead"], path="own.tsv")
