"""Titles and abbreviations of other languages that translations leave behind: "MM.", "Mme", "Hr.", "usw."."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files

from mtqa.errors import KnowledgeError
from mtqa.schema.document import Span


@dataclass(frozen=True, slots=True)
class Honorific:
    """A form as written, its language (ISO 639-1), and what English writes ("" if nothing fits).

    `where`: "name" stands before a name, "number" after a number, "any" anywhere.
    """

    form: str
    language: str
    meaning: str
    where: str
    source: str
    as_of: str


@dataclass(frozen=True)
class Honorifics:
    """All forms."""

    rows: tuple[Honorific, ...]

    @cached_property
    def _by_form(self) -> dict[str, Honorific]:
        return {row.form: row for row in self.rows}

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        forms = sorted((re.escape(row.form) for row in self.rows), key=lambda form: -len(form))
        return re.compile(rf"(?<![\w.’'-])(?:{'|'.join(forms)})(?![\w’'-])")

    def find(self, text: str) -> Iterator[tuple[Span, Honorific]]:
        """Every form where it can stand, in order. "MM." after a number is millimetres or millions."""
        for match in self._pattern.finditer(text):
            row = self._by_form[match.group()]
            before, after = text[: match.start()].rstrip(), text[match.end() :].lstrip()
            if row.where == "name" and (before[-1:].isdigit() or not after[:1].isupper()):
                continue
            if row.where == "number" and not before[-1:].isdigit():
                continue
            yield Span(match.start(), match.end()), row


def load_honorifics() -> Honorifics:
    """The shipped table."""
    with files("mtqa.knowledge").joinpath("tables/honorifics.tsv").open(encoding="utf-8") as lines:
        return read_honorifics(lines)


def read_honorifics(lines: Iterable[str], path: str = "honorifics.tsv") -> Honorifics:
    """Read a table. KnowledgeError names the line of a row that cannot be used."""
    rows = []
    for number, line in enumerate(lines, start=1):
        if number == 1 or not line.strip():
            continue
        try:
            rows.append(Honorific(*line.rstrip("\n").split("\t")))
        except TypeError as error:
            raise KnowledgeError("six columns are needed", path=path, line=number) from error
    return Honorifics(tuple(rows))
