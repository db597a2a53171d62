"""What models can do, as protocols: the rooms above `modeling` see models only through these."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from mtqa.schema.annotations import TokenSurprisal


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
