"""Quality estimators that tests make themselves: random heads, features by table, and a small uncased tokenizer."""

from __future__ import annotations

import hashlib
import json
import string
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import save_file
from tokenizers import Tokenizer as FastTokenizer
from tokenizers import decoders, models, normalizers, pre_tokenizers

from mtqa.modeling.language_model import Floats
from mtqa.modeling.quality_model import QualityModel
from mtqa.modeling.tokens import Tokenizer
from tests.modeling.tiny import CORPUS, tiny_bpe

FEATURES = 128
SHAPES = {
    "token_attention": (192, FEATURES),
    "token_hidden": (64, 4 * FEATURES + 64),
    "token_output": (2, 64),
    "surprisal": (1, 4 * FEATURES),
    "sentence_hidden": (96, 2 * FEATURES + 2 * 64 + 5),
    "sentence_output": (3, 96),
}
TIER: dict[str, Any] = {
    "weights": [[0.5, 0.5, -0.1]],
    "intercept": 0.1,
    "knots": [[-1.0, 10.0], [0.0, 50.0], [1.0, 90.0]],
    "spread": [2.0, 0.5],
    "low": -1.4,
    "high": 1.1,
    "token_weights": [1.0],
    "token_bias": 0.0,
}


class TableFeatures:
    """Features that depend on id and type of each token alone; `lengths` are those of all sequences read."""

    def __init__(self, *, workers: int = 2, seed: int = 0) -> None:
        self.workers = workers
        self.lengths: list[int] = []
        self._table = np.random.default_rng(seed).normal(size=(4096, FEATURES)).astype(np.float32)

    def features(self, ids: Sequence[Sequence[int]], types: Sequence[Sequence[int]]) -> Floats:
        """Sequences of one length -> features  # (sequences, tokens, FEATURES)."""
        self.lengths += [len(one) for one in ids]
        return self._table[(np.array(ids) * 7 + np.array(types)) % len(self._table)]


def random_heads(seed: int = 0) -> dict[str, Floats]:
    rng = np.random.default_rng(seed)
    heads = {}
    for name, shape in SHAPES.items():
        heads[f"{name}.weight"] = (rng.normal(size=shape) / shape[1] ** 0.5).astype(np.float32)
        heads[f"{name}.bias"] = rng.normal(size=shape[0]).astype(np.float32)
    heads["token_distance"] = rng.normal(size=(4, 33)).astype(np.float32)
    return heads


def tiny_wordpiece() -> FastTokenizer:
    """Uncased, as BERT's: accents and control characters are dropped, the words of the corpus are whole."""
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]
    words = {word.strip(string.punctuation).lower() for text in CORPUS for word in text.split()}
    letters = string.ascii_lowercase + string.digits
    pieces = [*special, *letters, *(f"##{one}" for one in letters), *string.punctuation, *sorted(words - {*letters})]
    vocabulary = {piece: number for number, piece in enumerate(pieces)}
    tokenizer = FastTokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    tokenizer.add_special_tokens(special)
    return tokenizer


def table_model(kind: str, *, seed: int = 0, encoder: TableFeatures | None = None) -> QualityModel:
    """A model over features by table: `uncased` with types, or `bytes`."""
    tokenizer = Tokenizer(tiny_wordpiece() if kind == "uncased" else tiny_bpe())
    return QualityModel(
        encoder or TableFeatures(seed=seed), tokenizer, random_heads(seed), borders=(2, 3), typed=kind == "uncased"
    )


def write_folder(folder: Path, *, changes: Mapping[str, Any] | None = None) -> Path:
    """A folder of an estimator with a fast tier whose encoder is missing; `changes` replace parts of quality.json."""
    place = folder / "fast"
    (place / "ct2-int8").mkdir(parents=True)
    (place / "ct2-int8" / "model.bin").write_bytes(b"")
    tiny_wordpiece().save(str(place / "tokenizer.json"))
    mapping = np.random.default_rng(5).normal(size=(FEATURES, 32)).astype(np.float32) / 6
    save_file(random_heads() | {"features.weight": mapping}, place / "heads.safetensors")
    describe(folder, changes or {})
    return folder


def describe(folder: Path, changes: Mapping[str, Any]) -> None:
    """Write quality.json for the files that lie in fast/."""
    place = folder / "fast"
    files = {
        path.relative_to(place).as_posix(): {
            "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
            "bytes": path.stat().st_size,
        }
        for path in sorted(place.rglob("*"))
        if path.is_file()
    }
    description = {
        "format": 3,
        "name": "tiny",
        "models": {"fast": {"kind": "encoder", "borders": ["[CLS]", "[SEP]"], "files": files}},
        "tiers": {"fast": {"models": ["fast"], **TIER}},
    }
    (folder / "quality.json").write_text(json.dumps({**description, **changes}), encoding="utf-8")
