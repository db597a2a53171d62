"""The token head of a tier: which tokens a post-editor would change, by what all models of the tier make of them.

Each model has a token head of its own, which its encoder was trained with; this one reads the features of all models
side by side and was trained afterwards, on frozen encoders (models.quality_en.token_head). It judges a token with its
neighbours, with what an attention over the whole window finds for it, and with the mean of the window.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mtqa.errors import ModelError
from mtqa.modeling.quality_model import (
    ATTENTION_HEADS,
    FARTHEST,
    NEIGHBOURS,
    Floats,
    Reading,
    attended,
    beside,
    windows_of,
)
from mtqa.modeling.shipped import read_weights
from mtqa.modeling.threads import one_thread_each
from mtqa.modeling.tokens import merge_spans, overlapping

_LEAST_SPREAD = 1e-6


class TokenHead:
    """`weights` are numbers of the network of models.quality_en.token_head, `width` of all features of a token.

    `bias` is added to every logit. ModelError for weights of another shape.
    """

    def __init__(self, weights: Mapping[str, Floats], *, width: int, bias: float = 0.0) -> None:
        hidden = len(weights.get("hidden.bias", ()))
        attention = len(weights.get("token_attention.bias", ())) // 3
        shapes: dict[str, tuple[int, ...]] = {
            "mean": (width,),
            "spread": (width,),
            "token_attention.weight": (3 * attention, width),
            "token_attention.bias": (3 * attention,),
            "token_distance": (ATTENTION_HEADS, 2 * FARTHEST + 1),
            "hidden.weight": (hidden, (len(NEIGHBOURS) + 1) * width + attention),
            "hidden.bias": (hidden,),
            "second.weight": (hidden, hidden),
            "second.bias": (hidden,),
            "output.weight": (1, hidden),
            "output.bias": (1,),
        }
        wrong = [name for name in shapes.keys() | weights.keys() if _shape(weights, name) != shapes.get(name)]
        if wrong or not hidden or not attention or attention % ATTENTION_HEADS:
            raise ModelError(f"weights of a token head do not fit: {', '.join(sorted(wrong)) or 'they are empty'}")
        if not all(np.isfinite(value).all() for value in weights.values()) or weights["spread"].min() < _LEAST_SPREAD:
            raise ModelError("weights of a token head hold what is no number, or no spread")
        self._weights = dict(weights)
        self.bias = bias

    @classmethod
    def load(cls, path: Path, *, width: int, bias: float = 0.0) -> TokenHead:
        """ModelError if the file is damaged or of a tier with other models."""
        weights, _ = read_weights(path)
        try:
            return cls(weights, width=width, bias=bias)
        except ModelError as error:
            raise ModelError(f"{path}: {error}") from error

    @one_thread_each()
    def logits(self, readings: Sequence[Reading]) -> NDArray[np.float64]:
        """Logit that a token is wrong, for the gapless spans of the first model's tokens  # (spans,)."""
        features = side_by_side(readings)  # (spans, width)
        if not len(features):  # a vocabulary may drop every character of a text ("\u200b")
            return np.zeros(0)
        found = np.zeros(len(features))
        for window in windows_of(len(features)):
            own = self._read(features[window.start : window.end])
            found[window.start + window.skip : window.end] = own[window.skip :]
        return found + self.bias

    def _read(self, features: Floats) -> Floats:
        """Logits of one window  # (spans,)."""
        own = self._weights
        seen = (features - own["mean"]) / own["spread"]
        context = np.broadcast_to(seen.mean(axis=0), seen.shape)
        found = attended(own, seen[None])[0]
        inputs = np.concatenate([*(beside(seen, by) for by in NEIGHBOURS), found, context], axis=1)
        hidden = np.tanh(inputs @ own["hidden.weight"].T + own["hidden.bias"])  # (spans, hidden)
        hidden = hidden + np.tanh(hidden @ own["second.weight"].T + own["second.bias"])
        logits: Floats = (hidden @ own["output.weight"].T + own["output.bias"])[:, 0]
        return logits


def side_by_side(readings: Sequence[Reading]) -> Floats:
    """Features of all models for the gapless spans of the first one's tokens: means over the tokens of each model that
    overlap a span, of the pieces of one character the last; zeros of a model whose vocabulary dropped the whole text  #
    (spans, width).
    """
    spans = [span for span, _ in merge_spans(readings[0].encoded.ends)]
    starts, ends = [span.start for span in spans], [span.end for span in spans]
    return np.concatenate([_means(one, starts, ends) for one in readings], axis=1)


def _means(reading: Reading, starts: Sequence[int], ends: Sequence[int]) -> Floats:
    """Mean features of the tokens of one model over each span  # (spans, FEATURES)."""
    features = reading.features  # (tokens, FEATURES)
    if not len(features):
        return np.zeros((len(starts), features.shape[1]), dtype=np.float32)
    total = np.cumsum(np.vstack([np.zeros_like(features[:1]), features]), axis=0, dtype=np.float64)  # (tokens + 1, F)
    first, until = overlapping(starts, ends, reading.encoded.ends)
    means: Floats = ((total[until] - total[first]) / (until - first)[:, None]).astype(np.float32)
    return means


def _shape(weights: Mapping[str, Floats], name: str) -> tuple[int, ...] | None:
    return weights[name].shape if name in weights else None
