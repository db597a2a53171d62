"""What is known about a document before any rule looks at it. None = not computed, never "nothing found"."""

from __future__ import annotations

from dataclasses import dataclass

from mtqa.schema.document import Span


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
    """

    score: float
    spread: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class SegmentQuality:
    """What the trained estimator says of one text: the sentence, and its tokens in order."""

    sentence: SentenceQuality
    tokens: tuple[TokenError, ...]


@dataclass(frozen=True, slots=True)
class Annotations:
    """Per-document annotations. Tuples named per segment run parallel to `Document.segments`."""

    mentions: tuple[Mention, ...] | None = None
    languages: tuple[LanguageGuess, ...] | None = None  # per segment
    surprisal: tuple[tuple[TokenSurprisal, ...], ...] | None = None  # per segment
    token_error: tuple[tuple[TokenError, ...], ...] | None = None  # per segment
    sentence_quality: tuple[SentenceQuality, ...] | None = None  # per segment
