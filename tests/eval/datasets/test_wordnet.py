"""Wider terms and opposites come from the pointers of WordNet's files."""

from __future__ import annotations

from pathlib import Path

import pytest

from eval.datasets.folder import DataError
from eval.datasets.wordnet import read_wordnet

LICENCE = "  1 This software and database is provided as it is  \n"
DATA = {
    "noun": (
        "00000010 03 n 01 animal 0 001 ~ 00000020 n 0000 | a living thing",
        "00000020 05 n 02 dog 0 domestic_dog 0 001 @ 00000010 n 0000 | it barks",
        "00000030 18 n 01 fellow 0 000 | a man",
        "00000040 18 n 01 Dog 0 001 @ 00000030 n 0000 | informal",
        "00000050 20 n 01 loss 0 001 ! 00000060 n 0101 | less",
        "00000060 20 n 02 gain 0 profit 0 001 ! 00000050 n 0101 | more",
    ),
    "verb": (),
    "adj": (
        "00000070 00 a 02 large 0 big 0 002 ! 00000080 a 0201 & 00000080 a 0000 | big",
        "00000080 00 a 02 little(a) 0 small 0 001 ! 00000070 a 0102 | small",
    ),
    "adv": (),
}
INDEX = (
    "animal n 1 1 ~ 1 0 00000010  ",
    "dog n 2 2 @ ~ 2 1 00000020 00000040  ",
    "domestic_dog n 1 1 @ 1 0 00000020  ",
)


def written(folder: Path) -> Path:
    for part, rows in DATA.items():
        (folder / f"data.{part}").write_text(LICENCE + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    (folder / "index.noun").write_text(LICENCE + "".join(f"{row}\n" for row in INDEX), encoding="utf-8")
    return folder


def test_wider_terms_are_those_of_the_frequent_senses(tmp_path: Path) -> None:
    words = read_wordnet(written(tmp_path))
    assert words.wider == {"dog": ("animal", "fellow")}


def test_opposites_are_of_words_and_not_of_their_synonyms(tmp_path: Path) -> None:
    words = read_wordnet(written(tmp_path))
    assert words.opposites == {"loss": ("gain",), "gain": ("loss",), "big": ("little",), "little": ("big",)}


def test_missing_and_damaged_files_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MTQA_WORDNET", str(tmp_path))
    with pytest.raises(DataError, match=r"data\.noun is missing: install the package wordnet-base or set MTQA_WORDNET"):
        read_wordnet()
    written(tmp_path)
    with (tmp_path / "data.adj").open("a", encoding="utf-8") as file:
        file.write("00000090 00 a 03 short 0\n")
    with pytest.raises(DataError, match=r"data\.adj: line 4 is damaged"):
        read_wordnet()
