"""How alike in meaning two groups of sentences are, in the manner of vecalign (Thompson and Koehn, EMNLP 2019).

Every sentence is embedded, and two neighbours together where an alignment asks for them: until then the mean of both
stands for them. The distance 1 - cos of two groups is divided by the mean of their distances to the sentences of the
other side, which takes away that some sentences are near to everything.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mtqa.pairing.lengths import Floats

Floats32 = NDArray[np.float32]
_LEAST_LENGTH = 1e-6  # of the sum of two vectors, which may be opposite
_LEAST_MEAN = 0.05  # a document of one repeated sentence has no distances to speak of
# Log-likelihood ratio of a translation against a random pair, as linear in the relative distance; chosen on WMT21.
_NATS = 20.0
_EVEN = 0.75


class TextEncoder(Protocol):
    """Anything that turns texts of any language into vectors."""

    def embed(self, texts: Sequence[str], /) -> ArrayLike:
        """One vector per text, in order, of length 1."""
        ...


class Side:
    """The sentences of one side: `vectors[size - 1]` of groups of one and of two  # (groups, dimensions).

    `alone`: the vectors of the sentences  # (sentences, dimensions).
    """

    def __init__(self, encoder: TextEncoder, texts: Sequence[str], alone: Floats32) -> None:
        self._encoder = encoder
        self._texts = texts
        both = alone[:-1] + alone[1:]
        lengths = np.linalg.norm(both, axis=1, keepdims=True)
        self.vectors = [alone, both / np.maximum(lengths, _LEAST_LENGTH)]

    def embed_neighbours(self, places: Collection[int]) -> None:
        """Embed the two sentences from each of these places on as one text; places beyond the last two are ignored."""
        known = sorted(place for place in places if 0 <= place < len(self._texts) - 1)
        if known:
            texts = [f"{self._texts[place]} {self._texts[place + 1]}" for place in known]
            self.vectors[1][known] = _embedded(self._encoder, texts)


def _embedded(encoder: TextEncoder, texts: Sequence[str]) -> Floats32:
    vectors = np.array(encoder.embed(texts), dtype=np.float32)
    if vectors.ndim != 2 or len(vectors) != len(texts):
        raise ValueError(f"the encoder gave an array of shape {vectors.shape} for {len(texts)} texts")
    return vectors


class Meaning:
    """Embedded sentences and neighbours of both sides, none of which may be empty."""

    def __init__(self, encoder: TextEncoder, sources: Sequence[str], targets: Sequence[str]) -> None:
        alone = _embedded(encoder, [*sources, *targets])
        self._source = Side(encoder, sources, alone[: len(sources)])
        self._target = Side(encoder, targets, alone[len(sources) :])
        self._measure()

    def embed_neighbours(self, sources: Collection[int], targets: Collection[int]) -> None:
        """Know what every two sentences that begin at these places mean together."""
        self._source.embed_neighbours(sources)
        self._target.embed_neighbours(targets)
        self._measure()

    def _measure(self) -> None:
        sources, targets = self._source.vectors, self._target.vectors
        # The mean over all sentences is one product with their mean vector; vecalign draws a sample instead.
        middle_source, middle_target = sources[0].mean(axis=0), targets[0].mean(axis=0)
        self._source_means = [1.0 - vectors @ middle_target for vectors in sources]
        self._target_means = [1.0 - vectors @ middle_source for vectors in targets]

    def cost(self, source: int, of_source: int, low: int, high: int, of_target: int) -> Floats:
        """Cost in nats of pairing a source group with the target groups that begin in [low, high)."""
        vectors = self._target.vectors[of_target - 1][low:high]
        distance = 1.0 - vectors @ self._source.vectors[of_source - 1][source]
        mean = (self._source_means[of_source - 1][source] + self._target_means[of_target - 1][low:high]) / 2
        relative = distance / np.maximum(mean, _LEAST_MEAN)
        result: Floats = (_NATS * (relative - _EVEN)).astype(np.float64)
        return result
