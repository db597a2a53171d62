"""Fit the confidence of odd-phrasing on marks of professional annotators (WMT MQM zh-en, training documents).

A run of words is right if an annotator of that translation marked something in it; unmarked runs, and every run of
human text (WMT21 references), are wrong. Carried-over constructions are too rare there to be fitted: their weight is
set so that a correction that reads no worse passes, as their rows were checked one by one.
"""

from __future__ import annotations

import random
from collections import defaultdict
from typing import Any

from eval.datasets.references import reference_documents
from eval.datasets.wmt_mqm import MarkedTranslation, marked_translations
from eval.fitting.logistic import fit
from eval.fitting.recorder import record
from eval.suites.false_alarms import sample
from mtqa import Checker, Document, Span
from mtqa.detecting.discovery import discover
from mtqa.scoring.calibrate import load_calibration

RULE = "odd-phrasing"
_SEED = 23
_TRANSLATIONS = 2500
_HUMAN_WORDS = 60_000


def run(checker: Checker) -> dict[str, Any]:
    """The calibration entry of the rule."""
    detector = next(one for one in discover() if one.rule.id == RULE)
    marked: dict[str, list[MarkedTranslation]] = defaultdict(list)
    for name in ("news", "ted"):
        for row in marked_translations(name, "train"):
            marked[row.translation].append(row)
    texts = sorted(text for text in marked if text.strip())
    random.Random(_SEED).shuffle(texts)  # noqa: S311 - reproducible sampling
    documents = [Document(id=str(number), text=text + "\n") for number, text in enumerate(texts[:_TRANSLATIONS])]
    means, labels = [], []
    for document, issue, features in record(checker, detector, documents, {"run_mean": 0.1}):
        if features["construction"]:
            continue
        spans = [error.span for row in marked[document.text[:-1]] for error in row.errors]
        means.append({"run_mean": features["run_mean"]})
        labels.append(float(any(_touches(issue.span, span) for span in spans)))
    translated = len(labels)
    human = sample(list(reference_documents(21)), _HUMAN_WORDS)
    for _, _, features in record(checker, detector, human, {"run_mean": 0.1}):
        if not features["construction"]:
            means.append({"run_mean": features["run_mean"]})
            labels.append(0.0)
    intercept, weights = fit(means, labels)
    old = load_calibration().rules[RULE].weights
    construction = old["construction"] + load_calibration().rules[RULE].intercept - intercept
    return {
        "intercept": round(intercept, 3),
        "weights": {
            "construction": round(construction, 3),
            "gain": old["gain"],
            "run_mean": round(weights["run_mean"], 3),
        },
        "fitted": f"eval fit {RULE}: {translated} runs in WMT MQM zh-en translations ({int(sum(labels))} marked), "
        f"{len(labels) - translated} in WMT21 references; constructions set by hand",
    }


def _touches(run: Span, error: Span) -> bool:
    return run.overlaps(error) or run.contains(error)
