"""Rows of a product must not depend on what is computed beside them, whatever kernels this machine has."""

from __future__ import annotations

import numpy as np
import pytest

from mtqa.modeling.products import LEAST, multiply, rows_are_alike
from mtqa.modeling.threads import one_thread_each


def random(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(shape, dtype=np.float32)


@pytest.mark.parametrize(("inner", "width"), [(512, 256), (1280, 256), (256, 768), (5, 7)])
@pytest.mark.parametrize("alike", [False, None])
def test_each_row_has_its_bits_in_any_place_and_height(inner: int, width: int, alike: bool | None) -> None:
    weight = random(inner, width)
    rows = random(8 * LEAST, inner, seed=1)
    with one_thread_each():
        is_alike = rows_are_alike(weight) if alike is None else alike
        whole = np.empty((len(rows), width), dtype=np.float32)
        multiply(rows, weight, whole, alike=is_alike)
        for start in (0, LEAST, 5 * LEAST):
            part = np.empty((2 * LEAST, width), dtype=np.float32)
            multiply(rows[start : start + 2 * LEAST], weight, part, alike=is_alike)
            assert np.array_equal(part, whole[start : start + 2 * LEAST])
    np.testing.assert_allclose(whole, rows.astype(np.float64) @ weight, atol=1e-4 * inner**0.5)


class Rounding(np.ndarray):
    """A matrix of a machine whose kernel adds up otherwise what is left over of four rows."""

    def __rmatmul__(self, rows: np.ndarray) -> np.ndarray:
        product = rows @ np.asarray(self)
        product[len(rows) // 4 * 4 :] += np.float32(1e-5)
        return product


def test_a_kernel_that_rounds_otherwise_for_some_rows_is_noticed() -> None:
    assert not rows_are_alike(random(32, 16).view(Rounding))
