from __future__ import annotations

import io

import pytest
from hypothesis import given
from rich.cells import cell_len
from rich.console import Console

from mtqa.reporting.text import print_report
from mtqa.schema.report import Report
from tests.reporting import samples
from tests.reporting.test_json import reports


def printed(found: list[Report], width: int = 80, *, color: bool = False, encoding: str = "utf-8") -> str:
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding, errors="replace", newline="")
    console = Console(
        file=stream, width=width, force_terminal=color, color_system="256" if color else None,
        highlight=False, emoji=False, markup=False,
    )  # fmt: skip
    print_report(found, console)
    stream.seek(0)
    return stream.read()


@pytest.mark.parametrize("width", [60, 80, 120])
def test_no_line_is_wider_than_the_terminal_or_ends_in_blanks(width: int) -> None:
    for line in printed(samples.all_reports(), width).splitlines():
        assert cell_len(line) <= width
        assert line == line.rstrip()


@pytest.mark.parametrize(
    "line",
    [
        "[[US President]] Volodymyr [[Zhelensky]] spoke to [[his Russian president]]",
        "• US President → Ukrainian President  critical wrong-office-holder (98%)",
        "• the minister → (leave it out)  minor repeated-text",
        "  4  ███░░░░░░░  31 poor (21-41)",
        "no issue found; 4.1 nats per token",
        "all                          2         1         2",
        "skipped low-adequacy, omission: no source text",
        "9 segments: 4 good, 2 fair, 3 poor",
    ],
)
def test_the_report_says(line: str) -> None:
    assert line in printed([samples.article()], 120)


def test_the_source_stands_under_a_sentence_that_is_shown() -> None:
    shown = printed([samples.paired()])
    assert shown.count("     source: غادر الوزير <مسرعا>.\n") == 2
    assert "Nobody knows why" not in shown.split("poorest")[0]
    assert "source:" not in printed([samples.article()])


def test_good_sentences_without_issues_are_left_out() -> None:
    assert "By Jane Doe" not in printed([samples.article()])


def test_colour_takes_the_place_of_brackets() -> None:
    colored = printed([samples.article()], color=True)
    assert "[[" not in colored
    assert "\x1b[1;4;31mUS President\x1b[0m" in colored
    assert "\x1b[" not in printed([samples.article()])


def test_the_poorest_sentences_come_poorest_first() -> None:
    summary = printed([samples.article()], 120).split("poorest\n")[1]
    scores = [int(line.split()[1]) for line in summary.splitlines()[:4]]
    assert scores == [3, 31, 42, 68]


def test_other_encodings_get_plain_signs() -> None:
    plain = printed([samples.article()], encoding="latin-1")
    assert "* US President -> Ukrainian President" in plain
    assert "###......." in plain


def test_the_text_cannot_speak_to_the_terminal() -> None:
    shown = printed([samples.awkward()])
    assert not set(shown) & set("\x07\x1b\u202e\u202c\u2028\ud800")
    assert "👩\u200d🚒" in shown


@pytest.mark.parametrize(
    ("report", "line"),
    [
        (samples.clean(), "no issues found"),
        (samples.refused(), "note: the text reads as fr (99 %), not English: it was not scored"),
        (samples.empty(), "nothing to score"),
    ],
)
def test_documents_without_issues_say_why(report: Report, line: str) -> None:
    assert line in printed([report])


def test_several_documents_end_in_an_overview() -> None:
    overview = printed(samples.all_reports(), 120).split("document\n")[-1].splitlines()
    assert overview[0].split() == ["59", "53-65", "2", "1", "2", "news/article.txt"]
    assert overview[2].split() == ["-", "discours.txt"]
    assert overview[4].endswith("too-long-name.txt")


def test_nothing_to_print() -> None:
    assert printed([]) == ""


@given(reports())
def test_any_report_can_be_printed(report: Report) -> None:
    assert report.signature in printed([report], 120)
