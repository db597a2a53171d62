"""Where the weights that ship with mtqa lie: inside the package, or beside it in a working copy of the project."""

from __future__ import annotations

from pathlib import Path

import mtqa
from mtqa.errors import ModelError

_PACKAGE = Path(next(iter(mtqa.__path__)))


def shipped_folder(name: str, file: str, what: str) -> Path:
    """The folder of the weights `name` that holds `file`. ModelError, which calls them `what`, if it is not there."""
    places = (_PACKAGE / "weights" / name, _PACKAGE.parent / "models" / name / "weights")
    for place in places:
        if (place / file).is_file():
            return place
    raise ModelError(f"{what} is missing from this installation ({places[0]}); install mtqa again")
