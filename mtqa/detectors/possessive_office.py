"""possessive-office: "his Russian president" where the president of another country meets his counterpart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mtqa.detecting.protocol import Detection, Rule, Status, Tools, Use, changed, compare
from mtqa.knowledge.claims import Claim, ClaimForm, find_claims
from mtqa.knowledge.known_people import find_known_people
from mtqa.knowledge.offices import family
from mtqa.knowledge.places import PlaceForm
from mtqa.schema.annotations import Annotations
from mtqa.schema.document import Document, Segment, Span
from mtqa.schema.issue import Category, Evidence, EvidenceKind, Issue, Severity
from mtqa.schema.roles import Hypothesis, Verdict

RULE = Rule(
    id="possessive-office",
    category=Category.MISTRANSLATION,
    severity=Severity.MAJOR,
    summary='"His Russian president" said of somebody from another country: "his Russian counterpart" is meant.',
    uses=(Use.JUDGE, Use.KNOWLEDGE),
    status=Status.STABLE,
)

_POSSESSIVES = frozenset({"his", "her", "their"})
# Offices one of which each country has; a company or a club may have a "Russian director", hence no other titles.
_OFFICES = frozenset(
    {
        "president",
        "prime minister",
        "king",
        "foreign minister",
        "defence minister",
        "interior minister",
        "finance minister",
        "economy minister",
        "justice minister",
        "health minister",
        "trade minister",
        "energy minister",
        "chief of staff",
    }
)
_BACK = 2  # sentences before in which the owner of "his" is looked for


@dataclass(frozen=True, slots=True)
class _Candidate:
    claim: Claim
    segment: Segment
    owner: Span
    same_sentence: bool


def detect(document: Document, annotations: Annotations, tools: Tools) -> Detection:
    """Propose "counterpart" where the owner of the possessive comes from another country."""
    del annotations
    knowledge = tools.knowledge
    claims = find_claims(document, knowledge.places, knowledge.titles)
    candidates = [
        candidate
        for claim in claims
        if _is_suspicious(claim)
        for candidate in _candidates(document, claim, claims, tools)
    ]
    hypotheses = [_hypothesis(document, candidate) for candidate in candidates]
    verdicts: list[Verdict] = yield from compare(hypotheses)
    for candidate, verdict in zip(candidates, verdicts, strict=True):
        if verdict.gain > 0:
            yield _issue(document, candidate, verdict, tools)


def _is_suspicious(claim: Claim) -> bool:
    return (
        claim.form is ClaimForm.NO_NAME
        and claim.possessive in _POSSESSIVES
        and claim.place is not None
        and not claim.place.startswith("@")
        and claim.place_form is PlaceForm.DEMONYM
        and claim.office is not None
        and family(claim.office) in _OFFICES
        and claim.is_present
    )


def _candidates(document: Document, claim: Claim, claims: Sequence[Claim], tools: Tools) -> Iterator[_Candidate]:
    """One candidate if the owner of the possessive is known and comes from elsewhere, else none."""
    segment = document.segment_at(claim.span.start)
    if segment is None:
        return
    found = _owner(document, segment, claim, claims, tools)
    if found is not None and claim.place not in found[1]:
        yield _Candidate(claim, segment, found[0], segment.span.contains(found[0]))


def _owner(
    document: Document, segment: Segment, claim: Claim, claims: Sequence[Claim], tools: Tools
) -> tuple[Span, frozenset[str]] | None:
    """Whom the possessive points to: the last one before it in its sentence, else the first one after it there
    ("After talks with his ..., Macron said"), else the last one of the sentences before.
    """
    before = _owners(document, Span(segment.span.start, claim.span.start), claims, tools)
    if before:
        return max(before, key=lambda owner: owner[0])
    after = _owners(document, Span(claim.span.end, segment.span.end), claims, tools)
    if after:
        return min(after, key=lambda owner: owner[0])
    for earlier in reversed(document.segments[max(0, segment.index - _BACK) : segment.index]):
        owners = _owners(document, earlier.span, claims, tools)
        if owners:
            return max(owners, key=lambda owner: owner[0])
    return None


def _owners(document: Document, span: Span, claims: Sequence[Claim], tools: Tools) -> list[tuple[Span, frozenset[str]]]:
    """People and offices within `span` and the countries they belong to."""
    offices = [(claim.span, frozenset({claim.place})) for claim in claims if claim.place and span.contains(claim.span)]
    people = [
        (person.span, person.places) for person in find_known_people(document.text, span, tools.knowledge.offices)
    ]
    return offices + people


def _hypothesis(document: Document, candidate: _Candidate) -> Hypothesis:
    return changed(document, candidate.segment, {_title_span(candidate.claim): "counterpart"}, in_context=True)


def _title_span(claim: Claim) -> Span:
    return Span(claim.title_span.end - len(claim.title), claim.title_span.end)


def _issue(document: Document, candidate: _Candidate, verdict: Verdict, tools: Tools) -> Issue:
    claim = candidate.claim
    start = document.text.rindex(claim.possessive or "", 0, claim.title_span.start)
    span = Span(start, claim.title_span.end)
    written = span.of(document.text)
    suggestion = document.text[start : _title_span(claim).start] + "counterpart"
    owner = candidate.owner.of(document.text)
    return Issue(
        rule=RULE.id,
        span=span,
        category=RULE.category,
        severity=RULE.severity,
        confidence=tools.confidence(
            RULE.id,
            {
                "gain": max(-20.0, min(20.0, verdict.gain)) / 10,
                "same_sentence": float(candidate.same_sentence),
            },
        ),
        message=f"“{written}” says that the office belongs to {owner}, who comes from another country.",
        evidence=(
            Evidence(EvidenceKind.DOCUMENT, f"the possessive points back to “{owner}”"),
            Evidence(
                EvidenceKind.LM_CONTRAST, f"gain of “{suggestion}” over the text as written", verdict.gain, "nats"
            ),
        ),
        suggestion=suggestion,
        related=(candidate.owner,),
    )
