"""The quality estimator fitted to a user's own ratings: a model folder that Settings.quality_model names.

    with new_folder(output, force=False) as folder:
        training = train(ratings, split_ratings(ratings, seed), folder, start=weights_folder(), ...)

Encoders stay as they are; what they make of the rated texts is computed once. The token head of a tier
stays as well, unless those of its models, once trained, tell wrong tokens from right ones better. The folder holds
everything that its tiers need but the language model, so it can be moved and keeps its numbers when mtqa is updated.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from mtqa._version import __version__
from mtqa.errors import ModelError
from mtqa.modeling.head_training import Example, TrainedHeads, train_heads
from mtqa.modeling.load_quality import DESCRIPTION, FORMAT, TOKEN_HEAD, load_models, load_token_head, read_description
from mtqa.modeling.quality_estimator import Tier
from mtqa.modeling.quality_folder import copy_model, heads_in
from mtqa.modeling.quality_model import TextFeatures, read_features
from mtqa.modeling.quality_ratings import RatedText, Ratings, Split
from mtqa.modeling.quality_recalibration import Figures, HeldOut, bias_of, figures_after, figures_before, recalibrated
from mtqa.schema.progress import Progress, Step
from mtqa.settings import Settings

LEAST_MARKED = 30  # rows with spans, on both sides of the split together: with fewer the token head stays as it is


@dataclass(frozen=True, slots=True)
class TrainedModel:
    """What training did to the heads of one model; losses are of the rows held out."""

    improved: bool
    epochs: int
    loss_before: float
    loss_after: float


@dataclass(frozen=True, slots=True)
class Training:
    """What a folder was made of. Figures are of the rows held out, by tier, before and after training.

    `tokens`: there were enough marks to train on; `kept_heads`: the tiers whose token head is the shipped one.
    """

    models: Mapping[str, TrainedModel]
    tiers: Mapping[str, tuple[Figures, Figures]]
    tokens: bool
    kept_heads: tuple[str, ...] = ()


def train(
    ratings: Ratings,
    split: Split,
    target: Path,
    *,
    start: Path,
    settings: Settings,
    tiers: Sequence[str],
    seed: int,
    sha256: str,
    progress: Progress,
) -> Training:
    """Train the heads of the models of `tiers` from those in the folder `start`, and fill the empty folder `target`.

    `sha256` is that of the data file, for the record. Raises ModelError if `start` is damaged or lacks a tier, and
    ModelMissing as loading it does.
    """
    description = read_description(start)
    if lacking := [tier for tier in tiers if tier not in description["tiers"]]:
        raise ModelError(f"{start} has no {lacking[0]} tier to begin with")
    names = list(dict.fromkeys(name for tier in tiers for name in description["tiers"][tier]["models"]))
    features = _features(start, settings, names, [row.text for row in ratings.rows], progress)
    tokens = sum(row.marks is not None for row in ratings.rows) >= LEAST_MARKED
    shipped = {name: heads_in(start / name) for name in names}
    trained: dict[str, TrainedHeads] = {}
    for name in names:
        examples = _examples(ratings, features[name])
        trained[name] = train_heads(
            shipped[name],
            [examples[number] for number in split.train],
            [examples[number] for number in split.held_out],
            tokens=tokens,
            seed=seed,
            progress=progress,
            task=f"training the heads ({name})",
        )
    models = {
        name: TrainedModel(one.improved, one.epochs, one.loss_before, one.loss_after) for name, one in trained.items()
    }
    rows: dict[str, Any] = {}
    figures: dict[str, tuple[Figures, Figures]] = {}
    for name in tiers:
        own = description["tiers"][name]["models"]
        old = Tier.from_json(description["tiers"][name], models=len(own))
        held_out = [
            HeldOut(
                text=ratings.rows[number].text,
                before=tuple(read_features(shipped[model], features[model][number]) for model in own),
                after=tuple(read_features(trained[model].heads, features[model][number]) for model in own),
                score=ratings.rows[number].score,
                marks=ratings.rows[number].marks,
            )
            for number in split.held_out
        ]
        tier = recalibrated(old, held_out, [trained[model].improved for model in own])
        head = load_token_head(start, description["tiers"][name])
        before, after = figures_before(old, held_out, head), figures_after(tier, held_out)
        rows[name] = {"models": own, **asdict(tier)}
        if head is not None and not _are_better_tokens(before, after):
            after = replace(after, token_auc=before.token_auc)
            entry = description["tiers"][name][TOKEN_HEAD]
            shutil.copyfile(start / entry["file"], target / entry["file"])
            rows[name][TOKEN_HEAD] = {**entry, "bias": bias_of(head, old, held_out)}
        figures[name] = before, after
    training = Training(models, figures, tokens, tuple(name for name in tiers if TOKEN_HEAD in rows[name]))
    record = _record(ratings, split, training, seed=seed, sha256=sha256)
    described = {
        name: copy_model(
            start / name,
            target / name,
            description["models"][name],
            trained[name].heads if models[name].improved else None,
        )
        for name in names
    }
    result = {"format": FORMAT, "name": description.get("name", ""), "models": described, "tiers": rows}
    written = json.dumps({**result, "training": record}, indent=1, ensure_ascii=False)
    (target / DESCRIPTION).write_text(written + "\n", encoding="utf-8")
    return training


def _are_better_tokens(before: Figures, after: Figures) -> bool:
    """True if the trained heads tell wrong tokens from right ones better than the shipped head of the tier."""
    return before.token_auc is not None and after.token_auc is not None and after.token_auc > before.token_auc


def _features(
    start: Path, settings: Settings, names: Sequence[str], texts: Sequence[str], progress: Progress
) -> dict[str, list[TextFeatures]]:
    """Per model what its encoder makes of each text; equal texts are read once."""
    distinct = list(dict.fromkeys(texts))
    made = {}
    for name, model in load_models(start, settings, names=names, progress=progress).items():
        done = 0

        def count(tokens: int, name: str = name) -> None:
            nonlocal done
            done += tokens
            progress(Step(f"reading the rated texts ({name})", done, None, "tokens"))

        by_text = dict(zip(distinct, model.features(distinct, counted=count), strict=True))
        made[name] = [by_text[text] for text in texts]
    return made


def _examples(ratings: Ratings, features: Sequence[TextFeatures]) -> list[Example]:
    scores = np.array(ratings.scores)
    mean, deviation = float(scores.mean()), float(scores.std())

    def example(row: RatedText, own: TextFeatures) -> Example:
        score = np.nan if row.score is None else row.score
        return Example(row.text, own, (score - mean) / deviation, score / 100.0, row.marks)

    return [example(row, own) for row, own in zip(ratings.rows, features, strict=True)]


def _record(ratings: Ratings, split: Split, training: Training, *, seed: int, sha256: str) -> dict[str, Any]:
    scores = np.array(ratings.scores)
    return {
        "mtqa": __version__,
        "data": {
            "file": Path(ratings.name).name,
            "sha256": sha256,
            "columns": dict(ratings.columns),
            "rows": len(ratings.rows),
            "rated": len(scores),
            "marked": sum(row.marks is not None for row in ratings.rows),
            "mean": round(float(scores.mean()), 3),
            "deviation": round(float(scores.std()), 3),
        },
        "split": {"train": len(split.train), "held_out": len(split.held_out), "by": split.by, "seed": seed},
        "token_head": training.tokens,
        "kept_token_heads": list(training.kept_heads),
        "models": {name: asdict(one) for name, one in training.models.items()},
        "held_out": {
            name: {"before": asdict(before), "after": asdict(after)} for name, (before, after) in training.tiers.items()
        },
    }
