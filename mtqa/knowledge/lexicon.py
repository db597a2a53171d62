"""Small lexicons of word translations into English, for source languages that the meaning encoder does not know.

    lexicon = load_lexicon("et")             # None for a language without a table
    lexicon.coverage(source, hypothesis)     # Coverage(said=..., meant=...)

Words are compared by their first letters, which levels most endings. Probabilities are those of IBM model 1 (Brown et
al. 1993); eval.fitting.lexicon makes the tables and names their data.
"""

from __future__ import annotations

import lzma
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

_STEM = 5  # letters
_WORD = re.compile(r"(?:[^\W\d_]|[\u0900-\u0dff\u200d])+")
_NOTHING = 0.01  # probability of a word that the lexicon knows but not as a translation of anything here


@dataclass(frozen=True, slots=True)
class Coverage:
    """How well two sentences account for each other, mean logarithms of probabilities, -4.6..0.

    `said`: of the English words given the source words; `meant`: of the source words, how much of what they may mean is
    said. None where the lexicon knows no word of that side.
    """

    said: float | None
    meant: float | None


@dataclass(frozen=True, slots=True)
class Lexicon:
    """`translations`: source stem -> English stem -> probability; `english`: the English stems that were seen."""

    translations: Mapping[str, Mapping[str, float]]
    english: frozenset[str]

    def coverage(self, source: str, hypothesis: str) -> Coverage:
        """Both directions for one pair of sentences."""
        ours = [stem for stem in stems(hypothesis) if stem in self.english]
        theirs = [row for stem in stems(source) if (row := self.translations.get(stem)) is not None]
        present = set(ours)
        said = [math.log(_NOTHING + max((row.get(stem, 0.0) for row in theirs), default=0.0)) for stem in ours]
        meant = [math.log(_NOTHING + sum(row[stem] for stem in row.keys() & present)) for row in theirs]
        return Coverage(_mean(said), _mean(meant))


def stems(text: str) -> list[str]:
    """The words of a text in order, in lower case, cut after five letters."""
    return [word[:_STEM] for word in _WORD.findall(text.lower())]


@lru_cache(maxsize=8)
def load_lexicon(language: str) -> Lexicon | None:
    """The shipped lexicon of a language (ISO 639-1), None if there is none."""
    table = files("mtqa.knowledge").joinpath(f"tables/lexicon_{language}.tsv.xz")
    if not language.isalpha() or not table.is_file():
        return None
    translations: dict[str, dict[str, float]] = {}
    for line in lzma.decompress(table.read_bytes()).decode("utf-8").splitlines()[1:]:
        stem, english, percent = line.split("\t")
        translations.setdefault(stem, {})[english] = int(percent) / 100
    return Lexicon(translations, frozenset(word for row in translations.values() for word in row))


def _mean(values: Sequence[float]) -> float | None:
    return math.fsum(values) / len(values) if values else None
