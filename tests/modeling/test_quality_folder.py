"""A model folder appears whole or not at all, and takes nobody else's place."""

from __future__ import annotations

from pathlib import Path

import pytest

from mtqa.errors import InputError
from mtqa.modeling.load_quality import DESCRIPTION
from mtqa.modeling.quality_folder import new_folder


def filled(folder: Path, *names: str) -> Path:
    folder.mkdir()
    for name in names:
        (folder / name).write_text("old", encoding="utf-8")
    return folder


def names_in(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


@pytest.mark.parametrize(("old", "force"), [(None, False), ((), False), ((DESCRIPTION, "more"), True)])
def test_a_folder_takes_its_place_when_all_is_done(old: tuple[str, ...] | None, force: bool, tmp_path: Path) -> None:
    place = tmp_path / "model"
    if old is not None:
        filled(place, *old)
    before = names_in(place) if old is not None else []
    with new_folder(place, force=force) as folder:
        (folder / DESCRIPTION).write_text("new", encoding="utf-8")
        assert (names_in(place) if old is not None else []) == before
    assert names_in(tmp_path) == ["model", f"model/{DESCRIPTION}"]
    assert (place / DESCRIPTION).read_text(encoding="utf-8") == "new"


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError])
@pytest.mark.parametrize("there", [False, True])
def test_what_is_interrupted_leaves_nothing_behind(error: type[BaseException], there: bool, tmp_path: Path) -> None:
    place = tmp_path / "model"
    if there:
        filled(place, DESCRIPTION)
    before = names_in(tmp_path)
    with pytest.raises(error), new_folder(place, force=True) as folder:
        (folder / "half").write_text("new", encoding="utf-8")
        raise error
    assert names_in(tmp_path) == before


@pytest.mark.parametrize(
    ("make", "force", "says"),
    [
        (lambda place: filled(place, DESCRIPTION), False, "--force"),
        (lambda place: filled(place, "letter.txt"), False, "something else"),
        (lambda place: filled(place, "letter.txt"), True, "something else"),
        (lambda place: place.write_text("x", encoding="utf-8"), True, "is a file"),
    ],
)
def test_what_is_there_is_never_lost(make: object, force: bool, says: str, tmp_path: Path) -> None:
    make(tmp_path / "model")  # type: ignore[operator]
    before = names_in(tmp_path)
    with pytest.raises(InputError, match=says), new_folder(tmp_path / "model", force=force):
        raise AssertionError("the folder must be refused before any work is done")
    assert names_in(tmp_path) == before


def test_a_folder_needs_one_to_lie_in(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no folder"), new_folder(tmp_path / "a" / "b", force=False):
        raise AssertionError("the folder must be refused before any work is done")
