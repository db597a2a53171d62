"""The mean of the weights of stages."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from models.quality_en.export import quantised
from models.quality_en.package import mean_weights, shipped_weights

pytestmark = pytest.mark.models  # nothing is downloaded, but torch takes seconds


def test_stages_count_alike_and_one_stays_as_it_is(tmp_path: Path) -> None:
    for name, value in (("first", 1.0), ("second", 4.0)):
        (tmp_path / name).mkdir()
        save_file({"weight": torch.full((2,), value)}, tmp_path / name / "network.safetensors")
    assert mean_weights(tmp_path, ["first", "second"])["weight"].tolist() == [2.5, 2.5]
    assert mean_weights(tmp_path, ["second"])["weight"].tolist() == [4.0, 4.0]


def test_a_packaged_folder_gives_the_weights_back(tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    torch.manual_seed(1)
    layers, heads = {"norm": torch.randn(8), "layers.3.down.weight": torch.randn(64, 128)}, {"out": torch.randn(4, 4)}
    save_file(quantised(layers), tmp_path / "full" / "layers.safetensors")
    save_file(heads, tmp_path / "full" / "heads.safetensors")
    found = shipped_weights(tmp_path)
    assert found.keys() == {"encoder.norm", "encoder.layers.3.down.weight", "heads.out"}
    assert torch.equal(found["encoder.norm"], layers["norm"])
    assert torch.equal(found["heads.out"], heads["out"])
    largest = layers["layers.3.down.weight"].abs().amax(1, keepdim=True)
    away = (found["encoder.layers.3.down.weight"] - layers["layers.3.down.weight"]).abs()
    assert bool((away <= 0.51 * largest / 127).all())
