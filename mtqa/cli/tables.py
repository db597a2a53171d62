"""Tables on the command line: columns that options name, and rows put together to documents."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mtqa.cli import streams
from mtqa.errors import InputError, SettingsError
from mtqa.schema.document import Document, Segment, Span
from mtqa.settings import Settings

if TYPE_CHECKING:
    from mtqa.reading import Column, ParallelLines, Table

Row = Mapping[str, Any]
_NUMBER = re.compile("[0-9]{1,6}")


@dataclass(frozen=True, slots=True)
class Columns:
    """Where a table holds what: names in its header (or keys), or places in a row, counted from 1."""

    hypothesis: Column
    source: Column | None = None
    reference: Column | None = None
    document: Column | None = None

    def read(self, file: str) -> Table:
        """The rows of a file, or of standard input (`-`). InputError for a row that cannot be used."""
        from mtqa.reading import read_columns

        is_stdin = file == "-"
        return read_columns(
            None if is_stdin else Path(file),
            hypothesis=self.hypothesis,
            source=self.source,
            reference=self.reference,
            document=self.document,
            stdin=sys.stdin.buffer if is_stdin else None,
        )


def columns_of(
    hypothesis: str | None, source: str | None, reference: str | None, document: str | None = None
) -> Columns | None:
    """The columns that options name; None if there are none. SettingsError if that of the translations is missing."""
    if hypothesis is None:
        if any(one is not None for one in (source, reference, document)):
            raise SettingsError("a table needs --hypothesis-column too: which column holds the translations?")
        return None
    return Columns(
        _column(hypothesis), *(None if one is None else _column(one) for one in (source, reference, document))
    )


def refuse_files_beside(columns: Columns | None, source: Path | None, reference: Path | None) -> None:
    """SettingsError where a table is read and a file of lines is given, too."""
    for name, path in (("source", source), ("reference", reference)):
        if columns is not None and path is not None:
            raise SettingsError(f"--{name} is a file of its own; in a table give --{name}-column instead")


def warn_of_tables(files: Sequence[str]) -> None:
    """Say on stderr which files are read as plain text although they are named like tables."""
    from mtqa.reading import is_named_like_table

    for file in filter(is_named_like_table, files):
        streams.warn(f"warning: {file} is read as plain text; --hypothesis-column reads it as a table")


def documents_of(table: Table, name: str, settings: Settings) -> list[tuple[Document, list[Row]]]:
    """The documents of a table, in the order in which they begin, each with its rows.

    Without a column of documents all rows are one. InputError if there are no rows.
    """
    if not table.hypotheses:
        raise InputError("the table has no rows", path=name)
    groups: dict[str, list[int]] = {}
    for number in range(len(table.hypotheses)):
        groups.setdefault(name if table.documents is None else f"{name}:{table.documents[number]}", []).append(number)
    return [
        (document_of(own, table, numbers, settings), [table.rows[number] for number in numbers])
        for own, numbers in groups.items()
    ]


def document_of(name: str, lines: ParallelLines, numbers: Sequence[int], settings: Settings) -> Document:
    """Some lines as a document of one segment each, paired line by line; a blank translation has no segment.

    `Segment.paragraph` is the place of the line in `numbers`. Texts of one document are joined by line ends. Where
    every line that is translated has a blank source there is none: a check must not seek their source in other lines.
    """
    segments: list[Segment] = []
    text_at = source_at = 0
    for place, number in enumerate(numbers):
        hypothesis = lines.hypotheses[number]
        source = None if lines.sources is None else lines.sources[number]
        span = _visible(hypothesis, text_at)
        if span is not None:
            source_span = None if source is None else _visible(source, source_at)
            segments.append(Segment(len(segments), span, paragraph=place, source_span=source_span))
        text_at += len(hypothesis) + 1
        source_at += len(source or "") + 1
    is_paired = any(segment.source_span is not None for segment in segments)
    return Document(
        id=name,
        text=_joined(lines.hypotheses, numbers),
        source=_joined(lines.sources, numbers) if lines.sources is not None and is_paired else None,
        source_language=settings.source_language,
        reference=None if lines.references is None else _joined(lines.references, numbers),
        date=settings.date,
        segments=tuple(segments),
    )


def _joined(lines: Sequence[str], numbers: Sequence[int]) -> str:
    return "\n".join(lines[number] for number in numbers)


def _visible(line: str, start: int) -> Span | None:
    """What is not blank in a line that begins at `start` of a text."""
    from mtqa.segmenting import segment_line

    segments = segment_line(Document("", line)).segments
    return segments[0].span.shift(start) if segments else None


def _column(written: str) -> Column:
    return int(written) if _NUMBER.fullmatch(written) else written
