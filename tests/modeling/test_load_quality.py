"""Folders of estimators: what is wrong with one is said with the name of the file; a whole one is loaded."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import save_file

from mtqa import Settings
from mtqa.errors import ModelError, ModelMissing
from mtqa.modeling import load_quality, shipped, store
from mtqa.modeling.load_quality import (
    TOKEN_HEAD,
    base_is_here,
    load_models,
    load_quality_estimator,
    load_token_head,
    read_description,
)
from mtqa.schema.annotations import SourceView
from tests.modeling.tiny import CORPUS
from tests.modeling.tiny_quality import FEATURES, TIER, describe, random_heads, table_model, write_folder
from tests.modeling.tiny_token_head import add_token_head


def load(folder: Path, *, fast: bool = True) -> Any:
    return load_quality_estimator(Settings(quality_model=folder, fast=fast, offline=True, threads=2))


def description(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "quality.json").read_text(encoding="utf-8"))
    return found


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "damaged"),
        (b"{", "damaged"),
        (b"[]", "damaged"),
        (b"\xff\xfe{}", "damaged"),
        (b"{}", "has format None"),
        (b'{"format": 2, "models": {}, "tiers": {}}', "has format 2, this version reads 3"),
        (b'{"format": 4}', "has format 4"),
        (b'{"format": 3}', "models"),
        (b'{"format": 3, "models": {}}', "tiers"),
        (b'{"format": 3, "models": [], "tiers": {}}', "damaged"),
        (b'{"format": 3, "models": {}, "tiers": {"fast": {}}}', "damaged"),
        (b'{"format": 3, "models": {}, "tiers": {"fast": {"models": []}}}', "tier fast needs models"),
        (b'{"format": 3, "models": {}, "tiers": {"fast": {"models": ["small"]}}}', "does not describe: small"),
        (b'{"format": 3, "models": {"m": {}}, "tiers": {}}', "kind"),
    ],
)
def test_a_damaged_description_is_named(tmp_path: Path, content: bytes, says: str) -> None:
    (tmp_path / "quality.json").write_bytes(content)
    with pytest.raises(ModelError, match=says) as caught:
        load(tmp_path)
    assert str(tmp_path / "quality.json") in str(caught.value)


def drop(*keys: str) -> Callable[[dict[str, Any]], None]:
    def change(row: dict[str, Any]) -> None:
        for key in keys[:-1]:
            row = row[key]
        del row[keys[-1]]

    return change


def put(*keys: str, value: Any) -> Callable[[dict[str, Any]], None]:
    def change(row: dict[str, Any]) -> None:
        for key in keys[:-1]:
            row = row[key]
        row[keys[-1]] = value

    return change


FAST = ("models", "fast")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (drop(*FAST, "files"), "files"),
        (drop(*FAST, "borders"), "borders"),
        (drop(*FAST, "files", "heads.safetensors"), "heads.safetensors"),
        (drop(*FAST, "files", "tokenizer.json", "bytes"), "bytes"),
        (put(*FAST, "files", "tokenizer.json", value=None), "damaged"),
        (put(*FAST, "borders", value=["[CLS]"]), "not two tokens"),
        (put(*FAST, "kind", value="decoder"), "layers.safetensors"),
        (put(*FAST, "kind", value="tree"), "'tree' is no kind of model"),
        (put(*FAST, "typed", value="yes"), "'yes' does not say whether tokens have types"),
        (put("tiers", "fast", "models", value=["fast", "fast"]), "each once"),
        (put("tiers", "fast", "weights", value=[]), "not for 1 models"),
        (drop("tiers", "fast", "knots"), "knots"),
        (put("tiers", "fast", "sources", value={"hearsay": {}}), "hearsay"),
        (put("tiers", "fast", "sources", value={"meaning": {"weights": {}}}), "with the source is damaged"),
        (put("tiers", "fast", "joint_sources", value={"hearsay": {}}), "hearsay"),
        (put("tiers", "fast", "joint_sources", value={"meaning": {"weights": {}}}), "with the source is damaged"),
    ],
)
def test_what_the_description_lacks_is_named(
    tmp_path: Path, change: Callable[[dict[str, Any]], None], says: str
) -> None:
    described = description(write_folder(tmp_path))
    change(described)
    (tmp_path / "quality.json").write_text(json.dumps(described), encoding="utf-8")
    with pytest.raises(ModelError, match=says) as caught:
        load(tmp_path)
    assert str(tmp_path / "quality.json") in str(caught.value)


@pytest.mark.parametrize("content", [None, b"cut"])
@pytest.mark.parametrize("file", ["heads.safetensors", "tokenizer.json", "ct2-int8/model.bin"])
def test_a_file_that_is_missing_or_cut_off_is_named(tmp_path: Path, file: str, content: bytes | None) -> None:
    path = write_folder(tmp_path) / "fast" / file
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ModelError, match="missing or cut off") as caught:
        load(tmp_path)
    assert str(path) in str(caught.value)


MAPPING = {"features.weight": np.ones((128, 8), dtype=np.float32)}


@pytest.mark.parametrize(
    ("heads", "says"),
    [
        (b"nonsense", "damaged"),
        (random_heads(), "features.weight"),
        (MAPPING, "token_hidden.weight"),
        (random_heads() | MAPPING | {"more": np.ones(3, dtype=np.float32)}, "more"),
    ],
)
def test_heads_that_are_not_ours_are_refused(tmp_path: Path, heads: Any, says: str) -> None:
    path = write_folder(tmp_path) / "fast" / "heads.safetensors"
    path.write_bytes(heads) if isinstance(heads, bytes) else save_file(heads, path)
    describe(tmp_path, {})
    with pytest.raises(ModelError, match=says) as caught:
        load(tmp_path)
    assert str(path) in str(caught.value)


def test_an_encoder_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="cannot be loaded by CTranslate2") as caught:
        load(write_folder(tmp_path))  # its model.bin is empty
    assert str(tmp_path / "fast" / "ct2-int8") in str(caught.value)


def test_folders_without_an_estimator_or_the_tier_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ModelError, match="holds no quality estimator") as caught:
        load(tmp_path)
    assert str(tmp_path) in str(caught.value)
    with pytest.raises(ModelError, match="no full tier, only: fast; use --fast"):
        load(write_folder(tmp_path), fast=False)
    describe(tmp_path, {"tiers": {}})
    with pytest.raises(ModelError, match="has no fast tier"):
        load(tmp_path)
    monkeypatch.setattr(shipped, "_PACKAGE", tmp_path / "package")
    with pytest.raises(ModelError, match="missing from this installation"):
        load_quality_estimator(Settings(fast=True))
    for place in ("models/quality_en/weights", "package/weights/quality_en"):  # a working copy; an installation
        (tmp_path / place).mkdir(parents=True)
        write_folder(tmp_path / place)
        assert load_quality.weights_folder() == tmp_path / place


def test_the_full_tier_needs_the_language_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MTQA_MODELS", str(tmp_path / "store"))
    write_folder(tmp_path)
    (tmp_path / "full").mkdir()
    save_file(random_heads(), tmp_path / "full" / "heads.safetensors")
    (tmp_path / "full" / "layers.safetensors").write_bytes(b"")
    described = description(tmp_path)
    files = {
        file: {"sha256": "0" * 64, "bytes": (tmp_path / "full" / file).stat().st_size}
        for file in ("heads.safetensors", "layers.safetensors")
    }
    described["models"]["full"] = {"kind": "decoder", "borders": ["<|endoftext|>"] * 2, "files": files}
    described["tiers"]["full"] = {"models": ["full"], **TIER}
    (tmp_path / "quality.json").write_text(json.dumps(described), encoding="utf-8")
    with pytest.raises(ModelMissing, match="mtqa models get"):
        load(tmp_path, fast=False)
    assert not base_is_here(Settings(offline=True))
    assert base_is_here(Settings())  # it may be fetched
    monkeypatch.setattr(store, "may_be_built", lambda name, settings: name == "smollm2-135m")
    assert base_is_here(Settings(offline=True))  # converted by another version, from weights that are whole


@pytest.mark.parametrize("name", ["sources", "joint_sources"])
def test_calibrations_with_the_source_are_read_without_and_with_the_joint_estimator(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(load_quality, "load_models", lambda *given, **options: {"fast": table_model("uncased")})
    described = description(write_folder(tmp_path))
    numbers = {key: TIER[key] for key in ("knots", "spread", "low", "high")}
    calibration = {"weights": {"expectation": 1.0}, "intercept": 0.0, **numbers}
    described["tiers"]["fast"][name] = {"overlap": calibration}
    (tmp_path / "quality.json").write_text(json.dumps(described), encoding="utf-8")
    estimator = load(tmp_path)
    assert estimator.reads_source(SourceView.OVERLAP) == (name == "sources")
    assert not estimator.reads_source(SourceView.MEANING)
    assert estimator.reads_jointly == (name == "joint_sources")


@pytest.mark.models  # nothing is downloaded, but torch takes seconds
@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"file": "nowhere.safetensors"}, r"nowhere\.safetensors is missing"),
        ({"bytes": 12}, r"fast-tokens\.safetensors is missing or cut off"),
        ({"bytes": None}, r"quality\.json is damaged"),
        ({"file": 7}, r"quality\.json is damaged"),
        ({"bias": "much"}, r"quality\.json is damaged"),
    ],
)
def test_a_token_head_that_is_not_there_is_named(tmp_path: Path, changes: dict[str, Any], says: str) -> None:
    folder = write_folder(tmp_path)
    described = description(folder)
    described["tiers"]["fast"][TOKEN_HEAD] = {**add_token_head(folder, "fast", FEATURES), **changes}
    (folder / "quality.json").write_text(json.dumps(described), encoding="utf-8")
    with pytest.raises(ModelError, match=says):
        load(folder)


def test_a_token_head_is_read_with_its_bias(tmp_path: Path) -> None:
    row = {"models": ["one", "two"], TOKEN_HEAD: add_token_head(tmp_path, "full", 2 * FEATURES, bias=-0.5)}
    head = load_token_head(tmp_path, row)
    assert head is not None
    assert head.bias == -0.5
    assert load_token_head(tmp_path, {"models": ["one"]}) is None
    with pytest.raises(ModelError, match="do not fit"):
        load_token_head(tmp_path, {**row, "models": ["one"]})


def test_a_whole_folder_is_loaded_and_signed(tmp_path: Path) -> None:
    from mtqa.modeling.quality_build import save_encoder
    from tests.modeling.tiny_llama import random_bert

    write_folder(tmp_path)
    save_encoder(random_bert(), tmp_path / "fast" / "ct2-int8")
    describe(tmp_path, {})
    first = load(tmp_path)
    rated = first.rate([*CORPUS, "x " * 300])
    assert rated == load(tmp_path).rate([*CORPUS, "x " * 300])
    assert rated[::-1] == first.rate(["x " * 300, *CORPUS[::-1]])
    assert len({one.sentence.score for one in rated}) == 3
    assert all(one.tokens[-1].span.end == len(text) for one, text in zip(rated, CORPUS, strict=False))
    assert first.signature == load(tmp_path).signature
    assert first.signature.startswith("fast-")
    assert list(load_models(tmp_path, Settings())) == ["fast"]
    described = read_description(tmp_path)
    described["tiers"]["fast"]["intercept"] = 0.2
    (tmp_path / "quality.json").write_text(json.dumps(described), encoding="utf-8")
    assert load(tmp_path).signature != first.signature
    described["models"]["fast"]["borders"] = ["[CLS]", "[NONE]"]
    (tmp_path / "quality.json").write_text(json.dumps(described), encoding="utf-8")
    with pytest.raises(ModelError, match=r"lacks .*\[NONE\]"):
        load(tmp_path)
