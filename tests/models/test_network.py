"""The networks that are trained: the decoder is Llama, frozen parts stay, and what was trained is all that is saved."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from models.quality_en.network import UPPER, Adapted, Decoder, Encoder, QualityNetwork, Tuning, typed_bert
from mtqa.modeling.quality_build import merged_model
from tests.modeling.tiny_llama import FEATURES, VOCABULARY, random_llama

pytestmark = pytest.mark.models  # nothing is downloaded, but torch takes seconds

IDS = torch.tensor([[0, 5, 9, 200, 3, 77, 120, 0, 19], [0, 1, 2, 3, 4, 5, 6, 0, 311]])


def decoder(tuning: Tuning = "adapters", *, layers: int = 3, of: int = 3, **options: float) -> Decoder:
    torch.manual_seed(2)
    return Decoder(random_llama(of, **options), layers=layers, tuning=tuning, rank=2).eval()  # type: ignore[arg-type]


@pytest.mark.parametrize(("layers", "theta"), [(3, 10_000.0), (2, 10_000.0), (3, 500.0)])
def test_the_decoder_is_the_llama_of_transformers(layers: int, theta: float) -> None:
    own = decoder(layers=layers, theta=theta)
    model = random_llama(3, theta=theta)
    model.model.layers = model.model.layers[:layers]
    model.model.norm.weight.data.copy_(own.norm)
    with torch.inference_mode():
        expected = own.features(model.model(IDS).last_hidden_state)
        found = own(IDS)
    assert found.shape == (2, 9, FEATURES)
    torch.testing.assert_close(found, expected, atol=1e-4, rtol=1e-4)


def test_padding_on_the_right_changes_nothing_before_it() -> None:
    own = decoder()
    padded = torch.cat([IDS, torch.zeros(2, 5, dtype=torch.long)], 1)
    with torch.inference_mode():
        torch.testing.assert_close(own(padded)[:, :9], own(IDS), atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize(
    ("tuning", "layers", "trained"),
    [
        ("adapters", 3, {"layers.0.output.up", "layers.2.gate_up.down", "norm", "features.weight"}),
        ("full", 3, {"layers.0.output.weight", "layers.0.norm_mlp", "layers.2.down.weight", "norm"}),
        ("upper", UPPER + 2, {"layers.2.norm_attention", f"layers.{UPPER + 1}.query_key_value.weight", "norm"}),
    ],
)
def test_training_touches_what_the_tuning_says(tuning: Tuning, layers: int, trained: set[str]) -> None:
    own = decoder(tuning, layers=layers, of=layers)
    names = {name for name, value in own.named_parameters() if value.requires_grad}
    assert trained <= names
    assert "embedding.weight" not in names
    assert ("layers.0.output.weight" in names) == (tuning == "full")
    assert {int(name.split(".")[1]) for name in names if name.startswith("layers.")} == (
        set(range(2, layers)) if tuning == "upper" else set(range(layers))
    )


def trained(network: QualityNetwork) -> QualityNetwork:
    """After a few steps, so that nothing that is trained is as it was."""
    optimizer = torch.optim.SGD([one for one in network.parameters() if one.requires_grad], lr=0.05)
    for _ in range(3):
        judged = network(IDS, None, torch.tensor([9, 7]))
        loss = judged.z.square().sum() + judged.raw.sum() + judged.log_spread.sum() + judged.error.square().sum()
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
    return network.eval()


@pytest.mark.parametrize(("tuning", "layers"), [("adapters", 3), ("upper", UPPER + 1)])
def test_what_was_trained_is_merged_into_the_language_model(tuning: Tuning, layers: int) -> None:
    network = trained(QualityNetwork(decoder(tuning, layers=layers, of=layers + 1)))
    state = {
        name.removeprefix("encoder."): value
        for name, value in network.trained_state().items()
        if name.startswith("encoder.")
    }
    merged = merged_model(random_llama(layers + 1), state)
    with torch.inference_mode():
        torch.testing.assert_close(merged(IDS).logits, network.encoder(IDS), atol=1e-4, rtol=1e-4)


def test_what_was_trained_can_be_put_back() -> None:
    network = trained(QualityNetwork(decoder()))
    other = QualityNetwork(decoder()).eval()
    with torch.inference_mode():
        assert not torch.allclose(other.encoder(IDS), network.encoder(IDS), atol=1e-3)
        other.load_trained(network.trained_state())
        torch.testing.assert_close(other.encoder(IDS), network.encoder(IDS))
    with pytest.raises(ValueError, match="another network"):
        QualityNetwork(decoder("full")).load_trained(network.trained_state())


def test_groups_hold_every_trained_parameter_once() -> None:
    network = QualityNetwork(decoder())
    old, new = network.groups(rate=0.1, head_rate=0.2)
    assert (old["lr"], new["lr"]) == (0.1, 0.2)
    parameters = [id(one) for group in (old, new) for one in group["params"]]
    assert sorted(parameters) == sorted(id(one) for one in network.parameters() if one.requires_grad)
    assert id(network.encoder.features.weight) in {id(one) for one in new["params"]}


def test_a_low_rank_addition_starts_at_nothing_and_merges() -> None:
    torch.manual_seed(1)
    weight, inputs = torch.randn(6, 4), torch.randn(3, 4)
    adapted = Adapted(weight, rank=2, trained=False)
    assert torch.equal(adapted(inputs), inputs @ weight.T)
    assert adapted.up is not None
    adapted.up.data.normal_()
    torch.testing.assert_close(adapted(inputs), inputs @ adapted.merged().T)
    assert not torch.allclose(adapted.merged(), weight)


def test_evening_out_gives_every_dimension_the_same_size() -> None:
    own = decoder()
    ids = torch.randint(0, VOCABULARY, (8, 30), generator=torch.Generator().manual_seed(3))
    lengths = torch.tensor([30] * 7 + [12])
    own.even_out(ids, lengths)
    own.features = torch.nn.Identity()  # type: ignore[assignment]
    inside = (torch.arange(30)[None] > 0) & (torch.arange(30)[None] < lengths[:, None])
    with torch.inference_mode():
        size = own(ids)[inside].square().mean(0).sqrt()  # (width,)
    assert float(size.std() / size.mean()) < 0.02


def test_an_encoder_starts_with_types_that_say_nothing(tmp_path: Path) -> None:
    from transformers import BertConfig, BertModel

    config = BertConfig(
        vocab_size=100, hidden_size=32, num_hidden_layers=1, num_attention_heads=4, intermediate_size=64,
        max_position_embeddings=32, type_vocab_size=2,
    )  # fmt: skip
    BertModel(config).save_pretrained(tmp_path)
    encoder: Any = Encoder(typed_bert(tmp_path)).eval()
    ids = torch.tensor([[2, 7, 8, 3, 0, 0], [2, 9, 10, 11, 12, 3]])
    none, types = torch.zeros_like(ids), torch.tensor([[0, 4, 5, 0, 0, 0], [0, 1, 2, 3, 3, 0]])
    with torch.inference_mode():
        found = encoder(ids, types)
        torch.testing.assert_close(found, encoder(ids, none))
        torch.testing.assert_close(found[:1, :4], encoder(ids[:1, :4], none[:1, :4]), atol=1e-5, rtol=1e-5)
    assert found.shape == (2, 6, FEATURES)


def test_half_precision_changes_what_is_computed_little_and_what_is_trained_not_at_all() -> None:
    torch.manual_seed(2)
    whole, half = (
        Decoder(random_llama(UPPER + 1), layers=UPPER + 1, tuning="upper", rank=0, compute=kind).eval()
        for kind in (torch.float32, torch.bfloat16)
    )
    half.features.load_state_dict(whole.features.state_dict())
    with torch.inference_mode():
        expected, found = whole(IDS), half(IDS)
    assert found.dtype == torch.float32
    assert float((found - expected).norm() / expected.norm()) < 0.05
    kinds = {name: value.dtype for name, value in half.named_parameters()}
    assert {kind for name, kind in kinds.items() if name.startswith("layers.0.") and "norm" not in name} == {
        torch.bfloat16
    }
    assert all(value.dtype == torch.float32 for value in half.parameters() if value.requires_grad)
    half(IDS).sum().backward()
    assert all(value.grad is not None for value in half.parameters() if value.requires_grad)


def test_weights_of_another_network_are_refused() -> None:
    torch.manual_seed(5)
    network = QualityNetwork(decoder())
    state = network.trained_state()
    network.load_trained(state)
    with pytest.raises(ValueError, match=r"another network; differing: heads\.surprisal\.bias"):
        network.load_trained({key: value for key, value in state.items() if key != "heads.surprisal.bias"})
