from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rich.console import Console
from typer.testing import CliRunner

from eval.__main__ import app
from eval.compare import Comparison, compare, item_sets, render
from eval.figures import ResultError

PLACES = ("one.json", "two.json")
HUMAN = [0.1, 0.9, 0.4, 0.6, 0.2, 0.8, 0.3, 0.5]
GROUP = [0, 0, 0, 0, 1, 1, 1, 1]


def result(figures: dict[str, Any], items: Any = None, **changes: Any) -> dict[str, Any]:
    whole = {"suite": "sentence", "date": "2026-11-24", "figures": figures, "signature": "mtqa:1", "settings": {}}
    return whole | ({} if items is None else {"items": items}) | changes


def both(first: Any, second: Any, **settings: Any) -> Comparison:
    return compare(result({}, first), result({}, second, settings=settings), places=PLACES)


def test_figures_of_both_sides_stand_in_one_row() -> None:
    one = result({"mean": 0.5, "with": "0.558 [0.477, 0.632]", "gone": 1, "kinds": {"a": 2}})
    other = result({"mean": 0.75, "with": "0.600 [0.500, 0.700]", "new": 2, "kinds": {"a": 5}})
    rows = {row.figure: (row.first, row.second, row.difference) for row in compare(one, other, places=PLACES).rows}
    assert rows == {
        "mean": ("0.5", "0.75", 0.25),
        "with": ("0.558 [0.477, 0.632]", "0.600 [0.500, 0.700]", pytest.approx(0.042)),
        "gone": ("1", "", None),
        "kinds.a": ("2", "5", 3.0),
        "new": ("", "2", None),
    }


def test_tests_are_named_after_set_column_and_measure() -> None:
    columns = {"score": HUMAN, "fast": HUMAN[::-1], "human": HUMAN, "group": GROUP}
    items = {
        "news": columns,
        "test20_et": {"score": HUMAN, "human": HUMAN},
        "demetr": {"right": [1], "right_fast": [0]},
    }
    names = [row.figure for row in both(items, items).rows]
    assert names == [
        "news_pooled_pearson",
        "news_grouped_kendall",
        "news_pooled_pearson_of_fast",
        "news_grouped_kendall_of_fast",
        "test20_et_pearson",
        "demetr",
        "demetr_of_fast",
    ]


def test_sets_of_a_family_are_tested_together() -> None:
    one = {"test20_et": {"score": HUMAN, "human": HUMAN}, "test20_ne": {"score": HUMAN[::-1], "human": HUMAN}}
    other = {name: {"score": HUMAN[::-1], "human": HUMAN} for name in one}
    demetr = (
        {"demetr_a": {"right": [0, 0, 0, 0]}, "demetr_b": {"right": [1, 1]}},
        {
            "demetr_a": {"right": [1, 1, 0, 0]},
            "demetr_b": {"right": [1, 1]},
        },
    )
    tests = {row.figure: row.test for row in both(one | demetr[0], other | demetr[1]).rows}
    mean, macro = tests["test20_mean_pearson"], tests["demetr_macro"]
    assert mean is not None and macro is not None
    turned = float(np.corrcoef(HUMAN, HUMAN[::-1])[0, 1])
    assert (mean.first, mean.second, mean.count) == (pytest.approx((1 + turned) / 2), pytest.approx(turned), 16)
    # The mean over types, whatever their size.
    assert (macro.first, macro.second) == (0.5, 0.75)


def test_a_test_joins_the_figure_of_its_name() -> None:
    items = {"right": [1, 1, 0, 0]}, {"right": [1, 1, 1, 1]}
    one, other = result({"accuracy": 0.5}, items[0]), result({"accuracy": 1.0}, items[1])
    (row,) = compare(one, other, places=PLACES).rows
    assert row.test is not None
    assert (row.difference, row.test.difference, row.test.p, row.test.count) == (0.5, 0.5, 0.5, 4)


@pytest.mark.parametrize(
    ("first", "second", "settings", "reason"),
    [
        ({"right": [1, 0]}, {"right": [1]}, {}, "2 items in A, 1 in B"),
        ({"right": []}, {"right": []}, {}, "empty"),
        ({"score": [1, 2], "human": [1, 2]}, {"score": [1, 2], "human": [2, 1]}, {}, "'human' differs"),
        ({"right": [1, 0]}, {"right": [1, 0]}, {"seed": 3}, "no column of human, group, item"),
        ({"right": [1], "item": ["x"]}, {"right": [1], "item": ["y"]}, {}, "'item' differs"),
    ],
)
def test_items_that_are_not_the_same_are_not_tested(
    first: Any, second: Any, settings: dict[str, Any], reason: str
) -> None:
    comparison = both(first, second, **settings)
    assert not comparison.rows
    assert reason in comparison.warnings[-1]


def test_other_settings_are_a_warning_and_equal_ratings_are_still_tested() -> None:
    items = {"score": HUMAN, "human": HUMAN}
    comparison = both(items, items, seed=3, day="2026-11-24", own_thresholds={"et": 0.3})
    assert [row.figure for row in comparison.rows] == ["pearson"]
    assert comparison.warnings == ("settings differ (seed unset / 3): the runs need not have looked at the same items",)


@pytest.mark.parametrize(
    ("items", "reason"),
    [
        ([1], "items are a mapping, not list"),
        ({"a": {"score": 1}}, "items of 'a' are no mapping of lists"),
        ({"a": [1], "b": {"score": [1]}}, "items of 'a' are no mapping of lists"),
        ({"a": {"score": [1, 2], "human": [1]}}, "differ in length"),
        ({"a": {"score": ["x"], "human": [1]}}, "'score' has something that is no number"),
    ],
)
def test_damaged_items_name_file_and_reason(items: Any, reason: str) -> None:
    with pytest.raises(ResultError, match=f"^one.json: .*{reason}"):
        item_sets(result({}, items), "one.json")


def test_what_cannot_be_compared_is_an_error() -> None:
    with pytest.raises(ResultError, match="different suites, 'sentence' and 'word'"):
        compare(result({}), result({}, suite="word"), places=PLACES)
    with pytest.raises(ResultError, match="items of a: two or more pairs"):
        both({"a": {"score": [1], "human": [1]}}, {"a": {"score": [1], "human": [1]}})


def test_render_shows_signatures_settings_and_the_interval() -> None:
    items = {"test20_et": {"score": HUMAN, "human": HUMAN}}
    comparison = both(items, {"test20_et": {"score": HUMAN[::-1], "human": HUMAN}}, seed=3)
    console = Console(file=io.StringIO(), width=160)
    console.print(render(comparison))
    text = console.file.getvalue()  # type: ignore[attr-defined]
    parts = ("A  one.json  2026-11-24  mtqa:1", "seed 3", "warning: settings differ", "test20_et_pearson", "8a")
    for part in (*parts, "n: a bootstrap"):
        assert part in text


def test_command(tmp_path: Path) -> None:
    paths = [tmp_path / "one.json", tmp_path / "two.json"]
    for path, value in zip(paths, (0.5, 0.75), strict=True):
        path.write_text(json.dumps(result({"mean": value}, {"right": [1, 0, 1, 1]})))
    runner = CliRunner()
    done = runner.invoke(app, ["compare", *map(str, paths), "--json"])
    assert done.exit_code == 0
    content = json.loads(done.stdout)
    assert [(row["figure"], row["difference"]) for row in content["figures"]] == [("mean", 0.25), ("accuracy", 0.0)]
    assert content["figures"][1]["test"]["p"] == 1.0
    assert runner.invoke(app, ["compare", *map(str, paths)]).exit_code == 0
    failed = runner.invoke(app, ["compare", str(paths[0]), str(tmp_path / "none.json")])
    assert failed.exit_code == 2
    assert "none.json: neither a file nor a suite" in failed.stderr
