"""A user's own ratings: which texts, what people said of them, and which of them are held out.

Tab-separated with a header, or JSON lines (known by the `{` that a file begins with). Columns are found by name; see
the tuples below. Nothing is dropped: a row that cannot be used is an InputError with file, line and reason.
"""

from __future__ import annotations

import csv
import io
import json
import math
import random
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mtqa.errors import InputError

TEXT_COLUMNS = ("text", "hypothesis", "translation", "target")
SCORE_COLUMNS = ("score", "rating", "da", "mean")
SPANS_COLUMNS = ("spans",)
GROUP_COLUMNS = ("group", "document", "doc", "doc_id")
SEVERITIES = ("minor", "major")
LEAST_RATED = 50  # rows: with fewer not even a straight line over them is known
_LEAST_HELD_OUT, _MOST_HELD_OUT = 0.15, 0.20  # share of the rated rows
_LEAST_GROUPED = 0.10  # groups are held out whole, so the share may come out lower
_COMPACT_SPAN = re.compile(r"\s*(\d+)-(\d+):(\w+)\s*")
_QUOTED_FIELD = re.compile(r'(?<![^\t\n])"((?:[^"]|"")*)"(?![^\t\r\n])')


@dataclass(frozen=True, slots=True)
class Mark:
    """What somebody marked as wrong: half-open, in code points of the text; `severity` minor or major."""

    start: int
    end: int
    severity: str


@dataclass(frozen=True, slots=True)
class RatedText:
    """One row. `score` 0..100 or None; `marks` None where nobody marked errors, empty where nothing is wrong."""

    text: str
    score: float | None
    marks: tuple[Mark, ...] | None
    group: str | None


@dataclass(frozen=True, slots=True)
class Ratings:
    """All rows of a file, and the columns they were read from: role (text, score, spans, group) to name."""

    name: str
    rows: tuple[RatedText, ...]
    columns: Mapping[str, str]

    @property
    def scores(self) -> list[float]:
        """The scores of the rated rows, in order."""
        return [row.score for row in self.rows if row.score is not None]


@dataclass(frozen=True, slots=True)
class Split:
    """Numbers of the rows to train on and of those held out; `by` names what is never on both sides.

    `shared`: how many held-out texts stand word for word on the other side too, in another group.
    """

    train: tuple[int, ...]
    held_out: tuple[int, ...]
    by: str
    shared: int


def parse_ratings(content: str, name: str) -> Ratings:
    """The ratings of a file's text; `name` is how messages call the file. Raises InputError."""
    is_json = content.lstrip().startswith("{")
    records = list(_json_records(content, name) if is_json else _table_records(content, name))
    if not records:
        raise InputError("has no rows; it needs a header and one rated text per line", path=name)
    found = list(dict.fromkeys(key for _, record in records for key in record))
    columns = _columns(found, name)
    rows = tuple(_row(record, columns, name, line) for line, record in records)
    ratings = Ratings(name, rows, columns)
    scores = ratings.scores
    if len(scores) < LEAST_RATED:
        raise InputError(f"has {len(scores)} rated rows; at least {LEAST_RATED} are needed", path=name)
    if min(scores) == max(scores):
        raise InputError(f"all scores are {scores[0]:g}; there is nothing to learn from them", path=name)
    return ratings


def split_ratings(ratings: Ratings, seed: int) -> Split:
    """Hold out 15 to 20 % of the rated rows, whole groups (or else all rows of a text) at a time.

    Raises InputError if the groups are too large for that.
    """
    grouped = "group" in ratings.columns
    keys = [row.group if row.group is not None else f"text:{row.text}" for row in ratings.rows]
    rated = Counter(key for key, row in zip(keys, ratings.rows, strict=True) if row.score is not None)
    total = sum(rated.values())
    order = sorted(rated)
    random.Random(seed).shuffle(order)  # noqa: S311 - a split, no secret
    chosen: set[str] = set()
    held = 0
    for key in order:
        if held >= _LEAST_HELD_OUT * total:
            break
        if held + rated[key] <= _MOST_HELD_OUT * total:
            chosen.add(key)
            held += rated[key]
    if held < _LEAST_GROUPED * total:
        what = f"groups of column {ratings.columns['group']}" if grouped else "different texts"
        reason = f"its {len(order)} {what} are too few or too large to hold out a tenth of the rows"
        hint = "; leave the column out or give smaller groups" if grouped else ""
        raise InputError(reason + hint, path=ratings.name)
    train = tuple(number for number, key in enumerate(keys) if key not in chosen)
    held_out = tuple(number for number, key in enumerate(keys) if key in chosen)
    known = {ratings.rows[number].text for number in train}
    shared = len({ratings.rows[number].text for number in held_out} & known)
    return Split(train, held_out, ratings.columns["group"] if grouped else "text", shared)


def _table_records(content: str, name: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """Line and fields of each row below the header; empty lines hold nothing."""
    lines = io.StringIO(content, newline="\n")
    if _is_quoted(content):
        reader = csv.reader(lines, delimiter="\t", strict=True)
    else:
        reader = csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE, strict=True)
    header: list[str] | None = None
    line = 1
    try:
        for fields in reader:
            start, line = line, reader.line_num + 1
            if not fields:
                continue
            if header is None:
                header = [field.strip().lower() for field in fields]
                if doubled := [column for column, count in Counter(header).items() if count > 1]:
                    raise InputError(f"two columns are called {doubled[0]!r}", path=name, line=start)
                _columns(header, name)
            elif len(fields) != len(header):
                reason = f"{len(fields)} columns, but the header has {len(header)}: {', '.join(header)}"
                raise InputError(reason, path=name, line=start)
            else:
                yield start, dict(zip(header, fields, strict=True))
    except csv.Error as error:
        raise InputError(f"is no row of a tab-separated table: {error}", path=name, line=line) from error


def _is_quoted(content: str) -> bool:
    """Whether quotation marks are the table's and not the texts'.

    They are the table's if every one of them is where the table's grammar has it (RFC 4180), and some field could not
    have been written without: texts that merely begin and end with a quotation mark keep it.
    """
    fields = _QUOTED_FIELD.findall(content)
    needed = content.startswith('"') or any(re.search('""|[\t\n]', field) for field in fields)
    return needed and '"' not in _QUOTED_FIELD.sub("", content)


def _json_records(content: str, name: str) -> Iterator[tuple[int, dict[str, Any]]]:
    for line, written in enumerate(content.split("\n"), start=1):
        if not written.strip():
            continue
        try:
            record = json.loads(written)
        except ValueError as error:
            raise InputError(f"is not JSON: {error}", path=name, line=line) from error
        if not isinstance(record, dict):
            raise InputError("is no JSON object; each line must be one", path=name, line=line)
        yield line, {str(key).strip().lower(): value for key, value in record.items()}


def _columns(found: Sequence[str], name: str) -> dict[str, str]:
    """Which column plays which role; the first name that is there counts."""
    columns = {}
    roles = {"text": TEXT_COLUMNS, "score": SCORE_COLUMNS, "spans": SPANS_COLUMNS, "group": GROUP_COLUMNS}
    for role, names in roles.items():
        if known := [one for one in names if one in found]:
            columns[role] = known[0]
        elif role in ("text", "score"):
            hint = "; is it separated by commas? it must be by tabs" if len(found) == 1 and "," in found[0] else ""
            shown = ", ".join(map(repr, found))
            reason = f"has no column for the {role} ({', '.join(names)}); its columns: {shown}{hint}"
            raise InputError(reason, path=name)
    return columns


def _row(record: Mapping[str, Any], columns: Mapping[str, str], name: str, line: int) -> RatedText:
    try:
        text = record.get(columns["text"])
        if not isinstance(text, str) or not text.strip():
            raise ValueError("the text is blank")
        score = _score(record.get(columns["score"]))
        marks = _marks(record.get(columns.get("spans", "")), text)
        if score is None and marks is None:
            raise ValueError("there is neither a score nor a list of spans")
    except ValueError as error:
        raise InputError(str(error), path=name, line=line) from error
    group = record.get(columns.get("group", ""))
    return RatedText(text, score, marks, None if group is None or not str(group).strip() else f"group:{group}")


def _score(value: Any) -> float | None:
    """A number 0..100; None for nothing."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    try:
        score = math.nan if isinstance(value, bool) else float(value)
    except (TypeError, ValueError, OverflowError):
        score = math.nan
    if math.isnan(score):
        raise ValueError(f"the score {value!r} is not a number")
    if not 0.0 <= score <= 100.0:
        raise ValueError(f"the score {score:g} is outside 0..100")
    return score


def _marks(value: Any, text: str) -> tuple[Mark, ...] | None:
    """Spans as a list, as JSON, or as start-end:severity;...; None for nothing."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    if isinstance(value, str) and not value.lstrip().startswith("["):
        items: Any = [_compact(part) for part in value.split(";") if part.strip()]
    else:
        try:
            items = json.loads(value) if isinstance(value, str) else value
        except ValueError as error:
            raise ValueError(f"the spans are not JSON: {error}") from error
    if not isinstance(items, list):
        raise ValueError(f"the spans {value!r} are no list")
    return tuple(_mark(item, text) for item in items)


def _compact(part: str) -> list[Any]:
    match = _COMPACT_SPAN.fullmatch(part)
    if match is None:
        raise ValueError(f"the span {part.strip()!r} is not start-end:severity")
    return [int(match[1]), int(match[2]), match[3]]


def _mark(item: Any, text: str) -> Mark:
    if not isinstance(item, list) or len(item) != 3 or any(type(place) is not int for place in item[:2]):
        raise ValueError(f"the span {item!r} is not [start, end, severity]")
    start, end, severity = item
    if severity not in SEVERITIES:
        raise ValueError(f"the severity {severity!r} is not {' or '.join(SEVERITIES)}")
    if not 0 <= start < end <= len(text):
        reason = "is empty" if start == end else f"is outside the text of {len(text)} characters"
        raise ValueError(f"the span {start}-{end} {reason}")
    return Mark(start, end, severity)
