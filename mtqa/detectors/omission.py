"""Clauses of the source that the translation does not say (mtqa.detecting.unsaid)."""

from __future__ import annotations

import re

from mtqa.detecting.protocol import Detection, Need, Rule, Status, Tools, Use
from mtqa.detecting.unsaid import PairedText, Unsaid, balance_of, find_unsaid, paired_texts
from mtqa.knowledge.clause_balance import Balance
from mtqa.knowledge.clauses import clauses, english_length
from mtqa.schema.annotations import Annotations
from mtqa.schema.document import Document, Span
from mtqa.schema.issue import Category, Evidence, EvidenceKind, Issue, Severity

RULE = Rule(
    id="omission",
    category=Category.OMISSION,
    severity=Severity.MAJOR,
    summary="A clause of the source that the translation does not say.",
    needs=(Need.SOURCE, Need.COMPARISON),
    uses=(Use.ENCODER,),
    status=Status.STABLE,
)

_NEAR = 0.15  # of the length of the translation: a boundary as near as this is taken for the place of the gap
_QUOTED = 80  # characters of the source quoted in a message
_ENDING = ".,;:!?…。，；：！？ "
WORD = re.compile(r"\w+(?:['’.,-]\w+)*")


def detect(document: Document, annotations: Annotations, tools: Tools) -> Detection:
    """Weigh every source against its translation."""
    pairs = list(paired_texts(document, annotations))
    balances = [balance_of(document, pair) for pair in pairs]
    found = yield from find_unsaid(RULE.id, pairs, balances, tools)
    for pair, balance, unsaid in zip(pairs, balances, found, strict=True):
        if unsaid is not None:
            yield _issue(pair, balance, unsaid)


def _issue(pair: PairedText, balance: Balance, unsaid: Unsaid) -> Issue:
    place = unsaid.part.shift(pair.source_span.start)
    quoted = " ".join(unsaid.part.of(balance.longer).split()).rstrip(_ENDING)
    return Issue(
        rule=RULE.id,
        span=_gap(balance, unsaid.part).shift(pair.span.start),
        category=RULE.category,
        severity=RULE.severity,
        confidence=unsaid.confidence,
        message=f"The translation leaves out “{shortened(quoted)}”.",
        evidence=(
            Evidence(
                EvidenceKind.SOURCE,
                f"“{quoted}” at {place.start}-{place.end} of the source: {unsaid.why}",
                round(unsaid.value, 3),
                unsaid.unit,
            ),
        ),
    )


def shortened(text: str) -> str:
    """What is quoted of a text."""
    return text if len(text) <= _QUOTED else text[: _QUOTED - 1].rstrip() + "…"


def _gap(balance: Balance, part: Span) -> Span:
    """The words on both sides of the place where the part would stand, in code points of the shorter side.

    The place has as much of the translation before it as the part has of the source, unless a boundary of clauses is
    near, where a whole clause would stand.
    """
    source, text = balance.longer, balance.shorter
    before = english_length(source[: part.start]) if source[: part.start].strip() else 0.0
    after = english_length(source[part.end :]) if source[part.end :].strip() else 0.0
    place = round(len(text) * before / max(1.0, before + after))
    boundaries = {0, len(text), *(span.start for span in clauses(text, balance.shorter_language))}
    nearest = min(boundaries, key=lambda one: (abs(one - place), one))
    if abs(nearest - place) <= _NEAR * len(text):
        place = nearest
    words = [match.span() for match in WORD.finditer(text)]
    left = [start for start, end in words if end <= place]
    right = [end for start, end in words if end > place]
    if not words:
        return Span(0, len(text))
    return Span(left[-1] if left else words[0][0], right[0] if right else words[-1][1])
