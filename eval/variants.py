"""Figures of one name for several scorers: `demetr_macro`, `demetr_macro_of_fast`, `demetr_macro_of_surprisal`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from eval.figures import Value

# The scorer as suites name it, `score` being the one without an ending, and as readers know it.
VARIANTS: Mapping[str, str] = MappingProxyType(
    {
        "score": "mtqa",
        "with_source": "mtqa with the source",
        "fast": "mtqa --fast",
        "fast_with_source": "mtqa --fast with the source",
        "cosine": "cosine of meaning alone",
        "surprisal": "surprisal alone",
        "length": "length alone",
        "shortness": "shortness alone",
        "everything_major": "everything major",
    }
)
_ENDING = re.compile(rf"(?P<base>.+?)_(?:of_(?P<variant>{'|'.join(VARIANTS)})|with_source)")


def by_variant(figures: Mapping[str, Value]) -> dict[str, dict[str, Value]]:
    """Figure name without its ending -> scorer -> value, in order."""
    found: dict[str, dict[str, Value]] = {}
    for name, value in figures.items():
        match = _ENDING.fullmatch(name)
        base, variant = (match["base"], match["variant"] or "with_source") if match else (name, "score")
        found.setdefault(base, {})[variant] = value
    return found
