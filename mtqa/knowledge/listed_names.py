"""What English calls a name that a language writes in a way of its own: Польша is Poland, 池田 is Ikeda.

    load_listed_names("ru")["польша"]             # ("Poland",)

Countries, continents, regions and large cities, most of them those of CLDR, and Japanese surnames in Chinese
characters, whose readings no rule tells (`tables/listed_names.tsv.xz`); one word each.
"""

from __future__ import annotations

import lzma
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType

from mtqa.errors import KnowledgeError

ListedNames = Mapping[str, tuple[str, ...]]
COLUMNS = ("language", "name", "english")
_NONE: ListedNames = MappingProxyType({})
_TABLE = "listed_names.tsv.xz"


def load_listed_names(language: str | None) -> ListedNames:
    """English names by the name in a language (ISO 639-1) in lower case, with its accents and without; empty where the
    table has none of it.
    """
    return _all().get(language, _NONE) if language else _NONE


@lru_cache(maxsize=1)
def _all() -> Mapping[str, ListedNames]:
    table = files("mtqa.knowledge").joinpath(f"tables/{_TABLE}")
    return read_listed_names(lzma.decompress(table.read_bytes()).decode("utf-8"))


def read_listed_names(text: str, path: str = _TABLE) -> dict[str, ListedNames]:
    """Read a table. KnowledgeError names the line of a row that cannot be used."""
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for number, line in enumerate(text.splitlines()[1:], start=2):
        cells = line.split("\t")
        if len(cells) != len(COLUMNS) or not all(cells):
            raise KnowledgeError("a language, a name and its English name are needed", path=path, line=number)
        language, name, english = cells
        own = found.setdefault(language, {})
        bare = "".join(one for one in unicodedata.normalize("NFD", name.lower()) if not unicodedata.combining(one))
        # Endings soften what they follow: Plzeň, v Plzni.
        for key in {name.lower(), bare} if bare.isascii() else {name.lower()}:
            own[key] = (*own.get(key, ()), english)
    return {language: MappingProxyType(own) for language, own in found.items()}
