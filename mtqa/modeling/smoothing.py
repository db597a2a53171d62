"""Scales that move outlying channels of a Llama's activations into its weights, where int8 can bear them.

A matrix is multiplied with activations that are rounded to 8 bits, all channels of a token with one scale, so that a
few large channels cost the others their precision. Dividing a channel where it arises and multiplying the weights that
read it changes nothing but the rounding (Xiao et al. 2023, SmoothQuant). Channels arise in the norms before the
matrices of attention and of the feed-forward part, in the values, which `output` reads, and in `up`, read by `down`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from mtqa.errors import ModelError
from mtqa.modeling.shipped import shipped_folder

ATTENTION, OUTPUT, MLP, DOWN = "attention", "output", "mlp", "down"  # what reads the channels
PREFIX = "smoothing."
SMOOTHING = "smoothing.safetensors"  # of a model of the store


def split_smoothing(stored: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Trained weights, and the scales that ship beside them as smoothing.N.READER for layer N."""
    scales = {name.removeprefix(PREFIX): value for name, value in stored.items() if name.startswith(PREFIX)}
    return {name: value for name, value in stored.items() if not name.startswith(PREFIX)}, scales


def shipped_scales(name: str, sha256: str) -> dict[str, Any]:
    """The scales that ship for a model of the store, N.READER; none if `sha256` is empty. ModelError if the file is
    missing or has another hash.
    """
    if not sha256:
        return {}
    from safetensors.torch import load

    path = shipped_folder(name, SMOOTHING, f"{SMOOTHING} of {name}") / SMOOTHING
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != sha256:
        raise ModelError(f"{path} is not the file that belongs to this version; install mtqa again")
    return split_smoothing(load(content))[1]


def smooth(model: Any, scales: Mapping[str, Any]) -> None:
    """Put the scales N.READER of any layers into a LlamaForCausalLM: of ATTENTION and MLP  # (width,), DOWN
    # (inner width,), OUTPUT  # (key/value heads * size of a head,), since queries share the values of a group.

    What the model says stays the same up to rounding. ModelError for a scale that fits nothing or is not above 0.
    """
    import torch

    left = dict(scales)
    with torch.no_grad():
        for number, layer in enumerate(model.model.layers):
            for reader, (source, matrices) in channels(layer).items():
                scale = left.pop(f"{number}.{reader}", None)
                if scale is None:
                    continue
                if scale.shape != source.shape[:1] or not bool((scale > 0).all() and scale.isfinite().all()):
                    raise ModelError(f"{PREFIX}{number}.{reader} is no row of {len(source)} numbers above 0")
                own = scale.float()
                source.div_(own if source.ndim == 1 else own[:, None])
                for matrix in matrices:
                    matrix.mul_(_as_read(own, matrix, model.config))
    if left:
        raise ModelError(f"{PREFIX}{min(left)} is of no layer of the language model")


def channels(layer: Any) -> dict[str, tuple[Any, list[Any]]]:
    """What each reader's channels come from (a norm, or the rows of a matrix), and the matrices whose columns read
    them, of a LlamaDecoderLayer.
    """
    attention, mlp = layer.self_attn, layer.mlp
    queries, keys, values = attention.q_proj.weight, attention.k_proj.weight, attention.v_proj.weight
    return {
        ATTENTION: (layer.input_layernorm.weight, [queries, keys, values]),
        OUTPUT: (values, [attention.o_proj.weight]),
        MLP: (layer.post_attention_layernorm.weight, [mlp.gate_proj.weight, mlp.up_proj.weight]),
        DOWN: (mlp.up_proj.weight, [mlp.down_proj.weight]),
    }


def _as_read(scale: Any, matrix: Any, config: Any) -> Any:
    """A scale for each column of a matrix: queries of a group read the same values  # (columns,)."""
    if len(scale) == matrix.shape[1]:
        return scale
    size = config.hidden_size // config.num_attention_heads
    groups = config.num_key_value_heads
    shared = scale.reshape(groups, 1, size).expand(groups, config.num_attention_heads // groups, size)
    return shared.reshape(-1)
