"""Bytes of a file or of standard input, and the text in them.

The text is the decoded file and nothing else: line ends, control characters, combining marks and zero-width
characters stay, so that offsets hold for whoever decodes the same file. Only a byte-order mark at the start is dropped.
"""

from __future__ import annotations

import codecs
import difflib
import gzip
import io
import re
import shlex
import sys
import zlib
from pathlib import Path
from typing import BinaryIO

from mtqa.errors import InputError

MEBIBYTE = 1 << 20
STDIN = "-"

# UTF-32 first: the UTF-32-LE mark starts with the UTF-16-LE one.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_GZIP = b"\x1f\x8b"
_FORMATS = (
    (rb"%PDF-", "a PDF file; convert it to plain text first, for example with pdftotext"),
    (rb"PK\x03\x04", "a zip archive or office document (docx, odt, epub); save it as plain text in UTF-8"),
    (rb"\xd0\xcf\x11\xe0", "an old office document (doc, xls); save it as plain text in UTF-8"),
    (rb"\{\\rtf", "an RTF document; save it as plain text in UTF-8"),
    (rb"BZh[1-9]1AY&SY", "bzip2 data; decompress it first (bunzip2)"),
    (rb"\xfd7zXZ", "xz data; decompress it first (unxz)"),
    (rb"\x28\xb5\x2f\xfd", "zstd data; decompress it first (unzstd)"),
    (rb"\x89PNG|\xff\xd8\xff|GIF8[79]a", "an image; give the text itself"),
)
# Everything in C0 but tab, line feed, vertical tab, form feed and carriage return, and delete.
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1f\x7f]")
_CONTROL_SHARE = 0.10  # terminal logs with colour codes stay below; compressed data and images do not reach UTF-8
_SAMPLE = 1 << 16  # bytes looked at for shares of byte classes
_CP1252_ONLY = re.compile(rb"[\x80-\x9f]")
_HIGH = re.compile(rb"[\x80-\xff]")


def is_stdin(path: Path | None) -> bool:
    """True for no path and for `-`."""
    return path is None or str(path) == STDIN


def name_of(path: Path | None) -> str:
    """How a path is called in messages and as document id: as it was given, or <stdin>."""
    return "<stdin>" if path is None or is_stdin(path) else str(path)


def read_text(path: Path | None, *, limit: int, stdin: BinaryIO | None = None) -> str:
    """The text of a file (None or `-`: standard input), decompressed if it is gzip.

    `limit` is the most bytes that are accepted, after decompression. Raises InputError.
    """
    name = name_of(path)
    data = decompress(read_bytes(path, limit=limit, stdin=stdin), name, limit=limit)
    return decode(data, name)


def read_bytes(path: Path | None, *, limit: int, stdin: BinaryIO | None = None) -> bytes:
    """The raw bytes of a file or of standard input, at most `limit`. Raises InputError."""
    name = name_of(path)
    try:
        if path is None or is_stdin(path):
            data = (stdin if stdin is not None else sys.stdin.buffer).read(limit + 1)
        else:
            with path.open("rb") as file:
                data = file.read(limit + 1)
    except FileNotFoundError as error:
        raise InputError(f"there is no such file{_similar(path)}", path=name) from error
    except IsADirectoryError as error:
        raise InputError("this is a folder; name the files in it, for example FOLDER/*.txt", path=name) from error
    except PermissionError as error:
        raise InputError("no permission to read it; change its rights (chmod u+r) or copy it", path=name) from error
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror or error}", path=name) from error
    except ValueError as error:  # a NUL character in the name
        raise InputError(f"this is not the name of a file: {error}", path=ascii(name)) from error
    if len(data) > limit:
        raise _too_large(name, limit)
    return data


def decompress(data: bytes, name: str, *, limit: int) -> bytes:
    """The content of gzip data (known by its first bytes, not its name); other data as they are."""
    if not data.startswith(_GZIP):
        return data
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as file:
            content = file.read(limit + 1)
    except (OSError, EOFError, zlib.error) as error:
        reason = f"the gzip data are damaged or cut off ({error}); fetch or compress the file again"
        raise InputError(reason, path=name) from error
    if len(content) > limit:
        raise _too_large(name, limit)
    return content


def decode(data: bytes, name: str) -> str:
    """The text of UTF-8 bytes, or of UTF-16 and UTF-32 ones that start with a byte-order mark (dropped).

    Raises InputError with line and byte offset for binary data and for other encodings.
    """
    for magic, what in _FORMATS:
        if re.match(magic, data):
            raise InputError(f"this is {what}", path=name)
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _decode(data, name, encoding, start=len(mark))
    _refuse_binary(data, name)
    return _decode(data, name, "utf-8", start=0)


def _decode(data: bytes, name: str, encoding: str, *, start: int) -> str:
    try:
        return data[start:].decode(encoding)
    except UnicodeDecodeError as error:
        offset = start + error.start
        if encoding == "utf-8":
            line = data.count(b"\n", 0, offset) + 1
            shown = f"byte 0x{data[offset]:02X} at byte offset {offset} is not UTF-8"
            raise InputError(f"{shown}: {_guess(data, offset, name)}", path=name, line=line) from error
        before = data[start:offset].decode(encoding, "replace")
        reason = (
            f"the bytes at byte offset {offset} are not {encoding.upper()}, which its first bytes announce "
            f"({error.reason}): the file is damaged or cut off; save it again as UTF-8"
        )
        raise InputError(reason, path=name, line=before.count("\n") + 1) from error


def _refuse_binary(data: bytes, name: str) -> None:
    sample = data[:_SAMPLE]
    offset = data.find(b"\0")
    if offset >= 0:
        line = data.count(b"\n", 0, offset) + 1
        if wide := _unmarked_utf16(sample):
            command = _convert(name, wide)
            reason = f"NUL byte at byte offset {offset}: this looks like {wide} without a byte-order mark; {command}"
        else:
            reason = f"NUL byte at byte offset {offset}: this is a binary file; give plain text in UTF-8"
        raise InputError(reason, path=name, line=line)
    controls = len(_CONTROL.findall(sample))
    first = _CONTROL.search(sample)
    if first and controls > _CONTROL_SHARE * len(sample):
        share = controls / len(sample)
        reason = (
            f"{share:.0%} of its bytes are control bytes, the first 0x{first[0][0]:02X} at byte offset {first.start()}"
        )
        line = data.count(b"\n", 0, first.start()) + 1
        raise InputError(f"{reason}: this is a binary file; give plain text in UTF-8", path=name, line=line)


def _unmarked_utf16(sample: bytes) -> str | None:
    """UTF-16LE or UTF-16BE if nearly all NUL bytes are the odd or the even ones and there are many; else None."""
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if max(even, odd) < 0.3 * (len(sample) / 2) or min(even, odd) > 0.05 * max(even, odd):
        return None
    return "UTF-16LE" if odd > even else "UTF-16BE"


def _guess(data: bytes, offset: int, name: str) -> str:
    """What the bytes around an undecodable one look like, and what to do."""
    if offset >= len(data) - 3 and offset > 0 and data[offset] >= 0xC2 and _is_utf8_start(data[offset:]):
        return "the text ends inside a character; the file seems to be cut off, fetch or save it again"
    text = data[max(0, offset - _SAMPLE // 2) : offset + _SAMPLE // 2]
    high = len(_HIGH.findall(text))
    decoded = text.decode("utf-8", "replace")
    wrong = decoded.count("\ufffd")
    right = sum(character > "\x7f" and character != "\ufffd" for character in decoded)
    if right > 4 * wrong:
        return "the rest looks like UTF-8, so the file is damaged here or mixes encodings; correct this place"
    if high > 0.3 * len(text):
        return (
            "this looks like another encoding, perhaps Windows-1251, KOI8-R, GB18030 or Shift-JIS; "
            f"{_convert(name, 'ENCODING')}"
        )
    if _CP1252_ONLY.search(text):
        return f"this looks like Windows-1252; {_convert(name, 'WINDOWS-1252')}"
    return f"this looks like Windows-1252 or Latin-1; {_convert(name, 'WINDOWS-1252')}"


def _is_utf8_start(rest: bytes) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(rest, final=False)
    except UnicodeDecodeError:
        return False
    return True


def _convert(name: str, encoding: str) -> str:
    command = f"iconv -f {encoding} -t UTF-8"
    if name == "<stdin>":
        return f"convert it: {command}"
    if name.endswith(".gz"):
        return (
            f"convert it: gunzip -c {shlex.quote(name)} | {command} > {shlex.quote(name.removesuffix('.gz') + '.utf8')}"
        )
    return f"convert it: {command} {shlex.quote(name)} > {shlex.quote(name + '.utf8')}"


def _similar(path: Path | None) -> str:
    """A hint at files of nearly the same name in the same folder."""
    if path is None:
        return ""
    try:
        names = [entry.name for entry in path.parent.iterdir()]
    except OSError:
        return f"; the folder {path.parent} cannot be read either"
    near = difflib.get_close_matches(path.name, names, n=1)
    return f"; did you mean {path.parent / near[0]}?" if near else ""


def _too_large(name: str, limit: int) -> InputError:
    return InputError(f"larger than {limit // MEBIBYTE} MiB of text; split it into several files", path=name)
