"""Words that the language model takes for alike, by its embeddings: what a translator may put in a word's place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import torch
import torch.nn.functional as functional

from models.quality_en.material import words_of
from mtqa import Settings
from mtqa.modeling.convert import open_gguf, to_transformers
from mtqa.modeling.store import ensure
from mtqa.modeling.tokens import Tokenizer

SimilarWords = Mapping[str, Sequence[str]]
_LEAST_COUNT = 3
_LEAST_LETTERS = 3
_MOST = 25  # words for each


def similar_words(sentences: Sequence[str]) -> SimilarWords:
    """For the words of some sentences that are one token of the language model, those of most similar embedding."""
    folder = ensure("smollm2-135m", Settings())
    table = to_transformers(open_gguf(folder.path / "model.gguf")).get_input_embeddings().weight.detach().float()
    tokenizer = Tokenizer.load(folder.path)
    counts = Counter(word.group() for sentence in sentences for word in words_of(sentence))
    tokens = {}
    for word, count in counts.items():
        if count >= _LEAST_COUNT and len(word) >= _LEAST_LETTERS and word.isascii() and word.islower():
            ids = tokenizer.encode_next(word)
            if len(ids) == 1:
                tokens[word] = ids[0]
    words = list(tokens)
    rows = table[torch.tensor(list(tokens.values()))]  # (words, width)
    rows = functional.normalize(rows - rows.mean(0), dim=1)
    nearest = (rows @ rows.T).topk(_MOST + 1, dim=1).indices.tolist()  # the first is the word itself
    return {word: [words[other] for other in own[1:]] for word, own in zip(words, nearest, strict=True)}
