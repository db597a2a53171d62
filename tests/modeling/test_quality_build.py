"""Trained layers merged into a tiny random Llama, and both kinds of encoders converted: features as in torch."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from models.quality_en.export import differences, quantised
from models.quality_en.package import shipped_layers
from mtqa.errors import ModelError
from mtqa.modeling import convert
from mtqa.modeling.quality_build import ensure_encoder, merged_model, save_encoder, save_generator, stacked
from mtqa.modeling.quality_model import DecoderFeatures, EncoderFeatures, Floats
from mtqa.modeling.store import ModelFolder
from tests.modeling.tiny_llama import FEATURES, WIDTH, State, adapter_state, random_bert, random_llama, upper_state

pytestmark = pytest.mark.models  # nothing is downloaded, but torch takes seconds

LAYERS = 3
IDS = [[0, 5, 9, 200, 3, 77, 120, 0], [0, 1, 2, 3, 4, 5, 6, 0], [0, 311, 12, 12, 12, 45, 299, 0]]


def features_of(model: Any, ids: list[list[int]]) -> Floats:
    """Output layer of a Llama of transformers  # (sequences, tokens, features)."""
    with torch.inference_mode():
        return np.asarray(model(torch.tensor(ids)).logits.numpy(), dtype=np.float32)


def correlation(one: Floats, other: Floats) -> float:
    return float(np.corrcoef(one.ravel(), other.ravel())[0, 1])


def test_what_was_trained_replaces_the_layer_and_the_rest_stays() -> None:
    model, trained = random_llama(LAYERS), upper_state(LAYERS - 1)
    merged = merged_model(model, trained)
    assert merged.config.num_hidden_layers == LAYERS
    old, new = model.state_dict(), merged.state_dict()
    layer = f"model.layers.{LAYERS - 1}."
    stack = [new[f"{layer}self_attn.{name}_proj.weight"] for name in "qkv"]
    assert torch.equal(torch.cat(stack), trained[f"layers.{LAYERS - 1}.query_key_value.weight"])
    gates = [new[f"{layer}mlp.{name}_proj.weight"] for name in ("gate", "up")]
    assert torch.equal(torch.cat(gates), trained[f"layers.{LAYERS - 1}.gate_up.weight"])
    assert torch.equal(new[f"{layer}input_layernorm.weight"], trained[f"layers.{LAYERS - 1}.norm_attention"])
    assert torch.equal(new[f"{layer}post_attention_layernorm.weight"], trained[f"layers.{LAYERS - 1}.norm_mlp"])
    assert torch.equal(new["model.norm.weight"], trained["norm"])
    assert torch.equal(new["lm_head.weight"], trained["features.weight"])
    for name in old:
        if name.startswith(("model.layers.0.", "model.layers.1.", "model.embed")):
            assert torch.equal(old[name], new[name])


@pytest.mark.parametrize("highest", [0, 1])
def test_layers_above_the_highest_trained_one_are_cut_off(highest: int) -> None:
    merged = merged_model(random_llama(LAYERS), upper_state(highest))
    assert merged.config.num_hidden_layers == len(merged.model.layers) == highest + 1
    assert features_of(merged, IDS).shape == (3, 8, FEATURES)


def test_low_rank_additions_are_added() -> None:
    model, trained = random_llama(LAYERS), adapter_state(0, 1)
    merged = merged_model(model, trained)
    for layer in (0, 1):
        change = trained[f"layers.{layer}.down.up"] @ trained[f"layers.{layer}.down.down"]
        name = f"model.layers.{layer}.mlp.down_proj.weight"
        torch.testing.assert_close(merged.state_dict()[name], model.state_dict()[name] + change)
    assert correlation(features_of(merged, IDS), features_of(merged_model(model, upper_state(1)), IDS)) < 0.9


def test_int8_with_a_scale_per_row_is_near_the_weights() -> None:
    exact = upper_state(LAYERS - 1)
    shipped = quantised(exact)
    assert any(value.dtype == torch.int8 for value in shipped.values())
    halved = {name: value.half() if name.endswith(".scale") else value for name, value in shipped.items()}
    expected = features_of(merged_model(random_llama(LAYERS), exact), IDS)
    for state in (shipped, halved):
        assert correlation(features_of(merged_model(random_llama(LAYERS), state), IDS), expected) > 0.999


def near(state: State, *, by: float = 0.01) -> State:
    """Weights as training leaves them: a little off those of the tiny Llama."""
    base = random_llama(LAYERS).state_dict()
    chance = torch.Generator().manual_seed(9)
    old = stacked(base, state)
    return state | {name: value + by * torch.randn(value.shape, generator=chance) for name, value in old.items()}


def test_differences_from_the_language_model_give_the_weights_back() -> None:
    exact = near(upper_state(LAYERS - 1))
    old = stacked(random_llama(LAYERS).state_dict(), exact)
    shipped = exact | differences({name: exact[name] for name in old}, old)
    assert sum(value.dtype == torch.uint8 for value in shipped.values()) == 3  # 96 columns of `down` are no groups
    expected = features_of(merged_model(random_llama(LAYERS), exact), IDS)
    assert correlation(features_of(merged_model(random_llama(LAYERS), shipped), IDS), expected) > 0.9999
    assert correlation(features_of(merged_model(random_llama(LAYERS), upper_state(LAYERS - 1)), IDS), expected) < 0.9


def test_differences_for_a_layer_that_the_language_model_lacks_are_refused() -> None:
    exact = near(upper_state(LAYERS - 1))
    old = stacked(random_llama(LAYERS).state_dict(), exact)
    packed = differences({name: exact[name] for name in old}, old)
    moved = {name.replace("layers.2.", "layers.9."): value for name, value in packed.items()}
    with pytest.raises(ModelError, match=r"layers\.9\.\w+\.weight is a difference without what it differs from"):
        merged_model(random_llama(LAYERS), exact | moved)


def test_what_is_packaged_is_built_into_an_encoder_near_what_was_trained(base: ModelFolder, tmp_path: Path) -> None:
    exact = near(upper_state(LAYERS - 1))
    shipped = shipped_layers(exact, random_llama(LAYERS), IDS)
    assert {name for name in shipped if name.startswith("smoothing.")} == {
        f"smoothing.{layer}.{reader}" for layer in range(LAYERS) for reader in ("attention", "output", "mlp", "down")
    }
    assert shipped["features.weight"].dtype == torch.int8
    assert shipped["layers.2.output.weight"].dtype == torch.uint8
    layers = tmp_path / "layers.safetensors"
    save_file(shipped, layers)
    found = DecoderFeatures(ensure_encoder(base, layers, "01234567"), threads=1).features(IDS, [])
    assert correlation(found, features_of(merged_model(random_llama(LAYERS), exact), IDS)) > 0.99
    save_file(shipped | {"smoothing.5.down": torch.ones(96)}, layers)
    with pytest.raises(ModelError, match=r"layers\.safetensors: smoothing\.5\.down is of no layer"):
        ensure_encoder(base, layers, "76543210")


def renamed(old: str, new: str) -> Callable[[State], None]:
    def change(state: State) -> None:
        state[new] = state.pop(old)

    return change


def put(name: str, value: torch.Tensor) -> Callable[[State], None]:
    def change(state: State) -> None:
        state[name] = value

    return change


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda state: state.clear(), "no layer"),
        (lambda state: state.pop("norm"), "norm"),
        (lambda state: state.pop("features.weight"), "features.weight"),
        (lambda state: state.pop("layers.2.gate_up.weight"), "layers.2.gate_up.weight"),
        (lambda state: state.pop("layers.2.norm_mlp"), "layers.2.norm_mlp"),
        (renamed("layers.2.down.weight", "layers.2.down.bias"), "layers.2.down.bias"),
        (renamed("norm", "encoder.norm"), "encoder.norm"),
        (renamed("norm", "layers.x.norm"), "layers.x.norm"),
        (put("layers.2.down.up", torch.ones(2, 2)), "layers.2.down.up"),
        (put("layers.2.down.weight", torch.ones(3, 3)), r"layers.2.down is of the shape \(3, 3\)"),
        (put("layers.2.norm_mlp", torch.ones(3)), "layers.2.norm_mlp"),
        (put("norm", torch.ones(3)), "norm is of the shape"),
        (put("features.weight", torch.ones(FEATURES, 3)), "features.weight is of the shape"),
        (put("layers.2.down.weight", torch.ones(3, 3, dtype=torch.int8)), "a form that this version does not know"),
        (put("layers.2.down.weight", torch.ones(3, 3, dtype=torch.int32)), "a form that this version does not know"),
        (put("layers.2.down.weight.scale", torch.ones(WIDTH)), "a form that this version does not know"),
        (put("layers.2.up.weight.scale", torch.ones(WIDTH)), "no weight that it scales"),
        (lambda state: state.update({f"layers.7.{name}": torch.ones(1) for name in ("a", "b")}), "layers.7"),
        (lambda state: state.update({k.replace(".2.", ".3."): v for k, v in list(state.items())}), "has 3 layers"),
    ],
)
def test_anything_else_is_refused(change: Callable[[State], object], says: str) -> None:
    state = upper_state(LAYERS - 1)
    change(state)
    with pytest.raises(ModelError, match=says):
        merged_model(random_llama(LAYERS), state)


@pytest.mark.parametrize(
    ("name", "value"),
    [("layers.0.output.up", torch.ones(WIDTH, 3)), ("layers.0.output.up", torch.ones(WIDTH + 1, 2))],
)
def test_additions_that_do_not_fit_are_refused(name: str, value: torch.Tensor) -> None:
    with pytest.raises(ModelError, match=r"layers\.0\.output"):
        merged_model(random_llama(LAYERS), adapter_state(0) | {name: value})


def test_an_int8_matrix_whose_scale_is_of_another_size_is_refused() -> None:
    state = quantised(upper_state(2)) | {"features.weight.scale": torch.ones(3)}
    with pytest.raises(ModelError, match=r"features\.weight"):
        merged_model(random_llama(LAYERS), state)


@cache
def generator(folder: Path) -> DecoderFeatures:
    save_generator(merged_model(random_llama(LAYERS), upper_state(LAYERS - 1)), folder)
    return DecoderFeatures(folder, threads=2)


@pytest.fixture(scope="module")
def decoder(tmp_path_factory: pytest.TempPathFactory) -> DecoderFeatures:
    return generator(tmp_path_factory.mktemp("decoder") / "ct2-int8")


def test_a_converted_llama_gives_the_features_of_torch(decoder: DecoderFeatures) -> None:
    expected = features_of(merged_model(random_llama(LAYERS), upper_state(LAYERS - 1)), IDS)
    found = decoder.features(IDS, [[0] * 8] * 3)
    assert found.shape == (3, 8, FEATURES)
    assert correlation(found, expected) > 0.98


def test_a_converted_llama_gives_the_same_alone_and_in_a_batch(decoder: DecoderFeatures) -> None:
    together = decoder.features(IDS, [[0] * 8] * 3)
    for number, ids in enumerate(IDS):
        np.testing.assert_array_equal(decoder.features([ids], [[0] * 8])[0], together[number])


def test_a_converted_bert_gives_the_features_of_torch_for_every_type(tmp_path: Path) -> None:
    model = random_bert()
    save_encoder(model, tmp_path / "ct2-int8")
    mapping = np.random.default_rng(1).normal(size=(FEATURES, 32)).astype(np.float32)
    encoder = EncoderFeatures(tmp_path / "ct2-int8", mapping, threads=2)
    types = [[0, 1, 2, 3, 4, 5, 1, 0], [0, 3, 3, 3, 3, 3, 3, 0], [0] * 8]
    with torch.inference_mode():
        states = model(input_ids=torch.tensor(IDS), token_type_ids=torch.tensor(types)).last_hidden_state
    found = encoder.features(IDS, types)
    assert correlation(found, np.asarray(states.numpy() @ mapping.T, dtype=np.float32)) > 0.98
    assert correlation(found[:2], encoder.features(IDS, [[0] * 8] * 3)[:2]) < 0.98  # types matter
    for number, (ids, kinds) in enumerate(zip(IDS, types, strict=True)):
        np.testing.assert_array_equal(encoder.features([ids], [kinds])[0], found[number])


@pytest.fixture
def base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModelFolder:
    """A folder of the store whose weights are those of the tiny Llama."""
    monkeypatch.setattr(convert, "open_gguf", lambda path: path)
    monkeypatch.setattr(convert, "to_transformers", lambda reader: random_llama(LAYERS))
    (tmp_path / "tiny").mkdir()
    return ModelFolder("tiny", tmp_path / "tiny", "abcd", "<|endoftext|>")


def test_the_encoder_is_built_once_beside_the_language_model(base: ModelFolder, tmp_path: Path) -> None:
    layers = tmp_path / "layers.safetensors"
    save_file(quantised(upper_state(LAYERS - 1)), layers)
    steps: list[str] = []
    place = ensure_encoder(base, layers, "01234567", progress=lambda step: steps.append(step.task))
    assert place == tmp_path / "quality-en-01234567-abcd-2" / "ct2-int8"
    assert len(steps) == 1
    layers.unlink()
    assert ensure_encoder(base, layers, "01234567", progress=lambda step: steps.append(step.task)) == place
    assert len(steps) == 1
    assert DecoderFeatures(place, threads=1).features(IDS, []).shape == (3, 8, FEATURES)
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".building")]


@pytest.mark.parametrize("content", [b"", b"nonsense" * 9, None])
def test_damaged_layers_are_named_and_leave_nothing_behind(
    base: ModelFolder, tmp_path: Path, content: bytes | None
) -> None:
    layers = tmp_path / "layers.safetensors"
    if content is None:
        save_file({"norm": torch.ones(WIDTH)}, layers)
    else:
        layers.write_bytes(content)
    with pytest.raises(ModelError, match=r"layers\.safetensors"):
        ensure_encoder(base, layers, "01234567")
    assert [path for path in tmp_path.iterdir() if path.is_dir()] == [base.path]
