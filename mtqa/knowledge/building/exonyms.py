"""Build tables/exonyms.tsv.xz: countries, continents, regions and large cities as other languages call them.

From the CLDR data of babel, which is needed for this alone and not at run time, and the rows of more_exonyms.tsv,
places that CLDR does not name, compiled for mtqa.

python -m mtqa.knowledge.building.exonyms
"""

from __future__ import annotations

import importlib
import lzma
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from mtqa.knowledge.building.number_formats import LANGUAGES
from mtqa.knowledge.romanisation import fold

_MORE = Path(__file__).with_name("more_exonyms.tsv")
TABLE = Path(__file__).parents[1] / "tables" / "exonyms.tsv.xz"
COLUMNS = ("language", "name", "english")
_LEAST_LETTERS = 4  # of an English name
# The world, unions, unknown regions, and the Americas, which others call America.
_NO_PLACES = frozenset({"001", "019", "EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"})


def rows() -> Iterator[tuple[str, str, str]]:
    """Language, name and English name, one word each, where they differ; sorted inside a language."""
    english = _names("en")
    more = [tuple(line.split("\t")) for line in _MORE.read_text(encoding="utf-8").splitlines()[1:]]
    for language in LANGUAGES:
        if language == "en":
            continue
        found = {
            (name, english[code])
            for code, name in _names(language).items()
            if code in english and fold(name) != fold(english[code])
        }
        found |= {(name, translation) for own, name, translation in more if own == language}
        for name, translation in sorted(found):
            if " " not in name and translation.isalpha() and len(translation) >= _LEAST_LETTERS:
                yield language, name, translation


def _names(language: str) -> dict[str, str]:
    """Names of territories by code, of cities by time zone; where English has no city it is that of the zone."""
    babel: Any = importlib.import_module("babel")
    # Loading a language changes the data of the root that the next one inherits from (babel 2.18).
    importlib.import_module("babel.localedata")._cache.clear()
    locale = babel.Locale.parse(language)
    names = {code: name for code, name in locale.territories.items() if code not in _NO_PLACES}
    zones: Mapping[str, Mapping[str, Any]] = locale.time_zones
    for zone, known in zones.items():
        if "/" in zone and isinstance(known.get("city"), str):
            names[zone] = known["city"]
    if language == "en":
        for zone in babel.Locale.parse("ru").time_zones:  # names all of them
            names.setdefault(zone, zone.rpartition("/")[2].replace("_", " "))
    return names


def main() -> None:
    """Write the table."""
    text = "\n".join("\t".join(row) for row in (COLUMNS, *rows())) + "\n"
    TABLE.write_bytes(lzma.compress(text.encode("utf-8"), preset=9))


if __name__ == "__main__":
    main()
