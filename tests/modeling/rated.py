"""Ratings of made-up sentences with known faults, and a small random estimator in a folder to be trained on them."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from mtqa.modeling.fetch import hash_of
from mtqa.modeling.load_quality import DESCRIPTION, TOKEN_HEAD
from tests.modeling.tiny_quality import FEATURES, TIER, random_heads, tiny_wordpiece
from tests.modeling.tiny_token_head import add_token_head

WORDS = "the president of France spoke on Monday about a new law and ten people came to meeting it".split()
BAD = "zzqx"  # a word that the made-up raters mark


def faulty_rows(count: int, *, seed: int = 0) -> list[dict[str, Any]]:
    """Sentences in which each bad word costs 20 points and is marked; `group` by tens."""
    rng = random.Random(seed)
    rows = []
    for number in range(count):
        words = rng.sample(WORDS, 7)
        for _ in range(rng.randrange(5)):
            words.insert(rng.randrange(len(words) + 1), BAD)
        starts = [sum(len(word) + 1 for word in words[:at]) for at in range(len(words))]
        spans = [[start, start + len(BAD), "major"] for start, word in zip(starts, words, strict=True) if word == BAD]
        score = 90.0 - 20.0 * len(spans) + rng.uniform(-5.0, 5.0)
        rows.append({"text": " ".join(words), "score": round(score, 1), "spans": spans, "group": f"d{number // 10}"})
    return rows


def as_json_lines(rows: Sequence[dict[str, Any]]) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


def save_estimator(folder: Path) -> None:
    """A folder as it ships: two random encoders, `full` too, with calibrated tiers and, of the
    full one, a random token head.
    """
    import torch
    from safetensors.numpy import save_file
    from transformers import BertConfig, BertModel

    from mtqa.modeling.quality_build import save_encoder

    described: dict[str, Any] = {}
    for seed, name in enumerate(("full", "fast")):
        torch.manual_seed(seed)
        config = BertConfig(
            vocab_size=tiny_wordpiece().get_vocab_size(),
            hidden_size=32,
            intermediate_size=64,
            num_hidden_layers=2,
            num_attention_heads=4,
            max_position_embeddings=256,
            type_vocab_size=6,
        )
        save_encoder(BertModel(config, add_pooling_layer=False).eval(), folder / name / "ct2-int8")
        tiny_wordpiece().save(str(folder / name / "tokenizer.json"))
        mapping = np.random.default_rng(seed).normal(size=(FEATURES, 32)).astype(np.float32) / 6.0
        save_file(random_heads(seed) | {"features.weight": mapping}, folder / name / "heads.safetensors")
        files = {
            path.relative_to(folder / name).as_posix(): {"sha256": hash_of(path), "bytes": path.stat().st_size}
            for path in sorted((folder / name).rglob("*"))
            if path.is_file()
        }
        described[name] = {"kind": "encoder", "borders": ["[CLS]", "[SEP]"], "files": files}
    tiers = {
        name: {**TIER, "models": own, "weights": TIER["weights"] * len(own), "token_weights": [0.5] * len(own)}
        for name, own in (("full", ["full", "fast"]), ("fast", ["fast"]))
    }
    tiers["full"][TOKEN_HEAD] = add_token_head(folder, "full", 2 * FEATURES, bias=0.25)
    description = {"format": 3, "name": "tiny", "models": described, "tiers": tiers}
    (folder / DESCRIPTION).write_text(json.dumps(description), encoding="utf-8")
