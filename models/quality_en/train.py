"""`python -m models.quality_en.train NAME`: train an encoder with its heads, resumable, settings and dev curve kept.

Checkpoints go to a folder of the user's cache (or --work); a run that was interrupted goes on from the last one. The
curve is written to models/quality_en/runs/NAME.json. Loss: squared error of the ratings, cross-entropy of the tokens,
cross-entropy of which of a pair is better, a Gaussian likelihood for the spread alone, and the error of the surprisal
that a teacher saw (models.quality_en.teaching). In this order: `fast-base`; `full-base`, which learns from the language
model and from `fast-base`, that reads both ways; `full`, which goes on from it; `full-taught`, which goes on from the
mean of both, and `fast`, which goes on from layers of the joint estimator: these two learn from a packaged tier with
the source beside it (models.quality_en.source_teacher).
"""

from __future__ import annotations

import json
import math
import random
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
import torch
import torch.nn.functional as functional
import typer
from numpy.typing import NDArray
from platformdirs import user_cache_path
from safetensors.torch import load_file, save_file
from torch import Tensor

from eval.datasets import mlqe_pe
from eval.measures.correlation import pearson
from eval.measures.words import best_matthews
from models.quality_en.bases import load_base
from models.quality_en.batches import Batch, Tokens, collate, in_blocks, ordered
from models.quality_en.examples import Amounts, Unit, corrupted_units, mlqe_units, training_units
from models.quality_en.network import Decoder, QualityNetwork, Tuning
from models.quality_en.package import mean_weights, package
from models.quality_en.source_teacher import SourceTeacher, training_origins
from models.quality_en.teaching import Taught, Teacher, language_model, packaged, taught
from mtqa.modeling.load_quality import DESCRIPTION, weights_folder

RUNS = Path(__file__).with_name("runs")
_DEV_PER_PAIR = 300
_CHECKPOINT_SECONDS = 240.0
LANGUAGE_MODEL = "language model"
SOURCE_TEACHER = "shipped tier"  # with the source beside it; the one in the folder of packaged models
_ALL = 10**9


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """Everything that decides a run."""

    base: str = "smollm2"
    layers: int = 15
    tuning: Tuning = "adapters"
    rank: int = 32
    rate: float = 6e-4
    head_rate: float = 1e-3
    warmup: float = 0.06
    epochs: float = 1.0
    tokens_at_once: int = 512
    compute: Literal["float32", "bfloat16"] = "bfloat16"
    token_weight: float = 0.5
    pair_weight: float = 0.3
    surprisal_weight: float = 0.5
    start: tuple[str, ...] = ()  # the recipes with the mean of whose weights it begins
    lessons: tuple[tuple[str, int], ...] = ()  # teachers, and how many texts each is asked about, pairs first
    evaluate_every: int = 1000
    seed: int = 20
    amounts: Amounts = field(default_factory=Amounts)
    kept: tuple[tuple[str, int], ...] = ()  # how many units of each origin are read; all of them if nothing is said


_FULL = Recipe(
    layers=18,
    tuning="upper",
    rate=1.5e-4,
    token_weight=1.0,
    pair_weight=0.6,
    evaluate_every=1400,
    seed=21,
    lessons=((LANGUAGE_MODEL, 30000), ("fast-base", _ALL)),
    amounts=Amounts(wmt_pairs=7000, corrupted=10000),
)
_TAUGHT = Amounts(wmt_rated=1500, wmt_pairs=6000, mqm=2500, mqm_pairs=3000, corrupted=9000, unrated=20000)
RECIPES: dict[str, Recipe] = {
    "fast-base": Recipe(base="minilm", tuning="full", rate=1.5e-4, epochs=1.4, token_weight=1.0, evaluate_every=2200),
    "full-base": _FULL,
    "full": replace(
        _FULL,
        rate=6e-5,
        evaluate_every=900,
        start=("full-base",),
        lessons=((LANGUAGE_MODEL, 30000),),
        kept=(("mlqe", 10000), ("corrupted", 10000), ("systems", 1000), ("mqm", 1500)),
    ),
    "full-taught": replace(
        _FULL,
        rate=1e-4,
        evaluate_every=1700,
        seed=23,
        start=("full-base", "full"),
        lessons=((SOURCE_TEACHER, _ALL), (LANGUAGE_MODEL, 30000)),
        amounts=_TAUGHT,
    ),
    "fast": Recipe(
        base="english",
        layers=9,
        tuning="full",
        rate=1.2e-4,
        compute="float32",
        token_weight=1.0,
        pair_weight=0.6,
        epochs=1.3,
        evaluate_every=3000,
        seed=23,
        lessons=((SOURCE_TEACHER, _ALL),),
        amounts=replace(_TAUGHT, varied=50000),
    ),
}
# Pilots in the order in which they were run: the kind of tuning, then the depth.
_PILOT = Amounts(mlqe_per_pair=500, wmt_rated=0, wmt_pairs=0, mqm=0, mqm_pairs=0, corrupted=0)
_DEPTH = replace(_PILOT, mlqe_per_pair=1600, corrupted=1200)
for _name, _changes in {
    "pilot-adapters": {"rate": 1e-3},
    "pilot-full": {"tuning": "full", "rate": 1e-4},
    "pilot-upper": {"tuning": "upper", "rate": 1.5e-4},
    "pilot-minilm": {"base": "minilm", "tuning": "full", "rate": 1e-4},
    **{
        f"pilot-{layers}-layers": {
            "tuning": "upper", "layers": layers, "rate": 1.5e-4, "token_weight": 1.0, "amounts": _DEPTH,
        }
        for layers in (15, 18, 21)
    },
}.items():  # fmt: skip
    RECIPES[_name] = replace(Recipe(amounts=_PILOT), **_changes)  # type: ignore[arg-type]


def loss_of(network: QualityNetwork, batch: Batch, recipe: Recipe) -> dict[str, Tensor]:
    """The parts of the loss, already weighted."""
    judged = network(batch.ids, batch.types, batch.lengths)
    parts: dict[str, Tensor] = {}
    rated = ~batch.z.isnan()
    if rated.any():
        parts["z"] = (batch.weight[rated] * (judged.z - batch.z)[rated].square()).mean()
    known = ~batch.raw.isnan()
    if known.any():
        away = (judged.raw - batch.raw)[known]
        parts["raw"] = 8.0 * (batch.weight[known] * away.square()).mean()
        spread = judged.log_spread[known]
        likelihood = spread + 0.5 * away.detach().square() * torch.exp(-2.0 * spread)
        parts["spread"] = 0.1 * (batch.weight[known] * likelihood).mean()
    marked = batch.error >= 0
    if marked.any():
        error = functional.binary_cross_entropy_with_logits(judged.error[marked], batch.error[marked])
        parts["error"] = recipe.token_weight * error
    severe = (batch.major >= 0) & (batch.error >= 0.5)
    if severe.any():
        major = functional.binary_cross_entropy_with_logits(judged.major[severe], batch.major[severe])
        parts["major"] = 0.2 * recipe.token_weight * major
    if len(batch.pairs):
        # 2 logits for each standard deviation: one deviation apart, seven of eight readers agree.
        # A deviation of z is a quarter of the scale of raw.
        for name, values in (("pairs", 2.0 * judged.z), ("raw_pairs", 8.0 * judged.raw)):
            ahead = values[batch.pairs[:, 0]] - values[batch.pairs[:, 1]]
            weight = recipe.pair_weight if name == "pairs" else 0.5 * recipe.pair_weight
            parts[name] = weight * functional.binary_cross_entropy_with_logits(ahead, batch.better)
    heard = batch.surprisal >= 0
    if heard.any():
        away = judged.surprisal[heard] - batch.surprisal[heard]
        parts["surprisal"] = recipe.surprisal_weight * functional.huber_loss(away, torch.zeros_like(away), delta=3.0)
    return parts


@torch.inference_mode()
def evaluate(network: QualityNetwork, encode: Callable[[str], Tokens], dev: Sequence[Unit]) -> dict[str, float]:
    """Figures on dev: Pearson per pair, MCC of tokens with the best threshold, share of corrupted copies seen."""
    network.eval()
    rows = [(unit.origin, row, unit.better) for unit in dev for row in unit.rows]
    z, raw, nats = np.zeros(len(rows)), np.zeros(len(rows)), np.zeros(len(rows))
    gold: list[NDArray[np.float32]] = []
    found: list[NDArray[np.float32]] = []
    for numbers in in_blocks([row.text for _, row, _ in rows], encode, 32):
        batch = collate([Unit((rows[number][1],)) for number in numbers], encode)
        judged = network(batch.ids, batch.types, batch.lengths)
        z[numbers], raw[numbers] = judged.z.numpy(), judged.raw.numpy()
        after_first = torch.arange(1, batch.ids.shape[1])[None] < batch.lengths[:, None]  # (sentences, tokens - 1)
        nats[numbers] = ((judged.surprisal[:, 1:] * after_first).sum(1) / after_first.sum(1)).numpy()
        tagged = (batch.error >= 0) & ~batch.z.isnan()[:, None]
        gold.append(batch.error[tagged].numpy())
        found.append(judged.error[tagged].numpy())
    figures = {}
    for pair in mlqe_pe.PAIRS:
        own = [number for number, (origin, _, _) in enumerate(rows) if origin == f"mlqe-{pair}"]
        figures[f"z_{pair}"] = pearson(z[own].tolist(), [float(rows[number][1].z or 0.0) for number in own])
        figures[f"raw_{pair}"] = pearson(raw[own].tolist(), [float(rows[number][1].z or 0.0) for number in own])
    for kind in ("z", "raw"):
        figures[f"{kind}_mean"] = float(np.mean([figures[f"{kind}_{pair}"] for pair in mlqe_pe.PAIRS]))
    figures["mcc"] = best_matthews(np.concatenate(gold) > 0.5, np.concatenate(found))[0]
    at = np.cumsum([0, *(len(unit.rows) for unit in dev)])[:-1]
    first = at[[len(unit.rows) == 2 for unit in dev]]  # (pairs,)
    if len(first):
        for name, values in (("pairs", z), ("raw_pairs", raw), ("surprisal_pairs", -nats), ("both", z - 0.5 * nats)):
            figures[name] = float(np.mean(values[first] > values[first + 1]))
    network.train()
    return {name: round(value, 4) for name, value in figures.items()}


def dev_units(seed: int = 5) -> list[Unit]:
    """MLQE-PE dev (a seeded part) and corrupted copies made with another seed than those of training."""
    rng = random.Random(seed)
    amounts = Amounts()
    return [*mlqe_units("dev", _DEV_PER_PAIR, rng), *corrupted_units(300, amounts.kinds, rng)]


def train(name: str, recipe: Recipe, work: Path) -> QualityNetwork:
    """Run a recipe, or go on with it."""
    torch.manual_seed(recipe.seed)
    encoder, encode_once = load_base(
        recipe.base,
        layers=recipe.layers,
        tuning=recipe.tuning,
        rank=recipe.rank,
        compute=getattr(torch, recipe.compute),
    )
    encode = lru_cache(maxsize=None)(encode_once)
    network = QualityNetwork(encoder)
    if recipe.start:
        network.load_trained(mean_weights(work.parent, recipe.start))
    units = training_units(recipe.amounts, recipe.seed)
    lessons = _lessons(units, recipe, work)
    if recipe.kept:
        units = _kept(units, dict(recipe.kept))
    dev = dev_units()
    batches: list[list[Unit]] = []
    for epoch in range(math.ceil(recipe.epochs)):
        batches += ordered(units, encode, tokens_at_once=recipe.tokens_at_once, seed=recipe.seed + epoch)
    batches = batches[: int(len(batches) * recipe.epochs / math.ceil(recipe.epochs))]
    if isinstance(encoder, Decoder) and not recipe.start:
        first = collate(batches[0] + batches[1], encode)
        encoder.even_out(first.ids, first.lengths)
    groups = network.groups(rate=recipe.rate, head_rate=recipe.head_rate)
    optimizer = torch.optim.AdamW(groups, weight_decay=0.01, betas=(0.9, 0.98), fused=True)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: _share(step, len(batches), recipe.warmup))
    curve: list[dict[str, Any]] = []
    first_step = _resume(work, network, optimizer, schedule, curve)
    print(f"{name}: {len(units)} units, {len(batches)} batches, from {first_step}", flush=True)
    network.train()
    started = checked = saved = time.monotonic()
    sums: dict[str, list[float]] = {}
    for step in range(first_step, len(batches)):
        parts = loss_of(network, collate(batches[step], encode, lessons), recipe)
        total = torch.stack(list(parts.values())).sum()
        total.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_([one for one in network.parameters() if one.requires_grad], 1.0)
        optimizer.step()
        schedule.step()
        optimizer.zero_grad(set_to_none=True)
        for part, value in parts.items():
            sums.setdefault(part, []).append(float(value.detach()))
        last = step + 1 == len(batches)
        if (step + 1) % 50 == 0 or last:
            means = " ".join(f"{part} {np.mean(values):.3f}" for part, values in sums.items())
            minutes = (time.monotonic() - started) / 60
            print(f"{step + 1}/{len(batches)} {minutes:.1f} min {means}", flush=True)
        if last or (step + 1) % recipe.evaluate_every == 0:
            figures = evaluate(network, encode, dev)
            means_now = {part: round(float(np.mean(values)), 4) for part, values in sums.items()}
            curve.append({"step": step + 1, "loss": means_now, "dev": figures})
            print(json.dumps(curve[-1]), flush=True)
            sums = {}
        if last or time.monotonic() - saved > _CHECKPOINT_SECONDS:
            _save(work, network, optimizer, schedule, curve, step + 1)
            saved = time.monotonic()
    minutes = round((time.monotonic() - checked) / 60, 1)
    RUNS.mkdir(exist_ok=True)
    record = {"name": name, "recipe": asdict(recipe), "units": len(units), "minutes": minutes, "curve": curve}
    (RUNS / f"{name}.json").write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    return network


def _kept(units: Sequence[Unit], most: dict[str, int]) -> list[Unit]:
    """The first units of each origin, by the word that it begins with."""
    found = []
    for unit in units:
        origin = unit.origin.partition("-")[0]
        if most.get(origin, 0) > 0:
            most[origin] -= 1
            found.append(unit)
    return found


def _lessons(units: Sequence[Unit], recipe: Recipe, work: Path) -> list[dict[str, Taught]]:
    """What each of the recipe's teachers says of the texts it is asked about."""
    ordered_units = sorted(units, key=lambda unit: -len(unit.rows))
    texts = [row.text for unit in ordered_units for row in unit.rows]
    threads = torch.get_num_threads()
    lessons = []
    for name, most in recipe.lessons:
        teach: Teacher = language_model
        folder = work.parent / "packaged" / name.replace(" ", "-")
        if name == SOURCE_TEACHER:
            if not (folder / DESCRIPTION).is_file():
                shutil.copytree(weights_folder(), folder)
            teach = SourceTeacher.load(folder, training_origins())
        elif name != LANGUAGE_MODEL:
            if not (folder / DESCRIPTION).is_file():
                package(work.parent, folder, [name])
            teach = packaged(folder, name)
        lessons.append(taught(texts[:most], teach, work / f"lessons-{name.replace(' ', '-')}.npz"))
    torch.set_num_threads(threads)  # CTranslate2 sets them for the whole process
    return lessons


def _share(step: int, steps: int, warmup: float) -> float:
    """Linear up, cosine down."""
    rising = max(1, int(steps * warmup))
    if step < rising:
        return (step + 1) / rising
    return 0.02 + 0.98 * 0.5 * (1.0 + math.cos(math.pi * (step - rising) / max(1, steps - rising)))


def _save(
    work: Path, network: QualityNetwork, optimizer: Any, schedule: Any, curve: list[dict[str, Any]], step: int
) -> None:
    work.mkdir(parents=True, exist_ok=True)
    save_file({name: value.contiguous() for name, value in network.trained_state().items()}, work / "next.safetensors")
    state = {"optimizer": optimizer.state_dict(), "schedule": schedule.state_dict(), "curve": curve, "step": step}
    torch.save(state | {"random": torch.get_rng_state()}, work / "next.pt")
    (work / "next.safetensors").replace(work / "network.safetensors")
    (work / "next.pt").replace(work / "state.pt")


def _resume(work: Path, network: QualityNetwork, optimizer: Any, schedule: Any, curve: list[dict[str, Any]]) -> int:
    """The step to go on with, 0 for a new run."""
    if not (work / "state.pt").is_file():
        return 0
    state = torch.load(work / "state.pt", weights_only=True)
    network.load_trained(load_file(work / "network.safetensors"))
    optimizer.load_state_dict(state["optimizer"])
    schedule.load_state_dict(state["schedule"])
    torch.set_rng_state(state["random"])
    curve += state["curve"]
    return int(state["step"])


def main(
    name: Annotated[str, typer.Argument(help=", ".join(RECIPES))],
    work: Annotated[Path | None, typer.Option(help="where checkpoints go")] = None,
    threads: Annotated[int | None, typer.Option(help="threads of torch")] = None,
) -> None:
    """Train a recipe."""
    if name not in RECIPES:
        raise typer.BadParameter(f"no recipe {name!r}; there are {', '.join(RECIPES)}")
    if threads:
        torch.set_num_threads(threads)
    train(name, RECIPES[name], work or user_cache_path("mtqa") / "training" / name)


if __name__ == "__main__":
    typer.run(main)
