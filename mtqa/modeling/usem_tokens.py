"""What a token alone brings to the multilingual Universal Sentence Encoder, computed once and kept.

Its embedding, its rows of the three branches after projection and norm, and what those give to each place of the first
convolutions: half of the multiplications of a text.
"""

from __future__ import annotations

import mmap
import sys
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor

import numpy as np
from numpy.typing import NDArray

from mtqa.modeling.products import LEAST, Floats, multiply, rows_are_alike
from mtqa.modeling.threads import one_thread_each

CHUNKS = 17  # the table is quantised in 17 interleaved parts: token i lies in part i % 17
BRANCHES = ((2, 0), (3, 1), (5, 2))  # tokens in the n-gram, and how many of them come before the token itself
_KEPT = 8192  # tokens that are kept, 15 kB each
_AT_ONCE = 64  # tokens of a task
NOTHING = 0  # the slot of what stands between two texts: zeros


class Kept:
    """Rows of up to `most` tokens: written once, never changed, so that whoever has slots of them may read.

    `embedding`  # (slots, embedding); `branches`: per branch what is projected, and what it gives to each place of the
    n-gram, the bias in the token's own place  # (slots, (1 + size) x channels).
    """

    def __init__(self, most: int, vocabulary: int, embedding: int, channels: int) -> None:
        self.slot_of = np.full(vocabulary, -1, dtype=np.int32)  # (vocabulary,)
        self._most = most
        slots = 1 + most + LEAST  # a product of fewer than LEAST rows writes beyond its own
        self.embedding = _zeros(slots, embedding)
        self.branches = tuple(_zeros(slots, (1 + size) * channels) for size, _ in BRANCHES)
        self.used = 0  # tokens, in the slots behind that of NOTHING

    @property
    def free(self) -> int:
        """Tokens for which there is room."""
        return self._most - self.used

    @property
    def next(self) -> int:
        """The first slot that is free."""
        return 1 + NOTHING + self.used


def _zeros(rows: int, width: int) -> Floats:
    """Zeros, in memory only as they fill. numpy asks Linux for huge pages, for which it may search long each time; the
    mapping is private, so that a forked process writes to rows of its own.
    """
    if sys.platform != "linux":
        return np.zeros((rows, width), dtype=np.float32)
    size = rows * width * np.dtype(np.float32).itemsize
    pages = mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    return np.frombuffer(pages, dtype=np.float32).reshape(rows, width)


class TokenRows:
    """Computes and keeps the rows of tokens. Safe for threads."""

    def __init__(self, table: NDArray[np.uint8], weights: Mapping[str, Floats]) -> None:
        """`table` is (vocabulary, embedding), uint8."""
        sizes = [size for size, _ in BRANCHES]
        self._table = table
        self._weights = weights
        self._channels = weights["proj_b2"].shape[0]
        self._projection = np.concatenate([weights[f"proj{size}"] for size in sizes], axis=1)  # (embedding, 3 channels)
        self._first = [_taps(weights[f"w1_{size}"], size) for size in sizes]  # (channels, size x channels)
        # (3 channels,)
        self._bias, self._gain, self._shift = (
            np.concatenate([weights[f"{name}{size}"] for size in sizes]) for name in ("proj_b", "ln_g", "ln_b")
        )
        with one_thread_each():
            self._alike = all(map(rows_are_alike, (self._projection, *self._first)))
        self._epsilon = np.float32(weights["eps"])
        self._lock = threading.Lock()
        self._kept = self._empty()

    def slots(self, ids: NDArray[np.int64], outside: NDArray[np.bool_]) -> tuple[Kept, NDArray[np.int32]]:
        """Where the rows of some tokens lie, zeros for those `outside` all texts  # (tokens,)."""
        with self._lock:
            found = self._kept.slot_of[ids]  # (tokens,)
            if found.min() < 0:
                missing = np.unique(ids[found < 0])  # (missing,)
                if len(missing) > self._kept.free:
                    self._kept, missing = self._empty(), np.unique(ids)
                self._compute_all(missing)
                found = self._kept.slot_of[ids]
            found[outside] = NOTHING
            return self._kept, found

    def learn(self, texts: Sequence[Sequence[int]], pool: Executor | None = None) -> None:
        """Compute the rows of some texts in whole blocks; else each text fills its own."""
        ids = np.unique(np.fromiter((one for text in texts for one in text), dtype=np.int64))
        with self._lock:
            missing = ids[self._kept.slot_of[ids] < 0]
            if len(missing) <= self._kept.free:
                self._compute_all(missing, pool)

    def _empty(self) -> Kept:
        vocabulary, embedding = self._table.shape
        return Kept(_KEPT, vocabulary, embedding, self._channels)

    def _compute_all(self, ids: NDArray[np.int64], pool: Executor | None = None) -> None:
        """Compute the rows of tokens that are not kept, in the next free slots, for which there must be room."""
        kept = self._kept
        each = map if pool is None else pool.map
        lows = range(0, len(ids), _AT_ONCE)
        list(each(lambda low: self._compute(ids[low : low + _AT_ONCE], kept, kept.next + low), lows))
        kept.slot_of[ids] = np.arange(kept.next, kept.next + len(ids), dtype=np.int32)
        kept.used += len(ids)

    def _compute(self, ids: NDArray[np.int64], kept: Kept, slot: int) -> None:
        """Compute the rows of tokens and put them from a slot on."""
        own, channels = self._weights, self._channels
        padded = np.zeros(-(-len(ids) // LEAST) * LEAST, dtype=np.int64)  # (tokens,)
        padded[: len(ids)] = ids
        part = padded % CHUNKS
        place = slice(slot, slot + len(padded))
        embedded = kept.embedding[place]  # (tokens, embedding)
        np.multiply(self._table[padded], own["scale"][part, None], out=embedded)
        embedded += own["lo"][part, None]
        projected = np.empty((len(padded), len(self._bias)), dtype=np.float32)  # (tokens, 3 channels)
        multiply(embedded, self._projection, projected, alike=self._alike)
        projected += self._bias
        mean, scale = moments(projected, self._epsilon)
        projected -= mean[:, None]
        projected *= scale[:, None]
        projected *= self._gain
        projected += self._shift
        for number, ((size, left), weight, rows) in enumerate(zip(BRANCHES, self._first, kept.branches, strict=True)):
            rows[place, :channels] = projected[:, number * channels : (number + 1) * channels]
            given = rows[place, channels:]  # (tokens, size x channels)
            multiply(rows[place, :channels], weight, given, alike=self._alike)
            given[:, left * channels : (left + 1) * channels] += own[f"b1_{size}"]


def moments(rows: Floats, epsilon: np.float32) -> tuple[Floats, Floats]:
    """Mean and inverse deviation of each row  # (tokens,), (tokens,)."""
    mean = rows.mean(axis=1)
    variance = np.einsum("ij,ij->i", rows, rows) / np.float32(rows.shape[1]) - mean * mean
    return mean, 1 / np.sqrt(np.maximum(variance, 0) + epsilon)


def _taps(weight: Floats, size: int) -> Floats:
    """The weights of a convolution side by side: for each place of the n-gram what a token gives to it."""
    places = weight.reshape(size, -1, weight.shape[1])  # (size, channels in, channels out)
    return np.ascontiguousarray(places.swapaxes(0, 1).reshape(places.shape[1], -1))  # (channels in, size x channels)
