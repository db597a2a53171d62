"""Clauses of the translation of which the source knows nothing: leave one out, and the two agree better."""

from __future__ import annotations

from mtqa.detecting.protocol import Detection, Need, Rule, Status, Tools, Use
from mtqa.detectors.omission import PairedText, Unsaid, balance_of, paired_texts, shortened, weigh
from mtqa.schema.annotations import Annotations
from mtqa.schema.document import Document, Span
from mtqa.schema.issue import Category, Evidence, EvidenceKind, Issue, Severity

RULE = Rule(
    id="addition",
    category=Category.ADDITION,
    severity=Severity.MAJOR,
    summary="A clause of the translation of which the source knows nothing.",
    needs=(Need.SOURCE, Need.AGREEMENT),
    uses=(Use.ENCODER,),
    status=Status.STABLE,
)

_ENDING = ".,;:!?… "


def detect(document: Document, annotations: Annotations, tools: Tools) -> Detection:
    """Weigh every translation that is longer than that of its source usually is."""
    pairs = list(paired_texts(document, annotations))
    balances = [balance_of(document, pair, turned=True) for pair in pairs]
    vectors = [pair.agreement.vectors[0] for pair in pairs if pair.agreement.vectors is not None]
    found = yield from weigh(RULE.id, balances, vectors, tools)
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
                f"nothing like it in “{quoted}” at {where}: without it, both sides agree better",
                round(unsaid.gain, 3),
                "cosine",
            ),
        ),
    )


def _bare(text: str, part: Span) -> Span:
    """The part without the mark that ends it, where a word is left."""
    bare = part.of(text).rstrip(_ENDING)
    return Span(part.start, part.start + len(bare)) if bare else part
