"""`python -m models.quality_en.token_head`: train the token head of each tier, over what its models make of a text.

Encoders and heads stay as they are; the head of a tier (mtqa.modeling.token_head) reads the features of its models side
by side. It learns from the post-editors' tags of MLQE-PE train alone or, where marks of other kinds are asked for, from
the MQM spans of the training documents and from planted errors (models.quality_en.examples) as well. What it says is
made a probability of a tag by logistic regression on MLQE-PE dev, each word by its worst token. Writes
weights/TIER-tokens.safetensors and its entry in quality.json; a training takes a minute, reading the texts ten.
"""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
import torch
import torch.nn.functional as functional
import typer
from safetensors.torch import save_file
from torch import Tensor, nn

from eval.datasets import mlqe_pe
from eval.fitting.logistic import fit as fit_logistic
from eval.measures.words import best_matthews, confusion, matthews
from models.quality_en.batches import Tokens, token_labels
from models.quality_en.corruptions import KINDS
from models.quality_en.examples import Row, corrupted_units, mlqe_units, mqm_units
from mtqa import Settings
from mtqa.modeling.fetch import hash_of
from mtqa.modeling.load_quality import DESCRIPTION, TOKEN_HEAD, load_models, weights_folder
from mtqa.modeling.quality_heads import attend, shifted
from mtqa.modeling.quality_model import ATTENTION_HEADS, FARTHEST, NEIGHBOURS, Reading
from mtqa.modeling.token_head import TokenHead, side_by_side
from mtqa.modeling.tokens import merge_spans, overlapping

_HIDDEN, _ATTENTION = 128, 64
_DROPOUT = 0.2
_EPOCHS, _RATE, _WARMUP, _LEAST_RATE = 3, 1e-3, 200, 0.02
_AT_ONCE = 64  # texts
_SEED = 0
_MARKED_SEED = 3
_MQM, _CORRUPTED = 4500, 4000


class TokenNetwork(nn.Module):
    """What mtqa.modeling.token_head runs in numpy; `features`  # (tokens, width) are those of training, for scale."""

    def __init__(self, features: Tensor) -> None:
        super().__init__()
        width = features.shape[1]
        self.mean = nn.Parameter(features.mean(0), requires_grad=False)
        self.spread = nn.Parameter(features.std(0) + 1e-3, requires_grad=False)
        self.token_attention = nn.Linear(width, 3 * _ATTENTION)
        self.token_distance = nn.Parameter(torch.zeros(ATTENTION_HEADS, 2 * FARTHEST + 1))
        self.hidden = nn.Linear((len(NEIGHBOURS) + 1) * width + _ATTENTION, _HIDDEN)
        self.second = nn.Linear(_HIDDEN, _HIDDEN)
        self.output = nn.Linear(_HIDDEN, 1)
        self.dropout = nn.Dropout(_DROPOUT)

    def forward(self, features: Tensor, inside: Tensor) -> Tensor:
        """Features  # (texts, tokens, width), inside  # (texts, tokens): not padding -> logits  # (texts, tokens)."""
        seen: Tensor = self.dropout((features - self.mean) / self.spread * inside[..., None])
        found = attend(self.token_attention(seen), self.token_distance, inside)
        context = (seen.sum(1) / inside.sum(1, keepdim=True))[:, None].expand_as(seen)
        near = [shifted(seen, by) for by in NEIGHBOURS]
        hidden = torch.tanh(self.hidden(torch.cat([*near, found, context], -1)))
        hidden = hidden + torch.tanh(self.second(self.dropout(hidden)))
        logits: Tensor = self.output(self.dropout(hidden)).squeeze(-1)
        return logits


@dataclass(frozen=True, slots=True)
class Labelled:
    """`features`  # (spans, width); `wrong`  # (spans,): 1 where a mark touches the span."""

    features: Tensor
    wrong: Tensor


def labelled(readings: Sequence[Reading], row: Row) -> Labelled:
    """A text with its marks, as the models of a tier read it."""
    ends = tuple(span.end for span, _ in merge_spans(readings[0].encoded.ends))
    wrong, _ = token_labels(row, Tokens((), (), ends))
    return Labelled(torch.from_numpy(side_by_side(readings)), torch.tensor(wrong))


def trained(texts: Sequence[Labelled], *, epochs: int = _EPOCHS, seed: int = _SEED) -> TokenNetwork:
    """A network trained on these texts."""
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    network = TokenNetwork(torch.cat([one.features for one in texts[::5]]))
    optimizer = torch.optim.AdamW([one for one in network.parameters() if one.requires_grad], weight_decay=0.01)
    order = sorted(range(len(texts)), key=lambda number: len(texts[number].wrong))
    batches = [order[low : low + _AT_ONCE] for low in range(0, len(order), _AT_ONCE)]
    step, steps = 0, epochs * len(batches)
    for epoch in range(epochs):
        total = 0.0
        for number in rng.permutation(len(batches)):
            for group in optimizer.param_groups:
                group["lr"] = _RATE * min(1.0, (step + 1) / _WARMUP) * max(_LEAST_RATE, 1.0 - step / steps)
            own = [texts[place] for place in batches[number]]
            features, inside = padded([one.features for one in own])
            wrong = torch.cat([one.wrong for one in own])
            loss = functional.binary_cross_entropy_with_logits(network(features, inside)[inside], wrong)
            optimizer.zero_grad(set_to_none=True)
            torch.autograd.backward(loss)
            optimizer.step()
            step, total = step + 1, total + float(loss.detach())
        print(f"epoch {epoch + 1}: loss {total / len(batches):.4f}", flush=True)
    return network.eval()


def padded(features: Sequence[Tensor]) -> tuple[Tensor, Tensor]:
    """Features of some texts  # (texts, tokens, width), zero behind each text, and where it is  # (texts, tokens)."""
    inside = torch.nn.utils.rnn.pad_sequence(
        [torch.ones(len(one), dtype=torch.bool) for one in features], batch_first=True
    )
    return torch.nn.utils.rnn.pad_sequence(list(features), batch_first=True), inside


def calibrated(
    weights: dict[str, Tensor], rows: Sequence[Any], readings: Sequence[Sequence[Reading]]
) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """The weights with an output that is the logit of a tag, and figures on the rows they were fitted to."""
    head = TokenHead({name: value.numpy() for name, value in weights.items()}, width=len(weights["mean"]))
    values, tags, pairs = [], [], []
    for (rated, tagged, spans), own in zip(rows, readings, strict=True):
        logits = head.logits(own)
        ends = [span.end for span, _ in merge_spans(own[0].encoded.ends)]
        places = overlapping([span.start for span in spans], [span.end for span in spans], ends)
        for low, high, bad in zip(*places, tagged.bad, strict=True):
            values.append(float(logits[low:high].max()))
            tags.append(float(bad))
            pairs.append(rated.pair)
    bias, slopes = fit_logistic([{"logit": value} for value in values], tags)
    fitted = weights | {
        "output.weight": weights["output.weight"] * slopes["logit"],
        "output.bias": weights["output.bias"] * slopes["logit"] + bias,
    }
    bad, found = np.array(tags) > 0.5, np.array(values)
    pooled, threshold = best_matthews(bad, found)
    of_pair = np.array(pairs)
    by_pair = [
        matthews(confusion((found[of_pair == pair] >= threshold).tolist(), bad[of_pair == pair].tolist()))
        for pair in mlqe_pe.PAIRS
    ]
    return fitted, {"token_mcc": round(pooled, 3), "mean_token_mcc": round(float(np.mean(by_pair)), 3)}


def main(
    mixed: Annotated[bool, typer.Option(help="learn from MQM spans and planted errors as well")] = False,
) -> None:
    """Train the token heads of all tiers of the shipped weights."""
    folder = weights_folder()
    path = folder / DESCRIPTION
    description = json.loads(path.read_text(encoding="utf-8"))
    rng = random.Random(_MARKED_SEED)
    units = list(mlqe_units("train", None, rng))
    if mixed:
        units += [*mqm_units("train", _MQM, rng), *corrupted_units(_CORRUPTED, tuple(KINDS), rng)]
    rows = [row for unit in units for row in unit.rows]
    dev = [row for pair in mlqe_pe.PAIRS for row in mlqe_pe.tagged_sentences(pair, "dev")]
    texts = [*(row.text for row in rows), *(rated.translation for rated, _, _ in dev)]
    read = {name: model.read(texts) for name, model in load_models(folder, Settings()).items()}
    for tier, entry in description["tiers"].items():
        every = list(zip(*(read[name] for name in entry["models"]), strict=True))
        own, held = every[: len(rows)], every[len(rows) :]
        network = trained([labelled(one, row) for one, row in zip(own, rows, strict=True)])
        weights = {name: value.detach().clone() for name, value in network.state_dict().items()}
        weights, figures = calibrated(weights, dev, held)
        file = folder / f"{tier}-tokens.safetensors"
        save_file(weights, file)
        file.chmod(0o644)  # the library makes files that only their owner can read
        size = {"bytes": file.stat().st_size, "sha256": hash_of(file)}
        entry[TOKEN_HEAD] = {"file": file.name, **size, "trained_on": len(rows), "fitted": figures}
        print(tier, json.dumps(figures), flush=True)
    path.write_text(json.dumps(description, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    typer.run(main)
