"""Comparing the name of a person as written with a known one, word by word."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from mtqa.knowledge.romanisation import fold, romanised, similarity


def _word_set(words: str) -> frozenset[str]:
    return frozenset(words.split())


# Words of names that carry no identity: particles, generation, honours.
_PARTICLES = _word_set(
    "al el bin ibn ben abu van von der den de del della di da do dos das du la le af av y e i ter ten zu zum st "
    "jr sr ii iii iv vi dr gen lt maj sir dame sheikh prince"
)
# English short forms that are no beginnings of the full name.
_SHORT_FORMS = frozenset(
    frozenset(pair.split("-"))
    for pair in _word_set(
        "bill-william will-william bob-robert rob-robert dick-richard rick-richard jack-john jim-james ted-edward "
        "ed-edward ned-edward tony-anthony tony-antony liz-elizabeth mike-michael mick-michael joe-joseph "
        "joe-josef bernie-bernard hank-henry harry-henry chuck-charles charlie-charles larry-lawrence meg-margaret "
        "peggy-margaret kate-katherine kathy-katherine sasha-alexander kit-christopher dave-david pete-peter "
        "steve-steven steve-stephen tom-thomas andy-andrew nick-nicholas matt-matthew jeff-jeffrey greg-gregory "
        "mark-marcus jerry-gerald ken-kenneth ron-ronald don-donald dan-daniel ben-benjamin bibi-benjamin "
        "alex-alexander vlad-vladimir ali-alexander lula-luiz"
    )
)
_LEAST_LEVELLED = 4  # letters
_ARTICLES = re.compile(r"\b(?:al|el|ar|as|ash|an|ad|at|az)[-‐‑](?=\w)", re.IGNORECASE)  # of Arabic names
_HYPHENS = re.compile(r"(?<=\w)[-‐‑](?=\w)")
_SAME_GIVEN = 0.68  # given names over this are spellings of one another once the surnames agree


@dataclass(frozen=True, slots=True)
class NameMatch:
    """How a written name fits a known one.

    `is_same`: every word is accounted for and the surname is the same in any romanisation. `has_given`: a given
    name was written and compared. `surname` and `given` are similarities 0..1 (given 1.0 if none was written).
    """

    is_same: bool
    has_given: bool
    surname: float
    given: float

    @property
    def score(self) -> float:
        """One number 0..1; the surname weighs double."""
        return (2 * self.surname + self.given) / 3

    @property
    def rank(self) -> tuple[bool, bool, float]:
        """Sort key: the better match is greater."""
        return (self.is_same, self.has_given, self.score)

    def is_near(self, least: float) -> bool:
        """True if surname and given name together look like a misspelling of the known name."""
        return self.surname >= least and self.given >= _SAME_GIVEN - 0.1


@dataclass(frozen=True, slots=True)
class PersonName:
    """A written name, folded, its words in order without particles."""

    words: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> PersonName:
        """Fold a name, hyphens closed up (Amir-Abdollahian, Amirabdollahian); one of particles only keeps them."""
        words = fold(_HYPHENS.sub("", _ARTICLES.sub("", text))).split()
        return cls(tuple(word for word in words if word not in _PARTICLES) or tuple(words))

    def compare(self, known: str, surname: str) -> NameMatch:
        """Compare with a known name whose family name is `surname` (may be empty: its last word then)."""
        return _compare(self.words, known, surname)


@lru_cache(maxsize=65536)
def _compare(words: tuple[str, ...], known: str, surname: str) -> NameMatch:
    whole = PersonName.of(known).words
    # Another name of the person may leave the family name out: Mohamed bin Zayed (Al Nahyan).
    family = tuple(word for word in PersonName.of(surname).words if word in whole) or whole[-1:]
    given = tuple(word for word in whole if word not in family)
    if not words or not family:
        return NameMatch(is_same=False, has_given=False, surname=0.0, given=0.0)
    # Which written word is the surname? Usually the last; the first in family-name-first order.
    best = NameMatch(is_same=False, has_given=False, surname=0.0, given=0.0)
    for size in {1, min(len(family), len(words))}:
        for start in {len(words) - size, 0}:
            written_family = words[start : start + size]
            rest = words[:start] + words[start + size :]
            match = _match_parts(written_family, rest, family, given)
            best = max(best, match, key=lambda m: m.rank)
    return best


def _match_parts(
    written_family: tuple[str, ...], rest: tuple[str, ...], family: tuple[str, ...], given: tuple[str, ...]
) -> NameMatch:
    surname = max(similarity("".join(written_family), part) for part in ("".join(family), *family))
    same_surname = any(_is_same_word("".join(written_family), part) for part in ("".join(family), *family))
    if not rest:
        return NameMatch(is_same=same_surname, has_given=False, surname=surname, given=1.0)
    scores = sorted(max((_given_similarity(word, other) for other in (*given, *family)), default=0.0) for word in rest)
    # Middle names that only one side has are no contradiction: as many words must agree as both sides have.
    compared = scores[-max(min(len(given), len(rest)), 1) :]
    joined = similarity("".join(rest), "".join(given)) if given else 0.0  # Jong-un, Jong Un
    return NameMatch(
        is_same=same_surname and max(compared[0], joined) > _SAME_GIVEN,
        has_given=True,
        surname=surname,
        given=max(sum(compared) / len(compared), joined),
    )


def _is_same_word(word: str, other: str) -> bool:
    """Equal, or romanisations of one word; short words are levelled to nothing (Di, Diay) and must be equal."""
    return word == other or (min(len(word), len(other)) >= _LEAST_LEVELLED and romanised(word) == romanised(other))


def _given_similarity(word: str, other: str) -> float:
    if word == other or frozenset((word, other)) in _SHORT_FORMS:
        return 1.0
    if (len(word) == 1 or len(other) == 1) and word[0] == other[0]:
        return 0.9
    return similarity(word, other)
