"""JSON report, schema mtqa/1 (mtqa-1.schema.json). Offsets are code points: text == document[start:end] always."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from mtqa.schema.document import Document, Segment
from mtqa.schema.estimate import QualityEstimate
from mtqa.schema.issue import Evidence, Issue
from mtqa.schema.report import Report, Skipped

SCHEMA = "mtqa/1"
# Lone surrogates have no UTF-8 form; line separators break readers that split JSON lines on them.
_UNSAFE = re.compile("[\ud800-\udfff\u2028\u2029\x85]")


def render(reports: Sequence[Report], rows: Sequence[Sequence[Mapping[str, Any]] | None] | None = None) -> str:
    """All documents as one object. `rows`, parallel to the reports, are those of the tables they were read from."""
    signature = reports[0].signature if reports else ""
    documents = [to_dict(report, own) for report, own in zip(reports, rows_of_each(reports, rows), strict=True)]
    return dump({"schema": SCHEMA, "signature": signature, "documents": documents}, indent=2) + "\n"


def rows_of_each(
    reports: Sequence[Report], rows: Sequence[Sequence[Mapping[str, Any]] | None] | None
) -> Sequence[Sequence[Mapping[str, Any]] | None]:
    """The rows of each report, None for each where no table was read."""
    return [None] * len(reports) if rows is None else rows


def dump(content: dict[str, Any], indent: int | None = None) -> str:
    """JSON text that can be encoded as UTF-8 whatever strings it holds."""
    text = json.dumps(content, ensure_ascii=False, indent=indent, allow_nan=False)
    return _UNSAFE.sub(lambda match: f"\\u{ord(match.group()):04x}", text)


def to_dict(report: Report, rows: Sequence[Mapping[str, Any]] | None = None) -> dict[str, Any]:
    """One document. A segment has its part of the source where there is one, and its row of a table.

    `rows` are one per paragraph (`Segment.paragraph`).
    """
    document = report.document
    inside = issues_by_segment(report)
    return {
        "id": document.id,
        **_figures(report.overall),
        "date": document.date.isoformat() if document.date else None,
        "segments": [
            {
                "index": segment.index,
                "start": segment.span.start,
                "end": segment.span.end,
                "text": document.text_of(segment),
                "kind": str(segment.kind),
                **_source(document, segment),
                **({} if rows is None else {"row": dict(rows[segment.paragraph])}),
                **_figures(estimate),
                "penalty": _score(estimate.penalty),
                "drivers": list(estimate.drivers),
                "issues": [_issue(issue, document.text) for issue in inside[segment.index]],
            }
            for segment, estimate in zip(document.segments, report.estimates, strict=True)
        ],
        "skipped": [_skipped(one) for one in report.skipped],
        "notes": list(report.notes),
        "refused": report.refused,
    }


def issues_by_segment(report: Report) -> list[list[Issue]]:
    """The issues of each segment; one that starts between segments belongs to the segment before it."""
    groups: list[list[Issue]] = [[] for _ in report.document.segments]
    for issue in report.issues:
        groups[report.document.owner_of(issue.span.start)].append(issue)
    return groups


def _source(document: Document, segment: Segment) -> dict[str, Any]:
    """Offsets and text of the source of a segment, null for one without counterpart; nothing without a source."""
    span = segment.source_span
    if document.source is None:
        return {}
    if span is None:
        return {"source": None}
    return {"source": {"start": span.start, "end": span.end, "text": span.of(document.source)}}


def _figures(estimate: QualityEstimate | None) -> dict[str, float | None]:
    if estimate is None:
        return {"score": None, "low": None, "high": None}
    return {"score": _score(estimate.score), "low": _score(estimate.low), "high": _score(estimate.high)}


def _issue(issue: Issue, text: str) -> dict[str, Any]:
    return {
        "rule": issue.rule,
        "category": str(issue.category),
        "severity": str(issue.severity),
        "confidence": round(issue.confidence, 3),
        "start": issue.span.start,
        "end": issue.span.end,
        "text": issue.span.of(text),
        "suggestion": issue.suggestion,
        "message": issue.message,
        "evidence": [_evidence(one) for one in issue.evidence],
        "related": [{"start": span.start, "end": span.end, "text": span.of(text)} for span in issue.related],
        "fingerprint": issue.fingerprint,
    }


def _evidence(evidence: Evidence) -> dict[str, Any]:
    return {
        "kind": str(evidence.kind),
        "detail": evidence.detail,
        "value": None if evidence.value is None else round(evidence.value, 3),
        "unit": evidence.unit,
        "source": evidence.source,
    }


def _skipped(one: Skipped) -> dict[str, str]:
    return {"name": one.name, "reason": one.reason}


def _score(value: float) -> float:
    return round(value, 1)
