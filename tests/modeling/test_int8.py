"""Weights are scaled so that sums of products fit into 16 bits, and stay what they were."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from ctranslate2.converters.transformers import LlamaLoader
from ctranslate2.specs.model_spec import visit_spec
from transformers import LlamaConfig, LlamaForCausalLM

from mtqa.modeling.int8 import FULL, LARGEST, save_int8


def quantised(target: Path, largest: int) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Name -> int8 weights and scales of a small random Llama, as they were written."""
    torch.manual_seed(5)
    config = LlamaConfig(
        vocab_size=40, hidden_size=32, intermediate_size=48, num_hidden_layers=2, num_attention_heads=4
    )
    spec = LlamaLoader().get_model_spec(LlamaForCausalLM(config))
    spec.register_vocabulary([str(number) for number in range(40)])
    for name in ("bos_token", "eos_token", "unk_token"):
        setattr(spec.config, name, "0")
    save_int8(spec, target, largest=largest)
    found: dict[str, tuple[np.ndarray, np.ndarray]] = {}

    def keep(layer: Any, name: str, value: Any) -> None:
        scale = getattr(layer, f"{name.rpartition('/')[2]}_scale", None)
        if getattr(value, "dtype", "") == "int8" and scale is not None:
            found[name] = value.numpy(), scale.numpy()

    visit_spec(spec, keep)
    return found


@pytest.mark.parametrize("largest", [LARGEST, FULL])
def test_every_row_goes_up_to_the_largest_number(tmp_path: Path, largest: int) -> None:
    weights = quantised(tmp_path / "model", largest)
    assert len(weights) > 8
    assert all((np.abs(rows.astype(int)).max(axis=1) == largest).all() for rows, _ in weights.values())
    assert (tmp_path / "model" / "model.bin").is_file()


def test_narrower_weights_are_the_same_but_for_rounding(tmp_path: Path) -> None:
    narrow, full = quantised(tmp_path / "narrow", LARGEST), quantised(tmp_path / "full", FULL)
    assert narrow.keys() == full.keys()
    for name, (rows, scale) in narrow.items():
        other, other_scale = full[name]
        off = rows / scale[:, None] - other / other_scale[:, None]
        assert (np.abs(off) * scale[:, None]).max() < 0.51, name


def test_products_of_two_pairs_of_bytes_fit_into_16_bits_unless_both_are_near_the_largest() -> None:
    # Activations are shifted to 0..255; 128 is none at all.
    assert 2 * LARGEST * 204 < np.iinfo(np.int16).max < 2 * FULL * 130
