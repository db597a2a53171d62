"""An encoder that remembers says what the encoder says, and asks it once."""

from __future__ import annotations

import numpy as np

from mtqa.annotating.remembered import RememberedEncoder
from tests.meaning import FakeEncoder


def test_a_text_is_embedded_once_and_comes_back_in_order() -> None:
    encoder = FakeEncoder(languages=frozenset({"de"}))
    remembered = RememberedEncoder(encoder)
    texts = ["a", "b", "a"]
    for _ in range(2):
        for found, expected in zip(remembered.embed(texts), FakeEncoder().embed(texts), strict=True):
            assert np.array_equal(found, expected)
    assert encoder.asked == ["a", "b"]
    assert (remembered.languages, remembered.signature) == (encoder.languages, encoder.signature)
    assert [one.spans for one in remembered.read(["two words"])] == [one.spans for one in encoder.read(["two words"])]


def test_what_was_asked_for_longest_ago_is_forgotten() -> None:
    encoder = FakeEncoder()
    remembered = RememberedEncoder(encoder, most=2)
    remembered.embed(["a", "b"])
    remembered.embed(["a"])
    remembered.embed(["c"])
    remembered.embed(["a"])
    assert encoder.asked == ["a", "b", "c"]
    remembered.embed(["b"])
    assert encoder.asked == ["a", "b", "c", "b"]
    assert len(remembered.embed(["d", "e", "f"])) == 3
