"""What the meaning vectors of a source and its translation say of its rating: linear maps trained on human ratings.

A map reads the product of the two unit vectors, the size of their difference, and both (the features of COMET, Rei et
al. 2020, without its layers). One serves all languages that the encoder was trained on; languages it was not trained on
have their own where ratings were to be had. Trained by models.meaning_rating.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mtqa.errors import ModelError
from mtqa.modeling.shipped import read_weights, shipped_folder
from mtqa.schema.roles import VectorRating

Floats = NDArray[np.float32]
FILE = "meaning_rating.safetensors"
COVERED = "covered"  # the map of all languages of the encoder
_BOUND = 3.0  # standard deviations of a rating


def features(source: Floats, translation: Floats) -> Floats:
    """Unit vectors  # (..., width) -> what a map reads  # (..., 4 width + 1): product, distance, both, and 1."""
    ones = np.ones((*source.shape[:-1], 1), dtype=source.dtype)
    return np.concatenate([source * translation, np.abs(source - translation), translation, source, ones], axis=-1)


class MeaningRating:
    """The maps: `weights` by language, ISO 639-1, and COVERED for the encoder's own  # (4 width + 1,) each."""

    def __init__(self, weights: Mapping[str, Floats], *, fingerprint: str = "") -> None:
        self._weights = weights
        self.fingerprint = fingerprint

    @classmethod
    def load(cls, folder: Path | None = None) -> MeaningRating:
        """From a folder, or the weights that ship. ModelError if they are damaged."""
        path = (folder or shipped_folder("meaning_rating", FILE, "the meaning rating")) / FILE
        weights, fingerprint = read_weights(path)
        if COVERED not in weights or {one.shape for one in weights.values()} != {weights[COVERED].shape}:
            raise ModelError(f"{path} is damaged: maps of the encoder are missing or differ")
        return cls(weights, fingerprint=fingerprint)

    def rating(self, language: str | None, *, is_covered: bool) -> VectorRating | None:
        """The map of a language as a function of two vectors, in standard deviations of a rating; None without one."""
        own = self._weights.get(COVERED if is_covered else (language or "").partition("-")[0])
        return None if own is None else partial(_rated, own)


def _rated(weights: Floats, source: Floats, translation: Floats) -> float:
    return max(-_BOUND, min(_BOUND, float(features(source, translation) @ weights)))
