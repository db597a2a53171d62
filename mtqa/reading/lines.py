"""Line-parallel files: line n of each file belongs to segment n, as for sacreBLEU and the WMT tasks."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from mtqa.errors import InputError
from mtqa.reading.decoding import MEBIBYTE, is_stdin, name_of, read_text

LINES_LIMIT = 1024 * MEBIBYTE
_SHOWN = 60  # characters of a line in a message


@dataclass(frozen=True, slots=True)
class ParallelLines:
    """Lines that belong together: all lists are equally long; None where no file was given."""

    hypotheses: list[str]
    sources: list[str] | None = None
    references: list[str] | None = None


def read_lines(path: Path | None, *, stdin: BinaryIO | None = None) -> list[str]:
    r"""The lines of a file, empty ones included, without their ends; an empty file has none.

    Only \n ends a line, as for `wc -l` and sacreBLEU; one \r before it belongs to the end. U+2028, U+0085, \v, \f
    and a \r elsewhere are characters of the line. A last line without \n counts. Raises InputError.
    """
    text = read_text(path, limit=LINES_LIMIT, stdin=stdin)
    lines = text.split("\n")
    if not lines[-1]:
        lines.pop()
    return [line.removesuffix("\r") for line in lines]


def read_parallel(
    hypothesis: Path | None,
    source: Path | None = None,
    reference: Path | None = None,
    *,
    stdin: BinaryIO | None = None,
) -> ParallelLines:
    """Read line-parallel files; `hypothesis` None or one `-` is standard input.

    Raises InputError for a file that cannot be read and, naming both files, for unequal numbers of lines.
    """
    extras = [path for path in (source, reference) if path is not None]
    if sum(is_stdin(path) for path in (hypothesis, *extras)) > 1:
        raise InputError("standard input can be read only once; name a file for the others", path=name_of(None))
    hypotheses = read_lines(hypothesis, stdin=stdin)
    sources = None if source is None else _read_like(source, hypothesis, hypotheses, stdin)
    references = None if reference is None else _read_like(reference, hypothesis, hypotheses, stdin)
    return ParallelLines(hypotheses, sources, references)


def _read_like(path: Path, other: Path | None, expected: list[str], stdin: BinaryIO | None) -> list[str]:
    lines = read_lines(path, stdin=stdin)
    if len(lines) == len(expected):
        return lines
    name, other_name = name_of(path), name_of(other)
    first = min(len(lines), len(expected))
    longer, longer_name = (lines, name) if len(lines) > len(expected) else (expected, other_name)
    shown = longer[first] if len(longer[first]) <= _SHOWN else longer[first][: _SHOWN - 1] + "…"
    reason = (
        f"{_count(lines)}, but {other_name} has {_count(expected)}; the first without a partner is "
        f"line {first + 1} of {longer_name} ({shown!r}). Both files must hold one segment per line, in the same order"
    )
    raise InputError(reason, path=name, line=first + 1)


def _count(lines: list[str]) -> str:
    return f"{len(lines)} line" if len(lines) == 1 else f"{len(lines)} lines"
