"""Writing a model folder of the quality estimator: whole or not at all, and with everything in it that was copied."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import load_file, save_file

from mtqa.errors import InputError
from mtqa.modeling.fetch import hash_of
from mtqa.modeling.load_quality import DESCRIPTION
from mtqa.modeling.quality_model import Floats

HEADS = "heads.safetensors"
_MAPPING = "features.weight"  # in the file of an encoder's heads, but no part of them


@contextmanager
def new_folder(output: Path, *, force: bool) -> Iterator[Path]:
    """An empty folder that becomes `output` when all is done, and vanishes if anything goes wrong before.

    Raises InputError if `output` cannot be made. With `force` an older model folder there is replaced; a folder of
    anything else never is.
    """
    place = output.resolve()
    _refuse(output, place, force=force)
    try:
        work = Path(tempfile.mkdtemp(prefix=f".{place.name}.", dir=place.parent))
    except OSError as error:
        raise InputError(f"cannot be written: {error.strerror or error}", path=output) from error
    try:
        (work / "new").mkdir()
        yield work / "new"
        if place.exists():
            place.rename(work / "old")
        try:
            (work / "new").rename(place)
        except BaseException:
            if (work / "old").exists():
                (work / "old").rename(place)
            raise
    except OSError as error:
        raise InputError(f"cannot be written: {error.strerror or error}", path=output) from error
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _refuse(output: Path, place: Path, *, force: bool) -> None:
    if not place.parent.is_dir():
        raise InputError(f"cannot be written: there is no folder {output.parent}", path=output)
    if not place.exists():
        return
    if not place.is_dir():
        raise InputError("is a file; name a folder to write to", path=output)
    if not any(place.iterdir()):
        return
    if not (place / DESCRIPTION).is_file():
        raise InputError("is a folder that holds something else than a model; name another", path=output)
    if not force:
        raise InputError("holds a model already; use --force to replace it, or name another folder", path=output)


def heads_in(folder: Path) -> dict[str, Floats]:
    """The heads of a model, by the names of mtqa.modeling.quality_heads."""
    heads = load_file(folder / HEADS)
    return {name: np.asarray(value, dtype=np.float32) for name, value in heads.items() if name != _MAPPING}


def copy_model(
    start: Path, target: Path, described: Mapping[str, Any], heads: Mapping[str, Floats] | None
) -> dict[str, Any]:
    """Copy all files of a model, with other heads if there are any. How the copy is described: hashes and sizes."""
    for file in described["files"]:
        (target / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(start / file, target / file)
    if heads is not None:
        kept = {name: value for name, value in load_file(start / HEADS).items() if name == _MAPPING}
        save_file({**kept, **{name: np.ascontiguousarray(value) for name, value in heads.items()}}, target / HEADS)
    files = {
        file: {"sha256": hash_of(target / file), "bytes": (target / file).stat().st_size} for file in described["files"]
    }
    return {**described, "files": files}
