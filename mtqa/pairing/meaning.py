"""How alike in meaning two groups of sentences are, in the manner of vecalign (Thompson and Koehn, EMNLP 2019).

Every sentence and every two neighbours are embedded. The distance 1 - cos of two groups is divided by the mean of their
distances to the sentences of the other side, which takes away that some sentences are near to everything.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mtqa.pairing.lengths import Floats

_LEAST_MEAN = 0.05  # a document of one repeated sentence has no distances to speak of
# Log-likelihood ratio of a translation against a random pair, as linear in the relative distance; chosen on WMT21.
_NATS = 20.0
_EVEN = 0.75


class TextEncoder(Protocol):
    """Anything that turns texts of any language into vectors."""

    def embed(self, texts: Sequence[str], /) -> ArrayLike:
        """One vector per text, in order, of length 1."""
        ...


class Meaning:
    """Embedded sentences and neighbours of both sides."""

    def __init__(self, encoder: TextEncoder, sources: Sequence[str], targets: Sequence[str]) -> None:
        self._sources = _embed(encoder, sources)  # per group size - 1: (groups, dimensions)
        self._targets = _embed(encoder, targets)
        # The mean over all sentences is one product with their mean vector; vecalign draws a sample instead.
        middle_source, middle_target = self._sources[0].mean(axis=0), self._targets[0].mean(axis=0)
        self._source_means = [1.0 - vectors @ middle_target for vectors in self._sources]
        self._target_means = [1.0 - vectors @ middle_source for vectors in self._targets]

    def cost(self, source: int, of_source: int, low: int, high: int, of_target: int) -> Floats:
        """Cost in nats of pairing a source group with the target groups that begin in [low, high)."""
        vectors = self._targets[of_target - 1][low:high]
        distance = 1.0 - vectors @ self._sources[of_source - 1][source]
        mean = (self._source_means[of_source - 1][source] + self._target_means[of_target - 1][low:high]) / 2
        relative = distance / np.maximum(mean, _LEAST_MEAN)
        result: Floats = (_NATS * (relative - _EVEN)).astype(np.float64)
        return result


def _embed(encoder: TextEncoder, texts: Sequence[str]) -> list[NDArray[np.float32]]:
    overlaps = [f"{first} {second}" for first, second in pairwise(texts)]
    vectors = np.asarray(encoder.embed([*texts, *overlaps]), dtype=np.float32)
    if vectors.ndim != 2 or len(vectors) != len(texts) + len(overlaps):
        raise ValueError(f"the encoder gave an array of shape {vectors.shape} for {len(texts) + len(overlaps)} texts")
    return [vectors[: len(texts)], vectors[len(texts) :]]
