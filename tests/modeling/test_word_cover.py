"""The word cover in numpy is the map that was trained, and says what is wrong with damaged weights."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from mtqa.errors import ModelError
from mtqa.modeling.shipped import shipped_folder
from mtqa.modeling.word_cover import FILE, WordCover


def test_the_shipped_map_gives_vectors_of_one_length_and_a_threshold() -> None:
    cover = WordCover.load()
    states = np.random.default_rng(1).normal(size=(7, 512)).astype(np.float32)
    words = cover.words(states)
    assert words.dtype == np.float32
    assert np.linalg.norm(words[:, :-1], axis=1) == pytest.approx(np.sqrt(cover.slope), rel=1e-4)
    assert words[:3] == pytest.approx(cover.words(states[:3]), abs=1e-4)
    assert (shipped_folder("word_cover", FILE, "the word cover") / FILE).stat().st_size < 1_000_000


@pytest.mark.models
def test_the_numbers_are_those_of_the_network_that_is_trained(tmp_path: Path) -> None:
    import torch

    from models.word_cover.train import Cover, folded

    torch.manual_seed(3)
    network = Cover(torch.randn(20), torch.rand(20) + 0.5)
    source, translation = torch.randn(1, 5, 20), torch.randn(1, 4, 20)
    save_file({name: value.numpy() for name, value in folded(network).items()}, tmp_path / FILE)
    cover = WordCover.load(tmp_path)
    with torch.inference_mode():
        own, low = network(source)
        other, _ = network(translation)
        expected = network.said((own, low), (other, torch.ones(1, 4, dtype=torch.bool)))[0, 0]
    ours, theirs = cover.words(source[0].numpy()), cover.words(translation[0].numpy())
    found = (ours[:, :-1] @ theirs[:, :-1].T).max(axis=1) - ours[:, -1]
    assert found == pytest.approx(expected.numpy(), abs=1e-4)


def test_damaged_weights_are_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="damaged"):
        WordCover.load(tmp_path)
    (tmp_path / FILE).write_bytes(b"no weights")
    with pytest.raises(ModelError, match="damaged"):
        WordCover.load(tmp_path)
    save_file({"slope": np.ones(1, dtype=np.float32)}, tmp_path / FILE)
    with pytest.raises(ModelError, match=r"missing or unknown: bent\.weight"):
        WordCover.load(tmp_path)
