"""What is shown while something takes long, and files that are written whole or not at all."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console

from mtqa.cli import streams
from mtqa.errors import InputError
from mtqa.schema.progress import Step

FETCH = "fetching tiny==1.0"


@pytest.mark.parametrize(
    ("step", "shown"),
    [
        (Step(FETCH, 41_200_000, 93_000_000, "bytes"), "41 of 93 MB (44%)"),
        (Step("reading", 1_200, 52_000, "tokens"), "1,200 of 52,000 tokens (2%)"),
        (Step("scoring", 7, 7, "lines"), "7 of 7 lines (100%)"),
        (Step("converting"), ""),
        (Step("reading", 0, 0, "tokens"), ""),
    ],
)
def test_amounts(step: Step, shown: str) -> None:
    assert streams.amount(step) == shown


def lines_of(steps: list[tuple[float, Step]]) -> list[str]:
    """What is printed when the steps come at these seconds."""
    written: list[str] = []
    times: Iterator[float] = iter([0.0, *(second for second, _ in steps)])
    show = streams.on_lines(written.append, clock=lambda: next(times))
    for _, step in steps:
        show(step)
    return written


def test_what_is_done_within_two_seconds_prints_nothing() -> None:
    assert lines_of([(0.1, Step(FETCH, 1, 2, "bytes")), (1.9, Step("checking"))]) == []


def test_lines_come_when_a_task_takes_long_and_every_half_minute() -> None:
    steps = [(float(second), Step("reading", second, 100, "tokens")) for second in range(91)]
    assert lines_of(steps) == [
        "reading: 2 of 100 tokens (2%), about 2 min left",
        "reading: 32 of 100 tokens (32%), about 68 s left",
        "reading: 62 of 100 tokens (62%), about 38 s left",
    ]


def test_each_task_has_its_line() -> None:
    steps = [(5.0, Step(FETCH, 50_000_000, 100_000_000, "bytes")), (6.0, Step("checking it")), (7.0, Step("unpacking"))]
    assert lines_of(steps) == [f"{FETCH}: 50 of 100 MB (50%)", "checking it", "unpacking"]


def test_minutes_are_named_when_they_are_many() -> None:
    assert lines_of([(0.0, Step("reading", 0, 1000, "tokens")), (60.0, Step("reading", 100, 1000, "tokens"))]) == [
        "reading: 100 of 1,000 tokens (10%), about 9 min left"
    ]


def test_the_bar_shows_task_amount_and_nothing_before_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    def drawn(patience: float) -> str:
        monkeypatch.setattr(streams, "_PATIENCE", patience)
        stream = io.StringIO()
        console = Console(file=stream, force_terminal=True, width=100, color_system=None)
        with streams.patient_bars(console) as bars:
            show = streams.on_bars(bars)
            show(Step("reading [bold]", 5, 10, "tokens"))
            bars.refresh()
            show(Step(FETCH, 41_000_000, 93_000_000, "bytes"))
            show(Step(FETCH, 46_500_000, 93_000_000, "bytes"))
            bars.refresh()
            show(Step("converting"))
            bars.refresh()
        return stream.getvalue()

    shown = drawn(0.0)
    for part in ("reading [bold]", "5 of 10 tokens (50%)", FETCH, "46 of 93 MB (50%)", "converting", "━"):
        assert part in shown
    assert "reading" not in drawn(60.0)


@pytest.mark.parametrize(("terminal", "ci", "bar"), [(True, "", True), (True, "1", False), (False, "", False)])
def test_a_bar_only_on_a_terminal(terminal: bool, ci: str, bar: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "_PATIENCE", 0.0)
    stream = io.StringIO()
    monkeypatch.setattr(stream, "isatty", lambda: terminal, raising=False)
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setenv("TERM", "xterm")
    if ci:
        monkeypatch.setenv("CI", ci)
    with streams.progress(quiet=False) as say:
        say(Step("reading", 1, 2, "tokens"))
    assert ("━" in stream.getvalue()) == bar
    assert ("mtqa: reading: 1 of 2 tokens (50%)" in stream.getvalue()) == (not bar)


def test_quiet_is_quiet(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "_PATIENCE", 0.0)
    with streams.progress(quiet=True) as say:
        say(Step("reading", 1, 2, "tokens"))
    assert capsys.readouterr() == ("", "")


def test_a_file_appears_whole(tmp_path: Path) -> None:
    path = tmp_path / "report"
    with streams.output(path) as stream:
        stream.write("ä\n")
        assert not path.exists()
    assert path.read_bytes() == "ä\n".encode()
    assert path.stat().st_mode & 0o777 == 0o666 & ~streams._umask()


def test_a_file_keeps_its_old_content_when_writing_fails(tmp_path: Path) -> None:
    path = tmp_path / "report"
    path.write_text("old", encoding="utf-8")
    with pytest.raises(ZeroDivisionError), streams.output(path) as stream:
        stream.write("new")
        raise ZeroDivisionError
    with pytest.raises(InputError, match="No space left"), streams.output(path) as stream:
        raise OSError(28, "No space left on device")
    assert path.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_closed_standard_output_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    with pytest.raises(InputError, match="--output"), streams.output(None):
        raise AssertionError("nothing can be written")
