"""Figures of several scorers under one name."""

from __future__ import annotations

from eval.figures import flat
from eval.variants import by_variant


def test_endings_name_the_scorer() -> None:
    figures = flat(
        {
            "macro": 0.8,
            "macro_with_source": 0.9,
            "macro_of_fast": 0.7,
            "macro_of_fast_with_source": 0.75,
            "macro_of_cosine": 0.6,
            "macro_of_covered_languages_with_source": 0.91,
            "kendall_with_source_minus_without": 0.01,
        }
    )
    found = {
        name: {variant: value.number for variant, value in own.items()} for name, own in by_variant(figures).items()
    }
    assert found == {
        "macro": {"score": 0.8, "with_source": 0.9, "fast": 0.7, "fast_with_source": 0.75, "cosine": 0.6},
        "macro_of_covered_languages": {"with_source": 0.91},
        "kendall_with_source_minus_without": {"score": 0.01},
    }
