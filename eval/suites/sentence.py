"""Sentence scores against people: MLQE-PE test20 into English, and several translations of the same source.

Pooled correlation flatters a scorer that never sees the source: it learns which sentences are hard. So the second half
is grouped by source segment: which of several systems translated this sentence better. It runs on the MQM ratings of
WMT 2021 zh-en (documents kept as dev), because the WMT22 scores do not say which line they belong to (eval.datasets.
wmt_news) and WMT21 is training data. MQM counts errors that professional annotators marked: 1 point for a minor one, 5
for a major one. A paired bootstrap over source segments tests whether `score` beats the surprisal baseline there.

Figures without a suffix are those of `score`, that is without rules; a sample of test20 is also scored with all rules.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from eval.datasets import mlqe_pe, wmt_mqm
from eval.measures.correlation import MEASURES, Figure, grouped, kendall, paired_difference, pearson, with_interval
from eval.suites.rated_lines import (
    SEED,
    SOURCE_SCORERS,
    Origin,
    checker,
    estimates,
    machine_translations,
    scores,
    suffix,
    test20,
)

_POINTS = {"minor": 1.0, "major": 5.0}
_SCORERS = ("score", "fast", "surprisal", "length")
_OURS = (
    "score",
    "fast",
    "with_source",
)  # their items are kept, so that two runs can be compared in pairs (eval.compare)
_WITH_RULES = 100  # sentences per pair: rules are slow


def run(
    sentences: int | None = None,
    sources: int | None = None,
    with_rules: int | None = _WITH_RULES,
    scorers: Sequence[str] = _SCORERS,
    with_source: bool = False,
) -> dict[str, Any]:
    """Figures on `sentences` of each pair of test20 and `sources` source segments of each MQM set (None: all).

    `with_rules` of each pair are scored once more with all stable rules. `with_source`: also of scorers that read the
    source.
    """
    scorers = (*scorers, *SOURCE_SCORERS) if with_source else scorers
    result: dict[str, Any] = {"figures": {}, "details": [], "items": {}}
    _test20(result, sentences, scorers)
    for name in wmt_mqm.SETS:
        _same_source(result, name, sources, scorers)
    result["figures"] |= _with_rules(with_rules)
    settings = {
        "test20_sentences_per_pair": sentences or "all",
        "test20_sentences_per_pair_with_rules": with_rules or "all",
        "mqm_sources": sources or "all",
        "seed": SEED,
    }
    return {**result, "signature": checker().signature, "settings": settings}


def _test20(result: dict[str, Any], sentences: int | None, scorers: Sequence[str]) -> None:
    """Correlation with the mean of the annotators' standardised scores, as in the shared tasks, per pair and mean."""
    rows = test20(sentences)
    pairs = {pair: [number for number, row in enumerate(rows) if row.pair == pair] for pair in mlqe_pe.PAIRS}
    for pair, numbers in pairs.items():
        result["items"][f"test20_{pair}"] = {"human": [round(rows[number].z_mean, 2) for number in numbers]}
    for scorer in scorers:
        found = scores([row.translation for row in rows], scorer, [Origin(row.source, row.pair) for row in rows])
        by_measure: dict[str, list[float]] = {name: [] for name in MEASURES}
        for pair, numbers in pairs.items():
            values = [found[number] for number in numbers]
            rated = [rows[number].z_mean for number in numbers]
            measured = {name: with_interval(measure, values, rated) for name, measure in MEASURES.items()}
            for name, figure in measured.items():
                by_measure[name].append(figure.value)
                if scorer in ("score", "with_source"):
                    result["figures"][f"test20_{pair}_{name}{suffix(scorer)}"] = str(figure)
            if scorer in _OURS:
                result["items"][f"test20_{pair}"][scorer] = [round(value, 1) for value in values]
            result["details"].append(
                {"set": f"test20 {pair}-en", "scorer": scorer, "segments": len(numbers)}
                | {name: _row(figure) for name, figure in measured.items()}
                | {"pearson_of_raw_mean": round(pearson(values, [rows[number].mean for number in numbers]), 3)}
            )
        for name, own in by_measure.items():
            result["figures"][f"test20_mean_{name}{suffix(scorer)}"] = round(float(np.mean(own)), 3)


def _with_rules(sentences: int | None) -> dict[str, Any]:
    """What rules change: mean Pearson of the same sentences with and without them."""
    rows = test20(sentences)
    lines = [row.translation for row in rows]
    figures: dict[str, Any] = {"test20_segments_with_rules": len(rows)}
    for name, found in (
        ("with_rules", [one.score for one in estimates(lines)]),
        ("same_without_rules", scores(lines, "score")),
    ):
        by_pair = []
        for pair in mlqe_pe.PAIRS:
            own = [(score, row.z_mean) for score, row in zip(found, rows, strict=True) if row.pair == pair]
            by_pair.append(pearson([score for score, _ in own], [rating for _, rating in own]))
        figures[f"test20_mean_pearson_{name}"] = round(float(np.mean(by_pair)), 3)
    return figures


def _same_source(result: dict[str, Any], name: str, sources: int | None, scorers: Sequence[str]) -> None:
    """Pooled and grouped correlation with minus MQM points, systems only (no human translations)."""
    rows = machine_translations(name, sources)
    rated = [-sum(_POINTS[error.severity] for error in row.errors) for row in rows]
    groups = [(row.document, row.source) for row in rows]
    lines, origins = [row.translation for row in rows], [Origin(row.source, "zh") for row in rows]
    found = {scorer: scores(lines, scorer, origins) for scorer in scorers}
    for scorer, values in found.items():
        pooled = {key: with_interval(measure, values, rated, groups=groups) for key, measure in MEASURES.items()}
        inside = {key: grouped(measure, values, rated, groups) for key, measure in MEASURES.items()}
        for key in ("spearman", "kendall"):
            result["figures"][f"mqm_{name}_pooled_{key}{suffix(scorer)}"] = str(pooled[key])
            result["figures"][f"mqm_{name}_grouped_{key}{suffix(scorer)}"] = str(inside[key])
        result["details"].append(
            {"set": f"mqm {name} zh-en dev", "scorer": scorer, "segments": len(rows), "sources": len(set(groups))}
            | {f"pooled_{key}": _row(one) for key, one in pooled.items()}
            | {f"grouped_{key}": _row(one) for key, one in inside.items()}
        )
    if {"score", "surprisal"} <= found.keys():
        better = paired_difference(kendall, found["score"], found["surprisal"], rated, groups)
        result["figures"][f"mqm_{name}_grouped_kendall_minus_surprisal"] = str(better)
    if {"score", "with_source"} <= found.keys():
        better = paired_difference(kendall, found["with_source"], found["score"], rated, groups)
        result["figures"][f"mqm_{name}_grouped_kendall_with_source_minus_without"] = str(better)
    number_of = {group: number for number, group in enumerate(dict.fromkeys(groups))}
    result["items"][f"mqm_{name}"] = {
        "human": rated,
        "group": [number_of[group] for group in groups],
        **{scorer: [round(value, 1) for value in values] for scorer, values in found.items() if scorer in _OURS},
    }


def _row(figure: Figure) -> list[float]:
    """Value, low and high."""
    return [round(figure.value, 3), round(figure.low, 3), round(figure.high, 3)]
