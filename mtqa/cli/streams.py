"""Standard streams: data to stdout, progress and errors to stderr, files written whole or not at all."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from rich.console import Console

from mtqa.errors import InputError
from mtqa.schema.progress import Progress, Step

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.progress import Progress as Bars

UNWRAPPED = 10_000  # columns
_PATIENCE = 2.0  # seconds before progress is shown at all
_PLAIN_EVERY = 30.0  # seconds between lines about one task where there is no terminal


class ReaderGone(Exception):
    """Whoever reads stdout has closed it (`mtqa check ... | head`). No OSError: typer makes exit code 1 of those."""


def warn(message: str) -> None:
    """One line on stderr."""
    print(f"mtqa: {message}", file=sys.stderr)


def console_for(stream: TextIO, *, color: bool, width: int = 100) -> Console:
    """A rich console. Colour only on a terminal, and not with NO_COLOR or --no-color; no live bars in CI.

    `width` in columns counts where there is no terminal; tables for other programs ask for UNWRAPPED.
    """
    is_terminal = stream.isatty() and os.environ.get("TERM") != "dumb"
    colored = color and is_terminal and not os.environ.get("NO_COLOR")
    return Console(
        file=stream,
        force_terminal=is_terminal,
        force_interactive=is_terminal and not os.environ.get("CI"),
        color_system="auto" if colored else None,
        highlight=False,
        emoji=False,
        markup=False,
        soft_wrap=False,
        width=None if is_terminal else width,
    )


@contextmanager
def progress(quiet: bool) -> Iterator[Progress]:
    """A function that shows what takes long: a bar on a terminal, else a line now and then."""
    if quiet:
        yield lambda _step: None
    elif sys.stderr.isatty() and not os.environ.get("CI"):
        with patient_bars(console_for(sys.stderr, color=True)) as bars:
            yield on_bars(bars)
    else:
        yield on_lines(warn)


def patient_bars(console: Console) -> Bars:
    """Bars with amount and time left; nothing is drawn for what is done within two seconds."""
    from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars

    class PatientBars(Bars):
        def get_renderables(self) -> Iterator[RenderableType]:
            if time.monotonic() - started >= _PATIENCE:
                yield from super().get_renderables()

    started = time.monotonic()
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TextColumn("{task.fields[amount]}"),
        TimeRemainingColumn(),
    )
    return PatientBars(*columns, console=console, transient=True)


def on_bars(bars: Bars) -> Progress:
    """Shows steps on bars: one bar at a time, that of the current task; it pulses while nobody knows the total."""
    current: list[str] = []

    def show(step: Step) -> None:
        if [step.task] != current:
            for old in bars.task_ids:
                bars.remove_task(old)
            current[:] = [step.task]
            bars.add_task(step.task, total=step.total, completed=step.done, amount=amount(step))
        else:
            bars.update(bars.task_ids[-1], total=step.total, completed=step.done, amount=amount(step))

    return show


def on_lines(write: Callable[[str], None], clock: Callable[[], float] = time.monotonic) -> Progress:
    """Shows steps as lines: one when a task is seen to take long, then one every half minute."""
    started = clock()
    current = ""
    began, last = started, started - _PLAIN_EVERY

    def show(step: Step) -> None:
        nonlocal current, began, last
        now = clock()
        if step.task != current:
            current, began, last = step.task, now, now - _PLAIN_EVERY
        if now - started < _PATIENCE or now - last < _PLAIN_EVERY:
            return
        last = now
        left = _left(step, now - began)
        write(", ".join(part for part in (": ".join(filter(None, (step.task, amount(step)))), left) if part))

    return show


def amount(step: Step) -> str:
    """How far a step is: "41 of 93 MB (44%)", "1,200 of 52,000 tokens (2%)"; empty if nobody knows."""
    if not step.total:
        return ""
    share = f"({min(1.0, step.done / step.total):.0%})"
    if step.unit == "bytes":
        return f"{step.done / 1e6:.0f} of {step.total / 1e6:.0f} MB {share}"
    return f"{step.done:,} of {step.total:,} {step.unit} {share}"


def _left(step: Step, seconds: float) -> str:
    if not step.total or not 0 < step.done < step.total or seconds < _PATIENCE:
        return ""
    left = seconds / step.done * (step.total - step.done)
    return f"about {left / 60:.0f} min left" if left >= 90 else f"about {left:.0f} s left"


@contextmanager
def output(path: Path | None) -> Iterator[TextIO]:
    """Where data goes: stdout, or a file that appears whole when all is written. InputError if it cannot be."""
    if path is None:
        if sys.stdout is None:
            raise InputError("standard output is closed; name a file with --output")
        # Reports hold any character; a console of another encoding shows what it can.
        if hasattr(sys.stdout, "reconfigure"):
            sys.stdout.reconfigure(errors="replace")
        try:
            yield sys.stdout
            sys.stdout.flush()
        except BrokenPipeError as error:
            raise ReaderGone from error
        return
    if path.is_dir():
        raise InputError("is a folder; name a file to write to", path=path)
    if not path.parent.is_dir():
        raise InputError(f"cannot be written: there is no folder {path.parent}", path=path)
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    except OSError as error:
        raise InputError(f"cannot be written: {error.strerror}", path=path) from error
    part = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as stream:
            yield stream
        part.chmod(0o666 & ~_umask())
        part.replace(path)
    except OSError as error:
        raise InputError(f"cannot be written: {error.strerror}", path=path) from error
    finally:
        part.unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
