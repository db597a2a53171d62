"""Reads a source and its translation together: a small trained network over the meaning encoder's tokens, in numpy.

Each token is compared with what answers it on the other side (soft alignment by cosines; decomposable attention, Parikh
et al. 2016, Chen et al. 2017), then two transformer layers see the tokens of both sides. Trained by models.pair_reading
on pairs with planted errors and on rated ones; the encoder's own weights stay as they are.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mtqa.errors import ModelError
from mtqa.modeling.shipped import read_weights, shipped_folder
from mtqa.schema.annotations import PairReading

Floats = NDArray[np.float32]
FILE = "pair_reader.safetensors"
_MOST_TOKENS = 256  # of a side; of longer texts the beginning is read
_LAYERS = 2
_EPSILON = np.float32(1e-5)
_LAYER = (
    "before.weight before.bias mixed.weight mixed.bias joined.weight joined.bias between.weight between.bias "
    "wide.weight wide.bias narrow.weight narrow.bias"
).split()
_PARTS = frozenset(
    "input.weight input.bias sharpness nothing compared.weight compared.bias level.weight level.bias side token.weight "
    "token.bias weight.weight weight.bias pooled.weight pooled.bias score.weight score.bias".split()
) | {f"layers.{number}.{name}" for number in range(_LAYERS) for name in _LAYER}


class PairReader:
    """The network. Safe for threads; a pair's reading depends on the pair alone."""

    def __init__(self, weights: Mapping[str, Floats], *, fingerprint: str = "") -> None:
        """ModelError if parts are missing or do not fit each other."""
        if weights.keys() != _PARTS:
            raise ModelError(f"missing or unknown parts: {', '.join(sorted(weights.keys() ^ _PARTS))}")
        self._weights = weights
        self._heads = len(weights["sharpness"])
        self._width = weights["side"].shape[1]
        keys = len(weights["input.bias"]) - 2 * self._width
        # The first head has as many numbers for its keys as the tokens have, the others share the rest.
        narrow = (keys - self._width) // max(1, self._heads - 1)
        borders = [0, *(self._width + narrow * number for number in range(self._heads))]
        self._keys = [slice(low, high) for low, high in itertools.pairwise(borders)]
        if keys != borders[-1] or weights["compared.weight"].shape[1] != 4 * self._width + 2 * self._heads:
            raise ModelError("parts do not fit each other")
        self.fingerprint = fingerprint

    @classmethod
    def load(cls, folder: Path | None = None) -> PairReader:
        """From a folder, or the weights that ship. ModelError if they are damaged."""
        path = (folder or shipped_folder("pair_reading", FILE, "the pair reader")) / FILE
        weights, fingerprint = read_weights(path)
        try:
            return cls(weights, fingerprint=fingerprint)
        except ModelError as error:
            raise ModelError(f"{path} is damaged: {error}") from error

    def read(self, source: Floats, translation: Floats) -> PairReading:
        """States of the tokens of both sides  # (tokens, state width) each, at least one -> what they say together."""
        own = self._weights
        inputs = [one[:_MOST_TOKENS] @ own["input.weight"].T + own["input.bias"] for one in (source, translation)]
        width = self._width
        values = [one[:, width : 2 * width] for one in inputs]
        keys = [[_unit(one[:, 2 * width :][:, part]) for part in self._keys] for one in inputs]
        rows = []
        for side, other in ((0, 1), (1, 0)):
            token = inputs[side][:, :width]
            answer, figures = self._answered(keys[side], keys[other], values[other])
            joined = np.concatenate([token, answer, token * answer, np.abs(token - answer), figures], axis=1)
            compared = np.maximum(self._linear(joined, "compared"), 0)
            rows.append(self._normal(compared, "level") + own["side"][side])
        border = len(rows[0])
        tokens = np.concatenate(rows)  # (tokens of both, width)
        for number in range(_LAYERS):
            tokens = self._layer(tokens, f"layers.{number}.")
        logits, weights = self._linear(tokens, "token")[:, 0], self._linear(tokens, "weight")[:, 0]
        parts, worst = [], []
        for part in (slice(0, border), slice(border, None)):
            share = _softmax(weights[part])
            parts += [tokens[part].mean(axis=0), share @ tokens[part]]
            worst.append(np.logaddexp.reduce(logits[part]))
        pooled = np.maximum(self._linear(np.concatenate([*parts, np.array(worst, np.float32)]), "pooled"), 0)
        said = 1.0 / (1.0 + np.exp(-logits.astype(np.float64)))
        return PairReading(float(self._linear(pooled, "score")[0]), said[:border], said[border:])

    def _answered(self, keys: Sequence[Floats], others: Sequence[Floats], values: Floats) -> tuple[Floats, Floats]:
        """What answers each token  # (tokens, width); per head its best cosine, and how far anything answers it
        # (tokens, 2 heads).
        """
        answers, best, mass = [], [], []
        step = self._width // self._heads
        for head, (one, other) in enumerate(zip(keys, others, strict=True)):
            sharpness = self._weights["sharpness"][head]
            cosine = one @ other.T  # (tokens, other tokens)
            nothing = np.full((len(one), 1), sharpness * self._weights["nothing"][head], dtype=np.float32)
            share = _softmax(np.concatenate([sharpness * cosine, nothing], axis=1))[:, :-1]
            answers.append(share @ values[:, head * step : (head + 1) * step])
            best.append(cosine.max(axis=1))
            mass.append(share.sum(axis=1))
        return np.concatenate(answers, axis=1), np.stack([*best, *mass], axis=1)

    def _layer(self, tokens: Floats, name: str) -> Floats:
        """Attention of all tokens to all, and a layer for each alone  # (tokens, width)."""
        count, step = len(tokens), self._width // self._heads
        mixed = self._linear(self._normal(tokens, f"{name}before"), f"{name}mixed")
        queries, keys, values = mixed.reshape(count, 3, self._heads, step).transpose(1, 2, 0, 3)
        seen = _softmax(queries @ keys.swapaxes(1, 2) / np.float32(np.sqrt(step))) @ values  # (heads, tokens, step)
        tokens = tokens + self._linear(seen.swapaxes(0, 1).reshape(count, self._width), f"{name}joined")
        hidden = np.maximum(self._linear(self._normal(tokens, f"{name}between"), f"{name}wide"), 0)
        return tokens + self._linear(hidden, f"{name}narrow")

    def _linear(self, inputs: Floats, name: str) -> Floats:
        outputs: Floats = inputs @ self._weights[f"{name}.weight"].T + self._weights[f"{name}.bias"]
        return outputs

    def _normal(self, rows: Floats, name: str) -> Floats:
        """Layer normalisation."""
        off = rows - rows.mean(axis=1, keepdims=True)
        scale = 1 / np.sqrt(np.einsum("ij,ij->i", off, off) / np.float32(rows.shape[1]) + _EPSILON)
        normal: Floats = off * scale[:, None] * self._weights[f"{name}.weight"] + self._weights[f"{name}.bias"]
        return normal


def _unit(rows: Floats) -> Floats:
    unit: Floats = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), np.float32(1e-12))
    return unit


def _softmax(logits: Floats) -> Floats:
    shares: Floats = np.exp(logits - logits.max(axis=-1, keepdims=True))
    shares /= shares.sum(axis=-1, keepdims=True)
    return shares
