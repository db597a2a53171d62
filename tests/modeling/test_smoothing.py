"""Scales move outlying channels into the weights: a Llama says the same, its int8 form is nearer to it."""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from models.quality_en.smoothing import smoothing_scales
from mtqa.errors import ModelError
from mtqa.modeling import smoothing
from mtqa.modeling.quality_build import merged_model, save_generator
from mtqa.modeling.quality_model import DecoderFeatures
from mtqa.modeling.smoothing import PREFIX, SMOOTHING, channels, shipped_scales, smooth, split_smoothing
from tests.modeling.tiny_llama import GROUPS, HEADS, INNER, WIDTH, State, random_llama, upper_state

pytestmark = pytest.mark.models  # nothing is downloaded, but torch takes seconds

LAYERS = 3
IDS = [[0, 5, 9, 200, 3, 77, 120, 0], [0, 1, 2, 3, 4, 5, 6, 0], [0, 311, 12, 12, 12, 45, 299, 0]]
SIZES = {"attention": WIDTH, "mlp": WIDTH, "down": INNER, "output": WIDTH // HEADS * GROUPS}


def scales(seed: int = 3) -> State:
    """Scales of every layer, a hundred times as large in one channel as in another."""
    chance = torch.Generator().manual_seed(seed)
    return {
        f"{layer}.{reader}": 10.0 ** (2.0 * torch.rand(size, generator=chance) - 1.0)
        for layer in range(LAYERS)
        for reader, size in SIZES.items()
    }


def said(model: Any) -> Any:
    with torch.inference_mode():
        return model(torch.tensor(IDS)).logits


def features_model() -> Any:
    return merged_model(random_llama(LAYERS), upper_state(LAYERS - 1))


def test_a_smoothed_model_says_the_same_with_other_weights() -> None:
    model = random_llama(LAYERS)
    before = copy.deepcopy(model.state_dict())
    expected = said(model)
    smooth(model, scales())
    torch.testing.assert_close(said(model), expected, atol=1e-3, rtol=1e-4)
    after = model.state_dict()
    same = {name for name in before if torch.equal(before[name], after[name])}
    assert same == {"model.embed_tokens.weight", "lm_head.weight", "model.norm.weight"}


def test_layers_without_scales_stay_as_they_are() -> None:
    model = random_llama(LAYERS)
    before = copy.deepcopy(model.state_dict())
    smooth(model, {name: value for name, value in scales().items() if name == "1.down"})
    after = model.state_dict()
    changed = {name for name in before if not torch.equal(before[name], after[name])}
    assert changed == {"model.layers.1.mlp.up_proj.weight", "model.layers.1.mlp.down_proj.weight"}


def change(name: str, value: torch.Tensor) -> Callable[[State], None]:
    return lambda found: found.update({name: value})


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (change("1.down", torch.ones(3)), r"smoothing\.1\.down is no row of 96 numbers above 0"),
        (change("0.mlp", torch.ones(WIDTH, 2)), r"smoothing\.0\.mlp is no row"),
        (change("0.output", torch.ones(WIDTH)), r"smoothing\.0\.output is no row of 32"),
        (change("2.attention", torch.zeros(WIDTH)), "above 0"),
        (change("2.attention", torch.full((WIDTH,), torch.inf)), "above 0"),
        (change("2.attention", torch.full((WIDTH,), torch.nan)), "above 0"),
        (change("7.down", torch.ones(INNER)), r"smoothing\.7\.down is of no layer"),
        (change("0.up", torch.ones(INNER)), r"smoothing\.0\.up is of no layer"),
    ],
)
def test_scales_that_do_not_fit_are_refused(spoil: Callable[[State], None], says: str) -> None:
    found = scales()
    spoil(found)
    with pytest.raises(ModelError, match=says):
        smooth(random_llama(LAYERS), found)


def test_measured_scales_are_of_every_layer_and_leave_the_model_alone() -> None:
    model = random_llama(LAYERS)
    before = copy.deepcopy(model.state_dict())
    found = smoothing_scales(model, IDS)
    assert {name: len(value) for name, value in found.items()} == {
        f"{PREFIX}{layer}.{reader}": size for layer in range(LAYERS) for reader, size in SIZES.items()
    }
    for value in found.values():
        assert value.dtype == torch.float16
        assert (value > 0).all()
        assert abs(float(value.float().log().mean())) < 1e-2  # on average nothing grows
    assert all(torch.equal(before[name], value) for name, value in model.state_dict().items())
    assert not any(module._forward_pre_hooks for module in model.modules())


def test_a_channel_that_outgrows_the_rest_gets_the_largest_scale() -> None:
    model = random_llama(LAYERS)
    with torch.no_grad():
        model.model.layers[1].input_layernorm.weight[17] *= 40
        model.model.layers[2].mlp.up_proj.weight[50] *= 40
        model.model.layers[0].self_attn.v_proj.weight[20] *= 40
    found = smoothing_scales(model, IDS)
    assert [int(found[PREFIX + name].argmax()) for name in ("1.attention", "2.down", "0.output")] == [17, 50, 20]


def off_in_int8(model: Any, expected: torch.Tensor, folder: Path) -> float:
    save_generator(copy.deepcopy(model), folder)
    found = DecoderFeatures(folder, threads=1).features(IDS, [])
    return float(np.sqrt(np.mean((found - expected.numpy()) ** 2)))


def test_int8_is_nearer_to_a_model_with_outlying_channels_once_they_are_smoothed(tmp_path: Path) -> None:
    model = features_model()
    outlying = {f"{layer}.{reader}": torch.ones(size) for layer in range(LAYERS) for reader, size in SIZES.items()}
    for value in outlying.values():
        value[::16] = 0.02
    smooth(model, outlying)  # fifty times as large as the rest, and read with as small weights
    expected = said(model)
    before = off_in_int8(model, expected, tmp_path / "before")
    smooth(model, split_smoothing(smoothing_scales(model, IDS))[1])
    assert off_in_int8(model, expected, tmp_path / "after") < 0.5 * before


def test_scales_and_weights_are_told_apart() -> None:
    stored = {"norm": torch.ones(2), f"{PREFIX}0.down": torch.ones(3)}
    weights, found = split_smoothing(stored)
    assert (list(weights), list(found)) == (["norm"], ["0.down"])


def test_every_matrix_that_a_layer_multiplies_with_is_named() -> None:
    layer = random_llama(1).model.layers[0]
    read = {id(matrix) for _, matrices in channels(layer).values() for matrix in matrices}
    assert read == {id(module.weight) for module in layer.modules() if isinstance(module, torch.nn.Linear)}


def test_shipped_scales_are_those_of_the_manifest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smoothing, "shipped_folder", lambda name, file, what: tmp_path)
    save_file({f"{PREFIX}0.down": torch.ones(3)}, tmp_path / SMOOTHING)
    digest = hashlib.sha256((tmp_path / SMOOTHING).read_bytes()).hexdigest()
    assert list(shipped_scales("tiny", digest)) == ["0.down"]
    assert shipped_scales("tiny", "") == {}
    with pytest.raises(ModelError, match="not the file that belongs to this version"):
        shipped_scales("tiny", "0" * 64)


def test_a_model_without_its_scales_is_an_incomplete_installation() -> None:
    with pytest.raises(ModelError, match=r"smoothing\.safetensors of no-such-model is missing from this installation"):
        shipped_scales("no-such-model", "0" * 64)
