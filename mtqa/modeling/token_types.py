"""Token types that tell an uncased encoder what its vocabulary drops: case, and white space before a token."""

from __future__ import annotations

from collections.abc import Sequence

LOWER, CAPITALISED, CAPITALS = 0, 1, 2
_BEHIND_SPACE = 3  # added to the case
COUNT = 6


def token_types(text: str, ends: Sequence[int]) -> list[int]:
    """The type of each token, 0..COUNT - 1; `ends` as in mtqa.modeling.tokens.Encoded.

    A token covers the text from the end of the one before it, so white space before it is its own.
    """
    types = []
    start = 0
    for end in ends:
        piece = text[start:end]
        word = piece.lstrip()
        upper = sum(character.isupper() for character in word)
        case = LOWER if not upper else CAPITALISED if upper == 1 and word[:1].isupper() else CAPITALS
        types.append(case + (_BEHIND_SPACE if len(word) < len(piece) else 0))
        start = max(start, end)
    return types
