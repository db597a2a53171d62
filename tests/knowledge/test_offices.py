from __future__ import annotations

import datetime as dt

import pytest

from mtqa.errors import KnowledgeError
from mtqa.knowledge.claims import find_claims
from mtqa.knowledge.offices import UntilKind, load_offices, read_offices
from mtqa.knowledge.places import load_places
from mtqa.knowledge.titles import load_titles

OFFICES, PLACES, TITLES = load_offices(), load_places(), load_titles()
DAY = dt.date(2021, 12, 10)


def holders(place: str, office: str, on: dt.date | None) -> list[str]:
    return [term.name for term in OFFICES.holders(place, office, on)]


@pytest.mark.parametrize(
    ("place", "office", "on", "name"),
    [
        ("us", "president", "2013-05-01", "Barack Obama"),
        ("us", "president", "2021-12-10", "Joe Biden"),
        ("ua", "president", "2018-01-01", "Petro Poroshenko"),
        ("fr", "prime minister", "2019-01-01", "Édouard Philippe"),
        ("de", "foreign minister", "2020-01-01", "Heiko Maas"),
        ("at", "chancellor", "2018-06-01", "Sebastian Kurz"),
        ("@nato", "secretary general", "2012-01-01", "Anders Fogh Rasmussen"),
        ("ru", "chief of staff", "2020-01-01", "Valery Gerasimov"),
        ("ru", "presidential spokesman", "2020-01-01", "Dmitry Peskov"),
        ("gb", "governor", "2020-01-01", None),
    ],
)
def test_holder_of_an_office_on_a_day(place: str, office: str, on: str, name: str | None) -> None:
    assert holders(place, office, dt.date.fromisoformat(on)) == ([name] if name else [])


def test_predecessor_and_successor_are_accepted_for_some_weeks() -> None:
    assert holders("de", "chancellor", dt.date(2021, 12, 1)) == ["Olaf Scholz", "Angela Merkel"]
    assert holders("de", "chancellor", dt.date(2022, 6, 1)) == ["Olaf Scholz"]


def test_without_a_day_everybody_who_held_the_office_counts() -> None:
    assert {"Barack Obama", "Donald Trump", "Joe Biden"} <= set(holders("us", "president", None))


def test_chancellor_is_the_prime_minister_of_germany() -> None:
    assert OFFICES.terms("de", "prime minister") == OFFICES.terms("de", "chancellor")


def test_nothing_is_known_beyond_the_day_of_the_table() -> None:
    day = OFFICES.as_of_office("fr", "president")
    assert day is not None
    assert OFFICES.is_covered("fr", "president", day)
    assert not OFFICES.is_covered("fr", "president", day + dt.timedelta(days=1))
    assert not OFFICES.is_covered("fr", "gardener", None)


@pytest.mark.parametrize(
    ("written", "place"),
    [
        ("Joe Biden", "us"),
        ("Zelenskiy", "ua"),
        ("Wladimir Putin", "ru"),
        ("Lukaschenko", "by"),
        ("Jinping Xi", "cn"),
        ("Benjamin Netanjahu", "il"),
        ("Elizabeth Truss", "gb"),
    ],
)
def test_people_are_found_in_other_spellings(written: str, place: str) -> None:
    assert place in {term.place for term in OFFICES.terms_of(written)}


@pytest.mark.parametrize("written", ["", "Nobody Anybody", "Volodymyr Zhelensky", "Olaf Scholes", "Emmanuel Macaron"])
def test_garbled_and_unknown_names_are_nobody(written: str) -> None:
    assert OFFICES.terms_of(written) == ()


@pytest.mark.parametrize(
    ("written", "name"), [("Volodymyr Zhelensky", "Volodymyr Zelensky"), ("Narender Modhi", "Narendra Modi")]
)
def test_garbled_names_lie_near_the_right_person(written: str, name: str) -> None:
    assert OFFICES.near(written)[0][0].name == name


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("New German Chancellor Olaf Scholes has spoken.", "Olaf Scholz"),
        ("US Secretary of State Anthony Blinken agreed.", "Antony Blinken"),
        ("NATO Secretary General Jan Stoltenburg agreed.", "Jens Stoltenberg"),
    ],
)
def test_an_office_lets_one_expect_its_holder(text: str, first: str) -> None:
    claim = find_claims(text, PLACES, TITLES)[0]
    assert OFFICES.expected(claim, DAY)[0].name == first


def test_a_rank_without_country_expects_the_commanders_of_all_countries() -> None:
    claim = find_claims("General Valery Kurosimov denied it.", PLACES, TITLES)[0]
    assert claim.place is None
    assert "Valery Gerasimov" in {term.name for term in OFFICES.expected(claim, DAY)}


def test_every_row_is_of_a_known_place_with_source_and_day() -> None:
    for term in OFFICES.rows:
        assert PLACES.get(term.place), term
        assert term.name and term.surname and term.source and term.office == term.office.lower(), term
        assert term.since is None or term.until is None or term.since <= term.until, term
        assert (term.until is None) == (term.until_kind is UntilKind.OPEN), term
        assert term.source != "hand"


def test_the_table_is_sorted_without_double_rows() -> None:
    keys = [(t.place, t.office, t.since or dt.date.min, t.name) for t in OFFICES.rows]
    assert keys == sorted(keys)
    assert len(keys) == len(set(keys))


def test_bad_row_is_named_by_line() -> None:
    header = "place\toffice\tname\taliases\tsurname\tsince\tuntil\tuntil_kind\thome\tsource\tas_of"
    with pytest.raises(KnowledgeError, match=r"own.tsv:2"):
        read_offices([header, "xx\tking\tA B\t\tB\t2020-13-01\t\topen\t\tx\t2020-01-01"], path="own.tsv")
