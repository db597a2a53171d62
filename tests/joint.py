"""A joint estimator with known numbers, for tests without weights.

joint = FakeJoint({"The dog barks.": 1.5})   # expectation by translation, else 0
checker = Checker(settings, estimator=estimator, encoder=encoder, joint=joint)
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np

from mtqa.schema.annotations import JointReading

USUAL_ERROR = 0.1
_MOST_BEHIND = 4.0  # logits by which a pair with something unsaid is behind the same without it


class FakeJoint:
    """One token per word on either side, each an error with probability 0.1; `asked` for pairs, in order.

    `languages` empty: it takes itself to know all of them. Words of `unsaid` are errors with probability 0.9 instead,
    and make a pair worse; `related` is what it says of every pair.
    """

    signature = "fake-joint"

    def __init__(
        self,
        expectations: Mapping[str, float] | None = None,
        *,
        languages: frozenset[str] = frozenset(),
        unsaid: str = "",
        related: float = 0.99,
    ) -> None:
        self._unsaid = frozenset(unsaid.split())
        self._related = related
        self._expectations = expectations or {}
        self.languages = languages
        self.asked: list[tuple[str, str]] = []
        self.calls = 0

    def read(self, pairs: Sequence[tuple[str, str]]) -> list[JointReading]:
        """One reading per pair. ValueError for a blank text."""
        self.calls += 1
        self.asked.extend(pairs)
        return [self._reading(source, translation) for source, translation in pairs]

    def _reading(self, source: str, translation: str) -> JointReading:
        if not source.strip() or not translation.strip():
            raise ValueError("a blank text cannot be read")
        spans, source_spans = (
            tuple(match.span() for match in re.finditer(r"\S+", text)) for text in (translation, source)
        )
        own, other = np.full(len(spans), USUAL_ERROR), np.full(len(source_spans), USUAL_ERROR)
        own[[text in self._unsaid for text in _words(translation)]] = 1.0 - USUAL_ERROR
        other[[text in self._unsaid for text in _words(source)]] = 1.0 - USUAL_ERROR
        expectation = self._expectations.get(translation, 0.0)
        order = -_MOST_BEHIND if max(*own, *other) > USUAL_ERROR else 0.0
        return JointReading(expectation, order, own, own, other, spans, source_spans, self._related)


def _words(text: str) -> list[str]:
    return re.findall(r"\S+", text)
