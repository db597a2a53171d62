from __future__ import annotations

import pytest

from mtqa.errors import KnowledgeError
from mtqa.knowledge.places import PlaceForm, load_places, read_places

PLACES = load_places()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Ukrainian", "ua"),
        ("U.S.", "us"),
        ("American", "us"),
        ("Great Britain", "gb"),
        ("UK", "gb"),
        ("Kremlin", "ru"),
        ("White House", "us"),
        ("Élysée", "fr"),
        ("Dutch", "nl"),
        ("South Korean", "kr"),
        ("Emirati", "ae"),
        ("china", "cn"),
        ("Swiss", "ch"),
        ("German", "de"),
        ("Australian", "au"),
        ("Austrian", "at"),
        ("NATO", "@nato"),
        ("European Council", "@euco"),
    ],
)
def test_places_are_found_by_what_texts_call_them(text: str, code: str) -> None:
    assert [place.code for place, _ in PLACES.find(text)] == [code]


def test_shared_demonym_names_both_countries() -> None:
    assert {place.code for place, _ in PLACES.find("Congolese")} == {"cd", "cg"}


def test_forms_are_told_apart() -> None:
    assert PLACES.find("French")[0][1] is PlaceForm.DEMONYM
    assert PLACES.find("France")[0][1] is PlaceForm.NAME
    assert PLACES.find("Downing Street")[0][1] is PlaceForm.METONYM


def test_every_place_has_one_code_a_name_a_source_and_a_day() -> None:
    codes = [place.code for place in PLACES.rows]
    assert len(codes) == len(set(codes))
    assert codes == sorted(codes)
    for place in PLACES.rows:
        assert place.code.startswith("@") or (len(place.code) == 2 and place.code.islower())
        assert place.names and place.attributive and place.source and place.as_of


def test_bad_row_is_named_by_line() -> None:
    with pytest.raises(KnowledgeError, match=r"own\.tsv:2"):
        read_places(["code\tattributive", "xx\tXish"], path="own.tsv")
