"""Errors that are planted into pairs for the joint estimator: those of the pair reader, and quiet ones besides.

The quiet ones leave the translation fluent: a wider term, an opposite, another aspect, a modifier or a phrase more or
less, a small word lost. What is used together is learned from clean sentences, senses come from WordNet.
"""

from __future__ import annotations

import itertools
import random
import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

from eval.datasets.wordnet import WordNet
from models.pair_reading import planting as loud
from models.pair_reading.planting import Marks, Side
from models.quality_en.editing import MAJOR, MINOR, Edit, any_of, edited
from models.quality_en.grammar_noise import base_of
from models.quality_en.material import FUNCTION_WORDS, Material, like, words_of
from models.quality_en.similar_words import SimilarWords
from models.word_cover.material import Pair

_BEFORE_NOUN = frozenset("the a an his her its their our this that of in for with by from".split())
_PREPOSITIONS = frozenset("in on at by for from with after before during under between against near".split())
_SUBJECTS = frozenset("he she it they we you i who which that".split())
_BE, _HAVE = frozenset("is are was were".split()), frozenset("has have had".split())
_KEPT = frozenset("not no".split())  # function words whose loss is a negation's
_CONJUNCTIONS = {
    "and": ("or", "but"), "or": ("and",), "but": ("and", "so"), "because": ("although", "before"),
    "although": ("because",), "while": ("before", "because"), "if": ("because", "unless"), "when": ("before", "if"),
    "after": ("before",), "before": ("after",), "until": ("since",), "since": ("until",),
}  # fmt: skip
_PHRASE_WORDS = (2, 5)
_FINAL = re.compile(r"[.!?…]*[\"”'’)]*\s*$")
_VOWELS = tuple("aeiou")
_QUIET_SHARES: Mapping[str, int] = {
    "wider_term": 10, "opposite": 5, "aspect": 7, "dropped_modifier": 7, "added_modifier": 10, "added_place": 4,
    "dropped_place": 3, "dropped_small_word": 7, "conjunction": 4,
}  # fmt: skip
# How often each kind is planted beside the others.
SHARES: Mapping[str, int] = {**loud.SHARES, **_QUIET_SHARES}
_LEAVES_SOURCE = frozenset(("added_modifier", "added_place", "aspect"))


class QuietErrors:
    """Plans quiet errors; learns from clean English `sentences` which modifiers go with which nouns."""

    def __init__(self, sentences: Sequence[str], words: WordNet, material: Material) -> None:
        self._words = words
        self._material = material
        modifiers: dict[str, set[str]] = defaultdict(set)
        adverbs: set[str] = set()
        self._phrases: list[str] = []
        for sentence in sentences:
            found = words_of(sentence)
            for before, word, after in zip(found, found[1:], found[2:], strict=False):
                is_together = sentence[word.end() : after.start()] == " "
                if is_together and before.group().lower() in _BEFORE_NOUN and _is_content(word) and _is_content(after):
                    modifiers[after.group()].add(word.group())
            adverbs.update(word.group() for word in found if word.group().endswith("ly") and _is_content(word))
            self._phrases += [sentence[first:last].strip() for first, last in _phrases(sentence)]
        self._modifiers = {noun: sorted(own) for noun, own in modifiers.items()}
        self._adverbs = sorted(adverbs)
        self._plans: Mapping[str, Callable[[str, random.Random], list[Edit]]] = {
            "wider_term": self._wider_term,
            "opposite": self._opposite,
            "aspect": self._aspect,
            "dropped_modifier": self._dropped_modifier,
            "added_modifier": self._added_modifier,
            "added_place": self._added_place,
            "dropped_place": self._dropped_place,
            "dropped_small_word": self._dropped_small_word,
            "conjunction": self._conjunction,
        }

    def edits(self, kind: str, text: str, rng: random.Random) -> list[Edit]:
        """Those of one error of a kind of SHARES that is not the pair reader's; none where it does not apply."""
        return self._plans[kind](text, rng)

    def _exchanged(self, text: str, rng: random.Random, words: Mapping[str, tuple[str, ...]]) -> list[Edit]:
        found = []
        for word in words_of(text):
            own = word.group().lower()
            single = own.removesuffix("s")
            if not _is_content(word):
                continue
            if own in words:
                found.append((word, words[own], ""))
            elif own.endswith("s") and single in words:
                found.append((word, words[single], "s"))
        for word, others, ending in rng.sample(found, min(1, len(found))):
            return [Edit(*word.span(), like(rng.choice(others) + ending, word.group()), MAJOR)]
        return []

    def _wider_term(self, text: str, rng: random.Random) -> list[Edit]:
        return self._exchanged(text, rng, self._words.wider)

    def _opposite(self, text: str, rng: random.Random) -> list[Edit]:
        return self._exchanged(text, rng, self._words.opposites)

    def _aspect(self, text: str, rng: random.Random) -> list[Edit]:
        """Simple, progressive and perfect forms exchanged, the time kept where it can be."""
        found: list[Edit] = []
        for before, word in itertools.pairwise(words_of(text)):
            first, own = before.group().lower(), word.group()
            if text[before.end() : word.start()] != " " or not own.islower():
                continue
            base = base_of(own, self._material)
            if base is None:
                continue
            both = (before.start(), word.end())
            if own.endswith("ing") and first in _BE:
                past = _past(base) if first in ("was", "were") else base + ("s" if first == "is" else "")
                perfect = {"is": "has", "are": "have"}.get(first, "had")
                found += [Edit(*both, form, MINOR) for form in (past, f"{perfect} been {own}")]
            elif own.endswith("ed") and first in _HAVE:
                progressive = _progressive(base)
                found += [Edit(*both, form, MINOR) for form in (own, f"{first} been {progressive}")]
            elif own.endswith("ed") and (first in _SUBJECTS or self._material.is_name(before.group())):
                were = "were" if first in ("they", "we", "you") else "was"
                found += [Edit(*word.span(), form, MINOR) for form in (f"{were} {_progressive(base)}", f"had {own}")]
        return rng.sample(found, min(1, len(found)))

    def _dropped_modifier(self, text: str, rng: random.Random) -> list[Edit]:
        found = [
            word
            for before, word, after in _triples(text)
            if _is_content(word)
            and (word.group().endswith("ly") or (before.group().lower() in _BEFORE_NOUN and _is_content(after)))
            and not (before.group().lower() in ("a", "an") and _sounds(word) != _sounds(after))
        ]
        return [Edit(word.start(), word.end() + 1, "", MAJOR) for word in rng.sample(found, min(1, len(found)))]

    def _added_modifier(self, text: str, rng: random.Random) -> list[Edit]:
        nouns = [
            (before, word)
            for before, word in itertools.pairwise(words_of(text))
            if word.group() in self._modifiers
            and text[before.end() : word.start()] == " "
            and before.group().lower() in _BEFORE_NOUN
        ]

        def adjective() -> list[Edit]:
            for before, word in rng.sample(nouns, min(1, len(nouns))):
                new = rng.choice(self._modifiers[word.group()])
                article = before.group()
                if article.lower() in ("a", "an"):
                    article = like("an" if new.startswith(_VOWELS) else "a", article)
                if new != word.group():
                    return [Edit(before.start(), word.start(), f"{article} {new} ", MAJOR)]
            return []

        def adverb() -> list[Edit]:
            verbs = [
                word
                for before, word in itertools.pairwise(words_of(text))
                if word.group().endswith("ed") and before.group().lower() in _SUBJECTS | _BE | _HAVE
            ]
            return [
                Edit(word.start(), word.start(), rng.choice(self._adverbs) + " ", MAJOR)
                for word in rng.sample(verbs, min(1, len(verbs)) if self._adverbs else 0)
            ]

        return any_of(rng, adjective, adjective, adverb)

    def _added_place(self, text: str, rng: random.Random) -> list[Edit]:
        """A phrase with a preposition from another sentence, at the end or before a comma."""
        if not self._phrases:
            return []
        end = _FINAL.search(text)
        places = [found.start() for found in re.finditer(r"(?<=[a-z]), ", text)]
        places.append(len(text) if end is None else end.start())
        place = rng.choice(places)
        return [Edit(place, place, " " + rng.choice(self._phrases), MAJOR)] if place else []

    def _dropped_place(self, text: str, rng: random.Random) -> list[Edit]:
        found = list(_phrases(text))
        return [Edit(first, last, "", MAJOR) for first, last in rng.sample(found, min(1, len(found))) if first]

    def _dropped_small_word(self, text: str, rng: random.Random) -> list[Edit]:
        found = [
            word
            for word in words_of(text)
            if word.group() in FUNCTION_WORDS and word.group() not in _KEPT and word.start()
            if text[word.end() : word.end() + 1] == " "
        ]
        return [Edit(word.start(), word.end() + 1, "", MINOR) for word in rng.sample(found, min(1, len(found)))]

    def _conjunction(self, text: str, rng: random.Random) -> list[Edit]:
        found = [word for word in words_of(text) if word.group().lower() in _CONJUNCTIONS]
        return [
            Edit(*word.span(), like(rng.choice(_CONJUNCTIONS[word.group().lower()]), word.group()), MAJOR)
            for word in rng.sample(found, min(1, len(found)))
        ]


def planted(
    kind: str,
    pair: Pair,
    near: Sequence[Pair],
    rng: random.Random,
    material: Material,
    similar: SimilarWords,
    quiet: QuietErrors,
) -> Side | None:
    """The pair with an error of a kind of SHARES; None where it does not apply. `near` are other pairs of its group."""
    if kind not in _QUIET_SHARES:
        return loud.planted(kind, pair, near, rng, material, similar)
    text, found = edited(pair.translation, quiet.edits(kind, pair.translation, rng))
    if text == pair.translation:
        return None
    marks: Marks = tuple((one.start, one.end) for one in found)
    return Side(pair.source, text, marks, () if kind in _LEAVES_SOURCE else None)


def _is_content(word: re.Match[str]) -> bool:
    text = word.group()
    return len(text) > 2 and text.islower() and text not in FUNCTION_WORDS


def _sounds(word: re.Match[str]) -> bool:
    return word.group().startswith(_VOWELS)


def _triples(text: str) -> list[tuple[re.Match[str], re.Match[str], re.Match[str]]]:
    """Three words one after the other with single blanks between them."""
    words = words_of(text)
    return [
        (before, word, after)
        for before, word, after in zip(words, words[1:], words[2:], strict=False)
        if text[before.end() : word.start()] == " " and text[word.end() : after.start()] == " "
    ]


def _phrases(text: str) -> list[tuple[int, int]]:
    """Where short phrases with a preposition stand, each with the blank before it: " in the old town"."""
    words = words_of(text)
    found = []
    for place, word in enumerate(words):
        if word.group() not in _PREPOSITIONS or text[word.start() - 1 : word.start()] != " ":
            continue
        last = place
        for one in range(place + 1, min(place + _PHRASE_WORDS[1], len(words))):
            is_small = words[one].group().lower() in FUNCTION_WORDS and words[one].group().lower() not in _BEFORE_NOUN
            if text[words[one - 1].end() : words[one].start()] != " " or is_small:
                break
            if words[one].group() in _PREPOSITIONS:
                break
            last = one
        is_whole = words[last].group().lower() not in FUNCTION_WORDS
        if last - place + 1 >= _PHRASE_WORDS[0] and is_whole:
            found.append((word.start() - 1, words[last].end()))
    return found


def _past(base: str) -> str:
    return base + "d" if base.endswith("e") else base[:-1] + "ied" if base.endswith("y") else base + "ed"


def _progressive(base: str) -> str:
    return base[:-1] + "ing" if base.endswith("e") and not base.endswith("ee") else base + "ing"
