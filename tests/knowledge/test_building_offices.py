from __future__ import annotations

import pytest

from mtqa.knowledge.building.cleaning import clean_holder
from mtqa.knowledge.building.offices import build_offices


@pytest.mark.parametrize(
    ("holder", "surname", "name", "clean_surname"),
    [
        ("KIM Jong Un", "Kim", "Kim Jong Un", "Kim"),
        ("XI Jinping", "Xi", "Xi Jinping", "Xi"),
        ("Afghanistan Hamid Karzai", "Karzai", "Hamid Karzai", "Karzai"),
        ("Ceo Abdullah Abdullah, Dr.", "Abdullah", "Abdullah Abdullah", "Abdullah"),
        ('Michiel "Mike" Godfried Eman', "Eman", "Mike Eman", "Eman"),
        ("Charles Iii", "Charles", "Charles III", "Charles"),
        ("Yair Lapid serving as caretaker", "Lapid", "Yair Lapid", "Lapid"),
        ("Vladimir Vladimirovich Putin", "Putin", "Vladimir Putin", "Putin"),
        ("Lt. Gen. Idriss Deby Itno", "Deby", "Idriss Deby Itno", "Deby"),
        ("John Reid, Baron Reid of Cardowan", "Reid", "John Reid", "Reid"),
        ("Hugo DE Jonge", "De Jonge", "Hugo de Jonge", "de Jonge"),
    ],
)
def test_holders_are_cleaned(holder: str, surname: str, name: str, clean_surname: str) -> None:
    (person,) = clean_holder(holder, [], surname)
    assert (person.name, person.surname) == (name, clean_surname)


def test_several_people_in_a_cell_are_parted() -> None:
    people = clean_holder("Kris Peeters, Didier Reynders", [], "Peeters Reynders")
    assert [(person.name, person.surname) for person in people] == [
        ("Kris Peeters", "Peeters"),
        ("Didier Reynders", "Reynders"),
    ]


def test_other_spellings_become_aliases_and_vacancies_go() -> None:
    (person,) = clean_holder("Settha Thawisin, also spelled Srettha Thavisin", [], "Settha Srettha")
    assert "Srettha Thavisin" in {person.name, *person.aliases}
    assert clean_holder("Vacant", [], "") == []


def test_corrections_without_a_row_are_an_error() -> None:
    with pytest.raises(ValueError, match=r"corrections\.tsv"):
        build_offices([])
