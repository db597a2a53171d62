"""A meaning encoder that keeps what it said last: pairing, scores and rules ask for the same sentences."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from mtqa.schema.annotations import PairReading
from mtqa.schema.roles import MeaningEncoder, TextMeaning, VectorRating

_MOST = 4096  # texts; some 2 kB each
_MOST_TOKENS = 20_000  # of the texts that were read; some 2.5 kB each


class RememberedEncoder:
    """Implements schema.roles.MeaningEncoder over another one."""

    def __init__(self, encoder: MeaningEncoder, *, most: int = _MOST, most_tokens: int = _MOST_TOKENS) -> None:
        self._encoder = encoder
        self._most, self._most_tokens = most, most_tokens
        self._known: OrderedDict[str, NDArray[np.float32]] = OrderedDict()
        self._read: OrderedDict[str, TextMeaning] = OrderedDict()
        self._tokens = 0  # of all texts in _read
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
        """As the encoder; texts that were read lately are not read again."""
        with self._lock:
            found = {text: self._read[text] for text in texts if text in self._read}
        missing = [text for text in dict.fromkeys(texts) if text not in found]
        if missing:
            meanings = self._encoder.read(missing)
            found |= zip(missing, meanings, strict=True)
        with self._lock:
            for text in dict.fromkeys(texts):
                if text not in self._read:
                    self._read[text] = found[text]
                    self._tokens += len(found[text].spans)
                self._read.move_to_end(text)
            while self._tokens > self._most_tokens:
                self._tokens -= len(self._read.popitem(last=False)[1].spans)
        self._remember({text: found[text].vector for text in texts})
        return [found[text] for text in texts]

    def rating(self, language: str | None) -> VectorRating | None:
        """As the encoder."""
        return self._encoder.rating(language)

    def read_pairs(self, pairs: Sequence[tuple[TextMeaning, TextMeaning]]) -> list[PairReading] | None:
        """As the encoder."""
        return self._encoder.read_pairs(pairs)

    def _remember(self, vectors: Mapping[str, NDArray[np.float32]]) -> None:
        with self._lock:
            for text, vector in vectors.items():
                self._known[text] = vector
                self._known.move_to_end(text)
            while len(self._known) > self._most:
                self._known.popitem(last=False)


class ReadAhead:
    """What pairing asks, of sentences that are looked at word by word later: they are read at once, and remembered."""

    def __init__(self, encoder: RememberedEncoder) -> None:
        self._encoder = encoder

    def embed(self, texts: Sequence[str]) -> list[NDArray[np.float32]]:
        """As the encoder."""
        return [meaning.vector for meaning in self._encoder.read(texts)]
