"""What is made once on a user's machine from a model of the store and weights that ship with mtqa."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from filelock import FileLock

from mtqa.errors import ModelError
from mtqa.modeling.store import FORMAT, ModelFolder
from mtqa.schema.progress import Progress, Step

_ENGINE = "ct2-int8"


def built_once(
    base: ModelFolder,
    name: str,
    convert: Callable[[Path], None],
    *,
    what: str,
    instead: str,
    progress: Progress | None = None,
) -> Path:
    """The folder of a converted model beside `base` in the store; `convert` writes it where it is not there yet.

    `name` is of the weights that ship; `what` and `instead` are for people: what is built, what works without it.
    ModelError if it cannot be made.
    """
    home = base.path.parent
    place = home / f"{name}-{base.fingerprint}-{FORMAT}"
    if (place / _ENGINE / "model.bin").is_file():
        return place / _ENGINE
    kind = name.rpartition("-")[0]
    try:
        with FileLock(home / f".{kind}.lock"):
            if not (place / _ENGINE / "model.bin").is_file():
                if progress is not None:
                    progress(Step(f"building {what} (once, about half a minute)"))
                work = Path(tempfile.mkdtemp(prefix=f".building-{kind}-", dir=home))
                try:
                    convert(work / _ENGINE)
                    work.chmod(0o755)
                    shutil.rmtree(place, ignore_errors=True)  # a folder there has lost its weights
                    work.rename(place)
                finally:
                    shutil.rmtree(work, ignore_errors=True)
    except OSError as error:
        raise ModelError(
            f"{what} cannot be built in {home} ({error.strerror or error}); make room there or make it writable, set "
            f"MTQA_MODELS to another folder, or {instead}"
        ) from error
    return place / _ENGINE
