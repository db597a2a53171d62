"""Running the command line inside the test process, with models whose numbers are known."""

from __future__ import annotations

import io
import sys
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pytest

import mtqa.checker
import mtqa.cli.check
import mtqa.cli.score
from mtqa.checker import Checker
from mtqa.cli.app import run
from mtqa.knowledge import load_knowledge
from mtqa.schema.progress import Progress
from mtqa.settings import NO_ENCODER, Settings
from tests.fakes import FakeJudge, FakeLanguageModel
from tests.meaning import FakeEncoder

knowledge = lru_cache(maxsize=4)(load_knowledge)  # the tables are read once for all tests


@dataclass(frozen=True, slots=True)
class Done:
    """What a command left behind."""

    code: int
    out: str
    err: str


class Command:
    """`mtqa(...)` runs a command; `seen` are the settings that reached the checker."""

    def __init__(self, capture: pytest.CaptureFixture[str], patch: pytest.MonkeyPatch) -> None:
        self.seen: list[Settings] = []
        self._capture = capture
        self._patch = patch
        patch.setattr(mtqa.cli.check, "make_checker", self._checker)
        patch.setattr(mtqa.cli.score, "make_checker", self._checker)
        patch.setattr(mtqa.checker, "load_knowledge", knowledge)

    def __call__(self, *arguments: str | Path, stdin: bytes = b"") -> Done:
        self._patch.setattr(sys, "argv", ["mtqa", *map(str, arguments)])
        self._patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8"))
        with pytest.raises(SystemExit) as ended:
            run()
        out, err = self._capture.readouterr()
        assert "Traceback" not in out + err
        return Done(int(ended.value.code or 0), out, err)

    def _checker(self, settings: Settings, progress: Progress) -> Checker:
        self.seen.append(settings)
        encoder = None if settings.encoder == NO_ENCODER else FakeEncoder()
        return Checker(
            settings, progress=progress, language_model=FakeLanguageModel(), judge=FakeJudge(), encoder=encoder
        )
