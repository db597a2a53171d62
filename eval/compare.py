"""`python -m eval compare A B`: two results of one suite, figure by figure, with paired tests where items were kept.

Items. A suite may keep the scores of single items in `result["items"]`, so that two runs can be tested as pairs:

    {"test20_et": {"score": [61.2, 48.0], "fast": [58.9, 51.3], "human": [0.41, -1.22]},
     "mqm_news":  {"score": [...], "human": [...], "group": [0, 0, 0, 1, ...]},
     "demetr_critical_id8_negation": {"right": [1, 0, 0.5], "right_fast": [1, 1, 0]}}

A mapping from the name of a set to its columns; the columns of a set are lists of the same length, in the same order in
every run (rounded to one decimal is enough, except for small ratings). If there is one set only, its columns may stand
in `items` itself. Columns:

- `human`: ratings. Every other column of the set that is not named below is a scorer, higher is better.
- `group`: number (or name) of the source segment; items of a group translate the same source.
- `right` and `right_NAME`: 1 right, 0 wrong, 0.5 a tie: single decisions whose mean is an accuracy.
- `item`: an identifier. `human`, `group` and `item` must agree in both runs, or the set is not tested.

Tests (eval.measures.paired): of scorers Pearson by bootstrap over items; with `group` the pooled Pearson by bootstrap
over whole groups, and the mean Kendall inside groups; of decisions McNemar, or a permutation test if there are ties.
A test of the column `score` on the set `test20_et` is named `test20_et_pearson`, with `group` `..._pooled_pearson` and
`..._grouped_kendall`; a test of `right` has the set's name. Other columns append `_of_NAME`. Sets whose names share the
first word are tested together as well: `test20_mean_pearson`, and `demetr_macro` for decisions. A figure of the same
name shares its row with the test; other tests have rows of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from eval.figures import ResultError, Value, flat
from eval.measures.paired import (
    PairedTest,
    accuracy_difference,
    grouped_kendall_difference,
    mean_difference,
    pearson_difference,
)

Columns = Mapping[str, Sequence[Any]]
_ACCURACY = "accuracy"
_SAME = ("human", "group", "item")
# Settings that say nothing about which items were looked at: what was tuned, with what, and when.
_HARMLESS = re.compile(r"day|.*(threshold|signature).*")


@dataclass(frozen=True, slots=True)
class Row:
    """One figure in both results; `difference` is second minus first, None where one side has no number."""

    figure: str
    first: str
    second: str
    difference: float | None
    test: PairedTest | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two results of one suite side by side; `heads` are (place, date, signature, settings)."""

    suite: str
    heads: tuple[tuple[str, str, str, Mapping[str, Any]], tuple[str, str, str, Mapping[str, Any]]]
    rows: tuple[Row, ...]
    warnings: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Plain data for --json."""
        names = ("place", "date", "signature", "settings")
        first, second = (dict(zip(names, head, strict=True)) for head in self.heads)
        rows = [asdict(row) for row in self.rows]
        for row in rows:
            if row["test"] is not None:
                del row["test"]["draws"]
        return {"suite": self.suite, "a": first, "b": second, "figures": rows, "warnings": list(self.warnings)}


@dataclass(frozen=True, slots=True)
class _Name:
    """What is tested: a set of items, a measure, and the scorer ("" for the main one)."""

    items: str
    measure: str
    scorer: str

    def __str__(self) -> str:
        parts = [self.items, "" if self.measure == _ACCURACY and self.items else self.measure]
        parts += ["of", self.scorer] if self.scorer else []
        return "_".join(part for part in parts if part)


def compare(first: Mapping[str, Any], second: Mapping[str, Any], *, places: tuple[str, str]) -> Comparison:
    """Compare two results; `places` name them in messages. ResultError for different suites or damaged items."""
    if first["suite"] != second["suite"]:
        suites = f"{first['suite']!r} and {second['suite']!r}"
        raise ResultError(f"{places[0]} and {places[1]}: results of different suites, {suites}")
    warnings = _settings_that_differ(first["settings"], second["settings"])
    items = [item_sets(one, place) for one, place in zip((first, second), places, strict=True)]
    may_differ = bool(warnings)
    tests: dict[_Name, PairedTest] = {}
    for name in items[0]:
        if name not in items[1]:
            continue
        reason = _not_the_same(items[0][name], items[1][name], may_differ=may_differ)
        if reason:
            warnings.append(f"no paired test on {name or 'the items'}: {reason}")
            continue
        try:
            tests |= dict(_tests(name, items[0][name], items[1][name]))
        except ValueError as error:
            raise ResultError(f"{places[0]} and {places[1]}: items of {name or 'the suite'}: {error}") from error
    tests |= _means(tests)
    heads = tuple(
        (place, one["date"], one["signature"], one["settings"])
        for one, place in zip((first, second), places, strict=True)
    )
    rows = _rows(flat(first["figures"]), flat(second["figures"]), {str(name): test for name, test in tests.items()})
    return Comparison(first["suite"], (heads[0], heads[1]), tuple(rows), tuple(warnings))


def item_sets(result: Mapping[str, Any], place: str) -> dict[str, Columns]:
    """The item sets of a result, {} if it kept none. ResultError if they have not the shape described above."""
    items = result.get("items", {})
    if not isinstance(items, Mapping):
        raise ResultError(f"{place}: items are a mapping, not {type(items).__name__}")
    sets = {"": items} if items and all(isinstance(one, list) for one in items.values()) else items
    for name, columns in sets.items():
        if not isinstance(columns, Mapping) or not all(isinstance(column, list) for column in columns.values()):
            raise ResultError(f"{place}: items of {name!r} are no mapping of lists")
        lengths = {key: len(column) for key, column in columns.items()}
        if len(set(lengths.values())) > 1:
            raise ResultError(f"{place}: items of {name!r} differ in length: {lengths}")
        for key, column in columns.items():
            if key not in {"group", "item"} and not all(isinstance(one, int | float) for one in column):
                raise ResultError(f"{place}: items of {name!r}: {key!r} has something that is no number")
    return dict(sets)


def render(comparison: Comparison) -> Group:
    """Signatures, settings, warnings and the table, for a rich console."""
    lines: list[RenderableType] = []
    for letter, (place, date, signature, settings) in zip("AB", comparison.heads, strict=True):
        shown = ", ".join(f"{name} {value}" for name, value in settings.items())
        lines.append(Text(f"{letter}  {place}  {date}  {signature}\n   {shown}"))
    lines += [Text(f"warning: {one}", style="yellow") for one in comparison.warnings]
    table = Table(title=comparison.suite, title_justify="left", box=box.SIMPLE_HEAD)
    methods = list(dict.fromkeys(row.test.method for row in comparison.rows if row.test is not None))
    table.add_column("figure", overflow="fold")
    for name in ("A", "B", "B - A", *(("95 %", "p", "n") if methods else ())):
        table.add_column(name, justify="right", no_wrap=True)
    for row in comparison.rows:
        # Each side's own interval says little about the difference on the same items, and takes the width.
        cells = [row.figure, row.first.split(" [")[0], row.second.split(" [")[0]]
        cells.append("" if row.difference is None else f"{row.difference:+.3g}")
        if row.test is not None:
            cells.append(f"{row.test.low:+.3f} {row.test.high:+.3f}")
            cells.append(f"{row.test.p:.3f}" if row.test.p >= 0.001 else "<0.001")
            cells.append(f"{row.test.count:,}{chr(ord('a') + methods.index(row.test.method))}")
        table.add_row(*(Text(cell) for cell in cells))
    notes = [f"{chr(ord('a') + number)} {method}" for number, method in enumerate(methods)]
    lines += [table] + ([Text("95 % and p are of B - A; n: " + "; ".join(notes))] if methods else [])
    return Group(*lines)


def _settings_that_differ(first: Mapping[str, Any], second: Mapping[str, Any]) -> list[str]:
    names = [name for name in {**first, **second} if first.get(name) != second.get(name)]
    names = [name for name in names if not _HARMLESS.fullmatch(name)]
    if not names:
        return []
    shown = ", ".join(f"{name} {first.get(name, 'unset')} / {second.get(name, 'unset')}" for name in names)
    return [f"settings differ ({shown}): the runs need not have looked at the same items"]


def _not_the_same(first: Columns, second: Columns, *, may_differ: bool) -> str | None:
    """Why two sets cannot be paired, or None."""
    counts = [len(next(iter(columns.values()), ())) for columns in (first, second)]
    if counts[0] != counts[1]:
        return f"{counts[0]} items in A, {counts[1]} in B"
    if not counts[0]:
        return "it is empty"
    shared = [name for name in _SAME if name in first and name in second]
    for name in shared:
        if list(first[name]) != list(second[name]):
            return f"the column {name!r} differs, so the items are not the same"
    if may_differ and not shared:
        return f"settings differ and no column of {', '.join(_SAME)} shows that the items are the same"
    return None


def _tests(name: str, first: Columns, second: Columns) -> Iterator[tuple[_Name, PairedTest]]:
    """Named tests of all columns that both runs have."""
    groups = first.get("group") if "group" in second else None
    for column in first:
        if column in _SAME or column not in second:
            continue
        one, other = first[column], second[column]
        if column == "right" or column.startswith("right_"):
            scorer = column.removeprefix("right").removeprefix("_")
            yield _Name(name, _ACCURACY, scorer), accuracy_difference(one, other)
        elif "human" in first and "human" in second:
            scorer = "" if column == "score" else column
            human = first["human"]
            pooled = "pearson" if groups is None else "pooled_pearson"
            yield _Name(name, pooled, scorer), pearson_difference(one, other, human, groups=groups)
            if groups is not None:
                test = grouped_kendall_difference(one, other, human, groups)
                yield _Name(name, "grouped_kendall", scorer), test


def _means(tests: Mapping[_Name, PairedTest]) -> dict[_Name, PairedTest]:
    """The same test over all sets whose names share the first word."""
    together: dict[_Name, list[PairedTest]] = {}
    for name, test in tests.items():
        family, _, rest = name.items.partition("_")
        if rest:
            word = "macro" if name.measure == _ACCURACY else "mean"
            together.setdefault(_Name(f"{family}_{word}", name.measure, name.scorer), []).append(test)
    return {name: mean_difference(own) for name, own in together.items() if len(own) > 1}


def _rows(first: Mapping[str, Value], second: Mapping[str, Value], tests: Mapping[str, PairedTest]) -> Iterator[Row]:
    missing = Value("", None)
    for name in dict.fromkeys([*first, *second]):
        one, other = first.get(name, missing), second.get(name, missing)
        numbers = one.number, other.number
        difference = numbers[1] - numbers[0] if numbers[0] is not None and numbers[1] is not None else None
        yield Row(name, one.text, other.text, difference, tests.get(name))
    for name, test in tests.items():
        if name not in first and name not in second:
            yield Row(name, f"{test.first:.3f}", f"{test.second:.3f}", test.difference, test)
