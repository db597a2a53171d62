"""The encoder of the package's file with our layers in place: as in torch, and refused where they do not fit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import ctranslate2
import numpy as np
import pytest
import torch
from safetensors.numpy import save_file

from mtqa.errors import ModelError
from mtqa.modeling import joint_build
from mtqa.modeling.e5_weights import EncoderFile, read_encoder_file
from mtqa.modeling.joint_build import convert_joint, ensure_joint, to_transformers
from mtqa.modeling.store import ModelFolder
from tests.modeling.tiny_joint import SIZES, Floats, save_encoder_file, save_trained, tiny_tensors, trained_layers

pytestmark = pytest.mark.models  # nothing is downloaded, but torch takes seconds

IDS = [[0, 5, 9, 30, 2, 2, 40, 61, 2], [0, 61, 62, 63, 2, 2, 20, 21, 2], [0, 3, 3, 3, 2, 2, 69, 33, 2]]
SIDES = [[0] * 5 + [1] * 4, [0] * 5 + [1] * 4, [0] * 9]
MATRIX = "encoder.layer.1.output.dense.weight"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package's file, and the weights that ship."""
    folder = tmp_path_factory.mktemp("joint")
    save_trained(folder, save_encoder_file(folder / "encoder.bin"))
    return folder


@pytest.fixture(scope="module")
def file(folder: Path) -> EncoderFile:
    return read_encoder_file(folder / "encoder.bin")


def states_of(folder: Path) -> Floats:
    """What CTranslate2 makes of the ids  # (rows, tokens, width)."""
    encoder = ctranslate2.Encoder(str(folder), compute_type="int8", intra_threads=1)
    return np.array(encoder.forward_batch(IDS, token_type_ids=SIDES).last_hidden_state)


def states_of_torch(file: EncoderFile, trained: dict[str, Floats], *, layers: int = 2) -> Floats:
    """What torch makes of the ids  # (rows, tokens, width)."""
    model = to_transformers(file, layers=layers)
    model.load_state_dict(model.state_dict() | {name: torch.from_numpy(value) for name, value in trained.items()})
    with torch.inference_mode():
        states = model(input_ids=torch.tensor(IDS), token_type_ids=torch.tensor(SIDES)).last_hidden_state
    return np.asarray(states.numpy(), dtype=np.float32)


def correlation(one: Floats, other: Floats) -> float:
    return float(np.corrcoef(one.ravel(), other.ravel())[0, 1])


def test_the_model_holds_the_weights_of_the_file(file: EncoderFile) -> None:
    state = to_transformers(file).state_dict()
    for own, name in {
        "emb.word": "embeddings.word_embeddings.weight",
        "emb.type": "embeddings.token_type_embeddings.weight",
        "emb.ln.b": "embeddings.LayerNorm.bias",
        "l0.k.w": "encoder.layer.0.attention.self.key.weight",
        "l1.ao.b": "encoder.layer.1.attention.output.dense.bias",
        "l1.aln.w": "encoder.layer.1.attention.output.LayerNorm.weight",
        "l0.fi.w": "encoder.layer.0.intermediate.dense.weight",
        "l1.fo.w": MATRIX,
    }.items():
        np.testing.assert_array_equal(state[name].numpy(), file.tensors[own])
    assert len([name for name in state if name.startswith("encoder.layer.")]) == SIZES["layers"] * 16


def test_states_are_those_of_torch_with_what_was_trained(folder: Path, file: EncoderFile, tmp_path: Path) -> None:
    convert_joint(folder / "encoder.bin", folder / "layers.safetensors", tmp_path / "ct2-int8")
    found, expected = states_of(tmp_path / "ct2-int8"), states_of_torch(file, trained_layers(file))
    assert found.shape == expected.shape == (3, 9, SIZES["width"])
    assert correlation(found, expected) > 0.99
    assert np.abs(found - expected).mean() < 0.1 * expected.std()  # a step of int8 is 1/80 of the largest of its row
    assert correlation(found, states_of_torch(file, {})) < 0.5


def test_tables_are_the_files_and_layers_are_the_trained_ones(folder: Path, file: EncoderFile, tmp_path: Path) -> None:
    save_encoder_file(tmp_path / "other.bin", seed=7)
    save_trained(tmp_path / "other", file, seed=2)
    made = {}
    for name, encoder, trained in (
        ("own", folder / "encoder.bin", folder),
        ("again", folder / "encoder.bin", folder),
        ("other tables", tmp_path / "other.bin", folder),
        ("other layers", folder / "encoder.bin", tmp_path / "other"),
    ):
        convert_joint(encoder, trained / "layers.safetensors", tmp_path / name)
        made[name] = states_of(tmp_path / name)
    assert np.array_equal(made["own"], made["again"])
    for name in ("other tables", "other layers"):
        assert correlation(made[name], made["own"]) < 0.9
    tables = {name: value for name, value in tiny_tensors(7).items() if name in ("emb.word", "emb.pos")}
    both = EncoderFile(file.sizes, file.epsilon, file.pieces, file.special, {}, {**file.tensors, **tables})
    assert correlation(made["other tables"], states_of_torch(both, trained_layers(file))) > 0.98


def test_layers_above_the_highest_trained_one_are_cut_off(folder: Path, file: EncoderFile, tmp_path: Path) -> None:
    layers = {name: value for name, value in trained_layers(file).items() if not name.startswith("encoder.layer.1.")}
    save_file(layers, tmp_path / "layers.safetensors")
    convert_joint(folder / "encoder.bin", tmp_path / "layers.safetensors", tmp_path / "ct2-int8")
    assert correlation(states_of(tmp_path / "ct2-int8"), states_of_torch(file, layers, layers=1)) > 0.99


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        (
            {MATRIX: np.ones((3, 3), np.float32)},
            rf"layers.safetensors: {MATRIX} is of the shape \(3, 3\), not \(32, 64\)",
        ),
        ({"embeddings.LayerNorm.bias": np.ones(3, np.float32)}, r"LayerNorm.bias is of the shape \(3,\), not \(32,\)"),
        ({"encoder.layer.0.more.weight": np.ones(3, np.float32)}, "missing or unknown: encoder.layer.0.more.weight"),
        ({MATRIX: np.ones((32, 64), np.int32)}, "a form that this version does not know"),
        (
            {"encoder.layer.2.output.dense.bias": np.ones(32, np.float32)},
            r"the layers \[0, 1, 2\], .*bin has 2",
        ),
        (None, r"layers.safetensors has the layers \[\]"),
    ],
)
def test_layers_that_do_not_fit_are_refused(
    changes: dict[str, Any] | None, says: str, folder: Path, file: EncoderFile, tmp_path: Path
) -> None:
    layers = {"embeddings.LayerNorm.bias": np.ones(32, np.float32)} if changes is None else trained_layers(file)
    save_file({**layers, **(changes or {})}, tmp_path / "layers.safetensors")
    with pytest.raises(ModelError, match=says):
        convert_joint(folder / "encoder.bin", tmp_path / "layers.safetensors", tmp_path / "ct2-int8")
    assert not (tmp_path / "ct2-int8").exists()


@pytest.fixture
def base(folder: Path, tmp_path: Path) -> ModelFolder:
    """A folder of the store."""
    (tmp_path / "tiny").mkdir()
    (tmp_path / "tiny" / "encoder.bin").write_bytes((folder / "encoder.bin").read_bytes())
    return ModelFolder("tiny", tmp_path / "tiny", "abcd", "<s>")


def test_a_layer_that_lacks_a_part_is_refused(folder: Path, file: EncoderFile, tmp_path: Path) -> None:
    layers = {name: value for name, value in trained_layers(file).items() if not name.startswith(MATRIX)}
    save_file(layers, tmp_path / "layers.safetensors")
    with pytest.raises(ModelError, match=f"missing or unknown: {MATRIX}"):
        convert_joint(folder / "encoder.bin", tmp_path / "layers.safetensors", tmp_path / "ct2-int8")


def test_it_is_built_once_beside_its_base(folder: Path, base: ModelFolder, tmp_path: Path) -> None:
    steps: list[str] = []
    layers = folder / "layers.safetensors"
    place = ensure_joint(base, layers, "01234567", progress=lambda step: steps.append(step.task))
    assert place == tmp_path / "joint-quality-01234567-abcd-2" / "ct2-int8"
    assert steps == ["building the joint estimator (once, about half a minute)"]
    states = states_of(place)
    assert ensure_joint(base, tmp_path / "gone", "01234567", progress=lambda step: steps.append(step.task)) == place
    assert len(steps) == 1
    assert np.array_equal(states, states_of(place))


@pytest.mark.parametrize("content", [b"", b"nonsense" * 9])
def test_damaged_layers_are_named_and_leave_nothing_behind(content: bytes, base: ModelFolder, tmp_path: Path) -> None:
    (tmp_path / "layers.safetensors").write_bytes(content)
    with pytest.raises(ModelError, match=r"layers\.safetensors is damaged"):
        ensure_joint(base, tmp_path / "layers.safetensors", "01234567")
    assert [path for path in tmp_path.iterdir() if path.is_dir()] == [base.path]


def test_where_it_cannot_be_built_a_check_can_do_without(
    folder: Path, base: ModelFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def convert(*arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(joint_build, "convert_joint", convert)
    with pytest.raises(ModelError, match=r"joint estimator cannot be built in .*No space left.*use --no-joint"):
        ensure_joint(base, folder / "layers.safetensors", "01234567")
