"""The mean of the weights of stages."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from models.quality_en.package import mean_weights

pytestmark = pytest.mark.models  # nothing is downloaded, but torch takes seconds


def test_stages_count_alike_and_one_stays_as_it_is(tmp_path: Path) -> None:
    for name, value in (("first", 1.0), ("second", 4.0)):
        (tmp_path / name).mkdir()
        save_file({"weight": torch.full((2,), value)}, tmp_path / name / "network.safetensors")
    assert mean_weights(tmp_path, ["first", "second"])["weight"].tolist() == [2.5, 2.5]
    assert mean_weights(tmp_path, ["second"])["weight"].tolist() == [4.0, 4.0]
