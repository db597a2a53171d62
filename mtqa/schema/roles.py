"""What models can do, as protocols: the rooms above `modeling` see models only through these."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from mtqa.schema.annotations import (
    Agreement,
    JointReading,
    PairReading,
    SegmentQuality,
    SentenceQuality,
    SourceView,
    TokenSurprisal,
)
from mtqa.schema.document import Span

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """A sentence as written and as it should perhaps read, after the text `before` (may be empty)."""

    written: str
    proposed: str
    before: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """How much likelier the proposed sentence is, in nats (positive: the proposal reads better).

    `gain` = `changed` + `after`: `changed` is the part of the characters that differ, `after` the part of
    the text that follows them and is the same in both.
    """

    gain: float
    changed: float
    after: float


@dataclass(frozen=True, slots=True)
class Continuation:
    """Text that a language model would write next, and its log-probability in nats (<= 0)."""

    text: str
    log_probability: float


class LanguageModel(Protocol):
    """A causal language model. Results depend on each text alone, never on the batch it came in."""

    @property
    def signature(self) -> str:
        """Short hash of weights and engine."""
        ...

    def read(self, texts: Sequence[str]) -> list[tuple[TokenSurprisal, ...]]:
        """Surprisal of every token of every text, spans in code points of that text, gapless and in order.

        Texts longer than the model's window are read in overlapping windows, never cut.
        """
        ...

    def continuations(self, prefixes: Sequence[str], width: int) -> list[tuple[Continuation, ...]]:
        """The `width` likeliest next words after each prefix, best first."""
        ...


class QualityEstimator(Protocol):
    """A model trained on human judgements. Results depend on each text alone, never on the batch it came in."""

    @property
    def signature(self) -> str:
        """Tier and short hash of weights and calibration."""
        ...

    def rate(self, texts: Sequence[str], *, tokens: bool = True) -> list[SegmentQuality]:
        """One rating per text, in order; spans in code points of that text. `tokens` False: of its tokens nothing need
        be said. ValueError for a blank text.
        """
        ...

    def reads_source(self, view: SourceView) -> bool:
        """True if `with_source` was fitted for such a comparison."""
        ...

    @property
    def reads_jointly(self) -> bool:
        """True if `with_source` was fitted for what a JointEstimator says, too."""
        ...

    def with_source(self, quality: SentenceQuality, agreement: Agreement) -> SentenceQuality:
        """What is expected once the source was seen; the same quality where `reads_source` is False."""
        ...


class Judge(Protocol):
    """Compares sentences as written with sentences as proposed."""

    @property
    def signature(self) -> str:
        """Short hash of weights and engine."""
        ...

    def compare(self, hypotheses: Sequence[Hypothesis]) -> list[Verdict]:
        """One verdict per hypothesis, in order; the same for any batch size and order."""
        ...

    def expect(self, prefixes: Sequence[str], width: int) -> list[tuple[Continuation, ...]]:
        """The `width` likeliest next words after each prefix, best first."""
        ...

    def read(self, texts: Sequence[str]) -> list[tuple[TokenSurprisal, ...]]:
        """Surprisal of every token of every text, spans in code points of that text."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class TextMeaning:
    """What a meaning encoder makes of a text.

    `vector` is of unit length  # (width,); `states` are the tokens before they are pooled  # (tokens, state width),
    None where they were not kept. `spans` has one span per token, in order, in code points of the text, white space at
    the edges left out. A span is empty where a token is white space alone; tokens that share one character (a ligature)
    have the same span. `words`: what mtqa.knowledge.coverage compares across languages, vectors and a threshold per
    token  # (tokens, width + 1); None where the encoder has no such map.
    """

    vector: NDArray[np.float32]
    states: NDArray[np.float32] | None
    spans: tuple[Span, ...]
    words: NDArray[np.float32] | None = None


class VectorRating(Protocol):
    """A rating of a translation by the vectors of both sides."""

    def __call__(self, source: NDArray[np.float32], translation: NDArray[np.float32], /) -> float:
        """Unit vectors  # (width,) each -> the expected rating in standard deviations, about 0 on average."""
        ...


class MeaningEncoder(Protocol):
    """Puts texts of many languages into one space. Results depend on each text alone, never on its batch."""

    @property
    def languages(self) -> frozenset[str]:
        """Codes of the languages it was trained on; empty if the model does not say."""
        ...

    @property
    def signature(self) -> str:
        """Name and short hash of weights."""
        ...

    def embed(self, texts: Sequence[str]) -> list[NDArray[np.float32]]:
        """One vector of unit length per text, in order  # (width,). ValueError for a blank text."""
        ...

    def read(self, texts: Sequence[str]) -> list[TextMeaning]:
        """Vector and token states of each text, in order; long texts whole. ValueError for a blank text."""
        ...

    def rating(self, language: str | None) -> VectorRating | None:
        """How translations from a language are rated by their vectors; None where none was trained."""
        ...

    def read_pairs(self, pairs: Sequence[tuple[TextMeaning, TextMeaning]]) -> list[PairReading] | None:
        """What sources and their translations say together, in order, by the states of their tokens; None where nothing
        was trained to read them.
        """
        ...


class JointEstimator(Protocol):
    """Reads a source and its translation together. Results depend on each pair alone, never on its batch."""

    @property
    def languages(self) -> frozenset[str]:
        """Codes of the languages of sources that it was trained on."""
        ...

    @property
    def signature(self) -> str:
        """Name and short hash of weights."""
        ...

    def read(self, pairs: Sequence[tuple[str, str]]) -> list[JointReading]:
        """What is made of each source and translation, in order; of very long texts the beginning is read. ValueError
        for a blank text.
        """
        ...


class SourceEstimator(Protocol):
    """A model that rates a translation with its source in view. Results depend on each pair alone."""

    @property
    def signature(self) -> str:
        """Name and short hash of weights."""
        ...

    def rate(self, sources: Sequence[str], hypotheses: Sequence[str]) -> list[float]:
        """One score per pair on the model's own scale, higher is better. ValueError for a blank text."""
        ...


def is_covered(encoder: MeaningEncoder | JointEstimator, language: str | None) -> bool:
    """True if the model knows the language; one that lists none is taken to know all."""
    if not encoder.languages:
        return True
    return language is not None and language.partition("-")[0] in {one.partition("-")[0] for one in encoder.languages}
