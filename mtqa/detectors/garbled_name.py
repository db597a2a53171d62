"""Names of known people that the translation garbled: "Olaf Scholes" for Olaf Scholz."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

from mtqa.detecting.protocol import Detection, Need, Rule, Status, Tools, Use, compare
from mtqa.knowledge.claims import find_claims
from mtqa.knowledge.name_candidates import NameCandidate, WrittenName, candidates, is_accepted, written_names
from mtqa.knowledge.romanisation import fold, romanised
from mtqa.schema.annotations import Annotations
from mtqa.schema.document import Document, Segment, Span
from mtqa.schema.issue import Category, Evidence, EvidenceKind, Issue, Severity
from mtqa.schema.roles import Hypothesis, Verdict

RULE = Rule(
    id="garbled-name",
    category=Category.NAMED_ENTITY,
    severity=Severity.MAJOR,
    summary="A name that nobody bears, near the name of a known person whom the sentence fits better.",
    needs=(Need.MENTIONS,),
    uses=(Use.JUDGE, Use.KNOWLEDGE),
    status=Status.STABLE,
)

_MOST_CANDIDATES = 3  # per name; each costs a comparison by the language model


@dataclass(frozen=True, slots=True)
class _Question:
    """A written name with one candidate, in its sentence."""

    name: WrittenName
    candidate: NameCandidate
    segment: Segment
    hypothesis: Hypothesis
    alone: tuple[Hypothesis, ...]


def detect(document: Document, annotations: Annotations, tools: Tools) -> Detection:
    """Propose known people near each unknown name; the language model says whom the sentence fits."""
    text, knowledge = document.text, tools.knowledge
    claims = find_claims(document, knowledge.places, knowledge.titles)
    names = list(written_names(text, annotations.mentions or (), claims, knowledge))
    questions: list[_Question] = []
    asked: set[tuple[str, str]] = set()
    for name in names:
        segment = document.segment_at(name.span.start)
        written = fold(name.span.of(text))
        if segment is None or (len(name.words) == 1 and name.claim is None) or is_accepted(text, name, knowledge):
            continue
        for candidate in candidates(text, name, knowledge, tools.date, _MOST_CANDIDATES):
            candidate = _in_the_documents_spelling(candidate, text)
            if (written, candidate.replacement) in asked:
                continue
            asked.add((written, candidate.replacement))
            hypothesis = _hypothesis(document, segment, candidate)
            questions.append(_Question(name, candidate, segment, hypothesis, _words_alone(candidate, text)))
    verdicts = yield from compare([one for question in questions for one in (question.hypothesis, *question.alone)])
    answers = iter(verdicts)
    best: dict[str, tuple[float, _Question, Verdict]] = {}
    for question in questions:
        verdict = next(answers)
        alone = sum(next(answers).gain for _ in question.alone)
        confidence = tools.confidence(RULE.id, features(question.candidate, verdict, alone, text, tools))
        written = fold(question.name.span.of(text))
        if written not in best or confidence > best[written][0]:
            best[written] = (confidence, question, verdict)
    for confidence, question, verdict in best.values():
        for candidate in _everywhere(question, names, text):
            yield _issue(candidate, confidence, verdict, text)


def features(candidate: NameCandidate, verdict: Verdict, alone: float, text: str, tools: Tools) -> dict[str, float]:
    """What the calibration weighs; all numbers of about one size.

    `excess` is the gain beyond what the changed words bring by themselves: a frequent name is likelier than a rare
    one anywhere ("Allen" for "Kallensee"), but only the right one is likelier beside this given name in this sentence.
    """
    words = [fold(word) for word in candidate.span.of(text).split()]
    names = tools.knowledge.names
    bearers = max(names.bearers(word) + names.givers(word) for word in words) if words else 0
    replacement = candidate.replacement.split()
    elsewhere = text[: candidate.span.start] + text[candidate.span.end :]
    return {
        "gain": max(-10.0, min(25.0, verdict.gain)) / 10,
        "excess": max(-10.0, min(15.0, verdict.gain - alone)) / 10,
        "after": max(-5.0, min(10.0, verdict.after)) / 10,
        "similarity": candidate.similarity,
        "agreement": candidate.agreement,
        "prominence": candidate.prominence,
        "bearers": math.log1p(bearers),
        "expected": float(candidate.is_expected),
        "changed": float(candidate.changed - 1),
        "last_name_only": float(candidate.source == "last names"),
        "in_document": float(bool(replacement) and len(replacement[-1]) > 3 and replacement[-1] in elsewhere),
    }


def _hypothesis(document: Document, segment: Segment, candidate: NameCandidate) -> Hypothesis:
    sentence = document.text_of(segment)
    start, end = candidate.span.start - segment.span.start, candidate.span.end - segment.span.start
    return Hypothesis(written=sentence, proposed=sentence[:start] + candidate.replacement + sentence[end:])


def _words_alone(candidate: NameCandidate, text: str) -> tuple[Hypothesis, ...]:
    """Each changed word in a sentence that says nothing about it."""
    written, proposed = candidate.span.of(text).split(), candidate.replacement.split()
    if len(written) != len(proposed):
        written, proposed = [" ".join(written)], [" ".join(proposed)]
    return tuple(
        Hypothesis(written=f"{one} said so.", proposed=f"{other} said so.")
        for one, other in zip(written, proposed, strict=True)
        if one != other
    )


def _in_the_documents_spelling(candidate: NameCandidate, text: str) -> NameCandidate:
    """If the document itself spells the right name in another romanisation, that spelling is suggested."""
    if " " in candidate.replacement:
        return candidate
    wanted = romanised(fold(candidate.replacement))
    for word in dict.fromkeys(text[: candidate.span.start].split() + text[candidate.span.end :].split()):
        bare = word.strip(".,;:!?()“”\"'’").removesuffix("’s").removesuffix("'s")
        if bare[:1].isupper() and fold(bare) != fold(candidate.span.of(text)) and romanised(fold(bare)) == wanted:
            return replace(candidate, replacement=bare)
    return candidate


def _everywhere(question: _Question, names: list[WrittenName], text: str) -> Iterator[NameCandidate]:
    """The candidate at every place of the document where the same name, or the wrong word alone, is written."""
    candidate = question.candidate
    full, wrong = fold(question.name.span.of(text)), fold(candidate.span.of(text))
    offset = candidate.span.start - question.name.span.start
    for name in names:
        written = fold(name.span.of(text))
        if written == full:
            start = name.span.start + offset
            yield replace(candidate, span=Span(start, start + len(candidate.span)))
        elif written == wrong and len(name.words) == 1 and candidate.span.end == question.name.span.end:
            yield replace(candidate, span=name.span)


def _issue(candidate: NameCandidate, confidence: float, verdict: Verdict, text: str) -> Issue:
    written = candidate.span.of(text)
    # A given name in the form of another language is a slip, not another person.
    is_slip = candidate.changed == 1 and candidate.agreement == 1.0 and candidate.similarity >= 0.9
    return Issue(
        rule=RULE.id,
        span=candidate.span,
        category=RULE.category,
        severity=Severity.MINOR if is_slip else Severity.MAJOR,
        confidence=confidence,
        message=f"“{written}” is probably a garbled “{candidate.replacement}” ({candidate.name}).",
        evidence=(
            Evidence(
                EvidenceKind.TABLE,
                f"near the known name {candidate.name}",
                candidate.similarity,
                "similarity",
                candidate.source,
            ),
            Evidence(
                EvidenceKind.LM_CONTRAST,
                f"the sentence with {candidate.replacement!r} is likelier",
                verdict.gain,
                "nats",
            ),
        ),
        suggestion=candidate.replacement,
    )
