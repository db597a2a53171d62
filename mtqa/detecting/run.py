"""Running detectors: all of them over all documents in step, so that a model is asked once per round.

Every detector is a generator (mtqa.detecting.protocol). A round drives each until it asks something or ends;
the questions of the whole round go to the judge, to the meaning encoder and to the joint estimator, as one batch each.
Detectors ask one to three times, so a run of any number of documents makes a handful of batches.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from mtqa.detecting.overlaps import resolve_overlaps
from mtqa.detecting.protocol import (
    Compare,
    Detection,
    Detector,
    Embed,
    Expect,
    Mean,
    Need,
    Question,
    Read,
    ReadPairs,
    Tools,
    Use,
)
from mtqa.errors import DetectorError, MtqaError
from mtqa.knowledge.source_languages import LANGUAGE_NAMES
from mtqa.schema.annotations import Annotations
from mtqa.schema.document import Document
from mtqa.schema.issue import Issue, fingerprint
from mtqa.schema.report import Skipped
from mtqa.schema.roles import Hypothesis, JointEstimator, Judge, MeaningEncoder

_MOST_ROUNDS = 20  # a detector that still asks after so many rounds is looping


@dataclass(slots=True)
class _Running:
    """One detector at work on one document."""

    detector: Detector
    document: int
    steps: Detection
    question: Question | None = None
    answer: Any = None
    issues: list[Issue] = field(default_factory=list)


def detect(
    documents: Sequence[Document],
    annotations: Sequence[Annotations],
    detectors: Sequence[Detector],
    tools: Sequence[Tools],
    judge: Judge | None,
    *,
    encoder: MeaningEncoder | None = None,
    joint: JointEstimator | None = None,
    is_reported: Callable[[Issue], bool] | None = None,
) -> list[tuple[tuple[Issue, ...], tuple[Skipped, ...]]]:
    """Issues in text order and skipped rules, one pair per document.

    `tools` run parallel to the documents (each may have its own date). Without a judge or encoder the rules that use
    it are skipped, with the reason; `joint` is the one that has read the pairs of the annotations. `is_reported` is
    asked before overlaps are resolved: an issue that nobody will see must not silence one that counts. Raises
    DetectorError if a detector breaks its contract or fails.
    """
    running: list[_Running] = []
    skipped: list[list[Skipped]] = [[] for _ in documents]
    for number, (document, known, kit) in enumerate(zip(documents, annotations, tools, strict=True)):
        missing = _missing(document, known, encoder)
        for detector in detectors:
            reason = _why_not(detector, missing, judge, encoder)
            if reason:
                skipped[number].append(Skipped(detector.rule.id, reason))
            elif document.segments:
                running.append(_Running(detector, number, _started(detector, document, known, kit)))
    _drive(running, documents, judge, encoder, joint)
    found: list[list[Issue]] = [[] for _ in documents]
    for run in running:
        found[run.document].extend(issue for issue in run.issues if is_reported is None or is_reported(issue))
    return [(resolve_overlaps(issues), tuple(left_out)) for issues, left_out in zip(found, skipped, strict=True)]


def _missing(document: Document, known: Annotations, encoder: MeaningEncoder | None) -> dict[Need, str]:
    """What a document lacks, with the reason why a rule that needs it cannot run."""
    have = {
        Need.MENTIONS: known.mentions is not None,
        Need.LANGUAGES: known.languages is not None,
        Need.SURPRISAL: known.surprisal is not None,
        Need.TOKEN_ERROR: known.token_error is not None,
        Need.SOURCE: document.source is not None,
        Need.AGREEMENT: any(one is not None and one.cosine is not None for one in known.agreement or ()),
        Need.COMPARISON: any(one is not None and one.is_compared for one in known.agreement or ()),
        Need.REFERENCE: document.reference is not None,
    }
    why = {
        Need.SURPRISAL: "no language model",
        Need.TOKEN_ERROR: "no quality estimator with a token head",
        Need.SOURCE: "no source text",
        Need.AGREEMENT: _why_no_agreement(document, known, encoder),
        Need.COMPARISON: _why_no_agreement(document, known, encoder),
        Need.REFERENCE: "no reference",
    }
    return {need: why.get(need, f"no {need} annotation") for need, is_here in have.items() if not is_here}


def _why_not(
    detector: Detector, missing: Mapping[Need, str], judge: Judge | None, encoder: MeaningEncoder | None
) -> str | None:
    """The reason why a rule cannot run on a document that lacks this, or None."""
    for need in detector.rule.needs:
        if need in missing:
            return missing[need]
    if Use.JUDGE in detector.rule.uses and judge is None:
        return "no language model"
    # What was compared without an encoder asks none.
    if Use.ENCODER in detector.rule.uses and encoder is None and Need.COMPARISON not in detector.rule.needs:
        return "no meaning encoder"
    return None


def _why_no_agreement(document: Document, known: Annotations, encoder: MeaningEncoder | None) -> str:
    if document.source is None:
        return "no source text"
    if encoder is None:
        return "no meaning encoder"
    if not any(known.agreement or ()):
        return "no segment has a counterpart in the source"
    language = document.source_language or "the language of the source"
    return f"the meaning encoder does not know {LANGUAGE_NAMES.get(language, language)}"


def _started(detector: Detector, document: Document, known: Annotations, tools: Tools) -> Detection:
    steps: object = detector.detect(document, known, tools)
    if not isinstance(steps, Generator):
        raise DetectorError(f"detect of {detector.rule.id} must be a generator function (yield its issues)")
    return steps


def _drive(
    running: Sequence[_Running],
    documents: Sequence[Document],
    judge: Judge | None,
    encoder: MeaningEncoder | None,
    joint: JointEstimator | None,
) -> None:
    active = list(running)
    for _ in range(_MOST_ROUNDS):
        for run in active:
            _advance(run, documents[run.document])
        active = [run for run in active if run.question is not None]
        if not active:
            return
        for run in active:
            asked, is_there = "the judge", judge is not None
            if isinstance(run.question, ReadPairs):
                asked, is_there = "the joint estimator", joint is not None
            elif isinstance(run.question, (Embed, Mean)):
                asked, is_there = "the encoder", encoder is not None
            if not is_there:
                raise DetectorError(f"{run.detector.rule.id} asks {asked} but does not declare that it uses it")
        if judge is not None:
            _ask_judge(active, judge)
        if encoder is not None:
            _ask_encoder(active, encoder)
        if joint is not None:
            _ask_joint(active, joint)
    raise DetectorError(f"{active[0].detector.rule.id} asks without end")


def _advance(run: _Running, document: Document) -> None:
    """Run a detector until its next question or its end."""
    run.question, answer, run.answer = None, run.answer, None
    while True:
        try:
            step = run.steps.send(answer)
        except StopIteration:
            return
        except MtqaError:
            raise
        except Exception as error:  # a detector may come from anywhere; whose fault it was must be said
            reason = f"{type(error).__name__}: {error}"
            raise DetectorError(f"{run.detector.rule.id} failed on {document.id} ({reason})") from error
        if isinstance(step, Issue):
            run.issues.append(_checked(step, run.detector, document))
            answer = None
        elif isinstance(step, Question):
            run.question = step
            return
        else:
            raise DetectorError(f"{run.detector.rule.id} yielded {type(step).__name__}, not an issue or a question")


def _ask_encoder(active: Sequence[_Running], encoder: MeaningEncoder) -> None:
    """Put the questions of a round to the encoder, each text once, and hand out the answers."""
    for kind, ask in ((Embed, encoder.embed), (Mean, encoder.read)):
        asking = [(run, run.question.texts) for run in active if isinstance(run.question, kind)]
        texts = list(dict.fromkeys(text for _, own in asking for text in own))
        answers = dict(zip(texts, ask(texts), strict=True)) if texts else {}
        for run, own in asking:
            run.answer = [answers[text] for text in own]


def _ask_joint(active: Sequence[_Running], joint: JointEstimator) -> None:
    """Put the pairs of a round to the joint estimator, each once, and hand out what it reads."""
    asking = [(run, run.question.pairs) for run in active if isinstance(run.question, ReadPairs)]
    pairs = list(dict.fromkeys(pair for _, own in asking for pair in own))
    answers = dict(zip(pairs, joint.read(pairs), strict=True)) if pairs else {}
    for run, own in asking:
        run.answer = [answers[pair] for pair in own]


def _ask_judge(active: Sequence[_Running], judge: Judge) -> None:
    """Put the questions of a round to the judge in one batch and hand out the answers."""
    comparing: list[tuple[_Running, Hypothesis]] = []
    expecting: list[tuple[int, _Running, str]] = []
    reading: list[tuple[_Running, str]] = []
    for run in active:
        run.answer = []
        if isinstance(run.question, Compare):
            comparing.extend((run, hypothesis) for hypothesis in run.question.hypotheses)
        elif isinstance(run.question, Expect):
            width = run.question.width
            expecting.extend((width, run, prefix) for prefix in run.question.prefixes)
        elif isinstance(run.question, Read):
            reading.extend((run, text) for text in run.question.texts)
    if reading:
        readings = judge.read([text for _, text in reading])
        for (run, _), tokens in zip(reading, readings, strict=True):
            run.answer.append(tokens)
    if comparing:
        verdicts = judge.compare([hypothesis for _, hypothesis in comparing])
        for (run, _), verdict in zip(comparing, verdicts, strict=True):
            run.answer.append(verdict)
    for width in sorted({width for width, _, _ in expecting}):
        same = [(run, prefix) for wanted, run, prefix in expecting if wanted == width]
        for (run, _), words in zip(same, judge.expect([prefix for _, prefix in same], width), strict=True):
            run.answer.append(words)


def _checked(issue: Issue, detector: Detector, document: Document) -> Issue:
    """The issue with its fingerprint, or DetectorError if it breaks the contract."""
    name, size = detector.rule.id, len(document.text)
    for span in (issue.span, *issue.related):
        if span.end > size:
            raise DetectorError(f"{name} reports {span.start}..{span.end} in a text of {size} characters")
    if not len(issue.span):
        raise DetectorError(f"{name} reports an empty span at {issue.span.start}")
    if issue.rule != name:
        raise DetectorError(f"{name} reports an issue as {issue.rule}")
    if not issue.evidence:
        raise DetectorError(f"{name} reports {issue.span.of(document.text)!r} without evidence")
    if any(one.value is not None and not math.isfinite(one.value) for one in issue.evidence):
        raise DetectorError(f"{name} reports {issue.span.of(document.text)!r} with evidence that is not a number")
    if not 0.0 <= issue.confidence <= 1.0:
        raise DetectorError(f"{name} reports a confidence of {issue.confidence}")
    return replace(issue, fingerprint=fingerprint(issue.rule, issue.span, document.text))
