from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mtqa.knowledge.claims import Claim, ClaimForm, find_claims
from mtqa.knowledge.places import load_places
from mtqa.knowledge.titles import load_titles
from mtqa.schema.document import Document, Segment, Span

PLACES, TITLES = load_places(), load_titles()


def claims_in(text: str) -> tuple[Claim, ...]:
    return find_claims(text, PLACES, TITLES)


@pytest.mark.parametrize(
    ("text", "title", "place", "office", "person"),
    [
        ("US President Joe Biden spoke.", "US President", "us", "president", "Joe Biden"),
        ("U.S. President Joe Biden’s plan", "U.S. President", "us", "president", "Joe Biden"),
        ("talks with US President Joe Biden", "US President", "us", "president", "Joe Biden"),
        (
            "Iran's acting foreign minister Ali Bagheri",
            "Iran's acting foreign minister", "ir", "foreign minister", "Ali Bagheri",
        ),
        (
            "NATO Secretary-General Jens Stoltenberg",
            "NATO Secretary-General", "@nato", "secretary general", "Jens Stoltenberg",
        ),
        ("the President of Ukraine Vladimir Putin spoke", "President of Ukraine", "ua", "president", "Vladimir Putin"),
        ("the president of Peru, Dina Boluarte, left", "president of Peru", "pe", "president", "Dina Boluarte"),
        ("The ex-president of Peru, Martin Vizcarra, fled.", "president of Peru", "pe", "president", "Martin Vizcarra"),
        ("President Macron of France spoke.", "President", "fr", "president", "Macron"),
        (
            "Emmanuel Macron, the German chancellor, denied it.",
            "German chancellor", "de", "chancellor", "Emmanuel Macron",
        ),
        ("Joe Biden is the first president of Russia.", "president of Russia", "ru", "president", "Joe Biden"),
        ("his Russian counterpart Sergei Lavrov", "Russian counterpart", "ru", "*", "Sergei Lavrov"),
        (
            "European Commission President Ursula von der Leyen said",
            "European Commission President", "@ec", "president", "Ursula von der Leyen",
        ),
        ("New German Chancellor Olaf Scholes has", "German Chancellor", "de", "chancellor", "Olaf Scholes"),
        ("General Valery Kurosimov denied", "General", None, "general", "Valery Kurosimov"),
        ("President Biden left on Monday.", "President", None, "president", "Biden"),
        ("Kremlin spokesman Dmitry Peskov said", "Kremlin spokesman", "ru", "presidential spokesman", "Dmitry Peskov"),
        (
            "Great Britain's Prime Minister Boris Johnson",
            "Great Britain's Prime Minister", "gb", "prime minister", "Boris Johnson",
        ),
        ("Turkish President Gen. Cemal Gursel", "Turkish President", "tr", "president", "Cemal Gursel"),
        ("Congolese President Joseph Kabila", "Congolese President", None, "president", "Joseph Kabila"),
    ],
)  # fmt: skip
def test_claims_name_office_place_and_person(
    text: str, title: str, place: str | None, office: str, person: str
) -> None:
    claim = claims_in(text)[0]
    assert (claim.title_span.of(text), claim.place, claim.office, claim.person) == (title, place, office, person)
    assert claim.person_span is not None
    assert claim.person_span.of(text) == person


@pytest.mark.parametrize(
    "text",
    [
        "Putin, the German chancellor's friend, left.",
        "In Georgia President Joe Biden was cheered.",
        "Ukrainian presidential spokeswoman Iuliia Mendel said so.",
        "the president of the German Football Association, Fritz Keller, said",
        "He met the president of Ukraine, Emmanuel Macron and Olaf Scholz.",
        "He met Emmanuel Macron, the Ukrainian president and others.",
        "US President-elect Joe Biden",
        "In Paris, the French president, visibly moved, left.",
        "",
    ],
)
def test_what_only_looks_like_a_claim_names_nobody(text: str) -> None:
    assert not [claim for claim in claims_in(text) if claim.place and claim.person]


@pytest.mark.parametrize(
    ("text", "present"),
    [
        ("Former US President Barack Obama", False),
        ("then-US President Donald Trump", False),
        ("the late French president Jacques Chirac", False),
        ("Russian opposition leader Alexei Navalny", False),
        ("new German Chancellor Olaf Scholz", True),
        ("acting US Secretary of State Daniel Smith", True),
    ],
)
def test_only_present_offices_are_present(text: str, present: bool) -> None:
    assert claims_in(text)[0].is_present is present


def test_possessive_without_name() -> None:
    claim = claims_in("He had promised it to his Russian president.")[0]
    assert (claim.form, claim.possessive, claim.place) == (ClaimForm.NO_NAME, "his", "ru")


def test_claims_never_reach_into_the_next_segment() -> None:
    text = "He is the US President Joe Biden spoke."
    cut = text.index(" Joe")
    segments = (Segment(0, Span(0, cut)), Segment(1, Span(cut, len(text))))
    claims = find_claims(Document("d", text, segments=segments), PLACES, TITLES)
    assert [claim.person for claim in claims] == [None]


_PIECES = st.sampled_from(
    [
        "US President",
        "Joe",
        "Biden",
        "'s",
        "the",
        "German",
        "chancellor",
        ",",
        ".",
        "of",
        "France",
        "former",
        "his",
        "-elect",
        "\u00a0",
        "\n",
        "Vice",
        "é",
        "🙂",
        "Minister",
    ]
)


@given(st.lists(_PIECES, max_size=14).map(" ".join))
def test_spans_lie_inside_the_text_and_hold_their_words(text: str) -> None:
    for claim in claims_in(text):
        assert claim.span.end <= len(text)
        assert claim.title_span.of(text).endswith(claim.title) or claim.place_span is not None
        if claim.person_span:
            assert claim.person_span.of(text) == claim.person
            assert not claim.person_span.overlaps(claim.title_span)
