"""The fit of the rating by vectors finds what ratings depend on, and nothing of the level of a group."""

from __future__ import annotations

import numpy as np
import pytest

from models.meaning_rating import train
from models.meaning_rating.material import Example, held_out
from mtqa.modeling.meaning_rating import features

WIDTH = 6


def made(rows: int, kind: str, group_level: float = 0.0) -> tuple[list[Example], np.ndarray, np.ndarray]:
    """Pairs of unit vectors whose rating is their distance in one dimension; every other group is rated higher."""
    rng = np.random.default_rng(7)
    both = rng.normal(size=(2, rows, WIDTH)).astype(np.float32)
    sources, translations = both / np.linalg.norm(both, axis=2, keepdims=True)
    ratings = -np.abs(sources - translations)[:, 2]
    examples = [
        Example(kind, f"g{number % 2}", "s", "t", float(value) + group_level * (number % 2))
        for number, value in enumerate(ratings)
    ]
    return examples, sources, translations


@pytest.mark.parametrize("with_source", [True, False])
def test_the_fit_finds_what_ratings_depend_on(with_source: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(train, "PENALTY", 0.1)
    for level in (0.0, 5.0):
        examples, sources, translations = made(400, "mlqe", level)
        weights = train.fit(examples, (sources, translations), {"mlqe": 1.0}, with_source=with_source)
        assert weights.shape == (4 * WIDTH + 1,)
        assert int(np.argmin(weights[:-1])) == WIDTH + 2
        assert weights[WIDTH + 2] == pytest.approx(-1.0, abs=0.05)
        assert bool(np.any(weights[3 * WIDTH : -1])) is with_source
        assert float(np.mean(features(sources, translations) @ weights)) == pytest.approx(0.0, abs=1e-5)


def test_a_kind_counts_as_much_as_its_share() -> None:
    good, *vectors = made(300, "mlqe")
    bad = [Example("wmt", one.group, "s", "t", -one.rating) for one in good]
    both = tuple(np.concatenate([one, one]) for one in vectors)
    for share, sign in ((0.1, -1.0), (9.0, 1.0)):
        weights = train.fit([*good, *bad], both, {"mlqe": 1.0, "wmt": share}, with_source=True)  # type: ignore[arg-type]
        assert np.sign(weights[WIDTH + 2]) == sign


def test_a_third_of_the_texts_is_left_out_always_the_same() -> None:
    texts = [f"document {number}" for number in range(900)]
    out = [held_out(one) for one in texts]
    assert 250 < sum(out) < 350
    assert out == [held_out(one) for one in texts]
