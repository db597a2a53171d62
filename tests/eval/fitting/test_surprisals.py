from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from eval.fitting.surprisals import read_surprisals
from mtqa.schema.annotations import TokenSurprisal
from mtqa.schema.document import Span
from mtqa.schema.roles import Continuation


class Reader:
    """A language model of one token per character that counts what it reads."""

    def __init__(self, signature: str = "fake") -> None:
        self.signature = signature
        self.read_texts: list[str] = []

    def read(self, texts: Sequence[str]) -> list[tuple[TokenSurprisal, ...]]:
        self.read_texts += texts
        return [
            tuple(
                TokenSurprisal(Span(at, at + 1), ord(letter) / 7, 0.5 + at, "x", 0.25) for at, letter in enumerate(text)
            )
            for text in texts
        ]

    def continuations(self, prefixes: Sequence[str], width: int) -> list[tuple[Continuation, ...]]:
        raise AssertionError("not asked here")


def numbers(tokens: Sequence[TokenSurprisal]) -> list[tuple[Span, float, float, float]]:
    return [(one.span, one.surprisal, one.entropy, one.expected_surprisal) for one in tokens]


@given(st.lists(st.text(max_size=8), max_size=6))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_comes_back_is_what_the_model_read(tmp_path: Path, texts: list[str]) -> None:
    model = Reader()
    expected = [numbers(tokens) for tokens in Reader().read(texts)]
    for _ in range(2):
        assert [numbers(tokens) for tokens in read_surprisals(model, texts, folder=tmp_path)] == expected


def test_each_text_is_read_once_per_model(tmp_path: Path) -> None:
    first, again, other = Reader(), Reader(), Reader("other")
    read_surprisals(first, ["one", "two", "one"], folder=tmp_path)
    read_surprisals(again, ["two", "three"], folder=tmp_path)
    read_surprisals(other, ["two"], folder=tmp_path)
    assert (first.read_texts, again.read_texts, other.read_texts) == (["one", "two"], ["three"], ["two"])


def test_what_was_read_before_an_interruption_is_kept(tmp_path: Path) -> None:
    class Breaking(Reader):
        def read(self, texts: Sequence[str]) -> list[tuple[TokenSurprisal, ...]]:
            if self.read_texts:
                raise KeyboardInterrupt
            return super().read(texts)

    texts = [f"text {number}" for number in range(250)]
    with pytest.raises(KeyboardInterrupt):
        read_surprisals(Breaking(), texts, folder=tmp_path)
    model = Reader()
    assert len(read_surprisals(model, texts, folder=tmp_path)) == 250
    assert 0 < len(model.read_texts) < 250
