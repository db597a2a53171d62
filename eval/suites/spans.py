"""Error spans against those of professional annotators: the F1 of the WMT23 quality estimation task 2 (error_spans).

Machine translations only, zh-en news 2021 and TED, documents kept as dev (eval.datasets.wmt_mqm). Tokens become spans
by two thresholds (`mark_errors`), chosen for the best F1 on documents other than the marked ones: the news documents
are cut in two halves, each marked with the thresholds of the other; the dev part of TED is one talk, marked with the
thresholds of all the news documents. Nothing is tuned on the train part: the estimator was trained on it, and its
probabilities are too sure there. Baselines: the surprisal of the language model in place of the estimator, tuned the
same way, and everything marked major.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from eval.datasets import wmt_mqm
from eval.measures.error_spans import Marked, SpanScore, span_f1
from eval.suites.rated_lines import (
    SEED,
    checker,
    machine_translations,
    surprising_tokens,
    token_errors,
    word_errors,
    words_of,
)
from mtqa import Span
from mtqa.schema.annotations import TokenError

_READERS = {"": token_errors, "_of_surprisal": surprising_tokens}
# A punctuation mark is a word of its own: annotators seldom mark the full stop after a wrong word.
_WORD = re.compile(r"\w+(?:['’.\-]\w+)*|[^\w\s]")
# Shares of all words below a threshold that is tried; with 0 every word is marked.
_QUANTILES = (0.0, 0.15, 0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.93, 0.96, 0.98, 0.99)
_HALF_POINT = 0.5  # for the right place with the wrong severity, as in span_f1
_MAJOR_QUANTILES = (0.0, 0.2, 0.4, 0.6, 0.75, 0.85, 0.92, 0.97)


@dataclass(frozen=True, slots=True)
class Thresholds:
    """A word is marked from the probability `error` on, a span is major from `major` on (of TokenError.major)."""

    error: float
    major: float


@dataclass(frozen=True, slots=True)
class _Text:
    """One translation: where it is from, its words, and what people marked."""

    fold: str
    text: str
    words: tuple[TokenError, ...]
    gold: tuple[Marked, ...]
    gravity: NDArray[np.int8]  # of _gravity


def run(sources: int | None = None) -> dict[str, Any]:
    """Figures on `sources` source segments of each set (None: all)."""
    rows = {name: machine_translations(name, sources) for name in wmt_mqm.SETS}
    flat = [row for own in rows.values() for row in own]
    folds = halves([row.document for row in rows["news"]])
    places = [*(f"news {folds[row.document]}" for row in rows["news"]), *("ted" for _ in rows["ted"])]
    gold = [tuple(Marked(error.span, error.severity) for error in row.errors) for row in flat]
    gravities = [_gravity(row.translation, marks) for row, marks in zip(flat, gold, strict=True)]
    figures: dict[str, Any] = {}
    details: list[dict[str, Any]] = []
    settings: dict[str, Any] = {"sources": sources or "all", "seed": SEED}
    for suffix, read in _READERS.items():
        tokens = read([row.translation for row in flat])
        texts = [
            _Text(
                place,
                row.translation,
                tuple(word_errors(row.translation, own, words_of(row.translation, word=_WORD))),
                marks,
                gravity,
            )
            for place, row, own, marks, gravity in zip(places, flat, tokens, gold, gravities, strict=True)
        ]
        chosen = {
            "news first": tuned([one for one in texts if one.fold == "news second"]),
            "news second": tuned([one for one in texts if one.fold == "news first"]),
            "ted": tuned([one for one in texts if one.fold != "ted"]),
        }
        marked = [_mark_words(one.words, chosen[one.fold]) for one in texts]
        _report(texts, marked, suffix, figures, details)
        settings[f"thresholds{suffix}"] = {
            fold: [round(one.error, 6), round(one.major, 6)] for fold, one in chosen.items()
        }
        if not suffix:
            everything = [(Marked(Span(0, len(one.text)), "major"),) for one in texts]
            _report(texts, everything, "_of_everything_major", figures, details)
    return {"figures": figures, "details": details, "signature": checker().signature, "settings": settings}


def mark_errors(text: str, tokens: Sequence[TokenError], thresholds: Thresholds) -> tuple[Marked, ...]:
    """The spans of a text, in order: runs of neighbouring whole words, each with a token from `thresholds.error` on.

    A span is major if one of its words reaches `thresholds.major`. `tokens` in text order, spans in code points of
    `text`. ValueError for a word that no token covers.
    """
    return _mark_words(word_errors(text, tokens, words_of(text, word=_WORD)), thresholds)


def tuned(texts: Sequence[_Text]) -> Thresholds:
    """The thresholds with the best F1 on these texts, among quantiles of their words; of equal ones the lowest.

    ValueError without words.
    """
    words = [word for one in texts for word in one.words]
    if not words:
        raise ValueError("there is no word to tune thresholds on: ask for more source segments")
    errors, majors = (
        [float(value) for value in dict.fromkeys(np.quantile(values, shares))]
        for values, shares in (
            ([word.probability for word in words], _QUANTILES),
            ([word.major for word in words], _MAJOR_QUANTILES),
        )
    )
    scored = [
        (f1, Thresholds(error, major))
        for error in errors
        for major, f1 in _f1_by_severity(texts, error, (*majors, float("inf")))  # with infinity no span is major
    ]
    return max(scored, key=lambda pair: pair[0])[1]


def _f1_by_severity(texts: Sequence[_Text], error: float, majors: Sequence[float]) -> list[tuple[float, float]]:
    """The F1 of span_f1 for each threshold of major errors, from counts per run: hundreds of thresholds are tried."""
    rows = []  # of each run: length, positions that people marked minor and major in it, and its gravest word
    gold = 0
    for one in texts:
        below = [np.concatenate([[0], np.cumsum(one.gravity == level)]) for level in (1, 2)]
        gold += int(np.count_nonzero(one.gravity))
        for span, gravest in _runs(one.words, error):
            rows.append([len(span), *(counts[span.end] - counts[span.start] for counts in below), gravest])
    length, minor, major, peak = np.array(rows, dtype=float).reshape(-1, 4).T  # (runs,) each
    found = []
    for threshold in majors:
        right, wrong = np.where(peak >= threshold, (major, minor), (minor, major))
        points = float(right.sum() + _HALF_POINT * wrong.sum())
        total = float(length.sum()) + gold
        found.append((threshold, 2 * points / total if total else 0.0))
    return found


def halves(documents: Sequence[str]) -> dict[str, str]:
    """`first` or `second` for each document: halves with about as many rows, the largest documents dealt out first."""
    rows = Counter(documents)
    weights = {"first": 0, "second": 0}
    found = {}
    for document in sorted(rows, key=lambda name: (-rows[name], name)):
        half = min(weights, key=lambda name: weights[name])
        weights[half] += rows[document]
        found[document] = half
    return found


def _mark_words(words: Sequence[TokenError], thresholds: Thresholds) -> tuple[Marked, ...]:
    return tuple(
        Marked(span, "major" if peak >= thresholds.major else "minor") for span, peak in _runs(words, thresholds.error)
    )


def _runs(words: Sequence[TokenError], error: float) -> list[tuple[Span, float]]:
    """Neighbouring words from `error` on, as one span with the highest `major` among them."""
    runs: list[tuple[Span, float]] = []
    goes_on = False
    for word in words:
        if word.probability >= error:
            if goes_on:
                span, peak = runs.pop()
                runs.append((Span(span.start, word.span.end), max(peak, word.major)))
            else:
                runs.append((word.span, word.major))
        goes_on = word.probability >= error
    return runs


def _gravity(text: str, gold: Sequence[Marked]) -> NDArray[np.int8]:
    """0 unmarked, 1 minor, 2 major, for each position of span_f1 # (characters + 1,)."""
    found = np.zeros(len(text) + 1, dtype=np.int8)
    for one in gold:
        place = slice(one.span.start, max(one.span.end, one.span.start + 1))
        found[place] = np.maximum(found[place], 2 if one.severity == "major" else 1)
    return found


def _report(
    texts: Sequence[_Text],
    marked: Sequence[Sequence[Marked]],
    suffix: str,
    figures: dict[str, Any],
    details: list[dict[str, Any]],
) -> None:
    """F1 of both sets together (one language pair, as in the task) and of each."""
    for part in ("", *wmt_mqm.SETS):
        numbers = [number for number, one in enumerate(texts) if one.fold.startswith(part)]
        found = _score([texts[number] for number in numbers], [marked[number] for number in numbers])
        figures[f"spans_{part}{'_' if part else ''}f1{suffix}"] = round(found.f1, 3)
        details.append(
            {
                "set": f"{part or 'both'}{suffix}",
                "segments": len(numbers),
                "precision": round(found.precision, 3),
                "recall": round(found.recall, 3),
                "spans": sum(len(marked[number]) for number in numbers),
                "major": sum(one.severity == "major" for number in numbers for one in marked[number]),
                "spans_of_people": sum(len(texts[number].gold) for number in numbers),
            }
        )


def _score(texts: Sequence[_Text], marked: Sequence[Sequence[Marked]]) -> SpanScore:
    return span_f1([one.text for one in texts], marked, [one.gold for one in texts])
