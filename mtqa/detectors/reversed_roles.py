"""Who did what to whom, the wrong way round: subject and object exchanged, or a relative clause on the wrong noun."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from mtqa.detecting.protocol import Detection, Rule, Status, Tools, Use, compare
from mtqa.schema.annotations import Annotations
from mtqa.schema.document import Document, Segment, SegmentKind, Span
from mtqa.schema.issue import Category, Evidence, EvidenceKind, Issue, Severity
from mtqa.schema.roles import Hypothesis

RULE = Rule(
    id="reversed-roles",
    category=Category.MISTRANSLATION,
    severity=Severity.CRITICAL,
    summary="Subject and object seem exchanged: the event is known the other way round.",
    uses=(Use.JUDGE, Use.KNOWLEDGE),
    status=Status.PREVIEW,
)

# Verbs of events that happen in one direction and that a language model may know.
_VERBS = (
    r"(?:annexed|invaded|attacked|bombed|shelled|occupied|seized|conquered|captured|besieged|bought|acquired|purchased|"
    r"sued|fined|sanctioned|arrested|sentenced|convicted|indicted|appointed|expelled|colonised|colonized|liberated|"
    r"assassinated|killed|murdered|shot|defeated|beat|left|joined|recognised|recognized|blockaded|nationalised)"
)
_NAME = r"(?:(?:the )?[A-Z][\w’'-]*(?: (?:[A-Z][\w’'-]*|of|the|and)(?= )){0,7}?)"
# What may follow the object: anything else would make it part of a longer phrase ("bought Instagram shares").
_END = (
    r"(?=[.,;:!?)”\"’]|$| (?:in|on|at|by|for|over|after|before|during|under|with|without|from|to|and|but|because|as|"
    r"when|while|since|until|yesterday|today|again|last|this|amid|despite|near|that|who|which|\d))"
)
_CLAUSE = re.compile(
    rf"(?P<subject>{_NAME}) (?P<verb>(?:has |had )?{_VERBS}) "
    rf"(?P<object>(?:the )?[A-Z][\w-]*(?:[’'](?!s\b)[\w-]+)*(?: [A-Z][\w-]*(?:[’'](?!s\b)[\w-]+)*)*)(?![\w’'-]){_END}"
)
# The name behind one of these is not the subject: "the president of Russia", "bombers from Iraq".
_NOT_SUBJECT = re.compile(r"\b(?:of|from|in|by|with|near|at|on|for|to|against|between|and|or|than)(?: the)? $")
# Capitalised words that open sentences and name no participant.
_OPENERS = frozenset(
    "On In At By After Before Since When While Although As But And So Then Yesterday Today Later Monday Tuesday "
    "Wednesday Thursday Friday Saturday Sunday January February March April May June July August September October "
    "November December Earlier Meanwhile However That If Because".split()
)
_PRONOUNS = frozenset("I He She It We They You Who This These Those There Nobody Everybody Someone Police".split())
_RELATIVE = re.compile(
    r"(?P<owner>\b(?:its|his|her|their) (?:\w+ )?(?:neighbou?r|rival|ally|opponent|enemy|adversary|competitor)),"
    rf" (?P<clause>(?:which|who) (?P<event>(?:has |had )?{_VERBS} (?P<object>[^,.;]+)))"
)
_MOST_WORDS = 3  # of a participant
_NEAR = 20  # characters before a name that show whether it is the subject


@dataclass(frozen=True, slots=True)
class _Doubt:
    """A clause that may be the wrong way round.

    `event` holds the sentence as written and reversed; `neutral` are pairs of sentences with a pronoun for one
    participant, whose gains are what the reversal would bring for any event: the prior of the words.
    """

    segment: Segment
    span: Span
    suggestion: str | None
    event: Hypothesis
    neutral: tuple[Hypothesis, ...]
    reversed_reading: str


def detect(document: Document, annotations: Annotations, tools: Tools) -> Detection:  # noqa: ARG001
    """Compare each event with its reverse, less what the words alone make likelier."""
    doubts = [
        doubt
        for segment in document.segments
        if segment.kind is SegmentKind.SENTENCE
        for doubt in (*_clauses(document, segment), *_relatives(document, segment, tools))
    ]
    verdicts = yield from compare([one for doubt in doubts for one in (doubt.event, *doubt.neutral)])
    answers = iter(verdicts)
    for doubt in doubts:
        whole = next(answers).gain
        prior = sum(next(answers).gain for _ in doubt.neutral)
        excess = whole - prior
        confidence = tools.confidence(
            RULE.id, {"gain": max(-10.0, min(15.0, whole)), "excess": max(-10.0, min(15.0, excess))}
        )
        yield Issue(
            rule=RULE.id,
            span=doubt.span,
            category=RULE.category,
            severity=RULE.severity,
            confidence=confidence,
            message=f"Perhaps the wrong way round: “{doubt.reversed_reading}” is far likelier.",
            evidence=(
                Evidence(EvidenceKind.LM_CONTRAST, "the reverse is likelier as a whole sentence", whole, "nats"),
                Evidence(EvidenceKind.LM_CONTRAST, "and beyond what the words alone explain", excess, "nats"),
            ),
            suggestion=doubt.suggestion,
        )


def _clauses(document: Document, segment: Segment) -> Iterator[_Doubt]:
    """“A invaded B” where both are names of up to three words."""
    sentence = document.text_of(segment)
    for match in _CLAUSE.finditer(sentence):
        subject, verb, target = match["subject"], match["verb"], match["object"]
        start = match.start()
        while subject.partition(" ")[0] in _OPENERS:
            start += len(subject) - len(subject.partition(" ")[2])
            subject = subject.partition(" ")[2]
        if not (_is_participant(subject) and _is_participant(target)) or subject == target:
            continue
        if start == match.start() and _NOT_SUBJECT.search(sentence[max(0, start - _NEAR) : start]):
            continue
        rest = re.match(r"(?: (?:in|on|for|over|after) [^,.;:]{2,60})?", sentence[match.end() :])
        tail = rest.group() if rest else ""
        reverse = f"{_capital(target)} {verb} {_inner(subject)}{tail}."
        written = f"{_capital(subject)} {verb} {target}{tail}."
        first = _capital(target) if _begins(sentence, start) else target
        yield _Doubt(
            segment=segment,
            span=Span(start, match.end()).shift(segment.span.start),
            suggestion=f"{first} {verb} {_inner(subject)}",
            event=Hypothesis(written=written, proposed=reverse),
            neutral=(
                Hypothesis(written=f"It {verb} {target}{tail}.", proposed=f"It {verb} {_inner(subject)}{tail}."),
                Hypothesis(
                    written=f"{_capital(subject)} {verb} it{tail}.", proposed=f"{_capital(target)} {verb} it{tail}."
                ),
            ),
            reversed_reading=reverse.rstrip("."),
        )


def _relatives(document: Document, segment: Segment, tools: Tools) -> Iterator[_Doubt]:
    """“Russia … its neighbour, which annexed …”: did the neighbour do it, or the subject of the sentence?"""
    sentence = document.text_of(segment)
    for match in _RELATIVE.finditer(sentence):
        subject = next(
            (word for word in re.findall(r"[A-Z]\w+", sentence[: match.start()]) if tools.knowledge.places.find(word)),
            None,
        )
        other = _other_place(document, segment.span.start + match.start(), subject, tools) if subject else None
        if subject is None or other is None:
            continue
        event = match["event"]
        yield _Doubt(
            segment=segment,
            span=Span(match.start("clause"), match.end("object")).shift(segment.span.start),
            suggestion=None,
            event=Hypothesis(written=f"{other} {event}.", proposed=f"{subject} {event}."),
            neutral=(Hypothesis(written=f"{other} is a country.", proposed=f"{subject} is a country."),),
            reversed_reading=f"{subject} {event}",
        )


def _is_participant(text: str) -> bool:
    """True for a name of one to three words that is without a pronoun."""
    words = text.removeprefix("the ").removeprefix("The ").split()
    return 1 <= len(words) <= _MOST_WORDS and _PRONOUNS.isdisjoint(words)


def _begins(sentence: str, at: int) -> bool:
    return not sentence[:at].strip(" “‘\"'–-")


def _other_place(document: Document, before: int, subject: str, tools: Tools) -> str | None:
    """The country named last before an offset that is not the subject's own; else the first one behind it."""
    own = {place.code for place, _ in tools.knowledge.places.find(subject)}
    nearest: str | None = None
    for match in re.finditer(r"[A-Z]\w+", document.text):
        if match.start() >= before and nearest is not None:
            break
        for place, _ in tools.knowledge.places.find(match.group()):
            if place.code not in own and not place.is_organisation:
                nearest = place.name
    return nearest


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _inner(text: str) -> str:
    return "the " + text[4:] if text.startswith("The ") else text
