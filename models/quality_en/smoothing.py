"""`python -m models.quality_en.smoothing`: the scales of the language model (mtqa.modeling.smoothing).

They are measured on texts of the training sets and ship in models/smollm2-135m/weights; the manifest of the model names
their hash. Those of the full encoder, which models.quality_en.package puts beside its layers, are made the same way.

A scale is the square root of how large a channel is (root mean square over tokens) over how large the weights are that
read it (the largest of a column), so that both have the same part in the rounding.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import Tensor

from eval.datasets import mlqe_pe
from models.quality_en.bases import smollm2
from models.quality_en.examples import clean_sentences
from mtqa.modeling.fetch import hash_of
from mtqa.modeling.smoothing import OUTPUT, PREFIX, SMOOTHING, channels

_FOLDER = Path(__file__).parents[1] / "smollm2-135m" / "weights"

_PER_PAIR, _REFERENCES = 80, 200
_SEED = 4
_LEAST = 1e-5  # of a channel that is never used


def sample_texts() -> list[str]:
    """Translations of MLQE-PE train and references of WMT21."""
    rng = random.Random(_SEED)
    texts = [
        row.translation
        for pair in mlqe_pe.PAIRS
        for row in rng.sample(mlqe_pe.direct_assessments(pair, "train"), _PER_PAIR)
    ]
    return texts + rng.sample(clean_sentences(21), _REFERENCES)


def main() -> None:
    """Write the scales of the language model and print their hash."""
    model, read = smollm2()
    path = _FOLDER / SMOOTHING
    path.parent.mkdir(exist_ok=True)
    save_file(smoothing_scales(model, [read(text).ids for text in sample_texts()]), path)
    path.chmod(0o644)  # the library makes files that only their owner can read
    print(f"{path}: sha256 {hash_of(path)}")


@torch.inference_mode()
def smoothing_scales(model: Any, texts: Iterable[Sequence[int]]) -> dict[str, Tensor]:
    """Scales for every layer of a LlamaForCausalLM, float16, by the names under which they ship; `texts` are ids."""
    squares: dict[str, Tensor] = {}
    tokens = 0

    def watch(name: str) -> Any:
        def hook(_: Any, inputs: tuple[Tensor, ...]) -> None:
            total = inputs[0].double().square().sum(dim=(0, 1))  # (channels,)
            squares[name] = squares.get(name, torch.zeros(())) + total

        return hook

    readers = {
        f"{number}.{name}": (name, matrices)
        for number, layer in enumerate(model.model.layers)
        for name, (_, matrices) in channels(layer).items()
    }
    of_weight = {id(module.weight): module for module in model.modules() if isinstance(module, torch.nn.Linear)}
    hooks = [
        of_weight[id(matrices[0])].register_forward_pre_hook(watch(name)) for name, (_, matrices) in readers.items()
    ]
    for ids in texts:
        tokens += len(ids)
        model(torch.tensor([list(ids)]))
    for hook in hooks:
        hook.remove()
    found = {}
    for name, (reader, matrices) in readers.items():
        size = (squares[name] / tokens).sqrt().float()
        weight = torch.cat(matrices).abs().amax(dim=0)  # (channels,)
        if reader == OUTPUT:
            size, weight = (_largest_of_group(values, model.config) for values in (size, weight))
        scale = (size.clamp(min=_LEAST) / weight.clamp(min=_LEAST)).sqrt()
        found[PREFIX + name] = (scale / scale.log().mean().exp()).half()
    return found


def _largest_of_group(values: Tensor, config: Any) -> Tensor:
    """The largest of the channels that come from the same value  # (key/value heads * size of a head,)."""
    size = config.hidden_size // config.num_attention_heads
    return values.reshape(config.num_key_value_heads, -1, size).amax(dim=1).reshape(-1)


if __name__ == "__main__":
    main()
