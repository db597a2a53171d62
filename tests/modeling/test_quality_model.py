"""From texts to readings over features by table: windows, order, batches, and texts without any token."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mtqa.errors import ModelError
from mtqa.modeling.quality_model import EncoderFeatures, Reading, apply_heads, is_unfinished, read_features, shares
from tests.modeling.tiny import CORPUS
from tests.modeling.tiny_quality import FEATURES, TableFeatures, random_heads, table_model

KINDS = ("uncased", "bytes")
WORDS = st.sampled_from("The president spoke on Monday about NATO, wind 😀 中 é\u0301 \x00 — (see below).".split(" "))
TEXTS = st.lists(WORDS, min_size=1, max_size=12).map(" ".join)
LONG = " ".join([*CORPUS] * 40)


def numbers(reading: Reading) -> tuple[object, ...]:
    """Everything of a reading, to the bit."""
    return reading.z, reading.raw, reading.spread, reading.error.tobytes(), reading.major.tobytes(), reading.encoded


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=25, deadline=None)
@given(texts=st.lists(TEXTS, min_size=1, max_size=9), seed=st.integers(0, 99))
def test_a_text_is_read_the_same_in_any_company(kind: str, texts: list[str], seed: int) -> None:
    model = table_model(kind)
    alone = [numbers(model.read([text])[0]) for text in texts]
    order = random.Random(seed).sample(range(len(texts)), len(texts))
    together = model.read([texts[number] for number in order])
    assert [numbers(one) for one in together] == [alone[number] for number in order]


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=25, deadline=None)
@given(text=TEXTS)
def test_values_are_in_range_and_one_per_token(kind: str, text: str) -> None:
    (reading,) = table_model(kind).read([text])
    assert len(reading.error) == len(reading.major) == len(reading.encoded.ids)
    assert all(0.0 <= float(one) <= 1.0 for one in (*reading.error, *reading.major))
    assert reading.spread > 0.0
    assert math.isfinite(reading.z + reading.raw)


@pytest.mark.parametrize("text", ["\x00\x01", "\u0301", "\u200b"])
def test_a_text_whose_characters_the_vocabulary_drops_has_a_finite_reading(text: str) -> None:
    (reading,) = table_model("uncased").read([text])
    assert math.isfinite(reading.z + reading.raw + reading.spread)
    assert len(reading.error) == len(reading.encoded.ids)


@pytest.mark.parametrize("tokens", [1, 189, 190, 191, 332, 333, 1000])
def test_long_texts_are_read_in_windows_and_every_token_counts_once(tokens: int) -> None:
    encoder = TableFeatures()
    model = table_model("uncased", encoder=encoder)
    text = " ".join(["wind"] * (tokens - 1) + ["rain"])
    (reading,) = model.read([text])
    assert len(reading.error) == tokens
    assert max(encoder.lengths) <= 192  # 190 and two borders
    # One window more for each 142 new tokens: 190 less the 48 that are read again.
    assert len(encoder.lengths) == 1 + max(0, math.ceil((tokens - 190) / 142))
    (features,) = model.features([text])
    assert sum(window.end - window.start - window.skip for window, _ in features.windows) == tokens
    assert shares([window for window, _ in features.windows]).sum() == pytest.approx(1.0)


def test_tokens_of_later_windows_are_judged_as_their_window_says() -> None:
    model = table_model("bytes")
    (reading,) = model.read([LONG])
    (features,) = model.features([LONG])
    judged = [apply_heads(random_heads(), own[None])[0]["error"][window.skip :] for window, own in features.windows]
    assert len(judged) > 3
    np.testing.assert_array_equal(reading.error, np.concatenate(judged))
    values = np.array([apply_heads(random_heads(), own[None])[0]["z"] for _, own in features.windows])
    assert values.min() < reading.z < values.max()


@pytest.mark.parametrize("kind", KINDS)
def test_features_kept_give_the_same_reading(kind: str) -> None:
    model = table_model(kind)
    texts = [*CORPUS, LONG, "."]
    kept = [read_features(random_heads(), one) for one in model.features(texts)]
    assert [numbers(one) for one in kept] == [numbers(one) for one in model.read(texts)]


def test_types_reach_an_uncased_encoder_only() -> None:
    lower, upper = table_model("uncased").read(["the president spoke", "The President Spoke"])
    assert lower.encoded.ids == upper.encoded.ids
    assert lower.z != upper.z


def test_what_was_read_is_counted() -> None:
    counted: list[int] = []
    readings = table_model("bytes").read(CORPUS, counted=counted.append)
    assert sum(counted) == sum(len(one.encoded.ids) + 2 for one in readings)
    assert table_model("bytes").read([]) == []


def test_without_attention_a_token_is_judged_with_one_before_and_two_behind() -> None:
    heads = random_heads()
    heads["token_hidden.weight"][:, 4 * FEATURES :] = 0.0
    features = np.random.default_rng(1).normal(size=(12, FEATURES)).astype(np.float32)
    before = apply_heads(heads, features[None])[0]["error"]
    features[6] += 1.0  # the token inside with number 5
    changed = np.flatnonzero(apply_heads(heads, features[None])[0]["error"] != before)
    assert changed.tolist() == [3, 4, 5, 6]


def test_the_attention_carries_what_is_far_to_every_token() -> None:
    heads = random_heads()
    features = np.random.default_rng(1).normal(size=(40, FEATURES)).astype(np.float32)
    before = apply_heads(heads, features[None])[0]["error"]
    features[35] += 1.0
    assert (apply_heads(heads, features[None])[0]["error"] != before).all()


@pytest.mark.parametrize("tokens", [3, 20, 71, 192])
def test_heads_say_of_texts_together_what_they_say_of_each(tokens: int) -> None:
    features = np.random.default_rng(tokens).normal(size=(9, tokens, FEATURES)).astype(np.float32)
    together = apply_heads(random_heads(), features)
    for number, found in enumerate(together):
        (alone,) = apply_heads(random_heads(), features[number : number + 1])
        assert all(np.array_equal(found[name], alone[name]) for name in alone)


SENTENCE = "The minister said on Monday that the new law would come"


@pytest.mark.parametrize(
    ("text", "is_left_open"),
    [
        (SENTENCE, True),
        (f"{SENTENCE}.", False),
        (f"“{SENTENCE}!” ", False),
        (f"{SENTENCE} (soon", True),
        (f"{SENTENCE}:", False),
        ("New law for schools comes", False),  # a heading
        ("", False),
    ],
)
def test_a_sentence_without_a_final_mark_is_unfinished(text: str, is_left_open: bool) -> None:
    assert is_unfinished(text) is is_left_open


def test_a_folder_that_holds_no_model_is_named(tmp_path: object) -> None:
    with pytest.raises(ModelError, match=str(tmp_path)):
        EncoderFeatures(tmp_path, np.zeros((FEATURES, 4), dtype=np.float32), threads=1)  # type: ignore[arg-type]


@pytest.mark.models  # nothing is downloaded, but torch takes seconds
@pytest.mark.parametrize("lengths", [(2,), (3, 7), (40, 2, 17, 40)])
def test_heads_in_numpy_say_what_heads_in_torch_say(lengths: tuple[int, ...]) -> None:
    import torch

    from mtqa.modeling.quality_heads import QualityHeads

    torch.manual_seed(3)
    trained = QualityHeads().eval()
    for value in trained.parameters():
        value.data.mul_(2.0)
    trained.token_distance.data.normal_()  # it begins with zeros
    features = torch.randn(len(lengths), max(lengths), FEATURES) * 2.0  # noise stands behind shorter rows
    with torch.inference_mode():
        judged = trained(features, torch.tensor(lengths))
    heads = {name: value.numpy() for name, value in trained.state_dict().items()}
    for number, length in enumerate(lengths):
        (found,) = apply_heads(heads, features[number : number + 1, :length].numpy())
        expected = [float(one[number]) for one in (judged.z, judged.raw, judged.log_spread.exp())]
        assert [found["z"], found["raw"], found["spread"]] == pytest.approx(expected, abs=1e-5, rel=1e-5)
        for name in ("error", "major"):
            probabilities = torch.sigmoid(getattr(judged, name)[number, 1 : length - 1])
            np.testing.assert_allclose(found[name], probabilities.numpy(), atol=1e-5)
        nats = judged.surprisal[number, 1:length].clamp(min=0.0)
        np.testing.assert_allclose(found["surprisal"], nats.numpy(), atol=1e-4)
