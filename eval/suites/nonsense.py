"""Sentences that are wrong as a whole, with the source beside them: what they score, and what low-adequacy reports.

- copies: the source in place of its translation; others: the translation of a line some lines on. References of WMT21,
  in the languages that the meaning encoder knows and in others, by the score with all stable rules and with none.
  Figures are the shares that score below COPY and OTHER points, as nobody would rate them higher; those of the covered
  languages, where the encoder can compare, by themselves as well. The first 300 lines are read: the models were
  trained on others.
- low-adequacy, which asks for a low score and little of the source: of the sentences of MLQE-PE test20 that it reports,
  the share that people rated below 40 and below 50 of 100.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from statistics import median
from typing import Any

from eval.datasets import mlqe_pe
from eval.suites.mismatch import find, load_rule
from eval.suites.mismatch_pairs import LANGUAGES, Pair, pairs
from eval.suites.rated_lines import Kind, Origin, checker, sample, scores_with_source, test20
from mtqa.errors import MtqaError
from mtqa.knowledge.clauses import english_length
from mtqa.schema.roles import is_covered

COPY, OTHER = 5.0, 20.0  # points
RULE = "low-adequacy"
RATINGS = (40, 50)  # points of 100
_YEAR = 21
_LINES = 60  # of each language
_HELD_OUT = 300  # lines that nothing was trained on
_AWAY = 7  # lines
_LEAST_LETTERS = 25  # of a line and its source, as English counts: what is shorter says too little to be another one
_VARIANTS: dict[str, Kind] = {"": "rules", "_without_rules": "score"}
_KINDS: dict[str, tuple[float, Callable[[Pair, Pair], str]]] = {
    "copies": (COPY, lambda own, _: own.source),
    "others": (OTHER, lambda _, later: later.reference),
}


def run(lines: int | None = _LINES, sentences: int | None = None) -> dict[str, Any]:
    """Figures on `lines` lines of each language (None: all) and `sentences` of each pair of test20 (None: all).

    MtqaError without the estimator.
    """
    figures: dict[str, Any] = {}
    details: list[dict[str, Any]] = []
    chosen = {language: usable(language, lines) for language in LANGUAGES[_YEAR]}
    encoder = checker("score").encoder
    covered = {language for language in chosen if encoder is not None and is_covered(encoder, language)}
    for kind, (most, text_of) in _KINDS.items():
        cases = [(own, text_of(own, later)) for each in chosen.values() for own, later in each]
        texts, origins = [text for _, text in cases], [Origin(one.source, one.language) for one, _ in cases]
        figures[kind] = len(cases)
        for suffix, variant in _VARIANTS.items():
            scores = scores_with_source(texts, origins, variant)
            below = [score < most for score in scores]
            name = f"{kind}_below_{most:.0f}"
            figures[f"{name}{suffix}"] = _share(below)
            known = [is_below for is_below, (one, _) in zip(below, cases, strict=True) if one.language in covered]
            figures[f"{name}_of_covered_languages{suffix}"] = _share(known)
            for language in chosen:
                own = [place for place, (pair, _) in enumerate(cases) if pair.language == language]
                details.append(
                    {
                        "kind": kind,
                        "rules": variant == "rules",
                        "language": language,
                        "lines": len(own),
                        "below": _share([below[place] for place in own]),
                        "median": round(median(scores[place] for place in own), 1),
                    }
                )
    rows, found = _low_adequacy(sentences)
    figures |= {"low_adequacy_sentences": len(rows), "low_adequacy_reported": len(found)}
    for rating in RATINGS:
        figures[f"low_adequacy_rated_below_{rating}"] = _share([row.mean < rating for row in found])
        figures[f"all_rated_below_{rating}"] = _share([row.mean < rating for row in rows])
    settings = {"year": 2000 + _YEAR, "lines_per_language": lines or "all", "sentences_per_pair": sentences or "all"}
    return {"figures": figures, "details": details, "signature": checker("rules").signature, "settings": settings}


def usable(language: str, lines: int | None) -> list[tuple[Pair, Pair]]:
    """A seeded sample of lines long enough to say something, each with a later one that says something else."""
    own = [
        one
        for one in pairs(_YEAR, language, _HELD_OUT)
        if min(english_length(one.source), english_length(one.reference)) >= _LEAST_LETTERS
    ]
    both = [(one, own[(place + _AWAY) % len(own)]) for place, one in enumerate(own)]
    return sample([one for one in both if one[0].reference != one[1].reference], lines)


def _low_adequacy(
    sentences: int | None,
) -> tuple[list[mlqe_pe.DirectAssessment], list[mlqe_pe.DirectAssessment]]:
    """The rated sentences, and those that the rule reports."""
    used = checker("score")
    if used.estimator is None:
        raise MtqaError(f"{RULE} needs the quality estimator")
    rows = test20(sentences)
    texts = [(Pair(0, row.pair, row.index + 1, row.source, row.translation), row.translation) for row in rows]
    found = find(texts, [load_rule(RULE)], encoder=used.encoder, joint=used.joint, estimator=used.estimator)
    return rows, [row for row, issues in zip(rows, found, strict=True) if issues]


def _share(flags: Sequence[bool]) -> float:
    return round(sum(flags) / max(1, len(flags)), 3)
