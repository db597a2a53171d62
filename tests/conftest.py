"""No test sees the settings of the machine it runs on."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    for name in list(os.environ):
        if name.startswith("MTQA_") and name not in {"MTQA_DATA", "MTQA_UPDATE_GOLDEN", "MTQA_MODELS"}:
            monkeypatch.delenv(name)
    for name in ("NO_COLOR", "FORCE_COLOR", "CI"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(_empty(tmp_path_factory)))


def _empty(factory: pytest.TempPathFactory) -> Path:
    return factory.mktemp("configuration")
