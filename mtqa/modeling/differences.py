"""Weights that ship as what they differ from the weights of a package: four bits a number.

What training changes is small beside the weights, so that few bits of the difference are enough. A matrix NAME
(rows, columns) is stored as uint8 (rows, columns / 2), two numbers a byte, the first in the low half, 0..15 less 8 in
units of NAME.scale (rows, columns / GROUP).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mtqa.errors import ModelError
from mtqa.modeling.quality_build import SCALE, dequantised

GROUP = 64  # numbers that share a scale
MIDDLE = 8


def restored(state: Mapping[str, Any], base: Mapping[str, Any]) -> dict[str, Any]:
    """float32 tensors of a state in which matrices may be differences from those of `base`, or what
    mtqa.modeling.quality_build.dequantised reads.

    ModelError for a difference without its scale or base, or of another size.
    """
    import torch

    packed = {name for name, value in state.items() if value.dtype == torch.uint8}
    scales = {name + SCALE for name in packed}
    found = dequantised({name: value for name, value in state.items() if name not in packed | scales})
    for name in sorted(packed):
        if name not in base or name + SCALE not in state:
            raise ModelError(
                f"{name} is a difference without {'its scale' if name in base else 'what it differs from'}"
            )
        halves, scale, own = state[name], state[name + SCALE], base[name]
        rows, columns = own.shape if own.ndim == 2 else (0, 0)
        if columns % GROUP or halves.shape != (rows, columns // 2) or scale.shape != (rows, columns // GROUP):
            raise ModelError(f"{name} is a difference of another shape than {tuple(own.shape)}")
        numbers = torch.stack([halves & 15, halves >> 4], dim=2).float() - MIDDLE  # (rows, columns / 2, 2)
        change = numbers.reshape(rows, -1, GROUP) * scale.float()[:, :, None]
        found[name] = own.float() + change.reshape(rows, columns)
    return found
