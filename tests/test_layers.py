"""The rooms of the house and what may import what; `import mtqa` and `mtqa --help` stay light."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "mtqa"
LOW = {"errors", "schema"}
MAY_IMPORT = {
    "errors": set(),
    "_version": set(),
    "schema": {"errors"},
    "settings": LOW,
    "reading": LOW,
    "segmenting": LOW,
    "knowledge": LOW,
    "pairing": LOW | {"segmenting", "knowledge"},
    "modeling": LOW | {"settings"},
    "annotating": LOW | {"settings", "reading", "segmenting", "knowledge", "detecting"},
    "detecting": LOW | {"settings", "knowledge", "detectors"},
    "detectors": {"schema", "knowledge", "detecting"},
    "scoring": LOW,
    "reporting": LOW,
    "checker": None,
    "configuration": {"errors", "settings"},
}
HEAVY = {"torch", "transformers", "ctranslate2", "sentencepiece"}


def modules() -> list[Path]:
    return sorted(path for path in PACKAGE.rglob("*.py"))


def room(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names.add(node.module)
    return names


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_room_imports_only_lower_rooms(path: Path) -> None:
    allowed = MAY_IMPORT.get(room(path))
    if allowed is None:
        return
    used = {name.split(".")[1] for name in imported(path) if name.startswith("mtqa.")}
    assert used - allowed - {room(path), "_version"} == set()


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_models_are_imported_in_one_room_only(path: Path) -> None:
    if room(path) in {"modeling", "cli"}:
        return
    assert {name.split(".")[0] for name in imported(path)} & HEAVY == set()


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_detector_sees_rules_only_through_the_protocol(path: Path) -> None:
    if room(path) != "detectors":
        return
    used = {name for name in imported(path) if name.startswith("mtqa.detecting")}
    assert used <= {"mtqa.detecting.protocol", "mtqa.detecting.unsaid"}  # the search that two detectors share


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_files_stay_under_400_lines(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400


@pytest.mark.parametrize("arguments", [None, ["--help"], ["rules"], ["check", "--help"], ["explain", "garbled-name"]])
def test_starting_up_loads_no_model_library(arguments: list[str] | None) -> None:
    start = "import mtqa" if arguments is None else "runpy.run_module('mtqa', run_name='__main__')"
    code = (
        "import sys, runpy\n"
        f"sys.argv = {['mtqa', *(arguments or [])]!r}\n"
        "try:\n"
        f"    {start}\n"
        "except SystemExit:\n"
        "    pass\n"
        f"print(sorted(set(sys.modules) & {HEAVY!r}), file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip().endswith("[]")
