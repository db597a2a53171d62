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
    """What the trained estimator says of one text: the sentence, and its tokens in order."""

    sentence: SentenceQuality
    tokens: tuple[TokenError, ...]


class SourceView(StrEnum):
    """By what a segment is compared with its source, beside numbers, names, cognates and length."""

    MEANING = "meaning"
    VECTORS = "vectors"  # by a rating learned from vectors of a language the encoder was not trained on
    LEXICON = "lexicon"
    OVERLAP = "overlap"  # by nothing else


_STRETCH = 6  # tokens in a row


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
class Agreement:
    """How a segment compares with the part of the source that it translates.

    `source`, `hypothesis`: that part and the segment as text. `cosine`: of their meaning vectors, -1..1; None where the
    encoder does not know the language. `vectors`: the two, of unit length  # (2, width); None likewise. `overlap`: the
    figures of mtqa.annotating.overlap. `view` says what the comparison rests on. `coverage`: which words the sides have
    in common; None where the encoder does not compare words. `rated`: what the two vectors say of the rating, in
    standard deviations; None without a map for the language.
    """

    source: str
    hypothesis: str
    cosine: float | None
    vectors: NDArray[np.float32] | None = field(default=None, compare=False, repr=False)
    overlap: Mapping[str, float] = field(default_factory=dict)
    view: SourceView = SourceView.OVERLAP
    coverage: Coverage | None = field(default=None, compare=False, repr=False)
    rated: float | None = None


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
