"""Stretches of one side of a pair that the other side does not say, from what reading both together says of tokens.

    runs = unsaid_runs(source, tokens)                # Spans, the likeliest first
    features = run_features(source, runs[0], tokens)

Each is the run of tokens with the greatest sum of logits (Kadane's algorithm), put to the edges of words; with several
measures of how unsaid a token must be. How a word is read, in brackets behind it, no translation says.
"""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mtqa.knowledge.clause_balance import half_logit, within
from mtqa.knowledge.clauses import LEAST_WORDS, MOST_SHARE, UNSPACED, size
from mtqa.schema.annotations import JointReading, SaidTokens
from mtqa.schema.document import Span

_NEUTRAL = (0.4, 0.2, 0.1)  # probabilities of being unsaid from which a token counts for a run
_LEAST_WORTH, _MOST_WORTH = -1.5, 3.0  # of a token, logits: one small word that seems said does not end a run
_MOST_SIZE = 20.0  # words
_LEAST_PROBABILITY = 1e-3
_ORDERS, _RATINGS = (-4.0, 4.0), (-1.0, 1.0)  # changes beyond say no more
_WORD = re.compile(r"\w+(?:['’.-]\w+)*")
# Inside scripts without spaces: katakana, numbers and Latin letters, each a word.
_UNIT = re.compile(r"[\u30a1-\u30ff]+|[0-9０-９]+(?:[.,．，][0-9０-９]+)*|[A-Za-zＡ-Ｚａ-ｚ]+")
# Kana in brackets behind Latin letters, hiragana behind Chinese characters: how these are read.
_AID = re.compile(
    r"(?:(?<=[A-Za-zＡ-Ｚａ-ｚ])\s*[（(][\s\u3041-\u30ff]+|(?<=[\u3400-\u9fff])\s*[（(][\s\u3041-\u309f・]+)[）)]"
)
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


def says_how_it_is_read(text: str, span: Span) -> bool:
    """True for a stretch in brackets that spells the word before it, which no translation says."""
    return any(aid.start() <= span.start and span.end <= aid.end() for aid in _AID.finditer(text))


def run_features(text: str, run: Span, tokens: SaidTokens) -> dict[str, float]:
    """What reading both sides says of a stretch of `text` and of the rest: logits, and the size of the stretch."""
    own, rest = 1.0 - tokens.within(run).said, 1.0 - tokens.without(run).said
    return {
        "run_unsaid": half_logit(_mean(own)),
        "run_least": half_logit(float(np.quantile(own, 0.25)) if len(own) else 0.0),
        "run_most": half_logit(_most(own)),
        "run_size": math.log1p(min(_MOST_SIZE, size(run.of(text)))),
        "rest_unsaid": half_logit(_mean(rest)),
        "rest_most": half_logit(_most(rest)),
    }


def reread_features(before: JointReading | None, after: JointReading | None, *, of_source: bool) -> dict[str, float]:
    """What reading a pair again without a stretch of one side (of the source, or of the translation) tells of it.

    Without what is not said the pair is better, and nothing on the other side is left alone. All 0 where it was not
    read again.
    """
    names = ("reread", "order_gain", "rating_gain", "other_unsaid", "other_most", "left_unsaid", "left_most")
    if before is None or after is None:
        return dict.fromkeys(names, 0.0)
    own, was = (after.missing, before.wrong) if of_source else (after.wrong, before.missing)
    other = after.wrong if of_source else after.missing
    values = (
        1.0,
        within(after.order - before.order, _ORDERS) / 2.0,
        within(after.expectation - before.expectation, _RATINGS),
        half_logit(_mean(other)) - half_logit(_mean(was)),
        half_logit(_most(other)) - half_logit(_most(was)),
        half_logit(_mean(own)),
        half_logit(_most(own)),
    )
    return dict(zip(names, values, strict=True))


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
    words = [word for word in _WORD.finditer(text) if not UNSPACED.search(word.group())]
    for word in (*words, *_UNIT.finditer(text)):
        if word.start() < start < word.end():
            start = word.start()
        if word.start() < end < word.end():
            end = word.end()
    part = text[start:end]
    left = len(part) - len(part.lstrip(_EDGE))
    return Span(start + left, max(start + left, start + len(part.rstrip(_EDGE))))


def _mean(values: NDArray[np.floating[Any]]) -> float:
    return float(values.mean()) if len(values) else 0.0


def _most(values: NDArray[np.floating[Any]]) -> float:
    return float(values.max()) if len(values) else 0.0
