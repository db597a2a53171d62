"""What can be recognised on both sides without a model: numbers, names and words that look alike.

Numbers are compared by their digits. Words are romanised and compared by their first four letters, which is the cognate
test of Simard, Foster and Isabelle (1992); it survives inflection (Хабаровска, Khabarovsk). Katakana words are
compared by their consonants (トランプ, Trump), runs of Han characters by their pinyin (北京, Beijing).
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Sequence, Set
from dataclasses import dataclass

import numpy as np
from anyascii import anyascii
from numpy.typing import NDArray

from mtqa.knowledge.romanisation import fold, romanised
from mtqa.knowledge.skeleton import skeleton

_COGNATE = 4  # letters, after Simard et al.
_WORD_LENGTH = 4  # letters of the shortest word that is compared
_SKELETON = 3  # consonants of the shortest katakana word that is compared
_LONGEST_WORD = 40  # code points
_MOST = 40  # a key that more sentences hold on either side says nothing and would cost time

# How often a key of a sentence is found in its translation; WMT21, de ru cs ja zh, rounded.
_KEPT_NUMBER = 0.7
_KEPT_WORD = 0.35
_MOST_GAIN = 4.0  # nats; in a long document a rare key would otherwise outweigh everything else
_MOST_GAIN_OF_PAIR = 12.0

_NUMBER = re.compile(r"\d+(?:(?:[.,:'’\u066b\u066c]|[ \u00a0\u2009\u202f](?=\d{3}(?!\d)))\d+)*")
_WORD = re.compile(r"[^\W\d_]+")
_KATAKANA = re.compile(r"[\u30a1-\u30fa\u30fc]{3,}")
_HAN = re.compile(r"[\u3400-\u9fff]{2,}")
_CJK = re.compile(r"[\u3041-\u30ff\u3400-\u9fff]")


@dataclass(frozen=True, slots=True)
class Anchors:
    """Gains in nats of pairing source sentence i with target sentence j, as rows of a sparse matrix.

    `columns[i]` are the j in rising order, `gains[i]` the values (> 0); `lonely_source` and `lonely_target` are the
    costs (>= 0) of the numbers of each sentence, which a pair pays and its gains pay back.
    """

    columns: tuple[NDArray[np.int64], ...]
    gains: tuple[NDArray[np.float64], ...]
    lonely_source: NDArray[np.float64]
    lonely_target: NDArray[np.float64]


def find_anchors(sources: Sequence[str], targets: Sequence[str]) -> Anchors:
    """Compare all sentences of both sides; about linear in their number."""
    target_keys = [numbers_of(text) | words_of(text) for text in targets]
    spoken = {key for keys in target_keys for key in keys}
    source_keys = [numbers_of(text) | words_of(text) | (_readings(text) & spoken) for text in sources]
    source_counts = Counter(key for keys in source_keys for key in keys)
    target_counts = Counter(key for keys in target_keys for key in keys)
    holders: dict[str, list[int]] = defaultdict(list)
    for j, keys in enumerate(target_keys):
        for key in keys:
            holders[key].append(j)
    columns, gains = [], []
    for keys in source_keys:
        row: dict[int, float] = defaultdict(float)
        for key in sorted(keys):  # sorted: sums of floats depend on their order
            if key not in holders or max(source_counts[key], target_counts[key]) > _MOST:
                continue
            gain = _gain(key, target_counts[key], len(targets), source_counts[key], len(sources))
            for j in holders[key] if gain > 0 else ():
                row[j] = min(row[j] + gain, _MOST_GAIN_OF_PAIR)
        order = sorted(row)
        columns.append(np.array(order, dtype=np.int64))
        gains.append(np.array([row[j] for j in order], dtype=np.float64))
    return Anchors(tuple(columns), tuple(gains), _lonely(source_keys), _lonely(target_keys))


def numbers_of(text: str) -> set[str]:
    """The numbers of a text by their digits: 13,000, 13.000 and 13 000 are 13000; 3.5 and 3,5 are 35.

    Dates are taken apart: 9.12.2021 is 9, 12 and 2021. Digits of all scripts count, leading zeros do not.
    """
    found = set()
    for match in _NUMBER.finditer(text):
        groups = re.findall(r"\d+", match[0])
        grouped = len(groups) > 1 and all(len(group) == 3 for group in groups[1:])
        parts = ["".join(groups)] if grouped or len(groups) == 2 else groups
        found |= {_digits(part) for part in parts}
    return {f"#{digits}" for digits in found if digits}


def words_of(text: str) -> set[str]:
    """Keys under which words of different languages and scripts meet."""
    found = set()
    for match in _WORD.finditer(text):
        word = match[0]
        if len(word) > _LONGEST_WORD or (_CJK.search(word) and not _is_latin(word[0])):
            continue
        folded = fold(word).replace(" ", "")
        if len(folded) < _WORD_LENGTH:
            continue
        key = romanised(folded)
        if len(key) >= _COGNATE:
            found.add(key[:_COGNATE])
        if word[0].isupper():  # what katakana and Han characters are compared with
            found |= {f"={folded}"}
            consonants = skeleton(folded)
            found |= {f"~{consonants}"} if len(consonants) >= _SKELETON else set()
    return found


def _readings(text: str) -> set[str]:
    """How katakana words and runs of Han characters sound, as keys of `words_of`."""
    found = set()
    for match in _KATAKANA.finditer(text):
        folded = fold(match[0]).replace(" ", "")
        consonants = skeleton(folded)
        found |= {f"~{consonants}"} if len(consonants) >= _SKELETON else set()
    for match in _HAN.finditer(text):
        syllables = [anyascii(character).lower() for character in match[0]]
        for size in (2, 3):
            for start in range(len(syllables) - size + 1):
                found.add("=" + "".join(syllables[start : start + size]))
    return found


def _digits(text: str) -> str:
    return "".join(str(unicodedata.digit(character)) for character in text).lstrip("0")


def _is_latin(character: str) -> bool:
    return character.isascii() or "LATIN" in unicodedata.name(character, "")


def _gain(key: str, targets_with: int, targets: int, sources_with: int, sources: int) -> float:
    """Log of P(key in the target | translation) / P(key in a target), at least 0, and what its absence would cost."""
    kept = _KEPT_NUMBER if key.startswith("#") else _KEPT_WORD
    chance = max((targets_with + 1) / (targets + 2), (sources_with + 1) / (sources + 2))
    gain = min(max(math.log(kept / chance), 0.0), _MOST_GAIN)
    return gain - math.log(1 - _KEPT_NUMBER) if _is_long_number(key) else gain


def _lonely(keys_of: Sequence[Set[str]]) -> NDArray[np.float64]:
    """Half the cost of the numbers of each sentence: a number that both sides hold is paid for twice and paid back."""
    return np.array(
        [-0.5 * math.log(1 - _KEPT_NUMBER) * sum(_is_long_number(key) for key in keys) for keys in keys_of],
        dtype=np.float64,
    )


def _is_long_number(key: str) -> bool:
    return key.startswith("#") and len(key) > 2  # one digit is often written as a word
