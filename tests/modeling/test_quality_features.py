"""Features that are kept for training say exactly what the model says."""

from __future__ import annotations

import numpy as np
import pytest

from mtqa.modeling.quality_model import QualityModel, read_features, shares
from tests.modeling.tiny_quality import random_heads, table_model

TEXTS = ["The president spoke.", "it", "A new law of France. " * 60, "😀 中", "The president spoke."]


@pytest.fixture(scope="module")
def model() -> QualityModel:
    return table_model("bytes")


def test_heads_over_features_are_the_model(model: QualityModel) -> None:
    for feature, reading in zip(model.features(TEXTS), model.read(TEXTS), strict=True):
        again = read_features(random_heads(), feature)
        assert (again.z, again.raw, again.spread) == (reading.z, reading.raw, reading.spread)
        np.testing.assert_array_equal(again.error, reading.error)
        np.testing.assert_array_equal(again.major, reading.major)
        assert len(again.error) == len(again.encoded.ids)


def test_windows_of_a_long_text_share_its_tokens(model: QualityModel) -> None:
    (text,) = model.features([TEXTS[2]])
    windows = [window for window, _ in text.windows]
    assert len(windows) > 2
    assert sum(window.end - window.start - window.skip for window in windows) == len(text.encoded.ids)
    assert float(shares(windows).sum()) == pytest.approx(1.0)
    for window, features in text.windows:
        assert features.shape == (window.end - window.start + 2, 128)


def test_tokens_read_are_counted(model: QualityModel) -> None:
    counts: list[int] = []
    made = model.features(TEXTS, counted=counts.append)
    assert sum(counts) == sum(len(features) for text in made for _, features in text.windows)
