"""Products of matrices whose rows must not depend on what is computed beside them.

A BLAS may use other kernels, which round otherwise, for other heights and for the rows left over. OpenBLAS does
so for AVX2, but not for AVX-512 from a few rows on: there any number of texts may share one product. Which of both
holds on a machine is tried out.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
# Rows of a product at the least; fewer are filled up, as small products have kernels of their own. As many columns get
# the same bits in any place by all kernels of OpenBLAS; those for AVX2 fail from 24 on.
LEAST = 16
_HEIGHTS = (16, 17, 18, 21, 24, 29, 37, 48, 61, 64, 90)
_ROWS = 260
_SEED = 7


def rows_are_alike(weight: Floats) -> bool:
    """Whether rows times `weight`  # (in, out) have the same bits in any place of a product of any height from LEAST
    on. Tried out on random rows, with one thread: call it inside threads.one_thread_each().
    """
    rows = np.random.default_rng(_SEED).standard_normal((_ROWS, len(weight)), dtype=np.float32)  # (rows, in)
    whole = rows @ weight
    starts = np.cumsum([0, *_HEIGHTS[:-1]]) % (_ROWS - max(_HEIGHTS))
    return all(
        np.array_equal(rows[start : start + height] @ weight, whole[start : start + height])
        for start, height in zip(starts.tolist(), _HEIGHTS, strict=True)
    )


def multiply(rows: Floats, weight: Floats, out: Floats, *, alike: bool) -> None:
    """Write rows @ weight to `out`, each row with the same bits in any place and height. Rows are a multiple of LEAST.
    `alike`: what rows_are_alike says of the weight.
    """
    if alike:
        np.matmul(rows, weight, out=out)
        return
    for low in range(0, len(rows), LEAST):
        block = slice(low, low + LEAST)
        out[block] = by_columns(rows[block], weight)


def by_columns(rows: NDArray[np.floating[Any]], weight: Floats) -> Floats:
    """Rows times a matrix, computed as columns: always as many rows, at most LEAST, have the same bits in any place."""
    found: Floats = (weight.T @ rows.T).T
    return found
