"""The quality estimator that the settings name, loaded.

Two tiers ship with mtqa. `fast` is one small encoder inside the package. `full` adds the first layers of the language
model with our adapters, so it needs what `mtqa models get` fetches. A folder that `mtqa train` wrote takes their place.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file

from mtqa.errors import ModelError, ModelMissing
from mtqa.modeling.quality_estimator import QualityEstimator, Tier
from mtqa.modeling.quality_model import FEATURES, DecoderFeatures, EncoderFeatures, Floats, QualityModel
from mtqa.modeling.shipped import shipped_folder
from mtqa.modeling.source_calibration import SourceCalibration
from mtqa.modeling.token_head import TokenHead
from mtqa.modeling.tokens import Tokenizer
from mtqa.schema.annotations import SourceView
from mtqa.schema.progress import Progress
from mtqa.settings import Settings

FORMAT = 3
DESCRIPTION = "quality.json"
TOKEN_HEAD = "token_head"  # of a tier, with its file, size and hash
SOURCES = ("sources", "joint_sources")  # what a tier holds by SourceView, without and with the joint estimator
_BASE = "smollm2-135m"
_HEADS = "heads.safetensors"
_LAYERS = "layers.safetensors"
_KINDS = {"encoder": {_HEADS, "tokenizer.json"}, "decoder": {_HEADS, _LAYERS}}  # and the files that each kind needs
_HEAD_PARTS = ("token_attention", "token_hidden", "token_output", "surprisal", "sentence_hidden", "sentence_output")


def weights_folder() -> Path:
    """Where the weights that ship with mtqa lie. ModelError if they are not there."""
    return shipped_folder("quality_en", DESCRIPTION, "the quality estimator")


def load_quality_estimator(settings: Settings, *, progress: Progress | None = None) -> QualityEstimator:
    """The estimator of `settings.quality_model`, or the shipped one in the tier that `settings.fast` asks for.

    Raises ModelMissing if the full tier needs a language model that is not here and may not be fetched, ModelError if
    files are damaged.
    """
    folder = settings.quality_model or weights_folder()
    description = read_description(folder)
    tier = "fast" if settings.fast else "full"
    if tier not in description["tiers"]:
        own = ", ".join(description["tiers"])
        raise ModelError(f"{folder} has no {tier} tier, only: {own}" + ("" if settings.fast else "; use --fast"))
    row = description["tiers"][tier]
    digest = hashlib.sha256(json.dumps(row, sort_keys=True).encode())
    for name in row["models"]:
        digest.update(json.dumps(description["models"][name]["files"], sort_keys=True).encode())
    try:
        calibration = Tier.from_json(row, models=len(row["models"]))
        sources, joint_sources = (_calibrations(row.get(name, {})) for name in SOURCES)
    except ModelError as error:
        raise ModelError(f"{folder / DESCRIPTION}: {error}") from error
    token_head = load_token_head(folder, row)
    models = load_models(folder, settings, names=row["models"], progress=progress)
    return QualityEstimator(
        list(models.values()),
        calibration,
        signature=f"{tier}-{digest.hexdigest()[:4]}",
        sources=sources,
        joint_sources=joint_sources,
        token_head=token_head,
        progress=progress,
    )


def _calibrations(rows: Mapping[str, Any]) -> dict[SourceView, SourceCalibration]:
    return {SourceView(view): SourceCalibration.from_json(own) for view, own in rows.items()}


def load_token_head(folder: Path, row: Mapping[str, Any]) -> TokenHead | None:
    """The token head of a tier (`row` of quality.json), None if it has none. ModelError if the file is damaged."""
    entry = row.get(TOKEN_HEAD)
    if entry is None:
        return None
    path = folder / entry["file"]
    _check_file(path, entry)
    return TokenHead.load(path, width=FEATURES * len(row["models"]), bias=float(entry.get("bias", 0.0)))


def load_models(
    folder: Path, settings: Settings, *, names: Sequence[str] | None = None, progress: Progress | None = None
) -> dict[str, QualityModel]:
    """The models of a folder by name (None: all), as they are before a tier puts them together."""
    described = read_description(folder)["models"]
    found = {}
    for name in described if names is None else names:
        _check_files(folder, name, described[name])
        found[name] = _load_model(folder / name, described[name], settings, progress)
    return found


def read_description(folder: Path) -> dict[str, Any]:
    """quality.json of a model folder. ModelError says what is wrong with it."""
    path = folder / DESCRIPTION
    if not path.is_file():
        raise ModelError(f"{folder} holds no quality estimator: it has no {DESCRIPTION}")
    try:
        description: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        version = description.get("format")
        models = description["models"] if version == FORMAT else {}
        tiers = description["tiers"] if version == FORMAT else {}
        for part in models.values():
            _look_at(part)
        for row in tiers.values():
            if TOKEN_HEAD in row:
                _look_at_file(row[TOKEN_HEAD])
                str.lower(row[TOKEN_HEAD]["file"])
                float(row[TOKEN_HEAD].get("bias", 0.0))
            for view in (view for name in SOURCES for view in row.get(name, {})):
                SourceView(view)
        named = {name: list(row["models"]) for name, row in tiers.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelError(f"{path} is damaged: {error!r}") from error
    if version != FORMAT:
        raise ModelError(f"{path} has format {version}, this version reads {FORMAT}")
    if unknown := {name for own in named.values() for name in own} - models.keys():
        raise ModelError(f"{path} names models that it does not describe: {', '.join(sorted(unknown))}")
    for tier, own in named.items():
        if not own or len(set(own)) < len(own):
            raise ModelError(f"{path} is damaged: the tier {tier} needs models, and each once")
    return description


def _look_at(part: Mapping[str, Any]) -> None:
    """Look at everything that loading a model needs; raises what a missing or strange entry raises."""
    if part["kind"] not in _KINDS:
        raise ValueError(f"{part['kind']!r} is no kind of model that this version knows")
    if len(part["borders"]) != 2 or not all(isinstance(token, str) for token in part["borders"]):
        raise ValueError(f"{part['borders']!r} are not two tokens")
    if not isinstance(part.get("typed", True), bool):
        raise ValueError(f"{part['typed']!r} does not say whether tokens have types")
    for entry in part["files"].values():
        _look_at_file(entry)
    if missing := _KINDS[part["kind"]] - part["files"].keys():
        raise ValueError(f"files lacks {', '.join(sorted(missing))}")


def _look_at_file(entry: Mapping[str, Any]) -> None:
    int(entry["bytes"])
    str.lower(entry["sha256"])


def _load_model(folder: Path, part: Mapping[str, Any], settings: Settings, progress: Progress | None) -> QualityModel:
    is_encoder = part["kind"] == "encoder"
    heads = _load_heads(folder / _HEADS, {"features.weight"} if is_encoder else set())
    if is_encoder:
        tokenizer = Tokenizer.load(folder)
        mapping: Floats = heads.pop("features.weight")
        encoder = EncoderFeatures(folder / "ct2-int8", mapping, threads=settings.threads)
        borders = _ids(tokenizer, part["borders"], folder)
        return QualityModel(encoder, tokenizer, heads, borders=borders, typed=part.get("typed", True))
    from mtqa.modeling.quality_build import ensure_encoder
    from mtqa.modeling.store import ensure

    # The layers are those of this very model, whatever language model the settings name for the judge.
    base = ensure(_BASE, replace(settings, language_model=_BASE), progress)
    place = ensure_encoder(base, folder / _LAYERS, part["files"][_LAYERS]["sha256"][:8], progress=progress)
    tokenizer = Tokenizer.load(base.path)
    borders = _ids(tokenizer, part["borders"], base.path)
    return QualityModel(
        DecoderFeatures(place, threads=settings.threads), tokenizer, heads, borders=borders, typed=False
    )


def _load_heads(path: Path, also: set[str]) -> dict[str, Floats]:
    """The weights of mtqa.modeling.quality_heads, and the tensors `also`."""
    try:
        stored = load_file(path)
    except (OSError, SafetensorError) as error:
        raise ModelError(f"{path} is damaged: {error}") from error
    expected = {f"{part}.{kind}" for part in _HEAD_PARTS for kind in ("weight", "bias")} | {"token_distance"} | also
    if stored.keys() != expected:
        raise ModelError(f"{path} is damaged; missing or unknown: {', '.join(sorted(stored.keys() ^ expected))}")
    return {name: np.asarray(value, dtype=np.float32) for name, value in stored.items()}


def _check_files(folder: Path, name: str, part: Mapping[str, Any]) -> None:
    """Names and sizes only; `mtqa doctor` hashes them."""
    for file, entry in part["files"].items():
        _check_file(folder / name / file, entry)


def _check_file(path: Path, entry: Mapping[str, Any]) -> None:
    if not path.is_file() or path.stat().st_size != entry["bytes"]:
        raise ModelError(f"{path} is missing or cut off; install mtqa again, or train the model again")


def _ids(tokenizer: Tokenizer, tokens: list[str], folder: Path) -> tuple[int, int]:
    found = [tokenizer.id_of(token) for token in tokens]
    if len(found) != 2 or found[0] is None or found[1] is None:
        raise ModelError(f"the vocabulary of {folder} lacks {' or '.join(tokens)}")
    return found[0], found[1]


def base_is_here(settings: Settings) -> bool:
    """False where the full tier would have to be fetched first and may not be."""
    from mtqa.modeling.store import is_offline, locate, may_be_built

    return locate(_BASE, settings) is not None or not is_offline(settings) or may_be_built(_BASE, settings)


__all__ = ["DESCRIPTION", "FORMAT", "ModelMissing", "load_quality_estimator", "read_description", "weights_folder"]
