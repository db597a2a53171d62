"""Clauses of the translation of which the source knows nothing; found as those of omission are, sides exchanged."""

from __future__ import annotations

from mtqa.detecting.protocol import Detection, Need, Rule, Status, Tools, Use
from mtqa.detecting.unsaid import PairedText, Unsaid, balance_of, find_unsaid, paired_texts
from mtqa.detectors.omission import shortened
from mtqa.schema.annotations import Annotations
from mtqa.schema.document import Document, Span
from mtqa.schema.issue import Category, Evidence, EvidenceKind, Issue, Severity

RULE = Rule(
    id="addition",
    category=Category.ADDITION,
    severity=Severity.MAJOR,
    summary="A clause of the translation of which the source knows nothing.",
    needs=(Need.SOURCE, Need.COMPARISON),
    uses=(Use.ENCODER,),
    status=Status.STABLE,
)

_ENDING = ".,;:!?… "


def detect(document: Document, annotations: Annotations, tools: Tools) -> Detection:
    """Weigh every translation against its source."""
    pairs = list(paired_texts(document, annotations))
    balances = [balance_of(document, pair, turned=True) for pair in pairs]
    found = yield from find_unsaid(RULE.id, pairs, balances, tools, turned=True)
    for pair, unsaid in zip(pairs, found, strict=True):
        if unsaid is not None:
            yield _issue(pair, unsaid)


def _issue(pair: PairedText, unsaid: Unsaid) -> Issue:
    source = " ".join(pair.agreement.source.split())
    quoted = shortened(source)
    where = f"{pair.source_span.start}-{pair.source_span.end} of the source"
    return Issue(
        rule=RULE.id,
        span=_bare(pair.agreement.hypothesis, unsaid.part).shift(pair.span.start),
        category=RULE.category,
        severity=RULE.severity,
        confidence=unsaid.confidence,
        message="The source does not say this.",
        evidence=(
            Evidence(
                EvidenceKind.SOURCE,
                f"nothing like it in “{quoted}” at {where}: {unsaid.why}",
                round(unsaid.value, 3),
                unsaid.unit,
            ),
        ),
    )


def _bare(text: str, part: Span) -> Span:
    """The part without the mark that ends it, where a word is left."""
    bare = part.of(text).rstrip(_ENDING)
    return Span(part.start, part.start + len(bare)) if bare else part
