"""What paragraphs say about pairs: translations mostly begin new paragraphs where their source does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from mtqa.pairing.lengths import Floats

_NEVER_SURE = 0.05  # share of paragraph starts that a translation moves although it has as many paragraphs
_ALIKE = 0.75  # number of paragraphs of one side per paragraph of the other, from which starts count in full
_TOO_UNLIKE = 0.5  # one side has twice as many paragraphs: starts say nothing any more


@dataclass(frozen=True, slots=True)
class ParagraphStarts:
    """Costs in nats of pairing starts: negative where they agree, positive where they do not.

    `source` and `target` say of every sentence whether it begins a paragraph. The model is a mixture: a start is kept
    with probability 1 - `moved`, else it stands at any sentence with the share that starts have.
    """

    source: NDArray[np.bool_]
    target: NDArray[np.bool_]
    moved: float
    share: float

    def head(self, source: int, low: int, high: int) -> Floats:
        """Cost of groups that begin with sentence `source` and with each target sentence of [low, high)."""
        kept, share, target = 1.0 - self.moved, self.share, self.target[low:high]
        if self.moved >= 1.0:
            return np.zeros(high - low)
        if self.source[source]:
            both, one = (kept + self.moved * share) / share, self.moved
        else:
            both, one = self.moved, (kept + self.moved * (1 - share)) / (1 - share)
        result: Floats = np.where(target, -np.log(both), -np.log(one))
        return result

    @property
    def crossing(self) -> float:
        """Cost of a paragraph start inside a group."""
        return float(-np.log(self.moved))


def paragraph_starts(source: Sequence[int], target: Sequence[int]) -> ParagraphStarts:
    """From the paragraph numbers of all sentences of both sides, in text order."""
    first, second = _starts(source), _starts(target)
    counts = sorted((int(first.sum()), int(second.sum())))
    alike = counts[0] / counts[1] if counts[0] > 1 else 0.0
    moved = 1.0 - (1.0 - _NEVER_SURE) * min(max((alike - _TOO_UNLIKE) / (_ALIKE - _TOO_UNLIKE), 0.0), 1.0)
    share = sum(counts) / max(1, len(source) + len(target))
    return ParagraphStarts(first, second, moved, min(max(share, 0.01), 0.99))


def _starts(paragraphs: Sequence[int]) -> NDArray[np.bool_]:
    changes = [before != after for before, after in pairwise(paragraphs)]
    return np.array([True, *changes][: len(paragraphs)], dtype=np.bool_)
