"""`mtqa score`: exactly one output line for each input line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mtqa.checker import Checker
from mtqa.detecting.discovery import discover
from tests.cli.command import Command
from tests.cli.estimator import estimator_folder

GOOD = "The president spoke on Monday."


@pytest.fixture(autouse=True)
def in_the_commands_folder(mtqa: Command) -> None:
    """Files of the tests lie where the command runs."""


@pytest.mark.parametrize(
    ("content", "blank"),
    [
        (f"{GOOD}\n{GOOD}\n", [False, False]),
        (f"{GOOD}\n{GOOD}", [False, False]),
        (f"{GOOD}\r\n\r\n{GOOD}\r\n", [False, True, False]),
        ("\n\n\n", [True, True, True]),
        ("\n", [True]),
        ("", []),
        (" \t \n\u00a0\n", [True, True]),
        (f"{GOOD}\u2028{GOOD}\n{GOOD}\x85\x0b\x0c{GOOD}\n", [False, False]),
        (f"{GOOD}\r{GOOD}\n", [False]),
        (f"\ufeff{GOOD}\n", [False]),
        ("Это не английский язык, а русский.\n", [False]),
        ("😀\n中文\n", [False, False]),
        (f"{GOOD} " * 300 + "\n", [False]),
    ],
)
def test_one_line_out_for_one_line_in(content: str, blank: list[bool], mtqa: Command) -> None:
    Path("in.txt").write_bytes(content.encode())
    done = mtqa("score", "-t", "in.txt")
    assert done.code == 0
    rows = [line.split("\t") for line in done.out.split("\n")[:-1]]
    assert [row[0] == "" for row in rows] == blank
    assert all(len(row) == 5 for row in rows)
    assert all(0 <= float(row[1]) <= float(row[0]) <= float(row[2]) <= 100 for row in rows if row[0])
    done = mtqa("score", "-t", "-", "--format", "jsonl", stdin=content.encode())
    objects = [json.loads(line) for line in done.out.split("\n")[:-1]]
    assert [one["score"] is None for one in objects] == blank
    assert [one["index"] for one in objects] == list(range(len(blank)))


def test_many_lines_go_through_in_chunks(mtqa: Command) -> None:
    lines = [f"Ten people came to meeting {number}." if number % 3 else "" for number in range(700)]
    done = mtqa("score", "-t", "-", stdin="\n".join(lines).encode() + b"\n")
    rows = done.out.split("\n")[:-1]
    assert len(rows) == 700
    assert all((row.split("\t")[0] == "") == (line == "") for row, line in zip(rows, lines, strict=True))


def test_header_and_file(mtqa: Command) -> None:
    done = mtqa("score", "-t", "-", "--header", "-o", "scores.tsv", stdin=GOOD.encode())
    assert (done.code, done.out) == (0, "")
    rows = Path("scores.tsv").read_text(encoding="utf-8").splitlines()
    assert rows[0].split("\t") == ["score", "low", "high", "issues", "spans"]
    assert len(rows) == 2
    assert mtqa("score", "-t", "-", "--header", "--format", "jsonl", stdin=GOOD.encode()).code == 2


def test_sources_and_references_are_read_line_by_line(mtqa: Command) -> None:
    for name in ("hyp", "src", "ref"):
        Path(name).write_text(f"{GOOD}\n\n", encoding="utf-8")
    assert mtqa("score", "-t", "hyp", "-s", "src", "-r", "ref", "--source-lang", "de").code == 0
    assert mtqa.seen[0].source_language == "de"


def test_without_issues_no_rule_runs(mtqa: Command) -> None:
    text = f"{GOOD}\n\nHe met MM. Dupont and Durand.\n".encode()
    scored = [line.split("\t") for line in mtqa("score", "-t", "-", stdin=text).out.splitlines()]
    assert [row[3] for row in scored] == ["0", "0", "1"]
    Path("mtqa.toml").write_text('rules = ["untranslated-residue"]\n', encoding="utf-8")
    done = mtqa("score", "-t", "-", "--no-issues", stdin=text)
    bare = [line.split("\t") for line in done.out.splitlines()]
    assert [row[3:] for row in bare] == [["0", ""]] * 3
    assert bare[0] == scored[0]
    assert float(bare[2][0]) > float(scored[2][0])  # what the issue had taken off
    assert set(mtqa.seen[-1].skip) == {detector.rule.id for detector in discover()}


def test_without_issues_and_language_model_the_estimator_says_so(
    mtqa: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mtqa.cli.score.make_checker", lambda settings, say: Checker(settings, progress=say))
    estimator_folder(Path("own"))
    arguments = ("score", "-t", "-", "--no-issues", "--offline", "--models-dir", "empty", "--model", "own")
    done = mtqa(*arguments, stdin=f"{GOOD}\nTen people came.\n".encode())
    assert (done.code, len(done.out.splitlines())) == (0, 2)
    assert "scored by the fast estimator. The model smollm2-135m is missing" in done.err
    fast = mtqa(*arguments, "--fast", stdin=f"{GOOD}\nTen people came.\n".encode())
    assert (fast.out, fast.err) == (done.out, "")


@pytest.mark.parametrize("option", ["-s", "-r"])
def test_unequal_numbers_of_lines_name_files_and_line(option: str, mtqa: Command) -> None:
    Path("hyp").write_text("one\ntwo\nthree\n", encoding="utf-8")
    Path("other").write_text("eins\nzwei\n", encoding="utf-8")
    done = mtqa("score", "-t", "hyp", option, "other")
    assert (done.code, done.out) == (2, "")
    assert all(part in done.err for part in ("other", "2 lines", "hyp has 3 lines", "line 3 of hyp ('three')"))


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["-t", "gone"], "no such file"),
        (["-t", "."], "folder"),
        ([], "--hypothesis"),
        (["-t", "-", "-s", "-"], "only once"),
        (["-t", "-", "--rule", "zzz"], "no rule 'zzz'"),
        (["-t", "-", "--no-issues", "--rule", "repeated-text"], "--no-issues runs no rule"),
    ],
)
def test_errors_exit_two(arguments: list[str], says: str, mtqa: Command) -> None:
    done = mtqa("score", *arguments, stdin=GOOD.encode())
    assert (done.code, done.out) == (2, "")
    assert says in done.err
