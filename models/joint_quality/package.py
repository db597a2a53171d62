"""`python -m models.joint_quality.package`: from the state of a training run to the weights that ship.

Writes weights/layers.safetensors (the encoder as it was trained, int8 with a scale per row; tables of pieces and
positions stay those of its package) and weights/heads.safetensors (float16).
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import torch
import typer
from safetensors.torch import save_file

from models.joint_quality.train import STATE
from models.quality_en.export import quantised
from mtqa.modeling.joint_build import FROZEN
from mtqa.modeling.joint_estimator import HEADS, LAYERS

WEIGHTS = Path(__file__).with_name("weights")
_ENCODER = "encoder."


def main(
    state: Annotated[Path, typer.Option(help="what the training run wrote")] = STATE,
    target: Annotated[Path, typer.Option(help="where the weights go")] = WEIGHTS,
) -> None:
    """Package a trained network."""
    weights = torch.load(state, weights_only=True)[0]
    layers = {name.removeprefix(_ENCODER): value for name, value in weights.items() if name.startswith(_ENCODER)}
    heads = {name: value.half().contiguous() for name, value in weights.items() if not name.startswith(_ENCODER)}
    target.mkdir(exist_ok=True)
    save_file(quantised({name: value for name, value in layers.items() if name not in FROZEN}), target / LAYERS)
    save_file(heads, target / HEADS)
    for path in (target / LAYERS, target / HEADS):
        path.chmod(0o644)
        print(f"{path.name}: {path.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    typer.run(main)
