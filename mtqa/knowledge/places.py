"""Countries, territories and organisations: names, metonyms, demonyms.

Codes are ISO 3166-1 alpha-2 in lower case ("XK" stands for Kosovo as in EU practice); organisations start
with "@".
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from importlib.resources import files

from mtqa.errors import KnowledgeError
from mtqa.knowledge.romanisation import fold


class PlaceForm(StrEnum):
    """How a text names a place."""

    NAME = "name"
    METONYM = "metonym"
    DEMONYM = "demonym"


@dataclass(frozen=True, slots=True)
class Place:
    """A country, territory or organisation.

    `names` begin with the usual one; `demonyms` are adjectives and nouns of belonging, the usual one first;
    `attributive` is what stands before a title in news English ("US", "British", "NATO").
    """

    code: str
    attributive: str
    names: tuple[str, ...]
    metonyms: tuple[str, ...]
    demonyms: tuple[str, ...]
    source: str
    as_of: dt.date

    @property
    def name(self) -> str:
        """The usual name."""
        return self.names[0]

    @property
    def is_organisation(self) -> bool:
        """True for organisations such as NATO."""
        return self.code.startswith("@")


@dataclass(frozen=True, eq=False)
class Places:
    """All places, looked up by code or by what a text calls them."""

    rows: tuple[Place, ...]

    @cached_property
    def _by_code(self) -> dict[str, Place]:
        return {place.code: place for place in self.rows}

    @cached_property
    def _by_words(self) -> dict[tuple[str, ...], tuple[tuple[Place, PlaceForm], ...]]:
        table: dict[tuple[str, ...], list[tuple[Place, PlaceForm]]] = {}
        for place in self.rows:
            for form, texts in (
                (PlaceForm.NAME, place.names),
                (PlaceForm.METONYM, place.metonyms),
                (PlaceForm.DEMONYM, place.demonyms),
            ):
                for text in texts:
                    entries = table.setdefault(tuple(fold(text).split()), [])
                    if all(known is not place for known, _ in entries):
                        entries.append((place, form))
        return {words: tuple(entries) for words, entries in table.items()}

    @cached_property
    def longest(self) -> int:
        """Number of words of the longest name."""
        return max((len(words) for words in self._by_words), default=0)

    def __len__(self) -> int:
        return len(self.rows)

    def get(self, code: str) -> Place | None:
        """The place with this code, or None."""
        return self._by_code.get(code)

    def find(self, text: str) -> tuple[tuple[Place, PlaceForm], ...]:
        """The places that `text` may name, whole and in any case; several for "Congolese" or "Dominican"."""
        return self._by_words.get(tuple(fold(text).split()), ())

    def find_words(self, words: Sequence[str]) -> tuple[tuple[Place, PlaceForm], ...]:
        """As `find`, for words that are folded already."""
        return self._by_words.get(tuple(words), ())


def load_places() -> Places:
    """The shipped table."""
    with files("mtqa.knowledge").joinpath("tables/places.tsv").open(encoding="utf-8") as lines:
        return read_places(lines)


def read_places(lines: Iterable[str], path: str = "places.tsv") -> Places:
    """Read a table of places; KnowledgeError names the line of a row that cannot be used."""
    rows = []
    for number, row in enumerate(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE), start=2):
        try:
            rows.append(
                Place(
                    code=row["code"],
                    attributive=row["attributive"],
                    names=_split(row["names"]),
                    metonyms=_split(row["metonyms"]),
                    demonyms=_split(row["demonyms"]),
                    source=row["source"],
                    as_of=dt.date.fromisoformat(row["as_of"]),
                )
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise KnowledgeError(f"not a row of places: {error}", path=path, line=number) from error
    return Places(tuple(rows))


def _split(cell: str) -> tuple[str, ...]:
    return tuple(part for part in cell.split("|") if part)
