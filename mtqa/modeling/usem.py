"""The network of the multilingual Universal Sentence Encoder v3 in numpy: averaged n-gram convolutions, dense layers.

Yang et al. 2020, Multilingual Universal Sentence Encoder for Semantic Retrieval. Each token has an embedding; three
branches (n-grams of 2, 3 and 5 tokens) of two convolutions each stand beside it; the row is normalised, projected,
summed over the tokens, divided by the square root of their number, and goes through four dense layers.

What a token brings to the first convolutions, and what its embedding brings to its state, depends on the token alone,
so it is computed once and kept: a text in known tokens costs additions in place of more than half of the
multiplications.
"""

from __future__ import annotations

import threading
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mtqa.errors import ModelError

Floats = NDArray[np.float32]
TABLE = "table.npy"
WEIGHTS = "weights.npz"
_CHUNKS = 17  # the table is quantised in 17 interleaved parts: token i lies in part i % 17
_BRANCHES = ((2, 0), (3, 1), (5, 2))  # tokens in the n-gram, and how many of them come before the token itself
_REACH = 4  # tokens on either side that a state depends on: two convolutions that look two tokens far
_WINDOW = 512  # tokens worked on at a time, to bound memory; the result is that of the whole text
_KEPT = 8192  # tokens whose first layer is kept, 17 kB each
_GAP = 2  # places between texts that are worked on together: as far as a convolution looks
# Rows of a product at a time, always as many: one of another height may differ in the last bit. They are the columns of
# what is computed, where up to 16 get the same bits in any place by all kernels of OpenBLAS; those for AVX2 fail from
# 24 on. A text that comes alone waits less for 4.
_BLOCK, _TEXTS = 16, 4


def unpack_table(weights: Path, folder: Path) -> None:
    """Write the embeddings of `weights` to folder/table.npy, in the order of the ids  # (vocabulary, width), uint8."""
    with np.load(weights, allow_pickle=False) as stored:
        parts = [stored[f"q{number}"] for number in range(1, _CHUNKS + 1)]
    table = np.empty((sum(len(part) for part in parts), parts[0].shape[1]), dtype=np.uint8)  # (vocabulary, width)
    for number, part in enumerate(parts):
        table[number::_CHUNKS] = part
    np.save(folder / TABLE, table)


@dataclass(frozen=True, slots=True)
class _Branch:
    """The second convolution of a branch, and where its parts lie in a kept row."""

    size: int
    left: int
    taps: tuple[slice, ...]  # what a token gives to each place of the n-gram, the bias in its own place
    projected: slice
    weight: Floats
    bias: Floats


class Network:
    """Sentence vectors and token states from ids. Safe for threads.

    `table` is (vocabulary, embedding), uint8; `weights` are the arrays of weights.npz but for the table. ModelError if
    they do not fit each other.
    """

    def __init__(self, table: NDArray[np.uint8], weights: Mapping[str, NDArray[np.float32]]) -> None:
        self._table = table
        self._weights = weights
        self._embedding = table.shape[1]
        self._channels = weights["proj_b2"].shape[0]
        _check_shapes(weights, self._embedding, self._channels)
        self._features_width = self._embedding + self._channels * len(_BRANCHES)
        sizes = [size for size, _ in _BRANCHES]
        self._projection = np.concatenate([weights[f"proj{size}"] for size in sizes], axis=1)  # (embedding, 3 channels)
        self._first = [_taps(weights[f"w1_{size}"], size) for size in sizes]  # (channels, size x channels)
        self.width = int(weights["d3"].shape[1])
        self.state_width = int(weights["cnn_W"].shape[1])
        self._branches = tuple(self._lay_out())
        self._epsilon = np.float32(weights["eps"])
        self._projected = weights["ln_g"][:, None] * weights["cnn_W"]  # (features, state width)
        self._projected_mean = self._projected.sum(axis=0)  # (state width,)
        self._projected_bias = weights["ln_b"] @ weights["cnn_W"] + weights["cnn_b"]  # (state width,)
        self._lock = threading.Lock()
        self._slot_of = np.full(len(table), -1, dtype=np.int32)  # (vocabulary,)
        self._kept = np.empty((_KEPT, self._row), dtype=np.float32)  # touched, and so in memory, only as it fills
        self._used = 0

    @classmethod
    def load(cls, folder: Path) -> Network:
        """From weights.npz and table.npy. ModelError if they are damaged."""
        try:
            table = np.load(folder / TABLE, mmap_mode="r", allow_pickle=False)
            with np.load(folder / WEIGHTS, allow_pickle=False) as stored:
                names = [name for name in stored.files if not (name[:1] == "q" and name[1:].isdigit())]
                weights = {name: np.asarray(stored[name], dtype=np.float32) for name in names}
            return cls(table, weights)
        except (OSError, ValueError, KeyError, IndexError, EOFError, zipfile.BadZipFile, zlib.error) as error:
            raise ModelError(f"the meaning encoder in {folder} is damaged: {error}") from error

    @property
    def vocabulary(self) -> int:
        """Number of ids."""
        return len(self._table)

    def total(self, ids: Sequence[int]) -> Floats:
        """The sum of the normalised rows of a text, from which `finished` makes its vector  # (features,)."""
        total = np.zeros(self._features_width, dtype=np.float32)  # (features,)
        for _, features, _ in self._windows(ids):
            total += _sum_of_rows(features, *self._moments(features))
        return total

    def totals(self, texts: Sequence[Sequence[int]]) -> list[Floats]:
        """`total` of each text, the same to the bit, in fewer steps."""
        if len(texts) < 2 or max(map(len, texts)) > _WINDOW:
            return [self.total(ids) for ids in texts]
        places = list(_places(list(map(len, texts))))
        ids = np.full(places[-1].stop, texts[0][0], dtype=np.int64)  # (places,)
        for own, place in zip(texts, places, strict=True):
            ids[place] = own
        features, _ = self._features(ids, places)
        mean, scale = self._moments(features)
        return [_sum_of_rows(features[own], mean[own], scale[own]) for own in places]

    def total_and_states(self, ids: Sequence[int]) -> tuple[Floats, Floats]:
        """The same sum, to the bit, and the state of each token  # (features,), (tokens, state width).

        The sum of the states divided by the square root of their number is what the dense layers see.
        """
        total = np.zeros(self._features_width, dtype=np.float32)  # (features,)
        states = np.empty((len(ids), self.state_width), dtype=np.float32)  # (tokens, state width)
        for first, features, embedded in self._windows(ids):
            mean, scale = self._moments(features)
            total += _sum_of_rows(features, mean, scale)
            # The normalised rows through the projection, without writing them down.
            own = features[:, self._embedding :] @ self._projected[self._embedding :]  # (window, state width)
            own += embedded
            own -= mean[:, None] * self._projected_mean
            own *= scale[:, None]
            np.add(own, self._projected_bias, out=states[first : first + len(features)])
        return total, states

    def finished(self, totals: Sequence[Floats], lengths: Sequence[int]) -> list[Floats]:
        """The vectors of texts, of unit length, from their sums and numbers of tokens, in order  # (width,) each."""
        found: list[Floats] = []
        for first in range(0, len(totals), _TEXTS):
            own = totals[first : first + _TEXTS]
            rows = np.zeros((_TEXTS, self._features_width), dtype=np.float32)  # (texts, features)
            tokens = np.ones((_TEXTS, 1), dtype=np.float32)  # (texts, 1)
            rows[: len(own)], tokens[: len(own), 0] = own, lengths[first : first + _TEXTS]
            found += list(self._dense(rows, tokens)[: len(own)])
        return found

    def _dense(self, totals: Floats, tokens: Floats) -> Floats:
        """From the sums of the normalised rows to the vectors  # (texts, width)."""
        own = self._weights
        summed = _product(totals * own["ln_g"] + tokens * own["ln_b"], own["cnn_W"])  # (texts, state width)
        pooled = (summed + tokens * own["cnn_b"]) / np.sqrt(tokens)
        first = np.maximum(_product(pooled, own["d0"]), 0)
        second = np.maximum(_product(pooled, own["p1"]) + _product(first, own["d1"]), 0)
        third = np.maximum(_product(second, own["d2"]), 0)
        last = np.tanh(_product(second, own["p3"]) + _product(third, own["d3"]))  # (texts, width)
        unit = last / np.sqrt(np.maximum(np.einsum("ij,ij->i", last, last), self._epsilon))[:, None]
        return np.ascontiguousarray(unit)

    def learn(self, texts: Sequence[Sequence[int]], pool: Executor | None = None) -> None:
        """Compute what is kept of the tokens of some texts in whole blocks; else each text fills its own."""
        ids = np.unique(np.fromiter((one for text in texts for one in text), dtype=np.int64))
        with self._lock:
            missing = ids[self._slot_of[ids] < 0]
            if self._used + len(missing) <= _KEPT:
                self._keep_all(missing, pool)

    def _moments(self, features: Floats) -> tuple[Floats, Floats]:
        """Mean and inverse deviation of each row  # (tokens,), (tokens,)."""
        mean = features.mean(axis=1)
        variance = np.einsum("ij,ij->i", features, features) / np.float32(features.shape[1]) - mean * mean
        return mean, 1 / np.sqrt(np.maximum(variance, 0) + self._epsilon)

    def _windows(self, ids: Sequence[int]) -> Iterator[tuple[int, Floats, Floats]]:
        """Number of the first token, the rows of features of each window  # (window, features), and what the embeddings
        bring to the states  # (window, state width).
        """
        numbers = np.asarray(ids, dtype=np.int64)  # (tokens,)
        for first in range(0, len(numbers), _WINDOW):
            begin = max(0, first - _REACH)
            near = numbers[begin : first + _WINDOW + _REACH]
            features, embedded = self._features(near, [slice(0, len(near))])
            own = slice(first - begin, first - begin + _WINDOW)
            yield first, features[own], embedded[own]

    def _features(self, ids: NDArray[np.int64], texts: Sequence[slice]) -> tuple[Floats, Floats]:
        """Embedding and the three branches of each token  # (tokens, features); its embedding through the projection
        # (tokens, state width). `texts`: where each of them stands, with at least _GAP places between two.
        """
        rows = self._rows(ids)  # (tokens, row)
        tokens, channels = len(ids), self._channels
        outside = np.ones(tokens, dtype=np.bool_)  # (tokens,)
        for own in texts:
            outside[own] = False
        rows[outside] = 0
        features = np.empty((tokens, self._features_width), dtype=np.float32)
        features[:, : self._embedding] = rows[:, : self._embedding]
        start = self._embedding
        for branch in self._branches:
            hidden = rows[:, branch.taps[branch.left]].copy()  # (tokens, channels)
            for place, tap in enumerate(branch.taps):
                if place != branch.left:
                    to, source = _shifted(tokens, place - branch.left)
                    hidden[to] += rows[source, tap]
            np.maximum(hidden, 0, out=hidden)
            hidden += rows[:, branch.projected]
            hidden[outside] = 0
            around = np.zeros((tokens, branch.size * channels), dtype=np.float32)  # (tokens, size x channels)
            for place in range(branch.size):
                to, source = _shifted(tokens, place - branch.left)
                around[to, place * channels : (place + 1) * channels] = hidden[source]
            second = np.zeros((tokens, channels), dtype=np.float32)
            for own in texts:  # each by itself: a product of another height may differ in the last bit
                np.matmul(around[own], branch.weight, out=second[own])
            second += branch.bias
            np.maximum(second, 0, out=second)
            second += hidden
            features[:, start : start + channels] = second
            start += channels
        return features, rows[:, self._to_states]

    def _rows(self, ids: NDArray[np.int64]) -> Floats:
        """What the tokens bring: embedding, projections, taps of the first convolutions, state  # (tokens, row)."""
        with self._lock:
            slots = self._slot_of[ids]  # (tokens,)
            if slots.min() < 0:
                missing = np.unique(ids[slots < 0])  # (missing,)
                if self._used + len(missing) > _KEPT:
                    self._slot_of.fill(-1)
                    self._used, missing = 0, np.unique(ids)
                self._keep_all(missing)
                slots = self._slot_of[ids]
            return np.take(self._kept, slots, axis=0)

    def _keep_all(self, ids: NDArray[np.int64], pool: Executor | None = None) -> None:
        """Compute the rows of tokens that are not kept, in the next free slots, for which there must be room."""
        each = map if pool is None else pool.map
        lows = range(0, len(ids), _BLOCK)
        list(each(lambda low: self._keep(ids[low : low + _BLOCK], self._used + low), lows))
        self._slot_of[ids] = np.arange(self._used, self._used + len(ids), dtype=np.int32)
        self._used += len(ids)

    def _keep(self, ids: NDArray[np.int64], slot: int) -> None:
        """Compute the rows of at most _BLOCK tokens and put them from a slot on."""
        own = self._weights
        padded = np.zeros(_BLOCK, dtype=np.int64)  # (block,)
        padded[: len(ids)] = ids
        part = padded % _CHUNKS
        embedded = self._table[padded].astype(np.float32) * own["scale"][part, None] + own["lo"][part, None]
        projected = _product(embedded, self._projection)  # (block, 3 channels)
        projected += np.concatenate([own[f"proj_b{size}"] for size, _ in _BRANCHES])
        mean, scale = self._moments(projected)
        projected = (projected - mean[:, None]) * scale[:, None]
        projected *= np.concatenate([own[f"ln_g{size}"] for size, _ in _BRANCHES])
        projected += np.concatenate([own[f"ln_b{size}"] for size, _ in _BRANCHES])
        rows = np.empty((_BLOCK, self._row), dtype=np.float32)  # (block, row)
        rows[:, : self._embedding] = embedded
        rows[:, self._embedding : self._branches[0].taps[0].start] = projected
        for branch, weight in zip(self._branches, self._first, strict=True):
            place = slice(branch.taps[0].start, branch.taps[-1].stop)
            rows[:, place] = _product(rows[:, branch.projected], weight)  # (block, size x channels)
            rows[:, branch.taps[branch.left]] += own[f"b1_{branch.size}"]
        rows[:, self._to_states] = _product(embedded, self._projected[: self._embedding])
        self._kept[slot : slot + len(ids)] = rows[: len(ids)]

    def _lay_out(self) -> Iterator[_Branch]:
        """The branches; `_row` becomes the length of a kept row."""
        channels = self._channels
        start = self._embedding + len(_BRANCHES) * channels
        for number, (size, left) in enumerate(_BRANCHES):
            before = self._embedding + number * channels
            taps = tuple(slice(start + place * channels, start + (place + 1) * channels) for place in range(size))
            start = taps[-1].stop
            weight, bias = self._weights[f"w2_{size}"], self._weights[f"b2_{size}"]
            yield _Branch(size, left, taps, slice(before, before + channels), weight, bias)
        self._to_states = slice(start, start + self.state_width)
        self._row = self._to_states.stop


def _product(rows: NDArray[np.floating[Any]], weight: Floats) -> Floats:
    """_BLOCK or _TEXTS rows times a matrix, each row with the same bits wherever it stands."""
    found: Floats = (weight.T @ rows.T).T
    return found


def _places(lengths: Sequence[int]) -> Iterator[slice]:
    """Where texts stand one behind the other, with _GAP places between two."""
    start = 0
    for length in lengths:
        yield slice(start, start + length)
        start += length + _GAP


def _sum_of_rows(features: Floats, mean: Floats, scale: Floats) -> Floats:
    """The sum of the rows, each less its mean and times its scale  # (features,)."""
    total: Floats = scale @ features - np.float32(scale @ mean)
    return total


def _taps(weight: Floats, size: int) -> Floats:
    """The weights of a convolution side by side: for each place of the n-gram what a token gives to it."""
    places = weight.reshape(size, -1, weight.shape[1])  # (size, channels in, channels out)
    return np.ascontiguousarray(places.swapaxes(0, 1).reshape(places.shape[1], -1))  # (channels in, size x channels)


def _shifted(tokens: int, offset: int) -> tuple[slice, slice]:
    """Rows t, and rows t + offset, of those t for which both lie in 0..tokens."""
    first, last = max(0, -offset), min(tokens, tokens - offset)
    last = max(first, last)
    return slice(first, last), slice(first + offset, last + offset)


def _check_shapes(weights: Mapping[str, NDArray[np.float32]], embedding: int, channels: int) -> None:
    """ValueError or KeyError if an array is missing or has another shape than the network needs."""
    features, states = embedding + len(_BRANCHES) * channels, weights["cnn_W"].shape[1]
    inner, width = weights["d0"].shape[1], weights["d3"].shape[1]
    expected: dict[str, tuple[int, ...]] = {
        "scale": (_CHUNKS,),
        "lo": (_CHUNKS,),
        "ln_g": (features,),
        "ln_b": (features,),
        "cnn_W": (features, states),
        "cnn_b": (states,),
        "d0": (states, inner),
        "p1": (states, inner),
        "d1": (inner, inner),
        "d2": (inner, weights["d2"].shape[1]),
        "p3": (inner, width),
        "d3": (weights["d2"].shape[1], width),
        "eps": (),
    }
    for size, _ in _BRANCHES:
        expected |= {f"proj{size}": (embedding, channels)}
        expected |= {f"{name}{size}": (channels,) for name in ("proj_b", "ln_g", "ln_b", "b1_", "b2_")}
        expected |= {f"{name}{size}": (size * channels, channels) for name in ("w1_", "w2_")}
    for name, shape in expected.items():
        if weights[name].shape != shape:
            raise ValueError(f"{name} has the shape {weights[name].shape}, not {shape}")
