"""The form in which trained matrices ship: int8, symmetric, one scale per row; mtqa reads it with `dequantised`."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from mtqa.modeling.quality_build import SCALE, dequantised

_LEAST_NUMBERS = 4096  # smaller tensors are not worth the loss
_MOST = 127


def quantised(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Matrices NAME of at least 4096 numbers as int8 with NAME.scale  # (rows,), float32; the rest as it is."""
    found: dict[str, Tensor] = {}
    for name, value in state.items():
        if value.ndim != 2 or value.numel() < _LEAST_NUMBERS or not value.is_floating_point():
            found[name] = value.contiguous()
            continue
        largest = value.float().abs().amax(dim=1)  # (rows,)
        scale = torch.where(largest > 0, largest, 1.0) / _MOST
        found[name] = torch.round(value.float() / scale[:, None]).clamp(-_MOST, _MOST).to(torch.int8)
        found[name + SCALE] = scale
    return found


__all__ = ["dequantised", "quantised"]
