"""How well the lengths of two groups of sentences fit, after Gale and Church (1993).

A translation's length varies around a multiple of the source's, with a variance that grows in proportion. Lengths are
counted so that scripts compare: a Han character carries about three Latin letters, a kana or hangul syllable two.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# Per character of the translation, on WMT21 references: 1.4 (de), 1.9 (ru), 2.4 (cs), 5.1 (ja), 6.7 (zh);
# Gale and Church measured 6.8 between English, French and German. Counted in `length`.
_USUAL_VARIANCE = 4.0
_LEAST_VARIANCE = 1.5
_PRIOR_PAIRS = 6.0  # pairs that count as much as the usual variance and ratio do
# Translations into English per length of source on WMT21 references: .96 (ha) to 1.49 (zh).
_USUAL_RATIO = 1.15
_RATIOS = (0.7, 1.9)
_MEDIAN_OF_NORMAL = 0.6745  # of |Z|
_PRIOR_LENGTH = 100.0  # a document this long counts as much as the usual ratio does

_SPACE = re.compile(r"\s+")
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_SYLLABLE = re.compile(r"[\u3041-\u30ff\uac00-\ud7a3]")


def length(text: str) -> float:
    """The length of a text in Latin letters' worth, at least 1; runs of white space count once."""
    return max(1.0, len(_SPACE.sub(" ", text)) + 2 * len(_HAN.findall(text)) + len(_SYLLABLE.findall(text)))


@dataclass(frozen=True, slots=True)
class LengthModel:
    """Target length per source length, and variance per unit of target length."""

    ratio: float
    variance: float = _USUAL_VARIANCE

    def mismatch(self, source: Floats | float, target: Floats | float) -> Floats:
        """Cost in nats, 0 for a perfect fit: minus log of the probability of a deviation at least as large.

        Shapes broadcast. Gale and Church (1993), with the mean of both sides as the scale of the variance, as their
        own program has it.
        """
        expected = np.asarray(source, dtype=np.float64) * self.ratio
        found = np.asarray(target, dtype=np.float64)
        deviation = np.abs(found - expected) / np.sqrt(self.variance * (found + expected) / 2)
        return _minus_log_two_tails(deviation)


def length_model(source: float, target: float) -> LengthModel:
    """From the lengths of a whole document, drawn to what is usual where it is short."""
    observed = (target + _PRIOR_LENGTH * _USUAL_RATIO) / (source + _PRIOR_LENGTH)
    return LengthModel(min(max(observed, _RATIOS[0]), _RATIOS[1]))


def fit_lengths(before: LengthModel, source: Floats, target: Floats) -> LengthModel:
    """The model of the pairs of a first alignment, drawn to `before` where they are few.

    The variance is taken from the median deviation, so that wrong pairs do not widen it.
    """
    if not len(source):
        return before
    weight = len(source) / (len(source) + _PRIOR_PAIRS)
    ratio = weight * float(np.median(target / source)) + (1 - weight) * before.ratio
    ratio = min(max(ratio, _RATIOS[0]), _RATIOS[1])
    scaled = np.abs(target - ratio * source) / np.sqrt((target + ratio * source) / 2)
    spread = (float(np.median(scaled)) / _MEDIAN_OF_NORMAL) ** 2
    variance = weight * spread + (1 - weight) * _USUAL_VARIANCE
    return LengthModel(ratio, max(variance, _LEAST_VARIANCE))


def cumulative(lengths: Sequence[float] | Floats) -> Floats:
    """Sums of the first 0, 1, ... lengths; one more value than lengths."""
    return np.concatenate([[0.0], np.cumsum(np.asarray(lengths, dtype=np.float64))])


def _minus_log_two_tails(deviation: Floats) -> Floats:
    """-log P(|Z| > deviation) of a standard normal Z; Abramowitz and Stegun 7.1.26, which does not underflow so."""
    x = deviation / math.sqrt(2.0)
    t = 1.0 / (1.0 + 0.3275911 * x)
    factors = (1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592)
    polynomial = np.zeros_like(x)
    for factor in factors:
        polynomial = (polynomial + factor) * t
    result: Floats = np.maximum(x * x - np.log(polynomial), 0.0)
    return result
