"""Build tables/number_formats.tsv from the CLDR data of babel, which is needed for this alone and not at run time.

python -m mtqa.knowledge.building.number_formats
"""

from __future__ import annotations

import datetime as dt
import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

TABLE = Path(__file__).parents[1] / "tables" / "number_formats.tsv"
LANGUAGES = (
    "af ar az be bg bn bs ca cs cy da de el en es et eu fa fi fr ga gl gu ha he hi hr hu hy id is it ja ka kk km kn ko "
    "ky lt lv mk ml mn mr ms my nb ne nl no pa pl ps pt ro ru si sk sl sq sr sv sw ta te th tr uk ur uz vi zh"
).split()
COLUMNS = ("language", "decimal", "group", "months", "source", "as_of")


def rows() -> Iterator[tuple[str, ...]]:
    """One row a language: marks, then the twelve months (forms of one month parted by "/", months by "|")."""
    babel: Any = importlib.import_module("babel")
    version = f"babel {babel.__version__}, CLDR"
    for language in LANGUAGES:
        # Loading a language changes the data of the root that the next one inherits from (babel 2.18).
        importlib.import_module("babel.localedata")._cache.clear()
        locale = babel.Locale.parse(language)
        marks = locale.number_symbols["latn"]
        months = locale.months
        forms = [
            sorted(
                {
                    months[context][width][month].strip(".").lower()
                    for context in ("format", "stand-alone")
                    for width in ("wide", "abbreviated")
                }
            )
            for month in range(1, 13)
        ]
        named = "|".join("/".join(form for form in month if is_name(form)) for month in forms)
        yield language, marks["decimal"], marks["group"], named, version, str(dt.date.today())


def is_name(form: str) -> bool:
    """False for months that are numbers (12月)."""
    return not any(character.isdigit() for character in form)


def main() -> None:
    """Write the table."""
    lines = ["\t".join(row) for row in (COLUMNS, *rows())]
    TABLE.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
