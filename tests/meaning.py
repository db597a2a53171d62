"""A meaning encoder with known vectors, for tests without weights.

encoder = FakeEncoder({"Der Hund bellt.": "dog", "The dog barks.": "dog"})   # cosine 1; any other texts: by chance
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from mtqa.schema.annotations import PairReading
from mtqa.schema.document import Span
from mtqa.schema.roles import TextMeaning, VectorRating

WIDTH = 12


class FakeEncoder:
    """A vector of unit length by text, equal for texts that `meanings` gives the same word; `asked` in order.

    `languages` empty: it takes itself to know all of them. `ratings`: per language what every translation is rated.
    `reading`: what every pair says when it is read together.
    """

    signature = "fake-encoder"

    def __init__(
        self,
        meanings: Mapping[str, str] | None = None,
        *,
        languages: frozenset[str] = frozenset(),
        ratings: Mapping[str, float] | None = None,
        reading: PairReading | None = None,
    ) -> None:
        self._meanings = meanings or {}
        self._ratings = ratings or {}
        self._reading = reading
        self.languages = languages
        self.asked: list[str] = []

    def embed(self, texts: Sequence[str]) -> list[NDArray[np.float32]]:
        """One vector per text. ValueError for a blank text."""
        self.asked.extend(texts)
        return [self._vector(text) for text in texts]

    def read(self, texts: Sequence[str]) -> list[TextMeaning]:
        """Vectors, and one state per word."""
        found = []
        for text, vector in zip(texts, self.embed(texts), strict=True):
            words = list(re.finditer(r"\S+", text))
            states = np.stack([self._vector(word.group()) for word in words])
            found.append(TextMeaning(vector, states, tuple(Span(*word.span()) for word in words)))
        return found

    def rating(self, language: str | None) -> VectorRating | None:
        """The same rating whatever the vectors are."""
        rated = self._ratings.get(language or "")
        return None if rated is None else lambda source, translation: rated

    def read_pairs(self, pairs: Sequence[tuple[TextMeaning, TextMeaning]]) -> list[PairReading] | None:
        """The same reading of every pair."""
        return None if self._reading is None else [self._reading] * len(pairs)

    def _vector(self, text: str) -> NDArray[np.float32]:
        if not text.strip():
            raise ValueError("a blank text has no meaning")
        digest = hashlib.sha256(self._meanings.get(text, text).encode("utf-8", "surrogatepass")).digest()
        vector = np.random.default_rng(int.from_bytes(digest[:8], "big")).normal(size=WIDTH).astype(np.float32)
        return np.asarray(vector / np.linalg.norm(vector), dtype=np.float32)
