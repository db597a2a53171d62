from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from mtqa.errors import KnowledgeError
from mtqa.knowledge.extra import read_extra
from mtqa.knowledge.offices import load_offices


def write(folder: Path, text: str) -> Path:
    path = folder / "extra.tsv"
    path.write_text(text, encoding="utf-8")
    return path


def test_rows_are_read_with_place_names_and_titles(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "# our people\nname\tplace\toffice\tsince\nÁngel Pérez Ruiz\tUnited States\tSecretary of State\t2031-01-20\n",
    )
    (person,) = read_extra(path)
    assert (person.place, person.office, person.surname) == ("us", "foreign minister", "Ruiz")
    assert person.since == dt.date(2031, 1, 20)


def test_a_name_alone_is_enough(tmp_path: Path) -> None:
    (person,) = read_extra(write(tmp_path, "name\taliases\nAda Muster\tA. Muster|Ada M.\n"))
    assert person.aliases == ("A. Muster", "Ada M.")
    assert person.place == person.office == ""


def test_own_rows_join_and_override_the_shipped_ones(tmp_path: Path) -> None:
    rows = ("name\tplace\toffice\tsince\tuntil", "Ada Muster\tfr\tpresident\t2040-01-01\t")
    macron = "Emmanuel Macron\tfr\tpresident\t2017-05-14\t2040-01-01"
    path = write(tmp_path, "\n".join((*rows, macron)) + "\n")
    offices = load_offices([path])
    assert [term.name for term in offices.holders("fr", "president", dt.date(2045, 1, 1))] == ["Ada Muster"]
    assert len([term for term in offices.terms("fr", "president") if term.name == "Emmanuel Macron"]) == 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("person\tplace\nA\tfr\n", r"extra.tsv:1: .*unknown: person"),
        ("name\tplace\toffice\nA B\tAtlantis\tking\n", r"extra.tsv:2: unknown place 'Atlantis'"),
        ("name\tplace\toffice\nA B\tfr\t\n", r"extra.tsv:2: give both"),
        ("name\tsince\nA B\tyesterday\n", r"extra.tsv:2: 'yesterday' is no date"),
        ("name\n\nA\n\t\n", r""),
        ("name\nA B\tfr\n", r"extra.tsv:2: 2 cells under 1 columns"),
    ],
)
def test_bad_tables_are_refused_by_line(tmp_path: Path, text: str, message: str) -> None:
    path = write(tmp_path, text)
    if not message:
        assert [person.name for person in read_extra(path)] == ["A"]
        return
    with pytest.raises(KnowledgeError, match=message):
        read_extra(path)


def test_missing_file_and_wrong_encoding_are_named(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeError, match="no such file"):
        read_extra(tmp_path / "none.tsv")
    path = tmp_path / "latin.tsv"
    path.write_bytes("name\nJosé\n".encode("latin-1"))
    with pytest.raises(KnowledgeError, match="not UTF-8 at byte 8"):
        read_extra(path)
