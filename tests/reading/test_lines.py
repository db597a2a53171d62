"""Line-parallel files: every line counts, whatever stands in it."""

from __future__ import annotations

import gzip
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mtqa.errors import InputError
from mtqa.reading import read_lines, read_parallel


@pytest.mark.parametrize(
    ("data", "lines"),
    [
        (b"", []),
        (b"\n", [""]),
        (b"\n\n", ["", ""]),
        (b"a", ["a"]),
        (b"a\n", ["a"]),
        (b"a\n\nb\n", ["a", "", "b"]),
        (b"a\n\n", ["a", ""]),
        (b"a\r\nb\r\n", ["a", "b"]),
        (b"a\nb\r\n\r\nc", ["a", "b", "", "c"]),
        (b"a\r\r\n", ["a\r"]),
        (b"a\rb\n", ["a\rb"]),
        (b"a\r", ["a"]),
        (b" a \n\t\n", [" a ", "\t"]),
        (
            "a\u2028b\u2029c\x85d\x0be\x0cf\x1cg h i j k l m n o p\n".encode(),
            ["a\u2028b\u2029c\x85d\x0be\x0cf\x1cg h i j k l m n o p"],
        ),
        (b"\xef\xbb\xbfa\n\xef\xbb\xbfb\n", ["a", "\ufeffb"]),
        ("a\r\nb\n".encode("utf-16"), ["a", "b"]),
        (gzip.compress(b"a\n\nb"), ["a", "", "b"]),
    ],
)
def test_only_a_line_feed_ends_a_line(tmp_path: Path, data: bytes, lines: list[str]) -> None:
    path = tmp_path / "lines"
    path.write_bytes(data)
    assert read_lines(path) == lines
    assert read_lines(None, stdin=io.BytesIO(data)) == lines


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_categories=("Cc",)))))
def test_lines_survive(lines: list[str]) -> None:
    data = b"".join(line.encode() + b"\n" for line in lines)
    expected = [line.removeprefix("\ufeff") if index == 0 else line for index, line in enumerate(lines)]
    assert read_lines(Path("-"), stdin=io.BytesIO(data)) == expected


def test_a_line_that_is_not_utf8_is_named(tmp_path: Path) -> None:
    path = tmp_path / "hyp.txt"
    path.write_bytes(b"one\ntwo\ncaf\xe9 au lait\n")
    with pytest.raises(InputError, match=r"hyp\.txt:3: byte 0xE9 at byte offset 11 is not UTF-8"):
        read_lines(path)


def test_lines_that_belong_together(tmp_path: Path) -> None:
    hypothesis, source, reference = (tmp_path / name for name in ("hyp", "src", "ref"))
    hypothesis.write_text("a\n\nc\n")
    source.write_text("x\n\nz")
    reference.write_text("\n\n\n")
    pairs = read_parallel(hypothesis, source, reference)
    assert (pairs.hypotheses, pairs.sources, pairs.references) == (["a", "", "c"], ["x", "", "z"], ["", "", ""])
    alone = read_parallel(None, stdin=io.BytesIO(b"a\n"))
    assert (alone.hypotheses, alone.sources, alone.references) == (["a"], None, None)


@pytest.mark.parametrize(
    ("hypothesis", "other", "parts"),
    [
        ("a\nb\n", "x\n", ["1 line, but", "has 2 lines", "line 2 of", "hyp ('b')"]),
        ("a\n", "x\ny\nz\n", ["3 lines, but", "has 1 line;", "line 2 of", "ref ('y')"]),
        ("", "x\n", ["1 line, but", "has 0 lines", "line 1 of", "ref ('x')"]),
        ("a\n" + "b" * 99, "x", ["hyp ('" + "b" * 59 + "…')"]),
    ],
)
def test_unequal_numbers_of_lines_name_both_files(
    tmp_path: Path, hypothesis: str, other: str, parts: list[str]
) -> None:
    first, second = tmp_path / "hyp", tmp_path / "ref"
    first.write_text(hypothesis)
    second.write_text(other)
    with pytest.raises(InputError) as caught:
        read_parallel(first, reference=second)
    assert caught.value.path == str(second)
    assert str(first) in caught.value.reason
    for part in parts:
        assert part in caught.value.reason


def test_standard_input_is_read_only_once() -> None:
    with pytest.raises(InputError, match="only once"):
        read_parallel(Path("-"), Path("-"), stdin=io.BytesIO(b"a\n"))
