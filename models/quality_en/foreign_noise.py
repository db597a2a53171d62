"""What of the source or of the machinery is left in the text: foreign words and scripts, placeholders, mojibake."""

from __future__ import annotations

import itertools
import random
import re
from typing import TypeVar

from models.quality_en.confusions import RESIDUE_TITLES, RESIDUE_WORDS
from models.quality_en.editing import MAJOR, MINOR, Edit, any_of
from models.quality_en.material import FUNCTION_WORDS, Material, content_words_of, like, words_of
from models.quality_en.scripts import SCRIPTS, in_script, with_doubles

_Item = TypeVar("_Item")
_UNKNOWN = ("<unk>", "[UNK]", "unk", "UNK", "⁇", "%s", "{0}", "$1", "__NUM__", "<num>", "XXX", "&lt;unk&gt;", "@@", "�")
_ENTITIES = {"&": "&amp;", '"': "&quot;", "'": "&#39;", "’": "&apos;", "“": "&quot;", "”": "&quot;", "-": " @-@ "}
_BROKEN = {"'": "â€™", "’": "â€™", "“": "â€œ", "”": "â€\x9d", '"': "â€œ", "-": "â€“", "–": "â€“"}
_BROKEN_LETTERS = {
    "e": ("Ã©", "Ã¨", "Ãª"),
    "a": ("Ã¡", "Ã¤"),
    "o": ("Ã¶", "Ã³"),
    "u": ("Ã¼",),
    "i": ("Ã­",),
    "c": ("Ã§",),
}


def residue(text: str, rng: random.Random, material: Material) -> list[Edit]:
    """One or two words or abbreviations of the source language, before a name, for a small word or for a word."""
    words = words_of(text)
    # A title stands before the whole name, never inside it.
    names = [
        word
        for before, word in itertools.pairwise(words)
        if material.is_name(word.group())
        and not (before.group()[0].isupper() and text[before.end() : word.start()] == " ")
    ]
    small = [word for word in words if word.group().lower() in FUNCTION_WORDS]
    content = [word for word in content_words_of(text) if word.group().islower()]

    def title() -> list[Edit]:
        return [
            Edit(name.start(), name.start(), rng.choice(RESIDUE_TITLES) + " ", MAJOR) for name in _few(rng, names, 1)
        ]

    def small_word() -> list[Edit]:
        chosen = _few(rng, small, rng.choice((1, 1, 2)))
        return [Edit(word.start(), word.end(), like(rng.choice(RESIDUE_WORDS), word.group()), MAJOR) for word in chosen]

    def copied() -> list[Edit]:
        edits = []
        for word in _few(rng, content, rng.choice((1, 1, 2))):
            foreign = material.foreign_words(rng, latin=True, count=rng.choice((1, 1, 2)))
            if foreign:
                edits.append(Edit(word.start(), word.end(), " ".join(foreign), MAJOR))
        return edits

    def inserted() -> list[Edit]:
        foreign = material.foreign_words(rng, latin=True, count=1)
        return [Edit(word.start(), word.start(), foreign[0] + " ", MAJOR) for word in _few(rng, words, 1) if foreign]

    return any_of(rng, title, small_word, copied, copied, inserted)


def codemix(text: str, rng: random.Random, material: Material) -> list[Edit]:
    """A run of words, or several words here and there, exchanged for words of a source sentence of any language."""
    words = words_of(text)
    if len(words) < 3:
        return []
    latin = rng.choice((True, True, None))
    count = rng.randint(2, max(2, min(8, len(words) // 2)))
    foreign = material.foreign_words(rng, latin=latin, count=count)
    if not foreign:
        return []
    if rng.random() < 0.5:
        start = rng.randint(0, max(0, len(words) - len(foreign)))
        last = words[min(start + len(foreign), len(words)) - 1]
        return [Edit(words[start].start(), last.end(), " ".join(foreign), MAJOR)]
    chosen = _few(rng, content_words_of(text) or words, len(foreign))
    return [Edit(word.start(), word.end(), new, MAJOR) for word, new in zip(chosen, foreign, strict=False)]


def foreign_script(text: str, rng: random.Random, material: Material) -> list[Edit]:
    """One or two words in another script: of a source, transliterated, or with look-alike letters; or a word of such a
    source in Latin letters.
    """
    words = content_words_of(text) or words_of(text)
    chosen = _few(rng, words, rng.choice((1, 1, 2)))

    def of_source() -> list[Edit]:
        edits = []
        for word in chosen:
            foreign = material.foreign_words(rng, latin=False, count=rng.choice((1, 1, 2)))
            if foreign:
                edits.append(Edit(word.start(), word.end(), " ".join(foreign), MAJOR))
        return edits

    def written() -> list[Edit]:
        script = rng.choice(SCRIPTS)
        return [Edit(word.start(), word.end(), in_script(word.group(), script), MAJOR) for word in chosen]

    def roman() -> list[Edit]:
        found = ((word, material.romanised_word(rng)) for word in chosen)
        return [Edit(word.start(), word.end(), like(new, word.group()), MAJOR) for word, new in found if new]

    def doubles() -> list[Edit]:
        return [Edit(word.start(), word.end(), with_doubles(word.group()), MAJOR) for word in chosen]

    edits = any_of(rng, of_source, of_source, written, roman, doubles)
    return [edit for edit in edits if text[edit.start : edit.end] != edit.replacement]


def placeholder(text: str, rng: random.Random, _material: Material) -> list[Edit]:
    """Unknown-word tokens, entities and broken encodings."""
    words = words_of(text)

    def unknown() -> list[Edit]:
        chosen = _few(rng, content_words_of(text) or words, rng.choice((1, 1, 2)))
        token = rng.choice(_UNKNOWN)
        return [Edit(word.start(), word.end(), token, MAJOR) for word in chosen]

    def table(exchanged: dict[str, str]) -> list[Edit]:
        places = [match.start() for match in re.finditer("[" + re.escape("".join(exchanged)) + "]", text)]
        chosen = places if rng.random() < 0.7 else _few(rng, places, 1)
        twice = rng.random() < 0.15
        edits = []
        for place in chosen:
            new = exchanged[text[place]]
            edits.append(Edit(place, place + 1, new.replace("&", "&amp;") if twice else new, MINOR))
        return edits

    def broken() -> list[Edit]:
        pairs = [
            (word, place)
            for word in words
            for place, letter in enumerate(word.group())
            if place and letter in _BROKEN_LETTERS and len(word.group()) >= 4
        ]
        edits = []
        for word, place in _few(rng, pairs, rng.choice((1, 1, 2))):
            full = word.group()
            new = full[:place] + rng.choice(_BROKEN_LETTERS[full[place]]) + full[place + 1 :]
            edits.append(Edit(word.start(), word.end(), new, MINOR))
        return edits

    def stray() -> list[Edit]:
        found = rng.choice(("&nbsp;", "<br>", "&#160;", "\\n", "</s>", "▁", "<b>", "&lt;", "[[", "##"))
        return [Edit(word.start(), word.start(), found + " ", MINOR) for word in _few(rng, words[1:], 1)]

    return any_of(rng, unknown, unknown, lambda: table(_ENTITIES), lambda: table(_BROKEN), broken, stray)


def _few(rng: random.Random, found: list[_Item], count: int) -> list[_Item]:
    return rng.sample(found, min(count, len(found)))
