"""A small random Universal Sentence Encoder and a vocabulary trained on a few lines: nothing is downloaded."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np

EMBEDDING, CHANNELS, STATES, INNER, WIDTH = 12, 6, 10, 7, 9
LINES = (
    "The president spoke on Monday about the new law.",
    "Nobody knew what would come next: rain, wind or snow.",
    "Der Präsident sprach am Montag über das neue Gesetz.",
    "Президент говорил в понедельник о новом законе.",
    "总统星期一谈到新法律。",
)


def tiny_weights(*, rows: int = 4, seed: int = 0) -> dict[str, np.ndarray]:
    """Arrays by the names of weights.npz; the vocabulary has 17 x `rows` entries."""
    random = np.random.default_rng(seed)

    def normal(*shape: int) -> np.ndarray:
        return random.normal(scale=0.5, size=shape).astype(np.float32)

    features = EMBEDDING + 3 * CHANNELS
    weights = {f"q{part}": random.integers(0, 64, size=(rows, EMBEDDING)).astype(np.uint8) for part in range(1, 18)} | {
        "scale": random.uniform(0.01, 0.1, 17).astype(np.float32),
        "lo": normal(17),
        "eps": np.array(1e-6),
    }
    for size in (2, 3, 5):
        weights |= {f"proj{size}": normal(EMBEDDING, CHANNELS), f"proj_b{size}": normal(CHANNELS)}
        weights |= {f"ln_g{size}": normal(CHANNELS), f"ln_b{size}": normal(CHANNELS)}
        for layer in (1, 2):
            weights |= {f"w{layer}_{size}": normal(size * CHANNELS, CHANNELS), f"b{layer}_{size}": normal(CHANNELS)}
    weights |= {"ln_g": normal(features), "ln_b": normal(features), "bits": np.array([6], dtype=np.int8)}
    weights |= {"cnn_W": normal(features, STATES), "cnn_b": normal(STATES), "d0": normal(STATES, INNER)}
    # Small, so that the last layer does not saturate on long texts, whose sums grow.
    weights["d0"] *= 0.02
    weights |= {"p1": normal(STATES, INNER) * np.float32(0.02), "d1": normal(INNER, INNER), "d2": normal(INNER, INNER)}
    return weights | {"p3": normal(INNER, WIDTH), "d3": normal(INNER, WIDTH)}


def as_npz(weights: dict[str, np.ndarray]) -> bytes:
    """The bytes of weights.npz."""
    stream = io.BytesIO()
    np.savez_compressed(stream, **weights)  # type: ignore[arg-type]
    return stream.getvalue()


def tiny_pieces() -> bytes:
    """The bytes of a sentencepiece model of the same kind: unigram, normalised by nmt_nfkc."""
    from sentencepiece import SentencePieceTrainer

    stream = io.BytesIO()
    SentencePieceTrainer.train(
        sentence_iterator=iter(LINES * 3),
        model_writer=stream,
        vocab_size=110,
        character_coverage=1.0,
        normalization_rule_name="nmt_nfkc",
        hard_vocab_limit=False,
        minloglevel=2,
    )
    return stream.getvalue()


def save_tiny_encoder(folder: Path, *, pieces: bytes, seed: int = 0) -> None:
    """What the store unpacks: weights.npz and sp.model."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "weights.npz").write_bytes(as_npz(tiny_weights(rows=8, seed=seed)))
    (folder / "sp.model").write_bytes(pieces)
