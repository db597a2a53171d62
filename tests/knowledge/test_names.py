from __future__ import annotations

import lzma
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from mtqa.knowledge.building.names import build
from mtqa.knowledge.names import Names, load_names

PEOPLE = [
    "Olaf Scholz",
    "Paul Scholes",
    "Novak Djokovic",
    "Gérard Depardieu",
    "Ursula von der Leyen",
    "Pelé",
    "Olaf Scholz",
]


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Names:
    """A table of a handful of people, built as the shipped one is."""
    folder = tmp_path_factory.mktemp("names")
    lines = "name\tnationality\n" + "".join(f"{name}\tx\n" for name in PEOPLE)
    (folder / "people.tsv.xz").write_bytes(lzma.compress(lines.encode("utf-8")))
    build(folder / "people.tsv.xz", folder / "names.npz")
    return read(folder / "names.npz")


def read(path: Path) -> Names:
    with np.load(path) as table:
        words = tuple(table["words"].tobytes().decode("utf-8").split("\n"))
        return Names(words, table["keys"], table["first"], table["last"], table["prominence"])


@cache
def shipped() -> Names:
    return load_names()


@pytest.mark.parametrize(
    ("first", "last", "known"),
    [
        ("Olaf", "Scholz", True),
        ("OLAF", "scholz", True),
        ("Gerard", "Depardieu", True),
        ("Ge\u0301rard", "Depardieu", True),
        ("Ursula", "Leyen", True),
        ("Olaf", "Scholes", False),
        ("Scholz", "Olaf", False),
        ("Pelé", "Pelé", False),
        ("", "", False),
        ("Olaf", "", False),
    ],
)
def test_a_person_is_known_by_first_and_last_name(few: Names, first: str, last: str, known: bool) -> None:
    assert few.is_known(first, last) is known


@pytest.mark.parametrize(
    ("word", "bearers", "givers"),
    [("Scholz", 1, 0), ("Olaf", 0, 1), ("scholes", 1, 0), ("GÉRARD", 0, 1), ("Nobody", 0, 0), ("", 0, 0)],
)
def test_bearers_are_counted_once_each(few: Names, word: str, bearers: int, givers: int) -> None:
    assert (few.bearers(word), few.givers(word)) == (bearers, givers)


@pytest.mark.parametrize(
    ("first", "last", "nearest"),
    [
        ("Olaf", "Scholes", "Olaf Scholz"),
        ("Novak", "Jokovic", "Novak Djokovic"),
        ("Nowak", "Djokovic", "Novak Djokovic"),
    ],
)
def test_the_nearest_person_comes_first(few: Names, first: str, last: str, nearest: str) -> None:
    one = few.near(first, last)[0]
    assert f"{one.first} {one.last}" == nearest
    assert max(one.first_similarity, one.last_similarity) == 1.0
    assert 0.5 <= min(one.first_similarity, one.last_similarity) <= 1.0
    assert 0.0 <= one.prominence <= 1.0


def test_the_older_article_is_the_more_prominent() -> None:
    candidates = shipped().near("Vladimir", "Puten")
    assert (candidates[0].first, candidates[0].last) == ("Vladimir", "Putin")


@pytest.mark.parametrize(("first", "last"), [("Zzzz", "Qqqq"), ("", ""), ("😀", "\u0301")])
def test_nothing_is_near_nonsense(few: Names, first: str, last: str) -> None:
    assert few.near(first, last) == ()


def test_limits_are_kept() -> None:
    assert len(shipped().near("Ivan", "Ivanof", limit=3)) == 3
    assert all(
        min(one.first_similarity, one.last_similarity) >= 0.9 for one in shipped().near("Ivan", "Ivanof", least=0.9)
    )


def test_last_names_of_one_skeleton_are_near() -> None:
    found = shipped().near_last_names("Scholes", limit=10)
    assert "Scholz" in [name for name, _, _ in found]
    assert "Scholes" not in [name for name, _, _ in found]
    assert all(0.7 <= similarity <= 1.0 and bearers >= 2 for _, similarity, bearers in found)


def test_the_users_people_are_known(tmp_path: Path) -> None:
    path = tmp_path / "own.tsv"
    path.write_text("name\nZork Blimpf\n", encoding="utf-8")
    own = load_names([path])
    assert own.is_known("Zork", "Blimpf")
    assert not shipped().is_known("Zork", "Blimpf")
