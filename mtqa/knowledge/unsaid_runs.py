"""Stretches of one side of a pair that the other side does not say, from what reading both together says of tokens.

    runs = unsaid_runs(source, tokens)                # Spans, the likeliest first
    features = run_features(source, runs[0], tokens)

Each is the run of tokens with the greatest sum of logits (Kadane's algorithm), put to the edges of words; with several
measures of how unsaid a token must be.
"""

from __future__ import annotations

import math
import re

import numpy as np
from numpy.typing import NDArray

from mtqa.knowledge.clause_balance import half_logit
from mtqa.knowledge.clauses import LEAST_WORDS, MOST_SHARE, UNSPACED, size
from mtqa.schema.annotations import SaidTokens
from mtqa.schema.document import Span

_NEUTRAL = (0.4, 0.2, 0.1)  # probabilities of being unsaid from which a token counts for a run
_LEAST_WORTH, _MOST_WORTH = -1.5, 3.0  # of a token, logits: one small word that seems said does not end a run
_MOST_SIZE = 20.0  # words
_LEAST_PROBABILITY = 1e-3
_WORD = re.compile(r"\w+(?:['’.-]\w+)*")
_EDGE = " \t\n,.;:!?–—-，、。；：！？…"


def unsaid_runs(text: str, tokens: SaidTokens) -> tuple[Span, ...]:
    """Stretches of `text` that are long enough to be a clause and leave some of it, the surest first."""
    if not len(tokens):
        return ()
    unsaid = np.clip(1.0 - tokens.said.astype(np.float64), _LEAST_PROBABILITY, 1.0 - _LEAST_PROBABILITY)
    logits = np.log(unsaid / (1.0 - unsaid))  # (tokens,)
    found = []
    for neutral in _NEUTRAL:
        worth = np.clip(logits - math.log(neutral / (1.0 - neutral)), _LEAST_WORTH, _MOST_WORTH)
        run = _greatest(worth.tolist())
        if run is not None:
            found.append(_whole_words(text, Span(int(tokens.starts[run[0]]), int(tokens.ends[run[1]]))))
    most = MOST_SHARE * size(text)
    return tuple(dict.fromkeys(span for span in found if LEAST_WORDS <= size(span.of(text)) <= most))


def run_features(text: str, run: Span, tokens: SaidTokens) -> dict[str, float]:
    """What reading both sides says of a stretch of `text` and of the rest: logits, and the size of the stretch."""
    own, rest = 1.0 - tokens.within(run).said, 1.0 - tokens.without(run).said
    return {
        "run_unsaid": half_logit(_mean(own)),
        "run_least": half_logit(float(np.quantile(own, 0.25)) if len(own) else 0.0),
        "run_most": half_logit(float(own.max()) if len(own) else 0.0),
        "run_size": math.log1p(min(_MOST_SIZE, size(run.of(text)))),
        "rest_unsaid": half_logit(_mean(rest)),
        "rest_most": half_logit(float(rest.max()) if len(rest) else 0.0),
    }


def mean_unsaid(run: Span, tokens: SaidTokens) -> float:
    """Half the logit of the mean probability that the tokens of a stretch are unsaid."""
    return half_logit(_mean(1.0 - tokens.within(run).said))


def _greatest(worth: list[float]) -> tuple[int, int] | None:
    """First and last place of the run with the greatest sum; None where no number is positive."""
    best, found, total, first = 0.0, None, 0.0, 0
    for place, value in enumerate(worth):
        if total <= 0.0:
            total, first = 0.0, place
        total += value
        if total > best:
            best, found = total, (first, place)
    return found


def _whole_words(text: str, span: Span) -> Span:
    """The run from the first to the last word that it touches, without marks at its edges."""
    start, end = span.start, span.end
    for word in _WORD.finditer(text):
        if UNSPACED.search(word.group()):
            continue
        if word.start() < start < word.end():
            start = word.start()
        if word.start() < end < word.end():
            end = word.end()
    part = text[start:end]
    left = len(part) - len(part.lstrip(_EDGE))
    return Span(start + left, max(start + left, start + len(part.rstrip(_EDGE))))


def _mean(values: NDArray[np.float32]) -> float:
    return float(values.mean()) if len(values) else 0.0
