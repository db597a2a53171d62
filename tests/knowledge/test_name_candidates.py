from __future__ import annotations

import datetime as dt
from functools import cache

import pytest

from mtqa.annotating.mentions import find_mentions
from mtqa.knowledge import Knowledge, load_knowledge
from mtqa.knowledge.claims import find_claims
from mtqa.knowledge.name_candidates import WrittenName, candidates, is_accepted, written_names
from mtqa.schema.document import Document
from mtqa.segmenting import segment


@cache
def knowledge() -> Knowledge:
    return load_knowledge()


def names_in(text: str) -> list[WrittenName]:
    document = segment(Document("d", text))
    claims = find_claims(document, knowledge().places, knowledge().titles)
    return list(written_names(text, find_mentions(document), claims, knowledge()))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("New German Chancellor Olaf Scholes spoke.", ["Olaf Scholes"]),
        ("US Secretary of State Antony Blinken’s plan", ["Antony Blinken"]),
        ("He met Mr Jean-Claude Juncker in Paris.", ["Jean-Claude Juncker", "Paris"]),
        ("Mrs Merkel and Ursula von der Leyen left.", ["Merkel", "Ursula von der Leyen"]),
        ("The French president, Emmanuel Macron, left.", ["Emmanuel Macron"]),
        ("German Chancellor", []),
        ("nobody was there", []),
    ],
)
def test_names_come_without_titles_and_countries(text: str, expected: list[str]) -> None:
    assert [name.span.of(text) for name in names_in(text)] == expected


def test_a_name_knows_the_office_it_is_given() -> None:
    chancellor, other = names_in("German Chancellor Olaf Scholz met Emmanuel Macron.")
    assert chancellor.claim is not None
    assert other.claim is None


@pytest.mark.parametrize(
    ("text", "accepted"),
    [
        ("Olaf Scholz", True),
        ("Olaf Scholes", False),
        ("Volodymyr Zelenskiy", True),
        ("Volodymyr Zelensky", True),
        ("Volodymyr Zhelensky", False),
        ("Sergey Lavrov", True),
        ("Pedro Sanchez", True),
        ("Pedro Sánchez", True),
        ("Anthony Blinken", False),  # nobody romanises his name
        ("Antony Blinken", True),
        ("Joe Biden", True),
    ],
)
def test_spellings_in_use_are_accepted(text: str, accepted: bool) -> None:
    (name,) = names_in(f"They met {text} there.")
    assert is_accepted(f"They met {text} there.", name, knowledge()) is accepted


@pytest.mark.parametrize(
    ("text", "written", "right"),
    [
        ("German Chancellor Olaf Scholes spoke.", "Scholes", "Scholz"),
        ("German Chancellor Olaf SCHOLES spoke.", "SCHOLES", "SCHOLZ"),
        ("The French president, Emmanuel Macaron, spoke.", "Macaron", "Macron"),
        ("US Secretary of State Anthony Blinken spoke.", "Anthony", "Antony"),
        ("He watched Novak Jokovic play.", "Jokovic", "Djokovic"),
        ("Russian President Wladimir Puten spoke.", "Puten", "Putin"),
    ],
)
def test_only_the_words_that_differ_are_replaced(text: str, written: str, right: str) -> None:
    (name,) = names_in(text)
    found = candidates(text, name, knowledge(), dt.date(2022, 2, 1))
    (one,) = [candidate for candidate in found if candidate.replacement == right][:1]
    assert one.span.of(text) == written
    assert one.changed == 1
    assert 0.0 < one.similarity <= 1.0


def test_the_holder_of_the_office_on_the_day_is_expected() -> None:
    text = "German Chancellor Olaf Scholes spoke."
    (name,) = names_in(text)
    expected = {one.replacement for one in candidates(text, name, knowledge(), dt.date(2022, 2, 1)) if one.is_expected}
    assert "Scholz" in expected
    before = {one.replacement for one in candidates(text, name, knowledge(), dt.date(2010, 2, 1)) if one.is_expected}
    assert "Scholz" not in before


@pytest.mark.parametrize("text", ["They met Olaf Scholz there.", "They met Zzzz Qqqqx there."])
def test_nothing_is_proposed_where_nothing_differs_or_is_near(text: str) -> None:
    (name,) = names_in(text)
    proposed = candidates(text, name, knowledge(), None)
    assert all(one.replacement.casefold() != one.span.of(text).casefold() for one in proposed)
    assert all(one.changed for one in proposed)


def test_the_limit_is_kept() -> None:
    text = "German Chancellor Olaf Scholes spoke."
    (name,) = names_in(text)
    assert len(candidates(text, name, knowledge(), None, 2)) == 2


@pytest.mark.parametrize("name", ["Carnacas Temple", "Luckin Coffee", "Sanyo Shimbun", "Lomonosow University"])
def test_places_and_organisations_are_no_people(name: str) -> None:
    assert [found for found in names_in(f"They met near {name}.") if len(found.words) > 1] == []
