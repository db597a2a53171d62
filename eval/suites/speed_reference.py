"""What an estimator of CometKiwi's size costs on this machine: the unit that our speeds are told in.

CometKiwi (Rei et al. 2022) reads every segment with XLM-R large. Its weights are not needed to time it: an encoder of
the same shape with random weights does the same arithmetic.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

# XLM-R large (Conneau et al. 2020), but for its vocabulary of 250,002: looking up a row takes no time, and
# rows that nobody looks up only fill a gigabyte of memory.
XLMR_LARGE: Mapping[str, int] = MappingProxyType(
    {
        "num_hidden_layers": 24,
        "hidden_size": 1024,
        "intermediate_size": 4096,
        "num_attention_heads": 16,
        "vocab_size": 1000,
    }
)
TOKENS = 70  # of a segment, as many as the lines have that ours are timed on
BATCH = 8
_SEED = 37


def reference_run(segments: int, shape: Mapping[str, int] = XLMR_LARGE) -> Callable[[], None]:
    """A function that reads `segments` segments of TOKENS random ids in batches of BATCH, in fp32 on all cores."""
    import torch

    model = encoder(shape).eval()
    generator = torch.Generator().manual_seed(_SEED)
    ids = torch.randint(4, shape["vocab_size"], (segments, TOKENS), generator=generator)  # (segments, tokens)
    attention = torch.ones_like(ids)  # (segments, tokens)

    def run() -> None:
        threads = torch.get_num_threads()
        torch.set_num_threads(os.cpu_count() or 1)
        try:
            with torch.inference_mode():
                for start in range(0, segments, BATCH):
                    model(input_ids=ids[start : start + BATCH], attention_mask=attention[start : start + BATCH])
        finally:
            torch.set_num_threads(threads)

    return run


def encoder(shape: Mapping[str, int]) -> Any:
    """An encoder of transformers with random weights."""
    from transformers import XLMRobertaConfig, XLMRobertaModel

    # 514 positions, as published: the first two are never used.
    return XLMRobertaModel(XLMRobertaConfig(**shape, max_position_embeddings=514, type_vocab_size=1))
