"""What corruptions draw from: words, names and phrases of other sentences, and source sentences by language."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Mapping, Sequence

from anyascii import anyascii

from models.quality_en.confusions import MONTHS, WEEKDAYS

WORD = re.compile(r"[^\W\d_]+(?:['’\-][^\W\d_]+)*")
_NAME = re.compile(r"(?<=[^\W_] )[A-Z][^\W\d_]+(?: [A-Z][^\W\d_]+)*\b")
_CUT = re.compile(r"[,;:()\"“”]| [-–—] ")
# Scripts written without spaces are cut into runs of a few characters.
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\u0e00-\u0e7f]")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f'’\-]+")
_UNSPACED_LENGTHS = (1, 2, 2, 3, 4)
_LEAST_NAME_SHARE = 0.8  # of a word's occurrences that have a capital, for the word to be part of a name
_TRIES = 20

FUNCTION_WORDS = frozenset(
    "a an the this that these those and or but nor so if because while although though when where who whom whose which "
    "what how why of in on at by for from to with without about into over under after before between through during "
    "against among as than is are was were be been being am has have had do does did will would can could may might "
    "must shall should not no it its he she they them his her their him we us our you your i my me there here also "
    "only then up out off down more most very just all any some such other both each".split()
)


class Material:
    """Built once from other references and from source sentences by language code.

    `sentences` must be clean English; either argument may be empty, then the kinds that need it do not apply.
    """

    def __init__(self, sentences: Sequence[str], sources: Mapping[str, Sequence[str]]) -> None:
        self.sentences: tuple[str, ...] = tuple(one.strip() for one in sentences if one.strip())
        lower: Counter[str] = Counter()
        capital: Counter[str] = Counter()
        content: list[str] = []
        for sentence in self.sentences:
            for index, match in enumerate(WORD.finditer(sentence)):
                word = match.group()
                if word.islower():
                    lower[word] += 1
                    if len(word) > 3 and word not in FUNCTION_WORDS:
                        content.append(word)
                elif index:
                    capital[word.lower()] += 1
        self.vocabulary: Mapping[str, int] = lower
        self._capital: Mapping[str, int] = capital
        self.content_words: tuple[str, ...] = tuple(content)
        self.names: tuple[str, ...] = tuple(
            match.group()
            for sentence in self.sentences
            for match in _NAME.finditer(sentence)
            if all(self.is_name(word) for word in match.group().split())
        )
        self._sources: Mapping[str, tuple[str, ...]] = {
            code: tuple(one.strip() for one in sources[code] if one.strip()) for code in sorted(sources)
        }
        self._latin = tuple(code for code, own in self._sources.items() if own and _is_latin(own))
        self._other = tuple(code for code, own in self._sources.items() if own and not _is_latin(own))

    def is_name(self, word: str) -> bool:
        """True for a capitalised word that is hardly ever written small in the material."""
        if len(word) < 3 or not word[0].isupper() or word.isupper() or word.lower() in FUNCTION_WORDS:
            return False
        if word in MONTHS or word in WEEKDAYS or word == "May":
            return False
        small, large = self.vocabulary.get(word.lower(), 0), self._capital.get(word.lower(), 0)
        return not small or large >= _LEAST_NAME_SHARE * (small + large)

    def sentence(self, rng: random.Random, *, unlike: str) -> str | None:
        """A random sentence other than `unlike`."""
        for _ in range(_TRIES if self.sentences else 0):
            found = rng.choice(self.sentences)
            if found != unlike.strip():
                return found
        return None

    def phrase(self, rng: random.Random, *, unlike: str, least: int, most: int) -> str | None:
        """A random run of `least` to `most` words of another sentence, without punctuation at its ends; half of the
        time a run between punctuation marks.
        """
        for _ in range(_TRIES):
            sentence = self.sentence(rng, unlike=unlike)
            if sentence is None:
                return None
            if rng.random() < 0.5:
                sentence = rng.choice(_CUT.split(sentence))
            words = sentence.split()
            if len(words) < least:
                continue
            count = rng.randint(least, min(most, len(words)))
            start = rng.randint(0, len(words) - count)
            phrase = " ".join(words[start : start + count]).strip(" .,;:!?()\"'“”‘’-–—")
            if len(phrase.split()) >= least:
                return self.small_initial(phrase)
        return None

    def small_initial(self, phrase: str) -> str:
        """The phrase as it reads inside a sentence: no capital unless its first word is a name."""
        first = phrase.split(maxsplit=1)[0] if phrase.strip() else ""
        known = first.lower() in self.vocabulary or first.lower() in FUNCTION_WORDS
        is_small = known and first != "I" and first.istitle() and not self.is_name(first)
        return phrase[:1].lower() + phrase[1:] if is_small else phrase

    def foreign_words(self, rng: random.Random, *, latin: bool | None, count: int) -> list[str]:
        """Up to `count` neighbouring words of one random source sentence; `latin` False asks for another script,
        None for any. Empty if there is no such source.
        """
        codes = {True: self._latin, False: self._other, None: (*self._latin, *self._other)}[latin]
        if not codes:
            return []
        own = self._sources[rng.choice(codes)]
        for _ in range(_TRIES):
            words = self._words(rng, rng.choice(own))
            if latin:
                words = [word for word in words if _LATIN.fullmatch(word)]
            elif latin is False:
                words = [word for word in words if not word.isascii()]
            # Words that are English too (names, "in") would teach that English is wrong.
            words = [
                word for word in words if word.lower() not in self.vocabulary and word.lower() not in FUNCTION_WORDS
            ]
            words = [word for word in words if not (word.isascii() and self._capital.get(word.lower()))]
            if words:
                start = rng.randint(0, max(0, len(words) - count))
                return words[start : start + count]
        return []

    def romanised_word(self, rng: random.Random) -> str | None:
        """A word of a source in another script in Latin letters."""
        words = self.foreign_words(rng, latin=False, count=1)
        roman = anyascii(words[0]).strip() if words else ""
        return roman if len(roman) > 2 and roman.isalpha() else None

    @staticmethod
    def _words(rng: random.Random, sentence: str) -> list[str]:
        words: list[str] = []
        for match in WORD.finditer(sentence):
            word = match.group()
            if not _UNSPACED.search(word):
                words.append(word)
                continue
            while word:
                cut = rng.choice(_UNSPACED_LENGTHS)
                words.append(word[:cut])
                word = word[cut:]
        return words


def _is_latin(sentences: Sequence[str]) -> bool:
    letters = [letter for sentence in sentences[:20] for letter in sentence if letter.isalpha()]
    return sum(bool(_LATIN.match(letter)) for letter in letters) * 2 > len(letters)


def words_of(text: str) -> list[re.Match[str]]:
    """The words of a text, punctuation and digits left out."""
    return list(WORD.finditer(text))


def content_words_of(text: str, *, letters: int = 4) -> list[re.Match[str]]:
    """The words of at least `letters` letters that are no function words."""
    return [
        word for word in words_of(text) if len(word.group()) >= letters and word.group().lower() not in FUNCTION_WORDS
    ]


def like(word: str, model: str) -> str:
    """`word` with the capitals of `model`."""
    if model.isupper() and len(model) > 1:
        return word.upper()
    return word[:1].upper() + word[1:] if model[:1].isupper() else word
