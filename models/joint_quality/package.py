"""`python -m models.joint_quality.package`: from the state of a training run to the weights that ship.

Writes weights/layers.safetensors (what the trained encoder differs from that of its package, four bits a number;
tables of pieces and positions stay those of the package) and weights/heads.safetensors (float16).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import torch
import typer
from safetensors.torch import save_file
from torch import Tensor

from models.joint_quality.network import JointNetwork
from models.joint_quality.train import DEV, RUN, STATE, comparison_pairs, evaluate
from models.quality_en.export import differences
from mtqa import Settings
from mtqa.modeling.e5_weights import read_encoder_file
from mtqa.modeling.joint_build import FROZEN, WEIGHTS
from mtqa.modeling.joint_estimator import BASE, HEADS, LAYERS
from mtqa.modeling.joint_tokens import JointTokens
from mtqa.modeling.store import ensure

FOLDER = Path(__file__).with_name("weights")
_ENCODER = "encoder."


def averaged(trained: Mapping[str, Tensor], earlier: Mapping[str, Tensor], share: float) -> dict[str, Tensor]:
    """`share` of the earlier weights, the rest of the trained ones."""
    return {name: torch.lerp(value.float(), earlier[name].float(), share) for name, value in trained.items()}


def main(
    state: Annotated[Path, typer.Option(help="what the training run wrote")] = STATE,
    target: Annotated[Path, typer.Option(help="where the weights go")] = FOLDER,
    earlier: Annotated[Path | None, typer.Option(help="folder of shipped weights to average with")] = None,
    share: Annotated[float, typer.Option(help="of the earlier weights in the average")] = 0.5,
    measure: Annotated[bool, typer.Option(help="put the figures of what ships into run.json")] = False,
) -> None:
    """Package a trained network."""
    file = read_encoder_file(ensure(BASE, Settings()).path / WEIGHTS)
    network = JointNetwork(file)
    base = {name: value.clone() for name, value in network.encoder.state_dict().items()}
    weights = torch.load(state, weights_only=True)[0]
    if earlier is not None:
        network.load_shipped(earlier)
        weights = averaged(weights, network.trained(), share)
    layers = {name.removeprefix(_ENCODER): value for name, value in weights.items() if name.startswith(_ENCODER)}
    heads = {name: value.half().contiguous() for name, value in weights.items() if not name.startswith(_ENCODER)}
    target.mkdir(exist_ok=True)
    save_file(differences({name: value for name, value in layers.items() if name not in FROZEN}, base), target / LAYERS)
    save_file(heads, target / HEADS)
    for path in (target / LAYERS, target / HEADS):
        path.chmod(0o644)
        print(f"{path.name}: {path.stat().st_size / 1e6:.1f} MB")
    if measure:
        network = JointNetwork(file).eval()
        network.load_shipped(target)
        figures = evaluate(network, JointTokens.of_file(file), comparison_pairs(), DEV, half=False)
        record = json.loads(RUN.read_text(encoding="utf-8"))
        record["shipped"] = {"share_of_earlier": 0.0 if earlier is None else share, **figures}
        RUN.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
        print(json.dumps(record["shipped"]))


if __name__ == "__main__":
    typer.run(main)
