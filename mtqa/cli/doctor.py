"""`mtqa doctor`: is everything that a check needs here and right?"""

from __future__ import annotations

import importlib.metadata
import json
import os
import platform
import sys
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from mtqa._version import __version__
from mtqa.cli import exits, streams
from mtqa.errors import MtqaError
from mtqa.settings import Settings

_PACKAGES = (
    "torch",
    "transformers",
    "ctranslate2",
    "tokenizers",
    "sentencepiece",
    "sacrebleu",
    "sentencex",
    "rapidfuzz",
)
# Log-likelihood gain of the second sentence over the first by the shipped model on CTranslate2 int8, nats. Processors
# differ in int8 kernels by tenths of a nat; a wrong conversion differs by much more.
_KNOWN_QUESTION = (
    "The president of France, Emmanuel Macaron, spoke.",
    "The president of France, Emmanuel Macron, spoke.",
)
_KNOWN_ANSWER = 0.0
_TOLERANCE = 3.0


class TextOrJson(StrEnum):
    """Output of the commands that describe mtqa itself."""

    TEXT = "text"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the diagnosis; `ok` None is information."""

    name: str
    detail: str
    ok: bool | None = None


def doctor(
    output_format: Annotated[TextOrJson, typer.Option("--format", "-f", help="text or json.")] = TextOrJson.TEXT,
    models_dir: Annotated[
        Path | None, typer.Option("--models-dir", metavar="DIR", help="Where models are kept.")
    ] = None,
) -> None:
    """Versions, models and their hashes, tables, and a known-answer test. Exit 3 if something is wrong."""
    findings = [*_environment(), *_models(Settings(models_dir=models_dir, offline=True)), *_tables()]
    if output_format is TextOrJson.JSON:
        print(json.dumps([{"name": one.name, "detail": one.detail, "ok": one.ok} for one in findings], indent=2))
    else:
        console = streams.console_for(sys.stdout, color=True)
        for one in findings:
            mark = {True: "ok  ", False: "FAIL", None: "    "}[one.ok]
            console.print(f"{mark} {one.name}: {one.detail}", style="red" if one.ok is False else "")
    if any(one.ok is False for one in findings):
        raise typer.Exit(exits.FAILED)


def _environment() -> list[Finding]:
    findings = [
        Finding("mtqa", __version__),
        Finding("python", f"{platform.python_version()} on {platform.system()} {platform.machine()}"),
        Finding("cores", str(os.cpu_count())),
    ]
    for package in _PACKAGES:
        try:
            findings.append(Finding(package, importlib.metadata.version(package), ok=True))
        except importlib.metadata.PackageNotFoundError:
            findings.append(Finding(package, "not installed; run pip install mtqa again", ok=False))
    return findings


def _models(settings: Settings) -> list[Finding]:
    from mtqa.modeling.store import manifests, root, verify

    findings = [Finding("models", str(root(settings)))]
    whole = True
    for name in manifests():
        faults = verify(name, settings)
        findings.append(Finding(f"model {name}", "; ".join(faults) or "all hashes agree", ok=not faults))
        whole = whole and not faults
    if whole:
        findings.append(_known_answer(settings))
    return findings


def _known_answer(settings: Settings) -> Finding:
    from mtqa.modeling.contrast_judge import ContrastJudge
    from mtqa.modeling.load import load_language_model
    from mtqa.schema.roles import Hypothesis

    try:
        judge = ContrastJudge(load_language_model(settings))
        gain = judge.compare([Hypothesis(written=_KNOWN_QUESTION[0], proposed=_KNOWN_QUESTION[1])])[0].gain
    except MtqaError as error:
        return Finding("known answer", str(error), ok=False)
    detail = f"{gain:.1f} nats, expected {_KNOWN_ANSWER:.1f} within {_TOLERANCE:.0f}"
    return Finding("known answer", detail, ok=abs(gain - _KNOWN_ANSWER) <= _TOLERANCE)


def _tables() -> list[Finding]:
    from mtqa.knowledge.status import table_states

    return [Finding(f"table {one.name}", f"{one.rows:,} rows, as of {one.as_of}") for one in table_states()]
