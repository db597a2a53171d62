"""`mtqa train`: the quality estimator fitted to a user's own ratings."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mtqa.cli import options, streams

if TYPE_CHECKING:
    from mtqa.modeling.quality_ratings import Ratings, Split
    from mtqa.modeling.quality_training import Training
    from mtqa.settings import Settings

_SEED = 20


def train(
    data: Annotated[
        Path,
        typer.Option(
            "--data",
            metavar="FILE",
            help="TSV or JSON lines: text, score 0..100, and spans if you have them; - is stdin.",
        ),
    ],
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FOLDER", help="Write the model here; appears when all is done.")
    ],
    force: Annotated[bool, typer.Option("--force", help="Replace a model that is in FOLDER.")] = False,
    fast: Annotated[bool, typer.Option("--fast", help="Train the fast tier only.")] = False,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Decides which rows are held out.")] = _SEED,
    models_dir: options.ModelsDir = None,
    offline: options.Offline = False,
    threads: options.Threads = None,
    config: options.ConfigFile = None,
    quiet: options.Quiet = False,
) -> None:
    r"""Fit the quality estimator to your own ratings.

    A row has a text (column text, hypothesis, translation or target) and a
    score 0..100 (column score, rating, da or mean).

    Where errors were marked it has spans, in characters of the text:
    \[\[start, end, "minor"], ...] or start-end:minor;start-end:major, and
    \[] where nothing is wrong.

    Rows of one group (column group, document, doc or doc_id) are held out
    together, else rows of one text.

    [dim]Examples:[/dim]

      mtqa train --data ratings.tsv --output my-model

      mtqa check article.txt --model my-model
    """
    values = options.merged({"models-dir": models_dir, "offline": offline, "threads": threads}, config)
    settings = options.settings_from(values)
    ratings, sha256 = _read(data)

    from mtqa.modeling.load_quality import weights_folder
    from mtqa.modeling.quality_folder import new_folder
    from mtqa.modeling.quality_ratings import split_ratings

    split = split_ratings(ratings, seed)
    with new_folder(output, force=force) as folder:
        start = weights_folder()
        print(_described(ratings, split), flush=True)
        from mtqa.modeling.quality_training import train as train_on  # torch, which takes seconds to load

        tiers = ("fast",) if fast else _tiers(settings)
        with streams.progress(quiet) as say:
            training = train_on(
                ratings,
                split,
                folder,
                start=start,
                settings=settings,
                tiers=tiers,
                seed=seed,
                sha256=sha256,
                progress=say,
            )
        size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    print("\n".join(_told(training)))
    print(f"written: {output} ({size / 1e6:.1f} MB)")
    print(f"use it:  mtqa check TEXT --model {output}" + ("" if "full" in tiers else " --fast"))


def _read(data: Path) -> tuple[Ratings, str]:
    """The ratings, and the sha256 of the file as it is."""
    from mtqa.modeling.quality_ratings import parse_ratings
    from mtqa.reading.decoding import decode, decompress, is_stdin, name_of, read_bytes
    from mtqa.reading.lines import LINES_LIMIT

    name = name_of(data)
    content = read_bytes(data, limit=LINES_LIMIT, stdin=sys.stdin.buffer if is_stdin(data) else None)
    text = decode(decompress(content, name, limit=LINES_LIMIT), name)
    return parse_ratings(text, name), hashlib.sha256(content).hexdigest()


def _tiers(settings: Settings) -> tuple[str, ...]:
    """Both tiers, or the fast one alone where the language model is missing; that is said on stderr."""
    from mtqa.modeling.load_quality import base_is_here

    if base_is_here(settings):
        return ("full", "fast")
    streams.warn(
        "warning: the language model is not on this machine and may not be fetched, so only the fast tier is trained; "
        "run `mtqa models get` to train both"
    )
    return ("fast",)


def _described(ratings: Ratings, split: Split) -> str:
    scores = ratings.scores
    mean = sum(scores) / len(scores)
    marked = [row for row in ratings.rows if row.marks is not None]
    columns = ", ".join(f"{role} from {column!r}" for role, column in ratings.columns.items())
    lines = [
        f"read: {ratings.name}, {len(ratings.rows)} rows ({columns})",
        f"  scores on {len(scores)} rows, mean {mean:.1f}, from {min(scores):g} to {max(scores):g}",
        f"  spans on {len(marked)} rows, {sum(not row.marks for row in marked)} of them with nothing wrong",
        f"split by {split.by}: {len(split.train)} rows to train on, {len(split.held_out)} held out",
    ]
    if split.shared:
        lines.append(f"  {split.shared} texts held out stand among the others too, in another group")
    return "\n".join(lines)


def _told(training: Training) -> list[str]:
    """What training did, line by line."""
    from mtqa.modeling.quality_training import LEAST_MARKED

    lines = []
    for name, model in training.models.items():
        if model.improved:
            change = f"loss on held-out rows {model.loss_before:.3f} -> {model.loss_after:.3f}"
            lines.append(f"heads of {name}: trained for {model.epochs} epochs, {change}")
        else:
            lines.append(f"heads of {name}: kept as shipped, since training made held-out rows no better")
    if not training.tokens:
        lines.append(f"token head: kept as shipped; it takes {LEAST_MARKED} rows with spans to train it")
    for name, (before, after) in training.tiers.items():
        lines += [
            f"{name} tier, {after.rows} rated rows held out:",
            f"  Pearson                   {_figure(before.pearson, 3)} -> {_figure(after.pearson, 3)}",
            f"  mean absolute error       {_figure(before.error, 1)} -> {_figure(after.error, 1)} points",
            f"  inside the 80 % interval  {before.coverage:.0%} -> {after.coverage:.0%}",
        ]
        if after.token_auc is not None:
            kept = " (shipped token head kept)" if name in training.kept_heads else ""
            auc = f"{_figure(before.token_auc, 3)} -> {_figure(after.token_auc, 3)}"
            lines.append(f"  AUC of wrong tokens       {auc}{kept}")
    return lines


def _figure(value: float | None, digits: int) -> str:
    return "-" if value is None else f"{value:.{digits}f}"
