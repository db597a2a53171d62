"""From GGUF weights of a Llama model to CTranslate2 int8, and to a transformers model for torch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from mtqa.errors import ModelError
from mtqa.modeling.int8 import LARGEST, save_int8
from mtqa.modeling.smoothing import smooth
from mtqa.schema.progress import Progress, Step

_LAYER_PARTS = {
    "attn_norm": "input_layernorm",
    "ffn_norm": "post_attention_layernorm",
    "ffn_down": "mlp.down_proj",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
}
_CONTROL = 3  # token type of special tokens in GGUF


def convert(
    weights: Path,
    folder: Path,
    progress: Progress | None = None,
    *,
    largest: int = LARGEST,
    smoothing: Mapping[str, Any] | None = None,
) -> None:
    """Write folder/tokenizer.json and folder/ct2-int8 from a GGUF file. `largest`: of the int8 weights; `smoothing`:
    scales that mtqa.modeling.smoothing.smooth takes.

    ModelError if the file is not a Llama model or the scales are not for it.
    """
    from ctranslate2.converters.transformers import LlamaLoader
    from transformers import PreTrainedTokenizerFast

    reader = open_gguf(weights)
    save_tokenizer(reader, folder / "tokenizer.json")
    if progress is not None:
        progress(Step("converting the language model (once, about half a minute)"))
    tokenizer = PreTrainedTokenizerFast(tokenizer_file=str(folder / "tokenizer.json"), **_special_tokens(reader))
    model = to_transformers(reader)
    smooth(model, smoothing or {})
    save_int8(LlamaLoader()(model, tokenizer), folder / "ct2-int8", largest=largest)


def open_gguf(path: Path) -> Any:
    """A gguf.GGUFReader of a Llama model. ModelError if it is none."""
    from gguf import GGUFReader

    try:
        reader = GGUFReader(str(path))
        architecture = _field(reader, "general.architecture")
    except (ValueError, KeyError, IndexError, OSError) as error:
        raise ModelError(f"{path} is not a readable GGUF file: {error}") from error
    if architecture != "llama":
        raise ModelError(f"{path} holds a {architecture!r} model; a llama one is needed")
    return reader


def to_transformers(reader: Any) -> Any:
    """A transformers LlamaForCausalLM, fp32, with the dequantised weights of the file."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM
    from transformers.utils import logging

    logging.disable_progress_bar()
    theta = float(_field(reader, "llama.rope.freq_base"))
    config = LlamaConfig(
        vocab_size=int(_field(reader, "llama.vocab_size")),
        hidden_size=int(_field(reader, "llama.embedding_length")),
        intermediate_size=int(_field(reader, "llama.feed_forward_length")),
        num_hidden_layers=int(_field(reader, "llama.block_count")),
        num_attention_heads=int(_field(reader, "llama.attention.head_count")),
        num_key_value_heads=int(_field(reader, "llama.attention.head_count_kv")),
        max_position_embeddings=int(_field(reader, "llama.context_length")),
        rms_norm_eps=float(_field(reader, "llama.attention.layer_norm_rms_epsilon")),
        tie_word_embeddings=True,
        **_rope(theta),
    )
    model = LlamaForCausalLM(config)
    state = {name: torch.from_numpy(value) for name, value in _weights(reader, config)}
    state["lm_head.weight"] = state["model.embed_tokens.weight"]
    model.load_state_dict(state, strict=True)
    model.tie_weights()
    return model.eval()


def save_tokenizer(reader: Any, path: Path) -> None:
    """Write tokenizer.json: byte-level BPE, single digits, as the model was trained with."""
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

    tokens = _field(reader, "tokenizer.ggml.tokens")
    merges = [tuple(merge.split(" ")) for merge in _field(reader, "tokenizer.ggml.merges")]
    tokenizer = Tokenizer(models.BPE(vocab={token: number for number, token in enumerate(tokens)}, merges=merges))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Digits(individual_digits=True),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    types = _field(reader, "tokenizer.ggml.token_type")
    special = [token for token, kind in zip(tokens, types, strict=True) if kind == _CONTROL]
    tokenizer.add_special_tokens([AddedToken(token, special=True, normalized=False) for token in special])
    tokenizer.save(str(path))


def _rope(theta: float) -> dict[str, Any]:
    """The rotary base under the name that this version of transformers reads: it changed in 5.0."""
    import transformers

    if int(transformers.__version__.split(".")[0]) >= 5:
        return {"rope_parameters": {"rope_type": "default", "rope_theta": theta}}
    return {"rope_theta": theta}


def _weights(reader: Any, config: Any) -> Iterator[tuple[str, np.ndarray[Any, Any]]]:
    from gguf.quants import dequantize

    for tensor in reader.tensors:
        value = np.array(dequantize(tensor.data, tensor.tensor_type), dtype=np.float32)
        name = tensor.name.removesuffix(".weight")
        if name == "token_embd":
            yield "model.embed_tokens.weight", value
        elif name == "output_norm":
            yield "model.norm.weight", value
        elif name.startswith("blk."):
            _, layer, part = name.split(".")
            if part == "attn_q":
                value = _unpermuted(value, config.num_attention_heads)
            elif part == "attn_k":
                value = _unpermuted(value, config.num_key_value_heads)
            yield f"model.layers.{layer}.{_LAYER_PARTS[part]}.weight", value


def _unpermuted(weight: np.ndarray[Any, Any], heads: int) -> np.ndarray[Any, Any]:
    """Undo the order of rotary dimensions in GGUF files: pairs side by side, halves in transformers."""
    rows, columns = weight.shape
    paired = weight.reshape(heads, rows // heads // 2, 2, columns)  # (heads, half, 2, columns)
    return np.ascontiguousarray(paired.swapaxes(1, 2).reshape(rows, columns))  # (rows, columns)


def _special_tokens(reader: Any) -> dict[str, str]:
    tokens = _field(reader, "tokenizer.ggml.tokens")
    names = {"bos_token": "bos_token_id", "eos_token": "eos_token_id", "unk_token": "unknown_token_id"}
    return {name: tokens[int(_field(reader, f"tokenizer.ggml.{field}"))] for name, field in names.items()}


def _field(reader: Any, name: str) -> Any:
    return reader.fields[name].contents()
