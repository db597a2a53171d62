from __future__ import annotations

from pathlib import Path

from eval.summary import BEGIN, END, summary

README = Path(__file__).parents[2] / "README.md"


def test_the_readme_quotes_the_committed_results() -> None:
    text = README.read_text(encoding="utf-8")
    quoted = text[text.index(BEGIN) + len(BEGIN) : text.index(END)].strip()
    assert quoted == summary(), "run `python -m eval summary` and put its output into the README"
