from __future__ import annotations

import lzma
from pathlib import Path

import numpy as np
import pytest

from mtqa.knowledge.building.names import build, split_name


@pytest.mark.parametrize(
    ("name", "pair"),
    [
        ("Olaf Scholz", ("Olaf", "Scholz")),
        ("George W. Bush", ("George", "Bush")),
        ("Ursula von der Leyen", ("Ursula", "Leyen")),
        ("John Smith (footballer, born 1950)", ("John", "Smith")),
        ("Martin Luther King, Jr.", ("Martin", "King")),
        ("Harry Connick Jr.", ("Harry", "Connick")),
        ("Charles III", None),
        ("Pelé", None),
        ("von der", None),
        ("", None),
    ],
)
def test_first_and_last_word_are_kept(name: str, pair: tuple[str, str] | None) -> None:
    assert split_name(name) == pair


def test_a_list_is_compiled(tmp_path: Path) -> None:
    people = ["Olaf Scholz", "Paul Scholes", "Olaf Scholz (painter)", "Pelé", "Åsa Scholz"]
    text = "name\tnationality\n" + "".join(f"{name}\tx\n" for name in people)
    (tmp_path / "people.tsv.xz").write_bytes(lzma.compress(text.encode("utf-8")))
    build(tmp_path / "people.tsv.xz", tmp_path / "names.npz")
    with np.load(tmp_path / "names.npz") as table:
        words = table["words"].tobytes().decode("utf-8").split("\n")
        persons = [
            (words[first], words[last], int(prominence))
            for first, last, prominence in zip(table["first"], table["last"], table["prominence"], strict=True)
        ]
        assert len(table["keys"]) == len(words)
        assert list(table["last"]) == sorted(table["last"])
    assert words == ["Åsa", "Olaf", "Paul", "Scholes", "Scholz"]
    by_name = {f"{first} {last}": prominence for first, last, prominence in persons}
    assert len(persons) == len(by_name) == 3
    assert by_name["Olaf Scholz"] == 255
    assert by_name["Olaf Scholz"] > by_name["Paul Scholes"] > by_name["Åsa Scholz"]


def test_building_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    (tmp_path / "people.tsv.xz").write_bytes(lzma.compress(b"name\tnationality\nOlaf Scholz\tx\nPaul Scholes\tx\n"))
    tables = []
    for name in ("one.npz", "two.npz"):
        build(tmp_path / "people.tsv.xz", tmp_path / name)
        with np.load(tmp_path / name) as table:
            tables.append({key: table[key].tolist() for key in table.files})
    assert tables[0] == tables[1]
