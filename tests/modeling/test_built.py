"""What is converted on a user's machine: once, whole or not at all, and what to do where it cannot be."""

from __future__ import annotations

import errno
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

import pytest

from mtqa.errors import ModelError
from mtqa.modeling import built
from mtqa.modeling.built import built_once
from mtqa.modeling.store import FORMAT, ModelFolder
from mtqa.schema.progress import Step


class Builder:
    """Builds beside a tiny base; `made` are the places that its conversion wrote to, `steps` what was said."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.made: list[Path] = []
        self.steps: list[str] = []
        (home / "tiny").mkdir(parents=True)

    def __call__(self, name: str = "joint-01ab", *, base: str = "abcd", error: Exception | None = None) -> Path:
        def convert(target: Path) -> None:
            self.made.append(target)
            target.mkdir()
            (target / "model.bin").write_bytes(name.encode())
            if error is not None:
                raise error

        folder = ModelFolder("tiny", self.home / "tiny", base, "<s>")
        return built_once(folder, name, convert, what="the thing", instead="use --nothing", progress=self._say)

    def _say(self, step: Step) -> None:
        self.steps.append(step.task)

    def folders(self) -> list[str]:
        return sorted(path.name for path in self.home.iterdir() if path.is_dir())


@pytest.fixture
def build(tmp_path: Path) -> Builder:
    return Builder(tmp_path / "models")


def test_it_is_converted_once_and_found_again(build: Builder) -> None:
    place = build()
    assert place == build.home / f"joint-01ab-abcd-{FORMAT}" / "ct2-int8"
    assert (place / "model.bin").read_bytes() == b"joint-01ab"
    assert build() == place
    assert len(build.made) == 1
    assert build.steps == ["building the thing (once, about half a minute)"]
    assert build.made[0].parent != place.parent  # it appears whole, in one step
    assert build.folders() == [place.parent.name, "tiny"]
    assert place.parent.stat().st_mode & 0o777 == 0o755  # others who share the store may read it


def test_a_folder_that_lost_its_weights_is_made_again(build: Builder) -> None:
    (build() / "model.bin").unlink()
    assert (build() / "model.bin").is_file()
    assert len(build.made) == 2


def test_other_weights_have_their_own_folder(build: Builder) -> None:
    places = {build(), build("joint-02cd"), build(base="0123")}
    assert len(places) == len(build.made) == 3
    assert build("joint-02cd") in places
    assert len(build.made) == 3


@pytest.mark.parametrize("error", [ModelError("the layers do not fit"), RuntimeError("shapes differ")])
def test_a_failed_conversion_leaves_nothing_and_the_next_one_works(error: Exception, build: Builder) -> None:
    with pytest.raises(type(error), match=str(error)):
        build(error=error)
    assert build.folders() == ["tiny"]
    assert (build() / "model.bin").is_file()


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EROFS, errno.EACCES])
def test_a_place_that_cannot_be_written_is_named_with_a_way_out(code: int, build: Builder) -> None:
    with pytest.raises(ModelError) as caught:
        build(error=OSError(code, "as the system says it"))
    for text in ("the thing cannot be built", str(build.home), "as the system says it", "MTQA_MODELS", "use --nothing"):
        assert text in str(caught.value)
    assert build.folders() == ["tiny"]


def test_what_another_process_built_meanwhile_is_taken(build: Builder, monkeypatch: pytest.MonkeyPatch) -> None:
    class Lock:
        """While this process waits for it, another one builds."""

        def __init__(self, path: Path) -> None:
            assert path == build.home / ".joint.lock"

        def __enter__(self) -> None:
            monkeypatch.undo()
            build()

        def __exit__(
            self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
        ) -> None:
            return None

    monkeypatch.setattr(built, "FileLock", Lock)
    assert (build() / "model.bin").is_file()
    assert len(build.made) == 1


def test_each_kind_is_built_under_a_lock_of_its_own(build: Builder, monkeypatch: pytest.MonkeyPatch) -> None:
    locked: list[str] = []
    lock: Callable[[Path], object] = built.FileLock

    def watched(path: Path) -> object:
        locked.append(path.name)
        return lock(path)

    monkeypatch.setattr(built, "FileLock", watched)
    for name in ("joint-quality-01ab", "joint-quality-02cd", "quality-en-01ab"):
        build(name)
    assert locked == [".joint-quality.lock", ".joint-quality.lock", ".quality-en.lock"]
