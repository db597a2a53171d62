"""Which words of one text another text in another language says: a small trained map over the meaning encoder's tokens.

The map gives each token a unit vector and a threshold; a token is said as far as its best cosine with the tokens of
the other side passes its threshold. Trained by models.word_cover; the encoder's own weights stay as they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mtqa.errors import ModelError
from mtqa.modeling.shipped import read_weights, shipped_folder

Floats = NDArray[np.float32]
FILE = "word_cover.safetensors"
_PARTS = frozenset(
    "straight.weight straight.bias hidden.weight hidden.bias bent.weight threshold.weight threshold.bias slope".split()
)


class WordCover:
    """The map, in numpy."""

    def __init__(self, weights: Mapping[str, Floats], *, fingerprint: str = "") -> None:
        self._weights = weights
        self._both = np.concatenate([weights["hidden.weight"], weights["straight.weight"]]).T.copy()
        self._hidden = len(weights["hidden.weight"])
        self.fingerprint = fingerprint
        self.slope = float(weights["slope"][0])

    @classmethod
    def load(cls, folder: Path | None = None) -> WordCover:
        """From a folder, or the weights that ship. ModelError if they are damaged."""
        path = (folder or shipped_folder("word_cover", FILE, "the word cover")) / FILE
        weights, fingerprint = read_weights(path)
        if weights.keys() != _PARTS:
            raise ModelError(f"{path} is damaged; missing or unknown: {', '.join(sorted(weights.keys() ^ _PARTS))}")
        return cls(weights, fingerprint=fingerprint)

    def map_of_states(self) -> Floats:
        """The linear part of the map  # (width, state width), from which models.pair_reading starts."""
        return self._weights["straight.weight"]

    def words(self, states: Floats) -> Floats:
        """States  # (tokens, state width) -> vectors, whose products are logits, and in the last column thresholds
        # (tokens, width + 1).
        """
        own = self._weights
        both = states @ self._both  # (tokens, hidden + width)
        hidden = np.maximum(both[:, : self._hidden] + own["hidden.bias"], 0.0)  # (tokens, hidden)
        mapped = both[:, self._hidden :] + own["straight.bias"] + hidden @ own["bent.weight"].T
        unit = mapped / np.maximum(np.linalg.norm(mapped, axis=1, keepdims=True), 1e-9)
        threshold = hidden @ own["threshold.weight"].T + own["threshold.bias"]  # (tokens, 1)
        return np.concatenate([unit * np.sqrt(self.slope), threshold], axis=1).astype(np.float32)
