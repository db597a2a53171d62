"""A meaning encoder without weights: what it says of a text depends on the characters of the text alone."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from mtqa.schema.document import Span
from mtqa.schema.roles import TextMeaning

_WIDTH = 8


class FakeEncoder:
    """Vectors of eight numbers; one token per text. Blank texts are refused, as by encoders with weights."""

    languages = frozenset(("ar", "de", "en", "fr", "ru", "th", "zh"))
    signature = "fake"

    def embed(self, texts: Sequence[str]) -> list[NDArray[np.float32]]:
        """A vector of unit length per text  # (8,)."""
        return [_vector(text) for text in texts]

    def read(self, texts: Sequence[str]) -> list[TextMeaning]:
        """The vector, once more as the state of a token that is the whole text."""
        return [
            TextMeaning(vector, vector[None], (Span(0, len(text)),)) for text in texts for vector in [_vector(text)]
        ]


def _vector(text: str) -> NDArray[np.float32]:
    if not text.strip():
        raise ValueError("the text is blank")
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:_WIDTH]
    values = np.frombuffer(digest, dtype=np.uint8).astype(np.float32) + 1.0
    unit: NDArray[np.float32] = values / np.linalg.norm(values)
    return unit
