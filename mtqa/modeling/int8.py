"""CTranslate2 models in int8 whose products come out right on every CPU.

CPUs without VNNI instructions multiply two pairs of 8-bit numbers at a time and add them up in 16 bits. With weights up
to 127 such sums overflow and are cut off: on AVX2 the log-probability of a sentence was off by 3 nats on average. Rows
are therefore scaled so that no weight is above LARGEST, from which on next to nothing is cut off, and no more is lost
to rounding than the activations lose anyway (DECISIONS.md has the figures).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

LARGEST = 80
_FULL = 127  # what CTranslate2 scales rows to


def save_int8(spec: Any, target: Path) -> None:
    """Quantise and write a specification of ctranslate2, with its vocabulary registered."""
    from ctranslate2.specs.model_spec import visit_spec

    spec.validate()
    spec.optimize(quantization="int8")
    visit_spec(spec, _narrow)
    target.mkdir(parents=True, exist_ok=True)
    spec.save(str(target))


def _narrow(layer: Any, name: str, value: Any) -> None:
    """Scale the rows of a matrix to LARGEST."""
    from ctranslate2.specs.model_spec import NumpyVariable

    key = name.rpartition("/")[2]
    if getattr(value, "dtype", "") != "int8" or not hasattr(layer, f"{key}_scale"):
        return
    scale = getattr(layer, f"{key}_scale").numpy()  # (rows,)
    setattr(layer, key, NumpyVariable(narrowed(value.numpy())))
    setattr(layer, f"{key}_scale", NumpyVariable((scale * (LARGEST / _FULL)).astype(np.float32)))


def narrowed(weights: Any) -> Any:
    """int8 numbers up to 127 as such up to LARGEST, of the same shape."""
    return np.rint(weights.astype(np.float32) * (LARGEST / _FULL)).astype(np.int8)
