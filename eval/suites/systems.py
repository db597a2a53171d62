"""WMT22 news into English: do the scores rank whole systems as people do?

A system's score is the mean of its lines, over a seeded sample of lines that is the same for all systems of a language
pair; people's is the mean of its standardised segment scores. Two figures over all pairs of systems: pairwise accuracy
(Kocmi et al. 2021, share of pairs ordered as people do) and SPA (WMT24, Thompson et al. 2024), which also asks how sure
either is. People's p-values come from the segments for which every system of a language pair has a score; their ids
are no line numbers, so the lines of the metric and the segments of people differ. Only p-values are compared.

`length` is a baseline that prefers the longer translation, the opposite sign of the scorer `length`: the better
systems of WMT22 write more. By the number of words of all lines it orders .634 of the 339 pairs as people do.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from eval.datasets import wmt_news
from eval.datasets.folder import data_file
from eval.measures.systems import agreeing_pairs, soft_pairwise_accuracy
from eval.suites.rated_lines import SCORERS, SEED, SOURCE_SCORERS, Origin, checker, sample, scores, suffix

_YEAR = 22
_LINES = 600  # fewer leave much to the draw
_Texts = Mapping[str, Sequence[str]]  # per system its translations of the sampled lines, parallel over the systems
_WHOLE: Mapping[str, Callable[[str], int]] = {"words": lambda line: len(line.split()), "characters": len}


def run(lines: int | None = _LINES, scorers: Sequence[str] = SCORERS, with_source: bool = False) -> dict[str, Any]:
    """Figures on `lines` lines of each of the seven language pairs (None: all); `with_source`: also of scorers that
    read it.
    """
    scorers = (*scorers, *SOURCE_SCORERS) if with_source else scorers
    rated = {pair: wmt_news.system_ratings(_YEAR, pair) for pair in wmt_news.PAIRS[_YEAR]}
    texts = {pair: shared_lines(own, lines) for pair, own in rated.items()}
    origins = {pair: shared_origins(pair, own, lines) for pair, own in rated.items()}
    people = {pair: {one.system: one.z for one in own} for pair, own in rated.items()}
    segments = {pair: shared_segments(wmt_news.segment_scores(_YEAR, pair)) for pair in rated}
    details: list[dict[str, Any]] = []
    figures: dict[str, Any] = {}
    for scorer in scorers:
        by_line = _score(texts, scorer, origins)
        rows = [_row(scorer, by_line[pair], people[pair], segments[pair]) | {"pair": f"{pair}-en"} for pair in texts]
        figures |= _pooled(scorer, rows)
        details += rows
    for unit, measure in _WHOLE.items():
        # Of all lines, whatever the sample: the published baseline.
        own = [
            agreeing_pairs(
                {one.system: float(sum(map(measure, one.translations))) for one in rated[pair]}, people[pair]
            )
            for pair in rated
        ]
        share = sum(right for right, _ in own) / sum(total for _, total in own)
        figures[f"systems_pairwise_accuracy_of_{unit}_of_all_lines"] = round(share, 3)
    settings = {"year": 2000 + _YEAR, "lines_per_pair": lines or "all", "seed": SEED}
    return {"figures": figures, "details": details, "signature": checker().signature, "settings": settings}


def shared_lines(rated: Sequence[wmt_news.SystemRating], lines: int | None) -> dict[str, list[str]]:
    """Every system's translations of a sample of the lines that no system left blank."""
    table = _table(rated, lines)
    return {one.system: [column[number] for _, column in table] for number, one in enumerate(rated)}


def shared_origins(pair: str, rated: Sequence[wmt_news.SystemRating], lines: int | None) -> list[Origin]:
    """The sources of the lines of `shared_lines`."""
    sources = wmt_news.read_lines(data_file(wmt_news.source_file(_YEAR, pair)))
    return [Origin(sources[line].strip(), pair) for line, _ in _table(rated, lines)]


def _table(rated: Sequence[wmt_news.SystemRating], lines: int | None) -> list[tuple[int, tuple[str, ...]]]:
    """The number and the translations of each line of the sample, parallel over the systems."""
    columns = enumerate(zip(*(one.translations for one in rated), strict=True))
    return sample([one for one in columns if all(text.strip() for text in one[1])], lines)


def shared_segments(scored: Sequence[wmt_news.SegmentScore]) -> dict[str, list[float]]:
    """Every system's standardised scores of the segments that all systems have, in the same order."""
    found: dict[str, dict[int, float]] = {}
    for one in scored:
        if not one.is_human:
            found.setdefault(one.system, {})[one.segment] = one.z
    common = sorted(set.intersection(*(set(own) for own in found.values())))
    return {system: [own[segment] for segment in common] for system, own in found.items()}


def _score(
    texts: Mapping[str, _Texts], scorer: str, origins: Mapping[str, Sequence[Origin]]
) -> dict[str, dict[str, list[float]]]:
    """The score of every line, per language pair and system; higher is better."""
    flat = [line for own in texts.values() for lines in own.values() for line in lines]
    their = [origin for pair, own in texts.items() for _ in own for origin in origins[pair]]
    values = iter(scores(flat, scorer, their))
    sign = -1.0 if scorer == "length" else 1.0
    return {
        pair: {system: [sign * next(values) for _ in lines] for system, lines in own.items()}
        for pair, own in texts.items()
    }


def _row(
    scorer: str,
    by_line: Mapping[str, Sequence[float]],
    people: Mapping[str, float],
    segments: Mapping[str, Sequence[float]],
) -> dict[str, Any]:
    means = {system: float(np.mean(values)) for system, values in by_line.items()}
    right, total = agreeing_pairs(means, people)
    soft = soft_pairwise_accuracy(by_line, segments)
    return {
        "scorer": scorer,
        "systems": len(means),
        "pairs_of_systems": total,
        "agreeing": right,
        "spa": round(soft, 3),
        "segments_rated_for_all": len(next(iter(segments.values()))),
        "scores": {system: [round(means[system], 3), round(people[system], 3)] for system in sorted(means)},
    }


def _pooled(scorer: str, rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Over all pairs of systems: a language pair counts as much as it has pairs of systems."""
    ending = "_of_length" if scorer == "length" else suffix(scorer)  # here the longer is the better one
    totals = [row["pairs_of_systems"] for row in rows]
    return {
        "pairs_of_systems": sum(totals),
        f"systems_pairwise_accuracy{ending}": round(sum(row["agreeing"] for row in rows) / sum(totals), 3),
        f"systems_spa{ending}": round(float(np.average([row["spa"] for row in rows], weights=totals)), 3),
    }
