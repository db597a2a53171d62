from __future__ import annotations

import datetime as dt
import random
from functools import lru_cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eval.run import SUITES
from eval.suites import offices as suite
from eval.suites.offices import Kind, Swap, TrueClaim
from mtqa import Checker, Document, Issue, Severity, Span
from mtqa.knowledge import Knowledge, load_knowledge
from mtqa.knowledge.claims import find_claims
from mtqa.schema.issue import Category, Evidence, EvidenceKind
from mtqa.segmenting import segment
from tests.fakes import FakeJudge, FakeLanguageModel

CLAIMS = [
    ("German Chancellor Olaf Scholz left Berlin.", "German Chancellor", "Olaf Scholz"),
    ("Russian President Putin spoke.", "Russian President", "Putin"),
    ("The president of Ukraine, Volodymyr Zelensky, spoke.", "president of Ukraine", "Volodymyr Zelensky"),
    ("Poland's prime minister Mateusz Morawiecki came.", "Poland's prime minister", "Mateusz Morawiecki"),
    ("He met Emmanuel Macron, the French president.", "French president", "Emmanuel Macron"),
]
NO_CLAIMS = [
    "Russian President Joe Biden left.",  # not true
    "Former US President Barack Obama spoke.",  # not of the present
    "President Macron spoke.",  # no country
    "The German chancellor spoke.",  # no name
    "German Chancellor Olaf Scholes left.",  # not the holder's name
    "",
]


@lru_cache(maxsize=1)
def knowledge() -> Knowledge:
    return load_knowledge()


def claims_of(text: str) -> list[TrueClaim]:
    return list(suite.true_claims([segment(Document("d", text))], knowledge()))


def swaps(text: str, kind: Kind, seed: int = 0) -> list[Swap]:
    (claim,) = claims_of(text)
    return list(suite.plant(claim, kind, knowledge(), random.Random(seed), 22))


def issue(span: Span, suggestion: str | None) -> Issue:
    evidence = (Evidence(EvidenceKind.DOCUMENT, "it stands there"),)
    return Issue(suite.SWAPPED, span, Category.MISTRANSLATION, Severity.MAJOR, 0.9, "m", evidence, suggestion)


def test_the_suite_is_registered() -> None:
    assert SUITES["offices"] == suite.__name__


@pytest.mark.parametrize(("text", "office", "person"), CLAIMS)
def test_true_claims_are_found(text: str, office: str, person: str) -> None:
    (found,) = claims_of(text)
    assert found.claim.title_span.of(text) == office
    assert found.claim.person == person
    assert found.term.place == found.claim.place


@pytest.mark.parametrize("text", NO_CLAIMS)
def test_other_claims_are_left_alone(text: str) -> None:
    assert claims_of(text) == []


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize(("text", "office", "person"), CLAIMS)
def test_a_swap_changes_one_side_of_the_claim_only(text: str, office: str, person: str, kind: Kind) -> None:
    old = {Kind.PERSON: person, Kind.OFFICE: office}[kind]
    start = text.index(old)
    found = swaps(text, kind)
    assert len(found) == len({swap.document.text for swap in found}) == 4
    for swap in found:
        changed = swap.document.text
        assert swap.written == old
        assert swap.span.start == start
        assert changed[: swap.span.start] + old + changed[swap.span.end :] == text
        assert swap.claim_span.contains(swap.span)
        (claim,) = find_claims(segment(swap.document), knowledge().places, knowledge().titles)
        assert claim.span == swap.claim_span
        assert suite.confirming(claim, knowledge().offices) is None
        wrong = claim.person if kind is Kind.PERSON else claim.title_span.of(changed)
        assert wrong == swap.span.of(changed)
        assert (claim.person == person) == (kind is Kind.OFFICE)


@given(st.integers(0, 10_000), st.text(max_size=30), st.text(max_size=30), st.sampled_from(list(Kind)))
@settings(max_examples=30, deadline=None)
def test_spans_hold_in_any_surroundings(seed: int, before: str, after: str, kind: Kind) -> None:
    text = f"{before}\n\nGerman Chancellor Olaf Scholz left Berlin.\n\n{after}"
    for true in claims_of(text):
        for swap in suite.plant(true, kind, knowledge(), random.Random(seed), 22):
            changed = swap.document.text
            assert changed[: swap.span.start] + swap.written + changed[swap.span.end :] == text
            assert 0 <= swap.claim_span.start <= swap.span.start < swap.span.end <= swap.claim_span.end <= len(changed)


def test_a_swap_is_reproducible() -> None:
    texts = [[swap.document for swap in swaps(CLAIMS[0][0], Kind.PERSON, seed)] for seed in (1, 1, 2)]
    assert texts[0] == texts[1] != texts[2]


def test_a_family_name_alone_is_replaced_by_a_family_name() -> None:
    families = {term.surname for term in suite.rulers(knowledge().offices, dt.date(2021, 7, 1))}
    assert {swap.span.of(swap.document.text) for swap in swaps(CLAIMS[1][0], Kind.PERSON)} <= families


def test_rulers_are_in_office_on_the_day_and_counted_once() -> None:
    names = [term.name for term in suite.rulers(knowledge().offices, dt.date(2021, 7, 1))]
    assert {"Joe Biden", "Angela Merkel", "Emmanuel Macron", "Narendra Modi"} <= set(names)
    assert not {"Donald Trump", "Olaf Scholz", "Viktor Orbán"} & set(names)
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("text", "place", "expected"),
    [
        ("German Chancellor Olaf Scholz left.", "us", "US President"),
        ("The president of Ukraine, Volodymyr Zelensky, spoke.", "us", "president of the United States"),
        ("The President of Ukraine Volodymyr Zelensky spoke.", "fr", "President of France"),
        ("Poland's prime minister Mateusz Morawiecki came.", "us", "United States's president"),
        ("Poland’s prime minister Mateusz Morawiecki came.", "fr", "France’s president"),
        ("Olaf Scholz, the German chancellor, left.", "fr", "French president"),
    ],
)
def test_offices_are_worded_as_in_the_text(text: str, place: str, expected: str) -> None:
    (true,) = claims_of(text)
    term = next(one for one in knowledge().offices.terms(place, "president"))
    assert suite.office_phrase(text, true.claim, term, knowledge()) == expected


@pytest.mark.parametrize(
    ("kind", "at_person", "suggestion", "expected"),
    [
        (Kind.PERSON, True, "Olaf Scholz", True),
        (Kind.PERSON, True, "Scholz", True),
        (Kind.PERSON, True, "Angela Merkel", False),
        (Kind.PERSON, False, "US President", False),
        (Kind.PERSON, True, None, False),
        (Kind.OFFICE, False, "German Chancellor", True),
        (Kind.OFFICE, False, "Germany's chancellor", True),
        (Kind.OFFICE, False, "French President", False),
        (Kind.OFFICE, True, "Emmanuel Macron", False),
    ],
)
def test_a_swap_is_restored_by_the_office_and_its_holder(
    kind: Kind, at_person: bool, suggestion: str | None, expected: bool
) -> None:
    for swap in swaps(CLAIMS[0][0], kind):
        (claim,) = find_claims(segment(swap.document), knowledge().places, knowledge().titles)
        span = claim.person_span if at_person else claim.title_span
        assert span is not None
        assert suite.is_restored(swap, issue(span, suggestion), knowledge()) is expected


def test_possessives_have_owners_from_elsewhere_or_from_home() -> None:
    cases = list(suite.plant_possessives(knowledge(), random.Random(3), 60))
    assert [case.is_wrong for case in cases] == [True] * 60 + [False] * 60
    assert len({case.document.id for case in cases}) == 120
    by_office = 0
    for case in cases:
        text = case.document.text
        phrase = case.span.of(text)
        assert phrase.startswith("his ")
        assert text.count(phrase) == 1
        claims = find_claims(segment(case.document), knowledge().places, knowledge().titles)
        (claim,) = (one for one in claims if one.possessive)
        # Owners are named by office in every second sentence: there the text itself says where they come from.
        homes = {one.place for one in claims if one is not claim}
        by_office += bool(homes)
        assert not homes or (claim.place not in homes) is case.is_wrong
    assert by_office >= 50


def test_every_pattern_of_possessives_is_used() -> None:
    texts = [case.document.text for case in suite.plant_possessives(knowledge(), random.Random(3), 60)]
    for pattern in suite.PATTERNS:
        start, end = (pattern.replace("{owner}", "|").replace("{phrase}", "|").split("|")[k] for k in (0, -1))
        assert sum(text.startswith(start) and text.endswith(end + "\n") for text in texts) >= 10


@pytest.mark.parametrize(
    ("gains", "are_flagged", "blamed"),
    [
        ({"Scholz": 40.0, "counterpart": -5.0}, False, Kind.PERSON),  # replacing the person reads far better
        ({"German Chancellor": 40.0, "counterpart": -5.0}, False, Kind.OFFICE),
        ({"counterpart": 5.0}, True, Kind.OFFICE),
    ],
)
def test_figures_say_what_was_found_and_which_side_was_blamed(
    monkeypatch: pytest.MonkeyPatch, gains: dict[str, float], are_flagged: bool, blamed: Kind
) -> None:
    text = CLAIMS[0][0] + "\nNothing else happened.\n"
    monkeypatch.setattr(suite, "reference_documents", lambda year: [Document(f"reference/{year}", text)])
    judge = FakeJudge(gains, otherwise=5.0)
    monkeypatch.setattr(
        suite, "Checker", lambda chosen: Checker(chosen, language_model=FakeLanguageModel(), judge=judge)
    )
    result = suite.run(21)
    figures = result["figures"]
    assert result["settings"]["year"] == 2021
    assert [figures[name] for name in ("lines", "words", "true_claims")] == [2, 9, 1]
    assert figures["person_swaps"] == figures["person_found"] == figures["office_found"] == 4
    assert figures["person_right_side"] == figures["person_restored"] == 4 * (blamed is Kind.PERSON)
    assert figures["office_right_side"] == 4
    assert figures["possessive_other_country"] == figures["possessive_same_country"] == 100
    assert (figures["possessive_other_country_flagged"] > 80) is are_flagged
    assert figures["possessive_same_country_flagged"] == 0
    assert figures["alarms_wrong_office_holder"] == figures["alarms_possessive_office"] == 0
    assert len(result["details"]) == 208
