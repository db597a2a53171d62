"""Texts as encoders take them, and the characters that a token stands for."""

from __future__ import annotations

import re

from mtqa.schema.document import Span

_SURROGATE = re.compile("[\ud800-\udfff]")


def encodable(text: str) -> str:
    """The text with lone surrogates replaced, character by character. ValueError if it is blank."""
    if not text or text.isspace():
        raise ValueError("a blank text has no meaning to encode")
    return _SURROGATE.sub("\N{REPLACEMENT CHARACTER}", text)


def trimmed(text: str, start: int, end: int) -> Span:
    """The span without the white space at its edges; empty at its end if there is nothing else."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Span(start, end)
