"""CTranslate2 engine: int8 on the CPU, one single-threaded worker per core (measured fastest on two cores)."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import ctranslate2
import numpy as np

from mtqa.errors import ModelError
from mtqa.modeling.ct2_models import opened
from mtqa.modeling.int8 import LARGEST
from mtqa.modeling.language_model import Floats
from mtqa.modeling.threads import worker_count
from mtqa.modeling.tokens import Tokenizer

_TOKENS_AT_ONCE = 384  # tokens per forward pass: their logits (49,152 floats each) bound the memory
_IN_FLIGHT = 4  # groups queued per worker: all of them stay busy, and an interrupt does not wait for the whole queue


class Ct2Engine:
    """A converted causal model in `folder`. `fingerprint` names the weights in the signature, `smoothing` the scales
    that they were converted with.
    """

    def __init__(
        self,
        folder: Path,
        tokenizer: Tokenizer,
        *,
        start: int,
        fingerprint: str,
        smoothing: str = "",
        threads: int | None = None,
    ) -> None:
        cores = worker_count(threads)
        try:
            self._generator: Any = opened(ctranslate2.Generator, folder, cores)
        except ModelError as error:
            raise ModelError(f"{error}; get the model again") from error
        self._tokenizer = tokenizer
        self.signature = f"{fingerprint}-ct2i{LARGEST}" + (f"s{smoothing}" if smoothing else "")
        self.workers = cores
        self.start = start

    def log_probabilities(self, ids: Sequence[int]) -> Floats:
        """Log-probabilities of every next token  # (tokens, vocabulary)."""
        view = self._generator.forward_batch([list(ids)], return_log_probs=True)
        predictions: Floats = np.array(view, copy=False)[0]  # (tokens, vocabulary)
        return predictions

    def scores(self, sequences: Sequence[Sequence[int]]) -> Iterator[tuple[int, Floats]]:
        """Log-probability of each token after the first, in groups of equal length, without padding; longest first.

        Prefixes are not shared: CTranslate2 (4.8) returns no probabilities for the tokens it is made to begin with,
        and keeps its cache only for generation.
        """
        by_length: dict[int, list[int]] = defaultdict(list)
        for number, ids in enumerate(sequences):
            by_length[len(ids)].append(number)
        pending: deque[tuple[list[int], list[Any]]] = deque()
        for length in sorted(by_length, reverse=True):
            size = max(1, _TOKENS_AT_ONCE // length)
            numbers = by_length[length]
            for low in range(0, len(numbers), size):
                group = numbers[low : low + size]
                tokens = [[self._tokenizer.token_of(one) for one in sequences[number]] for number in group]
                pending.append((group, self._generator.score_batch(tokens, max_input_length=0, asynchronous=True)))
                if len(pending) > _IN_FLIGHT * self.workers:
                    yield from _results(*pending.popleft())
        while pending:
            yield from _results(*pending.popleft())

    def extend(self, ids: Sequence[int], width: int, most: int) -> list[list[int]]:
        """Greedy continuations behind the `width` likeliest next tokens."""
        prompt = [self._tokenizer.token_of(one) for one in ids]
        last = self.log_probabilities(ids)[-1]  # (vocabulary,)
        likeliest = [int(one) for one in np.argsort(-last, kind="stable")[:width]]
        # Alternatives expanded by CTranslate2 itself continued wrongly (4.8.5), so each is a prompt of its own.
        answers = self._generator.generate_batch(
            [[*prompt, self._tokenizer.token_of(one)] for one in likeliest],
            max_length=most,
            include_prompt_in_result=False,
        )
        return [[first, *answer.sequences_ids[0]] for first, answer in zip(likeliest, answers, strict=True)]


def _results(group: Sequence[int], answers: Sequence[Any]) -> Iterator[tuple[int, Floats]]:
    for number, answer in zip(group, answers, strict=True):
        yield number, np.array(answer.result().log_probs, dtype=np.float32)  # (tokens - 1,)
