"""Small models and tokenizers that tests make themselves: nothing is downloaded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from tokenizers import Tokenizer as FastTokenizer
from tokenizers import decoders, models, pre_tokenizers, trainers

from mtqa.modeling.language_model import Floats

START = "<|endoftext|>"
CORPUS = (
    "The president spoke on Monday about the new law. The chancellor of Germany met the prime minister of France.",
    "It was a long day, and nobody knew what would come next: rain, wind or snow. Ten people came to the meeting.",
)


def tiny_bpe() -> FastTokenizer:
    """A byte-level BPE with a vocabulary of some 400, as GPT-2 and Llama 3 have."""
    tokenizer = FastTokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=400,
        special_tokens=[START],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(CORPUS, trainer)
    return tokenizer


class ArithmeticEngine:
    """An engine whose predictions depend on the last `memory` ids alone: what a window must hold is known exactly."""

    signature = "arithmetic"

    def __init__(self, vocabulary: int, *, memory: int = 8, workers: int = 1) -> None:
        self.vocabulary = vocabulary
        self.memory = memory
        self.workers = workers
        self.start = 0
        self.lengths: list[int] = []

    def log_probabilities(self, ids: Sequence[int]) -> Floats:
        """Log-probabilities of every next token  # (tokens, vocabulary)."""
        self.lengths.append(len(ids))
        return np.stack([self._next(ids[: at + 1]) for at in range(len(ids))])  # (tokens, vocabulary)

    def scores(self, sequences: Sequence[Sequence[int]]) -> Iterator[tuple[int, Floats]]:
        """Last sequence first: the order is the engine's own business."""
        for number in reversed(range(len(sequences))):
            ids = sequences[number]
            rows = self.log_probabilities(ids)
            yield number, np.array([rows[at, ids[at + 1]] for at in range(len(ids) - 1)], dtype=np.float32)

    def extend(self, ids: Sequence[int], width: int, most: int) -> list[list[int]]:
        """Greedy continuations."""
        grown = []
        for first in np.argsort(-self._next(ids), kind="stable")[:width]:
            sequence = [*ids, int(first)]
            for _ in range(most):
                sequence.append(int(self._next(sequence).argmax()))
            grown.append(sequence[len(ids) :])
        return grown

    def _next(self, before: Sequence[int]) -> Floats:
        seed = 0
        for one in before[-self.memory :]:
            seed = (seed * 1_000_003 + one + 1) % (1 << 32)
        logits = np.random.default_rng(seed).normal(size=self.vocabulary).astype(np.float32)
        return np.asarray(logits - np.logaddexp.reduce(logits), dtype=np.float32)


def save_tiny_llama(folder: Path, *, seed: int = 0) -> Any:
    """A random two-layer Llama with the tiny tokenizer, saved as users save theirs; the model is returned too."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    tokenizer = tiny_bpe()
    torch.manual_seed(seed)
    config = LlamaConfig(
        vocab_size=tokenizer.get_vocab_size(),
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=128,
        tie_word_embeddings=True,
    )
    model = LlamaForCausalLM(config).eval()
    with torch.no_grad():
        for value in model.parameters():
            value.mul_(4.0)  # a random model predicts nearly the same everywhere; sharper weights make differences show
    model.save_pretrained(folder)
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, bos_token=START, eos_token=START).save_pretrained(folder)
    return model
