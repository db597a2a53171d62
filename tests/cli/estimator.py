"""A whole estimator with random weights, made once a run and copied to where a command looks for it."""

from __future__ import annotations

import shutil
import tempfile
from functools import cache
from pathlib import Path

from tests.modeling.rated import save_estimator


def estimator_folder(place: Path) -> None:
    """Write a folder with the tiers `full` and `fast`."""
    shutil.copytree(_made(), place)


@cache
def _made() -> Path:
    folder = Path(tempfile.mkdtemp())
    save_estimator(folder)
    return folder
