"""Tab-separated scores, one line per input line."""

from __future__ import annotations

from mtqa.schema.report import Report

HEADER = "score\tlow\thigh\tissues\tspans"


def score_line(report: Report) -> str:
    """score, low, high (one decimal), number of issues, and `rule:start-end` of each, parted by spaces.

    Figures are empty for an empty line. Offsets are code points of the input line.
    """
    spans = " ".join(f"{issue.rule}:{issue.span.start}-{issue.span.end}" for issue in report.issues)
    if report.overall is None:
        return f"\t\t\t{len(report.issues)}\t{spans}"
    overall = report.overall
    return f"{overall.score:.1f}\t{overall.low:.1f}\t{overall.high:.1f}\t{len(report.issues)}\t{spans}"
