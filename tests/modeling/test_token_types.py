"""Case and white space of tokens, which an uncased vocabulary drops."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mtqa.modeling.token_types import CAPITALISED, CAPITALS, COUNT, LOWER, token_types
from mtqa.modeling.tokens import Tokenizer
from tests.modeling.tiny_quality import tiny_wordpiece

SPACE = 3  # what white space before a token adds


@pytest.mark.parametrize(
    ("text", "ends", "types"),
    [
        ("", [], []),
        ("Olaf", [4], [CAPITALISED]),
        ("olaf", [4], [LOWER]),
        ("a B", [1, 3], [LOWER, CAPITALISED + SPACE]),
        ("NATO said", [4, 9], [CAPITALS, LOWER + SPACE]),
        ("iPhone", [6], [CAPITALS]),
        ("McDonald", [8], [CAPITALS]),
        ("US-led", [2, 3, 6], [CAPITALS, LOWER, LOWER]),
        ("Ol af", [2, 3, 5], [CAPITALISED, LOWER + SPACE, LOWER]),
        ("😀\u00a0Éa", [1, 4], [LOWER, CAPITALISED + SPACE]),
        ("中 X", [0, 1, 3], [LOWER, LOWER, CAPITALISED + SPACE]),  # a token that covers nothing
        ("ab", [2, 1, 2], [LOWER, LOWER, LOWER]),
    ],
)
def test_types(text: str, ends: list[int], types: list[int]) -> None:
    assert token_types(text, ends) == types


@given(st.text(max_size=40))
def test_every_token_of_any_text_has_a_type(text: str) -> None:
    ends = Tokenizer(tiny_wordpiece()).encode(text).ends
    types = token_types(text, ends)
    assert len(types) == len(ends)
    assert all(0 <= one < COUNT for one in types)
    if not any(character.isupper() for character in text):
        assert {one % SPACE for one in types} <= {LOWER}
