"""Phrases no native writer would use: carried-over constructions, and words that the quality estimator marks."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mtqa.detecting.protocol import Detection, Rule, Status, Tools, Use, changed, compare, read
from mtqa.knowledge.constructions import Match
from mtqa.schema.annotations import Annotations, TokenError, TokenSurprisal
from mtqa.schema.document import Document, Segment, SegmentKind, Span
from mtqa.schema.issue import Category, Evidence, EvidenceKind, Issue, Severity

RULE = Rule(
    id="odd-phrasing",
    category=Category.AWKWARD,
    severity=Severity.MINOR,
    summary="A construction carried over from the source, or words that do not go together in English.",
    uses=(Use.JUDGE, Use.KNOWLEDGE, Use.ESTIMATOR),
    status=Status.STABLE,
)

_LEAST_PROBABILITY = 0.4  # of an error in a word, from which it is looked at; calibration decides what is reported
_LONGEST_RUN = 8  # words; a longer stretch says that the sentence is bad, not where
_MOST_PER_WORD = 15.0  # nats; caps the say of a single word
_QUOTES = "“”\"'’‘.,;:!?()[]–—-…"
_CLAUSE_ENDS = '.!?,;:”")'
_CLAUSE_STARTS = '“‘"('


@dataclass(frozen=True, slots=True)
class _Word:
    """A word in running text: its letters, the probability of an error in it, and whether it is lower case."""

    span: Span
    probability: float
    plain: bool
    opens: bool
    closes: bool


@dataclass(frozen=True, slots=True)
class _Run:
    """Adjacent words that the estimator marks. `logit`: mean over its words."""

    segment: Segment
    span: Span
    words: tuple[_Word, ...]

    @property
    def logit(self) -> float:
        odds = [min(0.99, max(0.01, word.probability)) for word in self.words]
        return sum(math.log(one / (1.0 - one)) for one in odds) / len(odds)


def detect(document: Document, annotations: Annotations, tools: Tools) -> Detection:
    """Judge carried-over constructions by likelihood, marked words by how surprising they are."""
    asked = [
        (segment, match)
        for segment in document.segments
        if segment.kind is SegmentKind.SENTENCE
        for match in tools.knowledge.constructions.matches(document.text_of(segment))
    ]
    hypotheses, owners = [], []
    for number, (segment, match) in enumerate(asked):
        span = match.span.shift(segment.span.start)
        for replacement in match.replacements:
            hypotheses.append(changed(document, segment, {span: replacement}))
            owners.append((number, replacement))
    verdicts = yield from compare(hypotheses)
    best: dict[int, tuple[float, str]] = {}
    for (number, replacement), verdict in zip(owners, verdicts, strict=True):
        if number not in best or verdict.gain > best[number][0]:
            best[number] = (verdict.gain, replacement)
    taken = []
    for number, (gain, replacement) in best.items():
        segment, match = asked[number]
        issue = _construction_issue(segment, match, gain, replacement, tools)
        taken.append(issue.span)
        yield issue
    runs = [
        run
        for run in _marked(document, annotations)
        if not any(run.span.overlaps(span) for span in taken) and _may_be_reported(run, tools)
    ]
    readings = yield from read([document.text_of(run.segment) for run in runs])
    for run, tokens in zip(runs, readings, strict=True):
        yield _run_issue(document, run, tokens, tools)


def _construction_issue(segment: Segment, match: Match, gain: float, replacement: str, tools: Tools) -> Issue:
    row = match.construction
    confidence = tools.confidence(
        RULE.id,
        {"construction": 1.0, "gain": min(10.0, gain), "error": 0.0, "surprisal": 0.0, "words": 0.0},
    )
    return Issue(
        rule=RULE.id,
        span=match.span.shift(segment.span.start),
        category=Category.GRAMMAR,
        severity=Severity.MINOR,
        confidence=confidence,
        message=f"Carried over from another language: {row.reason}.",
        evidence=(
            Evidence(EvidenceKind.TABLE, f"{row.id}: {row.reason}", source=f"{row.source}, {row.as_of}"),
            Evidence(
                EvidenceKind.LM_CONTRAST, f"reads better with {replacement.strip() or 'it left out'!r}", gain, "nats"
            ),
        ),
        suggestion=replacement,
    )


def _may_be_reported(run: _Run, tools: Tools) -> bool:
    """False for a run that no reading of the language model could bring to the least confidence, as for most."""
    return max(_run_confidence(run, surprisal, tools) for surprisal in (0.0, _MOST_PER_WORD)) >= tools.least(RULE.id)


def _run_confidence(run: _Run, surprisal: float, tools: Tools) -> float:
    """`surprisal`: mean over the words, 0.._MOST_PER_WORD nats, in which the confidence rises or falls throughout."""
    words = float(min(4, len(run.words)) - 1)
    evidence = {"construction": 0.0, "gain": 0.0, "error": run.logit, "surprisal": surprisal, "words": words}
    return tools.confidence(RULE.id, evidence)


def _run_issue(document: Document, run: _Run, tokens: Sequence[TokenSurprisal], tools: Tools) -> Issue:
    start = run.segment.span.start
    surprisal = [
        min(_MOST_PER_WORD, sum(token.surprisal for token in tokens if token.span.shift(start).overlaps(word.span)))
        for word in run.words
    ]
    mean = sum(surprisal) / len(surprisal)
    oddest = run.words[surprisal.index(max(surprisal))]
    detail = f"{oddest.span.of(document.text)!r} is the least expected of them"
    marked = max(word.probability for word in run.words)
    message = "These words rarely go together" if len(run.words) > 1 else "This word does not fit here"
    return Issue(
        rule=RULE.id,
        span=run.span,
        category=Category.AWKWARD,
        severity=Severity.MINOR,
        confidence=_run_confidence(run, mean, tools),
        message=f"{message}; {detail}." if len(run.words) > 1 else f"{message}.",
        evidence=(
            Evidence(EvidenceKind.ESTIMATOR, "probability that a post-editor changes it, by the estimator", marked),
            Evidence(EvidenceKind.LM_CONTRAST, f"surprisal per word, {detail}", mean, "nats"),
        ),
    )


def _marked(document: Document, annotations: Annotations) -> Iterator[_Run]:
    """Runs of words with a probable error inside one clause; at least half of a run is plain lower-case words."""
    if annotations.token_error is None:
        return
    for segment in document.segments:
        tokens = annotations.token_error[segment.index]
        has_likely = any(token.probability >= _LEAST_PROBABILITY for token in tokens)
        if segment.kind is not SegmentKind.SENTENCE or not has_likely:
            continue
        group: list[_Word] = []
        for word in (*_words(document.text, tokens), None):
            likely = word is not None and word.probability >= _LEAST_PROBABILITY
            if group and (not likely or group[-1].closes or (word is not None and word.opens)):
                if len(group) <= _LONGEST_RUN and 2 * sum(one.plain for one in group) >= len(group):
                    yield _Run(segment, Span(group[0].span.start, group[-1].span.end), tuple(group))
                group = []
            if likely and word is not None:
                group.append(word)


def _words(text: str, tokens: Sequence[TokenError]) -> Iterator[_Word]:
    """Join tokens to words at white space; what is only punctuation is left out."""
    group: list[TokenError] = []
    for token in (*tokens, None):
        if group and (token is None or token.span.start > group[-1].span.end):
            written = Span(group[0].span.start, group[-1].span.end).of(text)
            bare = written.strip(_QUOTES)
            if bare:
                start = group[0].span.start + written.find(bare)
                yield _Word(
                    span=Span(start, start + len(bare)),
                    probability=max(one.probability for one in group),
                    plain=bare.isalpha() and bare.islower() and bare.isascii(),
                    opens=written[:1] in _CLAUSE_STARTS,
                    closes=written[-1:] in _CLAUSE_ENDS,
                )
            group = []
        if token is not None and len(token.span):
            group.append(token)
