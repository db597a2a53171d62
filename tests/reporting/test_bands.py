from __future__ import annotations

import pytest

from mtqa.reporting.bands import band_of


@pytest.mark.parametrize(
    ("score", "name"),
    [(0.0, "poor"), (54.99, "poor"), (55.0, "fair"), (74.99, "fair"), (75.0, "good"), (100.0, "good")],
)
def test_every_score_has_a_band(score: float, name: str) -> None:
    assert band_of(score).name == name
