"""Tables of segments: TSV with or without a header, and JSONL; row n is segment n."""

from __future__ import annotations

import difflib
import json
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, overload

from mtqa.errors import InputError, SettingsError
from mtqa.reading.decoding import name_of
from mtqa.reading.lines import ParallelLines, read_lines

Column = str | int  # the name in the header or the key of the object; or the place in the row, counted from 1

_JSON_NAMES = (".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz")
_TSV_NAMES = (".tsv", ".tsv.gz")
_SURROGATE = re.compile("[\ud800-\udfff]")
_SHOWN = 12  # columns named in a message
_NOT_TEXT = {"document"}  # roles whose JSON value may be a whole number, too


class Rows(Sequence[dict[str, Any]]):
    """The rows of a table with all their columns; each is taken apart when it is asked for, which saves memory.

    Values are strings in TSV, whatever JSON has in JSONL. A TSV column without a name of its own is called `column 3`.
    """

    def __init__(self, lines: Sequence[str], parse: Callable[[str], dict[str, Any]]) -> None:
        """`lines` are those of the file without its header."""
        self._lines = lines
        self._parse = parse

    def __len__(self) -> int:
        return len(self._lines)

    @overload
    def __getitem__(self, index: int) -> dict[str, Any]: ...
    @overload
    def __getitem__(self, index: slice) -> Rows: ...
    def __getitem__(self, index: int | slice) -> dict[str, Any] | Rows:
        if isinstance(index, slice):
            return Rows(self._lines[index], self._parse)
        return self._parse(self._lines[index])


@dataclass(frozen=True, slots=True)
class Table(ParallelLines):
    """Rows that belong together: all lists are equally long; `documents` are the names of theirs, None if not asked."""

    documents: list[str] | None = None
    rows: Sequence[dict[str, Any]] = ()


def read_columns(
    path: Path | None,
    *,
    hypothesis: Column,
    source: Column | None = None,
    reference: Column | None = None,
    document: Column | None = None,
    header: bool | None = None,
    stdin: BinaryIO | None = None,
) -> Table:
    r"""The wanted columns of a table, one text per row, and the rows whole; `path` None or `-` is standard input.

    A file is JSONL or TSV as its name says (.jsonl, .ndjson, .tsv); else JSONL if its first line begins with `{`. In
    TSV a tab or line feed always separates and a quotation mark is a character like any other, as in the files of the
    WMT tasks. `header` None: the first line is one if a column is wanted by name. JSONL values are strings and may hold
    line ends.
    Raises InputError for a row that cannot be used, SettingsError for a column that cannot be asked for.
    """
    wanted = {"hypothesis": hypothesis, "source": source, "reference": reference, "document": document}
    columns = {role: column for role, column in wanted.items() if column is not None}
    for role, column in columns.items():
        if isinstance(column, int) and column < 1:
            raise SettingsError(f"there is no column {column} ({role}): columns are counted from 1")
    lines = read_lines(path, stdin=stdin)
    name = name_of(path)
    begins_so = bool(lines) and lines[0].lstrip().startswith("{") and not name.lower().endswith(_TSV_NAMES)
    if name.lower().endswith(_JSON_NAMES) or begins_so:
        found, rows = _from_objects(lines, columns, name), Rows(lines, json.loads)
    else:
        by_name = any(isinstance(column, str) for column in columns.values())
        if header is False and by_name:
            raise SettingsError("columns can be named only in a file with a header; give their numbers")
        has_header = by_name if header is None else header
        found = _from_rows(lines, columns, name, header=has_header)
        rows = _rows_of(lines, header=has_header)
    return Table(found["hypothesis"], found.get("source"), found.get("reference"), found.get("document"), rows)


def is_named_like_table(name: str) -> bool:
    """True for the names of TSV and JSONL files."""
    return name.lower().endswith((*_JSON_NAMES, *_TSV_NAMES))


def _from_rows(lines: Sequence[str], columns: dict[str, Column], name: str, *, header: bool) -> dict[str, list[str]]:
    rows = [line.split("\t") for line in lines]
    if header and not rows:
        raise InputError("the file is empty; its first line should name the columns", path=name)
    first = rows[0] if rows else []
    places = (
        {role: _place(role, column, first, name, header=header) for role, column in columns.items()} if rows else {}
    )
    for number, row in enumerate(rows, start=1):
        if len(row) != len(first):
            reason = f"{_count(len(row))}, but line 1 has {len(first)}; {_hint(len(row), len(first))}"
            raise InputError(reason, path=name, line=number)
    return {role: [row[places[role]] for row in rows[header:]] for role in columns}


def _rows_of(lines: Sequence[str], *, header: bool) -> Rows:
    first = lines[0].split("\t") if lines else []
    names = [value.strip() if header else "" for value in first]
    keys = [one if one and names.count(one) == 1 else f"column {place}" for place, one in enumerate(names, start=1)]
    return Rows(lines[header:], lambda line: dict(zip(keys, line.split("\t"), strict=True)))


def _hint(found: int, expected: int) -> str:
    if found < expected:
        return "an empty value still needs its tab"
    return "a tab inside a text must be written as a space"


def _place(role: str, column: Column, first: Sequence[str], name: str, *, header: bool) -> int:
    """Index of a column in each row."""
    if isinstance(column, int):
        if column > len(first):
            shown = f": {_shown(first)}" if header else ""
            raise InputError(
                f"there is no column {column} ({role}); found {_count(len(first))}{shown}", path=name, line=1
            )
        return column - 1
    names = [value.strip() for value in first]
    if names.count(column) > 1:
        places = " and ".join(str(place) for place, value in enumerate(names, start=1) if value == column)
        raise InputError(f"columns {places} are both called {column!r}; give a number for {role}", path=name, line=1)
    if column not in names:
        raise InputError(_missing(role, column, names), path=name, line=1)
    return names.index(column)


def _from_objects(lines: Sequence[str], columns: dict[str, Column], name: str) -> dict[str, list[str]]:
    for role, column in columns.items():
        if isinstance(column, int):
            raise SettingsError(f"{name} is JSONL, which has names and no column {column}; name the key of the {role}")
    found: dict[str, list[str]] = {role: [] for role in columns}
    for number, line in enumerate(lines, start=1):
        row = _object(line, name, number)
        for role, column in columns.items():
            if column not in row:
                raise InputError(_missing(role, str(column), list(row)), path=name, line=number)
            value = row[str(column)]
            if role in _NOT_TEXT and type(value) is int:
                value = str(value)
            if not isinstance(value, str):
                kind = "null" if value is None else type(value).__name__
                raise InputError(f"{column!r} ({role}) must be a string, not {kind}", path=name, line=number)
            if _SURROGATE.search(value):
                reason = f"{column!r} ({role}) holds half of a surrogate pair (\\ud800-\\udfff), which is no character"
                raise InputError(reason, path=name, line=number)
            found[role].append(value)
    return found


def _object(line: str, name: str, number: int) -> dict[str, Any]:
    if not line.strip():
        raise InputError("the line is empty; it should hold a JSON object", path=name, line=number)
    try:
        row = json.loads(
            line,
            object_pairs_hook=_pairs(name, number),
            parse_constant=_finite(name, number),
            parse_float=_finite(name, number),
        )
    except json.JSONDecodeError as error:
        raise InputError(f"not JSON: {error.msg} at character {error.colno}", path=name, line=number) from error
    except ValueError as error:  # a whole number of more digits than Python reads
        raise InputError(f"not usable: {error}", path=name, line=number) from error
    except RecursionError as error:
        raise InputError("not usable: JSON nested too deeply", path=name, line=number) from error
    if not isinstance(row, dict):
        raise InputError("the line should hold a JSON object, {...}", path=name, line=number)
    return row


def _pairs(name: str, number: int) -> Callable[[list[tuple[str, Any]]], dict[str, Any]]:
    """A hook that refuses a key given twice, of which the json module would drop the first."""

    def hook(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        row = dict(pairs)
        if len(row) < len(pairs):
            keys = [key for key, _ in pairs]
            twice = next(key for key in keys if keys.count(key) > 1)
            raise InputError(f"the key {twice!r} is given twice", path=name, line=number)
        return row

    return hook


def _finite(name: str, number: int) -> Callable[[str], float]:
    """A hook that refuses NaN, Infinity and numbers beyond a double, which no JSON can give back."""

    def hook(written: str) -> float:
        value = float(written)
        if not math.isfinite(value):
            raise InputError(f"not usable: {written[:_SHOWN]} is no number of JSON", path=name, line=number)
        return value

    return hook


def _missing(role: str, column: str, names: Sequence[str]) -> str:
    near = difflib.get_close_matches(column, names, n=1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    return f"there is no column {column!r} ({role}); found {_shown(names)}{hint}"


def _shown(names: Sequence[str]) -> str:
    shown = ", ".join(repr(name if len(name) <= 30 else name[:29] + "…") for name in names[:_SHOWN])
    return (f"{shown} and {len(names) - _SHOWN} more" if len(names) > _SHOWN else shown) or "none"


def _count(number: int) -> str:
    return f"{number} column" if number == 1 else f"{number} columns"
