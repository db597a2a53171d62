from __future__ import annotations

import pytest

from mtqa.knowledge.person_names import PersonName


@pytest.mark.parametrize(
    ("written", "known", "surname"),
    [
        ("Joe Biden", "Joseph Biden", "Biden"),
        ("Biden", "Joe Biden", "Biden"),
        ("Jinping Xi", "Xi Jinping", "Xi"),
        ("Kim Jong-un", "Kim Jong Un", "Kim"),
        ("Hossein Amirabdollahian", "Hossein Amir-Abdollahian", "Amir-Abdollahian"),
        ("Tayyip Erdogan", "Recep Tayyip Erdoğan", "Erdoğan"),
        ("Sergey Viktorovich Lavrov", "Sergei Lavrov", "Lavrov"),
        ("Leyen", "Ursula von der Leyen", "von der Leyen"),
        ("Mohamed bin Zayed", "Mohamed bin Zayed", "Al Nahyan"),
    ],
)
def test_spellings_of_one_person_are_the_same(written: str, known: str, surname: str) -> None:
    assert PersonName.of(written).compare(known, surname).is_same


@pytest.mark.parametrize(
    ("written", "known", "surname"),
    [
        ("Volodymyr Zhelensky", "Volodymyr Zelensky", "Zelensky"),
        ("Olaf Scholes", "Olaf Scholz", "Scholz"),
        ("Kim Jong Un", "Kim Tok Hun", "Kim"),
        ("Boyko Borisov", "Yuriy Borisov", "Borisov"),
        ("Jean Castex", "Enex Jean-Charles", "Jean-Charles"),
        ("Di", "Moctar Ould Diay", "Diay"),
        ("", "Joe Biden", "Biden"),
    ],
)
def test_other_people_and_garbled_names_are_not_the_same(written: str, known: str, surname: str) -> None:
    assert not PersonName.of(written).compare(known, surname).is_same


def test_garbled_name_is_near() -> None:
    match = PersonName.of("Volodymyr Zhelensky").compare("Volodymyr Zelensky", "Zelensky")
    assert match.is_near(0.75)
    assert match.has_given
