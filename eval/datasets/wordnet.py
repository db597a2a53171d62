"""WordNet 3.0 (Princeton University; its own permissive licence): wider terms and opposites of English words.

It comes from the Debian package `wordnet-base`, installed or unpacked: MTQA_WORDNET names the folder that holds
data.noun and the other files, by default where the package puts them. Layout: wndb(5WN).
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from eval.datasets.folder import DataError

_PLACE = "/usr/share/wordnet"
_PARTS = ("noun", "verb", "adj", "adv")
_WIDER, _OPPOSITE = "@", "!"
_SENSES = 2  # the first ones of a noun, which are the most frequent
Words = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class WordNet:
    """Base forms in small letters, single words alone: `wider` of nouns, `opposites` of words of any kind."""

    wider: Words
    opposites: Words


@dataclass(frozen=True, slots=True)
class _Synset:
    words: tuple[str, ...]
    pointers: tuple[tuple[str, str, int, int], ...]  # kind, offset, number of either word


def read_wordnet(folder: Path | None = None) -> WordNet:
    """DataError if its files are missing or damaged."""
    place = Path(os.environ.get("MTQA_WORDNET", _PLACE)) if folder is None else folder
    wider: dict[str, list[str]] = defaultdict(list)
    opposites: dict[str, list[str]] = defaultdict(list)
    for part in _PARTS:
        synsets = dict(_synsets(place / f"data.{part}"))
        for synset in synsets.values():
            for kind, offset, own, other in synset.pointers:
                if kind == _OPPOSITE and own and offset in synsets:
                    opposites[synset.words[own - 1]].append(synsets[offset].words[other - 1])
        if part == "noun":
            for word, offsets in _senses(place / "index.noun"):
                for synset in (synsets[one] for one in offsets[:_SENSES] if one in synsets):
                    above = [offset for kind, offset, *_ in synset.pointers if kind == _WIDER]
                    wider[word] += [other for one in above if one in synsets for other in synsets[one].words]
    return WordNet(_single(wider), _single(opposites))


def _single(words: Mapping[str, list[str]]) -> dict[str, tuple[str, ...]]:
    found = {}
    for word, others in words.items():
        if word.isalpha() and (own := tuple(dict.fromkeys(o for o in others if o.isalpha() and o != word))):
            found[word] = own
    return found


def _lines(path: Path) -> Iterator[tuple[int, list[str]]]:
    if not path.is_file():
        raise DataError(f"{path} is missing: install the package wordnet-base or set MTQA_WORDNET")
    with path.open(encoding="utf-8") as file:
        for number, line in enumerate(file, start=1):
            if not line.startswith(" "):  # the licence
                yield number, line.partition("|")[0].split()


def _synsets(path: Path) -> Iterator[tuple[str, _Synset]]:
    for number, fields in _lines(path):
        try:
            count = int(fields[3], 16)
            words = tuple(fields[4 + 2 * place].partition("(")[0].lower() for place in range(count))
            at = 4 + 2 * count
            pointers = tuple(
                (kind, offset, int(ends[:2], 16), int(ends[2:], 16))
                for place in range(int(fields[at]))
                for kind, offset, _, ends in [fields[at + 1 + 4 * place : at + 5 + 4 * place]]
            )
        except (ValueError, IndexError) as error:
            raise DataError(f"{path}: line {number} is damaged: {error}") from error
        yield fields[0], _Synset(words, pointers)


def _senses(path: Path) -> Iterator[tuple[str, list[str]]]:
    for number, fields in _lines(path):
        try:
            count, pointers = int(fields[2]), int(fields[3])
        except (ValueError, IndexError) as error:
            raise DataError(f"{path}: line {number} is damaged: {error}") from error
        yield fields[0], fields[6 + pointers :][:count]
