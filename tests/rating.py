"""A quality estimator with known numbers, for tests without weights.

estimator = FakeEstimator({"He go home.": 30.0}, errors={"go": 0.9})
checker = Checker(settings, language_model=model, judge=judge, estimator=estimator)
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from mtqa.schema.annotations import SegmentQuality, SentenceQuality, TokenError
from mtqa.schema.document import Span

USUAL_SCORE, SPREAD, USUAL_ERROR = 80.0, 6.0, 0.1


class FakeEstimator:
    """`scores` by text, else 80; `errors`: probability by word, else 0.1. One token per word. `batches` was asked."""

    signature = "fake"

    def __init__(self, scores: Mapping[str, float] | None = None, *, errors: Mapping[str, float] | None = None) -> None:
        self._scores = scores or {}
        self._errors = errors or {}
        self.batches: list[list[str]] = []

    def rate(self, texts: Sequence[str]) -> list[SegmentQuality]:
        """One rating per text."""
        self.batches.append(list(texts))
        return [self._rate(text) for text in texts]

    def _rate(self, text: str) -> SegmentQuality:
        if not text.strip():
            raise ValueError("a blank text has no quality")
        score = self._scores.get(text, USUAL_SCORE)
        sentence = SentenceQuality(score, SPREAD, max(0.0, score - 2 * SPREAD), min(100.0, score + SPREAD))
        tokens = tuple(
            TokenError(Span(*match.span()), self._errors.get(match.group(), USUAL_ERROR))
            for match in re.finditer(r"\S+", text)
        )
        return SegmentQuality(sentence, tokens)
