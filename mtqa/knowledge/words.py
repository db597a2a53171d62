"""Frequent words: English with frequencies, and those of languages that translations come from.

Data: wordfreq 3.1.1 (CC BY-SA 4.0, see tables/ATTRIBUTION.md), as built by mtqa.knowledge.building.words.
"""

from __future__ import annotations

import lzma
from dataclasses import dataclass
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Words:
    """`english` maps a word to its Zipf frequency (log10 per billion words, about 1 to 8).

    `foreign` maps a frequent word of another language to the languages (ISO 639-1) that have it. Frequent English
    words are not among them, but for function words that are far more frequent there ("le", "des", "und").
    """

    english: dict[str, float]
    foreign: dict[str, frozenset[str]]

    def is_english(self, word: str) -> bool:
        """True for an English word, its possessive, or a hyphenation of English words; case does not matter."""
        bare = word.lower().replace("’", "'").removesuffix("'s").removesuffix("'")
        if bare in self.english:
            return True
        parts = bare.split("-")
        return len(parts) > 1 and all(part in self.english for part in parts if part)

    def languages(self, word: str) -> frozenset[str]:
        """The languages in which a word is frequent, none if it is also English."""
        bare = word.lower()
        return frozenset() if bare in self.english else self.foreign.get(bare, frozenset())

    def languages_in_context(self, word: str) -> frozenset[str]:
        """As `languages`, function words that English texts know from names ("la", "der") included."""
        return self.foreign.get(word.lower(), frozenset())


def load_words() -> Words:
    """The shipped table."""
    raw = files("mtqa.knowledge").joinpath("tables/words.tsv.xz").read_bytes()
    english: dict[str, float] = {}
    foreign: dict[str, set[str]] = {}
    for line in lzma.decompress(raw).decode("utf-8").splitlines()[1:]:
        language, word, zipf = line.split("\t")
        if language == "en":
            english[word] = float(zipf)
        else:
            foreign.setdefault(word, set()).add(language)
    return Words(english, {word: frozenset(languages) for word, languages in foreign.items()})
