"""DEMETR (Karpinska et al. 2022): does a translation score above the same translation with one error planted?

No reference is read, and the source by those scorers alone that are named for it. Per type of error the share of usable
pairs that are ordered right, ties counted half; the mean over the 34 types that make pairs (macro) and over the types
of each severity. Every type is tested on the same translations as far as it can be: they are taken in one seeded order,
in which each type skips those where its error could not be planted.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np

from eval.datasets.demetr import Contrast, contrasts, perturbations, usable
from eval.suites.rated_lines import SEED, SOURCE_SCORERS, Origin, checker, scores, shuffled, suffix

_SCORERS = ("score", "fast", "surprisal")
_CODES = {
    "czech": "cs",
    "french": "fr",
    "german": "de",
    "hindi": "hi",
    "italian": "it",
    "japanese": "ja",
    "polish": "pl",
    "russian": "ru",
    "spanish": "es",
    "chinese": "zh",
}
_COVERED = frozenset(_CODES.values()) - {"cs", "hi"}  # languages that the meaning encoder knows
_ITEMS = 200


def run(items: int | None = _ITEMS, scorers: Sequence[str] = _SCORERS, with_source: bool = False) -> dict[str, Any]:
    """Figures on `items` pairs of each type (None: all, about 30,000); `with_source`: also of scorers that read it."""
    scorers = (*scorers, *SOURCE_SCORERS) if with_source else scorers
    types = {short(name): rows for name in perturbations() if (rows := chosen(contrasts(name), items))}
    pairs = [row for rows in types.values() for row in rows]
    texts = [text for row in pairs for text in (row.translation, row.perturbed)]
    origins = [Origin(row.source, code(row)) for row in pairs for _ in range(2)]
    details: list[dict[str, Any]] = [
        {"type": name, "severity": rows[0].severity, "pairs": len(rows)} for name, rows in types.items()
    ]
    right: dict[str, dict[str, list[float]]] = {name: {} for name in types}
    figures: dict[str, Any] = {"types": len(types), "pairs": len(pairs)}
    for scorer in scorers:
        found = scores(texts, scorer, origins)
        points = iter([point(good, bad) for good, bad in zip(found[::2], found[1::2], strict=True)])
        shares: dict[str, list[float]] = defaultdict(list)
        for row, rows in zip(details, types.values(), strict=True):
            own = [next(points) for _ in rows]
            shares["macro"].append(float(np.mean(own)))
            shares[row["severity"]].append(float(np.mean(own)))
            covered = [value for one, value in zip(rows, own, strict=True) if code(one) in _COVERED]
            shares["macro_of_covered_languages"].append(float(np.mean(covered)))
            row[scorer] = round(float(np.mean(own)), 3)
            row[f"{scorer}_by_language"] = _by_language(rows, own)
            right[row["type"]]["right" + suffix(scorer).replace("_of_", "_")] = own
            if scorer in ("score", "with_source"):
                figures[f"demetr_{row['type']}{suffix(scorer)}"] = row[scorer]
        means = {name: round(float(np.mean(values)), 3) for name, values in sorted(shares.items())}
        figures |= {f"demetr_{name}{suffix(scorer)}": value for name, value in means.items()}
    settings = {"items_per_type": items or "all", "seed": SEED}
    items_of = {f"demetr_{name}": columns for name, columns in right.items()}
    return {
        "figures": figures,
        "details": details,
        "items": items_of,
        "signature": checker().signature,
        "settings": settings,
    }


def chosen(rows: Sequence[Contrast], items: int | None) -> list[Contrast]:
    """The first `items` usable pairs in the seeded order that all types share (None: all of them)."""
    order = {number: place for place, number in enumerate(shuffled(len(rows)))}
    found = [row for _, row in sorted(enumerate(rows), key=lambda pair: order[pair[0]])]
    return usable(found)[:items]


def code(row: Contrast) -> str:
    """The language of the source, ISO 639-1."""
    return _CODES[row.language.partition("_")[0].lower()]


def short(perturbation: str) -> str:
    """The name of a type without its severity and number: `negation` for `critical_id8_negation`."""
    return re.sub(r"^[a-z]+_id\d+_", "", perturbation)


def point(translation: float, perturbed: float) -> float:
    """1 if the translation has the higher score, 0.5 for a tie, else 0."""
    return 1.0 if translation > perturbed else 0.5 if translation == perturbed else 0.0


def _by_language(rows: Sequence[Contrast], points: Sequence[float]) -> dict[str, float]:
    """The share of each source language."""
    own: dict[str, list[float]] = defaultdict(list)
    for row, value in zip(rows, points, strict=True):
        own[row.language].append(value)
    return {language: round(float(np.mean(values)), 3) for language, values in sorted(own.items())}
