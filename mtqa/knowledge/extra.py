"""A user's own people: `--knowledge extra.tsv`.

A tab-separated file with a header line. Only `name` is needed; the other columns are `aliases` (parted by "|"),
`surname`, `place` (ISO 3166-1 alpha-2 code, "@code" of an organisation, or a name from the shipped table),
`office` ("foreign minister", or a title as written), `since`, `until` (YYYY-MM-DD) and `as_of`. Rows override
the shipped ones of the same person in the same office. Lines that begin with "#" are skipped.
"""

from __future__ import annotations

import csv
import datetime as dt
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from mtqa.errors import KnowledgeError
from mtqa.knowledge.places import Places, load_places
from mtqa.knowledge.titles import Titles, load_titles

COLUMNS = ("name", "aliases", "surname", "place", "office", "since", "until", "as_of")
_FAR_FUTURE = dt.date(9999, 12, 31)  # a user's row without as-of day is true until the user changes it


@dataclass(frozen=True, slots=True)
class ExtraPerson:
    """One row: a person and perhaps an office. `place` and `office` are "" if the row names none."""

    name: str
    aliases: tuple[str, ...]
    surname: str
    place: str
    office: str
    since: dt.date | None
    until: dt.date | None
    as_of: dt.date


def read_extra(path: Path) -> tuple[ExtraPerson, ...]:
    """Read a user's table. KnowledgeError names the line and what to do."""
    return _read(path, path.stat().st_mtime_ns) if path.is_file() else _missing(path)


@lru_cache(maxsize=16)
def _read(path: Path, _changed: int) -> tuple[ExtraPerson, ...]:
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise KnowledgeError(f"not UTF-8 at byte {error.start}; save the file as UTF-8", path=path) from error
    numbered = [(number, line) for number, line in enumerate(lines, start=1) if line.strip() and line[0] != "#"]
    if not numbered:
        return ()
    header = numbered[0][1].split("\t")
    unknown = [column for column in header if column not in COLUMNS]
    if unknown or "name" not in header:
        raise KnowledgeError(
            f"the first line must name the columns, with tabs between them; known are {', '.join(COLUMNS)}"
            + (f"; unknown: {', '.join(unknown)}" if unknown else ""),
            path=path,
            line=numbered[0][0],
        )
    places, titles = load_places(), load_titles()
    return tuple(_person(line, header, path, number, places, titles) for number, line in numbered[1:])


def _person(line: str, header: list[str], path: Path, number: int, places: Places, titles: Titles) -> ExtraPerson:
    cells = next(csv.reader([line], delimiter="\t", quoting=csv.QUOTE_NONE))
    if len(cells) > len(header):
        raise KnowledgeError(f"{len(cells)} cells under {len(header)} columns", path=path, line=number)
    row = dict.fromkeys(COLUMNS, "") | dict(zip(header, (cell.strip() for cell in cells), strict=False))
    if not row["name"]:
        raise KnowledgeError("a row without name", path=path, line=number)
    if bool(row["place"]) != bool(row["office"]):
        raise KnowledgeError("give both place and office, or neither", path=path, line=number)
    place = _place(row["place"], places, path, number)
    title = titles.find(row["office"], place or None)
    return ExtraPerson(
        name=row["name"],
        aliases=tuple(part for part in row["aliases"].split("|") if part),
        surname=row["surname"] or row["name"].split()[-1],
        place=place,
        office=title.office if title else row["office"].lower(),
        since=_day(row["since"], path, number),
        until=_day(row["until"], path, number),
        as_of=_day(row["as_of"], path, number) or _FAR_FUTURE,
    )


def _place(cell: str, places: Places, path: Path, number: int) -> str:
    if not cell or places.get(cell.lower()):
        return cell.lower()
    found = places.find(cell)
    if len(found) == 1:
        return found[0][0].code
    raise KnowledgeError(
        f"unknown place {cell!r}; write an ISO 3166-1 code such as ua, or @code for an organisation",
        path=path,
        line=number,
    )


def _day(cell: str, path: Path, number: int) -> dt.date | None:
    try:
        return dt.date.fromisoformat(cell) if cell else None
    except ValueError as error:
        raise KnowledgeError(f"{cell!r} is no date of the form YYYY-MM-DD", path=path, line=number) from error


def _missing(path: Path) -> tuple[ExtraPerson, ...]:
    raise KnowledgeError("no such file" if not path.exists() else "not a file", path=path)
