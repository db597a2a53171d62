"""The sentence broken as a whole: cut off, spliced with another, padded, shuffled."""

from __future__ import annotations

import random
import re

from models.quality_en.editing import MAJOR, Edit, any_of
from models.quality_en.material import Material, words_of

_ENDINGS = ("", "", "", ".", ".", "...", ",", " -", "…")


def truncation(text: str, rng: random.Random, _material: Material) -> list[Edit]:
    """The text ends after a quarter to nine tenths of its words, sometimes within a word."""
    words = words_of(text)
    if len(words) < 4:
        return []
    kept = rng.randint(max(1, len(words) // 4), max(1, len(words) * 9 // 10 - 1))
    last = words[kept - 1]
    word = last.group()
    if rng.random() < 0.2 and len(word) > 4:
        word = word[: rng.randint(2, len(word) - 2)]
    return [Edit(last.start(), len(text), word + rng.choice(_ENDINGS), MAJOR)]


def added_phrase(text: str, rng: random.Random, material: Material) -> list[Edit]:
    """A phrase of another sentence put in between two words or at the end."""
    phrase = material.phrase(rng, unlike=text, least=2, most=9)
    words = words_of(text)
    if phrase is None or len(words) < 2:
        return []
    place = rng.choice(words if rng.random() < 0.7 else words[-1:]).end()
    before, after = rng.choice(((" ", ""), (" ", ""), (", ", ","), (" (", ")"), (" - ", " -")))
    return [Edit(place, place, before + phrase + (after if place < words[-1].end() or after == ")" else ""), MAJOR)]


def unrelated_splice(text: str, rng: random.Random, material: Material) -> list[Edit]:
    """The first part of this sentence and the last part of another; or the other way round."""
    other = material.sentence(rng, unlike=text)
    words, others = words_of(text), words_of(other or "")
    if other is None or len(words) < 4 or len(others) < 4:
        return []
    cut = words[rng.randint(len(words) // 3, len(words) * 2 // 3)].start()
    other_cut = others[rng.randint(len(others) // 3, len(others) * 2 // 3)].start()
    if rng.random() < 0.7:
        return [Edit(cut, len(text), other[other_cut:], MAJOR)] if cut else []
    return [Edit(0, cut, other[:other_cut].rstrip() + " ", MAJOR)]


def word_salad(text: str, rng: random.Random, material: Material) -> list[Edit]:
    """All words, or a long stretch of them, in another order: at random, piece by piece, or from the last to first."""
    tokens = [(match.start(), match.end()) for match in re.finditer(r"\S+", text)]
    if len(tokens) < 5:
        return []
    end_mark = re.search(r"[.!?]+$", text.rstrip()) if rng.random() < 0.7 else None
    tokens[-1] = (tokens[-1][0], end_mark.start() if end_mark else tokens[-1][1])
    if rng.random() < 0.35:
        count = rng.randint(max(4, len(tokens) // 3), len(tokens))
        first = rng.randint(0, len(tokens) - count)
        tokens = tokens[first : first + count]
    before = [text[start:end] for start, end in tokens if start < end]
    start, end = tokens[0][0], tokens[-1][1]

    def shuffled() -> list[str]:
        return rng.sample(before, len(before))

    def in_pieces() -> list[str]:
        pieces, rest = [], list(before)
        while rest:
            size = rng.randint(1, 4)
            pieces.append(rest[:size])
            rest = rest[size:]
        return [word for piece in rng.sample(pieces, len(pieces)) for word in piece]

    def backwards() -> list[str]:
        return before[::-1]

    def rendered() -> list[Edit]:
        after = rng.choice((shuffled, shuffled, shuffled, in_pieces, in_pieces, backwards))()
        if after == before:
            return []
        if rng.random() < 0.3 and start == 0:
            after = [word if material.is_name(word) else word.lower() for word in after]
            after[0] = after[0][:1].upper() + after[0][1:]
        return [Edit(start, end, " ".join(after), MAJOR)]

    return any_of(rng, rendered)
