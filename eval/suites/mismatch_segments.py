"""The corruption kind of the `mismatch` suite that exchanges a whole line: table KINDS, kind -> function."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from eval.suites.mismatch_kinds import Corrupted, Corruption
from eval.suites.mismatch_pairs import LANGUAGES, pairs
from mtqa.knowledge import Knowledge
from mtqa.knowledge.romanisation import fold
from mtqa.schema.document import Span

_NEAR = 3  # lines between a line and the one of its document that takes its place
_NEAR_SHARE = 0.5  # of the lines come from there
_LEAST_WORDS = 5  # of both lines
_TRIALS = 8
_WORD = re.compile(r"\w+")


def swapped_sentence(
    source: str,
    target: str,
    language: str,
    knowledge: Knowledge,  # noqa: ARG001
    chance: random.Random,
) -> Corrupted | None:
    """The reference of another line in place of this one: of its neighbourhood or of any document, by lot."""
    lines, places = _lines(language)
    at = places.get(source)
    if at is None or len(_WORD.findall(target)) < _LEAST_WORDS:
        return None
    for _ in range(_TRIALS):
        is_near = chance.random() < _NEAR_SHARE
        place = at + chance.choice((-1, 1)) * chance.randint(1, _NEAR) if is_near else chance.randrange(len(lines))
        other = lines[place % len(lines)]
        if len(_WORD.findall(other)) >= _LEAST_WORDS and fold(other) != fold(target):
            return Corrupted(other, Span(0, len(other)), target)
    return None


KINDS: Mapping[str, Corruption] = MappingProxyType({"swapped-sentence": swapped_sentence})
RULES: Mapping[str, str] = MappingProxyType({"swapped-sentence": "wrong-segment"})


@cache
def _lines(language: str) -> tuple[tuple[str, ...], Mapping[str, int]]:
    """References of all years, and at which of them a source line stands."""
    own = [one for year, languages in LANGUAGES.items() if language in languages for one in pairs(year, language, None)]
    return tuple(one.reference for one in own), MappingProxyType({one.source: at for at, one in enumerate(own)})
