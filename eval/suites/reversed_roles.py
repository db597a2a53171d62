"""Known events told the right way and the wrong way round: recall and precision of reversed-roles."""

from __future__ import annotations

from typing import Any

from eval.datasets.events import events
from mtqa import Checker, Document, Settings

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
    figures = {
        "reversed": sum(case.is_reversed for case in cases),
        "reversed_flagged": flagged[True],
        "right": sum(not case.is_reversed for case in cases),
        "right_flagged": flagged[False],
        "precision": round(flagged[True] / total, 3) if total else None,
    }
    return {"figures": figures, "details": rows, "signature": checker.signature, "settings": {"split": split}}
