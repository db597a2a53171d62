"""Int8 with a scale per row: small, exact where it should be, and near in products."""

from __future__ import annotations

import pytest
import torch

from models.quality_en.export import dequantised, quantised

pytestmark = pytest.mark.models  # nothing is downloaded, but torch takes seconds


def random_matrix(rows: int = 128, columns: int = 96) -> torch.Tensor:
    generator = torch.Generator().manual_seed(1)
    # Rows of very different size, which one scale for all would flatten.
    return torch.randn(rows, columns, generator=generator) * torch.logspace(-3, 1, rows)[:, None]


def test_products_stay_near() -> None:
    weight = random_matrix()
    stored = quantised({"down.weight": weight})
    assert stored["down.weight"].dtype == torch.int8
    assert stored["down.weight.scale"].shape == (128,)
    (restored,) = dequantised(stored).values()
    inputs = torch.randn(50, 96, generator=torch.Generator().manual_seed(2))
    exact, found = inputs @ weight.T, inputs @ restored.T  # (50, 128)
    error = (exact - found).norm(dim=0) / exact.norm(dim=0)  # (128,)
    assert float(error.max()) < 0.015
    assert float((restored - weight).abs().div(stored["down.weight.scale"][:, None]).max()) <= 0.5 + 1e-3


def test_small_tensors_and_vectors_stay_as_they_are() -> None:
    state = {"norm": torch.randn(5000), "small.weight": torch.randn(63, 65), "large.weight": torch.randn(64, 64)}
    stored = quantised(state)
    assert set(stored) == {*state, "large.weight.scale"}
    for name in ("norm", "small.weight"):
        assert torch.equal(dequantised(stored)[name], state[name])


def test_rows_of_zeros_stay_zeros_and_extremes_are_kept() -> None:
    weight = random_matrix()
    weight[7] = 0.0
    restored = dequantised(quantised({"w": weight}))["w"]
    assert torch.equal(restored[7], torch.zeros(96))
    torch.testing.assert_close(restored.abs().amax(1), weight.abs().amax(1))


def test_half_precision_is_read_as_single() -> None:
    state = {"w": random_matrix().bfloat16(), "norm": torch.ones(3, dtype=torch.float16)}
    assert {value.dtype for value in dequantised(quantised(state)).values()} == {torch.float32}
