from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mtqa.knowledge.building.cleaning import clean_holder


@pytest.mark.parametrize(
    ("holder", "surname", "name", "clean_surname"),
    [
        ("Gen. Min Aung HLAING", "Hlaing", "Min Aung Hlaing", "Hlaing"),
        ("Sheikh TAMIM bin Hamad", "Tamim", "Tamim bin Hamad", "Tamim"),
        ("Mario DRAGHI", "Draghi", "Mario Draghi", "Draghi"),
        ("Elizabeth Ii", "Elizabeth", "Elizabeth II", "Elizabeth"),
        ("Boris Johnson in caretaker status", "Johnson", "Boris Johnson", "Johnson"),
        ("Jean- Claude Juncker", "Juncker", "Jean-Claude Juncker", "Juncker"),
        ("Donald Trump, Jr.", "Trump", "Donald Trump", "Trump"),
        ("Andrej Babiš", "Babis", "Andrej Babiš", "Babiš"),
        ("Olaf Scholz", "", "Olaf Scholz", "Scholz"),
    ],
)
def test_ranks_remarks_and_capitals_go(holder: str, surname: str, name: str, clean_surname: str) -> None:
    (person,) = clean_holder(holder, [], surname)
    assert (person.name, person.surname) == (name, clean_surname)


def test_aliases_are_cleaned_sorted_and_unlike_the_name() -> None:
    (person,) = clean_holder("Olaf SCHOLZ", ["Dr. Olaf Scholz", "OLAF Scholz", "Olav Scholz"], "Scholz")
    assert person.name == "Olaf Scholz"
    assert person.aliases == ("Olav Scholz",)


@pytest.mark.parametrize("holder", ["Vacant", "vacant", "", " ", "-"])
def test_nobody_is_nobody(holder: str) -> None:
    assert clean_holder(holder, [], "") == []


@given(st.text(max_size=40), st.text(max_size=20))
def test_any_cell_gives_names_with_letters(holder: str, surname: str) -> None:
    for person in clean_holder(holder, [], surname):
        assert person.name.strip()
        assert person.name not in person.aliases
