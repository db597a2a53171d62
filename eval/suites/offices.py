"""Offices and people swapped in human references, and possessives planted: what the two office rules find.

Whether a claim is true in the first place is for the table to say: only claims whose holder it confirms are swapped.
A swap is restored if the text, corrected as suggested, claims the office for its holder again.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from eval.datasets.references import reference_documents
from mtqa import Checker, Document, Issue, Settings, Span
from mtqa.annotating.annotate import annotate
from mtqa.detecting.protocol import Tools
from mtqa.detecting.run import detect
from mtqa.knowledge import Knowledge
from mtqa.knowledge.claims import Claim, find_claims
from mtqa.knowledge.offices import Offices, Term
from mtqa.knowledge.places import Place
from mtqa.segmenting import segment

SWAPPED = "wrong-office-holder"
POSSESSIVE = "possessive-office"
_LARGE = tuple("ar au br ca cn de fr gb id in it jp kr mx ru sa tr us za".split())  # the countries of the G20
_WITH_ARTICLE = frozenset({"gb", "us"})
_SMALL_WORDS = frozenset({"and", "for", "of", "the"})
_OTHERS = 4  # swaps of each kind per claim: references hold few claims
_MOST = 150  # swaps of each kind
_POSSESSIVES = 100  # sentences of each kind
_FIRST_YEAR = 2000  # owners of possessives took office in it or later
_AT_ONCE = 60  # documents per batch
_SEED = 29
_OFFICES = ("president", "prime minister", "foreign minister")
PATTERNS = (
    "{owner} met {phrase} in Geneva on Monday.",
    "{owner} had promised no concessions to {phrase}.",
    "On Friday {owner} told {phrase} that the borders must not change.",
    "{owner} said after the summit that {phrase} had agreed to a ceasefire.",
    "{owner} thanked {phrase} for the help with the harvest.",
    "According to the ministry, {owner} and {phrase} spoke on the telephone for an hour.",
    "After talks with {phrase}, {owner} flew home.",
    "{owner} arrived late in the evening. There was a long conversation with {phrase} about gas.",
    "{owner} received a letter from {phrase}, which was not published.",
)


class Kind(StrEnum):
    """What was swapped."""

    PERSON = "person"
    OFFICE = "office"


@dataclass(frozen=True, slots=True)
class TrueClaim:
    """A claim in a segmented document that the table confirms, and the term that confirms it."""

    document: Document
    claim: Claim
    term: Term


@dataclass(frozen=True, slots=True)
class Swap:
    """A document with one swap at `span`; `claim_span` is the whole claim, `term` whom the office belongs to."""

    document: Document
    kind: Kind
    span: Span
    claim_span: Span
    written: str
    term: Term


@dataclass(frozen=True, slots=True)
class Possessive:
    """A made-up document with "his French president" at `span`; wrong if the owner comes from another country."""

    document: Document
    span: Span
    is_wrong: bool


def run(year: int = 22) -> dict[str, Any]:
    """Recall and suggestions on swaps in the references of a year, possessives, and alarms on the references."""
    checker = Checker(Settings(rules=(SWAPPED, POSSESSIVE)))
    documents = [segment(document) for document in reference_documents(year)]
    claims = list(true_claims(documents, checker.knowledge))
    source = random.Random(_SEED)  # noqa: S311 - reproducible sampling
    figures: dict[str, Any] = {"lines": sum(len(document.text.splitlines()) for document in documents)}
    figures |= {"words": sum(len(document.text.split()) for document in documents), "true_claims": len(claims)}
    details: list[dict[str, Any]] = []
    for kind in Kind:
        swaps = _sample(
            [one for claim in claims for one in plant(claim, kind, checker.knowledge, source, year)], source
        )
        counts, rows = _count_swaps(checker, kind, swaps)
        figures |= counts
        details += rows
    counts, rows = _count_possessives(checker, list(plant_possessives(checker.knowledge, source, _POSSESSIVES)))
    figures |= counts
    details += rows
    for rule in (SWAPPED, POSSESSIVE):
        found = list(zip(documents, _reported(checker, rule, documents), strict=True))
        figures[f"alarms_{rule.replace('-', '_')}"] = sum(len(issues) for _, issues in found)
        details += [
            {"set": "references", "rule": rule, "document": document.id, "text": issue.span.of(document.text)}
            for document, issues in found
            for issue in issues
        ]
    settings = {"year": 2000 + year, "seed": _SEED, "swaps_per_claim": _OTHERS, "most_swaps": _MOST}
    return {"figures": figures, "details": details, "signature": checker.signature, "settings": settings}


def true_claims(documents: Iterable[Document], knowledge: Knowledge) -> Iterator[TrueClaim]:
    """Claims of a present office with country and name, whose holder at any time has this name."""
    for document in documents:
        for claim in find_claims(document, knowledge.places, knowledge.titles):
            term = confirming(claim, knowledge.offices)
            if term is not None and claim.place_span is not None:
                yield TrueClaim(document, claim, term)


def confirming(claim: Claim, offices: Offices) -> Term | None:
    """The latest term of the claimed office whose holder has the name as written; None if there is none."""
    if claim.person is None or claim.place is None or claim.office is None or not claim.is_present:
        return None
    terms = offices.terms(claim.place, claim.office)
    return next((term for term in terms if offices.match(claim.person, term).is_same), None)


def plant(true: TrueClaim, kind: Kind, knowledge: Knowledge, source: random.Random, year: int) -> Iterator[Swap]:
    """The document of a true claim with another ruler, or the office of another ruler, in the claim.

    The other is in office in a country of the G20 in the middle of the year before the references (two digits) were
    published, and is taken only if neither person holds or held an office in the country of the other.
    """
    claim, offices = true.claim, knowledge.offices
    others = list(rulers(offices, dt.date(2000 + year - 1, 7, 1)))
    own_places = _places_of(true.term.name, offices) | {claim.place or ""}
    fitting = [one for one in others if not own_places & (_places_of(one.name, offices) | {one.place})]
    for term in source.sample(fitting, min(_OTHERS, len(fitting))):
        text: str | None
        if kind is Kind.PERSON:
            span, text = claim.person_span, term.name if len((claim.person or "").split()) > 1 else term.surname
        else:
            span, text = claim.title_span, office_phrase(true.document.text, claim, term, knowledge)
        if span is None or not text:
            continue
        whole = true.document.text
        yield Swap(
            document=Document(
                id=f"{true.document.id}/{claim.span.start}/{kind}/{term.place}/{term.office}",
                text=whole[: span.start] + text + whole[span.end :],
            ),
            kind=kind,
            span=Span(span.start, span.start + len(text)),
            claim_span=Span(claim.span.start, claim.span.end + len(text) - len(span)),
            written=span.of(whole),
            term=true.term,
        )


def rulers(offices: Offices, on: dt.date) -> Iterator[Term]:
    """Heads of state and government of the G20 countries who are in office on a day; one term per person."""
    seen = set()
    for term in offices.rows:
        if term.place in _LARGE and term.is_ruler and term.name not in seen and term.may_hold(on, grace=dt.timedelta()):
            seen.add(term.name)
            yield term


def _places_of(name: str, offices: Offices) -> set[str]:
    """Where somebody of this name holds or held an office, or belongs."""
    return {place for term in offices.terms_of(name) for place in (term.place, *term.home)}


def office_phrase(text: str, claim: Claim, term: Term, knowledge: Knowledge) -> str | None:
    """The office of `term` as the claim would word it: before the name, possessive, or with "of"; None if it cannot."""
    place, written = knowledge.places.get(term.place), claim.place_span
    if place is None or written is None or not claim.title_span.contains(written):
        return None
    title = knowledge.titles.phrase_for(term.office, term.place)
    if claim.title[:1].isupper():
        title = " ".join(word if word in _SMALL_WORDS else word[:1].upper() + word[1:] for word in title.split())
    if written.start > claim.title_span.start:
        return f"{title} of {_with_article(place)}"
    between = text[written.end : claim.title_span.end - len(claim.title)]  # " ", "'s ", " foreign "
    if between[:1] in {"'", "’"}:
        return f"{place.name}{between if between[1:2] == 's' else between[:1] + 's' + between[1:]}{title}"
    return f"{place.attributive}{between}{title}"


def _with_article(place: Place) -> str:
    return f"the {place.name}" if place.code in _WITH_ARTICLE else place.name


def plant_possessives(knowledge: Knowledge, source: random.Random, count: int) -> Iterator[Possessive]:
    """`count` made-up documents with owners from another country, and `count` with owners from the same one.

    Owners are rulers of any country, by name or (every second one) by office.
    """
    offices, places, titles = knowledge.offices, knowledge.places, knowledge.titles
    owners = [term for term in offices.rows if term.is_ruler and term.since and term.since.year >= _FIRST_YEAR]
    owners = [term for term in owners if (place := places.get(term.place)) and not place.is_organisation]
    owners = [term for term in owners if _is_unambiguous(term, knowledge)]
    for is_wrong in (True, False):
        for number, owner in enumerate(source.sample(owners, count)):
            own_places = _places_of(owner.name, offices) | {owner.place}
            other = source.choice([code for code in _LARGE if code not in own_places])
            place, home = places.get(other if is_wrong else owner.place), places.get(owner.place)
            assert place is not None and home is not None, "owners and large countries are in the table of places"
            phrase = f"his {place.demonyms[0]} {source.choice(_OFFICES)}"
            title = titles.phrase_for(owner.office, owner.place)
            name = f"the {home.attributive} {title}" if number % 2 else owner.name
            text = PATTERNS[number // 2 % len(PATTERNS)].format(owner=name, phrase=phrase) + "\n"
            start = text.index(phrase)
            text = text[0].upper() + text[1:]
            document = Document(id=f"possessive/{'other' if is_wrong else 'same'}/{number}", text=text)
            yield Possessive(document, Span(start, start + len(phrase)), is_wrong)


def _is_unambiguous(term: Term, knowledge: Knowledge) -> bool:
    """True if the name is of one person and the demonym of the country means no other one ("Congolese")."""
    place = knowledge.places.get(term.place)
    people = {one.name for one in knowledge.offices.terms_of(term.name)}
    demonyms = place.demonyms[:1] if place is not None else ()
    return people == {term.name} and any(len(knowledge.places.find(demonym)) == 1 for demonym in demonyms)


def _sample(swaps: list[Swap], source: random.Random) -> list[Swap]:
    return source.sample(swaps, _MOST) if len(swaps) > _MOST else swaps


def _count_swaps(checker: Checker, kind: Kind, swaps: Sequence[Swap]) -> tuple[dict[str, int], list[dict[str, Any]]]:
    """Swaps, how many were found, blamed on the swapped side, and restored by the suggestion."""
    counts = {"swaps": len(swaps), "found": 0, "right_side": 0, "restored": 0}
    rows = []
    found = _reported(checker, SWAPPED, [swap.document for swap in swaps])
    for swap, issues in zip(swaps, found, strict=True):
        issue = next((one for one in issues if one.span.overlaps(swap.claim_span)), None)
        right_side = issue is not None and issue.span.overlaps(swap.span)
        restored = issue is not None and is_restored(swap, issue, checker.knowledge)
        counts["found"] += issue is not None
        counts["right_side"] += right_side
        counts["restored"] += restored
        rows.append(
            {
                "set": f"swapped {kind}",
                "document": swap.document.id,
                "claim": swap.claim_span.of(swap.document.text),
                "written": swap.written,
                "suggestion": issue.suggestion if issue else None,
                "confidence": round(issue.confidence, 3) if issue else None,
                "right_side": right_side,
                "restored": restored,
            }
        )
    return {f"{kind}_{name}": value for name, value in counts.items()}, rows


def is_restored(swap: Swap, issue: Issue, knowledge: Knowledge) -> bool:
    """True if the text with the suggestion in place claims an office of the holder's country for the holder."""
    if issue.suggestion is None:
        return False
    text = swap.document.text
    corrected = segment(Document("corrected", text[: issue.span.start] + issue.suggestion + text[issue.span.end :]))
    end = swap.claim_span.end + len(issue.suggestion) - len(issue.span)
    return any(
        claim.place == swap.term.place
        and (term := confirming(claim, knowledge.offices)) is not None
        and term.name == swap.term.name
        for claim in find_claims(corrected, knowledge.places, knowledge.titles)
        if claim.span.overlaps(Span(swap.claim_span.start, max(end, swap.claim_span.start + 1)))
    )


def _count_possessives(checker: Checker, cases: Sequence[Possessive]) -> tuple[dict[str, int], list[dict[str, Any]]]:
    """Possessives with owners from another and from the same country, and how many of each were flagged."""
    names = {True: "other_country", False: "same_country"}
    counts = {f"possessive_{name}{end}": 0 for name in names.values() for end in ("", "_flagged")}
    rows = []
    for case, issues in zip(cases, _reported(checker, POSSESSIVE, [one.document for one in cases]), strict=True):
        is_flagged = any(issue.span.overlaps(case.span) for issue in issues)
        counts[f"possessive_{names[case.is_wrong]}"] += 1
        counts[f"possessive_{names[case.is_wrong]}_flagged"] += is_flagged
        rows.append(
            {"set": "possessives", "text": case.document.text.strip(), "wrong": case.is_wrong, "flagged": is_flagged}
        )
    return counts, rows


def _reported(checker: Checker, rule: str, documents: Sequence[Document]) -> list[tuple[Issue, ...]]:
    """Per document the issues of one rule at or over its threshold; surprisal, which it does not need, is not read."""
    detector = next(one for one in checker.detectors if one.rule.id == rule)
    least = checker.calibration.threshold(rule)
    reported: list[tuple[Issue, ...]] = []
    for start in range(0, len(documents), _AT_ONCE):
        block = [one if one.segments else segment(one) for one in documents[start : start + _AT_ONCE]]
        tools = [Tools(checker.knowledge, checker.calibration.confidence, one.date) for one in block]
        found = detect(
            block,
            annotate(block, [detector.rule], None),
            [detector],
            tools,
            checker.judge,
            is_reported=lambda issue: issue.confidence >= least,
        )
        reported += [issues for issues, _ in found]
    return reported
