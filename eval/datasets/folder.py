"""Where evaluation data comes from: the folder MTQA_DATA, or the public original, checked against lock.json.

MTQA_DATA holds the public repositories in their own layout (`wmt22-news-systems/txt/references/...`). Without it a
file is downloaded once into the user's cache. Either way its sha256 must be the one in lock.json.
"""

from __future__ import annotations

import hashlib
import json
import os
import urllib.error
import urllib.request
from functools import lru_cache
from pathlib import Path

from platformdirs import user_cache_path

_LOCK = Path(__file__).with_name("lock.json")
_SECONDS = 60


class DataError(Exception):
    """Evaluation data is missing or damaged; the message says what to do."""


@lru_cache(maxsize=1)
def lock() -> dict[str, dict[str, str]]:
    """Per file: address of the public original, sha256, licence."""
    content: dict[str, dict[str, str]] = json.loads(_LOCK.read_text(encoding="utf-8"))
    return content


def data_file(name: str) -> Path:
    """The verified local path of a locked file, downloaded if MTQA_DATA is not set. DataError if it cannot be had."""
    if name not in lock():
        raise DataError(f"{name} is not in {_LOCK.name}")
    folder = os.environ.get("MTQA_DATA")
    path = Path(folder) / name if folder else user_cache_path("mtqa") / "data" / name
    if not path.is_file():
        if folder:
            raise DataError(f"{path} is missing; unset MTQA_DATA to download the public original")
        download(lock()[name]["address"], path)
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != lock()[name]["sha256"]:
        raise DataError(f"{path} is damaged: sha256 {found}, expected {lock()[name]['sha256']}")
    return path


def download(address: str, path: Path) -> None:
    """Fetch one file atomically. DataError with the reason if that fails."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(path.suffix + ".part")
    try:
        with urllib.request.urlopen(address, timeout=_SECONDS) as answer:  # noqa: S310 - https addresses of lock.json
            part.write_bytes(answer.read())
    except (urllib.error.URLError, OSError) as error:
        part.unlink(missing_ok=True)
        raise DataError(f"cannot download {address}: {error}; put the file into a folder and set MTQA_DATA") from error
    part.replace(path)


def challenge_file(name: str) -> Path:
    """A file of the development challenge sets: folder MTQA_CHALLENGE, or `challenge` beside MTQA_DATA."""
    folder = os.environ.get("MTQA_CHALLENGE")
    if not folder and "MTQA_DATA" in os.environ:
        folder = str(Path(os.environ["MTQA_DATA"]).parent / "challenge")
    if not folder:
        raise DataError(f"set MTQA_CHALLENGE to the folder that holds {name}")
    path = Path(folder) / name
    if not path.is_file():
        raise DataError(f"{path} is missing")
    return path
