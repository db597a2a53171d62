"""From units to batches of token ids with labels: similar lengths together, pairs never apart."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from models.quality_en.examples import MAJOR, Row, Unit
from models.quality_en.teaching import Taught, onto
from mtqa.modeling.head_training import token_labels as labels_of
from mtqa.modeling.quality_ratings import Mark

_UNKNOWN = -1.0
_WINDOW = 1024  # units sorted by length at a time


@dataclass(frozen=True, slots=True)
class Tokens:
    """One sentence as the encoder reads it: `ids` and `types` with the tokens that begin and end a sentence;
    `ends[i]` is the end of token i + 1 in code points of the text.
    """

    ids: tuple[int, ...]
    types: tuple[int, ...]
    ends: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Batch:
    """Labels are -1 where unknown.

    `ids`, `types`, `error`, `major`, `surprisal`  # (sentences, tokens); `lengths`, `z`, `raw`, `weight`  #
    (sentences,); `pairs`  # (pairs, 2): rows of better and worse; `better`  # (pairs,): probability that it is so.
    """

    ids: Tensor
    types: Tensor
    lengths: Tensor
    error: Tensor
    major: Tensor
    surprisal: Tensor
    z: Tensor
    raw: Tensor
    weight: Tensor
    pairs: Tensor
    better: Tensor


def ordered(
    units: Sequence[Unit], encode: Callable[[str], Tokens], *, tokens_at_once: int, seed: int
) -> list[list[Unit]]:
    """Units in batches of at most `tokens_at_once` padded tokens, in a seeded order."""
    rng = random.Random(seed)
    shuffled = list(units)
    rng.shuffle(shuffled)
    batches: list[list[Unit]] = []
    for start in range(0, len(shuffled), _WINDOW):
        window = [(_longest(unit, encode), unit) for unit in shuffled[start : start + _WINDOW]]
        window.sort(key=lambda one: one[0])
        own: list[list[Unit]] = []
        rows = 0
        for length, unit in window:
            if not own or (rows + len(unit.rows)) * length > tokens_at_once:
                own.append([])
                rows = 0
            own[-1].append(unit)
            rows += len(unit.rows)
        rng.shuffle(own)
        batches += own
    return batches


def collate(
    units: Sequence[Unit], encode: Callable[[str], Tokens], lessons: Sequence[Mapping[str, Taught]] = ()
) -> Batch:
    """One batch, padded with id 0 on the right; `lessons`: per teacher what it says of some of the texts."""
    rows = [row for unit in units for row in unit.rows]
    encoded = [encode(row.text) for row in rows]
    longest = max(len(one.ids) for one in encoded)
    shape = (len(rows), longest)
    ids, types = torch.zeros(shape, dtype=torch.long), torch.zeros(shape, dtype=torch.long)
    error, major = torch.full(shape, _UNKNOWN), torch.full(shape, _UNKNOWN)
    surprisal = torch.full(shape, _UNKNOWN)
    z, raw = [], []
    for number, (row, tokens) in enumerate(zip(rows, encoded, strict=True)):
        length = len(tokens.ids)
        ids[number, :length] = torch.tensor(tokens.ids)
        types[number, :length] = torch.tensor(tokens.types)
        if row.marks is not None:
            labels = torch.tensor(token_labels(row, tokens))  # (2, tokens inside)
            error[number, 1 : 1 + labels.shape[1]] = labels[0]
            major[number, 1 : 1 + labels.shape[1]] = labels[1]
        own = [lesson[row.text] for lesson in lessons if row.text in lesson]
        z.append(_target(row.z, [one.z for one in own]))
        raw.append(_target(None if row.raw is None else row.raw / 100.0, [one.raw for one in own]))
        for lesson in own:
            nats, wrong = onto(lesson, tokens.ends)
            surprisal[number, 1 : 1 + len(nats)] = torch.tensor(nats)
            # What was planted or marked by a professional stands; a post-editor's change is one of many possible.
            if wrong and not row.has_severity:
                known = error[number, 1 : 1 + len(wrong)]
                taught = torch.tensor(wrong)
                error[number, 1 : 1 + len(wrong)] = torch.where(known < 0, taught, (known + taught) / 2)
    pairs, better = [], []
    at = 0
    for unit in units:
        if len(unit.rows) == 2:
            pairs.append((at, at + 1))
            better.append(unit.better)
        at += len(unit.rows)
    return Batch(
        ids=ids,
        types=types,
        lengths=torch.tensor([len(one.ids) for one in encoded]),
        error=error,
        major=major,
        surprisal=surprisal,
        z=torch.tensor(z),
        raw=torch.tensor(raw),
        weight=torch.tensor([row.weight for row in rows]),
        pairs=torch.tensor(pairs, dtype=torch.long).reshape(-1, 2),
        better=torch.tensor(better),
    )


def _target(rating: float | None, taught: Sequence[float]) -> float:
    """What is to be learned of a rating: people's word and the teachers', whose noise differs, in equal parts."""
    known = [one for one in (rating, *taught) if one is not None and not math.isnan(one)]
    return sum(known) / len(known) if known else math.nan


def token_labels(row: Row, tokens: Tokens) -> list[list[float]]:
    """Two lists, one value per token of the text: wrong or not; major, unknown where severity is unknown."""
    marks = [Mark(start, end, "major" if kind == MAJOR else "minor") for start, end, kind in row.marks or ()]
    error, major = labels_of(row.text, tokens.ends, marks)
    return [error, major if row.has_severity else [_UNKNOWN] * len(major)]


def in_blocks(texts: Sequence[str], encode: Callable[[str], Tokens], size: int) -> Iterator[list[int]]:
    """Numbers of texts of similar length, to be read together."""
    order = sorted(range(len(texts)), key=lambda number: len(encode(texts[number]).ids))
    for start in range(0, len(order), size):
        yield order[start : start + size]


def _longest(unit: Unit, encode: Callable[[str], Tokens]) -> int:
    return max(len(encode(row.text).ids) for row in unit.rows)
