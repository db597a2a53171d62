"""Builds tables/titles.tsv from title_names.tsv: python -m mtqa.knowledge.building.titles --out FILE.

The phrases were collected by hand from news English. `places` limits a meaning to places (codes, "|" between);
`fixed` is the place that the phrase itself names; `usual` marks the phrase to write for an office.
"""

from __future__ import annotations

import argparse
import csv
from importlib.resources import files
from pathlib import Path

from mtqa.knowledge.building.places import CHECKED_AS_OF, write_table

COLUMNS = ("phrase", "office", "places", "fixed", "usual", "source", "as_of")


def build_titles() -> list[dict[str, str]]:
    """Rows of the table, sorted."""
    with files("mtqa.knowledge.building").joinpath("title_names.tsv").open(encoding="utf-8") as lines:
        read = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE, restval=""))
    rows = [{**row, "source": "hand", "as_of": CHECKED_AS_OF} for row in read]
    return sorted(rows, key=lambda row: (row["phrase"], row["office"], row["places"]))


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    write_table(build_titles(), COLUMNS, parser.parse_args().out)


if __name__ == "__main__":
    main()
