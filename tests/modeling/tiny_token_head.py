"""Random weights of the token head of a tier, and where they lie."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import save_file

from mtqa.modeling.fetch import hash_of
from mtqa.modeling.language_model import Floats


def token_weights(width: int, *, seed: int = 0, hidden: int = 12, attention: int = 8) -> dict[str, Floats]:
    rng = np.random.default_rng(seed)

    def made(*shape: int) -> Floats:
        return (rng.normal(size=shape) / shape[-1] ** 0.5).astype(np.float32)

    return {
        "mean": made(width),
        "spread": np.abs(made(width)) + 0.5,
        "token_attention.weight": made(3 * attention, width),
        "token_attention.bias": made(3 * attention),
        "token_distance": made(4, 33),
        "hidden.weight": made(hidden, 5 * width + attention),
        "hidden.bias": made(hidden),
        "second.weight": made(hidden, hidden),
        "second.bias": made(hidden),
        "output.weight": made(1, hidden),
        "output.bias": made(1),
    }


def add_token_head(folder: Path, tier: str, width: int, **changes: Any) -> dict[str, Any]:
    """Write the weights of a token head for a tier of a folder, and how quality.json describes them."""
    path = folder / f"{tier}-tokens.safetensors"
    save_file(token_weights(width), path)
    return {"file": path.name, "bytes": path.stat().st_size, "sha256": hash_of(path), **changes}
