"""Reads a source and its translation together: a small trained network over the meaning encoder's tokens, in numpy.

Each token is compared with what answers it on the other side (soft alignment by cosines; decomposable attention, Parikh
et al. 2016, Chen et al. 2017), then two transformer layers see the tokens of both sides. Trained by models.pair_reading
on pairs with planted errors and on rated ones; the encoder's own weights stay as they are.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
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
    """The network. Safe for threads; a pair's reading depends on the pair alone.

    A pair is a few dozen rows, so that calls cost as much as numbers: both sides are one matrix, heads are stacked, and
    what normalisation multiplies and adds is part of the weights behind it.
    """

    def __init__(self, weights: Mapping[str, Floats], *, fingerprint: str = "") -> None:
        """ModelError if parts are missing or do not fit each other."""
        if weights.keys() != _PARTS:
            raise ModelError(f"missing or unknown parts: {', '.join(sorted(weights.keys() ^ _PARTS))}")
        self._heads = len(weights["sharpness"])
        self._width = weights["side"].shape[1]
        keys = len(weights["input.bias"]) - 2 * self._width
        # The first head has as many numbers for its keys as the tokens have, the others share the rest.
        narrow = (keys - self._width) // max(1, self._heads - 1)
        sizes = [self._width] + [narrow] * (self._heads - 1)
        if keys != sum(sizes) or weights["compared.weight"].shape[1] != 4 * self._width + 2 * self._heads:
            raise ModelError("parts do not fit each other")
        borders = [0, *itertools.accumulate(sizes)]
        self._keys = [slice(low, high) for low, high in itertools.pairwise(borders)]
        self._starts, self._sizes = np.array(borders[:-1]), np.array(sizes)
        self._sharpness = weights["sharpness"][:, None, None]  # (heads, 1, 1)
        self._nothing = (weights["sharpness"] * weights["nothing"])[:, None, None]
        self._weights = _folded(weights, self._width // self._heads)
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
        sides = [source[:_MOST_TOKENS], translation[:_MOST_TOKENS]]
        border, width = len(sides[0]), self._width
        inputs = self._linear(np.concatenate(sides), "input")  # (tokens of both, 2 width + keys)
        token = inputs[:, :width]
        answer, figures = self._answered(self._unit_keys(inputs[:, 2 * width :]), inputs[:, width : 2 * width], border)
        joined = np.concatenate([token, answer, token * answer, np.abs(token - answer), figures], axis=1)
        tokens = _normal(np.maximum(self._linear(joined, "compared"), 0))  # (tokens of both, width)
        tokens *= self._weights["level.weight"]
        tokens[:border] += self._weights["level.bias"][0]
        tokens[border:] += self._weights["level.bias"][1]
        for number in range(_LAYERS):
            tokens = self._layer(tokens, f"layers.{number}.")
        logits, weights = self._linear(tokens, "last").T
        parts, worst = [], []
        for part in (slice(0, border), slice(border, None)):
            share = _softmax(weights[part])
            parts += [tokens[part].mean(axis=0), share @ tokens[part]]
            worst.append(np.logaddexp.reduce(logits[part]))
        pooled = np.maximum(self._linear(np.concatenate([*parts, np.array(worst, np.float32)]), "pooled"), 0)
        said = 1.0 / (1.0 + np.exp(-logits.astype(np.float64)))
        return PairReading(float(self._linear(pooled, "score")[0]), said[:border], said[border:])

    def _unit_keys(self, keys: Floats) -> Floats:
        """The keys of each head, of unit length  # (tokens, keys)."""
        lengths = np.sqrt(np.add.reduceat(keys * keys, self._starts, axis=1))  # (tokens, heads)
        unit: Floats = keys / np.repeat(np.maximum(lengths, np.float32(1e-12)), self._sizes, axis=1)
        return unit

    def _answered(self, keys: Floats, values: Floats, border: int) -> tuple[Floats, Floats]:
        """What answers each token on the other side  # (tokens of both, width); per head its best cosine, and how far
        anything answers it  # (tokens of both, 2 heads).
        """
        cosine = np.stack([keys[:border, part] @ keys[border:, part].T for part in self._keys])
        values = values.reshape(len(values), self._heads, -1).swapaxes(0, 1)  # (heads, tokens of both, step)
        found = []
        for own, others in ((cosine, values[:, border:]), (cosine.swapaxes(1, 2), values[:, :border])):
            best = own.max(axis=2)  # (heads, tokens)
            highest = np.maximum(self._sharpness * best[:, :, None], self._nothing)
            shares = np.exp(self._sharpness * own - highest)  # (heads, tokens, other tokens)
            whole = shares.sum(axis=2, keepdims=True)
            mass = whole / (whole + np.exp(self._nothing - highest))
            answer = (shares @ others) * (mass / whole)  # (heads, tokens, step)
            answer = answer.swapaxes(0, 1).reshape(own.shape[1], -1)
            found.append((answer, np.concatenate([best, mass[:, :, 0]]).T))
        (first, figures), (second, others_figures) = found
        return np.concatenate([first, second]), np.concatenate([figures, others_figures])

    def _layer(self, tokens: Floats, name: str) -> Floats:
        """Attention of all tokens to all, and a layer for each alone  # (tokens, width)."""
        count = len(tokens)
        mixed = self._linear(_normal(tokens), f"{name}mixed")
        queries, keys, values = mixed.reshape(count, 3, self._heads, -1).transpose(1, 2, 0, 3)
        seen = _softmax(queries @ keys.swapaxes(1, 2)) @ values  # (heads, tokens, step)
        tokens = tokens + self._linear(seen.swapaxes(0, 1).reshape(count, -1), f"{name}joined")
        hidden = np.maximum(self._linear(_normal(tokens), f"{name}wide"), 0)
        return tokens + self._linear(hidden, f"{name}narrow")

    def _linear(self, inputs: Floats, name: str) -> Floats:
        outputs: Floats = inputs @ self._weights[f"{name}.weight"].T
        outputs += self._weights[f"{name}.bias"]
        return outputs


def _folded(weights: Mapping[str, Floats], step: int) -> dict[str, Floats]:
    """The weights as `read` wants them: the normalisation of the layers, and the scale of their queries, in the maps
    behind it; the two outputs of a token in one map.
    """
    found = dict(weights)
    for number in range(_LAYERS):
        for norm, behind in (("before", "mixed"), ("between", "wide")):
            scale, offset = (found.pop(f"layers.{number}.{norm}.{name}") for name in ("weight", "bias"))
            matrix = found[f"layers.{number}.{behind}.weight"]
            found[f"layers.{number}.{behind}.bias"] = found[f"layers.{number}.{behind}.bias"] + matrix @ offset
            found[f"layers.{number}.{behind}.weight"] = matrix * scale
        for name in ("weight", "bias"):
            mixed = found[f"layers.{number}.mixed.{name}"].copy()
            mixed[: len(mixed) // 3] /= np.float32(np.sqrt(step))
            found[f"layers.{number}.mixed.{name}"] = mixed
    found["level.bias"] = found["level.bias"] + found.pop("side")  # (2, width)
    for name in ("weight", "bias"):
        found[f"last.{name}"] = np.concatenate([found.pop(f"token.{name}"), found.pop(f"weight.{name}")])
    return {name: np.asfortranarray(value) for name, value in found.items()}


def _normal(rows: Floats) -> Floats:
    """Each row less its mean, of unit deviation."""
    off: Floats = rows - rows.mean(axis=1, keepdims=True)
    off /= np.sqrt(np.einsum("ij,ij->i", off, off) / np.float32(rows.shape[1]) + _EPSILON)[:, None]
    return off


def _softmax(logits: Floats) -> Floats:
    shares: Floats = np.exp(logits - logits.max(axis=-1, keepdims=True))
    shares /= shares.sum(axis=-1, keepdims=True)
    return shares
