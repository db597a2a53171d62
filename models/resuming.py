"""Going on with a training run that was cut off."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from torch import nn


def resumed(
    path: Path, network: nn.Module, optimizer: torch.optim.Optimizer, *, steps: int, bucket: int, strict: bool = True
) -> tuple[int, list[dict[str, Any]]]:
    """The step to go on from, and the curve so far; network and optimizer get what the state at `path` holds.

    A state of a run of another length, at its end, or inside a bucket of batches is left alone. `strict`: the state has
    all weights of the network, not the trained ones alone.
    """
    if not path.is_file():
        return 0, []
    weights, moments, step, curve, planned = torch.load(path, weights_only=True)
    if planned != steps or step % bucket or step >= steps:
        return 0, []
    network.load_state_dict(weights, strict=strict)
    optimizer.load_state_dict(moments)
    print(f"goes on from step {step}", flush=True)
    return step, curve
