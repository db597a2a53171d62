"""Standard streams: data to stdout, progress and errors to stderr, files written whole or not at all."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from rich.console import Console

from mtqa.errors import InputError

_PATIENCE = 2.0  # seconds before progress is shown at all


def warn(message: str) -> None:
    """One line on stderr."""
    print(f"mtqa: {message}", file=sys.stderr)


def console_for(stream: TextIO, *, color: bool) -> Console:
    """A rich console. Colour only on a terminal, and not with NO_COLOR or --no-color; no live bars in CI."""
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
        width=None if is_terminal else 100,
    )


@contextmanager
def progress(quiet: bool) -> Iterator[Callable[[str], None]]:
    """A function that shows what takes long: a status line on a terminal, else a line now and then."""
    if quiet:
        yield lambda _text: None
        return
    started = time.monotonic()
    if sys.stderr.isatty() and not os.environ.get("CI"):
        console = console_for(sys.stderr, color=True)
        with console.status("") as status:
            yield lambda text: status.update(text if time.monotonic() - started > _PATIENCE else "")
        return
    last = [""]

    def say(text: str) -> None:
        head = text.split(":")[0]
        if head != last[0]:
            last[0] = head
            print(f"mtqa: {head}", file=sys.stderr)

    yield say


@contextmanager
def output(path: Path | None) -> Iterator[TextIO]:
    """Where data goes: stdout, or a file that appears whole when all is written. InputError if it cannot be."""
    if path is None:
        # Reports hold any character; a console of another encoding shows what it can.
        if hasattr(sys.stdout, "reconfigure"):
            sys.stdout.reconfigure(errors="replace")
        yield sys.stdout
        sys.stdout.flush()
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
