"""Phrases no native writer would use: carried-over constructions, and runs of words that do not go together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mtqa.detecting.protocol import Detection, Need, Rule, Status, Tools, Use, changed, compare
from mtqa.knowledge.constructions import Match
from mtqa.schema.annotations import Annotations, TokenSurprisal
from mtqa.schema.document import Document, Segment, SegmentKind, Span
from mtqa.schema.issue import Category, Evidence, EvidenceKind, Issue, Severity

RULE = Rule(
    id="odd-phrasing",
    category=Category.AWKWARD,
    severity=Severity.MINOR,
    summary="A construction carried over from the source, or words that do not go together in English.",
    needs=(Need.SURPRISAL,),
    uses=(Use.JUDGE, Use.KNOWLEDGE),
    status=Status.STABLE,
)

_RUN_WORDS = 3  # shortest run: one or two rare words in a row are ordinary in good prose
_LONGEST_RUN = 6
_LEAST_MEAN = 9.0  # nats per word from which a run is looked at; calibration decides which are reported
_MOST_PER_WORD = 15.0  # nats; caps the say of a single word
_MOST_TOKENS = 3  # a word of more tokens is a rare word or a name, not an odd one
_QUOTES = "“”\"'’‘.,;:!?()[]–—-…"
_CLAUSE_ENDS = '.!?,;:”")'
_CLAUSE_STARTS = '“‘"('


@dataclass(frozen=True, slots=True)
class _Word:
    """A word in running text with what the language model made of it.

    `plain`: lower-case letters, few tokens. It `opens` or `closes` a clause or quotation.
    """

    span: Span
    surprisal: float
    plain: bool
    opens: bool
    closes: bool
    expected: str


def detect(document: Document, annotations: Annotations, tools: Tools) -> Detection:
    """Judge carried-over constructions by likelihood; report runs of words by their surprisal."""
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
    for segment in document.segments:
        if segment.kind is SegmentKind.SENTENCE and annotations.surprisal is not None:
            for issue in _run_issues(document, annotations.surprisal[segment.index], tools):
                if not any(issue.span.overlaps(span) for span in taken):
                    yield issue


def _construction_issue(segment: Segment, match: Match, gain: float, replacement: str, tools: Tools) -> Issue:
    row = match.construction
    confidence = tools.confidence(RULE.id, {"construction": 1.0, "gain": min(10.0, gain), "run_mean": 0.0})
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


def _run_issues(document: Document, tokens: Sequence[TokenSurprisal], tools: Tools) -> Iterator[Issue]:
    words = list(_words(document.text, tokens))
    for run in _runs(words):
        mean = _mean(run)
        span = Span(run[0].span.start, run[-1].span.end)
        oddest = max(run, key=lambda word: word.surprisal)
        detail = f"{oddest.span.of(document.text)!r} is the oddest word of them"
        if oddest.expected:
            detail += f"; {oddest.expected!r} was expected there"
        yield Issue(
            rule=RULE.id,
            span=span,
            category=Category.AWKWARD,
            severity=Severity.MINOR,
            confidence=tools.confidence(RULE.id, {"construction": 0.0, "gain": 0.0, "run_mean": mean}),
            message=f"These words rarely go together; {detail}.",
            evidence=(Evidence(EvidenceKind.LM_CONTRAST, f"surprisal per word, {detail}", mean, "nats"),),
        )


def _words(text: str, tokens: Sequence[TokenSurprisal]) -> Iterator[_Word]:
    """Join tokens to words at white space."""
    group: list[TokenSurprisal] = []
    for token in tokens:
        if group and token.span.of(text)[:1].isspace():
            yield _word(text, group)
            group = []
        group.append(token)
    if group:
        yield _word(text, group)


def _word(text: str, group: Sequence[TokenSurprisal]) -> _Word:
    written = Span(group[0].span.start, group[-1].span.end).of(text)
    lead = len(written) - len(written.lstrip())
    bare = written.strip().strip(_QUOTES)
    start = group[0].span.start + lead + written.strip().find(bare)
    expected = group[0].expected
    return _Word(
        span=Span(start, start + len(bare)),
        surprisal=sum(token.surprisal for token in group),
        plain=bare.isalpha() and bare.islower() and bare.isascii() and len(group) <= _MOST_TOKENS,
        opens=written.lstrip()[:1] in _CLAUSE_STARTS,
        closes=written.rstrip()[-1:] in _CLAUSE_ENDS,
        expected=expected.strip() if expected[:1] == " " and expected.strip().isalpha() else "",
    )


def _runs(words: Sequence[_Word]) -> list[Sequence[_Word]]:
    """The most surprising runs of plain words inside one clause, none overlapping another, strongest first."""
    candidates: list[Sequence[_Word]] = []
    for first in range(len(words)):
        for size in range(_RUN_WORDS, _LONGEST_RUN + 1):
            run = words[first : first + size]
            if len(run) < size or not run[-1].plain:
                break
            if any(word.closes for word in run[:-1]) or any(word.opens for word in run[1:]):
                break
            if all(word.plain for word in run) and _mean(run) >= _LEAST_MEAN:
                candidates.append(run)
    kept: list[Sequence[_Word]] = []
    for run in sorted(candidates, key=lambda run: (-_mean(run), -len(run))):
        span = Span(run[0].span.start, run[-1].span.end)
        if not any(span.overlaps(Span(other[0].span.start, other[-1].span.end)) for other in kept):
            kept.append(run)
    return kept


def _mean(run: Sequence[_Word]) -> float:
    return sum(min(_MOST_PER_WORD, word.surprisal) for word in run) / len(run)
