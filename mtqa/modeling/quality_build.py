"""The encoder of the full tier: the first layers of the language model, the upper ones ours, converted once.

It lies beside the language model in the store, in a folder named for both sets of weights, so that neither can change
under the other.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from mtqa.errors import ModelError
from mtqa.modeling.built import built_once
from mtqa.modeling.differences import differing, restored
from mtqa.modeling.int8 import save_int8
from mtqa.modeling.smoothing import smooth, split_smoothing
from mtqa.modeling.store import ModelFolder
from mtqa.schema.progress import Progress

# How training names the matrices and norms of a layer; a matrix is the stack of those parts of the language model.
_PARTS = {
    "query_key_value": ("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"),
    "output": ("self_attn.o_proj",),
    "gate_up": ("mlp.gate_proj", "mlp.up_proj"),
    "down": ("mlp.down_proj",),
}
_MATRIX = re.compile(r"layers\.(\d+)\.(\w+)\.weight")
_NORMS = {"norm_attention": "input_layernorm", "norm_mlp": "post_attention_layernorm"}


def ensure_encoder(base: ModelFolder, layers: Path, fingerprint: str, *, progress: Progress | None = None) -> Path:
    """The folder of the converted encoder, made if it is not there; `layers` are the trained weights, `fingerprint`
    names them. ModelError if it cannot be made.
    """
    return built_once(
        base,
        f"quality-en-{fingerprint}",
        lambda target: convert_encoder(base, layers, target),
        what="the quality estimator",
        instead="use --fast",
        progress=progress,
    )


def convert_encoder(base: ModelFolder, layers: Path, target: Path) -> None:
    """Write a CTranslate2 int8 model of the merged layers whose output layer is the map to features."""
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    from mtqa.modeling.convert import open_gguf, to_transformers

    try:
        trained = load_file(layers)
    except SafetensorError as error:
        raise ModelError(f"{layers} is damaged: {error}") from error
    model = to_transformers(open_gguf(base.path / "model.gguf"))
    try:
        weights, scales = split_smoothing(trained)
        merged = merged_model(model, weights)
        smooth(merged, scales)
    except ModelError as error:
        raise ModelError(f"{layers}: {error}") from error
    save_generator(merged, target)


def merged_model(model: Any, trained: Mapping[str, Any]) -> Any:
    """A LlamaForCausalLM of the first layers of `model`, up to the highest that was trained, with what was trained.

    `trained` (models.quality_en.network, without its prefix) holds `norm`  # (width,), `features.weight`
    # (features, width), and for each trained layer either weights `layers.N.PART.weight` with `norm_attention` and
    `norm_mlp`, or low-rank additions `layers.N.PART.up`, `.down`; any of them may be int8 beside a `.scale` per row,
    and the weights of a layer four-bit differences from those of `model` (mtqa.modeling.differences). Layers that it
    does not name stay as they are. ModelError if it does not fit the model.
    """
    import torch
    from transformers import LlamaForCausalLM

    old_state = model.state_dict()
    weights = restored(trained, stacked(old_state, differing(trained)))
    by_layer = _by_layer(weights)
    layers, known = 1 + max(by_layer), int(model.config.num_hidden_layers)
    if layers > known:
        raise ModelError(f"layer {layers - 1} was trained, but the language model has {known} layers")
    config = type(model.config)(**{**model.config.to_dict(), "num_hidden_layers": layers, "tie_word_embeddings": False})
    state = {name: value for name, value in old_state.items() if _layer_of(name) < layers}
    for number, own in by_layer.items():
        for part, names in _PARTS.items():
            full_names = [f"model.layers.{number}.{name}.weight" for name in names]
            old = torch.cat([state[name] for name in full_names])  # (outputs, inputs)
            new = own[f"{part}.weight"] if f"{part}.weight" in own else _adapted(old, own, f"layers.{number}.{part}")
            _check_shape(f"layers.{number}.{part}", new, old.shape)
            pieces = torch.split(new, [len(state[name]) for name in full_names])
            state |= {name: piece.clone() for name, piece in zip(full_names, pieces, strict=True)}
        for part, name in _NORMS.items():
            if part in own:
                full_name = f"model.layers.{number}.{name}.weight"
                _check_shape(f"layers.{number}.{part}", own[part], state[full_name].shape)
                state[full_name] = own[part]
    _check_shape("norm", weights["norm"], (config.hidden_size,))
    _check_shape("features.weight", weights["features.weight"], (len(weights["features.weight"]), config.hidden_size))
    state |= {"model.norm.weight": weights["norm"], "lm_head.weight": weights["features.weight"]}
    merged = LlamaForCausalLM(config)
    merged.lm_head = torch.nn.Linear(config.hidden_size, len(state["lm_head.weight"]), bias=False)
    merged.load_state_dict(state, strict=True)
    return merged.eval()


def stacked(state: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """The matrices of a Llama's `state` that training calls layers.N.PART.weight, those of `names` that it has."""
    import torch

    found = {}
    for name in names:
        match = _MATRIX.fullmatch(name)
        parts = [] if match is None else [f"model.layers.{match[1]}.{part}.weight" for part in _PARTS.get(match[2], ())]
        if parts and all(part in state for part in parts):
            found[name] = torch.cat([state[part] for part in parts])  # (outputs, inputs)
    return found


def _by_layer(weights: Mapping[str, Any]) -> dict[int, dict[str, Any]]:
    """What was trained of each layer, by its name there; ModelError for a name too many or too few."""
    found: dict[int, dict[str, Any]] = {}
    rest = set()
    for name, value in weights.items():
        head, _, own = name.partition(".")
        number, _, part = own.partition(".")
        if head == "layers" and number.isdecimal() and part:
            found.setdefault(int(number), {})[part] = value
        else:
            rest.add(name)
    if not found:
        raise ModelError("no layer was trained")
    wrong = rest ^ {"norm", "features.weight"}
    replaced = {f"{part}.weight" for part in _PARTS} | _NORMS.keys()
    added = {f"{part}.{side}" for part in _PARTS for side in ("up", "down")}
    for layer, own_parts in found.items():
        nearer = min((replaced, added), key=lambda names: len(names ^ own_parts.keys()))
        wrong |= {f"layers.{layer}.{part}" for part in nearer ^ own_parts.keys()}
    if wrong:
        raise ModelError(f"missing or unknown: {', '.join(sorted(wrong)[:4])}")
    return found


def _adapted(old: Any, own: Mapping[str, Any], name: str) -> Any:
    """A weight with its low-rank addition  # (outputs, inputs)."""
    part = name.rpartition(".")[2]
    up, down = own[f"{part}.up"], own[f"{part}.down"]
    if up.ndim != 2 or down.ndim != 2 or up.shape[1] != down.shape[0]:
        raise ModelError(f"{name}.up of the shape {tuple(up.shape)} does not fit .down of {tuple(down.shape)}")
    change = up @ down
    _check_shape(name, change, old.shape)
    return old + change


def _check_shape(name: str, value: Any, expected: Sequence[int]) -> None:
    if tuple(value.shape) != tuple(expected):
        raise ModelError(f"{name} is of the shape {tuple(value.shape)}, the language model needs {tuple(expected)}")


def save_generator(model: Any, target: Path) -> None:
    """Convert a Llama of transformers whose output layer is narrower than its vocabulary."""
    from ctranslate2.converters.transformers import LlamaLoader

    spec = LlamaLoader().get_model_spec(model)
    _save(spec, target, vocabulary=model.config.vocab_size)


def save_encoder(model: Any, target: Path) -> None:
    """Convert a BERT of transformers, with or without its pooling layer, which is never read."""
    import torch
    from ctranslate2.converters.transformers import BertLoader

    model = copy.deepcopy(model)
    model.config.position_embedding_type = "absolute"  # gone from transformers 5, which knows no other
    if getattr(model, "pooler", None) is None:
        dense = torch.nn.Linear(model.config.hidden_size, model.config.hidden_size)
        model.pooler = torch.nn.ModuleDict({"dense": dense.requires_grad_(False)})
    for value in model.pooler.parameters():
        value.data.zero_()  # the converter wants it; random numbers would change the hash of the file
    _save(BertLoader().get_model_spec(model), target, vocabulary=model.config.vocab_size)


def _save(spec: Any, target: Path, *, vocabulary: int) -> None:
    # Ids go in and numbers come out: what the tokens are called matters to nobody.
    spec.register_vocabulary([str(number) for number in range(vocabulary)])
    for name in ("bos_token", "eos_token", "unk_token"):
        if hasattr(spec.config, name):
            setattr(spec.config, name, "0")
    save_int8(spec, target)


def _layer_of(name: str) -> int:
    """The number of the layer a weight belongs to; -1 for what belongs to none. The old output layer is left out."""
    parts = name.split(".")
    if name.startswith("lm_head"):
        return 1 << 30
    return int(parts[2]) if parts[:2] == ["model", "layers"] else -1
