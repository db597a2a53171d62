from __future__ import annotations

from mtqa.reporting import tsv
from tests.reporting import samples


def test_a_line_has_the_columns_of_the_header() -> None:
    line = tsv.score_line(samples.article())
    row = dict(zip(tsv.HEADER.split("\t"), line.split("\t"), strict=True))
    assert (row["score"], row["low"], row["high"], row["issues"]) == ("58.6", "52.6", "64.6", "5")
    assert row["spans"].split(" ")[0] == "wrong-office-holder:54-66"
    assert samples.article().document.text[54:66] == "US President"


def test_an_empty_line_has_empty_figures() -> None:
    assert tsv.score_line(samples.empty()) == "\t\t\t0\t"


def test_awkward_text_cannot_break_the_line() -> None:
    assert tsv.score_line(samples.awkward()).count("\t") == tsv.HEADER.count("\t")
    assert len(tsv.score_line(samples.awkward()).splitlines()) == 1
