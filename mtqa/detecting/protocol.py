"""What a detector is: one `RULE` and one generator function `detect`.

    RULE = Rule(id="garbled-name", ...)

    def detect(document: Document, annotations: Annotations, tools: Tools) -> Detection:
        hypotheses = [...]                            # propose cheaply
        verdicts = yield from compare(hypotheses)     # the judge answers the questions of all detectors together
        for verdict in verdicts: ...
            yield Issue(...)                          # decide

`detect` keeps no state and mutates nothing. The runner drives all detectors over all documents in step, so
every round of questions reaches the model as one batch (mtqa.detecting.run).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from mtqa.schema.annotations import Annotations, JointReading, TokenSurprisal
from mtqa.schema.document import Document, Segment, Span
from mtqa.schema.issue import Category, Issue, Severity
from mtqa.schema.roles import Continuation, Hypothesis, TextMeaning, Verdict

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from mtqa.knowledge import Knowledge


_CONTEXT = 300  # characters of the text before a sentence that the judge reads


class Need(StrEnum):
    """An annotation or input without which a rule cannot run."""

    MENTIONS = "mentions"
    LANGUAGES = "languages"
    SURPRISAL = "surprisal"
    TOKEN_ERROR = "token-error"
    SOURCE = "source"
    AGREEMENT = "agreement"
    COMPARISON = "comparison"
    REFERENCE = "reference"


class Use(StrEnum):
    """A shared tool that a rule asks. The estimator's annotations are read where there are any, unlike a Need."""

    JUDGE = "judge"
    ENCODER = "encoder"
    ESTIMATOR = "estimator"
    KNOWLEDGE = "knowledge"


class Status(StrEnum):
    """PREVIEW rules run only when asked for; STABLE on measured precision."""

    PREVIEW = "preview"
    STABLE = "stable"


@dataclass(frozen=True, slots=True)
class Rule:
    """What a detector looks for. `severity` is the usual one; an issue may carry another."""

    id: str
    category: Category
    severity: Severity
    summary: str
    needs: tuple[Need, ...] = ()
    uses: tuple[Use, ...] = ()
    status: Status = Status.PREVIEW


@dataclass(frozen=True, slots=True)
class Compare:
    """A question to the judge; the answer is one Verdict per hypothesis."""

    hypotheses: tuple[Hypothesis, ...]


@dataclass(frozen=True, slots=True)
class Expect:
    """A question to the judge; the answer is the `width` likeliest next words per prefix."""

    prefixes: tuple[str, ...]
    width: int


@dataclass(frozen=True, slots=True)
class Read:
    """A question to the judge; the answer is the surprisal of every token, one tuple per text."""

    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Embed:
    """A question to the meaning encoder; the answer is one vector of unit length per text  # (width,)."""

    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Mean:
    """A question to the meaning encoder; the answer is one TextMeaning per text, with the states of its tokens."""

    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReadPairs:
    """A question to the joint estimator; the answer is one JointReading per source and translation."""

    pairs: tuple[tuple[str, str], ...]


Question = Compare | Expect | Read | Embed | Mean | ReadPairs
Step = Issue | Question
# The send type is the answer to the question yielded last (list[Verdict], list[tuple[Continuation, ...]],
# list[tuple[TokenSurprisal, ...]], list of vectors, list[TextMeaning], list[JointReading]) or None.
Detection = Generator[Step, Any, None]


def _everything(rule: str) -> float:  # noqa: ARG001 - one interface for all
    return 0.0


@dataclass(frozen=True, slots=True)
class Tools:
    """What the runner hands to every detector.

    `confidence(rule, features)` turns the evidence of a rule into its calibrated probability, 0..1.
    `date` is the day against which offices are checked, or None: a holder at any time counts. `least(rule)` is the
    confidence below which nobody hears of an issue of the rule, so that questions which cannot reach it may go unasked.
    """

    knowledge: Knowledge
    confidence: Callable[[str, Mapping[str, float]], float]
    date: dt.date | None = None
    least: Callable[[str], float] = _everything


Detect = Callable[[Document, Annotations, Tools], Detection]


@dataclass(frozen=True, slots=True)
class Detector:
    """A discovered detector: its rule, its function, its page (markdown)."""

    rule: Rule
    detect: Detect
    page: str


def changed(
    document: Document, segment: Segment, changes: Mapping[Span, str], *, in_context: bool = False
) -> Hypothesis:
    """The sentence of a segment against the same with other texts in place of some spans of the document.

    The spans lie in the segment and do not overlap. `in_context`: the judge reads the text before the sentence, too.
    """
    start, end = segment.span.start, segment.span.end
    parts, at = [], start
    for span in sorted(changes):
        parts += [document.text[at : span.start], changes[span]]
        at = span.end
    proposed = "".join([*parts, document.text[at:end]])
    before = document.text[max(0, start - _CONTEXT) : start].strip() if in_context else ""
    return Hypothesis(document.text_of(segment), proposed, before)


def compare(hypotheses: Sequence[Hypothesis]) -> Generator[Step, Any, list[Verdict]]:
    """Ask the judge; use as `verdicts = yield from compare(hypotheses)`. Nothing to ask costs nothing."""
    if not hypotheses:
        return []
    answer: list[Verdict] = yield Compare(tuple(hypotheses))
    return answer


def expect(prefixes: Sequence[str], width: int) -> Generator[Step, Any, list[tuple[Continuation, ...]]]:
    """Ask what the language model would write next; use as `words = yield from expect(prefixes, 5)`."""
    if not prefixes:
        return []
    answer: list[tuple[Continuation, ...]] = yield Expect(tuple(prefixes), width)
    return answer


def embed(texts: Sequence[str]) -> Generator[Step, Any, list[NDArray[np.float32]]]:
    """Ask the meaning encoder; use as `vectors = yield from embed(texts)`. Texts must not be blank."""
    if not texts:
        return []
    answer: list[NDArray[np.float32]] = yield Embed(tuple(texts))
    return answer


def mean(texts: Sequence[str]) -> Generator[Step, Any, list[TextMeaning]]:
    """Ask the meaning encoder for its tokens, too; use as `meanings = yield from mean(texts)`."""
    if not texts:
        return []
    answer: list[TextMeaning] = yield Mean(tuple(texts))
    return answer


def read_pairs(pairs: Sequence[tuple[str, str]]) -> Generator[Step, Any, list[JointReading]]:
    """Ask the joint estimator how it reads sources and translations; use as `readings = yield from read_pairs(pairs)`.

    Only what it has read of a document tells that it is there: ask where an Agreement has a `joint`. No text may be
    blank.
    """
    if not pairs:
        return []
    answer: list[JointReading] = yield ReadPairs(tuple(pairs))
    return answer


def read(texts: Sequence[str]) -> Generator[Step, Any, list[tuple[TokenSurprisal, ...]]]:
    """Ask how the language model reads some texts; use as `readings = yield from read(sentences)`."""
    if not texts:
        return []
    answer: list[tuple[TokenSurprisal, ...]] = yield Read(tuple(texts))
    return answer
