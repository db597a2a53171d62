"""Rated machine translations, changed: sentences of the same kind that nobody rated, for a teacher to judge.

A student that sees the same few thousand translations again learns them by heart. What a teacher says of their parts,
of two of them spliced, of words replaced by similar ones and of planted errors tells it more than what it said of the
whole (Jiao et al. 2020, TinyBERT, augment the sentences of their tasks for the same reason).
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence

from models.quality_en.corruptions import KINDS, corrupt
from models.quality_en.editing import Edit, edited
from models.quality_en.material import Material, like, words_of
from models.quality_en.similar_words import SimilarWords

_BORDER = re.compile(r"(?<=[,;:)–—]) |(?<= - )| (?=(?:and|but|or|which|who|that|when|where|while|because|as|with|in) )")
_FINAL = re.compile(r"[.!?…][\"”’)]*\s*$")
_SHORTENED = 0.5  # share of texts that are cut before anything else happens
_LEAST_WORDS = 4  # of a part
_REPLACED = 0.2  # share of the words that may give way to a similar one
_TRIES = 4
# Errors that make a translation another bad translation, rather than no sentence.
_PLANTED = tuple(kind for kind in KINDS if kind not in {"word_salad", "gibberish", "unrelated_splice", "truncation"})


class Variants:
    """Changed copies of `texts`, all of one language pair."""

    def __init__(self, texts: Sequence[str], material: Material, similar: SimilarWords) -> None:
        self._texts = texts
        self._material = material
        self._similar = similar
        self._ways: tuple[Callable[[str, random.Random], str | None], ...] = (
            self._spliced,
            self._planted,
            self._planted,
            self._replaced,
            self._replaced,
        )

    def draw(self, rng: random.Random) -> Iterator[str]:
        """Endlessly: a text that is none of the texts."""
        known = set(self._texts)
        while True:
            text = rng.choice(self._texts)
            is_part = rng.random() < _SHORTENED
            now: str | None = part_of(text, rng, self._material) if is_part else text
            # A part may stay as it is; else something must change.
            if now is not None and (not is_part or rng.random() < 0.5):
                now = rng.choice(self._ways)(now, rng)
            if now is not None and now.strip() and now not in known:
                yield now

    def _spliced(self, text: str, rng: random.Random) -> str | None:
        """The beginning of a text and the end of another, both cut where a clause may begin."""
        other = rng.choice(self._texts)
        cuts, others = _borders(text), _borders(other)
        if not cuts or not others or other == text:
            return None
        return text[: rng.choice(cuts)].rstrip() + " " + other[rng.choice(others) :].lstrip()

    def _planted(self, text: str, rng: random.Random) -> str | None:
        """One of the planted errors, or several."""
        kind = "several" if rng.random() < 0.3 else rng.choice(_PLANTED)
        found = corrupt(kind, text, rng, self._material)
        return None if found is None else found.text

    def _replaced(self, text: str, rng: random.Random) -> str | None:
        """Some words give way to similar ones."""
        words = [word for word in words_of(text) if word.group().lower() in self._similar]
        most = round(_REPLACED * len(words_of(text)))
        if not words or not most:
            return None
        chosen = sorted(rng.sample(words, min(len(words), rng.randint(1, most))), key=lambda one: one.start())
        alike = {word: rng.choice(self._similar[word.group().lower()]) for word in chosen}
        return edited(text, [Edit(*word.span(), like(other, word.group())) for word, other in alike.items()])[0]


def part_of(text: str, rng: random.Random, material: Material) -> str | None:
    """A beginning, a middle or an end of a text, cut where a clause may begin if it has such places, written as a
    sentence; None if it is too short.
    """
    places = sorted({0, *_borders(text), len(text)})
    if len(places) == 2:
        places = sorted({0, *(word.start() for word in words_of(text)), len(text)})
    for _ in range(_TRIES):
        first, last = sorted(rng.sample(places, 2))
        own = text[first:last].strip(" ,;:–—-")
        if len(own.split()) < _LEAST_WORDS or own == text.strip():
            continue
        final = _FINAL.search(text)
        if first and material.small_initial(own) == own:
            own = own[:1].upper() + own[1:]
        return own + final.group().strip() if final and last < len(text) else own
    return None


def _borders(text: str) -> list[int]:
    """Where a clause may begin, without the beginning of the text."""
    return [found.end() for found in _BORDER.finditer(text) if 0 < found.end() < len(text)]
