"""`python -m models.joint_quality.train`: the estimator that reads a source and its translation together.

Each batch holds rated pairs and comparisons (models.joint_quality.material). Ratings are learned by squared error, of
two compared pairs the better must score higher, tokens are told apart. Every few minutes the state is written into the
user's cache, from which a run that was cut off goes on. Written are weights/ and run.json beside this file.
"""

from __future__ import annotations

import json
import math
import random
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import torch
import torch.nn.functional as functional
import typer
from platformdirs import user_cache_path
from torch import Tensor, nn

from eval.datasets import mlqe_pe
from eval.fitting.source import corrupted_pairs
from eval.measures.correlation import pearson
from models.joint_quality.material import Case, Comparisons, Row, rated_cases
from models.joint_quality.network import SENTENCE_OUTPUTS, TOKEN_OUTPUTS, JointNetwork
from models.pair_reading.planting import Marks
from models.resuming import resumed
from mtqa import Settings
from mtqa.modeling.e5_weights import read_encoder_file
from mtqa.modeling.fetch import hash_of
from mtqa.modeling.joint_build import WEIGHTS
from mtqa.modeling.joint_estimator import BASE, HEADS, LAYERS
from mtqa.modeling.joint_tokens import JointTokens, PairTokens
from mtqa.modeling.meaning_encoder import load_meaning_encoder
from mtqa.modeling.store import ensure

RUN = Path(__file__).with_name("run.json")
STATE = user_cache_path("mtqa") / "training" / "joint_quality.pt"
_RATED, _COMPARED = 6, 10  # rated pairs and comparisons in a batch
_BUCKET = 8  # batches whose parts are sorted by length
_RATE, _HEAD_RATE, _WARM = 1.2e-4, 6e-4, 0.06
_LAST_RATE = 0.02  # of the rate, at the end
_TOKEN_WEIGHTS = (0.4, 0.5, 0.5)  # of the losses on edited, wrong and missing tokens
_ORDER_WEIGHT, _LEVEL_WEIGHT, _RELATED_WEIGHT = 0.7, 1e-3, 0.3
_LEAST_Z, _MOST_Z = -2.5, 1.8
_MOST_LOGIT, _BLURRED = 4.0, 0.15  # of a token, where a stretch is looked for; of its length, unknown at its edges
_PARTS = 4  # of a batch, by length
_SEED, _DEV_SEED = 53, 47
_SAVE_SECONDS, _REPORT = 240.0, 50
_DEV, DEV = 250, 1000  # sentences of each pair while training, and at the end
_COMPARISONS = 250


def collate(rows: Sequence[Row], tokens: JointTokens) -> tuple[list[PairTokens], Tensor, Tensor, Tensor]:
    """The tokens of each row; ids, sides and which are tokens  # (rows, tokens)."""
    read = [tokens.read(row.source, row.translation) for row in rows]
    longest = max(len(one.ids) for one in read)
    ids = torch.ones(len(rows), longest, dtype=torch.long)
    sides = torch.zeros(len(rows), longest, dtype=torch.long)
    inside = torch.zeros(len(rows), longest, dtype=torch.long)
    for number, one in enumerate(read):
        ids[number, : len(one.ids)] = torch.tensor(one.ids)
        sides[number, : len(one.ids)] = torch.tensor(one.sides)
        inside[number, : len(one.ids)] = 1
    return read, ids, sides, inside


def _put_labels(spans: Sequence[tuple[int, int]], first: int, marks: Marks | None, out: Tensor) -> None:
    """Put 1 for tokens that overlap a mark and 0 for others into `out`  # (tokens,)."""
    if marks is not None and spans:
        values = [float(any(start < last and begin < end for begin, last in marks)) for start, end in spans]
        out[first : first + len(values)] = torch.tensor(values)


def _in_parts(network: JointNetwork, ids: Tensor, sides: Tensor, inside: Tensor) -> tuple[Tensor, Tensor]:
    """What the network says, of rows of about one length at a time: half of a whole batch would be padding."""
    lengths = inside.sum(1)
    order = torch.argsort(lengths)
    numbers, logits = [], []
    for own in order.tensor_split(min(_PARTS, len(order))):
        longest = int(lengths[own].max())
        said, marks = network(*(one[own, :longest] for one in (ids, sides, inside)))
        numbers.append(said)
        logits.append(functional.pad(marks, (0, 0, 0, ids.shape[1] - longest)))
    back = torch.argsort(order)
    return torch.cat(numbers)[back], torch.cat(logits)[back]


def _placed(logits: Tensor, share: float) -> Tensor:
    """Labels of the tokens of a side of which a stretch of a share is unsaid  # (tokens,): where the network finds it.

    The run of that length with the greatest sum of logits counts as 1, its edges as unknown (-1), the rest as 0.
    """
    count = len(logits)
    width = max(1, min(count, round(share * count)))
    sums = torch.cat([torch.zeros(1), logits.detach().clamp(-_MOST_LOGIT, _MOST_LOGIT).cumsum(0)])
    first = int((sums[width:] - sums[:-width]).argmax())
    labels = torch.zeros(count)
    labels[first : first + width] = 1.0
    blurred = round(_BLURRED * width)
    for edge in (first, first + width):
        if blurred and 0 < edge < count:
            labels[max(0, edge - blurred) : edge + blurred] = -1.0
    return labels


def loss_of(
    network: JointNetwork, cases: Sequence[Case], tokens: JointTokens, *, half: bool = True
) -> tuple[Tensor, list[float]]:
    """The loss, and its parts: ratings, order, related, edited, wrong, missing; `half`: products in bfloat16."""
    rows = [row for case in cases for row in case.rows]
    read, ids, sides, inside = collate(rows, tokens)
    with torch.autocast("cpu", torch.bfloat16, enabled=half):
        numbers, logits = _in_parts(network, ids, sides, inside)
    numbers, logits = numbers.float(), logits.float()
    rated = [place for place, row in enumerate(rows) if row.z is not None]
    parts = []
    if rated:
        targets = torch.tensor([max(_LEAST_Z, min(_MOST_Z, row.z)) for row in rows if row.z is not None])
        weight = torch.tensor([rows[place].weight for place in rated])
        parts.append((weight * (numbers[rated, 0] - targets) ** 2).sum() / len(rated))
    else:
        parts.append(numbers.sum() * 0.0)
    at, places, weights = 0, [], []
    for case in cases:
        if len(case.rows) == 2:
            places.append(at)
            weights.append(case.weight)
        at += len(case.rows)
    if places:
        better = torch.tensor(places)
        difference = numbers[better, 1] - numbers[better + 1, 1]
        parts.append((functional.softplus(-difference) * torch.tensor(weights)).mean())
    else:
        parts.append(numbers.sum() * 0.0)
    told = [place for place, row in enumerate(rows) if row.is_related is not None]
    is_related = torch.tensor([float(bool(rows[place].is_related)) for place in told])
    own = numbers[told, 2]
    parts.append(functional.binary_cross_entropy_with_logits(own, is_related) if told else own.sum() * 0.0)
    for number, name in enumerate(TOKEN_OUTPUTS):
        labels = torch.full(ids.shape, -1.0)
        for place, (row, one) in enumerate(zip(rows, read, strict=True)):
            of_source = name == "missing"
            spans = one.source_spans if of_source else one.translation_spans
            first = one.source_first if of_source else one.translation_first
            _put_labels(spans, first, getattr(row, name), labels[place])
            if row.unsaid is not None and getattr(row, name) is None and name != "edited" and spans:
                own_tokens = slice(first, first + len(spans))
                labels[place, own_tokens] = _placed(logits[place, own_tokens, number], row.unsaid)
        known = labels >= 0
        own = logits[..., number]
        parts.append(
            functional.binary_cross_entropy_with_logits(own[known], labels[known]) if known.any() else own.sum() * 0.0
        )
    loss: Tensor = parts[0] + _ORDER_WEIGHT * parts[1] + _LEVEL_WEIGHT * (numbers[:, 1] ** 2).mean()
    loss = loss + _RELATED_WEIGHT * parts[2]
    for own_weight, part in zip(_TOKEN_WEIGHTS, parts[3:], strict=True):
        loss = loss + own_weight * part
    return loss, [part.item() for part in parts]


@torch.no_grad()
def scores_of(
    network: JointNetwork, pairs: Sequence[tuple[str, str]], tokens: JointTokens, *, half: bool = True
) -> np.ndarray:
    """Expectation, order and relation of pairs (source, translation)  # (pairs, 3)."""
    order = sorted(range(len(pairs)), key=lambda number: sum(map(len, pairs[number])))
    found = np.zeros((len(pairs), len(SENTENCE_OUTPUTS)))
    for low in range(0, len(order), 32):
        own = order[low : low + 32]
        _, ids, sides, inside = collate([Row(*pairs[number]) for number in own], tokens)
        with torch.autocast("cpu", torch.bfloat16, enabled=half):
            found[own] = network(ids, sides, inside)[0].float().numpy()
    return found


def evaluate(network: JointNetwork, tokens: JointTokens, corrupted: Any, most: int, *, half: bool) -> dict[str, float]:
    """Correlation on MLQE-PE dev, share of corrupted pairs of WMT22 in order."""
    figures = {}
    for pair in mlqe_pe.PAIRS:
        rows = mlqe_pe.direct_assessments(pair, "dev")[:most]
        said = scores_of(network, [(row.source, row.translation) for row in rows], tokens, half=half)[:, 0]
        figures[pair] = round(pearson(said.tolist(), [row.z_mean for row in rows]), 4)
    figures["mean"] = round(float(np.mean(list(figures.values()))), 4)
    good, bad = (scores_of(network, [one[side] for one in corrupted], tokens, half=half) for side in (0, 1))
    figures["ordered"] = round(float(np.mean(good[:, 1] > bad[:, 1])), 4)
    figures["ordered_by_z"] = round(float(np.mean(good[:, 0] > bad[:, 0])), 4)
    return figures


def comparison_pairs() -> list[tuple[tuple[str, str], tuple[str, str]]]:
    """Source and translation of references of WMT22, and of corrupted copies."""
    found = corrupted_pairs(random.Random(_DEV_SEED))[:_COMPARISONS]
    return [((one.source, one.translation), (other.source, other.translation)) for one, other in found]


def batches(rated: list[Case], comparisons: Comparisons, steps: int, first: int) -> Any:
    """Batches of cases from step `first` on; equal for equal arguments."""
    for bucket in range(first // _BUCKET, -(-steps // _BUCKET)):
        rng = random.Random(f"{_SEED} {bucket}")
        begin = bucket * _BUCKET * _RATED
        own = [rated[(begin + number) % len(rated)] for number in range(_BUCKET * _RATED)]
        drawn = [comparisons.draw(rng) for _ in range(_BUCKET * _COMPARED)]
        for cases in (own, drawn):
            cases.sort(key=lambda case: len(case.rows[-1].source) + len(case.rows[-1].translation))
        made = [
            own[number * _RATED : (number + 1) * _RATED] + drawn[number * _COMPARED : (number + 1) * _COMPARED]
            for number in range(_BUCKET)
        ]
        rng.shuffle(made)
        yield from made


def main(
    steps: Annotated[int, typer.Option(help="batches to train on")] = 3000,
    begin: Annotated[Path | None, typer.Option(help="folder of shipped weights to go on from")] = None,
    rate: Annotated[float, typer.Option(help="greatest rate of the encoder")] = _RATE,
    half: Annotated[bool, typer.Option(help="products in bfloat16; slower than float32 on some CPUs")] = True,
    frozen: Annotated[int, typer.Option(help="lower layers that stay as they are")] = 0,
) -> None:
    """Train and write the weights."""
    torch.manual_seed(_SEED)
    file = read_encoder_file(ensure(BASE, Settings()).path / WEIGHTS)
    tokens = JointTokens.of_file(file)
    network = JointNetwork(file)
    del file
    if begin is not None:
        network.load_shipped(begin)
    network.freeze(frozen)
    rated = rated_cases(random.Random(_SEED))
    comparisons = Comparisons(random.Random(_SEED), load_meaning_encoder(Settings()))
    dev = comparison_pairs()
    heads = [value for name, value in network.named_parameters() if not name.startswith("encoder.")]
    body = [value for name, value in network.named_parameters() if name.startswith("encoder.") and value.requires_grad]
    optimizer = torch.optim.AdamW(
        [{"params": body, "most": rate, "weight_decay": 0.01}, {"params": heads, "most": _HEAD_RATE}],
        lr=rate,
        fused=True,
    )
    first, curve = resumed(STATE, network, optimizer, steps=steps, bucket=_BUCKET, strict=False)
    print(f"{len(rated)} rated, {len(comparisons.pairs)} pairs, first step {first}", flush=True)
    sums: list[list[float]] = []
    started = saved = time.monotonic()
    warm = max(1, int(_WARM * steps))
    for step, cases in enumerate(batches(rated, comparisons, steps, first), first):
        if step >= steps:
            break
        part = 0.5 * (1.0 + math.cos(math.pi * step / steps))
        share = min(1.0, (step + 1) / warm) * (_LAST_RATE + (1.0 - _LAST_RATE) * part)
        for group in optimizer.param_groups:
            group["lr"] = group["most"] * share
        loss, parts = loss_of(network, cases, tokens, half=half)
        optimizer.zero_grad()
        torch.autograd.backward(loss)
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        sums.append(parts)
        if (step + 1) % _REPORT == 0:
            now = " ".join(f"{value:.4f}" for value in np.mean(sums[-_REPORT:], axis=0))
            print(f"{step + 1} {now} {time.monotonic() - started:.0f}s", flush=True)
        is_due = time.monotonic() - saved > _SAVE_SECONDS and (step + 1) % _BUCKET == 0
        if is_due or step + 1 == steps:
            saved = time.monotonic()
            STATE.parent.mkdir(parents=True, exist_ok=True)
            torch.save([network.trained(), optimizer.state_dict(), step + 1, curve, steps], STATE)
        if (step + 1) % max(1, steps // 5) == 0 and step + 1 < steps:
            curve.append({"step": step + 1, **evaluate(network, tokens, dev, _DEV, half=half)})
            print(json.dumps(curve[-1]), flush=True)
    curve.append({"step": steps, **evaluate(network, tokens, dev, DEV, half=half)})
    print(json.dumps(curve[-1]), flush=True)
    sizes = {"rated": len(rated), "pairs": len(comparisons.pairs), "steps": steps, "seed": _SEED}
    plan = {"rate": rate, "frozen": frozen, "rated_at_once": _RATED, "compared_at_once": _COMPARED}
    earlier = {} if begin is None else {"began_from": {name: hash_of(begin / name)[:8] for name in (LAYERS, HEADS)}}
    record = {**sizes, **plan, **earlier, "curve": curve}
    RUN.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    typer.run(main)
