"""The token head of a tier: features side by side, windows, and weights that do not fit."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from mtqa.errors import ModelError
from mtqa.modeling.language_model import Floats
from mtqa.modeling.quality_model import Reading
from mtqa.modeling.token_head import TokenHead, side_by_side
from mtqa.modeling.tokens import Encoded
from tests.modeling.tiny_quality import FEATURES, table_model
from tests.modeling.tiny_token_head import token_weights


def reading(features: Sequence[Sequence[float]], ends: Sequence[int]) -> Reading:
    nothing = np.zeros(len(ends), dtype=np.float32)
    encoded = Encoded(tuple(range(len(ends))), tuple(ends))
    values = np.array(features, dtype=np.float32).reshape(len(ends), -1)
    return Reading(0.0, 0.5, 0.1, nothing, nothing, np.zeros(len(ends) + 1, dtype=np.float32), encoded, values)


def random_reading(tokens: int, width: int, seed: int = 0) -> Reading:
    values = np.random.default_rng(seed).normal(size=(tokens, width))
    return reading(values.tolist(), range(1, tokens + 1))


def test_features_of_the_second_model_are_means_over_the_tokens_at_the_places_of_the_first() -> None:
    first = reading([[1], [2], [3], [4]], [2, 6, 9, 13])  # He| wal|ked| off
    second = reading([[10], [20], [30], [50]], [2, 9, 11, 13])  # He| walked| o|ff
    assert side_by_side([first, second]).tolist() == [[1, 10], [2, 20], [3, 20], [4, 40]]
    assert side_by_side([second, first]).tolist() == [[10, 1], [20, 2.5], [30, 4], [50, 4]]


def test_the_last_piece_of_a_character_speaks_for_it() -> None:
    assert side_by_side([reading([[1], [2], [6], [3]], [1, 2, 2, 3])]).tolist() == [[1], [2], [3]]


def test_a_model_that_drops_the_text_says_nothing_of_it() -> None:
    empty = Reading(0.0, 0.5, 0.1, *(np.zeros(0, dtype=np.float32),) * 3, Encoded((), ()), np.zeros((0, 2), np.float32))
    assert side_by_side([reading([[1]], [3]), empty]).tolist() == [[1, 0, 0]]
    assert TokenHead(token_weights(2), width=2).logits([empty]).tolist() == []


def test_the_bias_is_added_to_every_logit() -> None:
    own, moved = (TokenHead(token_weights(3), width=3, bias=bias) for bias in (0.0, -1.5))
    text = random_reading(7, 3)
    np.testing.assert_allclose(moved.logits([text]), own.logits([text]) - 1.5)


def test_a_token_is_judged_with_its_neighbours_and_with_the_whole_text() -> None:
    head = TokenHead(token_weights(3), width=3)
    text = random_reading(30, 3)
    changed = text.features.copy()
    changed[20] += 1.0
    other = Reading(0.0, 0.5, 0.1, text.error, text.major, text.surprisal, text.encoded, changed)
    apart = np.abs(head.logits([other]) - head.logits([text]))
    assert apart.min() > 0.0
    assert apart[19:23].mean() > 3 * apart[:10].mean()


def test_a_long_text_is_read_in_windows_with_context() -> None:
    head = TokenHead(token_weights(3), width=3)
    text = random_reading(400, 3)
    found = head.logits([text])
    assert found.shape == (400,)
    np.testing.assert_allclose(found[:190], head.logits([cut(text, 0, 190)]), rtol=1e-5)
    np.testing.assert_allclose(found[190:332], head.logits([cut(text, 142, 332)])[48:], rtol=1e-5)


def cut(text: Reading, start: int, end: int) -> Reading:
    return reading(text.features[start:end].tolist(), range(1, end - start + 1))


def test_readings_of_models_hold_the_features(
    text: str = "The president of France spoke on Monday, and ten people came.",
) -> None:
    models = [table_model("bytes", seed=1), table_model("uncased", seed=2)]
    readings = [model.read([text])[0] for model in models]
    for one in readings:
        assert one.features.shape == (len(one.encoded.ids), FEATURES)
        assert len(np.unique(one.features, axis=0)) > 5
    width = 2 * FEATURES
    assert len(TokenHead(token_weights(width), width=width).logits(readings)) == len(readings[0].encoded.ids)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"mean": np.zeros(4, dtype=np.float32)}, "mean"),
        ({"more": np.zeros(4, dtype=np.float32)}, "more"),
        ({"output.weight": None}, "output.weight"),
        ({"hidden.bias": np.zeros(0, dtype=np.float32)}, "hidden.weight"),
        ({"second.bias": np.full(12, np.nan, dtype=np.float32)}, "no number"),
        ({"spread": np.zeros(3, dtype=np.float32)}, "no spread"),
    ],
)
def test_weights_that_do_not_fit_are_refused(changes: dict[str, Floats | None], says: str, tmp_path: Path) -> None:
    made = {**token_weights(3), **changes}
    weights = {name: value for name, value in made.items() if value is not None}
    with pytest.raises(ModelError, match=says):
        TokenHead(weights, width=3)
    path = tmp_path / "full-tokens.safetensors"
    save_file(weights, path)
    with pytest.raises(ModelError, match=says) as caught:
        TokenHead.load(path, width=3)
    assert str(path) in str(caught.value)


def test_a_head_of_another_number_of_models_is_refused() -> None:
    with pytest.raises(ModelError, match="do not fit"):
        TokenHead(token_weights(3), width=6)


def test_a_file_that_is_no_head_is_named(tmp_path: Path) -> None:
    path = tmp_path / "full-tokens.safetensors"
    path.write_bytes(b"nothing")
    with pytest.raises(ModelError, match=r"full-tokens\.safetensors"):
        TokenHead.load(path, width=3)
