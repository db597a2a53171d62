"""What of one side of a pair the other side does not say: the search that omission and addition share.

Where the joint estimator has read both sides, it tells of every token whether the other side says it, and reads them
again without the likeliest part. Where the meaning encoder knows the language, parts are left out by way of trial:
without one that is not said, the two agree better. Each of the two, and both together, have a calibration of their own:
RULE.read, RULE and RULE.both.
"""

from __future__ import annotations

import itertools
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mtqa.detecting.protocol import Step, Tools, embed, read_pairs
from mtqa.knowledge.clause_balance import MOST_CLAUSES, Balance
from mtqa.knowledge.clauses import before_final_mark, with_neighbours, without
from mtqa.knowledge.unsaid_runs import (
    mean_unsaid,
    reread_features,
    run_features,
    says_how_it_is_read,
    unsaid_runs,
)
from mtqa.schema.annotations import Agreement, Annotations, JointReading, SaidTokens
from mtqa.schema.document import Document, SegmentKind, Span

# Cheap gates before the encoder is asked; what they let through is measured on the pages of the rules.
LEAST_DEVIATION = 1.1  # standard deviations of length
LEAST_EXCESS = 10.0  # English letters
LEAST_DEVIATION_UNSAID = 0.0  # where the other side says few words of a clause
MOST_SAID = 0.75  # share of the words of such a clause
LEAST_COSINE, LEAST_RELATED = 0.2, 0.5  # below, the whole segment is no translation of its source
_LEAST_GAIN = -0.02
_CLOSELY = 2  # parts of a pair that are looked at closely
_MOST_TRIED = 6  # parts of a pair that are left out by way of trial where it was read
_LEAST_REREAD = -1.2  # how unsaid a part must seem for its pair to be read again: half a logit, .08
# Which of the likeliest parts it is, not whether one is missing at all: that is what the confidence says.
_GAIN_RANK, _READ_RANK = 20.0, 1.0
_RANKS = {"said": -4.0, "misfit": -0.5, "kept": -1.0, "unsaid": 2.0}
_TRIED = "without it, both sides agree better"
_READ = "reading both sides together, nothing there says it"


@dataclass(frozen=True, slots=True)
class PairedText:
    """A stretch of the translation with its part of the source; spans in code points of the document and its source."""

    span: Span
    source_span: Span
    agreement: Agreement


@dataclass(frozen=True, slots=True)
class _Weighed:
    """A balance with the vector of its shorter side, and what reading says of the tokens of the longer one; None where
    the encoder does not know the language, or nothing read both.
    """

    balance: Balance
    vector: NDArray[np.float32] | None
    tokens: SaidTokens | None

    def parts(self) -> tuple[Span, ...]:
        """What may be unsaid of the longer side."""
        text = self.balance.longer
        tried = self.balance.parts() if self.vector is not None and _is_longer(self.balance) else ()
        tried = tuple(part for part in tried if not says_how_it_is_read(text, part))
        if self.tokens is None:
            return tried
        runs = (run for run in unsaid_runs(text, self.tokens) if not says_how_it_is_read(text, run))
        parts = dict.fromkeys((*runs, *tried))
        return tuple(sorted(parts, key=lambda part: -self.read(part))[:_MOST_TRIED])

    def read(self, part: Span) -> float:
        """How little of a part is said, as reading tells: a logit; 0 where nothing read it."""
        return 0.0 if self.tokens is None else mean_unsaid(part, self.tokens)


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A part with what is weighed of it; `gain`: of cosine without it, None where it was not tried."""

    part: Span
    features: dict[str, float]
    rank: float
    gain: float | None = None


@dataclass(frozen=True, slots=True)
class Unsaid:
    """A part of the longer side of a balance that the other side does not say, and why that is believed: a `value` of
    some `unit`.
    """

    part: Span
    confidence: float
    why: str
    value: float
    unit: str


def paired_texts(document: Document, annotations: Annotations) -> Iterator[PairedText]:
    """The sentences of a document that translate a part of the source and were compared with it.

    Segments of one link come as one. Left out are headings and what is no translation at all.
    """
    both = zip(document.segments, annotations.agreement or (), strict=False)
    for source_span, group in itertools.groupby(both, key=lambda one: one[0].source_span):
        members = list(group)
        agreement = members[0][1]
        if source_span is None or document.source is None or agreement is None or not _is_translation(agreement):
            continue
        if not any(one.kind is SegmentKind.SENTENCE for one, _ in members):
            continue
        span = Span(members[0][0].span.start, members[-1][0].span.end)
        yield PairedText(_stripped(document.text, span), _stripped(document.source, source_span), agreement)


def find_unsaid(
    rule: str, pairs: Sequence[PairedText], balances: Sequence[Balance], tools: Tools, *, turned: bool = False
) -> Generator[Step, object, list[Unsaid | None]]:
    """Per pair and its balance the part that the shorter side most probably does not say; `turned`: see balance_of.

    Two questions to the encoder for all balances together: the longer side without each part; the likeliest parts by
    themselves beside the clauses of the shorter side. One to the joint estimator: the pairs without the likeliest part.
    """
    weighed = [
        _Weighed(balance, _vector(pair.agreement, turned=turned), _tokens(pair.agreement, turned=turned))
        for pair, balance in zip(pairs, balances, strict=True)
    ]
    parts = [one.parts() for one in weighed]
    tried = [() if one.vector is None else own for one, own in zip(weighed, parts, strict=True)]
    rests = [without(one.balance.longer, part) for one, own in zip(weighed, tried, strict=True) for part in own]
    answers = iter((yield from embed(rests)))
    chosen = [_likeliest(one, own, answers) for one, own in zip(weighed, tried, strict=True)]
    texts = [
        ([part.of(one.balance.longer) for part, _ in likely], _texts(one.balance) if likely else [])
        for one, likely in zip(weighed, chosen, strict=True)
    ]
    answers = iter((yield from embed([text for alone, other in texts for text in (*alone, *other)])))
    best: list[_Candidate | None] = []
    for one, own, likely, (alone, other) in zip(weighed, parts, chosen, texts, strict=True):
        if one.vector is None:
            found = [_read_alone(one, part) for part in own]
        else:
            meanings = [next(answers) for _ in alone]
            others = np.stack([one.vector, *(next(answers) for _ in other)])  # (texts, width)
            found = [
                _left_out(one, part, gain, float((others @ meaning).max()))
                for (part, gain), meaning in zip(likely, meanings, strict=True)
            ]
        best.append(max(found, key=lambda candidate: candidate.rank, default=None))
    asked = [_rest(one, candidate, turned=turned) for one, candidate in zip(weighed, best, strict=True)]
    again = iter((yield from read_pairs([both for both in asked if both is not None])))
    readings = [None if both is None else next(again) for both in asked]
    return [
        None if candidate is None else _judged(rule, pair, one, candidate, reading, tools, turned=turned)
        for pair, one, candidate, reading in zip(pairs, weighed, best, readings, strict=True)
    ]


def _likeliest(
    one: _Weighed, parts: Sequence[Span], answers: Iterator[NDArray[np.float32]]
) -> list[tuple[Span, float]]:
    """The parts that are looked at closely, each with what the cosine gains without it."""
    if one.vector is None or not parts:
        return []
    gains = [float(next(answers) @ one.vector) - one.balance.cosine for _ in parts]
    places = one.balance.likely(parts, gains, _CLOSELY, [_READ_RANK * one.read(part) for part in parts])
    return [(parts[place], gains[place]) for place in places if gains[place] >= _LEAST_GAIN or one.tokens is not None]


def _left_out(one: _Weighed, part: Span, gain: float, said: float) -> _Candidate:
    """A part with what leaving it out gained, and how near the other side comes to it."""
    features = one.balance.features(part, gain, said)
    rank = _GAIN_RANK * gain + sum(_RANKS[name] * features[name] for name in _RANKS) + _READ_RANK * one.read(part)
    if one.tokens is not None:
        features |= run_features(one.balance.longer, part, one.tokens)
    return _Candidate(part, features, rank, gain)


def _read_alone(one: _Weighed, part: Span) -> _Candidate:
    if one.tokens is None:
        raise ValueError("a part can only be read where the joint estimator has read both sides")
    features = {**run_features(one.balance.longer, part, one.tokens), **one.balance.lengths(part)}
    return _Candidate(part, features, _READ_RANK * one.read(part) - features["misfit"] / 2)


def _rest(one: _Weighed, candidate: _Candidate | None, *, turned: bool) -> tuple[str, str] | None:
    """Source and translation without a part that seems unsaid; None where nothing read them, or it seems said."""
    if candidate is None or one.tokens is None or one.read(candidate.part) < _LEAST_REREAD:
        return None
    rest = without(one.balance.longer, before_final_mark(candidate.part, one.balance.longer))
    if not rest.strip():
        return None
    return (one.balance.shorter, rest) if turned else (rest, one.balance.shorter)


def _judged(
    rule: str,
    pair: PairedText,
    one: _Weighed,
    candidate: _Candidate,
    reading: JointReading | None,
    tools: Tools,
    *,
    turned: bool,
) -> Unsaid:
    """The candidate with its confidence, by the calibration of the way in which it was found."""
    part, gain = candidate.part, candidate.gain
    if one.tokens is None:
        return Unsaid(part, tools.confidence(rule, candidate.features), _TRIED, gain or 0.0, "cosine")
    features = candidate.features | reread_features(pair.agreement.joint, reading, of_source=not turned)
    confidence = tools.confidence(f"{rule}.{'read' if gain is None else 'both'}", features)
    return Unsaid(part, confidence, _READ, 1.0 - one.tokens.within(part).mean, "probability")


def _vector(agreement: Agreement, *, turned: bool) -> NDArray[np.float32] | None:
    return None if agreement.vectors is None else agreement.vectors[0 if turned else 1]


def _tokens(agreement: Agreement, *, turned: bool) -> SaidTokens | None:
    """How probably each token of the longer side is said on the other, as the joint estimator says."""
    joint = agreement.joint
    if joint is None:
        return None
    spans, unsaid = (joint.spans, joint.wrong) if turned else (joint.source_spans, joint.missing)
    starts, ends = np.array(spans, np.int64).reshape(-1, 2).T
    return SaidTokens(starts, ends, (1.0 - unsaid).astype(np.float32))


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
    coverage, read = pair.agreement.coverage, _tokens(pair.agreement, turned=turned)
    compared = None if coverage is None else coverage.hypothesis if turned else coverage.source
    return Balance(
        longer=longer[0],
        shorter=shorter[0],
        longer_language=longer[1],
        shorter_language=shorter[1],
        cosine=pair.agreement.cosine or 0.0,
        words=compared if read is None else read,
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


def _is_translation(agreement: Agreement) -> bool:
    """False for what was not compared, or says something else altogether."""
    if agreement.cosine is not None:
        return agreement.cosine >= LEAST_COSINE
    return agreement.joint is not None and agreement.joint.related >= LEAST_RELATED


def _stripped(text: str, span: Span) -> Span:
    inside = span.of(text)
    return Span(span.end - len(inside.lstrip()), span.start + len(inside.rstrip())) if inside.strip() else span
