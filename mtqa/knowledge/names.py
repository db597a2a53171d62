"""Names of known people: who bears a word, is a name known, and which known names are near a written one."""

from __future__ import annotations

import zlib
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.resources import files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import Indel

from mtqa.knowledge.extra import read_extra
from mtqa.knowledge.romanisation import fold, romanised, similarity
from mtqa.knowledge.skeleton import skeleton

_MOST_SCANNED = 4000  # bearers of one key that are compared by string
_MOST_NEAR = 12  # of them, kept
_MOST_REMEMBERED = 4096  # names


@dataclass(frozen=True, slots=True)
class Candidate:
    """A known person near a written name; similarities of first and last word 0..1, prominence 0..1."""

    first: str
    last: str
    first_similarity: float
    last_similarity: float
    prominence: float


@dataclass(frozen=True)
class Names:
    """The compiled table. `words` are sorted by their folded form; `first` and `last` number them per person."""

    words: tuple[str, ...]
    keys: NDArray[np.uint16]
    first: NDArray[np.int32]
    last: NDArray[np.int32]
    prominence: NDArray[np.uint8]
    extra: frozenset[str] = frozenset()

    @cached_property
    def _borne_last(self) -> NDArray[np.int64]:
        return np.bincount(self.last, minlength=len(self.words))

    @cached_property
    def _borne_first(self) -> NDArray[np.int64]:
        return np.bincount(self.first, minlength=len(self.words))

    def _range(self, word: str) -> tuple[int, int]:
        """The numbers of the words with this folded form."""
        key = fold(word)
        return bisect_left(self.words, key, key=fold), bisect_right(self.words, key, key=fold)

    def bearers(self, word: str) -> int:
        """How many known people bear a word as last name."""
        low, high = self._range(word)
        return int(self._borne_last[low:high].sum())

    def givers(self, word: str) -> int:
        """How many known people bear a word as first name."""
        low, high = self._range(word)
        return int(self._borne_first[low:high].sum())

    @cached_property
    def _skeletons_last(self) -> NDArray[np.int64]:
        return np.bincount(self.keys[self.last], minlength=1 << 16)

    @cached_property
    def _skeletons_first(self) -> NDArray[np.int64]:
        return np.bincount(self.keys[self.first], minlength=1 << 16)

    def share(self, word: str, *, as_first: bool) -> float:
        """The share of known people, 0..1, whose first (last) name has the consonants of a word; never 0."""
        counts = self._skeletons_first if as_first else self._skeletons_last
        return max(1, int(counts[_key(fold(word))])) / len(self.last)

    def is_known(self, first: str, last: str) -> bool:
        """True if somebody of that first and last name is known, accents and case aside."""
        if f"{fold(first)} {fold(last)}" in self.extra:
            return True
        low, high = self._range(last)
        block = self.first[self._begin_last[low] : self._begin_last[high]]
        low, high = self._range(first)
        return bool(((block >= low) & (block < high)).any())

    def near(self, first: str, last: str, limit: int = 10, least: float = 0.5) -> Sequence[Candidate]:
        """Known people whose name is near, best first.

        One of the two words must agree (same, or of one consonant skeleton) and the other be similar by `least`.
        """
        return self._remembered_search(first, last, limit, least)

    @cached_property
    def _remembered_search(self) -> Callable[[str, str, int, float], Sequence[Candidate]]:
        """A text names the same people again and again."""
        return lru_cache(maxsize=_MOST_REMEMBERED)(self._search)

    def _search(self, first: str, last: str, limit: int, least: float) -> Sequence[Candidate]:
        folded_first, folded_last = fold(first), fold(last)
        last_key, first_key = _key(folded_last), _key(folded_first)
        by_last = self._bearing(last_key, self._begin_last, None)
        by_first = self._bearing(first_key, self._begin_first, self._order_first)
        found: dict[tuple[str, str], Candidate] = {}
        for person in (
            *self._most_alike(by_last, self.first, folded_first),
            *self._most_alike(by_first, self.last, folded_last),
        ):
            own_first, own_last = self.words[self.first[person]], self.words[self.last[person]]
            one = Candidate(
                own_first,
                own_last,
                similarity(folded_first, fold(own_first)),
                similarity(folded_last, fold(own_last)),
                float(self.prominence[person]) / 255,
            )
            if min(one.first_similarity, one.last_similarity) >= least:
                key = (fold(own_first), fold(own_last))
                if key not in found or found[key].prominence < one.prominence:
                    found[key] = one
        ordered = sorted(found.values(), key=lambda one: (-rank(one), one.last, one.first))
        return tuple(ordered[:limit])

    def near_last_names(self, last: str, limit: int = 3, least: float = 0.7) -> list[tuple[str, float, int]]:
        """Last names of the same consonant skeleton: (name, similarity, bearers), most likely first."""
        folded = fold(last)
        numbers = self._of_key(_key(folded))
        numbers = numbers[self._borne_last[numbers] >= 2]
        near = [
            (self.words[number], similarity(folded, fold(self.words[number])), int(self._borne_last[number]))
            for number in numbers[np.argsort(-self._borne_last[numbers], kind="stable")][:400]
        ]
        good = [one for one in near if least <= one[1] and fold(one[0]) != folded]
        return sorted(good, key=lambda one: (-(one[1] + 0.05 * np.log(one[2])), one[0]))[:limit]

    @cached_property
    def _order_first(self) -> NDArray[np.int64]:
        """The people in the order of their first names; the table has them in that of their last names."""
        return np.argsort(self.first, kind="stable")

    @cached_property
    def _begin_last(self) -> NDArray[np.int64]:
        return np.concatenate([[0], np.cumsum(self._borne_last)])

    @cached_property
    def _begin_first(self) -> NDArray[np.int64]:
        return np.concatenate([[0], np.cumsum(self._borne_first)])

    @cached_property
    def _by_key(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The numbers of the words in the order of their keys, and where those of each key begin."""
        counts = np.bincount(self.keys, minlength=1 << 16)
        return np.argsort(self.keys, kind="stable"), np.concatenate([[0], np.cumsum(counts)])

    def _of_key(self, key: int) -> NDArray[np.int64]:
        """The numbers of the words with this key, rising."""
        order, begin = self._by_key
        return order[begin[key] : begin[key + 1]]

    def _bearing(self, key: int, begin: NDArray[np.int64], order: NDArray[np.int64] | None) -> NDArray[np.int64]:
        """The people with a word of this key, in the order of the table; `begin` says where those of a word start."""
        numbers = self._of_key(key)
        starts, counts = begin[numbers], begin[numbers + 1] - begin[numbers]
        before = np.cumsum(counts) - counts  # people of the words before
        places = np.repeat(starts - before, counts) + np.arange(counts.sum())
        return np.sort(places if order is None else order[places])

    @cached_property
    def _romanised(self) -> dict[int, str]:
        return {}

    def _romanised_words(self, numbers: Sequence[int]) -> list[str]:
        """The romanised keys of words of the table, kept: common names bring thousands of them again and again."""
        known = self._romanised
        known.update({number: romanised(fold(self.words[number])) for number in numbers if number not in known})
        return [known[number] for number in numbers]

    def _most_alike(self, persons: NDArray[np.int64], column: NDArray[np.int32], word: str) -> Sequence[int]:
        """Of some people those whose word in `column` is most like `word`."""
        if len(persons) > _MOST_SCANNED:
            strongest = np.argsort(-self.prominence[persons].astype(np.int16), kind="stable")[:_MOST_SCANNED]
            persons = persons[strongest]
        numbers, own = np.unique(column[persons], return_inverse=True)  # few first names serve many people
        options = self._romanised_words(numbers.tolist())
        likeness = np.zeros(len(numbers))
        for _, score, place in process.extract(
            romanised(word), options, scorer=Indel.normalized_similarity, limit=None, score_cutoff=0.5
        ):
            likeness[place] = score
        near = np.flatnonzero(likeness[own])
        best = near[np.argsort(-likeness[own][near], kind="stable")[:_MOST_NEAR]]
        return [int(person) for person in persons[best]]


def rank(candidate: Candidate) -> float:
    """How likely a candidate is meant, by the tables alone: similarity of both words, and prominence."""
    return candidate.first_similarity + candidate.last_similarity + 0.5 * candidate.prominence


def _key(folded: str) -> int:
    return zlib.crc32(skeleton(folded).encode()) & 0xFFFF


def load_names(extra: Sequence[Path] = ()) -> Names:
    """The shipped table and the user's own people. KnowledgeError for a row that cannot be used."""
    with files("mtqa.knowledge").joinpath("tables/names.npz").open("rb") as stream, np.load(stream) as table:
        words = tuple(table["words"].tobytes().decode("utf-8").split("\n"))
        arrays = {name: table[name] for name in ("keys", "first", "last", "prominence")}
    own = {fold(row.name) for path in extra for row in read_extra(path)}
    return Names(words=words, **arrays, extra=frozenset(own))
