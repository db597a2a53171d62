"""JSON lines: one document, or one scored segment, per line."""

from __future__ import annotations

from collections.abc import Sequence

from mtqa.reporting.json import SCHEMA, dump, to_dict
from mtqa.schema.report import Report


def render(reports: Sequence[Report]) -> str:
    """One self-contained object per document, with schema and signature."""
    lines = [dump({"schema": SCHEMA, "signature": report.signature, **to_dict(report)}) for report in reports]
    return "".join(line + "\n" for line in lines)


def score_line(report: Report, index: int) -> str:
    """One line for one input line of `mtqa score`; null figures for an empty line. `index` counts from 0."""
    content = to_dict(report)
    issues = [issue for segment in content["segments"] for issue in segment["issues"]]
    figures = {name: content[name] for name in ("score", "low", "high")}
    return dump({"index": index, **figures, "issues": issues})
