"""The pairs of source and reference that the `mismatch` suite reads, and what of them was found wrong by reading.

Lines of WMT news, and French ones of DEMETR, which WMT does not have. `real_number_mismatches.tsv` and its like name
lines whose reference differs from the source for real: what a rule says of them is no false alarm.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

from eval.datasets.demetr import contrasts
from eval.datasets.folder import data_file
from eval.datasets.wmt_news import read_lines, reference_file, source_file

LANGUAGES: Mapping[int, tuple[str, ...]] = MappingProxyType(
    {21: ("cs", "de", "ha", "is", "ja", "ru", "zh"), 22: ("cs", "de", "ja", "ru", "uk", "zh")}
)
FRENCH = "fr"
_DEMETR = 0  # in place of a year
_FOLDER = Path(__file__).parents[1] / "datasets"
_REAL = MappingProxyType(
    {
        "number-mismatch": "real_number_mismatches.tsv",
        "name-mismatch": "real_name_mismatches.tsv",
        "punctuation-loss": "real_punctuation_losses.tsv",
        "omission": "real_omissions.tsv",
    }
)


@dataclass(frozen=True, slots=True)
class Pair:
    """A source line and its reference; `year` 21 or 22 of WMT, 0 for DEMETR; `line` counts from 1."""

    year: int
    language: str
    line: int
    source: str
    reference: str


def pairs(year: int, language: str, lines: int | None) -> list[Pair]:
    """Source and first reference of the first `lines` lines (None: all), empty ones left out. DataError if a file is
    missing.
    """
    sources, references = (read_lines(data_file(name(year, language))) for name in (source_file, reference_file))
    found = [
        Pair(year, language, number, source.strip(), reference.strip())
        for number, (source, reference) in enumerate(zip(sources, references, strict=True), start=1)
        if source.strip() and reference.strip()
    ]
    return found[:lines]


def clean_pairs(year: int, lines: int | None) -> dict[str, list[Pair]]:
    """Pairs of a year by language, and of the languages that the year lacks: of the other year, and of DEMETR."""
    years = {language: other for other, languages in LANGUAGES.items() for language in languages}
    years |= dict.fromkeys(LANGUAGES[year], year)
    return {language: pairs(own, language, lines) for language, own in sorted(years.items())} | {
        FRENCH: french_pairs(lines)
    }


def french_pairs(lines: int | None) -> list[Pair]:
    """The first `lines` French sentences of DEMETR with their references; to be measured on, never tuned."""
    rows = [row for row in contrasts("base_id35_reference") if row.language == "french"]
    return [Pair(_DEMETR, FRENCH, row.number, row.source, row.reference) for row in rows][:lines]


@cache
def real_mismatches(rule: str) -> frozenset[tuple[int, str, int]]:
    """Year, language and line of references that were read and found wrong as the rule says; empty for most rules."""
    if rule not in _REAL:
        return frozenset()
    with (_FOLDER / _REAL[rule]).open(encoding="utf-8", newline="") as stream:
        rows = csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE)
        return frozenset((int(row["year"]), row["language"], int(row["line"])) for row in rows)


def is_real(rule: str, one: Pair) -> bool:
    """True if the pair was read and found wrong as the rule says."""
    return (one.year, one.language, one.line) in real_mismatches(rule)
