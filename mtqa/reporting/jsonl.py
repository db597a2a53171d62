"""JSON lines: one document, or one scored segment, per line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mtqa.reporting.json import SCHEMA, dump, rows_of_each, to_dict
from mtqa.schema.report import Report


def render(reports: Sequence[Report], rows: Sequence[Sequence[Mapping[str, Any]] | None] | None = None) -> str:
    """One self-contained object per document, with schema and signature; `rows` as in mtqa.reporting.json."""
    lines = [
        dump({"schema": SCHEMA, "signature": report.signature, **to_dict(report, own)})
        for report, own in zip(reports, rows_of_each(reports, rows), strict=True)
    ]
    return "".join(line + "\n" for line in lines)


def score_line(report: Report, index: int, row: Mapping[str, Any] | None = None) -> str:
    """One line for one input line of `mtqa score`; null figures for an empty line. `index` counts from 0.

    `row` are the columns of a table, which come back under that name: a column may be called `score`, too.
    """
    content = to_dict(report)
    issues = [issue for segment in content["segments"] for issue in segment["issues"]]
    figures = {name: content[name] for name in ("score", "low", "high")}
    return dump({"index": index, **figures, "issues": issues, **({} if row is None else {"row": dict(row)})})
