"""Clauses of the source that the translation does not say: leave one out, and the two agree better."""

from __future__ import annotations

import itertools
import re
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mtqa.detecting.protocol import Detection, Need, Rule, Status, Step, Tools, Use, embed
from mtqa.knowledge.clause_balance import MOST_CLAUSES, Balance
from mtqa.knowledge.clauses import clauses, english_length, with_neighbours, without
from mtqa.schema.annotations import Agreement, Annotations, SaidTokens
from mtqa.schema.document import Document, SegmentKind, Span
from mtqa.schema.issue import Category, Evidence, EvidenceKind, Issue, Severity

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

RULE = Rule(
    id="omission",
    category=Category.OMISSION,
    severity=Severity.MAJOR,
    summary="A clause of the source that the translation does not say.",
    needs=(Need.SOURCE, Need.AGREEMENT),
    uses=(Use.ENCODER,),
    status=Status.STABLE,
)

# Cheap gates before the encoder is asked; what they let through is measured on the page.
LEAST_DEVIATION = 1.1  # standard deviations of length
LEAST_EXCESS = 10.0  # English letters
LEAST_DEVIATION_UNSAID = 0.0  # where the other side says few words of a clause
MOST_SAID = 0.75  # share of the words of such a clause
LEAST_COSINE = 0.2  # below, the whole segment is no translation of its source
_LEAST_GAIN = -0.02
_CLOSELY = 2  # parts of a pair that are looked at closely
# Which of the likeliest parts it is, not whether one is missing at all: that is what the confidence says.
_GAIN_RANK = 20.0
_RANKS = {"said": -4.0, "misfit": -0.5, "kept": -1.0, "unsaid": 2.0}
_NEAR = 0.15  # of the length of the translation: a boundary as near as this is taken for the place of the gap
_QUOTED = 80  # characters of the source quoted in a message
_ENDING = ".,;:!?…。，；：！？ "
WORD = re.compile(r"\w+(?:['’.,-]\w+)*")


@dataclass(frozen=True, slots=True)
class PairedText:
    """A stretch of the translation with its part of the source; spans in code points of the document and its source."""

    span: Span
    source_span: Span
    agreement: Agreement


@dataclass(frozen=True, slots=True)
class Unsaid:
    """A part of the longer side of a balance that the other side does not say, with the features that tell so."""

    part: Span
    gain: float
    rank: float
    confidence: float


def detect(document: Document, annotations: Annotations, tools: Tools) -> Detection:
    """Weigh every source that is longer than its translation usually is."""
    pairs = list(paired_texts(document, annotations))
    balances = [balance_of(document, pair) for pair in pairs]
    vectors = [pair.agreement.vectors[1] for pair in pairs if pair.agreement.vectors is not None]
    found = yield from weigh(RULE.id, balances, vectors, tools)
    for pair, balance, unsaid in zip(pairs, balances, found, strict=True):
        if unsaid is not None:
            yield _issue(pair, balance, unsaid)


def paired_texts(document: Document, annotations: Annotations) -> Iterator[PairedText]:
    """The sentences of a document that translate a part of the source whose language the encoder knows.

    Segments of one link come as one. Left out are headings and what is no translation at all.
    """
    both = zip(document.segments, annotations.agreement or (), strict=False)
    for source_span, group in itertools.groupby(both, key=lambda one: one[0].source_span):
        members = list(group)
        agreement = members[0][1]
        if source_span is None or document.source is None or agreement is None or agreement.cosine is None:
            continue
        if agreement.cosine < LEAST_COSINE or not any(one.kind is SegmentKind.SENTENCE for one, _ in members):
            continue
        span = Span(members[0][0].span.start, members[-1][0].span.end)
        yield PairedText(_stripped(document.text, span), _stripped(document.source, source_span), agreement)


def weigh(
    rule: str, balances: Sequence[Balance], vectors: Sequence[NDArray[np.float32]], tools: Tools
) -> Generator[Step, object, list[Unsaid | None]]:
    """Per balance the part that the shorter side most probably does not say, None where nothing hints at one.

    `vectors` are those of the shorter sides  # (width,). Two questions to the encoder for all balances together: the
    longer side without each part; the likeliest parts by themselves beside the clauses of the shorter side.
    """
    parts = [balance.parts() if _is_longer(balance) else () for balance in balances]
    rests = [without(balance.longer, part) for balance, own in zip(balances, parts, strict=True) for part in own]
    answers = iter((yield from embed(rests)))
    chosen: list[list[tuple[Span, float]]] = []
    for balance, own, vector in zip(balances, parts, vectors, strict=True):
        gains = [float(next(answers) @ vector) - balance.cosine for _ in own]
        places = balance.likely(own, gains, _CLOSELY)
        chosen.append([(own[place], gains[place]) for place in places if gains[place] >= _LEAST_GAIN])
    texts = [
        ([part.of(balance.longer) for part, _ in likely], _texts(balance) if likely else [])
        for balance, likely in zip(balances, chosen, strict=True)
    ]
    answers = iter((yield from embed([text for alone, other in texts for text in (*alone, *other)])))
    found: list[Unsaid | None] = []
    for balance, likely, (alone, other), vector in zip(balances, chosen, texts, vectors, strict=True):
        meanings = [next(answers) for _ in alone]
        others = [vector, *(next(answers) for _ in other)]
        unsaid = []
        for (part, gain), meaning in zip(likely, meanings, strict=True):
            said = max(float(meaning @ one) for one in others)
            features = balance.features(part, gain, said)
            rank = _GAIN_RANK * gain + sum(_RANKS[name] * features[name] for name in _RANKS)
            unsaid.append(Unsaid(part, gain, rank, tools.confidence(rule, features)))
        found.append(max(unsaid, key=lambda one: one.rank, default=None))
    return found


def _is_longer(balance: Balance) -> bool:
    if balance.excess >= LEAST_EXCESS and balance.deviation >= LEAST_DEVIATION:
        return True
    return balance.deviation >= LEAST_DEVIATION_UNSAID and balance.least_said <= MOST_SAID


def _texts(balance: Balance) -> list[str]:
    """The clauses of the shorter side, and every two neighbours."""
    text = balance.shorter
    spans = with_neighbours(text, balance.shorter_language, MOST_CLAUSES)
    return list(dict.fromkeys(part for span in spans if (part := span.of(text)) != text))


def balance_of(document: Document, pair: PairedText, *, turned: bool = False) -> Balance:
    """The source against its translation; `turned`: the translation against its source."""
    source = pair.agreement.source, document.source_language
    translation = pair.agreement.hypothesis, document.language
    longer, shorter = (translation, source) if turned else (source, translation)
    coverage = pair.agreement.coverage
    return Balance(
        longer=longer[0],
        shorter=shorter[0],
        longer_language=longer[1],
        shorter_language=shorter[1],
        cosine=pair.agreement.cosine or 0.0,
        words=None if coverage is None else coverage.hypothesis if turned else coverage.source,
        read=_read(pair.agreement, turned=turned),
    )


def _read(agreement: Agreement, *, turned: bool) -> SaidTokens | None:
    """How probably each token of the longer side is said on the other, by the reading of both together."""
    coverage, reading = agreement.coverage, agreement.reading
    if coverage is None or reading is None:
        return None
    side, unsaid = (coverage.hypothesis, reading.wrong) if turned else (coverage.source, reading.missing)
    count = len(unsaid)
    return SaidTokens(side.starts[:count], side.ends[:count], (1.0 - unsaid).astype("float32"))


def shortened(text: str) -> str:
    """What is quoted of a text."""
    return text if len(text) <= _QUOTED else text[: _QUOTED - 1].rstrip() + "…"


def _stripped(text: str, span: Span) -> Span:
    inside = span.of(text)
    return Span(span.end - len(inside.lstrip()), span.start + len(inside.rstrip())) if inside.strip() else span


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
                f"“{quoted}” at {place.start}-{place.end} of the source: without it, both sides agree better",
                round(unsaid.gain, 3),
                "cosine",
            ),
        ),
    )


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
