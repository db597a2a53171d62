"""The forms in which trained weights ship: int8, or what they differ from the weights of a package, four bits a number.

int8 is symmetric, with one scale per row. What training changes is small beside the weights, so that few bits of the
difference are enough: a matrix NAME (rows, columns) is stored as uint8 (rows, columns / 2), two numbers a byte, the
first in the low half, 0..15 less 8 in units of NAME.scale (rows, columns / GROUP).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mtqa.errors import ModelError

SCALE = ".scale"
GROUP = 64  # numbers that share a scale
MIDDLE = 8


def differing(state: Mapping[str, Any]) -> list[str]:
    """The matrices of a state that are stored as differences, in alphabetical order."""
    import torch

    return sorted(name for name, value in state.items() if value.dtype == torch.uint8)


def restored(state: Mapping[str, Any], base: Mapping[str, Any]) -> dict[str, Any]:
    """float32 tensors of a state in which matrices may differ from those of `base`, or be what `dequantised` reads.

    ModelError for a difference without its scale or base, or of another size.
    """
    import torch

    packed = differing(state)
    own_forms = {*packed, *(name + SCALE for name in packed)}
    found = dequantised({name: value for name, value in state.items() if name not in own_forms})
    for name in packed:
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


def dequantised(state: Mapping[str, Any]) -> dict[str, Any]:
    """float32 tensors of a state in which a matrix NAME may be int8 with its scale per row in NAME.scale.

    ModelError for a scale without its matrix, int8 without its scale, or sizes that differ.
    """
    import torch

    found = {}
    for name, value in state.items():
        if name.endswith(SCALE):
            if name.removesuffix(SCALE) not in state:
                raise ModelError(f"{name} has no weight that it scales")
            continue
        scale = state.get(name + SCALE)
        if (scale is not None) != (value.dtype == torch.int8) or not (value.is_floating_point() or scale is not None):
            raise ModelError(f"{name} is stored in a form that this version does not know")
        if scale is not None and (value.ndim != 2 or scale.shape != value.shape[:1]):
            raise ModelError(f"{name} is of the shape {tuple(value.shape)}, its scale of {tuple(scale.shape)}")
        found[name] = value.float() if scale is None else value.float() * scale.float()[:, None]
    return found
