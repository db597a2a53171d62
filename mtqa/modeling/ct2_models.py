"""Opening converted models in CTranslate2: int8 on the CPU, one single-threaded worker per core."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mtqa.errors import ModelError


def opened(kind: Any, folder: Path, workers: int) -> Any:
    """An int8 model of a folder, `kind` its class; each of its workers has one thread.

    ModelError if it cannot be loaded.
    """
    try:
        return kind(str(folder), device="cpu", compute_type="int8", inter_threads=workers, intra_threads=1)
    except (RuntimeError, ValueError) as error:
        raise ModelError(f"{folder} cannot be loaded by CTranslate2: {error}") from error
