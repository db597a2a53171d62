"""Opening models in CTranslate2: the instructions that are asked for, and what cannot be opened."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from mtqa.errors import ModelError
from mtqa.modeling import ct2_models
from mtqa.modeling.ct2_models import VARIABLE, has_wide_instructions, opened

WIDE = "fpu avx2 avx512f avx512cd avx512vl avx512dq avx512bw avx512_vnni"
NARROW = "fpu avx2 avx512f avx512cd"  # some of AVX-512, but not what the kernels need


def described(tmp_path: Path, *flags: str) -> Path:
    path = tmp_path / "cpuinfo"
    parts = [f"processor\t: {number}\nmodel name\t: a CPU\nflags\t\t: {own}\n" for number, own in enumerate(flags)]
    path.write_text("\n".join(parts), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("flags", "is_wide"),
    [((WIDE, WIDE), True), ((NARROW,), False), ((WIDE, NARROW), False), (("fpu sse2",), False), ((), False)],
)
def test_every_processor_must_have_the_instructions(tmp_path: Path, flags: tuple[str, ...], is_wide: bool) -> None:
    assert has_wide_instructions(described(tmp_path, *flags)) is is_wide


def test_a_system_that_does_not_describe_its_processors_has_none(tmp_path: Path) -> None:
    assert not has_wide_instructions(tmp_path / "nowhere")


class Model:
    """What CTranslate2 makes of a folder, and the instructions that it would have read."""

    def __init__(self, folder: str, **options: Any) -> None:
        if not Path(folder).is_dir():
            raise RuntimeError("no such folder")
        self.options = options
        self.instructions = os.environ.get(VARIABLE)


@pytest.mark.parametrize(
    ("set_before", "is_wide", "asked"),
    [(None, True, "AVX512"), (None, False, None), ("AVX2", True, "AVX2"), ("GENERIC", False, "GENERIC")],
)
def test_wide_instructions_are_asked_for_unless_the_user_has_chosen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, set_before: str | None, is_wide: bool, asked: str | None
) -> None:
    monkeypatch.setenv(VARIABLE, "restored after the test")
    if set_before is None:
        monkeypatch.delenv(VARIABLE)
    else:
        monkeypatch.setenv(VARIABLE, set_before)
    monkeypatch.setattr(ct2_models, "has_wide_instructions", lambda: is_wide)
    model = opened(Model, tmp_path, 3)
    assert model.instructions == asked
    assert model.options["inter_threads"] == 3
    assert model.options["intra_threads"] == 1


def test_a_folder_that_cannot_be_opened_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="nowhere cannot be loaded by CTranslate2: no such folder"):
        opened(Model, tmp_path / "nowhere", 1)
