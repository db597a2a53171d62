"""Opening converted models in CTranslate2, with the widest instructions that the CPU has.

CTranslate2 multiplies matrices with the instructions of AVX-512 where there are any, but runs everything between the
products on AVX2 unless CT2_FORCE_CPU_ISA says otherwise; `python -m eval run speed` measures what that costs. Whoever
sets the variable decides.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from mtqa.errors import ModelError

VARIABLE = "CT2_FORCE_CPU_ISA"  # read when the first model is opened; CTranslate2 fails if the CPU has not what it asks
_WIDE = frozenset(("avx512f", "avx512cd", "avx512vl", "avx512dq", "avx512bw"))  # all that its kernels need
_CPU = Path("/proc/cpuinfo")  # Linux only; elsewhere CTranslate2 chooses


def opened(kind: Any, folder: Path, workers: int) -> Any:
    """An int8 model of a folder, `kind` its class; each of its workers has one thread.

    ModelError if it cannot be loaded.
    """
    _choose_instructions()
    try:
        return kind(str(folder), device="cpu", compute_type="int8", inter_threads=workers, intra_threads=1)
    except (RuntimeError, ValueError) as error:
        raise ModelError(f"{folder} cannot be loaded by CTranslate2: {error}") from error


def _choose_instructions() -> None:
    if VARIABLE not in os.environ and has_wide_instructions():
        os.environ[VARIABLE] = "AVX512"


def has_wide_instructions(description: Path = _CPU) -> bool:
    """True if every processor of the system's description is known to have AVX-512 as CTranslate2 uses it."""
    try:
        lines = description.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return False
    flags = [set(line.partition(":")[2].split()) for line in lines if line.startswith("flags")]
    return bool(flags) and all(own >= _WIDE for own in flags)
