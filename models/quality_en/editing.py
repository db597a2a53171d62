"""Planted errors as edits of a clean text, and the marks that show where they are in the corrupted text.

A corruption plans edits; `edited` applies them and says which characters of the result are wrong. Marks of earlier
corruptions are carried along, so that corruptions can be applied one after the other.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

MINOR = "minor"
MAJOR = "major"
_NOT_BLANK = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class Mark:
    """One planted error: half-open code points of the corrupted text, never empty. An omission marks the word before
    the gap, at the beginning of the text the word after it. `severity` is "minor" or "major".
    """

    start: int
    end: int
    severity: str


@dataclass(frozen=True, slots=True)
class Corrupted:
    """A corrupted sentence. Marks are sorted and do not overlap; with `whole` the sentence is bad as a whole and its
    one mark covers it all.
    """

    text: str
    kind: str
    marks: tuple[Mark, ...]
    whole: bool


@dataclass(frozen=True, slots=True)
class Edit:
    """Exchange of the code points start to end (half-open, of the text before) for `replacement`.

    start == end inserts, a blank replacement deletes.
    """

    start: int
    end: int
    replacement: str
    severity: str = MINOR


def any_of(rng: random.Random, *variants: Callable[[], list[Edit]]) -> list[Edit]:
    """The edits of the first variant, in random order, that has any."""
    for variant in rng.sample(variants, len(variants)):
        edits = variant()
        if edits:
            return edits
    return []


def edited(text: str, edits: Sequence[Edit], *, carried: Sequence[Mark] = ()) -> tuple[str, tuple[Mark, ...]]:
    """The text after the edits, and the marks of the edits with those carried over from before.

    Of overlapping edits the first is applied.
    """
    pieces: list[str] = []
    placed: list[tuple[Edit, int, int]] = []
    position = length = 0
    for edit in sorted(edits, key=lambda one: (one.start, one.end)):
        if edit.start < position or text[edit.start : edit.end] == edit.replacement:
            continue
        kept = text[position : edit.start]
        length += len(kept)
        placed.append((edit, length, length + len(edit.replacement)))
        length += len(edit.replacement)
        pieces += (kept, edit.replacement)
        position = edit.end
    after = "".join([*pieces, text[position:]])
    marks = [mark for edit, start, end in placed if (mark := _mark(after, start, end, edit.severity)) is not None]
    for mark in carried:
        start, end = _moved_start(mark.start, placed), _moved_end(mark.end, placed)
        if start < end and after[start:end].strip():
            marks.append(Mark(start, end, mark.severity))
    return after, _merged(marks)


def _mark(text: str, start: int, end: int, severity: str) -> Mark | None:
    inside = text[start:end]
    if inside.strip():
        return Mark(start + len(inside) - len(inside.lstrip()), start + len(inside.rstrip()), severity)
    gap: re.Match[str] | None = None
    for word in _NOT_BLANK.finditer(text):
        if word.start() >= start and gap is not None:
            break
        gap = word
    return Mark(gap.start(), gap.end(), severity) if gap is not None else None


def _moved_start(position: int, placed: Sequence[tuple[Edit, int, int]]) -> int:
    shift = 0
    for edit, start, end in placed:
        if edit.start <= position < edit.end:
            return start
        if edit.end <= position:
            shift = end - edit.end
    return position + shift


def _moved_end(position: int, placed: Sequence[tuple[Edit, int, int]]) -> int:
    shift = 0
    for edit, _, end in placed:
        if edit.start < position < edit.end:
            return end
        if edit.end <= position and edit.start < position:
            shift = end - edit.end
    return position + shift


def _merged(marks: Sequence[Mark]) -> tuple[Mark, ...]:
    """Sorted marks; overlapping ones become one of the worse severity."""
    merged: list[Mark] = []
    for mark in sorted(marks, key=lambda one: (one.start, one.end)):
        if merged and mark.start < merged[-1].end:
            last = merged.pop()
            worse = MAJOR if MAJOR in (last.severity, mark.severity) else MINOR
            mark = Mark(last.start, max(last.end, mark.end), worse)
        merged.append(mark)
    return tuple(merged)
