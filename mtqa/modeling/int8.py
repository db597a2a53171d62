"""CTranslate2 models in int8 whose products come out right on every CPU.

CPUs without VNNI instructions multiply two pairs of 8-bit numbers at a time and add them up in 16 bits. With weights up
to 127 such sums overflow and are cut off. Rows are therefore scaled so that no weight is above LARGEST: next to nothing
is cut off, and rounding loses less than it does in the activations (`python -m eval run quantisation`).
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

LARGEST = 80
FULL = 127  # what CTranslate2 scales rows to


def save_int8(spec: Any, target: Path, *, largest: int = LARGEST) -> None:
    """Quantise and write a specification of ctranslate2, with its vocabulary registered."""
    from ctranslate2.specs.model_spec import visit_spec

    spec.validate()
    spec.optimize(quantization="int8")
    visit_spec(spec, partial(_narrow, largest))
    target.mkdir(parents=True, exist_ok=True)
    spec.save(str(target))


def _narrow(largest: int, layer: Any, name: str, value: Any) -> None:
    """Scale the rows of a matrix from FULL to `largest`."""
    from ctranslate2.specs.model_spec import NumpyVariable

    key = name.rpartition("/")[2]
    if getattr(value, "dtype", "") != "int8" or not hasattr(layer, f"{key}_scale"):
        return
    share = largest / FULL
    scale = getattr(layer, f"{key}_scale").numpy()  # (rows,)
    setattr(layer, key, NumpyVariable(np.rint(value.numpy() * share).astype(np.int8)))
    setattr(layer, f"{key}_scale", NumpyVariable((scale * share).astype(np.float32)))
