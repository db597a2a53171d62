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
        "fast": "mtqa --fast",
        "surprisal": "surprisal alone",
        "length": "length alone",
        "shortness": "shortness alone",
        "everything_major": "everything major",
    }
)
_ENDING = re.compile(rf"(?P<base>.+)_of_(?P<variant>{'|'.join(VARIANTS)})")


def by_variant(figures: Mapping[str, Value]) -> dict[str, dict[str, Value]]:
    """Figure name without its ending -> scorer -> value, in order."""
    found: dict[str, dict[str, Value]] = {}
    for name, value in figures.items():
        match = _ENDING.fullmatch(name)
        base, variant = (match["base"], match["variant"]) if match else (name, "score")
        found.setdefault(base, {})[variant] = value
    return found
