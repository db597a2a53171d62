"""Titles as news English writes them, and the office each means, per country where that differs."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files

from mtqa.errors import KnowledgeError
from mtqa.knowledge.romanisation import fold

ANY_OFFICE = "*"  # "his Russian counterpart", "the Iranian leader": some office of the place, not said which


@dataclass(frozen=True, slots=True)
class Title:
    """A title phrase and the office it means.

    `places` are the codes where it holds (empty: everywhere), `fixed` the place it names by itself
    ("Kremlin spokesman"). `usual` marks the phrase to write for this office in these places.
    """

    phrase: str
    office: str
    places: tuple[str, ...]
    fixed: str | None
    usual: bool
    source: str
    as_of: dt.date

    def holds_in(self, place: str | None) -> bool:
        """True if the phrase has this meaning in `place` (None: place not said)."""
        return not self.places or place is None or place in self.places


@dataclass(frozen=True, eq=False)
class Titles:
    """All titles, looked up by phrase or by office."""

    rows: tuple[Title, ...]

    @cached_property
    def _by_words(self) -> dict[tuple[str, ...], tuple[Title, ...]]:
        table: dict[tuple[str, ...], list[Title]] = {}
        for title in self.rows:
            table.setdefault(tuple(fold(title.phrase).split()), []).append(title)
        return {words: tuple(titles) for words, titles in table.items()}

    @cached_property
    def openings(self) -> frozenset[str]:
        """The folded words with which a title may begin."""
        return frozenset(words[0] for words in self._by_words if words)

    @cached_property
    def longest(self) -> int:
        """Number of words of the longest title."""
        return max((len(words) for words in self._by_words), default=0)

    def __len__(self) -> int:
        return len(self.rows)

    def find_words(self, words: Sequence[str]) -> tuple[Title, ...]:
        """The meanings of a phrase given as folded words; empty if it is no title."""
        return self._by_words.get(tuple(words), ())

    def find(self, phrase: str, place: str | None = None) -> Title | None:
        """What `phrase` means in `place`: a meaning made for the place wins over a general one."""
        titles = [title for title in self.find_words(fold(phrase).split()) if title.holds_in(place)]
        if place is None:
            return min(titles, key=lambda title: (bool(title.places), title.office), default=None)
        return min(titles, key=lambda title: (place not in title.places, title.office), default=None)

    def phrase_for(self, office: str, place: str) -> str:
        """The usual phrase for an office in a place; the office's own name if the table has none."""
        titles = [title for title in self.rows if title.office == office and title.usual and title.holds_in(place)]
        best = min(titles, key=lambda title: (place not in title.places, title.phrase), default=None)
        return best.phrase if best else office


def load_titles() -> Titles:
    """The shipped table."""
    with files("mtqa.knowledge").joinpath("tables/titles.tsv").open(encoding="utf-8") as lines:
        return read_titles(lines)


def read_titles(lines: Iterable[str], path: str = "titles.tsv") -> Titles:
    """Read a table of titles; KnowledgeError names the line of a row that cannot be used."""
    rows = []
    for number, row in enumerate(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE), start=2):
        try:
            rows.append(
                Title(
                    phrase=row["phrase"],
                    office=row["office"],
                    places=tuple(part for part in row["places"].split("|") if part),
                    fixed=row["fixed"] or None,
                    usual=row["usual"] == "yes",
                    source=row["source"],
                    as_of=dt.date.fromisoformat(row["as_of"]),
                )
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise KnowledgeError(f"not a row of titles: {error}", path=path, line=number) from error
    return Titles(tuple(rows))
