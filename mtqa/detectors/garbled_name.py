"""Names of known people that the translation garbled: "Olaf Scholes" for Olaf Scholz."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from mtqa.detecting.protocol import Detection, Need, Rule, Status, Step, Tools, Use, changed, compare
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

_MOST_PROPOSED = 8  # candidates per name whose pairing is asked
_MOST_JUDGED = 3  # candidates per name that are tried in the sentence: each costs a reading of it
_NEUTRAL = "John"  # a given name that goes with any last name
_LEAST_HOPE = 0.1  # confidence that the best answer of the judge must lend a candidate for the question to be asked
_MOST_GAIN, _MOST_AFTER = 15.0, 10.0  # nats: the features count no more of a verdict
_BEST = Verdict(gain=_MOST_GAIN, changed=_MOST_GAIN - _MOST_AFTER, after=_MOST_AFTER)


@dataclass(frozen=True, slots=True)
class _Question:
    """A written name with one candidate, in its sentence; `corrected` is the whole name with the change made."""

    name: WrittenName
    candidate: NameCandidate
    segment: Segment
    corrected: str


@dataclass(frozen=True, slots=True)
class Pairing:
    """log p(rest of the corrected name | its beginning) and behind a neutral given name, nats; 0 for a single word."""

    own: float = 0.0
    neutral: float = 0.0


_Paired = tuple[_Question, Pairing]


def detect(document: Document, annotations: Annotations, tools: Tools) -> Detection:
    """Propose known people near each unknown name; the language model says whom it knows and whom the sentence fits."""
    text, knowledge = document.text, tools.knowledge
    claims = find_claims(document, knowledge.places, knowledge.titles)
    names = list(written_names(text, annotations.mentions or (), claims, knowledge))
    proposed = [one for one in _questions(document, names, tools) if _may_hold(one, Pairing(), text, tools)]
    pairings = yield from _pairings(proposed)
    promising = _most_promising(list(zip(proposed, pairings, strict=True)), text)
    questions = [pair for pair in promising if _may_hold(*pair, text, tools)]
    verdicts = yield from compare(
        [changed(document, one.segment, {one.candidate.span: one.candidate.replacement}) for one, _ in questions]
    )
    best: dict[str, tuple[float, _Question, Verdict]] = {}
    for (question, pairing), verdict in zip(questions, verdicts, strict=True):
        confidence = tools.confidence(RULE.id, features(question.candidate, verdict, pairing, text))
        key = fold(question.name.span.of(text))
        if key not in best or confidence > best[key][0]:
            best[key] = (confidence, question, verdict)
    places: dict[str, list[WrittenName]] = {}
    for name in names:
        places.setdefault(fold(name.span.of(text)), []).append(name)
    for confidence, question, verdict in best.values():
        for candidate in _everywhere(question, places, text):
            yield _issue(candidate, confidence, verdict, text)


def features(candidate: NameCandidate, verdict: Verdict, pairing: Pairing, text: str) -> dict[str, float]:
    """What the calibration weighs; all numbers of about one size.

    `gain` of the sentence, `after` of what follows the name; `own` is log p(last name | given name) of the corrected
    name: the language model knows famous people as pairs. `chance` speaks against a candidate, and the rarer the
    written name (`written_chance`) the more for it. How a given name is spelled (`slip`) the model knows badly,
    so its gain counts apart there. Accents (`accented`) are seldom garbled into a name.
    """
    replacement = candidate.replacement.split()
    elsewhere = text[: candidate.span.start] + text[candidate.span.end :]
    gain, slip = max(-10.0, min(_MOST_GAIN, verdict.gain)) / 10, float(candidate.is_slip)
    return {
        "gain": gain * (1.0 - slip),
        "slip_gain": gain * slip,
        "after": max(-5.0, min(_MOST_AFTER, verdict.after)) / 10 * (1.0 - slip),
        "own": max(-25.0, min(0.0, pairing.own)) / 10,
        "similarity": candidate.similarity,
        "same_skeleton": float(candidate.same_skeleton),
        "same_initial": float(candidate.same_initial),
        "prominence": candidate.prominence,
        "slip": slip,
        "chance": candidate.chance,
        "written_chance": candidate.written_chance,
        "unlikeness_by_chance": candidate.chance * (1.0 - candidate.similarity),
        "expected": float(candidate.is_expected),
        "changed": float(candidate.changed > 1),
        "last_name_only": float(candidate.source == "last names"),
        "accented": float(not candidate.span.of(text).isascii()),
        "in_document": float(bool(replacement) and len(replacement[-1]) > 3 and replacement[-1] in elsewhere),
    }


def _may_hold(question: _Question, pairing: Pairing, text: str, tools: Tools) -> bool:
    """False for a candidate that no answer of the judge could make credible, or have reported, as most are.

    The best pairing is that of a last name which the model is certain of.
    """
    hope = tools.confidence(RULE.id, features(question.candidate, _BEST, pairing, text))
    return hope >= max(_LEAST_HOPE, tools.least(RULE.id))


def _questions(document: Document, names: Sequence[WrittenName], tools: Tools) -> Iterator[_Question]:
    """The candidates of every unknown name, each once per spelling."""
    text, knowledge = document.text, tools.knowledge
    asked: set[tuple[str, str]] = set()
    for name in names:
        segment = document.segment_at(name.span.start)
        written = fold(name.span.of(text))
        if segment is None or (len(name.words) == 1 and name.claim is None) or is_accepted(text, name, knowledge):
            continue
        if len(name.words) > 2 and name.span.of(text).isupper():
            continue  # a headline in capitals: nothing tells names from the words around them
        for candidate in candidates(text, name, knowledge, tools.date, _MOST_PROPOSED):
            candidate = _in_the_documents_spelling(candidate, text)
            if (written, candidate.replacement) in asked:
                continue
            asked.add((written, candidate.replacement))
            corrected = text[name.span.start : candidate.span.start] + candidate.replacement
            yield _Question(name, candidate, segment, corrected + text[candidate.span.end : name.span.end])


def _pairings(questions: Sequence[_Question]) -> Generator[Step, Any, list[Pairing]]:
    """What the language model makes of every corrected name in a sentence that says nothing about it.

    The part is the last name, or all behind the given name where that is what changes.
    """
    parts = [_split(one) for one in questions]
    distinct = [part for part in dict.fromkeys(parts) if part is not None]
    verdicts = yield from compare(
        [
            Hypothesis(written=f"{given} said so.", proposed=f"{given} {rest} said so.")
            for own, rest in distinct
            for given in (own, _NEUTRAL)
        ]
    )
    found: dict[tuple[str, str] | None, Pairing] = {None: Pairing()}
    for part, own, neutral in zip(distinct, verdicts[::2], verdicts[1::2], strict=True):
        found[part] = Pairing(own.gain, neutral.gain)
    return [found[part] for part in parts]


def _split(question: _Question) -> tuple[str, str] | None:
    """The corrected name before and from the part whose pairing is asked, None for a single word."""
    words = question.corrected.split()
    if len(words) < 2:
        return None
    at = 1 if question.candidate.span.start == question.name.span.start else len(words) - 1
    return " ".join(words[:at]), " ".join(words[at:])


def _most_promising(questions: Sequence[_Paired], text: str) -> list[_Paired]:
    """The candidates of each written name that the sentence is asked about; the calibration decides, not this rank."""
    by_name: dict[str, list[tuple[float, _Paired]]] = {}
    for one, pairing in questions:
        candidate = one.candidate
        rank = (
            max(-5.0, min(15.0, pairing.own - pairing.neutral)) / 5
            + 3 * candidate.similarity
            + 2 * candidate.prominence
        )
        rank += 1.5 * candidate.same_skeleton + candidate.same_initial + 2 * candidate.is_expected
        by_name.setdefault(fold(one.name.span.of(text)), []).append((rank, (one, pairing)))
    return [
        one
        for ranked in by_name.values()
        for _, one in sorted(ranked, key=lambda pair: (-pair[0], pair[1][0].corrected))[:_MOST_JUDGED]
    ]


def _in_the_documents_spelling(candidate: NameCandidate, text: str) -> NameCandidate:
    """If the document itself spells the right name in another romanisation, that spelling is suggested."""
    if " " in candidate.replacement:
        return candidate
    written = fold(candidate.span.of(text))
    for bare in _capitalised(text).get(romanised(fold(candidate.replacement)), ()):
        if fold(bare) != written:
            return replace(candidate, replacement=bare)
    return candidate


@lru_cache(maxsize=4)
def _capitalised(text: str) -> dict[str, tuple[str, ...]]:
    """The capitalised words of a text by what romanisation makes of them, in order of appearance."""
    found: dict[str, dict[str, None]] = {}
    for word in dict.fromkeys(text.split()):
        bare = word.strip(".,;:!?()“”\"'’").removesuffix("’s").removesuffix("'s")
        if bare[:1].isupper():
            found.setdefault(romanised(fold(bare)), {})[bare] = None
    return {key: tuple(words) for key, words in found.items()}


def _everywhere(question: _Question, places: Mapping[str, Sequence[WrittenName]], text: str) -> Iterator[NameCandidate]:
    """The candidate at every place of the document where the same name, or the wrong word alone, is written.

    `places` are the names of the document by how they are written, folded.
    """
    candidate = question.candidate
    full, wrong = fold(question.name.span.of(text)), fold(candidate.span.of(text))
    offset = candidate.span.start - question.name.span.start
    for name in places.get(full, ()):
        start = name.span.start + offset
        yield replace(candidate, span=Span(start, start + len(candidate.span)))
    if wrong != full and candidate.span.end == question.name.span.end:
        for name in places.get(wrong, ()):
            if len(name.words) == 1:
                yield replace(candidate, span=name.span)


def _issue(candidate: NameCandidate, confidence: float, verdict: Verdict, text: str) -> Issue:
    written = candidate.span.of(text)
    return Issue(
        rule=RULE.id,
        span=candidate.span,
        category=RULE.category,
        severity=Severity.MINOR if candidate.is_slip else Severity.MAJOR,
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
