"""What a link costs: lengths, anchors, paragraphs and, with an encoder, meaning; all in nats and added up.

Each part is minus the logarithm of how much likelier the two groups are as translations of each other than by chance,
so that a pair can be weighed against leaving both sides alone, which costs a constant.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from types import MappingProxyType

import numpy as np

from mtqa.pairing.alignment import Step
from mtqa.pairing.anchors import Anchors, find_anchors
from mtqa.pairing.lengths import Floats, cumulative, fit_lengths, length, length_model
from mtqa.pairing.meaning import Meaning, TextEncoder
from mtqa.pairing.paragraphs import paragraph_starts
from mtqa.schema.document import Segment

# Shares of links by sentences on both sides, Gale and Church (1993), table 5; the two directions halved.
_SHARES = MappingProxyType({(1, 1): 0.89, (1, 2): 0.0445, (2, 1): 0.0445, (2, 2): 0.011})
# Two neighbours always have something in common with what translates one of them. This, and what a sentence alone
# costs (by its share of .0099: 5.3 nats), were chosen on WMT21 documents of `eval/suites/pairing.py`, all languages.
_UNEVEN = 2.0
_PRIOR = MappingProxyType(
    {groups: -math.log(share) + (0.0 if groups == (1, 1) else _UNEVEN) for groups, share in _SHARES.items()}
)
_ALONE = 4.5
_PLAIN = -2.0  # cost of a 1-1 link that no link of more sentences beats
# Lengths may be far off for reasons of their own (a clause left out), which is then for others to find.
_MOST_MISMATCH = 15.0


class LinkCosts:
    """The costs of all links of one document; sentences are numbered from 0 on both sides."""

    def __init__(
        self,
        source: str,
        target: str,
        source_segments: Sequence[Segment],
        target_segments: Sequence[Segment],
        encoder: TextEncoder | None = None,
    ) -> None:
        sources = [segment.span.of(source) for segment in source_segments]
        targets = [segment.span.of(target) for segment in target_segments]
        self.sources, self.targets = len(sources), len(targets)
        self.source_lengths = cumulative([length(text) for text in sources])
        self.target_lengths = cumulative([length(text) for text in targets])
        self._lengths = length_model(float(self.source_lengths[-1]), float(self.target_lengths[-1]))
        self._anchors: Anchors = find_anchors(sources, targets)
        self._lonely = cumulative(self._anchors.lonely_target)
        self._starts = paragraph_starts(
            [segment.paragraph for segment in source_segments], [segment.paragraph for segment in target_segments]
        )
        both = bool(sources and targets)
        self._meaning = Meaning(encoder, sources, targets) if encoder is not None and both else None

    def fit(self, steps: Sequence[Step]) -> None:
        """Prepare a second alignment by a first one: the lengths of its 1-1 links become the model of lengths, and the
        meaning of two neighbours is looked at closely wherever it is not plain that sentences pair one to one.
        """
        if self._meaning is not None:
            self._meaning.embed_neighbours(*self._doubtful(steps))
        pairs = [step for step in steps if step.of_source == step.of_target == 1]
        sources = np.array([step.source for step in pairs], dtype=np.int64)
        targets = np.array([step.target for step in pairs], dtype=np.int64)
        self._lengths = fit_lengths(
            self._lengths, np.diff(self.source_lengths)[sources], np.diff(self.target_lengths)[targets]
        )

    def _doubtful(self, steps: Sequence[Step]) -> tuple[set[int], set[int]]:
        """Where two sentences begin, on either side, of which one is in a link that is doubtful or beside one."""
        plain = [
            step.of_source == step.of_target == 1
            and float(self.pair(step.source, 1, step.target, step.target + 1, 1)[0]) <= _PLAIN
            for step in steps
        ]
        sources: set[int] = set()
        targets: set[int] = set()
        for number, step in enumerate(steps):
            if not all(plain[max(0, number - 1) : number + 2]):
                sources.update(range(step.source - 1, step.source + step.of_source))
                targets.update(range(step.target - 1, step.target + step.of_target))
        return sources, targets

    def alone(self) -> float:
        """Cost of one sentence without a partner, on either side."""
        return _ALONE

    def pair(self, source: int, of_source: int, low: int, high: int, of_target: int) -> Floats:
        """Costs of pairing `of_source` sentences from `source` on with `of_target` from each j in [low, high) on."""
        ends = self.target_lengths[low + of_target : high + of_target]
        source_length = float(self.source_lengths[source + of_source] - self.source_lengths[source])
        cost = np.minimum(self._lengths.mismatch(source_length, ends - self.target_lengths[low:high]), _MOST_MISMATCH)
        cost += _PRIOR[of_source, of_target] + self._anchored(source, of_source, low, high, of_target)
        cost += self._starts.head(source, low, high)
        crossed = float(self._starts.source[source + 1 : source + of_source].sum())
        cost += self._starts.crossing * crossed
        if of_target > 1:
            cost += self._starts.crossing * self._starts.target[low + 1 : high + 1]
        if self._meaning is not None:
            cost += self._meaning.cost(source, of_source, low, high, of_target)
        return cost

    def _anchored(self, source: int, of_source: int, low: int, high: int, of_target: int) -> Floats:
        lonely = self._anchors.lonely_source[source : source + of_source].sum()
        if (of_source, of_target) == (2, 2):
            # Two sentences against two share words across by chance: only one sentence of the other side counts.
            straight = self._row(source, low, high) + self._row(source + 1, low + 1, high + 1)
            crossed = self._row(source, low + 1, high + 1) + self._row(source + 1, low, high)
            gains = np.maximum(straight, crossed)
        else:
            rows = range(source, source + of_source)
            gains = sum((self._row(i, low + k, high + k) for i in rows for k in range(of_target)), np.zeros(high - low))
        target = self._lonely[low + of_target : high + of_target] - self._lonely[low:high]
        result: Floats = lonely + target - gains
        return result

    def _row(self, source: int, low: int, high: int) -> Floats:
        """The gains of one source sentence with the target sentences of [low, high)."""
        columns = self._anchors.columns[source]
        first, last = np.searchsorted(columns, (low, high))
        cells = np.zeros(high - low)
        cells[columns[first:last] - low] = self._anchors.gains[source][first:last]
        return cells
