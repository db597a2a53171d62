"""Reports as people and programs get them, kept as files and reviewed like code.

`make golden` writes them anew; then read the difference.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from mtqa.reporting import html, json, jsonl, tsv
from mtqa.schema.report import Report
from tests.golden.checked import checked
from tests.reporting import samples
from tests.reporting.test_text import printed

FOLDER = Path(__file__).parent
GOLDEN: dict[str, Callable[[list[Report]], str]] = {
    "report-80.txt": lambda reports: printed(reports, 80),
    "report-120.txt": lambda reports: printed(reports, 120),
    "report-80.ansi": lambda reports: printed(reports, 80, color=True),
    "report.json": json.render,
    "report.jsonl": jsonl.render,
    "report.html": lambda reports: body_of(html.render(reports)),
    "scores.tsv": lambda reports: "".join(tsv.score_line(report) + "\n" for report in reports),
}


def body_of(page: str) -> str:
    """The page without its style and script, which have files of their own."""
    return page[page.index("<body>") : page.index("<script>")]


CHECKED: dict[str, Callable[[list[Report]], str]] = {
    "checked-100.txt": lambda reports: printed(reports, 100),
    "checked.json": json.render,
}


@pytest.mark.parametrize("name", GOLDEN)
def test_reports_are_as_reviewed(name: str) -> None:
    compare(name, GOLDEN[name](samples.all_reports()))


@pytest.mark.parametrize("name", CHECKED)
def test_an_article_is_checked_as_reviewed(name: str) -> None:
    # The version is not what these files are about.
    compare(name, CHECKED[name]([replace(checked(), signature="mtqa")]))


def compare(name: str, rendered: str) -> None:
    """Against the file, which is written first where MTQA_UPDATE_GOLDEN is set."""
    path = FOLDER / name
    if os.environ.get("MTQA_UPDATE_GOLDEN"):
        path.write_bytes(rendered.encode("utf-8"))
    assert path.read_bytes().decode("utf-8") == rendered


def test_every_golden_file_has_a_test() -> None:
    kept = {path.name for path in FOLDER.iterdir() if path.is_file() and path.suffix != ".py"}
    assert kept == {*GOLDEN, *CHECKED}
