"""Given names that are the same across languages, so that a difference between them is no error by itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files

from mtqa.knowledge.romanisation import fold


@dataclass(frozen=True)
class GivenNames:
    """Sets of equivalent given names, folded."""

    sets: tuple[frozenset[str], ...]

    @cached_property
    def _index(self) -> dict[str, set[int]]:
        index: dict[str, set[int]] = {}
        for number, names in enumerate(self.sets):
            for name in names:
                index.setdefault(name, set()).add(number)
        return index

    def are_equivalent(self, one: str, other: str) -> bool:
        """True if two given names are forms of one name (Michael, Mike, Mikhail)."""
        first, second = fold(one), fold(other)
        return first == second or bool(self._index.get(first, set()) & self._index.get(second, set()))

    def forms(self, name: str) -> list[str]:
        """The other forms of a given name, folded and sorted."""
        key = fold(name)
        return sorted({form for number in self._index.get(key, ()) for form in self.sets[number]} - {key})


def load_given_names() -> GivenNames:
    """The shipped table."""
    with files("mtqa.knowledge").joinpath("tables/given_names.tsv").open(encoding="utf-8") as lines:
        return read_given_names(lines)


def read_given_names(lines: Iterable[str]) -> GivenNames:
    """Read a table: names parted by spaces, source, as-of date."""
    sets = []
    for line in lines:
        if line.startswith(("names\t", "#")) or not line.strip():
            continue
        names = line.split("\t")[0]
        sets.append(frozenset(fold(name) for name in names.split()))
    return GivenNames(tuple(sets))
