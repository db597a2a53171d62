"""Opening models in CTranslate2: how, and what cannot be opened."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mtqa.errors import ModelError
from mtqa.modeling.ct2_models import opened


class Model:
    """What CTranslate2 makes of a folder."""

    def __init__(self, folder: str, **options: Any) -> None:
        if not Path(folder).is_dir():
            raise RuntimeError("no such folder")
        self.options = options


def test_a_model_has_as_many_workers_as_are_asked_for_and_each_one_thread(tmp_path: Path) -> None:
    options = opened(Model, tmp_path, 3).options
    assert (options["inter_threads"], options["intra_threads"]) == (3, 1)
    assert (options["device"], options["compute_type"]) == ("cpu", "int8")


def test_a_folder_that_cannot_be_opened_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="nowhere cannot be loaded by CTranslate2: no such folder"):
        opened(Model, tmp_path / "nowhere", 1)
