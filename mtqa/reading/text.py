"""Plain text: one file (or standard input) is one document."""

from __future__ import annotations

import datetime as dt
import unicodedata
from pathlib import Path
from typing import BinaryIO

from mtqa.errors import InputError
from mtqa.reading.decoding import MEBIBYTE, is_stdin, name_of, read_text
from mtqa.schema.document import Document

DOCUMENT_LIMIT = 64 * MEBIBYTE
_UNSEEN = frozenset(("Cc", "Cf", "Zl", "Zp", "Zs"))  # Unicode categories of control, zero-width and space characters


def read_document(
    path: Path | None,
    *,
    stdin: BinaryIO | None = None,
    name: str | None = None,
    source: Path | None = None,
    source_language: str | None = None,
    reference: Path | None = None,
    date: dt.date | None = None,
) -> Document:
    """Read one translated text, with its source and reference where they are given.

    `path` None or `-` is standard input (`stdin` replaces the process's own); one of the three may be `-`.
    `name` becomes the document's id; without it the path as given. The text is the decoded file as it is, line
    ends included; only a byte-order mark is dropped. UTF-8, UTF-16 and UTF-32 with a mark, and gzip of those.
    Raises InputError for what cannot be read, is not text, holds only white space or more than 64 MiB.
    """
    if sum(is_stdin(given) for given in (path, *(extra for extra in (source, reference) if extra))) > 1:
        raise InputError("standard input can be read only once; name a file for the others", path=name_of(None))
    return Document(
        id=name if name is not None else name_of(path),
        text=_read(path, "text", stdin),
        source=None if source is None else _read(source, "source text", stdin),
        source_language=source_language,
        reference=None if reference is None else _read(reference, "reference", stdin),
        date=date,
    )


def _read(path: Path | None, what: str, stdin: BinaryIO | None) -> str:
    text = read_text(path, limit=DOCUMENT_LIMIT, stdin=stdin)
    if not text:
        raise InputError(f"the file is empty; it should hold the {what}", path=name_of(path))
    if all(unicodedata.category(character) in _UNSEEN for character in text):
        raise InputError(f"the file holds only white space; it should hold the {what}", path=name_of(path))
    return text
