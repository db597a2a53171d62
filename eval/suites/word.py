"""Word level on MLQE-PE into English: which words of a translation did people change when they post-edited it?

MCC and F1 of the class BAD over pooled target words, as in the shared tasks on quality estimation of WMT20 to WMT22
(Specia et al. 2020); gaps are left out. The tags belong to a tokenised copy ("it 's"); what is read is the sentence as
the system wrote it, which has the same characters. The probability of a tagged token is the highest of the tokens of
the model that overlap it. A word is called BAD from a threshold
on, chosen on the dev sets for the best MCC: one for all pairs (the figures), and one per pair (`own_threshold`), which
may know how often people change a word of that pair. Baseline: the surprisal of the language model in its place.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from eval.datasets import mlqe_pe
from eval.measures.words import best_matthews, confusion, f1_bad, matthews
from eval.suites.rated_lines import SEED, checker, sample, surprising_tokens, token_errors, word_errors

_READERS = {"": token_errors, "_of_surprisal": surprising_tokens}
_PairWords = tuple[list[float], list[bool]]  # probability of each word, and whether it is BAD


def run(sentences: int | None = None) -> dict[str, Any]:
    """Figures on `sentences` of each pair of test and, for the thresholds, of dev (None: all 1,000)."""
    figures: dict[str, Any] = {}
    details: list[dict[str, Any]] = []
    thresholds: dict[str, Any] = {}
    for suffix in _READERS:
        dev, test = (_words(split, sentences, suffix) for split in ("dev", "test"))
        own = {pair: _threshold([words]) for pair, words in dev.items()}
        shared = _threshold(list(dev.values()))
        rows = [
            {"pair": f"{pair}-en{suffix}", "words": len(tags), "bad": round(float(np.mean(tags)), 3)}
            | _row(values, tags, shared)
            | {f"{name}_own_threshold": value for name, value in _row(values, tags, own[pair]).items()}
            for pair, (values, tags) in test.items()
        ]
        for pair, row in zip(test, rows, strict=True):
            figures |= {f"word_{pair}_{name}{suffix}": row[name] for name in ("mcc", "f1_bad")}
        for name in ("mcc", "f1_bad", "mcc_own_threshold", "f1_bad_own_threshold"):
            figures[f"word_mean_{name}{suffix}"] = round(float(np.mean([row[name] for row in rows])), 3)
        details += rows
        thresholds[f"threshold{suffix}"] = round(shared, 6)
        thresholds[f"own_thresholds{suffix}"] = {pair: round(value, 6) for pair, value in own.items()}
    settings = {"sentences_per_pair": sentences or "all", "seed": SEED, "tuned_on": "dev", **thresholds}
    return {"figures": figures, "details": details, "signature": checker().signature, "settings": settings}


def _words(split: mlqe_pe.Split, sentences: int | None, suffix: str) -> dict[str, _PairWords]:
    """The pooled words of every pair, read by one of _READERS."""
    rows = [row for pair in mlqe_pe.PAIRS for row in sample(mlqe_pe.tagged_sentences(pair, split), sentences)]
    pooled: dict[str, _PairWords] = {pair: ([], []) for pair in mlqe_pe.PAIRS}
    read = _READERS[suffix]([rated.translation for rated, _, _ in rows])
    for (rated, tagged, spans), tokens in zip(rows, read, strict=True):
        words = word_errors(rated.translation, tokens, spans)
        values, tags = pooled[rated.pair]
        values += [word.probability for word in words]
        tags += tagged.bad
    return pooled


def _threshold(pools: Sequence[_PairWords]) -> float:
    """The threshold with the best MCC over all words of the pools."""
    values = np.array([value for own, _ in pools for value in own])
    return best_matthews(np.array([bad for _, own in pools for bad in own]), values)[1]


def _row(values: Sequence[float], tags: Sequence[bool], threshold: float) -> dict[str, float]:
    counts = confusion([value >= threshold for value in values], tags)
    return {"mcc": round(matthews(counts), 3), "f1_bad": round(f1_bad(counts), 3)}
