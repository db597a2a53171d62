from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mtqa.knowledge.romanisation import fold
from mtqa.knowledge.skeleton import skeleton


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Pichai", "Bichai"),
        ("Gerasimov", "Kurosimov"),
        ("Zelensky", "Zhelensky"),
        ("Scholz", "Scholes"),
        ("Macron", "Macaron"),
        ("Djokovic", "Jokovic"),
        ("Ahmed", "Ahmet"),
        ("Wali", "Ouali"),
        ("Xhaka", "Shaka"),
        ("Philipp", "Filip"),
        ("Müller", "Muler"),
    ],
)
def test_a_trip_through_another_script_keeps_the_key(one: str, other: str) -> None:
    assert skeleton(fold(one)) == skeleton(fold(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [("Merkel", "Macron"), ("Putin", "Macron"), ("Lavrov", "Lavrenko"), ("Ali", "Li"), ("Smith", "Jones")],
)
def test_other_consonants_make_another_key(one: str, other: str) -> None:
    assert skeleton(fold(one)) != skeleton(fold(other))


def test_nothing_has_no_key() -> None:
    assert skeleton("") == ""


@given(st.text(max_size=30))
def test_keys_are_capital_consonants_alone(text: str) -> None:
    key = skeleton(fold(text).replace(" ", ""))
    letters = "".join(character for character in key if not character.isdigit())
    assert set(letters) <= set("ASFKPTMNLR")
