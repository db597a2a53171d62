"""The marks that end a sentence, of all scripts."""

from __future__ import annotations

import re

QUESTION_MARKS, FULL_STOPS = "?？؟՞;⸮", ".。．।։۔…｡"
# What may stand behind them: closing quotation marks and brackets, space.
CLOSERS = "”’\"'»«“‘)]}）］」』】〉》 \t\u00a0\u202f\u200f\u200e"
_GREEK = re.compile(r"[\u0370-\u03ff]")


def asks(mark: str, text: str) -> bool:
    """True if `mark`, which ends `text`, makes it a question; a semicolon does in Greek alone."""
    return mark in QUESTION_MARKS and (mark != ";" or _GREEK.search(text) is not None)
