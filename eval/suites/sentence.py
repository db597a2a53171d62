"""Sentence scores against people: MLQE-PE test20 into English, and several translations of the same source.

Pooled correlation flatters a scorer that never sees the source: it learns which sentences are hard. So the second half
is grouped by source segment: which of several systems translated this sentence better. It runs on the MQM ratings of
WMT 2021 zh-en (documents kept as dev), because the WMT22 scores do not say which line they belong to (eval.datasets.
wmt_news). MQM counts errors that professional annotators marked: 1 point for a minor one, 5 for a major one.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from eval.datasets import mlqe_pe, wmt_mqm
from eval.measures.correlation import MEASURES, Figure, grouped, kendall, pearson, with_interval
from eval.suites.rated_lines import SEED, TEST20_SENTENCES, checker, estimates, sample, test20

_POINTS = {"minor": 1.0, "major": 5.0}
_SOURCES = 25  # source segments per MQM set


def run(sentences: int | None = TEST20_SENTENCES, sources: int | None = _SOURCES) -> dict[str, Any]:
    """Figures on `sentences` of each pair of test20 and `sources` source segments of each MQM set (None: all)."""
    figures: dict[str, Any] = {}
    details: list[dict[str, Any]] = []
    for part in (_test20(sentences), *(_same_source(name, sources) for name in wmt_mqm.SETS)):
        figures |= part[0]
        details += part[1]
    settings = {"test20_sentences_per_pair": sentences or "all", "mqm_sources": sources or "all", "seed": SEED}
    return {"figures": figures, "details": details, "signature": checker().signature, "settings": settings}


def _test20(sentences: int | None) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Correlation with the mean of the annotators' standardised scores, as in the shared tasks, per pair and mean."""
    figures: dict[str, Any] = {}
    details = []
    by_measure: dict[str, list[float]] = {name: [] for name in MEASURES}
    for pair in mlqe_pe.PAIRS:
        rows = [(row, estimate) for row, estimate in test20(sentences) if row.pair == pair]
        scores = [estimate.score for _, estimate in rows]
        rated = [row.z_mean for row, _ in rows]
        own = {name: with_interval(measure, scores, rated) for name, measure in MEASURES.items()}
        for name, figure in own.items():
            by_measure[name].append(figure.value)
        figures[f"test20_{pair}_pearson"] = str(own["pearson"])
        details.append(
            {"set": f"test20 {pair}-en", "segments": len(rows), **{name: _row(one) for name, one in own.items()}}
            | {"pearson_of_shortness": round(pearson([-len(row.translation) for row, _ in rows], rated), 3)}
            | {"pearson_of_raw_mean": round(pearson(scores, [row.mean for row, _ in rows]), 3)}
        )
    figures |= {f"test20_mean_{name}": round(float(np.mean(values)), 3) for name, values in by_measure.items()}
    return figures, details


def _same_source(name: str, sources: int | None) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Pooled and grouped correlation with minus MQM points, systems only (no human translations)."""
    rows = [row for row in wmt_mqm.marked_translations(name, "dev") if not row.system.startswith("ref.")]
    chosen = set(sample(sorted({(row.document, row.source) for row in rows}), sources))
    rows = [row for row in rows if (row.document, row.source) in chosen and row.translation.strip()]
    scores = [one.score for one in estimates([row.translation for row in rows])]
    rated = [-sum(_POINTS[error.severity] for error in row.errors) for row in rows]
    groups = [(row.document, row.source) for row in rows]
    shortness = [-float(len(row.translation)) for row in rows]
    pooled = {key: with_interval(measure, scores, rated, groups=groups) for key, measure in MEASURES.items()}
    inside = {key: grouped(measure, scores, rated, groups) for key, measure in MEASURES.items()}
    figures = {
        f"mqm_{name}_pooled_kendall": str(pooled["kendall"]),
        f"mqm_{name}_grouped_kendall": str(inside["kendall"]),
        f"mqm_{name}_grouped_kendall_of_shortness": str(grouped(kendall, shortness, rated, groups)),
    }
    detail = {
        "set": f"mqm {name} zh-en dev",
        "segments": len(rows),
        "sources": len(chosen),
        **{f"pooled_{key}": _row(one) for key, one in pooled.items()},
        **{f"grouped_{key}": _row(one) for key, one in inside.items()},
    }
    return figures, [detail]


def _row(figure: Figure) -> list[float]:
    """Value, low and high."""
    return [round(figure.value, 3), round(figure.low, 3), round(figure.high, 3)]
