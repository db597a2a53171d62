"""What English calls a country, a continent or a large city that another language calls otherwise (Польша: Poland).

    load_exonyms("ru")["польша"]             # ("Poland",)

The names of `tables/exonyms.tsv.xz` are those of CLDR, one word each.
"""

from __future__ import annotations

import lzma
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType

from mtqa.errors import KnowledgeError

Exonyms = Mapping[str, tuple[str, ...]]
_NONE: Exonyms = MappingProxyType({})
_TABLE = "exonyms.tsv.xz"


def load_exonyms(language: str | None) -> Exonyms:
    """English names by the name in a language (ISO 639-1) in lower case; empty without a table of it."""
    return _all().get(language, _NONE) if language else _NONE


@lru_cache(maxsize=1)
def _all() -> Mapping[str, Exonyms]:
    table = files("mtqa.knowledge").joinpath(f"tables/{_TABLE}")
    return read_exonyms(lzma.decompress(table.read_bytes()).decode("utf-8"))


def read_exonyms(text: str, path: str = _TABLE) -> dict[str, Exonyms]:
    """Read a table. KnowledgeError names the line of a row that cannot be used."""
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for number, line in enumerate(text.splitlines()[1:], start=2):
        cells = line.split("\t")
        if len(cells) != len(("language", "name", "english")) or not all(cells):
            raise KnowledgeError("a language, a name and its English name are needed", path=path, line=number)
        language, name, english = cells
        own = found.setdefault(language, {})
        own[name.lower()] = (*own.get(name.lower(), ()), english)
    return {language: MappingProxyType(own) for language, own in found.items()}
