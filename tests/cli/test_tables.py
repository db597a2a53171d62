"""Tables on the command line: columns by name or number, rows that come back, documents made of rows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.command import Command

GOOD = "The president spoke on Monday."
BAD = "He met MM. Dupont and Durand in the hall."
TSV = f"id\tdoc\tsrc\tmt\tscore\n1\ta\tDer Präsident sprach.\t{GOOD}\t71.5\n2\tb\t\t\t\n3\ta\tEr traf sie.\t{BAD}\t12\n"
JSONL = "".join(
    json.dumps({"mt": mt, "src": src, "doc": doc, "extra": {"n": [1, None]}}) + "\n"
    for mt, src, doc in ((GOOD, "Der Präsident sprach.", 1), ("", "", 2), (BAD, "Er traf\nsie.", 1))
)
COLUMNS = ("--hypothesis-column", "mt", "--source-column", "src")


@pytest.fixture(autouse=True)
def in_the_commands_folder(mtqa: Command) -> None:
    """Files of the tests lie where the command runs."""


def objects(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.split("\n")[:-1]]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("in.tsv", TSV),
        ("in.tsv", "\ufeff" + TSV.replace("\n", "\r\n")),
        ("in.txt", TSV),
        ("in.jsonl", JSONL),
        ("in.jsonl", "\ufeff" + JSONL.replace("\n", "\r\n")),
        ("-", TSV),
        ("-", JSONL),
    ],
)
def test_rows_are_scored_and_come_back(name: str, content: str, mtqa: Command) -> None:
    if name != "-":
        Path(name).write_bytes(content.encode())
    done = mtqa("score", "-q", "-t", name, *COLUMNS, "--format", "jsonl", stdin=content.encode())
    assert (done.code, done.err) == (0, "")
    scored = objects(done.out)
    assert [one["index"] for one in scored] == [0, 1, 2]
    assert [one["score"] is None for one in scored] == [False, True, False]
    assert [issue["text"] for issue in scored[2]["issues"]] == ["MM."]
    if "{" in content:
        assert [one["row"] for one in scored] == objects(JSONL)
    else:
        header, *rows = (line.split("\t") for line in TSV.split("\n")[:-1])
        assert [one["row"] for one in scored] == [dict(zip(header, row, strict=True)) for row in rows]
    short = mtqa("score", "-t", name, *COLUMNS, stdin=content.encode()).out.split("\n")[:-1]
    assert [row.split("\t")[0] for row in short] == [
        "" if one["score"] is None else f"{one['score']:.1f}" for one in scored
    ]


def test_columns_by_number_need_no_header(mtqa: Command) -> None:
    body = TSV.split("\n", 1)[1].encode()
    done = mtqa("score", "-t", "-", "--target-column", "4", "--source-column", "3", "--format", "jsonl", stdin=body)
    assert [one["row"]["column 1"] for one in objects(done.out)] == ["1", "2", "3"]
    mixed = mtqa("score", "-t", "-", "--hypothesis-column", "4", "--source-column", "src", stdin=TSV.encode())
    assert len(mixed.out.splitlines()) == 3  # a name means that there is a header


def test_a_row_is_paired_with_its_own_source(mtqa: Command) -> None:
    pairs = (("Twelve people came.", "Es kamen zwölf Leute."), ("It cost 37 euros.", "Es kostete 3700 Euro."))
    rows = "".join(json.dumps({"mt": mt, "src": source}) + "\n" for mt, source in pairs)
    options = ("--rule", "number-mismatch", "--source-lang", "deu", "--format", "jsonl")
    scored = objects(mtqa("score", "-t", "-", *COLUMNS, *options, stdin=rows.encode()).out)
    assert [[issue["text"] for issue in one["issues"]] for one in scored] == [[], ["37"]]


@pytest.mark.parametrize("command", [("score", "-t", "-"), ("check", "-")])
@pytest.mark.parametrize(
    ("content", "options", "says"),
    [
        (TSV, ["--hypothesis-column", "mtt"], "<stdin>:1: there is no column 'mtt' (hypothesis); found 'id'"),
        (TSV, [*COLUMNS[:3], "source"], "<stdin>:1: there is no column 'source'"),
        (TSV + "4\tc\n", COLUMNS, "<stdin>:5: 2 columns, but line 1 has 5"),
        (JSONL + '{"mt": "a"}\n', COLUMNS, "<stdin>:4: there is no column 'src' (source); found 'mt'"),
        (JSONL + '{"mt": "a", "sr\n', COLUMNS, "<stdin>:4: not JSON"),
        (JSONL + '{"mt": "a", "src": "b", "n": NaN}\n', COLUMNS, "<stdin>:4: not usable: NaN"),
        (TSV, COLUMNS[2:], "--hypothesis-column"),
        (TSV, [*COLUMNS, "--source", "src.txt"], "--source-column instead"),
        (TSV, [*COLUMNS, "--reference", "ref.txt"], "--reference-column instead"),
        (TSV, ["--hypothesis-column", "0"], "counted from 1"),
        (JSONL, ["--hypothesis-column", "1"], "name the key"),
    ],
)
def test_what_cannot_be_used_is_named_and_exits_two(
    command: tuple[str, ...], content: str, options: list[str], says: str, mtqa: Command
) -> None:
    done = mtqa(*command, *options, stdin=content.encode())
    assert (done.code, done.out) == (2, "")
    assert says in done.err


def test_a_table_without_rows(mtqa: Command) -> None:
    assert mtqa("score", "-t", "-", *COLUMNS, stdin=b"mt\tsrc\n").out == ""
    done = mtqa("check", "-", *COLUMNS, stdin=b"mt\tsrc\n")
    assert (done.code, done.err) == (2, "mtqa: error: <stdin>: the table has no rows\n")


@pytest.mark.parametrize(("name", "content", "documents"), [("t.tsv", TSV, "ab"), ("t.jsonl", JSONL, "12")])
@pytest.mark.parametrize("wanted", ["json", "jsonl"])
def test_rows_are_put_together_to_documents(
    name: str, content: str, documents: str, wanted: str, mtqa: Command
) -> None:
    Path(name).write_text(content, encoding="utf-8")
    done = mtqa("check", name, *COLUMNS, "--document-column", "doc", "--format", wanted)
    assert (done.code, done.err) == (1, "")
    found = json.loads(done.out)["documents"] if wanted == "json" else objects(done.out)
    assert [one["id"] for one in found] == [f"{name}:{documents[0]}", f"{name}:{documents[1]}"]
    assert [one["score"] is None for one in found] == [False, True]
    first, second = found[0]["segments"]
    assert (first["text"], second["text"]) == (GOOD, BAD)
    assert second["start"] == len(GOOD) + 1
    assert first["source"] == {"start": 0, "end": 21, "text": "Der Präsident sprach."}
    assert second["source"]["text"] in ("Er traf sie.", "Er traf\nsie.")
    assert [str(one["row"]["doc"]) for one in (first, second)] == [documents[0]] * 2
    assert [issue["text"] for issue in second["issues"]] == ["MM."]


@pytest.mark.parametrize("command", [("score", "-q", "-t"), ("check", "--exit-zero")])
def test_a_table_without_columns_is_read_as_text_and_that_is_said(command: tuple[str, ...], mtqa: Command) -> None:
    Path("in.JSONL").write_text(JSONL, encoding="utf-8")
    done = mtqa(*command, "in.JSONL")
    says = "mtqa: warning: in.JSONL is read as plain text; --hypothesis-column reads it as a table\n"
    assert (done.code, done.err) == (0, says)


def test_several_tables_and_one_that_is_broken(mtqa: Command) -> None:
    for name, content in (("a.tsv", TSV), ("b.jsonl", JSONL), ("c.tsv", "mt\n")):
        Path(name).write_text(content, encoding="utf-8")
    done = mtqa("check", "a.tsv", "b.jsonl", "c.tsv", *COLUMNS, "--format", "jsonl")
    assert done.code == 2
    assert done.err.startswith("mtqa: error: c.tsv:1: there is no column 'src' (source); found 'mt'")
    assert [one["id"] for one in objects(done.out)] == ["a.tsv", "b.jsonl"]
    shown = mtqa("check", "a.tsv", *COLUMNS)
    assert "source: Er traf sie." in shown.out
