from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from eval.datasets import folder
from eval.datasets.folder import DataError, data_file
from eval.datasets.make_lock import ORIGINS, entries

NAME = "set/data.txt"


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    entry = {
        "address": "https://example.org/data.txt",
        "sha256": hashlib.sha256(b"right").hexdigest(),
        "licence": "MIT",
    }
    monkeypatch.setattr(folder, "lock", lambda: {NAME: entry})
    monkeypatch.setenv("MTQA_DATA", str(tmp_path))
    (tmp_path / "set").mkdir()
    return tmp_path


def test_a_file_with_the_right_hash_is_found(data: Path) -> None:
    (data / NAME).write_bytes(b"right")
    assert data_file(NAME) == data / NAME


def test_missing_damaged_and_unknown_files_are_errors(data: Path) -> None:
    with pytest.raises(DataError, match="missing"):
        data_file(NAME)
    (data / NAME).write_bytes(b"wrong")
    with pytest.raises(DataError, match="damaged"):
        data_file(NAME)
    with pytest.raises(DataError, match=r"not in lock\.json"):
        data_file("set/other.txt")


def test_without_a_folder_the_original_is_downloaded_once(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fetched = []

    def download(address: str, path: Path) -> None:
        fetched.append(address)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"right")

    monkeypatch.delenv("MTQA_DATA")
    monkeypatch.setattr(folder, "user_cache_path", lambda name: data / name)
    monkeypatch.setattr(folder, "download", download)
    assert data_file(NAME) == data_file(NAME) == data / "mtqa" / "data" / NAME
    assert fetched == ["https://example.org/data.txt"]


def test_a_download_that_fails_leaves_nothing_behind(data: Path) -> None:
    target = data / "new" / "data.txt"
    with pytest.raises(DataError, match="cannot download"):
        folder.download((data / "nowhere.txt").as_uri(), target)
    assert list(target.parent.iterdir()) == []


def test_the_lock_names_address_hash_and_licence_of_public_originals() -> None:
    locked = folder.lock()
    assert len(locked) > 200
    for name, entry in locked.items():
        repository = ORIGINS[name.split("/")[0]][0]
        assert entry["address"].startswith(f"https://raw.githubusercontent.com/{repository}/")
        assert entry["address"].endswith(name.split("/", 1)[1])
        assert len(entry["sha256"]) == 64
        assert entry["licence"]


@pytest.mark.data
def test_the_lock_is_what_its_script_writes() -> None:
    assert dict(entries(Path(os.environ["MTQA_DATA"]))) == folder.lock()
