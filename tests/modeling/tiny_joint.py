"""A small random encoder in the form of its package, and weights as training leaves them: nothing is downloaded."""

from __future__ import annotations

import string
import struct
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save_file

from mtqa.modeling.e5_weights import EncoderFile, read_encoder_file

Floats = NDArray[np.float32]
SIZES = {"width": 32, "layers": 2, "heads": 2, "wide": 64, "vocabulary": 70, "positions": 512, "types": 2}
EPSILON = 1e-6
BEGIN, PADDING, END, UNKNOWN = range(4)
WORDS = ("▁the", "▁der", "ing", "总统", "ال")
PIECES = ("<s>", "<pad>", "</s>", "<unk>", "▁", *string.ascii_lowercase, *string.digits, *".,:-'\"!?", *"äöüß", *WORDS)
CHARACTERS = {0x2026: "...", 0x0001: "", 0x00A0: " "}
POOLED = 128  # as models.joint_quality.network has it
BLOCK = 32  # weights
_MATRICES = {"q": "width", "k": "width", "v": "width", "ao": "width", "fi": "width", "fo": "wide"}  # and their inputs
_NORMS = ("aln", "oln")
_FLOATS, _FOUR_BITS = 0, 1  # kinds of tensors


def tiny_tensors(seed: int = 0) -> dict[str, Floats]:
    """Tensors by the file's names; large enough that ids, sides and neighbours show in the states."""
    random = np.random.default_rng(seed)
    width, wide = SIZES["width"], SIZES["wide"]

    def normal(*shape: int, scale: float = 1.0) -> Floats:
        return random.normal(scale=scale, size=shape).astype(np.float32)

    def norm(name: str) -> dict[str, Floats]:
        return {f"{name}.w": random.uniform(0.5, 1.5, width).astype(np.float32), f"{name}.b": normal(width, scale=0.2)}

    tensors = {"emb.word": normal(SIZES["vocabulary"], width), "emb.pos": normal(SIZES["positions"], width, scale=0.3)}
    tensors |= {"emb.type": normal(SIZES["types"], width), **norm("emb.ln")}
    for layer in range(SIZES["layers"]):
        for name, side in _MATRICES.items():
            inputs, outputs = SIZES[side], wide if name == "fi" else width
            tensors[f"l{layer}.{name}.w"] = normal(outputs, inputs, scale=1.5 / inputs**0.5)
            tensors[f"l{layer}.{name}.b"] = normal(outputs, scale=0.2)
        for name in _NORMS:
            tensors |= norm(f"l{layer}.{name}")
    return tensors


def is_four_bits(name: str) -> bool:
    """True for the tensors that the file holds in blocks: the matrices and the table of pieces."""
    return name == "emb.word" or (name.endswith(".w") and name.split(".")[1] in _MATRICES)


def encoder_bytes(tensors: Mapping[str, Floats] | None = None, *, magic: bytes = b"E5S1", block: int = BLOCK) -> bytes:
    """The bytes of the package's file."""
    texts = [piece.encode() for piece in PIECES]
    borders = np.cumsum([0, *map(len, texts)])
    scores = piece_scores()
    head = magic + struct.pack("<I7ifi", 1, *SIZES.values(), EPSILON, block)
    head += struct.pack("<5iQ", len(PIECES), BEGIN, END, PADDING, UNKNOWN, borders[-1])
    head += borders.astype("<u4").tobytes() + scores.astype("<f4").tobytes() + b"".join(texts)
    rows = [
        struct.pack(f"<IB{len(text)}I", code, len(text), *map(ord, text)) for code, text in sorted(CHARACTERS.items())
    ]
    head += struct.pack("<iI", len(rows), sum(map(len, rows))) + b"".join(rows)
    tensors = tiny_tensors() if tensors is None else tensors
    parts = {name: _in_blocks(value) if is_four_bits(name) else value.tobytes() for name, value in tensors.items()}
    at = len(head) + 4 + sum(2 + len(name) + struct.calcsize("<BIQQ") for name in parts)
    directory = struct.pack("<i", len(parts))
    for name, content in parts.items():
        kind = _FOUR_BITS if is_four_bits(name) else _FLOATS
        directory += struct.pack("<H", len(name)) + name.encode()
        directory += struct.pack("<BIQQ", kind, tensors[name].size, at, len(content))
        at += len(content)
    return head + directory + b"".join(parts.values())


def piece_scores() -> Floats:
    """Longer pieces are likelier than their letters, as in a trained vocabulary."""
    return np.array([0.0 if number <= UNKNOWN else -4.0 for number in range(len(PIECES))], dtype=np.float32)


def save_encoder_file(path: Path, *, seed: int = 0) -> EncoderFile:
    """Write the package's file, and read it."""
    path.write_bytes(encoder_bytes(tiny_tensors(seed)))
    return read_encoder_file(path)


def tiny_heads(seed: int = 0) -> dict[str, Floats]:
    """The heads by their names in heads.safetensors."""
    random = np.random.default_rng(seed)
    shapes = {"pooled": (POOLED, 3 * SIZES["width"]), "sentence": (3, POOLED)}
    shapes |= {"hidden": (POOLED, SIZES["width"]), "token": (3, POOLED)}
    heads = {}
    for name, shape in shapes.items():
        heads[f"{name}.weight"] = random.normal(scale=shape[1] ** -0.5, size=shape).astype(np.float32)
        heads[f"{name}.bias"] = random.normal(scale=0.3, size=shape[0]).astype(np.float32)
    return heads


def trained_layers(file: EncoderFile, *, seed: int = 1) -> dict[str, Floats]:
    """Other weights than the file's by the names of a BertModel, its tables of pieces and positions left out."""
    from models.joint_quality.network import FROZEN
    from mtqa.modeling.joint_build import to_transformers

    model = to_transformers(replace(file, tensors={**file.tensors, **tiny_tensors(seed)}))
    return {name: value.numpy() for name, value in model.state_dict().items() if name not in FROZEN}


def save_trained(folder: Path, file: EncoderFile, *, seed: int = 1) -> None:
    """Write layers.safetensors and heads.safetensors as they ship."""
    import torch
    from safetensors.torch import save_file as save_tensors

    from models.quality_en.export import quantised

    folder.mkdir(parents=True, exist_ok=True)
    layers = {name: torch.from_numpy(value) for name, value in trained_layers(file, seed=seed).items()}
    save_tensors(quantised(layers), folder / "layers.safetensors")
    save_file(tiny_heads(seed), folder / "heads.safetensors")


def _in_blocks(values: Floats) -> bytes:
    """Half-precision scales and pairs of 4-bit weights: the low halves are the first 16 of 32."""
    blocks = values.reshape(-1, BLOCK)
    scales = (np.abs(blocks).max(axis=1, keepdims=True) / 7).astype("<f2")  # (blocks, 1)
    codes = np.clip(np.rint(blocks / scales.astype(np.float32)) + 8, 0, 15).astype(np.uint8)  # (blocks, 32)
    halves = codes[:, : BLOCK // 2] | codes[:, BLOCK // 2 :] << 4
    return b"".join(scale.tobytes() + half.tobytes() for scale, half in zip(scales, halves, strict=True))
