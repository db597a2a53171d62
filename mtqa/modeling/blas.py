"""One thread for every product of matrices: ours are small and run side by side, and threads of BLAS only wait for each
other there.

    with one_thread_each():
        vectors = [network.vector(ids) for ids in texts]

The limit is that of the whole process. The thread that sets it takes it back when it leaves; those that come meanwhile
find it set, and are at worst slower once it is gone.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import numpy  # noqa: F401 - its BLAS must be there before it is looked for
from threadpoolctl import ThreadpoolController

_taken = threading.Lock()


@contextmanager
def one_thread_each() -> Iterator[None]:
    """Any number of threads may be inside, and one may enter twice."""
    if not _taken.acquire(blocking=False):
        yield
        return
    try:
        with _blas().limit(limits=1):
            yield
    finally:
        _taken.release()


@cache
def _blas() -> Any:
    """Looking through the libraries of the process takes a millisecond, too long for every sentence."""
    return ThreadpoolController().select(user_api="blas")
