"""How many workers share the cores, and one thread for every product of matrices: ours are small and run side by side,
and threads of BLAS only wait for each other there.

    with one_thread_each(), ThreadPoolExecutor(worker_count(settings.threads)) as pool:
        states = list(pool.map(read, texts))

The limit is that of the whole process. The thread that sets it takes it back when it leaves; those that come meanwhile
find it set, and are at worst slower once it is gone.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import numpy  # noqa: F401 - its BLAS must be there before it is looked for
from threadpoolctl import ThreadpoolController

_MOST_WORKERS = 8  # by default: each needs some 150 MB for the predictions of a language model
_taken = threading.Lock()


def worker_count(threads: int | None) -> int:
    """As many workers as were asked for, else one per core, within bounds."""
    return threads or min(_MOST_WORKERS, os.cpu_count() or 1)


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
