"""Builds tables/places.tsv: python -m mtqa.knowledge.building.places --places DIR/places.json --out FILE.

Base: short names, long names and nationality adjectives of the World Factbook (public domain). place_names.tsv
beside this file replaces the rows where English news writes otherwise, and adds organisations.
"""

from __future__ import annotations

import argparse
import csv
import json
import re
from importlib.resources import files
from pathlib import Path

from mtqa.knowledge.building.country_codes import ISO_OF_GEC

COLUMNS = ("code", "attributive", "names", "metonyms", "demonyms", "source", "as_of")
FACTBOOK_AS_OF = "2026-01-22"
CHECKED_AS_OF = "2026-11-23"
_SHARED_DEMONYM = ("pm", "hk", "mo", "gg", "cx", "nc", "as")
_NO_VALUE = {"none", "na", ""}


def build_places(factbook: dict[str, dict[str, str]]) -> list[dict[str, str]]:
    """Rows of the table, sorted by code. `factbook` maps "short", "long" and "dem" to code -> text."""
    rows = {}
    for gec, iso in ISO_OF_GEC.items():
        short = _value(factbook["short"].get(gec, ""))
        long = _value(factbook["long"].get(gec, ""))
        names = [name for name in (re.sub(r"^The (?=[A-Z])", "", short), long) if name]
        demonyms = _split_demonyms(_value(factbook["dem"].get(gec, "")))
        if not names or iso in rows:
            continue
        rows[iso] = {
            "code": iso,
            "attributive": demonyms[0] if demonyms else names[0],
            "names": "|".join(dict.fromkeys(names)),
            "metonyms": "",
            "demonyms": "|".join(demonyms),
            "source": "factbook",
            "as_of": FACTBOOK_AS_OF,
        }
    # A territory whose people share the name of another nation's ("French" in Saint Pierre) is not meant by it.
    for code in _SHARED_DEMONYM:
        rows[code] |= {"demonyms": "", "attributive": rows[code]["names"].split("|")[0]}
    for row in read_place_names():
        rows[row["code"]] = {**row, "source": "hand", "as_of": CHECKED_AS_OF}
    return [rows[code] for code in sorted(rows)]


def read_place_names() -> list[dict[str, str]]:
    """The rows of place_names.tsv."""
    with files("mtqa.knowledge.building").joinpath("place_names.tsv").open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def write_table(rows: list[dict[str, str]], columns: tuple[str, ...], out: Path) -> None:
    """Write a table: tabs, no quoting, Unix line ends. Cells never hold tabs or line breaks."""
    with out.open("w", encoding="utf-8", newline="\n") as lines:
        lines.write("\t".join(columns) + "\n")
        for row in rows:
            lines.write("\t".join(row[column] for column in columns) + "\n")


def _value(text: str) -> str:
    """A factbook text without remarks in brackets; empty for "none"."""
    text = re.sub(r"\s*\([^)]*\)", "", text).strip()
    return "" if text.lower() in _NO_VALUE else text


def _split_demonyms(text: str) -> list[str]:
    parts = [part.strip() for part in re.split(r",\s*(?:or\s+)?|\s+or\s+|/", text)]
    return [part for part in parts if part and part[0].isupper()]


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--places", type=Path, required=True, help="places.json of the factbook extract")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    factbook = json.loads(options.places.read_text(encoding="utf-8"))
    write_table(build_places(factbook), COLUMNS, options.out)


if __name__ == "__main__":
    main()
