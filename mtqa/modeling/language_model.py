"""A causal language model over an engine: windows, surprisal, scores, next words.

Every result depends on one text alone. Engines therefore never pad: sequences go through them in groups of exactly
equal length, which was measured to be bitwise the same as one by one, where padding moved sums by up to 1.6 nats.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from mtqa.modeling.tokens import Encoded, Tokenizer, merge_spans
from mtqa.schema.annotations import TokenSurprisal
from mtqa.schema.document import Span
from mtqa.schema.roles import Continuation

Floats = NDArray[np.float32]
_ROWS = 64  # rows of log-probabilities handled at a time, to bound memory
_WORD = re.compile(r"\s*[\w’'-]+")
_MOST_WORD_TOKENS = 5


class Engine(Protocol):
    """Runs a model over token ids. The first id of every sequence is only context."""

    signature: str
    workers: int
    start: int

    def log_probabilities(self, ids: Sequence[int]) -> Floats:
        """Log-probabilities of every next token  # (tokens, vocabulary)."""
        ...

    def scores(self, sequences: Sequence[Sequence[int]]) -> list[Floats]:
        """Log-probability of each token after the first, per sequence  # (tokens - 1,)."""
        ...

    def extend(self, ids: Sequence[int], width: int, most: int) -> list[list[int]]:
        """`width` greedy continuations of up to `most` tokens that begin with the `width` likeliest tokens."""
        ...


@dataclass(frozen=True, slots=True)
class _Window:
    """Tokens first..end of a text, to be scored with the tokens from `context` on before them."""

    text: int
    context: int
    first: int
    end: int


class CausalLanguageModel:
    """Implements schema.roles.LanguageModel.

    `window` and `context` in tokens: a longer text is read in windows that overlap by `context`.
    """

    def __init__(self, engine: Engine, tokenizer: Tokenizer, *, window: int = 320, context: int = 96) -> None:
        if not 0 < context < window:
            raise ValueError("the context must be shorter than the window")
        self.engine = engine
        self.tokenizer = tokenizer
        self._window = window
        self._context = context

    @property
    def signature(self) -> str:
        """Short hash of weights and engine."""
        return self.engine.signature

    def read(self, texts: Sequence[str]) -> list[tuple[TokenSurprisal, ...]]:
        """Surprisal of every token of every text; spans are gapless and in order."""
        encoded = [self.tokenizer.encode(text) for text in texts]
        windows = [window for number, one in enumerate(encoded) for window in self._windows(number, len(one.ids))]
        windows.sort(key=lambda window: window.context - window.end)  # longest first keeps all workers busy
        results: list[list[TokenSurprisal | None]] = [[None] * len(one.ids) for one in encoded]

        def read_window(window: _Window) -> None:
            rows = self._read_window(encoded[window.text], window)
            results[window.text][window.first : window.end] = rows

        self._in_parallel(read_window, windows)
        return [_merge(one, rows) for one, rows in zip(encoded, results, strict=True)]

    def score(self, texts: Sequence[str]) -> list[tuple[Encoded, Floats]]:
        """Per text its tokens and the log-probability of each, nats  # (tokens,)."""
        encoded = [self.tokenizer.encode(text) for text in texts]
        windows = [window for number, one in enumerate(encoded) for window in self._windows(number, len(one.ids))]
        sequences = [self._sequence(encoded[window.text], window) for window in windows]
        results = [np.zeros(len(one.ids), dtype=np.float32) for one in encoded]
        for window, scores in zip(windows, self.engine.scores(sequences), strict=True):
            results[window.text][window.first : window.end] = scores[window.first - window.context :]
        return list(zip(encoded, results, strict=True))

    def continuations(self, prefixes: Sequence[str], width: int) -> list[tuple[Continuation, ...]]:
        """The likeliest next words after each prefix (which ends with a whole word), best first; at most `width`.

        The `width` likeliest next tokens are completed greedily to whole words; the log-probability is that of the
        word. Tokens that do not begin a new word are left out.
        """
        encoded = [self._tail(self.tokenizer.encode(prefix.rstrip())) for prefix in prefixes]
        grown: list[list[list[int]]] = [[] for _ in prefixes]

        def grow(number: int) -> None:
            grown[number] = self.engine.extend(encoded[number], width, _MOST_WORD_TOKENS)

        self._in_parallel(grow, range(len(prefixes)))
        words = [list(dict.fromkeys(filter(None, map(self._first_word, options)))) for options in grown]
        sequences, lengths = [], []
        for prefix, own in zip(encoded, words, strict=True):
            for word in own:
                tail = self.tokenizer.encode(" " + word).ids
                sequences.append([*prefix, *tail])
                lengths.append(len(tail))
        scored = iter(zip(self.engine.scores(sequences), lengths, strict=True))
        answers = []
        for own in words:
            found = []
            for word in own:
                scores, length = next(scored)
                found.append(Continuation(word, float(scores[-length:].sum(dtype=np.float64))))
            answers.append(tuple(sorted(found, key=lambda one: (-one.log_probability, one.text))))
        return answers

    def _tail(self, encoded: Encoded) -> list[int]:
        return [self.engine.start, *encoded.ids[-(self._window - 1) :]]

    def _first_word(self, ids: list[int]) -> str | None:
        text = self.tokenizer.decode(ids)
        match = _WORD.match(text)
        if match is None or not text[:1].isspace():
            return None
        return match.group().strip()

    def _windows(self, text: int, tokens: int) -> Iterator[_Window]:
        room = self._window - 1  # one place is the start token
        first = 0
        while first < tokens:
            context = max(0, first - self._context)
            end = min(tokens, context + room)
            yield _Window(text, context, first, end)
            first = end

    def _sequence(self, encoded: Encoded, window: _Window) -> list[int]:
        return [self.engine.start, *encoded.ids[window.context : window.end]]

    def _read_window(self, encoded: Encoded, window: _Window) -> list[TokenSurprisal]:
        ids = self._sequence(encoded, window)
        predictions = self.engine.log_probabilities(ids)  # (tokens, vocabulary)
        skip = window.first - window.context
        rows = []
        for low in range(skip, len(ids) - 1, _ROWS):
            high = min(low + _ROWS, len(ids) - 1)
            block = predictions[low:high]  # (rows, vocabulary)
            entropies = -np.einsum("ij,ij->i", np.exp(block), block)  # (rows,)
            likeliest = block.argmax(axis=1)  # (rows,)
            for row in range(high - low):
                number = window.context + low + row
                best = int(likeliest[row])
                rows.append(
                    TokenSurprisal(
                        span=Span(0, encoded.ends[number]),
                        surprisal=max(0.0, -float(block[row, encoded.ids[number]])),
                        entropy=max(0.0, float(entropies[row])),
                        expected=self.tokenizer.decode([best]),
                        expected_surprisal=max(0.0, -float(block[row, best])),
                    )
                )
        return rows

    def _in_parallel(self, action: Callable[[Any], None], items: Sequence[Any]) -> None:
        if self.engine.workers == 1 or len(items) < 2:
            for item in items:
                action(item)
            return
        with ThreadPoolExecutor(self.engine.workers) as pool:
            for _ in pool.map(action, items):
                pass


def _merge(encoded: Encoded, rows: Sequence[TokenSurprisal | None]) -> tuple[TokenSurprisal, ...]:
    """One row per span: tokens of one character are summed, the prediction is that for the first of them."""
    merged = []
    for span, numbers in merge_spans(encoded.ends):
        group = [row for number in numbers if (row := rows[number]) is not None]
        merged.append(
            TokenSurprisal(
                span=span,
                surprisal=sum(row.surprisal for row in group),
                entropy=group[0].entropy,
                expected=group[0].expected,
                expected_surprisal=group[0].expected_surprisal,
            )
        )
    return tuple(merged)
