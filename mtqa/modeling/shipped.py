"""Where the weights that ship with mtqa lie: inside the package, or beside it in a working copy of the project."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load

import mtqa
from mtqa.errors import ModelError

_PACKAGE = Path(next(iter(mtqa.__path__)))


def shipped_folder(name: str, file: str, what: str) -> Path:
    """The folder of the weights `name` that holds `file`. ModelError, which calls them `what`, if it is not there."""
    places = (_PACKAGE / "weights" / name, _PACKAGE.parent / "models" / name / "weights")
    for place in places:
        if (place / file).is_file():
            return place
    raise ModelError(f"{what} is missing from this installation ({places[0]}); install mtqa again")


def read_weights(path: Path) -> tuple[dict[str, NDArray[np.float32]], str]:
    """The arrays of a safetensors file as float32, and a short hash of it. ModelError if it is damaged.

    Matrices lie in memory as their transposes are read: few rows times such a transpose is half as fast again.
    """
    try:
        content = path.read_bytes()
        stored = load(content)
    except (OSError, SafetensorError) as error:
        raise ModelError(f"{path} is damaged: {error}") from error
    weights = {name: np.asarray(value, dtype=np.float32, order="F") for name, value in stored.items()}
    return weights, hashlib.sha256(content).hexdigest()[:4]
