"""`python -m models.quality_en.package`: from the checkpoints of the recipes to the weights that ship.

Writes models/quality_en/weights: the fast encoder (CTranslate2 int8) with its tokenizer, the trained layers of the
full one (what they differ from the language model's, four bits a number, and the scales that smooth both), the heads of
both, and quality.json with sizes and hashes. `python -m eval.fitting.estimator` puts the calibration of the tiers in.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from platformdirs import user_cache_path
from safetensors.torch import load_file, save_file
from torch import Tensor

from models.quality_en.bases import CLASSIFY, SEPARATE, minilm_folder, smollm2
from models.quality_en.english_pieces import BEGIN, END, encoder_file, english_folder, english_model, pieces_of
from models.quality_en.export import differences, quantised
from models.quality_en.network import Encoder, typed_bert
from models.quality_en.smoothing import sample_texts, smoothing_scales
from mtqa.modeling.fetch import hash_of
from mtqa.modeling.load_quality import DESCRIPTION, FORMAT
from mtqa.modeling.quality_build import merged_model, save_encoder, stacked

WEIGHTS = Path(__file__).with_name("weights")
NAMES = ("full", "fast")  # of the recipes that ship
TEACHERS = ("fast-base",)  # of those that only teach others
STAGES = {"full": ("full-taught",)}
_START = "<|endoftext|>"


def package(work: Path, target: Path, names: Sequence[str] = NAMES) -> None:
    """Write these recipes into `target` from their checkpoints in the folder `work`; others that lie there stay."""
    models = {}
    if (target / DESCRIPTION).is_file():
        models = json.loads((target / DESCRIPTION).read_text(encoding="utf-8"))["models"]
    for name in names:
        trained = mean_weights(work, STAGES.get(name, (name,)))
        shutil.rmtree(target / name, ignore_errors=True)
        (target / name).mkdir(parents=True)
        models[name] = _WRITERS[name](trained, target / name)
    description = {"format": FORMAT, "name": "quality_en", "models": models, "tiers": {}}
    (target / DESCRIPTION).write_text(json.dumps(description, indent=1) + "\n", encoding="utf-8")


def mean_weights(work: Path, names: Sequence[str]) -> dict[str, Tensor]:
    """The mean of the weights of recipes that went on from one another, each of which is better at something."""
    states = [load_file(work / name / "network.safetensors") for name in names]
    return {key: sum((state[key] for state in states[1:]), states[0][key]) / len(states) for key in states[0]}


def _full(trained: dict[str, Tensor], target: Path) -> dict[str, Any]:
    base, read = smollm2()
    layers = shipped_layers(_under(trained, "encoder."), base, [read(text).ids for text in sample_texts()])
    _save(layers, target / "layers.safetensors")
    _save(_under(trained, "heads."), target / "heads.safetensors")
    return {"kind": "decoder", "borders": [_START, _START], "files": _files(target)}


def shipped_layers(trained: Mapping[str, Tensor], base: Any, texts: Iterable[Sequence[int]]) -> dict[str, Tensor]:
    """Matrices of the layers as differences from those of `base`, a LlamaForCausalLM, other matrices as int8; and the
    scales that smooth the model which both make, measured on the token ids of some texts.
    """
    old = stacked(base.state_dict(), trained)
    known = differences({name: value for name, value in trained.items() if name in old}, old)
    weights = known | quantised({name: value for name, value in trained.items() if name not in old})
    return weights | smoothing_scales(merged_model(base, weights), texts)


def _english(trained: dict[str, Tensor], target: Path) -> dict[str, Any]:
    place = english_folder()
    layers = 1 + max(int(name.split(".")[4]) for name in trained if name.startswith("encoder.model.encoder.layer."))
    model = english_model(encoder_file(), pieces_of(place), layers=layers)
    return _encoder(model, trained, target, place / "tokenizer.json", [BEGIN, END]) | {"typed": False}


def _minilm(trained: dict[str, Tensor], target: Path) -> dict[str, Any]:
    place = minilm_folder()
    return _encoder(typed_bert(place), trained, target, place / "tokenizer.json", [CLASSIFY, SEPARATE])


def _encoder(
    model: Any, trained: dict[str, Tensor], target: Path, tokenizer: Path, borders: list[str]
) -> dict[str, Any]:
    encoder = Encoder(model)
    encoder.load_state_dict(_under(trained, "encoder."))
    save_encoder(encoder.model.eval(), target / "ct2-int8")
    heads = _under(trained, "heads.") | {"features.weight": encoder.features.weight.detach().contiguous()}
    _save(heads, target / "heads.safetensors")
    shutil.copy(tokenizer, target / "tokenizer.json")
    return {"kind": "encoder", "borders": borders, "files": _files(target)}


_WRITERS = {"full": _full, "fast": _english, "fast-base": _minilm}


def _under(state: dict[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): value for name, value in state.items() if name.startswith(prefix)}


def _save(state: dict[str, Tensor], path: Path) -> None:
    save_file(state, path)
    path.chmod(0o644)  # the library makes files that only their owner can read


def _files(folder: Path) -> dict[str, dict[str, Any]]:
    return {
        path.relative_to(folder).as_posix(): {"sha256": hash_of(path), "bytes": path.stat().st_size}
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def main(
    work: Annotated[Path | None, typer.Option(help="folder with the checkpoints of the recipes")] = None,
    target: Annotated[Path, typer.Option(help="where the weights go")] = WEIGHTS,
    only: Annotated[str | None, typer.Option(help="one of " + ", ".join(NAMES + TEACHERS))] = None,
) -> None:
    """Package the trained recipes."""
    if only not in (None, *NAMES, *TEACHERS):
        raise typer.BadParameter(f"{only!r} is none of {', '.join(NAMES + TEACHERS)}")
    package(work or user_cache_path("mtqa") / "training", target, NAMES if only is None else [only])
    size = sum(path.stat().st_size for path in target.rglob("*") if path.is_file())
    print(f"{target}: {size / 1e6:.1f} MB")


if __name__ == "__main__":
    typer.run(main)
