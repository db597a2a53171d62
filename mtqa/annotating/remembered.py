"""A meaning encoder that keeps what it embedded last: pairing, scores and rules ask for the same sentences."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from mtqa.schema.roles import MeaningEncoder, TextMeaning

_MOST = 4096  # texts; some 2 kB each


class RememberedEncoder:
    """Implements schema.roles.MeaningEncoder over another one."""

    def __init__(self, encoder: MeaningEncoder, *, most: int = _MOST) -> None:
        self._encoder = encoder
        self._most = most
        self._known: OrderedDict[str, NDArray[np.float32]] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def languages(self) -> frozenset[str]:
        """As the encoder."""
        return self._encoder.languages

    @property
    def signature(self) -> str:
        """As the encoder."""
        return self._encoder.signature

    def embed(self, texts: Sequence[str]) -> list[NDArray[np.float32]]:
        """As the encoder; texts that were asked for lately are not embedded again."""
        with self._lock:
            found = {text: self._known[text] for text in texts if text in self._known}
        missing = [text for text in dict.fromkeys(texts) if text not in found]
        if missing:
            found |= zip(missing, self._encoder.embed(missing), strict=True)
        self._remember({text: found[text] for text in texts})
        return [found[text] for text in texts]

    def read(self, texts: Sequence[str]) -> list[TextMeaning]:
        """As the encoder; the vectors are remembered."""
        found = self._encoder.read(texts)
        self._remember({text: meaning.vector for text, meaning in zip(texts, found, strict=True)})
        return found

    def _remember(self, vectors: Mapping[str, NDArray[np.float32]]) -> None:
        with self._lock:
            for text, vector in vectors.items():
                self._known[text] = vector
                self._known.move_to_end(text)
            while len(self._known) > self._most:
                self._known.popitem(last=False)
