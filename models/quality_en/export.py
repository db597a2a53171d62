"""Trained matrices in the forms in which they ship, which mtqa.modeling.differences reads."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from mtqa.modeling.differences import GROUP, MIDDLE, SCALE, dequantised

_LEAST_NUMBERS = 4096  # smaller tensors are not worth the loss
_MOST = 127
_FITS = (1.0, 0.92, 0.84, 0.76, 0.68, 0.6)  # of the greatest difference of a group: what the outermost step stands for


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


def differences(state: Mapping[str, Tensor], base: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The form that mtqa.modeling.differences.restored reads; of each group the scale with the least squared error."""
    found: dict[str, Tensor] = {}
    for name, value in state.items():
        if value.ndim != 2 or value.numel() < _LEAST_NUMBERS or value.shape[1] % GROUP:
            found[name] = value.contiguous()
            continue
        change = (value.float() - base[name].float()).reshape(value.shape[0], -1, GROUP)
        largest = change.abs().amax(dim=2)  # (rows, groups)
        best = torch.full_like(largest, torch.inf)
        kept = torch.zeros_like(largest, dtype=torch.float16)
        numbers = torch.zeros_like(change)
        for fit in _FITS:
            scale = (fit * largest / (MIDDLE - 1)).clamp(min=1e-7).half()
            own = torch.round(change / scale.float()[:, :, None]).clamp(-MIDDLE, MIDDLE - 1)
            error = ((own * scale.float()[:, :, None] - change) ** 2).sum(dim=2)
            is_better = error < best
            best = torch.where(is_better, error, best)
            kept = torch.where(is_better, scale, kept)
            numbers = torch.where(is_better[:, :, None], own, numbers)
        whole = (numbers + MIDDLE).to(torch.uint8).reshape(value.shape)
        found[name] = (whole[:, ::2] | whole[:, 1::2] << 4).contiguous()
        found[name + SCALE] = kept.contiguous()
    return found


__all__ = ["dequantised", "differences", "quantised"]
