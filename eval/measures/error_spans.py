"""Error spans: the F1 of the WMT23 quality estimation shared task, task 2.

Micro-averaged over character positions of all segments of a language pair. A position is worth one point if both
sides mark it with the same severity, half a point if they mark it with different ones. Each text has one more
position after its last character, where an omission can be marked; a span with start == end marks one position.
Where spans of one side overlap, a position counts once, with the graver severity.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from mtqa import Span

Severity = Literal["minor", "major"]
_GRAVITY = MappingProxyType({"minor": 1, "major": 2})
_WRONG_SEVERITY = 0.5


@dataclass(frozen=True, slots=True)
class Marked:
    """One span and its severity, in code points."""

    span: Span
    severity: Severity


@dataclass(frozen=True, slots=True)
class SpanScore:
    """F1, precision and recall, each 0..1."""

    f1: float
    precision: float
    recall: float


def span_f1(texts: Sequence[str], predicted: Sequence[Sequence[Marked]], gold: Sequence[Sequence[Marked]]) -> SpanScore:
    """Score the spans of parallel segments. ValueError for a span outside its text."""
    points = 0.0
    guessed = marked = 0
    for text, own, other in zip(texts, predicted, gold, strict=True):
        found, wanted = _positions(text, own), _positions(text, other)
        guessed += len(found)
        marked += len(wanted)
        for position, severity in found.items():
            if position in wanted:
                points += 1.0 if wanted[position] == severity else _WRONG_SEVERITY
    precision = points / guessed if guessed else 0.0
    recall = points / marked if marked else 0.0
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return SpanScore(f1, precision, recall)


def _positions(text: str, spans: Sequence[Marked]) -> dict[int, int]:
    """The gravity of every marked position, 0..len(text) inclusive."""
    positions: dict[int, int] = {}
    for one in spans:
        end = max(one.span.end, one.span.start + 1)
        if end > len(text) + 1:
            raise ValueError(f"{one.span.start}..{one.span.end} is outside a text of {len(text)} characters")
        for position in range(one.span.start, end):
            positions[position] = max(positions.get(position, 0), _GRAVITY[one.severity])
    return positions
