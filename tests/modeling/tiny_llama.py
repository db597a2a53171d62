"""A tiny random Llama and BERT of transformers, and weights as training would leave them for its layers."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

State = dict[str, Tensor]
WIDTH, INNER, VOCABULARY, FEATURES = 64, 96, 320, 128
HEADS, GROUPS = 4, 2
OUTPUTS = {
    "query_key_value": (WIDTH + 2 * WIDTH * GROUPS // HEADS, WIDTH),
    "output": (WIDTH, WIDTH),
    "gate_up": (2 * INNER, WIDTH),
    "down": (WIDTH, INNER),
}


def random_llama(layers: int, *, theta: float = 10_000.0) -> Any:
    """A LlamaForCausalLM; always the same for the same number of layers."""
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(11)
    config = LlamaConfig(
        vocab_size=VOCABULARY, hidden_size=WIDTH, intermediate_size=INNER, num_hidden_layers=layers,
        num_attention_heads=HEADS, num_key_value_heads=GROUPS, max_position_embeddings=256, tie_word_embeddings=True,
        rope_parameters={"rope_type": "default", "rope_theta": theta},
    )  # fmt: skip
    model = LlamaForCausalLM(config).eval()
    with torch.no_grad():
        for name, value in model.named_parameters():
            if "norm" in name:
                value.uniform_(0.5, 1.5)
            else:
                value.mul_(4.0)  # random weights are small: what stands before a token should show in its features
    return model


def random_bert() -> Any:
    """A BertModel with six token types, its features far apart for other ids or types."""
    from transformers import BertConfig, BertModel

    torch.manual_seed(4)
    config = BertConfig(
        vocab_size=400, hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=64,
        max_position_embeddings=256, type_vocab_size=6,
    )  # fmt: skip
    model = BertModel(config, add_pooling_layer=False).eval()
    with torch.no_grad():
        for name, value in model.named_parameters():
            if "LayerNorm" not in name:
                value.mul_(6.0)  # random weights are small: ids and types should show in the features
    return model


def upper_state(*layers: int) -> State:
    """Whole layers with their norms, as the tuning `upper` leaves them."""
    generator = torch.Generator().manual_seed(12)
    state = _ends(generator)
    for layer in layers:
        for part, (rows, columns) in OUTPUTS.items():
            weight = torch.randn(rows, columns, generator=generator) / columns**0.5
            state[f"layers.{layer}.{part}.weight"] = weight
        for norm in ("norm_attention", "norm_mlp"):
            state[f"layers.{layer}.{norm}"] = torch.rand(WIDTH, generator=generator) + 0.5
    return state


def adapter_state(*layers: int, rank: int = 2) -> State:
    """Low-rank additions to layers."""
    generator = torch.Generator().manual_seed(13)
    state = _ends(generator)
    for layer in layers:
        for part, (rows, columns) in OUTPUTS.items():
            state[f"layers.{layer}.{part}.up"] = torch.randn(rows, rank, generator=generator) * 0.1
            state[f"layers.{layer}.{part}.down"] = torch.randn(rank, columns, generator=generator)
    return state


def _ends(generator: torch.Generator) -> State:
    return {
        "norm": torch.rand(WIDTH, generator=generator) + 0.5,
        "features.weight": torch.randn(FEATURES, WIDTH, generator=generator) / WIDTH**0.5,
    }
