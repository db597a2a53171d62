"""Builds tables/offices.tsv.

    python -m mtqa.knowledge.building.offices --offices DIR/offices.tsv --out mtqa/knowledge/tables/offices.tsv

Base: an extract of the World Factbook (public domain) and of Wikidata (CC0) with GEC place codes. Beside this file:
corrections.tsv mends rows of the base (one reason a row), preferred_names.tsv gives the usual English spelling of
people whom the base spells otherwise, additions.tsv holds rows looked up in public sources, each with its source.
Hand-written rows of the base are dropped: those that could be confirmed are in additions.tsv.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from importlib.resources import files
from pathlib import Path

from mtqa.knowledge.building.cleaning import clean_holder
from mtqa.knowledge.building.country_codes import ISO_OF_GEC
from mtqa.knowledge.building.places import write_table
from mtqa.knowledge.offices import UntilKind, family
from mtqa.knowledge.person_names import PersonName
from mtqa.knowledge.romanisation import fold

COLUMNS = (
    "place", "office", "name", "aliases", "surname", "since", "until", "until_kind", "home", "source", "as_of",
)  # fmt: skip


def _word_set(words: str) -> frozenset[str]:
    return frozenset(words.split())


# Places whose head of state is another country's, and listed there.
_DEPENDENT = _word_set(
    "ad ai as aw ax bl bm ck cw cx fk fo gf gg gi gl gp gu im io je ky mf mp mq ms nc nf nu pf pm pn pr sh sx tc tk "
    "vg vi wf yt"
)
_OF_THE_SOVEREIGN = frozenset({"president", "vice president", "king", "queen"})
SOURCES = {"fb": "factbook", "wd": "wikidata", "wd-fm": "wikidata"}
# Day of the newest content of each source.
AS_OF = {"fb": "2026-01-22", "wd": "2022-07-05", "wd-fm": "2022-12-03"}
_ONE_HOLDER = frozenset(
    {"president", "prime minister", "chancellor", "king", "queen", "emperor", "pope", "governor general", "head"}
    | {"foreign minister", "defence minister", "finance minister", "interior minister", "secretary general"}
    | {"attorney general", "chief of staff", "army chief"}
)
# Two rows are one term if the names agree this well and the terms begin within this time (spellings differ by edition).
_SAME_START = dt.timedelta(days=62)
_LEAST_SURNAME, _LEAST_GIVEN = 0.66, 0.55


@dataclass(frozen=True)
class Row:
    """A term under construction; dates are ISO text, "" if unknown."""

    place: str
    office: str
    name: str
    aliases: tuple[str, ...]
    surname: str
    since: str
    until: str
    until_kind: str
    source: str
    as_of: str
    home: str = ""
    last_seen: str = field(default="", compare=False)


def build_offices(base: Iterable[dict[str, str]]) -> list[Row]:
    """All rows, sorted."""
    rows = [row for cells in base if cells["source"] in SOURCES for row in _from_base(cells)]
    rows = _correct(rows, _read("corrections.tsv"))
    preferred = {row["name"]: row for row in _read("preferred_names.tsv")}
    rows = [_prefer(row, preferred) for row in rows]
    rows = _merge(rows)
    added = [_from_addition(cells) for cells in _read("additions.tsv")]
    rows = [row for row in rows if not any(_restates(new, row) for new in added)]
    rows = _close(rows + added)
    return sorted(rows, key=lambda row: (row.place, row.office, row.since, row.name))


def _from_base(cells: dict[str, str]) -> list[Row]:
    source = cells["source"]
    if (cells["place"], cells["office"]) == ("xo", "wto head"):
        cells = cells | {"place": "@wto", "office": "head"}
    place = cells["place"] if cells["place"].startswith("@") else ISO_OF_GEC.get(cells["place"], "")
    if not place:
        return []  # military bases and the like
    if place in _DEPENDENT and cells["office"] in _OF_THE_SOVEREIGN:
        return []
    since, until = _first_day(cells["since"]), _last_day(cells["until"].replace("?", ""))
    rows = []
    for person in clean_holder(cells["holder"], cells["aliases"].split("|"), cells["surname"]):
        rows.append(
            Row(
                place=place,
                office=cells["office"],
                name=person.name,
                aliases=person.aliases,
                surname=person.surname,
                since=since,
                until=until,
                until_kind=_until_kind(source, until),
                source=SOURCES[source],
                as_of=min(until, AS_OF[source]) if until and source == "fb" else AS_OF[source],
            )
        )
    return rows


def _until_kind(source: str, until: str) -> str:
    if not until:
        return UntilKind.OPEN
    return UntilKind.LAST_SEEN if source == "fb" else UntilKind.EXACT


def _correct(rows: list[Row], corrections: list[dict[str, str]]) -> list[Row]:
    """Apply corrections; a correction that fits no row is an error, so that none outlives its reason."""
    unused = {(c["place"], c["office"], c["name"], c["since"]) for c in corrections}
    corrected = []
    for row in rows:
        for change in corrections:
            fits = change["place"] == row.place and change["office"] == row.office and change["name"] == row.name
            if fits and change["since"] in {"", row.since}:
                unused.discard((change["place"], change["office"], change["name"], change["since"]))
                changes = {key[4:]: value for key, value in change.items() if key.startswith("new_") and value}
                row = replace(row, **changes)  # type: ignore[arg-type]  # only columns of plain text
                if "until" in changes:
                    row = replace(row, until_kind=UntilKind.EXACT)
        if row.name != "-":
            corrected.append(row)
    if unused:
        raise ValueError(f"corrections.tsv: no row for {sorted(unused)}")
    return corrected


def _prefer(row: Row, preferred: dict[str, dict[str, str]]) -> Row:
    change = preferred.get(row.name)
    if change is None:
        return row
    aliases = (row.name, *row.aliases, *(part for part in change["aliases"].split("|") if part))
    surname = change["surname"] or change["preferred"].split()[-1]
    return replace(row, name=change["preferred"], aliases=_distinct(change["preferred"], aliases), surname=surname)


def _distinct(name: str, aliases: Iterable[str]) -> tuple[str, ...]:
    seen, kept = {name}, []
    for alias in aliases:
        if alias and alias not in seen:
            seen.add(alias)
            kept.append(alias)
    return tuple(sorted(kept))


def _merge(rows: list[Row]) -> list[Row]:
    """Make one row of each term that several editions spell or date differently; the newest spelling names it."""
    merged: list[Row] = []
    for row in sorted(rows, key=lambda row: (row.place, family(row.office), row.since, row.until or "9999")):
        twin = next((k for k, other in enumerate(merged) if _is_same_term(other, row)), None)
        if twin is None:
            merged.append(row)
            continue
        other = merged[twin]
        newer, older = (row, other) if (row.until or "9999") > (other.until or "9999") else (other, row)
        name = newer if len(fold(newer.name).split()) > 1 else older
        merged[twin] = replace(
            newer,
            name=name.name,
            surname=name.surname,
            office=other.office,
            since=min(filter(None, (other.since, row.since)), default=""),
            aliases=_distinct(name.name, (*other.aliases, *row.aliases, other.name, row.name)),
        )
    return merged


def _is_same_term(other: Row, row: Row) -> bool:
    if (other.place, family(other.office)) != (row.place, family(row.office)):
        return False
    match = PersonName.of(row.name).compare(other.name, other.surname)
    if fold(row.name) == fold(other.name) and row.since == other.since:
        return True
    if not match.is_same and not (match.surname >= _LEAST_SURNAME and match.given >= _LEAST_GIVEN):
        return False
    if fold(other.surname) != fold(row.surname) and row.office == "deputy prime minister" and not match.is_same:
        return False
    overlaps = (not other.until or row.since < other.until) and (not row.until or other.since < row.until)
    near = bool(row.since and other.since) and abs(_date(row.since) - _date(other.since)) <= _SAME_START
    return near or (match.is_same and overlaps)


def _restates(new: Row, row: Row) -> bool:
    """True if an added row says the same as one of the base, which it then replaces."""
    if (new.place, family(new.office)) != (row.place, family(row.office)):
        return False
    if not PersonName.of(row.name).compare(new.name, new.surname).is_same:
        return False
    return (not row.until or new.since <= row.until) and (not new.until or row.since <= new.until)


def _close(rows: list[Row]) -> list[Row]:
    """End a term of a one-holder office where the next holder begins, unless its end is known exactly."""
    closed = []
    for row in rows:
        if row.office in _ONE_HOLDER and row.until_kind != UntilKind.EXACT and row.since:
            following = [
                other.since
                for other in rows
                if (other.place, other.office) == (row.place, row.office)
                and other.since > row.since
                and not PersonName.of(other.name).compare(row.name, row.surname).is_same
            ]
            if following and (not row.until or min(following) <= row.until or row.until_kind == UntilKind.OPEN):
                row = replace(row, until=min(following), until_kind=UntilKind.SUCCESSOR)
                row = replace(row, as_of=max(row.as_of, row.until))
        closed.append(row)
    return closed


def _from_addition(cells: dict[str, str]) -> Row:
    until = cells["until"]
    aliases = tuple(part for part in cells["aliases"].split("|") if part)
    return Row(
        place=cells["place"],
        office=cells["office"],
        name=cells["name"],
        aliases=_distinct(cells["name"], aliases),
        surname=cells["surname"] or cells["name"].split()[-1],
        since=cells["since"],
        until=until,
        until_kind=UntilKind.EXACT if until else UntilKind.OPEN,
        source=cells["source"],
        as_of=cells["as_of"],
        home=cells["home"],
    )


def _read(name: str) -> list[dict[str, str]]:
    with files("mtqa.knowledge.building").joinpath(name).open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE, restval=""))


def _date(day: str) -> dt.date:
    return dt.date.fromisoformat(day)


def _first_day(day: str) -> str:
    return day + "-01-01"[-3 * (3 - len(day.split("-"))) :] if day and len(day) < 10 else day


def _last_day(day: str) -> str:
    if not day or len(day) == 10:
        return day
    return f"{day}-12-31" if len(day) == 4 else f"{day}-28"


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--offices", type=Path, required=True, help="offices.tsv of the extract")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    with options.offices.open(encoding="utf-8", newline="") as lines:
        base = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    rows = [
        {column: "|".join(row.aliases) if column == "aliases" else str(getattr(row, column)) for column in COLUMNS}
        for row in build_offices(base)
    ]
    write_table(rows, COLUMNS, options.out)


if __name__ == "__main__":
    main()
