"""Rules that read the source, on references of WMT: seeded corruption to be found, clean pairs to be left alone.

Corrupted are references of 2021; of each kind and language `lines` lines at most. A finding is right if it touches
what was put in, or, where something was left out, if the clean line has no such finding. Precision is measured on every
corrupted line together with its clean version. False alarms are counted per 1,000 clean pairs of every language, and
without the lines in which the reference was read and found wrong (`real_number_mismatches.tsv`).
"""

from __future__ import annotations

import csv
import importlib
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.datasets.folder import data_file
from eval.datasets.wmt_news import read_lines, source_file
from eval.suites.mismatch_kinds import KINDS, Corrupted
from mtqa import Document, Issue
from mtqa._version import __version__
from mtqa.annotating.annotate import annotate
from mtqa.detecting.discovery import load_detector
from mtqa.detecting.protocol import Detector, Tools
from mtqa.detecting.run import detect
from mtqa.knowledge import load_knowledge
from mtqa.pairing import pair
from mtqa.scoring.calibrate import load_calibration
from mtqa.segmenting import segment

REAL = Path(__file__).parents[1] / "datasets" / "real_number_mismatches.tsv"
SEED = 23
LANGUAGES: Mapping[int, tuple[str, ...]] = {
    21: ("cs", "de", "ha", "is", "ja", "ru", "zh"),
    22: ("cs", "de", "ja", "ru", "uk", "zh"),
}
_TEST = {21: "newstest2021", 22: "generaltest2022"}
_REFERENCE = {(22, "cs"): "B"}  # the first reference of each pair, A of all others
Confidence = Callable[[str, Mapping[str, float]], float]


@dataclass(frozen=True, slots=True)
class Pair:
    """A source line and its reference; `line` counts from 1."""

    year: int
    language: str
    line: int
    source: str
    reference: str


@dataclass(frozen=True, slots=True)
class Case:
    """A pair and its corrupted reference."""

    pair: Pair
    kind: str
    corrupted: Corrupted


def run(year: int = 21, lines: int | None = 300) -> dict[str, Any]:
    """Figures on the first `lines` lines of every language (None: all); corruption is made of 2021 whatever `year`."""
    detectors = source_detectors()
    figures: dict[str, Any] = {}
    details: list[dict[str, Any]] = []
    clean = {language: pairs(year, language, lines) for language in LANGUAGES[year]}
    for language, own in clean.items():
        found = find([(one, one.reference) for one in own], detectors)
        _report_alarms(language, own, found, figures, details)
    cases = [
        case for language in LANGUAGES[21] for case in corrupted_cases(pairs(21, language, lines), _kinds_of(detectors))
    ]
    _report_kinds(cases, detectors, figures, details)
    return {
        "figures": figures,
        "details": details,
        "signature": f"mtqa:{__version__}|rules:{len(detectors)}|cal:{load_calibration().version}",
        "settings": {"year": 2000 + year, "lines": lines or "all", "seed": SEED},
    }


def source_detectors() -> list[Detector]:
    """The detectors for which there is a kind of corruption."""
    return [load_rule(rule) for rule in sorted({kind.rule for kind in KINDS.values()})]


def load_rule(rule: str) -> Detector:
    """The detector of a rule that ships with mtqa."""
    return load_detector(importlib.import_module(f"mtqa.detectors.{rule.replace('-', '_')}"))


def pairs(year: int, language: str, lines: int | None) -> list[Pair]:
    """Source and first reference of the first `lines` lines (None: all), empty ones left out."""
    letter = _REFERENCE.get((year, language), "A")
    folder = f"wmt{year}-news-systems/txt/references"
    name = f"{folder}/{_TEST[year]}.{language}-en.ref.{letter}.en"
    both = zip(read_lines(data_file(source_file(year, language))), read_lines(data_file(name)), strict=True)
    found = [
        Pair(year, language, number, source.strip(), reference.strip())
        for number, (source, reference) in enumerate(both, start=1)
        if source.strip() and reference.strip()
    ]
    return found[:lines]


def corrupted_cases(clean: Sequence[Pair], kinds: Iterable[str]) -> list[Case]:
    """Every line corrupted once by every kind that can."""
    cases = []
    for name in kinds:
        for one in clean:
            source = random.Random(f"{SEED} {name} {one.year} {one.language} {one.line}")  # noqa: S311 - no secret
            corrupted = KINDS[name].corrupt(one.reference, source)
            if corrupted is not None and corrupted.text.strip():
                cases.append(Case(one, name, corrupted))
    return cases


def find(
    texts: Sequence[tuple[Pair, str]],
    detectors: Sequence[Detector],
    *,
    confidence: Confidence | None = None,
) -> list[tuple[Issue, ...]]:
    """The issues of each text beside the source of its pair: all of them with a given `confidence`, else those that are
    reported.
    """
    calibration = load_calibration()
    tools = Tools(load_knowledge(), confidence or calibration.confidence)
    documents = [
        pair(segment(Document(str(number), text, source=one.source, source_language=one.language)))
        for number, (one, text) in enumerate(texts)
    ]
    known = annotate(documents, [detector.rule for detector in detectors], None)
    found = detect(
        documents,
        known,
        detectors,
        [tools] * len(documents),
        None,
        is_reported=None if confidence else lambda issue: issue.confidence >= calibration.threshold(issue.rule),
    )
    return [issues for issues, _ in found]


def is_right(issue: Issue, corrupted: Corrupted, before: Sequence[Issue]) -> bool:
    """True if an issue is about what was corrupted. `before` are the issues of the clean text."""
    if corrupted.span is not None:
        return issue.span.overlaps(corrupted.span)
    return (issue.rule, issue.message) not in {(one.rule, one.message) for one in before}


def real_mismatches() -> set[tuple[int, str, int]]:
    """Year, language and line of references that were read and found to differ from their source."""
    with REAL.open(encoding="utf-8", newline="") as stream:
        rows = csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE)
        return {(int(row["year"]), row["language"], int(row["line"])) for row in rows}


def _kinds_of(detectors: Sequence[Detector]) -> list[str]:
    rules = {detector.rule.id for detector in detectors}
    return [name for name, kind in KINDS.items() if kind.rule in rules]


def _report_alarms(
    language: str,
    clean: Sequence[Pair],
    found: Sequence[Sequence[Issue]],
    figures: dict[str, Any],
    details: list[dict[str, Any]],
) -> None:
    real = real_mismatches()
    alarms: Counter[str] = Counter()
    genuine = 0
    for one, issues in zip(clean, found, strict=True):
        for issue in issues:
            is_real = issue.rule == "number-mismatch" and (one.year, one.language, one.line) in real
            genuine += is_real
            alarms[issue.rule] += not is_real
            details.append(_row(one, "clean", one.reference, issue, "real" if is_real else "wrong"))
    for rule, count in sorted(alarms.items()):
        figures[f"{language}_{rule}_alarms_per_1000"] = round(1000 * count / len(clean), 2)
    figures[f"{language}_alarms_per_1000"] = round(1000 * sum(alarms.values()) / len(clean), 2)
    figures[f"{language}_real_mismatches"] = genuine


def _report_kinds(
    cases: Sequence[Case], detectors: Sequence[Detector], figures: dict[str, Any], details: list[dict[str, Any]]
) -> None:
    found = find([(case.pair, case.corrupted.text) for case in cases], detectors)
    before = find([(case.pair, case.pair.reference) for case in cases], detectors)
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    real = real_mismatches()
    for case, issues, clean in zip(cases, found, before, strict=True):
        rule = KINDS[case.kind].rule
        own = [issue for issue in issues if issue.rule == rule]
        right = [issue for issue in own if is_right(issue, case.corrupted, clean)]
        is_real = (case.pair.year, case.pair.language, case.pair.line) in real
        wrong = 0 if is_real else len(own) - len(right) + sum(issue.rule == rule for issue in clean)
        for name in (case.kind, rule, f"{rule}_{case.pair.language}"):
            counts[name].update(cases=1, found=bool(right), right=len(right), wrong=wrong)
        if not right:
            details.append({"case": case.kind, "state": "missed", **_place(case.pair), "text": case.corrupted.text})
        details += [
            _row(case.pair, case.kind, case.corrupted.text, issue, "wrong") for issue in own if issue not in right
        ]
    for name, count in counts.items():
        key = name.replace("-", "_")
        figures[f"{key}_cases"] = count["cases"]
        figures[f"{key}_recall"] = round(count["found"] / count["cases"], 3)
        figures[f"{key}_precision"] = round(count["right"] / max(1, count["right"] + count["wrong"]), 3)


def _place(one: Pair) -> dict[str, Any]:
    return {"language": one.language, "line": one.line, "source": one.source}


def _row(one: Pair, case: str, text: str, issue: Issue, state: str) -> dict[str, Any]:
    return {
        "case": case,
        "state": state,
        **_place(one),
        "text": text,
        "rule": issue.rule,
        "confidence": round(issue.confidence, 3),
        "message": issue.message,
    }
