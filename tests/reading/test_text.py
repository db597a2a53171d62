"""Reading one document: right results and clear errors, never a traceback of another kind."""

from __future__ import annotations

import codecs
import datetime as dt
import gzip
import io
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mtqa.errors import InputError
from mtqa.reading import read_document
from mtqa.reading.text import DOCUMENT_LIMIT


def write(folder: Path, data: bytes, name: str = "article.txt") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def refusal(path: Path | None, **options: object) -> InputError:
    with pytest.raises(InputError) as caught:
        read_document(path, **options)  # type: ignore[arg-type]
    return caught.value


KEPT = [
    "One.\nTwo.\r\nThree.\rFour.\x85Five.\u2028Six.\n",
    "No line end at the end",
    "Controls \x07 and \x1b stay, \t too, among quite a lot of other text.",
    "👩‍👩‍👧 e\u0301 a\u200bb \ufeff in the middle",
    "他说。 مرحبا ไทย",
    "\ufffd is a character like others",
]


@pytest.mark.parametrize("text", KEPT)
@pytest.mark.parametrize(
    "encode",
    [
        lambda text: text.encode(),
        lambda text: codecs.BOM_UTF8 + text.encode(),
        lambda text: codecs.BOM_UTF16_LE + text.encode("utf-16-le"),
        lambda text: codecs.BOM_UTF16_BE + text.encode("utf-16-be"),
        lambda text: codecs.BOM_UTF32_LE + text.encode("utf-32-le"),
        lambda text: codecs.BOM_UTF32_BE + text.encode("utf-32-be"),
        lambda text: gzip.compress(text.encode()),
        lambda text: gzip.compress(text[:5].encode()) + gzip.compress(text[5:].encode()),
        lambda text: gzip.compress(codecs.BOM_UTF16_LE + text.encode("utf-16-le")),
    ],
    ids=["utf8", "utf8-mark", "utf16le", "utf16be", "utf32le", "utf32be", "gzip", "gzip-members", "gzip-utf16"],
)
def test_the_text_is_the_decoded_file_without_its_mark(tmp_path: Path, text: str, encode) -> None:
    data = encode(text)
    assert read_document(write(tmp_path, data)).text == text
    assert read_document(None, stdin=io.BytesIO(data)).text == text


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0", exclude_categories=("Cc", "Cf")), min_size=1))
def test_any_text_survives(text: str) -> None:
    if not text.isspace():
        assert read_document(None, stdin=io.BytesIO(text.encode())).text == text


def test_everything_given_reaches_the_document(tmp_path: Path) -> None:
    path, source, reference = (write(tmp_path, name.encode(), name) for name in ("hyp", "src", "ref"))
    day = dt.date(2021, 12, 10)
    document = read_document(path, source=source, source_language="fr", reference=reference, date=day)
    assert (document.id, document.text, document.source, document.reference) == (str(path), "hyp", "src", "ref")
    assert (document.source_language, document.language, document.date) == ("fr", "en", day)
    assert document.segments == ()
    assert read_document(path, name="given").id == "given"


@pytest.mark.parametrize("path", [None, Path("-")])
def test_a_dash_is_standard_input(path: Path | None) -> None:
    document = read_document(path, stdin=io.BytesIO(b"Hello."))
    assert (document.id, document.text) == ("<stdin>", "Hello.")


def test_standard_input_is_read_only_once() -> None:
    error = refusal(None, source=Path("-"), stdin=io.BytesIO(b"Hello."))
    assert "only once" in str(error)


def test_a_missing_file_is_named_with_its_neighbour(tmp_path: Path) -> None:
    write(tmp_path, b"Hello.", "article.txt")
    error = refusal(tmp_path / "artcle.txt")
    assert error.path == str(tmp_path / "artcle.txt")
    assert "no such file" in error.reason
    assert f"did you mean {tmp_path / 'article.txt'}?" in error.reason


def test_a_missing_folder_is_said(tmp_path: Path) -> None:
    assert "no such file" in refusal(tmp_path / "none" / "article.txt").reason


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    assert "folder" in refusal(tmp_path).reason


def test_a_file_below_a_file_is_refused(tmp_path: Path) -> None:
    assert "cannot be read" in refusal(write(tmp_path, b"x") / "y").reason


def test_a_name_no_file_can_have_is_refused() -> None:
    assert "not the name of a file" in refusal(Path("a\0b")).reason


def test_a_file_without_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path, b"Hello.")
    path.chmod(0)
    if os.access(path, os.R_OK):  # the superuser may read everything
        monkeypatch.setattr(Path, "open", lambda *_: (_ for _ in ()).throw(PermissionError(13, "Permission denied")))
    assert "permission" in refusal(path).reason


@pytest.mark.parametrize("data", [b"", codecs.BOM_UTF8, codecs.BOM_UTF16_LE, gzip.compress(b"")])
def test_an_empty_file_is_said(tmp_path: Path, data: bytes) -> None:
    assert "empty" in refusal(write(tmp_path, data)).reason


@pytest.mark.parametrize("text", [" ", "\n\r\n\t", "\u00a0\u2028", "\u200b\n", "\x0c"])
def test_only_white_space_is_said(tmp_path: Path, text: str) -> None:
    assert "white space" in refusal(write(tmp_path, text.encode())).reason


def test_an_empty_source_is_named(tmp_path: Path) -> None:
    source = write(tmp_path, b"", "source.txt")
    error = refusal(write(tmp_path, b"Hello."), source=source)
    assert error.path == str(source)
    assert "source text" in error.reason


@pytest.mark.parametrize(
    ("data", "line", "offset", "hint"),
    [
        ("Hello.\nLe président a cité l’été.".encode("cp1252"), 2, 12, "looks like Windows-1252;"),
        ("Hello.\nA naïve café.".encode("latin-1"), 2, 11, "Windows-1252 or Latin-1"),
        ("Добрый день, господин президент".encode("cp1251"), 1, 0, "Windows-1251"),
        ("Café, thé, été, “fine”".encode() + b" caf\xe9 ", 1, 34, "rest looks like UTF-8"),
        ("Hello é".encode()[:-1], 1, 6, "cut off"),
        ("Hello 😀".encode()[:-1], 1, 6, "cut off"),
        (b"Hello \xed\xa0\x80.", 1, 6, "not UTF-8"),
        (b"Hello \xc0\xaf.", 1, 6, "not UTF-8"),
        (codecs.BOM_UTF8 + b"Hello \xff.", 1, 9, "not UTF-8"),
    ],
)
def test_another_encoding_names_the_byte_and_what_to_do(
    tmp_path: Path, data: bytes, line: int, offset: int, hint: str
) -> None:
    error = refusal(write(tmp_path, data))
    assert error.line == line
    assert f"byte 0x{data[offset]:02X} at byte offset {offset} " in error.reason
    assert hint in error.reason


def test_the_advised_command_names_the_file(tmp_path: Path) -> None:
    path = write(tmp_path, b"caf\xe9 ouvert", "my article.txt")
    assert f"iconv -f WINDOWS-1252 -t UTF-8 '{path}' > '{path}.utf8'" in refusal(path).reason
    packed = write(tmp_path, gzip.compress(b"caf\xe9 ouvert"), "a.gz")
    assert f"gunzip -c {packed} | iconv" in refusal(packed).reason
    assert refusal(None, stdin=io.BytesIO(b"caf\xe9 ouvert")).reason.endswith("iconv -f WINDOWS-1252 -t UTF-8")


@pytest.mark.parametrize(
    ("data", "offset"),
    [
        (codecs.BOM_UTF16_LE + b"a\0\n\0\x00\xd8b\0", 6),
        (codecs.BOM_UTF16_LE + b"a\0\n\0b", 6),
        (codecs.BOM_UTF32_LE + b"a\0\0\0\n\0\0\0\0\0\x11\0", 12),
    ],
)
def test_damaged_utf16_and_utf32_name_the_byte(tmp_path: Path, data: bytes, offset: int) -> None:
    error = refusal(write(tmp_path, data))
    assert f"byte offset {offset} " in error.reason
    assert error.line == 2


@pytest.mark.parametrize(
    ("data", "line", "hint"),
    [
        (b"text\nmore\0text", 2, "NUL byte at byte offset 9: this is a binary file"),
        (bytes(range(1, 9)) * 20, 1, "the first 0x01 at byte offset 0: this is a binary file"),
        ("Plain words".encode("utf-16-le"), 1, "looks like UTF-16LE"),
        ("Plain words".encode("utf-16-be"), 1, "looks like UTF-16BE"),
        (b"%PDF-1.7\n\xe2\xe3", None, "PDF"),
        (b"PK\x03\x04 office", None, "zip archive or office document"),
        (b"{\\rtf1 hello}", None, "RTF"),
        (b"\x89PNG\r\n\x1a\n\0", None, "image"),
        (b"\xfd7zXZ\0", None, "xz data"),
    ],
)
def test_binary_files_are_refused(tmp_path: Path, data: bytes, line: int | None, hint: str) -> None:
    error = refusal(write(tmp_path, data))
    assert hint in error.reason
    assert error.line == line


@pytest.mark.parametrize("damage", [lambda data: data[:-9], lambda data: data[:12] + b"\xff\xff\xff" + data[15:]])
def test_damaged_gzip_is_refused(tmp_path: Path, damage) -> None:
    data = damage(gzip.compress(b"Hello, hello, hello. " * 20))
    assert "gzip data are damaged" in refusal(write(tmp_path, data)).reason


def test_ten_megabytes_and_a_line_of_one_are_read_whole(tmp_path: Path) -> None:
    for text in ("He said so. " * 900_000, "x" * 1_100_000):
        assert read_document(write(tmp_path, text.encode())).text == text


def test_more_than_the_limit_is_refused_before_it_fills_memory(tmp_path: Path) -> None:
    class Endless(io.RawIOBase):
        given = 0

        def read(self, size: int = -1) -> bytes:
            assert size >= 0
            self.given += size
            return b"a" * size

    endless = Endless()
    assert "larger than 64 MiB" in refusal(None, stdin=endless).reason
    assert endless.given <= DOCUMENT_LIMIT + 1
    bomb = gzip.compress(b"a" * (DOCUMENT_LIMIT + 1), compresslevel=1)
    assert "larger than 64 MiB" in refusal(write(tmp_path, bomb)).reason
