"""A quality estimator with known numbers, for tests without weights.

estimator = FakeEstimator({"He go home.": 30.0}, errors={"go": 0.9})
checker = Checker(settings, language_model=model, judge=judge, estimator=estimator)
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from mtqa.schema.annotations import Agreement, SegmentQuality, SentenceQuality, SourceView, TokenError
from mtqa.schema.document import Span

USUAL_SCORE, SPREAD, USUAL_ERROR = 80.0, 6.0, 0.1


class FakeEstimator:
    """`scores` by text, else 80; `errors`: probability by word, else 0.1. One token per word. `batches` was asked."""

    signature = "fake"
    views: frozenset[SourceView] = frozenset()  # for which it reads the source: the score becomes 100 times the cosine
    reads_jointly = False  # what a joint estimator says changes nothing

    def __init__(self, scores: Mapping[str, float] | None = None, *, errors: Mapping[str, float] | None = None) -> None:
        self._scores = scores or {}
        self._errors = errors or {}
        self.batches: list[list[str]] = []

    def rate(self, texts: Sequence[str], *, tokens: bool = True) -> list[SegmentQuality]:
        """One rating per text."""
        self.batches.append(list(texts))
        return [self._rate(text) if tokens else replace(self._rate(text), tokens=()) for text in texts]

    def reads_source(self, view: SourceView) -> bool:
        """True for the views that a test chose."""
        return view in self.views

    def with_source(self, quality: SentenceQuality, agreement: Agreement) -> SentenceQuality:
        """The cosine in points, where the view is read."""
        if agreement.view not in self.views:
            return quality
        score = max(0.0, 100.0 * (agreement.cosine or 0.0))
        return SentenceQuality(score, SPREAD, max(0.0, score - SPREAD), min(100.0, score + SPREAD))

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
