"""Which words of one text another text in another language says: a small trained map over the meaning encoder's tokens.

The map gives each token a unit vector and a threshold; a token is said as far as its best cosine with the tokens of
the other side passes its threshold. Trained by models.word_cover; the encoder's own weights stay as they are.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file

from mtqa.errors import ModelError

Floats = NDArray[np.float32]
FILE = "word_cover.safetensors"
_PARTS = frozenset(
    "straight.weight straight.bias hidden.weight hidden.bias bent.weight threshold.weight threshold.bias slope".split()
)
_ROOT = Path(__file__).parents[1]
_PLACES = (_ROOT / "weights" / "word_cover", _ROOT.parent / "models" / "word_cover" / "weights")


def weights_folder(*, make: bool = False) -> Path:
    """Where the weights lie: in the package, or in a clone. `make`: the folder of a clone, made if need be."""
    if make:
        _PLACES[1].mkdir(parents=True, exist_ok=True)
        return _PLACES[1]
    for place in _PLACES:
        if (place / FILE).is_file():
            return place
    raise ModelError(f"the word cover is missing from this installation ({_PLACES[0]}); install mtqa again")


class WordCover:
    """The map, in numpy."""

    def __init__(self, weights: Mapping[str, Floats], *, fingerprint: str = "") -> None:
        self._weights = weights
        self.fingerprint = fingerprint
        self.slope = float(weights["slope"][0])

    @classmethod
    def load(cls, folder: Path | None = None) -> WordCover:
        """From a folder, or the weights that ship. ModelError if they are damaged."""
        path = (folder or weights_folder()) / FILE
        try:
            stored = load_file(path)
        except (OSError, SafetensorError) as error:
            raise ModelError(f"{path} is damaged: {error}") from error
        if stored.keys() != _PARTS:
            raise ModelError(f"{path} is damaged; missing or unknown: {', '.join(sorted(stored.keys() ^ _PARTS))}")
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        return cls(
            {name: np.asarray(value, dtype=np.float32) for name, value in stored.items()}, fingerprint=digest[:4]
        )

    def words(self, states: Floats) -> Floats:
        """States  # (tokens, state width) -> vectors times slope in the first columns, thresholds in the last
        # (tokens, width + 1): `said` needs no more.
        """
        own = self._weights
        hidden = np.maximum(states @ own["hidden.weight"].T + own["hidden.bias"], 0.0)  # (tokens, hidden)
        mapped = states @ own["straight.weight"].T + own["straight.bias"] + hidden @ own["bent.weight"].T
        unit = mapped / np.maximum(np.linalg.norm(mapped, axis=1, keepdims=True), 1e-9)
        threshold = hidden @ own["threshold.weight"].T + own["threshold.bias"]  # (tokens, 1)
        return np.concatenate([unit * np.sqrt(self.slope), threshold], axis=1).astype(np.float32)
