"""What is known about a document before any rule looks at it. None = not computed, never "nothing found"."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from mtqa.schema.document import Span

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Mention:
    """A name-like run of capitalised words; `words` are the spans of its words, particles included."""

    span: Span
    words: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class LanguageGuess:
    """The likely language of a segment: ISO 639-1 code (None: too short to say) and probability 0..1."""

    language: str | None
    probability: float


@dataclass(frozen=True, slots=True)
class TokenSurprisal:
    """One token as the language model read it.

    `span` in code points of the document; `surprisal` = -log p(token | text before), nats, >= 0;
    `entropy` of the model's prediction at this place, nats, >= 0; `expected` the likeliest token there
    and `expected_surprisal` its -log p in nats.
    """

    span: Span
    surprisal: float
    entropy: float
    expected: str
    expected_surprisal: float


@dataclass(frozen=True, slots=True)
class TokenError:
    """Probability 0..1 that a person would mark this token as wrong; `major`: that the error is major, if it is one."""

    span: Span
    probability: float
    major: float = 0.0


@dataclass(frozen=True, slots=True)
class SentenceQuality:
    """What the trained estimator expects annotators to say.

    `score` 0..100, `spread` its standard deviation in points, `low` and `high` the bounds of its 80 % interval.
    `expectation`: the same before calibration, of mean 0 and standard deviation 1 on rated translations; NaN: not said.
    """

    score: float
    spread: float
    low: float
    high: float
    expectation: float = math.nan


@dataclass(frozen=True, slots=True)
class SegmentQuality:
    """What the trained estimator says of one text: the sentence, and its tokens in order, none where nobody asks."""

    sentence: SentenceQuality
    tokens: tuple[TokenError, ...]


class SourceView(StrEnum):
    """By what a segment is compared with its source, beside numbers, names, cognates and length."""

    MEANING = "meaning"
    VECTORS = "vectors"  # by a rating learned from vectors of a language the encoder was not trained on
    LEXICON = "lexicon"
    OVERLAP = "overlap"  # by nothing else


_STRETCH = 6  # tokens in a row
# Of references of WMT22 in de, ja, ru and zh, the middle of each figure.
_USUAL_READING = {
    "reading": -1.29,
    "read_missing": -6.63,
    "read_missing_most": -5.34,
    "read_missing_size": 0.0,
    "read_wrong": -2.41,
    "read_wrong_most": -1.4,
    "read_wrong_size": 0.09,
}
_LEAST_PROBABILITY = 1e-4


@dataclass(frozen=True, slots=True)
class SaidTokens:
    """The tokens of one side, and how probably each is said on the other.

    `starts`, `ends`: in code points of that side's text; `said`: 0..1  # (tokens,) each.
    """

    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    said: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.said)

    def within(self, span: Span) -> SaidTokens:
        """The tokens that touch a stretch."""
        inside = (self.starts < span.end) & (self.ends > span.start)
        return SaidTokens(self.starts[inside], self.ends[inside], self.said[inside])

    def without(self, span: Span) -> SaidTokens:
        """The tokens that do not touch it."""
        outside = (self.starts >= span.end) | (self.ends <= span.start)
        return SaidTokens(self.starts[outside], self.ends[outside], self.said[outside])

    @property
    def mean(self) -> float:
        """Share of the tokens that are said, 0..1; 1 if there are none."""
        return float(self.said.mean()) if len(self) else 1.0

    @property
    def least(self) -> float:
        """The same of the few tokens in a row that are said least."""
        size = min(_STRETCH, len(self))
        if not size:
            return 1.0
        sums = self.said.cumsum(dtype="float64")  # (tokens,)
        windows = sums[size - 1 :].copy()  # (stretches,)
        windows[1:] -= sums[:-size]
        return float(windows.min()) / size


@dataclass(frozen=True, slots=True)
class Coverage:
    """Which tokens of the source the translation says, and which of the translation the source."""

    source: SaidTokens
    hypothesis: SaidTokens


@dataclass(frozen=True, slots=True)
class PairReading:
    """What reading a source and its translation together says (mtqa.modeling.pair_reader).

    `score`: of the translation, in logits of being better than another one; only differences mean something.
    `missing`: how probably the translation does not say each token of the source; `wrong`: how probably each token of
    the translation is an error; 0..1  # (tokens,) each, tokens as the meaning encoder has them.
    """

    score: float
    missing: NDArray[np.float64]
    wrong: NDArray[np.float64]


def reading_figures(reading: PairReading | None) -> dict[str, float]:
    """What models weigh of a reading, less what is usual for a translation: its score, and of the errors of either side
    their logits on average and at worst, and the root of the mean square of their probabilities. All 0 where nothing
    was read.
    """
    if reading is None:
        return dict.fromkeys(_USUAL_READING, 0.0)
    found = {"reading": reading.score}
    for name, side in (("read_missing", reading.missing), ("read_wrong", reading.wrong)):
        found |= {name: _logit(float(side.mean())), f"{name}_most": _logit(float(side.max()))}
        found[f"{name}_size"] = math.sqrt(float((side**2).mean()))
    return {name: (found[name] - usual) / 2.0 for name, usual in _USUAL_READING.items()}


def _logit(probability: float) -> float:
    bounded = min(1.0 - _LEAST_PROBABILITY, max(_LEAST_PROBABILITY, probability))
    return math.log(bounded / (1.0 - bounded))


@dataclass(frozen=True, slots=True)
class JointReading:
    """What the joint estimator makes of a source and its translation (mtqa.modeling.joint_estimator).

    `expectation`: the rating in standard deviations, about 0 on average; `order`: in logits of being better than
    another translation, only differences mean something. How probably a token of the translation would be changed by a
    post-editor (`edited`), is an error (`wrong`); how probably one of the source is not said (`missing`); 0..1  #
    (tokens,) each. `spans`, `source_spans`: of the tokens, in code points of the texts. `related`: how far it reads
    as a translation of this source at all, however bad, 0..1, not calibrated.
    """

    expectation: float
    order: float
    edited: NDArray[np.float64]
    wrong: NDArray[np.float64]
    missing: NDArray[np.float64]
    spans: tuple[tuple[int, int], ...]
    source_spans: tuple[tuple[int, int], ...]
    related: float


def joint_figures(joint: JointReading | None) -> dict[str, float]:
    """What models weigh of a joint reading: expectation and order, by how much it is more probably no translation of
    the source than one, and the logit of what is most probably missing. All 0 where nothing was read.
    """
    if joint is None:
        return dict.fromkeys(("joint", "joint_order", "joint_unrelated", "joint_missing_most"), 0.0)
    return {
        "joint": joint.expectation,
        "joint_order": joint.order / 2.0,
        "joint_unrelated": max(0.0, -_logit(joint.related)) / 2.0,
        "joint_missing_most": _logit(float(joint.missing.max())) / 2.0 if len(joint.missing) else 0.0,
    }


@dataclass(frozen=True, slots=True)
class Agreement:
    """How a segment compares with the part of the source that it translates.

    `source`, `hypothesis`: that part and the segment as text. `cosine`: of their meaning vectors, -1..1; None where the
    encoder does not know the language. `vectors`: the two, of unit length  # (2, width); None likewise. `overlap`: the
    figures of mtqa.annotating.overlap. `view` says what the comparison rests on. `rated`: what the two vectors say of
    the rating, in standard deviations; None without a map for the language. `joint`: what the joint estimator makes of
    both; None without it. Of what it has not read: `coverage`: which words the sides have in common, None where the
    encoder does not compare words; `reading`: what both say when the encoder reads them together, None where nothing
    was trained to read them.
    """

    source: str
    hypothesis: str
    cosine: float | None
    vectors: NDArray[np.float32] | None = field(default=None, compare=False, repr=False)
    overlap: Mapping[str, float] = field(default_factory=dict)
    view: SourceView = SourceView.OVERLAP
    coverage: Coverage | None = field(default=None, compare=False, repr=False)
    rated: float | None = None
    reading: PairReading | None = field(default=None, compare=False, repr=False)
    joint: JointReading | None = field(default=None, compare=False, repr=False)

    @property
    def is_compared(self) -> bool:
        """True if a model has compared the two: the meaning encoder, or the joint estimator."""
        return self.cosine is not None or self.joint is not None


@dataclass(frozen=True, slots=True)
class Annotations:
    """Per-document annotations. Tuples named per segment run parallel to `Document.segments`."""

    mentions: tuple[Mention, ...] | None = None
    languages: tuple[LanguageGuess, ...] | None = None  # per segment
    surprisal: tuple[tuple[TokenSurprisal, ...], ...] | None = None  # per segment
    token_error: tuple[tuple[TokenError, ...], ...] | None = None  # per segment
    sentence_quality: tuple[SentenceQuality, ...] | None = None  # per segment
    agreement: tuple[Agreement | None, ...] | None = (
        None  # per segment; None of a segment: nothing of the source is its
    )
