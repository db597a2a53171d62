from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from eval import __main__ as command
from eval import run
from eval.datasets.folder import DataError

RESULT = {
    "suite": "tried",
    "date": "2026-11-24",
    "figures": {"one": 0.5, "text": "a [1,\n 2] “b”"},
    "details": [{"values": [0.5, -1, 2e-05], "names": ["x"], "none": []}, {"nested": [[1, 2], [3]]}],
    "items": {"set": {"human": [1.0, 2.0], "group": [0, 0]}},
    "signature": "mtqa:test",
    "settings": {},
}


def test_a_saved_result_is_read_back_and_has_its_numbers_on_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "RESULTS", tmp_path / "results")
    text = run.save(RESULT).read_text(encoding="utf-8")
    assert json.loads(text) == RESULT
    assert '"human": [1.0, 2.0],' in text
    assert "“b”" in text


@pytest.mark.parametrize(
    ("suite", "options"),
    [
        ("sentence", {"sentences", "sources", "with_rules", "scorers", "with_source"}),
        ("word", {"sentences"}),
        ("spans", {"sources"}),
        ("demetr", {"items", "scorers", "with_source"}),
        ("systems", {"lines", "scorers", "with_source"}),
        ("calibration", {"sentences", "with_rules"}),
        ("false-alarms", {"year", "words"}),
        ("offices", {"year"}),
    ],
)
def test_suites_take_these_options(suite: str, options: set[str]) -> None:
    assert run.options_of(suite) == options


SOURCE = {"with_source": True}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, Any]]]:
    found: list[tuple[str, dict[str, Any]]] = []

    def run_suite(name: str, **options: Any) -> dict[str, Any]:
        found.append((name, options))
        return RESULT | {"suite": name}

    monkeypatch.setattr(command, "run_suite", run_suite)
    return found


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["demetr"], [("demetr", {"with_source": True})]),
        (["demetr", "--no-with-source"], [("demetr", {"with_source": False})]),
        (
            ["demetr", "systems", "--items", "5", "--lines", "7"],
            [("demetr", {"items": 5} | SOURCE), ("systems", {"lines": 7} | SOURCE)],
        ),
        (["demetr", "--items", "0", "--scorer", "fast"], [("demetr", {"items": None, "scorers": ("fast",)} | SOURCE)]),
        (
            ["word", "sentence", "--sentences", "4", "--with-rules", "2", "--sources", "0"],
            [("word", {"sentences": 4}), ("sentence", {"sentences": 4, "with_rules": 2, "sources": None} | SOURCE)],
        ),
        (["false-alarms", "--year", "21", "--words", "0"], [("false-alarms", {"year": 21, "words": None})]),
    ],
)
def test_each_suite_is_given_the_options_it_takes(asked, arguments, expected) -> None:
    done = CliRunner().invoke(command.app, ["run", *arguments, "--no-save"])
    assert done.exit_code == 0, done.output
    assert asked == expected


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nothing"], "unknown suite"),
        (["demetr", "--scorer", "bleu"], "unknown scorer"),
        (["demetr", "--items", "-1"], "--items"),
    ],
)
def test_wrong_options_are_refused(asked, arguments, message: str) -> None:
    done = CliRunner().invoke(command.app, ["run", *arguments])
    assert done.exit_code == 2
    assert message in done.output
    assert asked == []


def test_missing_data_ends_with_its_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    def run_suite(name: str, **options: Any) -> dict[str, Any]:
        raise DataError("demetr.json is missing")

    monkeypatch.setattr(command, "run_suite", run_suite)
    done = CliRunner().invoke(command.app, ["run", "demetr"])
    assert (done.exit_code, done.output) == (2, "eval: demetr: demetr.json is missing\n")
