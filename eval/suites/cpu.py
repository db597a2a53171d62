"""What the CPU at hand can do that decides how fast, and how exactly, int8 is multiplied."""

from __future__ import annotations

from pathlib import Path

_FEATURES = ("avx2", "avx512f", "avx512_vnni", "avx_vnni")
_WIDE = {"avx512f", "avx512cd", "avx512vl", "avx512dq", "avx512bw"}
_CPU = Path("/proc/cpuinfo")


def cpu_features() -> list[str]:
    """Those of _FEATURES that it has; none where the system does not say."""
    flags = _flags()
    return [one for one in _FEATURES if one in flags]


def has_wide_instructions() -> bool:
    """True if CTranslate2 can run on AVX-512 throughout, as CT2_FORCE_CPU_ISA asks it to."""
    return _flags() >= _WIDE


def _flags() -> set[str]:
    return set(_CPU.read_text(encoding="utf-8").split()) if _CPU.is_file() else set()
