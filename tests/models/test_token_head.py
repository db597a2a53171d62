"""Training the token head of a tier: labels, the network in torch and in numpy, and what it learns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
import torch

from models.quality_en.examples import MINOR, Row
from models.quality_en.token_head import Labelled, TokenNetwork, calibrated, labelled, padded, trained
from mtqa.modeling.quality_model import Reading
from mtqa.modeling.token_head import TokenHead, side_by_side
from mtqa.schema.document import Span
from tests.modeling.rated import BAD, faulty_rows
from tests.modeling.tiny_quality import FEATURES, table_model

pytestmark = pytest.mark.models  # nothing is downloaded, but torch takes seconds

MODELS = [table_model("bytes", seed=1), table_model("uncased", seed=2)]


def read(texts: list[str]) -> list[tuple[Reading, ...]]:
    return list(zip(*(model.read(texts) for model in MODELS), strict=True))


def rows(count: int, seed: int) -> list[Row]:
    return [
        Row(row["text"], marks=tuple((start, end, MINOR) for start, end, _ in row["spans"]))
        for row in faulty_rows(count, seed=seed)
    ]


def examples(count: int, seed: int) -> list[Labelled]:
    own = rows(count, seed)
    return [labelled(readings, row) for readings, row in zip(read([row.text for row in own]), own, strict=True)]


def test_a_text_has_one_label_for_each_token_of_the_first_model() -> None:
    row = Row("the law", marks=((4, 7, MINOR),))
    (readings,) = read([row.text])
    own = labelled(readings, row)
    assert own.features.shape == (len(readings[0].encoded.ends), 2 * FEATURES)
    assert own.wrong.tolist() == [float(end > 4) for end in readings[0].encoded.ends]


def test_padding_changes_nothing_and_numpy_agrees_with_torch() -> None:
    texts = [
        "It is there.",
        "The president of France spoke on Monday about a new law, and ten people came.",
    ]
    readings = read(texts)
    features = [torch.from_numpy(side_by_side(own)) for own in readings]
    torch.manual_seed(3)
    network = TokenNetwork(torch.cat(features)).eval()
    with torch.no_grad():
        for value in network.parameters():
            if value is not network.mean and value is not network.spread:
                value.copy_(0.1 * torch.randn(value.shape))
        both = network(*padded(features))
    head = TokenHead({name: value.numpy() for name, value in network.state_dict().items()}, width=2 * FEATURES)
    for row, (own, one) in enumerate(zip(readings, features, strict=True)):
        assert float(np.abs(head.logits(own)).max()) > 0.01
        np.testing.assert_allclose(both[row, : len(one)].numpy(), head.logits(own), atol=2e-5)


def test_it_learns_which_tokens_are_marked_and_the_same_seed_makes_the_same_network() -> None:
    own = examples(200, seed=1)
    first, second = trained(own, epochs=30), trained(own, epochs=30)
    for name, value in first.state_dict().items():
        assert torch.equal(value, second.state_dict()[name])
    held_out = examples(60, seed=2)
    with torch.no_grad():
        logits = torch.cat([first(*padded([one.features]))[0] for one in held_out])
    wrong = torch.cat([one.wrong for one in held_out]) > 0.5
    assert float(logits[wrong].mean()) > float(logits[~wrong].mean()) + 2.0


@dataclass(frozen=True)
class Rated:
    pair: str


@dataclass(frozen=True)
class Tagged:
    bad: tuple[bool, ...]


def test_the_output_is_made_the_logit_of_a_tagged_word() -> None:
    network = trained(examples(200, seed=1), epochs=10)
    weights = {name: value.detach().clone() for name, value in network.state_dict().items()}
    weights["output.weight"] *= 3.0  # too sure of itself
    own = rows(150, seed=3)
    pairs = ["et", "ne", "ro", "ru", "si"]
    dev = []
    for number, row in enumerate(own):
        words = row.text.split(" ")
        starts = [sum(len(word) + 1 for word in words[:at]) for at in range(len(words))]
        spans = tuple(Span(start, start + len(word)) for start, word in zip(starts, words, strict=True))
        dev.append((Rated(pairs[number % 5]), Tagged(tuple(word == BAD for word in words)), spans))
    readings = read([row.text for row in own])
    fitted, figures = calibrated(weights, dev, readings)
    assert fitted["hidden.weight"] is weights["hidden.weight"]
    assert 0.3 < figures["token_mcc"] <= 1.0
    before, after = (loss(one, own, readings) for one in (weights, fitted))
    assert after < before
    assert loss({**fitted, "output.bias": fitted["output.bias"] + 0.5}, own, readings) > after
    assert loss({**fitted, "output.bias": fitted["output.bias"] - 0.5}, own, readings) > after


def loss(weights: dict[str, torch.Tensor], own: list[Row], readings: list[tuple[Reading, ...]]) -> float:
    """Cross-entropy of the words, each with the highest logit of its tokens."""
    head = TokenHead({name: value.numpy() for name, value in weights.items()}, width=2 * FEATURES)
    total = []
    for row, one in zip(own, readings, strict=True):
        logits, ends = head.logits(one), one[0].encoded.ends
        start = 0
        for word in row.text.split(" "):
            inside = [value for value, end in zip(logits, ends, strict=True) if start < end <= start + len(word)]
            total.append(np.logaddexp(0.0, max(inside) * (-1.0 if word == BAD else 1.0)))
            start += len(word) + 1
    return float(np.mean(total))
