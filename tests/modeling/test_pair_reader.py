"""The pair reader in numpy is the network that was trained, whatever is read beside, and names damaged weights."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from mtqa.errors import ModelError
from mtqa.modeling.pair_reader import FILE, PairReader
from mtqa.modeling.shipped import shipped_folder


def states(tokens: int, seed: int, width: int = 512) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(tokens, width)).astype(np.float32)


@pytest.mark.models
def test_the_numbers_are_those_of_the_network_that_is_trained(tmp_path: Path) -> None:
    import torch

    from models.pair_reading.network import PairNetwork

    torch.manual_seed(3)
    network = PairNetwork(torch.randn(20), torch.rand(20) + 0.5)
    for parameter in network.parameters():  # nothing is left at 0 or 1, where mistakes hide
        torch.nn.init.normal_(parameter, std=0.3)
    save_file({name: value.contiguous().numpy() for name, value in network.folded().items()}, tmp_path / FILE)
    reader = PairReader.load(tmp_path)
    pairs = [(states(5, 1, 20), states(4, 2, 20)), (states(1, 3, 20), states(7, 4, 20))]
    for source, translation in pairs:
        inputs = [torch.from_numpy(one)[None] for one in (source, translation)]
        full = [torch.ones(one.shape[:2], dtype=torch.bool) for one in inputs]
        # Padding behind the tokens must change nothing.
        padded = [torch.cat([one, torch.randn(1, 3, 20)], 1) for one in inputs]
        masks = [torch.cat([one, torch.zeros(1, 3, dtype=torch.bool)], 1) for one in full]
        with torch.inference_mode():
            missing, wrong, score = network(inputs[0], full[0], inputs[1], full[1])
            same = network(padded[0], masks[0], padded[1], masks[1])
        assert same[2].item() == pytest.approx(score.item(), abs=1e-4)
        found = reader.read(source, translation)
        assert found.score == pytest.approx(score.item(), abs=1e-3)
        assert found.missing == pytest.approx(torch.sigmoid(missing[0]).numpy(), abs=1e-4)
        assert found.wrong == pytest.approx(torch.sigmoid(wrong[0]).numpy(), abs=1e-4)


def test_a_long_text_is_read_from_its_beginning() -> None:
    reader = PairReader.load()
    long, short = states(700, 5), states(3, 6)
    found = reader.read(long, short)
    assert len(found.missing) == 256
    assert len(found.wrong) == 3
    assert found.score == reader.read(long[:256], short).score


def test_damaged_weights_are_named(tmp_path: Path) -> None:
    shipped = shipped_folder("pair_reading", FILE, "the pair reader") / FILE
    assert shipped.stat().st_size < 2_000_000
    with pytest.raises(ModelError, match="damaged"):
        PairReader.load(tmp_path)
    weights = load_file(shipped)
    save_file({name: value for name, value in weights.items() if name != "side"}, tmp_path / FILE)
    with pytest.raises(ModelError, match="unknown parts: side"):
        PairReader.load(tmp_path)
    weights["compared.weight"] = weights["compared.weight"][:, :-1].copy()
    save_file(weights, tmp_path / FILE)
    with pytest.raises(ModelError, match="do not fit"):
        PairReader.load(tmp_path)
