"""Words of one side that the other says: the nearest word decides, against a threshold of each word's own."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mtqa.knowledge.coverage import compare_words
from mtqa.schema.annotations import SaidTokens
from mtqa.schema.document import Span
from mtqa.schema.roles import TextMeaning


def meaning(rows: list[list[float]], *, words: bool = True) -> TextMeaning:
    """One token of two characters per row: two numbers of its vector, and its threshold."""
    states = np.array(rows, dtype=np.float32).reshape(-1, 3)
    spans = tuple(Span(3 * place, 3 * place + 2) for place in range(len(rows)))
    return TextMeaning(np.ones(1, dtype=np.float32), states, spans, states if words else None)


def test_each_word_is_as_said_as_its_nearest_lets_it_be() -> None:
    coverage = compare_words(meaning([[2, 0, 1], [0, 2, 1], [2, 0, 5]]), meaning([[2, 0, 0], [1, 0, 4]]))
    assert coverage is not None
    logits = np.array([4 - 1, 0 - 1, 4 - 5])
    assert coverage.source.said == pytest.approx(1 / (1 + np.exp(-logits)), rel=1e-5)
    assert coverage.hypothesis.said == pytest.approx(1 / (1 + np.exp(-np.array([4.0, 2.0 - 4.0]))), rel=1e-5)


def test_the_words_of_a_stretch_are_those_that_touch_it() -> None:
    coverage = compare_words(meaning([[1, 0, 0], [0, 1, 0], [1, 1, 0]]), meaning([[1, 0, 0]]))
    assert coverage is not None
    source = coverage.source
    assert source.within(Span(0, 2)).said.tolist() == source.said[:1].tolist()
    assert source.within(Span(1, 4)).said.tolist() == source.said[:2].tolist()
    assert source.without(Span(1, 4)).starts.tolist() == [6]
    assert len(source.within(Span(2, 3))) == 0
    assert source.within(Span(2, 3)).mean == source.within(Span(2, 3)).least == 1.0


@given(st.lists(st.floats(0, 1, width=32), min_size=1, max_size=20))
def test_the_least_is_that_of_six_in_a_row(said: list[float]) -> None:
    places = np.arange(len(said))
    tokens = SaidTokens(places, places + 1, np.array(said, dtype=np.float32))
    stretches = [said[low : low + 6] for low in range(max(1, len(said) - 5))]
    assert tokens.least == pytest.approx(min(sum(one) / len(one) for one in stretches), abs=1e-6)
    assert tokens.mean == pytest.approx(np.mean(said), abs=1e-6)


def test_nothing_is_compared_without_words() -> None:
    own = meaning([[1, 0, 0]])
    assert compare_words(own, meaning([[1, 0, 0]], words=False)) is None
    assert compare_words(meaning([[1, 0, 0]], words=False), own) is None
    assert compare_words(own, meaning([])) is None
