"""`mtqa train`: errors before any work, and from a file of ratings to a model that can be loaded."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import pytest

import mtqa.modeling.load_quality as loading
import mtqa.modeling.shipped as shipped_weights
from mtqa.settings import Settings
from tests.cli.command import Command
from tests.modeling.rated import as_json_lines, faulty_rows, save_estimator

ROWS = "".join(f"Line {number}.\t{number}\n" for number in range(60))


@pytest.fixture(autouse=True)
def in_the_commands_folder(mtqa: Command) -> None:
    """Files of the tests lie where the command runs."""


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (f"text\tscore\n{ROWS}Last.\t120\n", "my.tsv:62: the score 120 is outside 0..100"),
        (f"text\tscore\n{ROWS} \t12\n", "my.tsv:62: the text is blank"),
        (f"source\tscore\n{ROWS}", "my.tsv: has no column for the text"),
        ("text\tscore\nOne.\t1\nTwo.\t2\n", "my.tsv: has 2 rated rows; at least 50 are needed"),
        ("text\tscore\n" + "One.\t1\nTwo.\t2\n" * 30, "my.tsv: its 2 different texts are too few"),
        ("caf\xe9", "my.tsv:1: byte 0xE9"),
    ],
)
def test_data_that_cannot_be_used_exit_two(content: str, says: str, mtqa: Command) -> None:
    Path("my.tsv").write_bytes(content.encode("latin-1"))
    done = mtqa("train", "--data", "my.tsv", "--output", "model")
    assert (done.code, done.out) == (2, "")
    assert says in done.err
    assert not Path("model").exists()
    done = mtqa("train", "--data", "-", "--output", "model", stdin=content.encode("latin-1"))
    assert done.code == 2
    assert says.replace("my.tsv", "<stdin>") in done.err


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--data", "gone.tsv", "--output", "model"], "no such file"),
        (["--data", "my.tsv"], "--output"),
        (["--output", "model"], "--data"),
        (["--data", "my.tsv", "--output", "a/b"], "there is no folder a"),
        (["--data", "my.tsv", "--output", "my.tsv"], "is a file"),
        (["--data", "my.tsv", "--output", "other", "--force"], "something else than a model"),
        (["--data", "my.tsv", "--output", "older"], "--force"),
        (["--data", "my.tsv", "--output", "model", "--seed", "-1"], "--seed"),
    ],
)
def test_wrong_options_exit_two(arguments: list[str], says: str, mtqa: Command) -> None:
    Path("my.tsv").write_text(f"text\tscore\n{ROWS}", encoding="utf-8")
    for name, file in (("other", "letter.txt"), ("older", loading.DESCRIPTION)):
        Path(name).mkdir()
        Path(name, file).write_text("{}", encoding="utf-8")
    before = sorted(Path().rglob("*"))
    done = mtqa("train", *arguments)
    assert (done.code, done.out) == (2, "")
    assert says in done.err
    assert sorted(Path().rglob("*")) == before


def test_help_shows_how_spans_are_written(mtqa: Command) -> None:
    done = mtqa("train", "--help")
    assert done.code == 0
    assert '[[start, end, "minor"], ...]' in done.out


def test_an_installation_without_weights_exits_three(mtqa: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("my.tsv").write_text(f"text\tscore\n{ROWS}", encoding="utf-8")
    monkeypatch.setattr(shipped_weights, "_PACKAGE", Path("nowhere"))
    done = mtqa("train", "--data", "my.tsv", "--output", "model")
    assert (done.code, done.out) == (3, "")
    assert "the quality estimator is missing" in done.err
    assert [path.name for path in Path().iterdir()] == ["my.tsv"]


@cache
def shipped() -> Path:
    folder = Path(mkdtemp(prefix="mtqa-tiny-quality-"))
    save_estimator(folder)
    return folder


@pytest.mark.models  # nothing is downloaded, but torch takes seconds
@pytest.mark.parametrize(("here", "options", "fast"), [(True, [], False), (True, ["--fast"], True), (False, [], True)])
def test_a_model_is_trained_told_of_and_loads(
    here: bool, options: list[str], fast: bool, mtqa: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "weights_folder", shipped)
    monkeypatch.setattr(loading, "base_is_here", lambda settings: here)
    Path("my.jsonl").write_text(as_json_lines(faulty_rows(100)), encoding="utf-8")
    Path("model").mkdir()
    done = mtqa("train", "--data", "my.jsonl", "--output", "model", "--threads", "1", *options)
    assert done.code == 0, done.err
    tiers = ["fast"] if fast else ["full", "fast"]
    for said in (
        "my.jsonl, 100 rows (text from 'text', score from 'score'",
        "spans on 100 rows",
        "split by group: 80 rows to train on, 20 held out",
        *(f"{tier} tier, 20 rated rows held out:" for tier in tiers),
        "Pearson",
        "mean absolute error",
        "inside the 80 % interval",
        "AUC of wrong tokens",
        "mtqa check TEXT --model model" + (" --fast" if fast else ""),
    ):
        assert said in done.out
    assert ("may not be fetched" in done.err) is not here
    description = json.loads(Path("model", loading.DESCRIPTION).read_text(encoding="utf-8"))
    assert list(description["tiers"]) == tiers
    assert sorted(path.name for path in Path().iterdir()) == ["model", "my.jsonl"]
    estimator = loading.load_quality_estimator(Settings(fast=fast, quality_model=Path("model"), threads=1))
    (quality,) = estimator.rate(["The president spoke."])
    assert 0 <= quality.sentence.low <= quality.sentence.score <= quality.sentence.high <= 100
