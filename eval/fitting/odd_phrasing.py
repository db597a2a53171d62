"""Fit the confidence of odd-phrasing on marks of professional annotators (WMT MQM zh-en, documents kept as dev).

A run of words is right if an annotator of that translation marked something in it; unmarked runs are wrong, and so is
every run of human text: WMT21 references. The estimator was trained on the other documents of the same set, so these
are the first marks it has not seen. Carried-over constructions are too rare there to be fitted: their weight is set so
that a correction that reads no worse passes, as their rows were checked one by one.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from eval.datasets.references import reference_documents
from eval.datasets.wmt_mqm import SETS, MarkedTranslation, marked_translations
from eval.fitting.logistic import fit
from eval.fitting.recorder import record
from eval.suites.false_alarms import sample
from mtqa import Checker, Document, Span
from mtqa.detecting.discovery import discover
from mtqa.scoring.calibrate import load_calibration

RULE = "odd-phrasing"
_HUMAN_WORDS = 60_000
_FEATURES = ("error", "surprisal", "words")


def run(checker: Checker) -> dict[str, Any]:
    """The calibration entry of the rule."""
    detector = next(one for one in discover() if one.rule.id == RULE)
    marked: dict[str, list[MarkedTranslation]] = defaultdict(list)
    for name in SETS:
        for row in marked_translations(name, "dev"):
            marked[row.translation].append(row)
    texts = [text for text in marked if text.strip()]
    documents = [Document(id=str(number), text=text + "\n") for number, text in enumerate(texts)]
    prior = dict.fromkeys(_FEATURES, 0.1)
    features, labels = [], []
    for document, issue, own in record(checker, detector, documents, prior):
        if own["construction"]:
            continue
        spans = [error.span for row in marked[document.text[:-1]] for error in row.errors]
        features.append({name: own[name] for name in _FEATURES})
        labels.append(float(any(_touches(issue.span, span) for span in spans)))
    translated = len(labels)
    human = sample(list(reference_documents(21)), _HUMAN_WORDS)
    for _, _, own in record(checker, detector, human, prior):
        if not own["construction"]:
            features.append({name: own[name] for name in _FEATURES})
            labels.append(0.0)
    intercept, weights = fit(features, labels)
    old = load_calibration().rules[RULE]
    return {
        "intercept": round(intercept, 3),
        "weights": {
            "construction": round(old.weights["construction"] + old.intercept - intercept, 3),
            "gain": old.weights["gain"],
            **{name: round(weights[name], 3) for name in _FEATURES},
        },
        "fitted": f"eval fit {RULE}: {translated} runs in WMT MQM zh-en translations, dev documents "
        f"({int(sum(labels))} marked), {len(labels) - translated} in WMT21 references; constructions set by hand",
    }


def _touches(run: Span, error: Span) -> bool:
    return run.overlaps(error) or run.contains(error)
