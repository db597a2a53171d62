"""Known events told the right way and the wrong way round, and human text: recall and alarms of reversed-roles."""

from __future__ import annotations

from typing import Any

from eval.datasets.events import events
from eval.datasets.references import reference_documents
from eval.fitting.recorder import record
from mtqa import Checker, Document, Settings
from mtqa.detecting.discovery import discover

RULE = "reversed-roles"


def run(split: str = "test") -> dict[str, Any]:
    """Sentences flagged in each direction, over a split of eval/datasets/events.tsv."""
    checker = Checker(Settings(rules=(RULE,)))
    cases = list(events(split))
    documents = [Document(id=f"event/{number}", text=case.text) for number, case in enumerate(cases)]
    flagged = {True: 0, False: 0}
    rows = []
    for case, report in zip(cases, checker.check_many(documents), strict=True):
        issue = next(iter(report.issues), None)
        flagged[case.is_reversed] += issue is not None
        confidence = round(issue.confidence, 3) if issue else None
        rows.append({"text": case.text.strip(), "reversed": case.is_reversed, "confidence": confidence})
    total = sum(flagged.values())
    looked_at, reported, words = _clean(checker)
    figures = {
        "reversed": sum(case.is_reversed for case in cases),
        "reversed_flagged": flagged[True],
        "right": sum(not case.is_reversed for case in cases),
        "right_flagged": flagged[False],
        "precision": round(flagged[True] / total, 3) if total else None,
        "human_text_words": words,
        "human_text_clauses": looked_at,
        "human_text_flagged": reported,
    }
    return {"figures": figures, "details": rows, "signature": checker.signature, "settings": {"split": split}}


def _clean(checker: Checker) -> tuple[int, int, int]:
    """Clauses that the rule looks at in the WMT22 references, how many it reports, and words read."""
    detector = next(one for one in discover() if one.rule.id == RULE)
    documents = list(reference_documents(22))
    least = checker.calibration.threshold(RULE)
    found = [
        checker.calibration.confidence(RULE, features)
        for _, _, features in record(checker, detector, documents, {"gain": 1.0, "excess": 1.0})
    ]
    words = sum(len(document.text.split()) for document in documents)
    return len(found), sum(confidence >= least for confidence in found), words
