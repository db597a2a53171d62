from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from mtqa.knowledge.building.places import write_table
from mtqa.knowledge.building.titles import COLUMNS, build_titles


def test_the_shipped_table_is_what_the_script_builds(tmp_path: Path) -> None:
    write_table(build_titles(), COLUMNS, tmp_path / "titles.tsv")
    shipped = files("mtqa.knowledge").joinpath("tables/titles.tsv").read_text(encoding="utf-8")
    assert (tmp_path / "titles.tsv").read_text(encoding="utf-8") == shipped


def test_rows_are_sorted_and_say_each_thing_once() -> None:
    keys = [(row["phrase"], row["office"], row["places"]) for row in build_titles()]
    assert keys == sorted(set(keys))
    assert all(phrase == phrase.lower() and office for phrase, office, _ in keys)
    usual = [(row["office"], row["places"]) for row in build_titles() if row["usual"]]
    assert len(usual) == len(set(usual))
