"""The network of the multilingual Universal Sentence Encoder v3 in numpy: averaged n-gram convolutions, dense layers.

Yang et al. 2020, Multilingual Universal Sentence Encoder for Semantic Retrieval. Each token has an embedding; three
branches (n-grams of 2, 3 and 5 tokens) of two convolutions each stand beside it; the row is normalised, projected,
summed over the tokens, divided by the square root of their number, and goes through four dense layers.

What a token brings to the first convolutions depends on the token alone and is kept (mtqa.modeling.usem_tokens).
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor
from pathlib import Path

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from mtqa.errors import ModelError
from mtqa.modeling.products import LEAST, Floats, by_columns, rows_are_alike
from mtqa.modeling.threads import one_thread_each
from mtqa.modeling.usem_tokens import BRANCHES, CHUNKS, NOTHING, Kept, TokenRows, moments

TABLE = "table.npy"
WEIGHTS = "weights.npz"
_REACH = 4  # tokens on either side that a state depends on: two convolutions that look two tokens far
_WINDOW = 512  # tokens worked on at a time, to bound memory; the result is that of the whole text
_GAP = 2  # places between texts that are worked on together: as far as a convolution looks
_TEXTS = 4  # of a product at a time, always as many: a text that comes alone waits less for 4 than for 16


def unpack_table(weights: Path, folder: Path) -> None:
    """Write the embeddings of `weights` to folder/table.npy, in the order of the ids  # (vocabulary, width), uint8."""
    with np.load(weights, allow_pickle=False) as stored:
        parts = [stored[f"q{number}"] for number in range(1, CHUNKS + 1)]
    table = np.empty((sum(len(part) for part in parts), parts[0].shape[1]), dtype=np.uint8)  # (vocabulary, width)
    for number, part in enumerate(parts):
        table[number::CHUNKS] = part
    np.save(folder / TABLE, table)


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
        self._features_width = self._embedding + self._channels * len(BRANCHES)
        self.width = int(weights["d3"].shape[1])
        self.state_width = int(weights["cnn_W"].shape[1])
        self._epsilon = np.float32(weights["eps"])
        self._projected = weights["ln_g"][:, None] * weights["cnn_W"]  # (features, state width)
        self._projected_mean = self._projected.sum(axis=0)  # (state width,)
        self._projected_bias = weights["ln_b"] @ weights["cnn_W"] + weights["cnn_b"]  # (state width,)
        with one_thread_each():
            self._together = all(rows_are_alike(weights[f"w2_{size}"]) for size, _ in BRANCHES)
        self._tokens = TokenRows(table, weights)

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
        for _, features in self._windows(ids):
            total += _sum_of_rows(features, *moments(features, self._epsilon))
        return total

    def totals(self, texts: Sequence[Sequence[int]]) -> list[Floats]:
        """`total` of each text, the same to the bit, in fewer steps."""
        if len(texts) < 2 or max(map(len, texts)) > _WINDOW:
            return [self.total(ids) for ids in texts]
        ids, outside, places = _side_by_side(texts)
        # Where rows depend on their product, each text must have one as if it were alone.
        alone = [slice(place.start, max(place.stop, place.start + LEAST)) for place in places]
        features = self._features(*self._tokens.slots(ids, outside), alone)
        mean, scale = moments(features, self._epsilon)
        return [_sum_of_rows(features[own], mean[own], scale[own]) for own in places]

    def total_and_states(self, ids: Sequence[int]) -> tuple[Floats, Floats]:
        """The same sum, to the bit, and the state of each token  # (features,), (tokens, state width).

        The sum of the states divided by the square root of their number is what the dense layers see.
        """
        total = np.zeros(self._features_width, dtype=np.float32)  # (features,)
        states = np.empty((len(ids), self.state_width), dtype=np.float32)  # (tokens, state width)
        for first, features in self._windows(ids):
            mean, scale = moments(features, self._epsilon)
            total += _sum_of_rows(features, mean, scale)
            # The normalised rows through the projection, without writing them down.
            own = features @ self._projected  # (window, state width)
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
        summed = by_columns(totals * own["ln_g"] + tokens * own["ln_b"], own["cnn_W"])  # (texts, state width)
        pooled = (summed + tokens * own["cnn_b"]) / np.sqrt(tokens)
        first = np.maximum(by_columns(pooled, own["d0"]), 0)
        second = np.maximum(by_columns(pooled, own["p1"]) + by_columns(first, own["d1"]), 0)
        third = np.maximum(by_columns(second, own["d2"]), 0)
        last = np.tanh(by_columns(second, own["p3"]) + by_columns(third, own["d3"]))  # (texts, width)
        unit = last / np.sqrt(np.maximum(np.einsum("ij,ij->i", last, last), self._epsilon))[:, None]
        return np.ascontiguousarray(unit)

    def learn(self, texts: Sequence[Sequence[int]], pool: Executor | None = None) -> None:
        """Compute what is kept of the tokens of some texts in whole blocks; else each text fills its own."""
        self._tokens.learn(texts, pool)

    def _windows(self, ids: Sequence[int]) -> Iterator[tuple[int, Floats]]:
        """Number of the first token, and the rows of features of each window  # (window, features)."""
        for first in range(0, len(ids), _WINDOW):
            begin = max(0, first - _REACH)
            near, outside, (place,) = _side_by_side([ids[begin : first + _WINDOW + _REACH]])
            features = self._features(*self._tokens.slots(near, outside), [slice(0, len(near))])
            yield first, features[first - begin : min(first - begin + _WINDOW, place.stop)]

    def _features(self, kept: Kept, slots: NDArray[np.int32], texts: Sequence[slice]) -> Floats:
        """Embedding and the three branches of each token  # (tokens, features). `texts`: where each of them stands,
        with at least _GAP places between two, whose rows mean nothing. At least products.LEAST places.
        """
        tokens, channels = len(slots), self._channels
        outside = slots == NOTHING  # (tokens,)
        features = np.empty((tokens, self._features_width), dtype=np.float32)
        features[:, : self._embedding] = kept.embedding[slots]
        second = np.zeros((tokens, channels), dtype=np.float32)
        start = self._embedding
        for (size, left), rows in zip(BRANCHES, kept.branches, strict=True):
            own = rows[slots]  # (tokens, (1 + size) x channels)
            padded = np.zeros((tokens + size - 1, channels), dtype=np.float32)
            hidden = padded[left : left + tokens]
            taps = own[:, channels:].reshape(tokens, size, channels)
            hidden[:] = taps[:, left]
            for place in range(size):
                if place != left:
                    to, source = _shifted(tokens, place - left)
                    hidden[to] += taps[source, place]
            np.maximum(hidden, 0, out=hidden)
            hidden += own[:, :channels]
            hidden[outside] = 0
            # (tokens, size x channels)
            around = np.moveaxis(sliding_window_view(padded, size, axis=0), 2, 1).reshape(tokens, size * channels)
            for own_rows in [slice(0, tokens)] if self._together else texts:
                np.matmul(around[own_rows], self._weights[f"w2_{size}"], out=second[own_rows])
            second += self._weights[f"b2_{size}"]
            np.maximum(second, 0, out=second)
            np.add(second, hidden, out=features[:, start : start + channels])
            start += channels
        return features


def _side_by_side(texts: Sequence[Sequence[int]]) -> tuple[NDArray[np.int64], NDArray[np.bool_], list[slice]]:
    """Texts one behind the other, with _GAP places between two and at least LEAST for each: the ids, which places are
    outside all texts, and where each text stands.
    """
    starts = np.cumsum([0, *(max(len(text), LEAST) + _GAP for text in texts)]).tolist()
    places = [slice(start, start + len(text)) for start, text in zip(starts[:-1], texts, strict=True)]
    ids = np.full(starts[-1] - _GAP, texts[0][0], dtype=np.int64)  # (places,)
    outside = np.ones(len(ids), dtype=np.bool_)  # (places,)
    for text, place in zip(texts, places, strict=True):
        ids[place], outside[place] = text, False
    return ids, outside, places


def _sum_of_rows(features: Floats, mean: Floats, scale: Floats) -> Floats:
    """The sum of the rows, each less its mean and times its scale  # (features,)."""
    total: Floats = scale @ features - np.float32(scale @ mean)
    return total


def _shifted(tokens: int, offset: int) -> tuple[slice, slice]:
    """Rows t, and rows t + offset, of those t for which both lie in 0..tokens."""
    first, last = max(0, -offset), min(tokens, tokens - offset)
    last = max(first, last)
    return slice(first, last), slice(first + offset, last + offset)


def _check_shapes(weights: Mapping[str, NDArray[np.float32]], embedding: int, channels: int) -> None:
    """ValueError or KeyError if an array is missing or has another shape than the network needs."""
    features, states = embedding + len(BRANCHES) * channels, weights["cnn_W"].shape[1]
    inner, width = weights["d0"].shape[1], weights["d3"].shape[1]
    expected: dict[str, tuple[int, ...]] = {
        "scale": (CHUNKS,),
        "lo": (CHUNKS,),
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
    for size, _ in BRANCHES:
        expected |= {f"proj{size}": (embedding, channels)}
        expected |= {f"{name}{size}": (channels,) for name in ("proj_b", "ln_g", "ln_b", "b1_", "b2_")}
        expected |= {f"{name}{size}": (size * channels, channels) for name in ("w1_", "w2_")}
    for name, shape in expected.items():
        if weights[name].shape != shape:
            raise ValueError(f"{name} has the shape {weights[name].shape}, not {shape}")
