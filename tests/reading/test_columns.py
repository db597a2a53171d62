"""Columns of TSV and JSONL files: every row counts, and what cannot be used is named."""

from __future__ import annotations

import gzip
import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mtqa.errors import InputError, SettingsError
from mtqa.reading import read_columns

NAMED = {"source": "src", "hypothesis": "mt", "reference": "ref"}
TSV = "id\tsrc\tmt\tref\n1\tЯ\tI\tMe\n2\t\t\t \n"
JSONL = '{"src": "Я", "mt": "I", "ref": "Me"}\n{"ref": " ", "mt": "", "src": "", "id": 2}\n'


def write(folder: Path, name: str, content: str) -> Path:
    path = folder / name
    path.write_bytes(gzip.compress(content.encode()) if name.endswith(".gz") else content.encode())
    return path


@pytest.mark.parametrize(
    ("name", "content", "columns"),
    [
        ("a.tsv", TSV, NAMED),
        ("a.tsv.gz", TSV, NAMED),
        ("a", TSV.replace("\n", "\r\n"), NAMED),
        ("a.tsv", "\ufeff" + TSV, NAMED | {"source": 2}),
        ("a.tsv", TSV, {"source": 2, "hypothesis": 3, "reference": 4, "header": True}),
        ("a.tsv", TSV.split("\n", 1)[1], {"source": 2, "hypothesis": 3, "reference": 4}),
        ("a.jsonl", JSONL, NAMED),
        ("a", JSONL, NAMED),
        ("a.tsv", "{}" + TSV, NAMED),
        ("a.jsonl.gz", JSONL, NAMED),
    ],
)
def test_columns_are_read(tmp_path: Path, name: str, content: str, columns: dict[str, Any]) -> None:
    found = read_columns(write(tmp_path, name, content), **columns)
    assert (found.sources, found.hypotheses, found.references) == (["Я", ""], ["I", ""], ["Me", " "])


@pytest.mark.parametrize(
    ("content", "columns", "rows"),
    [
        (TSV, NAMED, [{"id": "1", "src": "Я", "mt": "I", "ref": "Me"}, {"id": "2", "src": "", "mt": "", "ref": " "}]),
        ("a\tb\n", {"hypothesis": 2}, [{"column 1": "a", "column 2": "b"}]),
        ("mt\t\tx\tx\n1\t2\t3\t4\n", {}, [{"mt": "1", "column 2": "2", "column 3": "3", "column 4": "4"}]),
        ("mt\tx\r\n1\t2\r\n", {}, [{"mt": "1", "x": "2"}]),
        ('{"mt": "a", "n": 1.5, "k": [null]}\n{"mt": ""}', {}, [{"mt": "a", "n": 1.5, "k": [None]}, {"mt": ""}]),
        ("mt\n", {}, []),
    ],
)
def test_rows_are_kept_whole(content: str, columns: dict[str, Any], rows: list[dict[str, Any]]) -> None:
    found = read_columns(None, **({"hypothesis": "mt"} | columns), stdin=io.BytesIO(content.encode()))
    assert list(found.rows) == rows
    assert list(found.rows[1:]) == rows[1:]
    assert len(found.rows) == len(found.hypotheses)


def test_documents_are_named_by_a_column() -> None:
    tsv = read_columns(None, hypothesis="mt", document="id", stdin=io.BytesIO(TSV.encode()))
    assert tsv.documents == ["1", "2"]
    objects = read_columns(
        None, hypothesis="mt", document="d", stdin=io.BytesIO(b'{"mt": "a", "d": 7}\n{"mt": "b", "d": "7"}')
    )
    assert objects.documents == ["7", "7"]


def test_only_wanted_columns_and_standard_input() -> None:
    found = read_columns(None, hypothesis="mt", stdin=io.BytesIO(TSV.encode()))
    assert (found.hypotheses, found.sources, found.references) == (["I", ""], None, None)
    assert read_columns(None, hypothesis=1, stdin=io.BytesIO(b"")).hypotheses == []
    assert read_columns(None, hypothesis=1, stdin=io.BytesIO(b'"a\n\nb"\n')).hypotheses == ['"a', "", 'b"']


@pytest.mark.parametrize(
    ("content", "columns", "line", "parts"),
    [
        ("id\tsource\tmt\n", {"source": "sorce"}, 1, ["'sorce' (source)", "'id', 'source', 'mt'", "mean 'source'"]),
        ("id\tmt\tmt\n", {}, 1, ["columns 2 and 3 are both called 'mt'", "number for hypothesis"]),
        ("id\tmt\n", {"source": 3}, 1, ["no column 3 (source)", "2 columns", "'id', 'mt'"]),
        ("a\tb\nc\n", {"hypothesis": 1}, 2, ["1 column, but line 1 has 2", "needs its tab"]),
        ("a\tb\nc\td\te\n", {"hypothesis": 1}, 2, ["3 columns, but line 1 has 2", "as a space"]),
        ("a\tb\n\n", {"hypothesis": 1}, 2, ["1 column"]),
        ("", {}, None, ["empty"]),
        ('{"mt": "a"}\n{"m": "b"}\n', {}, 2, ["no column 'mt'", "found 'm'"]),
        ('{"mt": "a"}\n{}\n', {}, 2, ["found none"]),
        ('{"mt": "a"}\n{"mt": null}\n', {}, 2, ["must be a string, not null"]),
        ('{"mt": 3}\n', {}, 1, ["not int"]),
        ('{"mt": "a"}\n{"mt": \n', {}, 2, ["not JSON"]),
        ('{"mt": "a"}\n["b"]\n', {}, 2, ["JSON object"]),
        ('{"mt": "a"}\n\n', {}, 2, ["empty"]),
        ('{"mt": "a", "mt": "b"}\n', {}, 1, ["'mt' is given twice"]),
        ('{"mt": "\\ud800"}\n', {}, 1, ["surrogate"]),
        ('{"mt": ' + "[" * 100_000, {}, 1, ["nested"]),
        ('{"mt": "a", "score": NaN}\n', {}, 1, ["NaN is no number"]),
        ('{"mt": "a", "score": 1e999}\n', {}, 1, ["1e999 is no number"]),
        ('{"mt": "a", "score": ' + "9" * 5000 + "}", {}, 1, ["not usable", "digits"]),
        ('{"mt": "a", "doc": true}\n', {"document": "doc"}, 1, ["'doc' (document) must be a string, not bool"]),
    ],
)
def test_what_cannot_be_used_is_named(
    tmp_path: Path, content: str, columns: dict[str, Any], line: int | None, parts: list[str]
) -> None:
    path = write(tmp_path, "table", content)
    with pytest.raises(InputError) as caught:
        read_columns(path, **({"hypothesis": "mt"} | columns))
    assert (caught.value.path, caught.value.line) == (str(path), line)
    for part in parts:
        assert part in caught.value.reason


@pytest.mark.parametrize(
    ("content", "columns", "message"),
    [
        (TSV, {"hypothesis": 0}, "counted from 1"),
        (TSV, {"hypothesis": "mt", "header": False}, "give their numbers"),
        (JSONL, {"hypothesis": 2}, "name the key of the hypothesis"),
    ],
)
def test_columns_that_cannot_be_asked_for(tmp_path: Path, content: str, columns: dict[str, Any], message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        read_columns(write(tmp_path, "table", content), **columns)


CELL = st.text(st.characters(codec="utf-8", exclude_characters="\ufeff{", exclude_categories=["Cc"]))


@given(st.lists(st.tuples(CELL, CELL), max_size=8))
def test_every_cell_survives(rows: list[tuple[str, str]]) -> None:
    data = "".join(f"{first}\t{second}\n" for first, second in rows).encode()
    found = read_columns(None, source=1, hypothesis=2, stdin=io.BytesIO(data))
    assert list(zip(found.sources or [], found.hypotheses, strict=True)) == rows


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\x7f")), min_size=1, max_size=8))
def test_every_json_string_survives(texts: list[str]) -> None:
    data = "".join(json.dumps({"mt": text}, ensure_ascii=bool(len(text) % 2)) + "\n" for text in texts).encode()
    assert read_columns(None, hypothesis="mt", stdin=io.BytesIO(data)).hypotheses == texts
