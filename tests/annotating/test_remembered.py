"""An encoder that remembers says what the encoder says, and asks it once."""

from __future__ import annotations

import numpy as np

from mtqa.annotating.remembered import ReadAhead, RememberedEncoder
from tests.meaning import FakeEncoder


def test_a_text_is_embedded_once_and_comes_back_in_order() -> None:
    encoder = FakeEncoder(languages=frozenset({"de"}), ratings={"et": 1.0})
    remembered = RememberedEncoder(encoder)
    texts = ["a", "b", "a"]
    for _ in range(2):
        for found, expected in zip(remembered.embed(texts), FakeEncoder().embed(texts), strict=True):
            assert np.array_equal(found, expected)
    assert encoder.asked == ["a", "b"]
    assert (remembered.languages, remembered.signature) == (encoder.languages, encoder.signature)
    assert [remembered.rating(language) is None for language in ("de", "et")] == [True, False]
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


def test_a_text_is_read_once_and_its_states_are_kept() -> None:
    encoder = FakeEncoder()
    remembered = RememberedEncoder(encoder)
    first = remembered.read(["one two", "three"])
    assert encoder.asked == ["one two", "three"]
    again = remembered.read(["three", "one two"])
    assert encoder.asked == ["one two", "three"]
    assert again == first[::-1]
    assert [len(meaning.states) for meaning in first if meaning.states is not None] == [2, 1]
    assert remembered.embed(["three"])[0] is first[1].vector


def test_texts_that_were_read_longest_ago_are_read_again() -> None:
    encoder = FakeEncoder()
    remembered = RememberedEncoder(encoder, most_tokens=3)
    remembered.read(["one two"])
    remembered.read(["three four"])
    remembered.read(["three four"])
    remembered.read(["one two"])
    assert encoder.asked == ["one two", "three four", "one two"]
    assert len(remembered.read(["a b c d e"])) == 1


def test_what_pairing_embeds_is_known_to_those_who_read_it() -> None:
    encoder = FakeEncoder()
    remembered = RememberedEncoder(encoder)
    vectors = ReadAhead(remembered).embed(["one two"])
    assert remembered.read(["one two"])[0].vector is vectors[0]
    assert encoder.asked == ["one two"]
