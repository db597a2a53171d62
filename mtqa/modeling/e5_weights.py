"""The multilingual encoder as its package holds it: one file with 4-bit weights and the pieces of the tokenizer.

Layout (little-endian): magic E5S1 and a version, sizes of the model, pieces of a unigram vocabulary with their scores,
a map of single characters to what the tokenizer reads for them, a directory of tensors, the tensors. Matrices are in
blocks of 32 weights: a half-precision scale, then 16 bytes whose low halves are the first 16 weights, plus 8.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mtqa.errors import ModelError

Floats = NDArray[np.float32]
_MAGIC = b"E5S1"
_BLOCK = 32  # weights
_BLOCK_TYPE = np.dtype([("scale", "<f2"), ("halves", "u1", _BLOCK // 2)])
_MIDDLE = 8
_SIZES = ("width", "layers", "heads", "wide", "vocabulary", "positions", "types")


@dataclass(frozen=True, slots=True)
class EncoderFile:
    """`sizes`: those of _SIZES; `pieces` with their scores in the order of ids; `special`: ids of begin, end, padding
    and unknown; `characters`: code point -> text that stands for it; `tensors` by the file's names.
    """

    sizes: Mapping[str, int]
    epsilon: float
    pieces: tuple[tuple[str, float], ...]
    special: tuple[int, int, int, int]
    characters: Mapping[int, str]
    tensors: Mapping[str, Floats]


class _Cursor:
    def __init__(self, content: bytes) -> None:
        self.content = content
        self.at = 0

    def take(self, kinds: str) -> tuple[Any, ...]:
        found = struct.unpack_from("<" + kinds, self.content, self.at)
        self.at += struct.calcsize("<" + kinds)
        return found

    def array(self, kind: str, count: int) -> NDArray[Any]:
        found = np.frombuffer(self.content, kind, count, self.at)
        self.at += found.nbytes
        return found

    def bytes(self, count: int) -> bytes:
        self.at += count
        return self.content[self.at - count : self.at]


def read_encoder_file(path: Path) -> EncoderFile:
    """The whole file, matrices as float32. ModelError if it is damaged."""
    try:
        return _read(_Cursor(path.read_bytes()))
    except (OSError, struct.error, ValueError, KeyError, OverflowError) as error:
        raise ModelError(f"{path} is damaged: {error}") from error


def _read(cursor: _Cursor) -> EncoderFile:
    if cursor.bytes(4) != _MAGIC:
        raise ValueError("it does not begin as such files do")
    cursor.take("I")
    sizes = dict(zip(_SIZES, cursor.take("7i"), strict=True))
    epsilon, block = cursor.take("fi")
    if block != _BLOCK:
        raise ValueError(f"its blocks have {block} weights, not {_BLOCK}")
    count, *special, length = cursor.take("5iQ")
    borders = cursor.array("<u4", count + 1).tolist()
    scores = cursor.array("<f4", count).tolist()
    text = cursor.bytes(length)
    pieces = tuple(
        (text[borders[number] : borders[number + 1]].decode("utf-8"), scores[number]) for number in range(count)
    )
    characters = _characters(cursor)
    tensors = _tensors(cursor, sizes)
    begin, end, padding, unknown = special
    return EncoderFile(sizes, epsilon, pieces, (begin, end, padding, unknown), characters, tensors)


def _characters(cursor: _Cursor) -> dict[int, str]:
    count, length = cursor.take("iI")
    last = cursor.at + length
    found = {}
    for _ in range(count):
        code, others = cursor.take("IB")
        found[code] = "".join(map(chr, cursor.take(f"{others}I")))
    if cursor.at != last:
        raise ValueError("its map of characters does not end where it should")
    return found


def _tensors(cursor: _Cursor, sizes: Mapping[str, int]) -> dict[str, Floats]:
    (count,) = cursor.take("i")
    entries = []
    for _ in range(count):
        (length,) = cursor.take("H")
        name = cursor.bytes(length).decode("ascii")
        entries.append((name, *cursor.take("BIQQ")))
    return {name: _tensor(cursor.content, name, rest, sizes) for name, *rest in entries}


def _tensor(content: bytes, name: str, entry: list[int], sizes: Mapping[str, int]) -> Floats:
    """A matrix  # (outputs, inputs) or a vector."""
    _, numbers, start, length = entry
    if numbers * 4 == length:
        found = np.frombuffer(content, "<f4", numbers, start).astype(np.float32)
        return found.reshape(-1, sizes["width"]) if name in ("emb.pos", "emb.type") else found
    blocks = np.frombuffer(content, _BLOCK_TYPE, length // _BLOCK_TYPE.itemsize, start)
    halves = blocks["halves"]  # (blocks, 16)
    whole = np.concatenate([halves & 15, halves >> 4], axis=1).astype(np.float32) - _MIDDLE  # (blocks, 32)
    whole *= blocks["scale"].astype(np.float32)[:, None]
    inputs = sizes["wide"] if name.endswith("fo.w") else sizes["width"]
    return whole.reshape(-1, inputs)
