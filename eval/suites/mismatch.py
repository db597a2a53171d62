"""Rules that read the source, on references of WMT: seeded corruption to be found, clean pairs to be left alone.

Corrupted are references of 2021, every line once by every kind that can (eval.suites.mismatch_kinds and the files
beside it). A kind belongs to one rule, and that rule alone reads its cases. A finding is right if it touches what was
put in, or, where something was left out, if the clean line has no such finding. Precision is measured on every
corrupted line together with its clean version. False alarms are counted per 1,000 clean pairs of every language, for
every rule that reads the source and for all of them together, without the lines in which the reference was read and
found wrong (eval.suites.mismatch_pairs).

Figures: precision_of_RULE, recall_of_RULE and cases_of_RULE, the same with _on_KIND and _in_LANGUAGE; of rules that
compare meaning these are of the languages that the encoder knows, _beyond_the_encoder of those that only the joint
estimator does;
alarms_per_1000_LANGUAGE of all rules, alarms_per_1000_LANGUAGE_of_RULE.
"""

from __future__ import annotations

import importlib
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from eval.suites import mismatch_clauses, mismatch_kinds, mismatch_names, mismatch_segments
from eval.suites.mismatch_kinds import Corrupted, Corruption
from eval.suites.mismatch_pairs import LANGUAGES, Pair, clean_pairs, is_real, pairs
from mtqa import Checker, Document, Issue
from mtqa._version import __version__
from mtqa.annotating.annotate import annotate
from mtqa.detecting.discovery import discover, load_detector
from mtqa.detecting.protocol import Detector, Need, Tools
from mtqa.detecting.run import detect
from mtqa.knowledge import load_knowledge
from mtqa.pairing import pair
from mtqa.schema.roles import JointEstimator, MeaningEncoder, QualityEstimator, is_covered
from mtqa.scoring.calibrate import load_calibration
from mtqa.segmenting import segment

SEED = 23
_CORRUPTED_YEAR = 21
_MODULES = (mismatch_kinds, mismatch_names, mismatch_clauses, mismatch_segments)
KINDS: Mapping[str, Corruption] = {name: kind for module in _MODULES for name, kind in module.KINDS.items()}
RULES: Mapping[str, str] = {name: rule for module in _MODULES for name, rule in module.RULES.items()}
_FROM_SOURCE = frozenset({Need.SOURCE, Need.AGREEMENT, Need.COMPARISON})
_BEYOND = "_beyond_the_encoder"
Confidence = Callable[[str, Mapping[str, float]], float]


@dataclass(frozen=True, slots=True)
class Case:
    """A pair and its corrupted reference."""

    pair: Pair
    kind: str
    corrupted: Corrupted


def run(
    year: int = 21, lines: int | None = 500, *, encoder: MeaningEncoder | None = None, kinds: Iterable[str] = KINDS
) -> dict[str, Any]:
    """Figures on the first `lines` lines of every language (None: all); corruption is made of 2021 whatever `year`.

    `encoder`: mtqa's own, with its estimator, unless another is given. `kinds`: those to make. Rules that compare
    meaning are measured in the languages that the encoder or the joint estimator knows.
    """
    checker = Checker()
    estimator, joint = (checker.estimator, checker.joint) if encoder is None else (None, None)
    encoder = encoder or checker.encoder
    detectors = source_detectors()
    clean = clean_pairs(year, lines)
    own = [one for each in clean.values() for one in each]
    read = find([(one, one.reference) for one in own], detectors, encoder=encoder, joint=joint, estimator=estimator)
    issues = dict(zip(own, read, strict=True))
    figures: dict[str, Any] = {}
    details: list[dict[str, Any]] = []
    for language, each in clean.items():
        _report_alarms(language, each, issues, detectors, figures, details)
    for rule in dict.fromkeys(RULES[name] for name in kinds):
        cases = [
            case
            for language in languages_of(load_rule(rule), encoder, joint)
            for case in corrupted_cases(
                pairs(_CORRUPTED_YEAR, language, lines), [name for name in kinds if RULES[name] == rule]
            )
        ]
        _report_rule(rule, cases, issues, (encoder, joint), figures, details)
    return {
        "figures": figures,
        "details": details,
        "signature": f"mtqa:{__version__}|rules:{len(detectors)}|encoder:{encoder.signature if encoder else 'none'}"
        f"|joint:{joint.signature if joint else 'none'}"
        f"|cal:{load_calibration().version}",
        "settings": {"year": 2000 + year, "lines": lines or "all", "seed": SEED},
    }


def languages_of(detector: Detector, encoder: MeaningEncoder | None, joint: JointEstimator | None = None) -> list[str]:
    """The languages of the corrupted lines in which a rule can run: all, or those that a model it needs knows."""
    models = {
        Need.AGREEMENT: (encoder,),
        Need.COMPARISON: (encoder, joint),
    }
    own = next((models[need] for need in detector.rule.needs if need in models), None)
    return [
        language
        for language in LANGUAGES[_CORRUPTED_YEAR]
        if own is None or any(model is not None and is_covered(model, language) for model in own)
    ]


def source_detectors() -> list[Detector]:
    """The detectors that read the source."""
    return [one for one in discover() if _FROM_SOURCE & set(one.rule.needs)]


def load_rule(rule: str) -> Detector:
    """The detector of a rule that ships with mtqa."""
    return load_detector(importlib.import_module(f"mtqa.detectors.{rule.replace('-', '_')}"))


def corrupted_cases(clean: Sequence[Pair], kinds: Iterable[str]) -> list[Case]:
    """Every line corrupted once by every kind that can; the same for each run."""
    knowledge = load_knowledge()
    cases = []
    for name in kinds:
        for one in clean:
            chance = random.Random(f"{SEED} {name} {one.year} {one.language} {one.line}")  # noqa: S311 - no secret
            corrupted = KINDS[name](one.source, one.reference, one.language, knowledge, chance)
            if corrupted is not None and corrupted.text.strip():
                cases.append(Case(one, name, corrupted))
    return cases


def find(
    texts: Sequence[tuple[Pair, str]],
    detectors: Sequence[Detector],
    *,
    confidence: Confidence | None = None,
    encoder: MeaningEncoder | None = None,
    joint: JointEstimator | None = None,
    estimator: QualityEstimator | None = None,
) -> list[tuple[Issue, ...]]:
    """The issues of each text beside the source of its pair: all of them with a given `confidence`, else those that are
    reported. Rules that need an encoder or estimator are silent without one.
    """
    calibration = load_calibration()
    tools = Tools(load_knowledge(), confidence or calibration.confidence)
    documents = [
        pair(
            segment(Document(str(number), text, source=one.source, source_language=one.language)),
            encoder if encoder is not None and is_covered(encoder, one.language) else None,
        )
        for number, (one, text) in enumerate(texts)
    ]
    found = detect(
        documents,
        annotate(documents, [detector.rule for detector in detectors], None, estimator, encoder, joint),
        detectors,
        [tools] * len(documents),
        None,
        encoder=encoder,
        joint=joint,
        is_reported=None if confidence else lambda issue: issue.confidence >= calibration.threshold(issue.rule),
    )
    return [issues for issues, _ in found]


def is_right(issue: Issue, corrupted: Corrupted, before: Sequence[Issue]) -> bool:
    """True if an issue is about what was corrupted. `before` are the issues of the clean text."""
    if corrupted.span is not None:
        return issue.span.overlaps(corrupted.span)
    return (issue.rule, issue.message) not in {(one.rule, one.message) for one in before}


def _report_alarms(
    language: str,
    clean: Sequence[Pair],
    found: Mapping[Pair, Sequence[Issue]],
    detectors: Sequence[Detector],
    figures: dict[str, Any],
    details: list[dict[str, Any]],
) -> None:
    alarms = Counter({detector.rule.id: 0 for detector in detectors})
    genuine = 0
    for one in clean:
        for issue in found[one]:
            was_read = is_real(issue.rule, one)
            genuine += was_read
            alarms[issue.rule] += not was_read
            details.append(_row(one, "clean", one.reference, issue, "real" if was_read else "wrong"))
    figures[f"pairs_{language}"] = len(clean)
    figures[f"alarms_per_1000_{language}"] = round(1000 * sum(alarms.values()) / max(1, len(clean)), 2)
    for rule, count in sorted(alarms.items()):
        figures[f"alarms_per_1000_{language}_of_{_name(rule)}"] = round(1000 * count / max(1, len(clean)), 2)
    figures[f"real_mismatches_{language}"] = genuine


def _report_rule(
    rule: str,
    cases: Sequence[Case],
    clean: Mapping[Pair, Sequence[Issue]],
    models: tuple[MeaningEncoder | None, JointEstimator | None],
    figures: dict[str, Any],
    details: list[dict[str, Any]],
) -> None:
    """Precision and recall of a rule on its cases. Clean lines that were not yet read are read now."""
    detectors = [load_rule(rule)]
    encoder, joint = models
    found = find([(case.pair, case.corrupted.text) for case in cases], detectors, encoder=encoder, joint=joint)
    unread = list(dict.fromkeys(case.pair for case in cases if case.pair not in clean))
    read = find([(one, one.reference) for one in unread], detectors, encoder=encoder, joint=joint)
    untouched = {**clean, **dict(zip(unread, read, strict=True))}
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for case, issues in zip(cases, found, strict=True):
        before = [issue for issue in untouched[case.pair] if issue.rule == rule]
        right = [issue for issue in issues if is_right(issue, case.corrupted, before)]
        wrong = 0 if is_real(rule, case.pair) else len(issues) - len(right) + len(before)
        is_beyond = Need.COMPARISON in detectors[0].rule.needs and not (
            encoder is not None and is_covered(encoder, case.pair.language)
        )
        of_all = (_BEYOND,) if is_beyond else ("", f"_on_{_name(case.kind)}")
        for name in (*of_all, f"_in_{case.pair.language}"):
            counts[name].update(cases=1, found=bool(right), right=len(right), wrong=wrong)
        if not right:
            # Where it stands is enough: corruption is seeded, and a result file is no copy of the data.
            details.append(
                {"case": case.kind, "state": "missed", "language": case.pair.language, "line": case.pair.line}
            )
        details += [
            _row(case.pair, case.kind, case.corrupted.text, issue, "wrong") for issue in issues if issue not in right
        ]
    for name, count in counts.items():
        figures[f"cases_of_{_name(rule)}{name}"] = count["cases"]
        figures[f"recall_of_{_name(rule)}{name}"] = round(count["found"] / count["cases"], 3)
        figures[f"precision_of_{_name(rule)}{name}"] = round(
            count["right"] / max(1, count["right"] + count["wrong"]), 3
        )


def _name(identifier: str) -> str:
    return identifier.replace("-", "_")


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
