"""The seed article against its human labels: recall, must-recall, suggestions, flags that match no label."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

from eval.measures.spans import match
from mtqa import Checker, Document, Settings

SEEDS = Path(__file__).parents[2] / "seeds"
PUBLISHED = dt.date(2021, 12, 10)


def run() -> dict[str, Any]:
    """Figures and the list of misses and stray flags."""
    checker = Checker(Settings(date=PUBLISHED))
    figures: dict[str, Any] = {"labels": 0, "hit": 0, "must": 0, "must_hit": 0, "must_names": 0}
    figures |= {"must_names_right_suggestion": 0, "stray": 0, "issues": 0}
    details: list[dict[str, Any]] = []
    for path in sorted(SEEDS.glob("*.txt")):
        text = path.read_text(encoding="utf-8")
        lines = path.with_suffix(".issues.jsonl").read_text(encoding="utf-8").splitlines()
        labels = [json.loads(line) for line in lines]
        report = checker.check(Document(id=path.name, text=text))
        found, stray = match(report.issues, labels)
        for label, issue in zip(labels, found, strict=True):
            figures["labels"] += 1
            figures["hit"] += issue is not None
            figures["must"] += label["must"]
            figures["must_hit"] += label["must"] and issue is not None
            if label["must"] and label["kind"] == "garbled-name":
                figures["must_names"] += 1
                right = issue is not None and issue.suggestion == label["suggestion"]
                figures["must_names_right_suggestion"] += right
            details.append(
                {
                    "label": label["text"],
                    "kind": label["kind"],
                    "must": label["must"],
                    "wanted": label["suggestion"],
                    "rule": issue.rule if issue else None,
                    "suggestion": issue.suggestion if issue else None,
                }
            )
        figures["issues"] += len(report.issues)
        figures["stray"] += len(stray)
        details += [{"stray": issue.span.of(text), "rule": issue.rule, "message": issue.message} for issue in stray]
    return {
        "figures": figures,
        "details": details,
        "signature": checker.signature,
        "settings": {"date": str(PUBLISHED)},
    }
