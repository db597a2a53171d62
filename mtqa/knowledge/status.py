"""What the tables hold: rows, sources, and how old they are."""

from __future__ import annotations

import csv
import lzma
from collections import Counter
from dataclasses import dataclass
from importlib.resources import files

_MOST_SOURCES = 3
# Tables that are not TSV with source and as-of columns: what they are and when their data ends.
_COMPILED = {
    "listed_names.tsv.xz": ("CLDR by babel 2.19", "2026-11"),
    "names.npz": ("name2nat 0.5.1", "2020-06"),
    "words.tsv.xz": ("wordfreq 3.1.1", "2021-12"),
    **{f"lexicon_{language}.tsv.xz": ("MLQE-PE train", "2020-12") for language in ("et", "ne", "ro", "si")},
    **{f"lexicon_{language}.tsv.xz": ("WMT21 news", "2021-06") for language in ("cs", "ha", "is")},
}


@dataclass(frozen=True, slots=True)
class TableState:
    """One table; `as_of` is the latest day in it, `sources` its most frequent ones."""

    name: str
    rows: int
    as_of: str
    sources: tuple[str, ...]


def table_states() -> list[TableState]:
    """All shipped tables, by name."""
    states = []
    for path in sorted(files("mtqa.knowledge").joinpath("tables").iterdir(), key=lambda path: path.name):
        if path.name.endswith(".tsv"):
            lines = (line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#"))
            rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
            sources = Counter(row["source"].split(";")[0].split(",")[0] or "hand" for row in rows)
            latest = max(row["as_of"] for row in rows)
            states.append(
                TableState(path.name, len(rows), latest, tuple(name for name, _ in sources.most_common(_MOST_SOURCES)))
            )
        elif path.name in _COMPILED:
            source, latest = _COMPILED[path.name]
            states.append(TableState(path.name, _count(path.name, path.read_bytes()), latest, (source,)))
    return states


def _count(name: str, content: bytes) -> int:
    if name.endswith(".xz"):
        return lzma.decompress(content).count(b"\n") - 1
    import io

    import numpy as np

    with np.load(io.BytesIO(content)) as table:
        return len(table["last"])
