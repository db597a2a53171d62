from __future__ import annotations

import pytest

from mtqa.knowledge.known_people import find_known_people
from mtqa.knowledge.offices import load_offices
from mtqa.schema.document import Span

OFFICES = load_offices()


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("On Tuesday Joe Biden and Vladimir Putin spoke.", ["Joe Biden", "Vladimir Putin"]),
        ("Biden's plan", ["Biden"]),
        ("Ursula von der Leyen agreed.", ["Ursula von der Leyen"]),
        ("Paris came with London and Kim.", []),
        ("Nobody Knows came.", []),
        ("", []),
    ],
)
def test_known_people_are_found_in_order(text: str, names: list[str]) -> None:
    found = find_known_people(text, Span(0, len(text)), OFFICES)
    assert [person.span.of(text) for person in found] == names


def test_places_of_a_person() -> None:
    text = "Jens Stoltenberg"
    (person,) = find_known_people(text, Span(0, len(text)), OFFICES)
    assert person.places == {"@nato", "no"}
