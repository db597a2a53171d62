"""Build tables/listed_names.tsv.xz: what English calls places, and Japanese surnames, of other languages.

Countries, continents and large cities come from the CLDR data of babel, which is needed for this alone and not at run
time; more_listed_names.tsv has what CLDR does not name: regions, more cities, Japanese surnames; compiled for mtqa.

python -m mtqa.knowledge.building.listed_names
"""

from __future__ import annotations

import importlib
import lzma
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from mtqa.knowledge.building.number_formats import LANGUAGES
from mtqa.knowledge.listed_names import COLUMNS
from mtqa.knowledge.romanisation import fold

TABLE = Path(__file__).parents[1] / "tables" / "listed_names.tsv.xz"
_MORE = Path(__file__).with_name("more_listed_names.tsv")
_LEAST_LETTERS = 4  # of an English name
# The world, unions, unknown regions, and the Americas, which others call America.
_NO_PLACES = frozenset({"001", "019", "EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"})


def rows(names: Mapping[str, Mapping[str, str]], more: str) -> Iterator[tuple[str, str, str]]:
    """Language, name and English name, one word each, where they differ; sorted inside a language.

    `names`: per language, English among them, names by code; `more`: the lines of further rows under a head.
    """
    english = names["en"]
    further = [tuple(line.split("\t")) for line in more.splitlines()[1:]]
    for language, own in names.items():
        if language == "en":
            continue
        found = {(name, english[code]) for code, name in own.items() if code in english}
        found |= {(name, translation) for where, name, translation in further if where == language}
        for name, translation in sorted(found):
            is_told = fold(name) != fold(translation) and len(translation) >= _LEAST_LETTERS
            if is_told and " " not in name and translation.isalpha():
                yield language, name, translation


def names_of(language: str) -> dict[str, str]:
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
    made = rows({language: names_of(language) for language in LANGUAGES}, _MORE.read_text(encoding="utf-8"))
    text = "\n".join("\t".join(row) for row in (COLUMNS, *made)) + "\n"
    TABLE.write_bytes(lzma.compress(text.encode("utf-8"), preset=9))


if __name__ == "__main__":
    main()
