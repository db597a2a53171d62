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
from mtqa.schema.progress import Progress, Step
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

    def scores(self, sequences: Sequence[Sequence[int]]) -> Iterator[tuple[int, Floats]]:
        """Number of a sequence and the log-probability of each of its tokens after the first  # (tokens - 1,).

        Every sequence once, in whatever order is fastest.
        """
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


class _Reading:
    """What the model says at each token of a text, as arrays: a text may have millions of tokens  # (tokens,)."""

    def __init__(self, tokens: int) -> None:
        self.surprisal = np.zeros(tokens, dtype=np.float32)
        self.entropy = np.zeros(tokens, dtype=np.float32)
        self.expected = np.zeros(tokens, dtype=np.int32)
        self.expected_surprisal = np.zeros(tokens, dtype=np.float32)


class CausalLanguageModel:
    """Implements schema.roles.LanguageModel.

    `window` and `context` in tokens: a longer text is read in windows that overlap by `context`. `progress` is told how
    many tokens have been read.
    """

    def __init__(
        self,
        engine: Engine,
        tokenizer: Tokenizer,
        *,
        window: int = 320,
        context: int = 96,
        progress: Progress | None = None,
    ) -> None:
        if not 0 < context < window:
            raise ValueError("the context must be shorter than the window")
        self.engine = engine
        self.tokenizer = tokenizer
        self._window = window
        self._context = context
        self._progress = progress

    @property
    def signature(self) -> str:
        """Short hash of weights and engine."""
        return self.engine.signature

    def read(self, texts: Sequence[str]) -> list[tuple[TokenSurprisal, ...]]:
        """Surprisal of every token of every text; spans are gapless and in order."""
        encoded = [self.tokenizer.encode(text) for text in texts]
        windows = [window for number, one in enumerate(encoded) for window in self._windows(number, len(one.ids))]
        windows.sort(key=lambda window: window.context - window.end)  # longest first keeps all workers busy
        readings = [_Reading(len(one.ids)) for one in encoded]

        def read_window(window: _Window) -> int:
            self._read_window(encoded[window.text], window, readings[window.text])
            return window.end - window.first

        self._in_parallel(read_window, windows, "reading", sum(len(one.ids) for one in encoded), "tokens")
        return [self._merge(one, reading) for one, reading in zip(encoded, readings, strict=True)]

    def score(self, texts: Sequence[str]) -> list[tuple[Encoded, Floats]]:
        """Per text its tokens and the log-probability of each, nats  # (tokens,)."""
        encoded = [self.tokenizer.encode(text) for text in texts]
        windows = [window for number, one in enumerate(encoded) for window in self._windows(number, len(one.ids))]
        sequences = [self._sequence(encoded[window.text], window) for window in windows]
        results = [np.zeros(len(one.ids), dtype=np.float32) for one in encoded]
        done, total = 0, sum(len(ids) for ids in sequences)
        for number, scores in self.engine.scores(sequences):
            window = windows[number]
            results[window.text][window.first : window.end] = scores[window.first - window.context :]
            done += len(sequences[number])
            self._say("weighing proposals", done, total, "tokens")
        return list(zip(encoded, results, strict=True))

    def continuations(self, prefixes: Sequence[str], width: int) -> list[tuple[Continuation, ...]]:
        """The likeliest next words after each prefix (which ends with a whole word), best first; at most `width`.

        The `width` likeliest next tokens are completed greedily to whole words; the log-probability is that of the
        word. Tokens that do not begin a new word are left out.
        """
        encoded = [self._tail(self.tokenizer.encode(prefix.rstrip())) for prefix in prefixes]
        grown: list[list[list[int]]] = [[] for _ in prefixes]

        def grow(number: int) -> int:
            grown[number] = self.engine.extend(encoded[number], width, _MOST_WORD_TOKENS)
            return 1

        self._in_parallel(grow, range(len(prefixes)), "looking for better words", len(prefixes), "places")
        words = [list(dict.fromkeys(filter(None, map(self._first_word, options)))) for options in grown]
        sequences, owners = [], []
        for number, (prefix, own) in enumerate(zip(encoded, words, strict=True)):
            for word in own:
                tail = self.tokenizer.encode_next(word)
                sequences.append([*prefix, *tail])
                owners.append((number, word, len(tail)))
        found: list[list[Continuation]] = [[] for _ in prefixes]
        for place, scores in self.engine.scores(sequences):
            number, word, length = owners[place]
            found[number].append(Continuation(word, float(scores[-length:].sum(dtype=np.float64))))
        return [tuple(sorted(own, key=lambda one: (-one.log_probability, one.text))) for own in found]

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

    def _read_window(self, encoded: Encoded, window: _Window, reading: _Reading) -> None:
        ids = self._sequence(encoded, window)
        predictions = self.engine.log_probabilities(ids)  # (tokens, vocabulary)
        skip = window.first - window.context
        for low in range(skip, len(ids) - 1, _ROWS):
            block = predictions[low : min(low + _ROWS, len(ids) - 1)]  # (rows, vocabulary)
            place = slice(window.context + low, window.context + low + len(block))
            rows = np.arange(len(block))  # (rows,)
            likeliest = block.argmax(axis=1)  # (rows,)
            reading.surprisal[place] = -block[rows, np.array(encoded.ids[place])]  # (rows,)
            reading.entropy[place] = -np.einsum("ij,ij->i", np.exp(block), block)  # (rows,)
            reading.expected[place] = likeliest
            reading.expected_surprisal[place] = -block[rows, likeliest]  # (rows,)

    def _merge(self, encoded: Encoded, reading: _Reading) -> tuple[TokenSurprisal, ...]:
        """One row per span: tokens of one character are summed, the prediction is that for the first of them."""
        return tuple(
            TokenSurprisal(
                span=span,
                surprisal=sum(max(0.0, float(reading.surprisal[number])) for number in numbers),
                entropy=max(0.0, float(reading.entropy[numbers[0]])),
                expected=self.tokenizer.decode([int(reading.expected[numbers[0]])]),
                expected_surprisal=max(0.0, float(reading.expected_surprisal[numbers[0]])),
            )
            for span, numbers in merge_spans(encoded.ends)
        )

    def _in_parallel(
        self, action: Callable[[Any], int], items: Sequence[Any], task: str, total: int, unit: str
    ) -> None:
        """Run `action` over the items on the engine's workers; it returns how much of the total an item was."""
        if self.engine.workers == 1 or len(items) < 2:
            self._count(map(action, items), task, total, unit)
            return
        with ThreadPoolExecutor(self.engine.workers) as pool:
            self._count(pool.map(action, items), task, total, unit)

    def _count(self, parts: Iterator[int], task: str, total: int, unit: str) -> None:
        done = 0
        for part in parts:
            done += part
            self._say(task, done, total, unit)

    def _say(self, task: str, done: int, total: int, unit: str) -> None:
        if self._progress is not None:
            self._progress(Step(task, done, total, unit))
