"""The report for the terminal: every sentence that needs a look, with its spans underlined, reasons and suggestions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from rich.console import Console
from rich.padding import Padding
from rich.rule import Rule
from rich.style import Style
from rich.table import Table
from rich.text import Text

from mtqa.reporting.bands import BANDS, band_of
from mtqa.reporting.json import issues_by_segment
from mtqa.schema.document import Segment
from mtqa.schema.estimate import QualityEstimate
from mtqa.schema.issue import Issue, Severity
from mtqa.schema.report import Report

_COLOUR = {Severity.MINOR: "yellow", Severity.MAJOR: "dark_orange", Severity.CRITICAL: "red"}
_BAR_WIDTH = 10
_INDENT = 4


def print_report(reports: Sequence[Report], console: Console) -> None:
    """Print every report, then an overview where there are several."""
    for report in reports:
        _print_document(report, console)
    if len(reports) > 1:
        _print_overview(reports, console)
    if reports:
        bands = ", ".join(f"{band.name} from {band.least:.0f}" for band in BANDS)
        console.print(Text(f"Scores 0-100 with an 80 % interval; {bands}.", style="dim"))
        console.print(Text(reports[0].signature, style="dim"))


def _print_document(report: Report, console: Console) -> None:
    console.print(Rule(Text(report.document.id, style="bold"), characters="─" if _is_unicode(console) else "-"))
    for note in report.notes:
        console.print(Text(f"note: {note}", style="yellow"))
    if report.overall is None:
        if not report.refused:
            console.print(Text("nothing to score"))
        return
    console.print(_score_line("document", report.overall, console))
    console.print()
    groups = issues_by_segment(report)
    for segment, estimate in zip(report.document.segments, report.estimates, strict=True):
        issues = groups[segment.index]
        if issues or band_of(estimate.score) is BANDS[-1]:
            _print_segment(report, segment, estimate, issues, console)
    _print_summary(report, console)


def _print_segment(
    report: Report, segment: Segment, estimate: QualityEstimate, issues: Sequence[Issue], console: Console
) -> None:
    console.print(_score_line(f"{segment.index + 1:>3} {segment.kind}", estimate, console))
    console.print(Padding(_marked(report, segment, issues, console), (0, 0, 0, _INDENT)))
    for issue in issues:
        console.print(Padding(_issue_line(report, issue, console), (0, 0, 0, _INDENT)))
    console.print()


def _score_line(name: str, estimate: QualityEstimate, console: Console) -> Text:
    band = band_of(estimate.score)
    full, empty = ("█", "░") if _is_unicode(console) else ("#", ".")
    filled = round(estimate.score / 100 * _BAR_WIDTH)
    line = Text(f"{name} ", style="bold")
    line.append(full * filled + empty * (_BAR_WIDTH - filled), style=band.colour)
    line.append(f" {estimate.score:.0f}", style=f"bold {band.colour}")
    line.append(f" ({estimate.low:.0f}-{estimate.high:.0f}) {band.name}", style="dim")
    return line


def _marked(report: Report, segment: Segment, issues: Sequence[Issue], console: Console) -> Text:
    """The sentence with its spans underlined; in double brackets where there is no colour."""
    source = report.document.text
    plain = console.color_system is None
    line = Text()
    at = segment.span.start
    for issue in issues:
        start, end = max(at, issue.span.start), min(segment.span.end, issue.span.end)
        if start >= end:
            continue
        line.append(_printable(source[at:start]))
        marked = _printable(source[start:end])
        line.append(f"[[{marked}]]" if plain else marked, style=_style(issue.severity))
        at = end
    line.append(_printable(source[at : segment.span.end]))
    return line


def _issue_line(report: Report, issue: Issue, console: Console) -> Text:
    arrow, dot = (" → ", "• ") if _is_unicode(console) else (" -> ", "* ")
    line = Text(dot, style=_COLOUR[issue.severity])
    line.append(str(issue.severity), style=f"bold {_COLOUR[issue.severity]}")
    line.append(f" {issue.rule} ", style="cyan")
    shown = _printable(issue.span.of(report.document.text)).strip()
    line.append(shown if len(shown) <= 60 else shown[:57] + "...", style="underline" if console.color_system else "")
    if issue.suggestion is not None:
        line.append(arrow)
        line.append(issue.suggestion.strip() or "(leave it out)", style="green")
    line.append(f"  {issue.message} ")
    line.append(f"{issue.confidence:.0%} sure", style="dim")
    strongest = next((one for one in issue.evidence if one.value is not None and one.unit), None)
    if strongest is not None and strongest.value is not None:
        line.append(f"; {strongest.detail}: {strongest.value:.1f} {strongest.unit}", style="dim")
    return line


def _print_summary(report: Report, console: Console) -> None:
    words = Counter(band_of(estimate.score).name for estimate in report.estimates)
    shares = ", ".join(f"{words[band.name]} {band.name}" for band in BANDS if words[band.name])
    console.print(Text(f"{len(report.estimates)} segments: {shares}", style="bold"))
    if report.issues:
        table = Table(box=None, pad_edge=False, header_style="dim")
        for heading in ("rule", *(str(severity) for severity in reversed(Severity))):
            table.add_column(heading, justify="left" if heading == "rule" else "right")
        counts = Counter((issue.rule, issue.severity) for issue in report.issues)
        for rule in sorted({issue.rule for issue in report.issues}):
            table.add_row(rule, *(str(counts[rule, one] or "") for one in reversed(Severity)))
        console.print(table)
    else:
        console.print(Text("no issues found", style="green"))
    for one in report.skipped:
        console.print(Text(f"skipped {one.name}: {one.reason}", style="dim"))
    console.print()


def _print_overview(reports: Sequence[Report], console: Console) -> None:
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("document")
    for heading in ("score", "interval", "issues"):
        table.add_column(heading, justify="right")
    for report in reports:
        overall = report.overall
        score = Text(f"{overall.score:.0f}", style=band_of(overall.score).colour) if overall else Text("-")
        interval = f"{overall.low:.0f}-{overall.high:.0f}" if overall else ""
        table.add_row(report.document.id, score, interval, str(len(report.issues)))
    console.print(table)
    console.print()


def _style(severity: Severity) -> Style:
    return Style(color=_COLOUR[severity], underline=True, bold=severity is Severity.CRITICAL)


def _printable(text: str) -> str:
    """Line ends and control characters as spaces: they would break the layout of a terminal."""
    return "".join(one if one.isprintable() or one == "\u00a0" else " " for one in text)


def _is_unicode(console: Console) -> bool:
    return console.encoding.lower().startswith("utf")
