from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from eval.figures import ResultError, check_result, flat, read_result


def result(**changes: Any) -> dict[str, Any]:
    return {"suite": "sentence", "date": "2026-11-24", "figures": {}, "signature": "mtqa:1", "settings": {}} | changes


@pytest.mark.parametrize(
    ("value", "text", "number"),
    [
        ("0.558 [0.477, 0.632]", "0.558 [0.477, 0.632]", 0.558),
        ("-0.007 [-0.102, 0.089]", "-0.007 [-0.102, 0.089]", -0.007),
        ("+0.031 [-0.002, +0.064] p=0.0600", "+0.031 [-0.002, +0.064] p=0.0600", 0.031),
        (62.0, "62.0", 62.0),
        (150291, "150,291", 150291.0),
        (0.339, "0.339", 0.339),
        (None, "–", None),
        ([42, 45], "42 45", None),
        (True, "yes", None),
        ("no number", "no number", None),
    ],
)
def test_flat_value(value: object, text: str, number: float | None) -> None:
    one = flat({"name": value})["name"]
    assert (one.text, one.number) == (text, number)


def test_flat_opens_mappings() -> None:
    assert {name: one.number for name, one in flat({"a": 1, "per": {"x": 2, "y": 3.5}}).items()} == {
        "a": 1.0,
        "per.x": 2.0,
        "per.y": 3.5,
    }


def test_read_by_path_name_and_revision(tmp_path: Path) -> None:
    path = tmp_path / "sentence.json"
    path.write_text(json.dumps(result(date="old")))
    git = ["git", "-C", str(tmp_path), "-c", "user.name=a", "-c", "user.email=a@example.org"]
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "one"]):
        subprocess.run([*git, *command], check=True)
    path.write_text(json.dumps(result(date="new")))
    assert read_result(str(path))["date"] == "new"
    assert read_result("sentence", results=tmp_path)["date"] == "new"
    assert read_result("sentence@HEAD", results=tmp_path)["date"] == "old"
    for place, reason in {
        "sentence@nothing": "nothing",
        "word@HEAD": "word.json",
        "sentence@--output=x": "a git revision",
        "../x@HEAD": "a suite's name",
        "word": "neither a file nor a suite",
    }.items():
        with pytest.raises(ResultError, match=reason) as caught:
            read_result(place, results=tmp_path)
        assert str(caught.value).startswith(place)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("{", "not JSON"),
        ("[]", "a mapping, not list"),
        (json.dumps({"suite": "x"}), "'date' is missing"),
        (json.dumps(result(figures=[])), "'figures' is missing or no dict"),
    ],
)
def test_damaged_results_name_file_and_reason(content: str, reason: str) -> None:
    with pytest.raises(ResultError, match=f"^here: .*{reason}"):
        check_result(content, "here")
