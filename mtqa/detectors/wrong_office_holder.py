"""wrong-office-holder: a known person with the office of somebody else ("US President Volodymyr Zelensky")."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mtqa.detecting.protocol import Detection, Rule, Status, Tools, Use, changed, compare
from mtqa.knowledge.claims import Claim, find_claims
from mtqa.knowledge.known_people import KnownPerson, find_known_people
from mtqa.knowledge.offices import Offices, Term, family
from mtqa.knowledge.person_names import NameMatch
from mtqa.knowledge.places import Place, Places
from mtqa.knowledge.titles import ANY_OFFICE, Titles
from mtqa.schema.annotations import Annotations
from mtqa.schema.document import Document, Segment, Span
from mtqa.schema.issue import Category, Evidence, EvidenceKind, Issue, Severity
from mtqa.schema.roles import Hypothesis, Verdict

RULE = Rule(
    id="wrong-office-holder",
    category=Category.MISTRANSLATION,
    severity=Severity.CRITICAL,
    summary="A known person is given an office that somebody else holds.",
    uses=(Use.JUDGE, Use.KNOWLEDGE),
    status=Status.STABLE,
)

# A name that is nearer to an office holder of the place than to anybody else by this much is left to garbled-name.
_LOCAL_LEAD = 0.1
# A garbled name is taken for a known person if surname and given name are at least this similar.
_LEAST_SURNAME, _LEAST_GIVEN = 0.75, 0.8
_LEAST_LOCAL_SURNAME, _LEAST_LOCAL_GIVEN = 0.6, 0.6
# A person out of any office for so long is more likely a namesake.
_LONGEST_GAP = dt.timedelta(days=3650)
# Nats by which replacing the person must read better than replacing the office. Translation copies names and
# loses offices, so the office is the usual suspect; measured on swaps of both kinds, see the page.
_PERSON_LEAD = 20.0
# A surname alone fits many people: it needs the person's name elsewhere in the document, or this gain in nats.
_SURNAME_GAIN = 3.0
_WITH_ARTICLE = frozenset({"us", "gb", "nl", "ph", "ae", "bs", "gm", "do", "cd", "cg", "cf", "mv", "mh", "sb", "km"})
_SMALL_WORDS = frozenset({"of", "the", "and", "for"})


@dataclass(frozen=True, slots=True)
class _Swap:
    """A claim whose person is known elsewhere: `own` is the person's term, `holder` whom the office belongs to."""

    claim: Claim
    segment: Segment
    own: Term
    holder: Term
    match: NameMatch
    office_span: Span
    office_text: str
    holder_text: str
    own_mentions: int
    holder_mentions: int


def detect(document: Document, annotations: Annotations, tools: Tools) -> Detection:
    """Propose both corrections of every contradictory claim; document and judge say which."""
    del annotations
    knowledge = tools.knowledge
    claims = find_claims(document, knowledge.places, knowledge.titles)
    people: list[KnownPerson] | None = None
    swaps: list[_Swap] = []
    for claim in claims:
        segment = document.segment_at(claim.span.start)
        if segment is None or not _contradicts(claim, knowledge.offices, tools.date):
            continue
        if people is None:
            people = list(find_known_people(document.text, Span(0, len(document.text)), knowledge.offices))
        swap = _swap(document.text, segment, claim, people, tools)
        if swap is not None:
            swaps.append(swap)
    verdicts: list[Verdict] = yield from compare([h for swap in swaps for h in _hypotheses(document, swap)])
    for swap, office, person in zip(swaps, verdicts[::2], verdicts[1::2], strict=True):
        if swap.match.has_given or swap.own_mentions or max(office.gain, person.gain) > _SURNAME_GAIN:
            yield _issue(swap, office, person, tools)


def _contradicts(claim: Claim, offices: Offices, date: dt.date | None) -> bool:
    """True if the office is claimed for the present, its holders are known, and the name is like none of theirs."""
    if claim.person is None or claim.place is None or claim.office is None or not claim.is_present:
        return False
    if claim.office == ANY_OFFICE:
        if not any(offices.is_covered(claim.place, office, date) for office in ("president", "prime minister", "king")):
            return False
    elif not offices.is_covered(claim.place, claim.office, date):
        return False
    return not any(
        offices.match(reading, term).is_same
        for term in offices.terms_in(claim.place)
        for reading in _readings(claim.person)
    )


def _is_rather_local(claim: Claim, elsewhere: NameMatch, offices: Offices) -> bool:
    """True if the name may as well be a garbled name of somebody from the place."""
    least = elsewhere.score - _LOCAL_LEAD
    return any(
        match.given >= _LEAST_LOCAL_GIVEN and match.surname >= _LEAST_LOCAL_SURNAME and match.score >= least
        for term in offices.terms_in(claim.place or "")
        for match in [offices.match(claim.person or "", term)]
    )


def _readings(person: str) -> list[str]:
    """The name as written and its beginnings of two or more words: in headlines capitals run on."""
    words = person.split()
    return [person] + [" ".join(words[:size]) for size in range(len(words) - 1, 1, -1)]


def _swap(text: str, segment: Segment, claim: Claim, people: Sequence[KnownPerson], tools: Tools) -> _Swap | None:
    known = _identify(claim, tools.knowledge.offices, tools.date)
    if known is None:
        return None
    own, match, terms = known
    if _is_rather_local(claim, match, tools.knowledge.offices):
        return None
    own_mentions = _count(people, claim, [own])
    holder, holder_mentions = _holder(claim, own, people, tools)
    office = _office_correction(text, claim, own, tools.knowledge.places, tools.knowledge.titles)
    if holder is None or office is None or any(term.place == holder.place for term in terms):
        return None
    return _Swap(
        claim=claim,
        segment=segment,
        own=own,
        holder=holder,
        match=match,
        office_span=office[0],
        office_text=office[1],
        holder_text=holder.name if len((claim.person or "").split()) > 1 else holder.surname,
        own_mentions=own_mentions,
        holder_mentions=holder_mentions,
    )


def _identify(claim: Claim, offices: Offices, date: dt.date | None) -> tuple[Term, NameMatch, tuple[Term, ...]] | None:
    """The person of a claim: the term that fits the claim best, how well the name fits, all terms of the person."""
    for reading in _readings(claim.person or ""):
        terms = offices.terms_of(reading)
        if len(reading.split()) == 1:
            rulers = tuple(term for term in terms if term.is_ruler)
            terms = rulers if len({term.name for term in rulers}) == 1 else ()
        if not terms and len(reading.split()) > 1:
            close = [term for term, m in offices.near(reading) if _is_garbled(m)]
            terms = tuple(term for term in close if term.name == close[0].name)
        if not terms or any(claim.place in (term.place, *term.home) for term in terms):
            continue
        usable = [term for term in terms if _is_contemporary(term, date) and (term.is_ruler or len(terms) < 4)]
        if not usable or len({term.surname for term in usable}) > 1:
            continue
        own = min(usable, key=lambda term: _preference(term, claim, date))
        return own, offices.match(reading, own), terms
    return None


def _is_garbled(match: NameMatch) -> bool:
    return match.has_given and match.surname >= _LEAST_SURNAME and match.given >= _LEAST_GIVEN


def _is_contemporary(term: Term, date: dt.date | None) -> bool:
    return date is None or term.may_hold(date, grace=_LONGEST_GAP)


def _preference(term: Term, claim: Claim, date: dt.date | None) -> tuple[bool, bool, bool, bool, int]:
    """Sort key: in office on the day, the same office, a country rather than an organisation, a ruler, the latest."""
    return (
        not term.may_hold(date),
        family(term.office) != family(claim.office or ""),
        term.place.startswith("@"),
        not term.is_ruler,
        -(term.since or dt.date.min).toordinal(),
    )


def _holder(claim: Claim, own: Term, people: Sequence[KnownPerson], tools: Tools) -> tuple[Term | None, int]:
    """Whom the office belongs to: mentioned in the document, else in office with the named person, else the latest."""
    expected = tools.knowledge.offices.expected(claim, tools.date)
    if claim.office == ANY_OFFICE:
        expected = tuple(term for term in expected if family(term.office) == family(own.office)) or expected
    best: tuple[tuple[int, bool], Term | None] = ((0, False), None)
    for term in expected:
        rank = (_count(people, claim, [term]), _overlap(term, own))
        if best[1] is None or rank > best[0]:
            best = (rank, term)
    return best[1], best[0][0]


def _overlap(term: Term, other: Term) -> bool:
    starts = max(term.since or dt.date.min, other.since or dt.date.min)
    return starts <= min(term.until or dt.date.max, other.until or dt.date.max)


def _count(people: Iterable[KnownPerson], claim: Claim, terms: Sequence[Term]) -> int:
    """How often the document names one of the holders outside the claim itself."""
    names = {term.name for term in terms}
    return sum(
        any(term.name in names for term in person.terms) and not person.span.overlaps(claim.span) for person in people
    )


def _office_correction(text: str, claim: Claim, own: Term, places: Places, titles: Titles) -> tuple[Span, str] | None:
    """Where and how the office phrase should read for the named person."""
    place = places.get(own.place)
    if place is None or claim.place_span is None:
        return None
    title = _title_for(own, claim.title, titles)
    if claim.place_span.start > claim.title_span.start:
        name = _with_article(text, claim.place_span, place)
        if not claim.title_span.contains(claim.place_span):
            return claim.place_span, name  # President Macron of [[Germany]]
        between = text[claim.title_span.start + len(claim.title) : claim.place_span.start]
        return claim.title_span, title + between + name
    if not claim.title_span.contains(claim.place_span):
        return None
    middle = text[claim.place_span.end : claim.title_span.end - len(claim.title)]
    before = place.name if middle[:1] in {"'", "’"} else place.attributive
    if middle[:1] in {"'", "’"} and before.endswith("s"):
        middle = middle.replace("s", "", 1) if middle[1:2] == "s" else middle
    return claim.title_span, before + middle + title


def _title_for(own: Term, written: str, titles: Titles) -> str:
    """The written title if it fits the office of `own` in its country, else the usual one there."""
    meaning = titles.find(written, own.place)
    usual = titles.phrase_for(own.office, own.place)
    if meaning is not None and meaning.office == ANY_OFFICE:
        return written
    made_for_place = any(own.place in title.places for title in titles.find_words(tuple(usual.split())))
    if meaning is not None and meaning.office == own.office and (own.place in meaning.places or not made_for_place):
        return written
    return _cased_like(usual, written)


def _with_article(text: str, span: Span, place: Place) -> str:
    has_article = text[: span.start].rstrip().endswith("the")
    return f"the {place.name}" if place.code in _WITH_ARTICLE and not has_article else place.name


def _cased_like(phrase: str, written: str) -> str:
    if not written[:1].isupper():
        return phrase
    return " ".join(word if word in _SMALL_WORDS else word[:1].upper() + word[1:] for word in phrase.split())


def _hypotheses(document: Document, swap: _Swap) -> tuple[Hypothesis, Hypothesis]:
    """The sentence with the office corrected, and with the person corrected.

    A garbled name is mended in the first, or else every other name would read better.
    """
    person_span = swap.claim.person_span or swap.claim.title_span
    mended = {swap.office_span: swap.office_text}
    if not swap.match.is_same:
        mended[person_span] = swap.own.name
    return (
        changed(document, swap.segment, mended, in_context=True),
        changed(document, swap.segment, {person_span: swap.holder_text}, in_context=True),
    )


def _issue(swap: _Swap, office: Verdict, person: Verdict, tools: Tools) -> Issue:
    claim, own, holder = swap.claim, swap.own, swap.holder
    for_person = claim.person_span is not None and person.gain - office.gain > _PERSON_LEAD
    span = claim.person_span if for_person and claim.person_span else swap.office_span
    suggestion, other = swap.office_text, swap.holder_text
    gain = office.gain
    if for_person:
        suggestion, other, gain = other, suggestion, person.gain
    features = {
        "exact_name": float(swap.match.is_same),
        "given_name": float(swap.match.has_given),
        "same_office": float(family(own.office) == family(claim.office or "")),
        "gain": max(-20.0, min(20.0, gain)) / 10,
    }
    places = tools.knowledge.places
    evidence = [
        Evidence(EvidenceKind.TABLE, _describe(own, places), source=f"{own.source}, {own.as_of}"),
        Evidence(EvidenceKind.TABLE, _describe(holder, places), source=f"{holder.source}, {holder.as_of}"),
        Evidence(EvidenceKind.LM_CONTRAST, f"gain of “{suggestion}” over the text as written", gain, "nats"),
    ]
    if swap.own_mentions or swap.holder_mentions:
        detail = f"elsewhere in the document: {own.name} {swap.own_mentions}x, {holder.name} {swap.holder_mentions}x"
        evidence.append(Evidence(EvidenceKind.DOCUMENT, detail))
    return Issue(
        rule=RULE.id,
        span=span,
        category=RULE.category,
        severity=RULE.severity,
        confidence=tools.confidence(RULE.id, features),
        message=f"{_describe(own, places)}. Either the office is wrong or the person ({other} would fit).",
        evidence=tuple(evidence),
        suggestion=suggestion,
    )


def _describe(term: Term, places: Places) -> str:
    place = places.get(term.place)
    since = f" since {term.since.year}" if term.since and term.until is None else ""
    years = f" ({term.since.year}-{term.until.year})" if term.since and term.until else ""
    return f"{term.name}: {term.office} of {place.name if place else term.place}{since}{years}"
