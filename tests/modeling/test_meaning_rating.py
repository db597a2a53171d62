"""The rating by vectors: which map serves which language, what it reads, and what is wrong with damaged weights."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from mtqa.errors import ModelError
from mtqa.modeling.meaning_rating import COVERED, FILE, MeaningRating, features
from mtqa.modeling.shipped import shipped_folder

ONE, OTHER = (np.array(row, dtype=np.float32) for row in ([0.6, 0.8], [1.0, 0.0]))


def weights(*values: float) -> np.ndarray:
    return np.array(values, dtype=np.float32)


def test_a_map_reads_product_distance_both_vectors_and_one() -> None:
    expected = [0.6, 0.0, 0.4, 0.8, 1.0, 0.0, 0.6, 0.8, 1.0]
    assert features(ONE, OTHER) == pytest.approx(np.array(expected), abs=1e-6)
    assert features(np.stack([ONE, ONE]), np.stack([OTHER, ONE])).shape == (2, 9)


def test_each_language_has_its_map_and_all_of_the_encoder_share_one() -> None:
    shared, own = weights(*[0.0] * 8, 0.25), weights(*[1.0] * 8, 0.0)
    rating = MeaningRating({COVERED: shared, "et": own})
    common = rating.rating("de", is_covered=True)
    assert common is not None
    assert common(ONE, OTHER) == pytest.approx(0.25)
    for language in ("et", "et-EE"):
        estonian = rating.rating(language, is_covered=False)
        assert estonian is not None
        assert estonian(ONE, OTHER) == 3.0  # the sum is bounded
    assert rating.rating("fi", is_covered=False) is None
    assert rating.rating(None, is_covered=False) is None


def test_the_shipped_maps_prefer_a_translation_to_something_else() -> None:
    rating = MeaningRating.load()
    assert {name for name in ("et", "ne", "ro", "si") if rating.rating(name, is_covered=False)} == {
        "et", "ne", "ro", "si",
    }  # fmt: skip
    rate = rating.rating("ru", is_covered=True)
    assert rate is not None
    rng = np.random.default_rng(3)
    vectors = rng.normal(size=(40, 512)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    near = vectors + 0.02 * rng.normal(size=vectors.shape).astype(np.float32)
    near /= np.linalg.norm(near, axis=1, keepdims=True)
    same = [rate(one, other) for one, other in zip(near, vectors, strict=True)]
    unrelated = [rate(one, other) for one, other in zip(vectors[::-1], vectors, strict=True)]
    assert np.mean(same) > np.mean(unrelated) + 0.5
    path = shipped_folder("meaning_rating", FILE, "the meaning rating") / FILE
    assert path.stat().st_size < 100_000


def test_damaged_weights_are_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="damaged"):
        MeaningRating.load(tmp_path)
    (tmp_path / FILE).write_bytes(b"no weights")
    with pytest.raises(ModelError, match="damaged"):
        MeaningRating.load(tmp_path)
    save_file({"et": weights(1.0)}, tmp_path / FILE)
    with pytest.raises(ModelError, match="missing or differ"):
        MeaningRating.load(tmp_path)
    save_file({"et": weights(1.0), COVERED: weights(1.0, 2.0)}, tmp_path / FILE)
    with pytest.raises(ModelError, match="missing or differ"):
        MeaningRating.load(tmp_path)
