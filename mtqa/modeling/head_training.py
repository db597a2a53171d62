"""Training the heads of the quality estimator further, on features that frozen encoders made once.

The loss is that of the shipped weights (squared error of both ratings, a Gaussian likelihood for the spread alone,
cross-entropy of the marked tokens), plus the squared distance from where training began, which counts the less the
more rows there are (L2-SP, Li et al. 2018). Training begins with the shipped heads, their ratings moved to the user's
scale by a straight line, and ends with the epoch that was best on the rows held out.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as functional
from numpy.typing import NDArray
from torch import Tensor

from mtqa.modeling.quality_heads import Judgement, QualityHeads
from mtqa.modeling.quality_model import FEATURES, Floats, TextFeatures, read_features, shares
from mtqa.modeling.quality_ratings import Mark
from mtqa.schema.progress import Progress, Step

_UNKNOWN = -1.0
_WEIGHTS = {"z": 1.0, "raw": 8.0, "spread": 0.1, "error": 0.5, "major": 0.1}  # of the parts of the loss
_DECIDING = ("z", "raw", "error")  # parts by which epochs are compared
_RATE = 5e-4
_PULL = 20.0  # weight of the squared distance from the start, divided by the number of rows
_AT_ONCE = 16  # texts
_MOST_EPOCHS, _PATIENCE = 60, 8
_LEAST_GAIN = 0.01  # of the loss on rows held out; below it a user is better served with what was trained on more
_LEAST_SLOPE = 0.1  # of the line from the shipped scale to the user's, against the ratio of the deviations


@dataclass(frozen=True, slots=True)
class Example:
    """One text. `z`, `raw`: rating, standardised and of 1, NaN where unknown; `marks` None where nobody marked."""

    text: str
    features: TextFeatures
    z: float
    raw: float
    marks: tuple[Mark, ...] | None


@dataclass(frozen=True, slots=True)
class TrainedHeads:
    """`heads` are the shipped ones, unchanged, if not `improved`; losses are of the rows held out."""

    heads: Mapping[str, Floats]
    improved: bool
    epochs: int
    loss_before: float
    loss_after: float


@dataclass(frozen=True, slots=True)
class _Batch:
    """Windows of some texts. `owners`: the number of each window's text.

    `features`  # (windows, tokens, FEATURES); `lengths`, `owners`, `shares`  # (windows,); -1 where unknown: `error`,
    `major`  # (windows, tokens); NaN where unknown: `z`, `raw`  # (texts,).
    """

    features: Tensor
    lengths: Tensor
    owners: Tensor
    shares: Tensor
    error: Tensor
    major: Tensor
    z: Tensor
    raw: Tensor


def train_heads(
    shipped: Mapping[str, Floats],
    train: Sequence[Example],
    held_out: Sequence[Example],
    *,
    tokens: bool,
    seed: int,
    progress: Progress,
    task: str,
) -> TrainedHeads:
    """Train on `train`, stop by `held_out`; `tokens` False leaves the token head as it is. Deterministic by seed."""
    with _alone(seed):
        heads = QualityHeads()
        heads.load_state_dict({name: torch.tensor(value) for name, value in _on_scale(shipped, train).items()})
        for name, parameter in heads.named_parameters():
            parameter.requires_grad_(not name.startswith("surprisal") and (tokens or not name.startswith("token_")))
        start = {name: value.detach().clone() for name, value in heads.named_parameters()}
        trained = [value for value in heads.parameters() if value.requires_grad]
        optimizer = torch.optim.AdamW(trained, lr=_RATE, weight_decay=0.0)
        batches, others = _batches(train), _batches(held_out)
        before = best = _loss_on(heads, others, tokens=tokens)
        kept = {name: value.clone() for name, value in heads.state_dict().items()}
        rng = random.Random(seed)  # noqa: S311 - an order, no secret
        epoch, best_epoch = 0, 0
        while epoch < _MOST_EPOCHS and epoch - best_epoch < _PATIENCE:
            epoch += 1
            progress(Step(task, epoch, _MOST_EPOCHS, "epochs"))
            rng.shuffle(batches)
            heads.train()
            for batch in batches:
                parts = _parts(_judged(heads, batch), batch, tokens=tokens)
                fit = sum((_WEIGHTS[name] * total / count for name, (total, count) in parts.items()), torch.zeros(()))
                away = sum(
                    ((value - start[name]).square().sum() for name, value in heads.named_parameters()), torch.zeros(())
                )
                optimizer.zero_grad(set_to_none=True)
                torch.autograd.backward(fit + _PULL / len(train) * away)
                optimizer.step()
            loss = _loss_on(heads, others, tokens=tokens)
            if loss < best:
                best, best_epoch = loss, epoch
                kept = {name: value.clone() for name, value in heads.state_dict().items()}
    improved = best < (1.0 - _LEAST_GAIN) * before
    final = {name: value.numpy() for name, value in kept.items()} if improved else dict(shipped)
    return TrainedHeads(final, improved, best_epoch if improved else 0, before, best if improved else before)


def token_labels(text: str, ends: Sequence[int], marks: Sequence[Mark]) -> tuple[list[float], list[float]]:
    """Per token 1 where it overlaps a mark, and 1 where it overlaps a major one; `ends` as in tokens.Encoded."""
    error, major = [], []
    start = 0
    for end in ends:
        first = start
        while first < end and text[first].isspace():  # a mark does not reach over the space before its word
            first += 1
        touched = {mark.severity for mark in marks if mark.start < max(end, first + 1) and first < mark.end}
        error.append(float(bool(touched)))
        major.append(float("major" in touched))
        start = max(start, end)
    return error, major


def _on_scale(shipped: Mapping[str, Floats], train: Sequence[Example]) -> dict[str, Floats]:
    """The shipped heads with ratings and spread put on the scale of the rated rows: a rising line for each."""
    rated = [example for example in train if not math.isnan(example.z)]
    readings = [read_features(shipped, example.features) for example in rated]
    weight, bias = shipped["sentence_output.weight"].copy(), shipped["sentence_output.bias"].copy()
    truths = (np.array([one.z for one in rated]), np.array([one.raw for one in rated]))
    said = (np.array([one.z for one in readings]), np.array([one.raw for one in readings]))
    left = np.zeros(len(rated))
    for row, (truth, value) in enumerate(zip(truths, said, strict=True)):
        slope, offset = _line(value, truth)
        weight[row] *= slope
        bias[row] = slope * bias[row] + offset
        left = truth - (slope * value + offset)  # of the raw rating, the last one
    stated = float(np.mean([one.spread for one in readings]))
    bias[2] += math.log(max(1e-3, float(left.std())) / max(1e-6, stated))
    return {**shipped, "sentence_output.weight": weight, "sentence_output.bias": bias}


def _line(value: NDArray[np.float64], truth: NDArray[np.float64]) -> tuple[float, float]:
    """Slope and offset of least squares, with a slope that rises whatever the rows say."""
    deviation = float(value.std())
    if deviation < 1e-6:
        return 1.0, float(truth.mean() - value.mean())
    slope = float(np.mean((value - value.mean()) * (truth - truth.mean()))) / deviation**2
    slope = max(slope, _LEAST_SLOPE * float(truth.std()) / deviation)
    return slope, float(truth.mean()) - slope * float(value.mean())


def _batches(examples: Sequence[Example]) -> list[_Batch]:
    """Texts of similar length together, so that little is padded."""
    order = sorted(examples, key=lambda example: len(example.features.encoded.ids))
    return [_collated(order[low : low + _AT_ONCE]) for low in range(0, len(order), _AT_ONCE)]


def _collated(examples: Sequence[Example]) -> _Batch:
    rows = [
        (owner, float(share), window, features)
        for owner, example in enumerate(examples)
        for share, (window, features) in zip(
            shares([window for window, _ in example.features.windows]), example.features.windows, strict=True
        )
    ]
    labels = [
        None if one.marks is None else token_labels(one.text, one.features.encoded.ends, one.marks) for one in examples
    ]
    shape = (len(rows), max(len(features) for _, _, _, features in rows))
    padded = torch.zeros((*shape, FEATURES))
    error, major = torch.full(shape, _UNKNOWN), torch.full(shape, _UNKNOWN)
    for number, (owner, _, window, features) in enumerate(rows):
        padded[number, : len(features)] = torch.from_numpy(features)
        known = labels[owner]
        if known is not None:
            # One place further than in the text, for the token that begins a window; context was judged before.
            places = slice(1 + window.skip, 1 + window.end - window.start)
            own = slice(window.start + window.skip, window.end)
            error[number, places] = torch.tensor(known[0][own])
            major[number, places] = torch.tensor(known[1][own])
    return _Batch(
        features=padded,
        lengths=torch.tensor([len(features) for _, _, _, features in rows]),
        owners=torch.tensor([owner for owner, _, _, _ in rows]),
        shares=torch.tensor([share for _, share, _, _ in rows]),
        error=error,
        major=major,
        z=torch.tensor([example.z for example in examples]),
        raw=torch.tensor([example.raw for example in examples]),
    )


def _judged(heads: QualityHeads, batch: _Batch) -> Judgement:
    """Values of windows put together to those of texts, as mtqa.modeling.quality_model does; tokens by window."""
    judged: Judgement = heads(batch.features, batch.lengths)

    def joined(values: Tensor) -> Tensor:
        return torch.zeros(len(batch.z)).index_add(0, batch.owners, batch.shares * values)  # (texts,)

    spread = joined(judged.log_spread.exp()).log()
    return Judgement(joined(judged.z), joined(judged.raw), spread, judged.error, judged.major, judged.surprisal)


def _parts(judged: Judgement, batch: _Batch, *, tokens: bool) -> dict[str, tuple[Tensor, int]]:
    """Sum and number of terms of each part of the loss that the batch knows something about."""
    parts: dict[str, tuple[Tensor, int]] = {}
    rated = ~batch.z.isnan()
    if count := int(rated.sum()):
        parts["z"] = (judged.z - batch.z)[rated].square().sum(), count
        away = (judged.raw - batch.raw)[rated]
        parts["raw"] = away.square().sum(), count
        spread = judged.log_spread[rated]
        parts["spread"] = (spread + 0.5 * away.detach().square() * torch.exp(-2.0 * spread)).sum(), count
    marked, severe = batch.error >= 0.0, batch.error > 0.0
    entropy = functional.binary_cross_entropy_with_logits
    if tokens and (count := int(marked.sum())):
        parts["error"] = entropy(judged.error[marked], batch.error[marked], reduction="sum"), count
    if tokens and (count := int(severe.sum())):
        parts["major"] = entropy(judged.major[severe], batch.major[severe], reduction="sum"), count
    return parts


@torch.inference_mode()
def _loss_on(heads: QualityHeads, batches: Sequence[_Batch], *, tokens: bool) -> float:
    """The deciding parts of the loss, means over all rows and tokens."""
    heads.eval()
    sums = dict.fromkeys(_DECIDING, (0.0, 0))
    for batch in batches:
        for name, (total, count) in _parts(_judged(heads, batch), batch, tokens=tokens).items():
            if name in sums:
                sums[name] = sums[name][0] + float(total), sums[name][1] + count
    return math.fsum(_WEIGHTS[name] * total / count for name, (total, count) in sums.items() if count)


@contextmanager
def _alone(seed: int) -> Iterator[None]:
    """One thread, so that sums do not depend on the number of cores; the caller's random numbers stay as they were."""
    threads = torch.get_num_threads()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        torch.set_num_threads(1)
        try:
            yield
        finally:
            torch.set_num_threads(threads)
