"""What of one side of a pair the other side does not say: lengths, the parts to ask about, and what the answers mean.

    balance = Balance(source, translation, "de", "en", 0.71)      # is a part of the source left out?
    parts = balance.parts()                                       # leave out each of them, and ask the encoder again
    features = balance.features(part, gain, said)

`longer` is the side that may say more, `shorter` the one that may lack it: source and translation for an omission, the
other way round for an addition. A part that the other side does not say is one without which the two agree better.
After Vamvas and Sennrich 2022 (As Little as Possible, as Much as Necessary), with the cosine of a sentence encoder in
place of the probability of a translation model.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from mtqa.knowledge.clauses import (
    LEAST_WORDS,
    MOST_SHARE,
    candidates,
    clauses,
    english_length,
    han_share,
    size,
    unspaced_share,
    with_neighbours,
)
from mtqa.knowledge.number_matching import Pool
from mtqa.knowledge.number_reading import read_numbers
from mtqa.knowledge.transliteration import best_form, name_forms
from mtqa.schema.annotations import SaidTokens
from mtqa.schema.document import Span

MOST_PARTS = 10  # per pair, each read by the encoder once
MOST_CLAUSES = 12  # of a side
# Deviation of the length of references of WMT22 from what `english_length` says: robust standard deviation in units of
# sqrt(4 E + .02 E^2), .49 (de) .56 (ru cs) .74 (ja) .85 (zh).
_SPACED_SPREAD, _UNSPACED_SPREAD = 0.53, 0.80
_PER_LETTER, _PER_SQUARE = 4.0, 0.02
# Bounds of features: what lies beyond says no more.
_MOST_DEVIATION, _MOST_MISFIT = 2.5, 4.0
_GAINS, _RELATIVE_GAINS = (-0.02, 0.15), (-0.05, 0.4)
_LEAST_COUNTED = 5.0  # English letters that a rest has at least
_MOST_ANCHORS = 2
_GAIN_WEIGHT = 20.0  # a gain of .05 counts as much as one standard deviation of length
_UNSAID_WEIGHT = 4.0  # as much as one deviation: a quarter of the words more that the other side does not say
_LEAST_UNSAID = 0.15  # share of the words of a part that is worth a question
_UNSAID_SCALE = 4.0  # of features: a missing clause has about .4 of unsaid words, one that is said .15
_LEAST_UNREAD = 1e-3  # probability
_MOST_UNSAID = 5  # parts that are asked about where words are compared
_NAME = re.compile(r"(?<=[\s(“\"‘'’-])[A-Z][^\W\d_]{2,}")


@dataclass(frozen=True, slots=True)
class Balance:
    """Both sides of a pair. Languages are codes; one of the sides is English. `cosine` is that of the whole sides.

    `words`: which tokens of the longer side the other one says, None where words were not compared. `read`: the same as
    reading both sides together says it, None where nothing read them.
    """

    longer: str
    shorter: str
    longer_language: str | None
    shorter_language: str | None
    cosine: float
    words: SaidTokens | None = None
    read: SaidTokens | None = None

    @property
    def excess(self) -> float:
        """English letters that the longer side has more than the other."""
        return english_length(self.longer) - english_length(self.shorter)

    @property
    def deviation(self) -> float:
        """How much longer it is than usual, in standard deviations; negative: shorter."""
        return self._deviation(english_length(self.longer))

    def parts(self) -> tuple[Span, ...]:
        """Stretches of the longer side that may be what makes it longer, or whose words the other side does not say."""
        length = max(_LEAST_COUNTED, self.excess)
        fitting = candidates(self.longer, self.longer_language, length, MOST_PARTS)
        if self.words is None:
            return fitting
        parts = list(dict.fromkeys((*fitting, *self._neighbours())))
        unsaid = {part: self.unsaid(part) for part in parts}
        kept = sorted((part for part in parts if unsaid[part] >= _LEAST_UNSAID), key=lambda part: -unsaid[part])
        return tuple(kept[:_MOST_UNSAID])

    def _neighbours(self) -> list[Span]:
        """Clauses, and every two of them, that are long enough and leave something standing."""
        spans = with_neighbours(self.longer, self.longer_language, MOST_CLAUSES)
        whole = size(self.longer)
        return [one for one in spans if LEAST_WORDS <= size(one.of(self.longer)) <= MOST_SHARE * whole]

    def unsaid(self, part: Span) -> float:
        """Share of the words of a part that the other side does not say, 0..1; 0 where words were not compared."""
        return 0.0 if self.words is None else 1.0 - self.words.within(part).mean

    @property
    def least_said(self) -> float:
        """Share of the words that are said of the clause that is said least; 1 where words were not compared."""
        return 1.0 - max((self.unsaid(part) for part in self._neighbours()), default=0.0)

    def anchors(self, part: Span) -> tuple[int, int]:
        """Numbers and names of a part that the other side has, and those that it does not have."""
        telling = Pool(read_numbers(self.shorter, self.shorter_language))
        numbers = [one for one in read_numbers(part.of(self.longer), self.longer_language) if one.firm]
        shared = sum(map(telling.has, numbers))
        kept, lost = shared, len(numbers) - shared
        if self.shorter_language == "en":
            forms = name_forms(self.longer, self.longer_language, part)
            exact = [best_form(word, forms) for word in set(_NAME.findall(self.shorter))]
            return kept + sum(match is not None and match.is_exact for match in exact), lost
        forms = name_forms(self.shorter, self.shorter_language)
        for word in set(_NAME.findall(part.of(self.longer))):
            match = best_form(word, forms)
            kept += match is not None and match.is_exact
        return kept, lost

    def features(self, part: Span, gain: float, said: float) -> dict[str, float]:
        """What speaks for and against a part being said on the longer side alone.

        `gain`: cosine of the longer side without the part and the shorter side, less that with it. `said`: the best
        cosine of the part with the shorter side or one of its clauses.
        """
        return {
            "gain": within(gain, _GAINS),
            "relative_gain": within(gain / max(0.05, 1.0 - self.cosine), _RELATIVE_GAINS),
            "said": said,
            "said_alone": said if self.words is None else 0.0,
            "cosine": self.cosine,
            **self.lengths(part),
            **self._words_of(part),
        }

    def lengths(self, part: Span) -> dict[str, float]:
        """The same without an encoder: lengths, boundaries, and numbers and names of the part that the other side has
        or lacks.
        """
        whole, own = english_length(self.longer), english_length(part.of(self.longer))
        kept, lost = self.anchors(part)
        return {
            "deviation": min(_MOST_DEVIATION, self.deviation),
            "misfit": min(_MOST_MISFIT, abs(self._deviation(max(_LEAST_COUNTED, whole - own)))),
            "share": own / whole,
            "bounded": self._bounded(part),
            "kept": min(_MOST_ANCHORS, kept) / _MOST_ANCHORS,
            "lost": min(_MOST_ANCHORS, lost) / _MOST_ANCHORS,
            "unspaced": self._unspaced,
            "han": max(han_share(self.longer), han_share(self.shorter)),
        }

    def _words_of(self, part: Span) -> dict[str, float]:
        """How much is not said of the part, of its worst stretch and of the rest: shares of the words, and logits of
        what reading both sides says, which is sure of most words. 0 where nothing was compared or read.
        """
        found = {"compared": float(self.words is not None)}
        for kind, words in (("unsaid", self.words), ("unread", self.read)):
            names = (kind, f"{kind}_most", f"{kind}_rest")
            if words is None:
                found |= dict.fromkeys(names, 0.0)
                continue
            own, rest = words.within(part), words.without(part)
            unsaid = [1.0 - said for said in (own.mean, own.least, rest.mean)]
            figures = [_UNSAID_SCALE * one if kind == "unsaid" else half_logit(one) for one in unsaid]
            found |= dict(zip(names, figures, strict=True))
        return found

    def _bounded(self, part: Span) -> float:
        """Share of the two edges of a part that are boundaries of clauses."""
        whole = clauses(self.longer, self.longer_language)
        return (any(part.start == one.start for one in whole) + any(part.end == one.end for one in whole)) / 2

    @property
    def _unspaced(self) -> float:
        return max(unspaced_share(self.longer), unspaced_share(self.shorter))

    def _deviation(self, longer: float) -> float:
        shorter = english_length(self.shorter)
        spread = _SPACED_SPREAD + (_UNSPACED_SPREAD - _SPACED_SPREAD) * self._unspaced
        usual = (longer + shorter) / 2
        return (longer - shorter) / (spread * math.sqrt(_PER_LETTER * usual + _PER_SQUARE * usual * usual))

    def likely(self, parts: Sequence[Span], gains: Sequence[float], most: int, more: Sequence[float] = ()) -> list[int]:
        """Places of the parts that are worth a closer look, best first: by gain, by how well the rest fits, and by what
        `more` speaks for each, in the same unit.
        """
        whole = english_length(self.longer)
        rests = [max(_LEAST_COUNTED, whole - english_length(part.of(self.longer))) for part in parts]
        weights = [
            _GAIN_WEIGHT * gain - abs(self._deviation(rest)) + _UNSAID_WEIGHT * self.unsaid(part)
            for part, gain, rest in zip(parts, gains, rests, strict=True)
        ]
        weights = [weight + one for weight, one in zip(weights, more or [0.0] * len(parts), strict=True)]
        return sorted(range(len(parts)), key=lambda place: -weights[place])[:most]


def half_logit(probability: float) -> float:
    """Of a probability, kept from 0 and 1: a feature of about unit size."""
    bounded = within(probability, (_LEAST_UNREAD, 1.0 - _LEAST_UNREAD))
    return math.log(bounded / (1.0 - bounded)) / 2.0


def within(value: float, bounds: tuple[float, float]) -> float:
    """The value, or the bound that it lies beyond."""
    return min(max(value, bounds[0]), bounds[1])
