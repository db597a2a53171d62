"""The report for the terminal: every sentence that needs a look, with its spans underlined, reasons and suggestions.

    2  ███░░░░░░░  31 poor (8-40)
       He reiterated his commitment to US President Volodymyr Zhelensky ...
       • US President → Ukrainian President  critical wrong-office-holder (98%)
         Volodymyr Zelensky: president of Ukraine since 2019.

Lines are wrapped here and not by the console, so that no line ends in blanks and files can be compared.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.style import Style
from rich.text import Text

from mtqa.reporting.bands import BANDS, band_of
from mtqa.reporting.highlights import Highlight, highlights_by_segment
from mtqa.reporting.json import issues_by_segment
from mtqa.reporting.sources import skipped_by_reason, source_of
from mtqa.schema.document import Segment, SegmentKind
from mtqa.schema.estimate import QualityEstimate
from mtqa.schema.issue import Issue, Severity
from mtqa.schema.report import Report

_COLOUR = {Severity.MINOR: "yellow", Severity.MAJOR: "dark_orange", Severity.CRITICAL: "red"}
_BAR_WIDTH = 10
_WIDEST = 120  # columns; longer lines are hard to follow
_INDENT = 5  # columns; the number of the segment stands in them
_LONGEST_QUOTE = 60  # characters of a span or a sentence that is only named
_LONGEST_REPEATED = 36  # characters of a span that has just been read and that nothing replaces
_POOREST = 5  # sentences named in the summary
_SHORTEST_LISTED = 8  # segments; the whole of a shorter text has just been seen
_SEVERITIES = tuple(reversed(Severity))


def print_report(reports: Sequence[Report], console: Console) -> None:
    """Print every report, then an overview where there are several."""
    for report in reports:
        _print_document(report, console)
    if len(reports) > 1:
        _print_overview(reports, console)
    if reports:
        bands = ", ".join(f"{band.name} from {band.least:.0f}" for band in BANDS)
        _print(Text(f"Scores 0-100 with an 80% interval; {bands}. Per cent: how sure a rule is.", style="dim"), console)
        _print(Text(reports[0].signature, style="dim"), console)


def _print_document(report: Report, console: Console) -> None:
    line = "─" if _is_unicode(console) else "-"
    name = _shortened_left(_printable(report.document.id), console.width - 8)
    rest = line * max(3, console.width - cell_len(name) - 5)
    console.print(Text.assemble((line * 3, "dim"), " ", (name, "bold"), " ", (rest, "dim")), soft_wrap=True)
    for note in report.notes:
        _print(Text(f"note: {_printable(note)}", style="yellow"), console)
    if report.overall is None:
        if not report.refused:
            console.print("nothing to score")
        console.print()
        return
    console.print(Text("     ").append_text(_score_line(report.overall, console)))
    console.print()
    groups, highlights = issues_by_segment(report), highlights_by_segment(report)
    for segment, estimate in zip(report.document.segments, report.estimates, strict=True):
        issues = groups[segment.index]
        if issues or highlights[segment.index] or band_of(estimate.score) is BANDS[-1]:
            _print_segment(report, segment, estimate, issues, highlights[segment.index], console)
    _print_summary(report, console)


def _print_segment(
    report: Report,
    segment: Segment,
    estimate: QualityEstimate,
    issues: Sequence[Issue],
    highlights: Sequence[Highlight],
    console: Console,
) -> None:
    head = Text(f"{segment.index + 1:>3}  ", style="bold").append_text(_score_line(estimate, console))
    if segment.kind is not SegmentKind.SENTENCE:
        head.append(f"  {segment.kind}", style="dim")
    _print(head, console)
    _print(_marked(report, segment, highlights, console), console, indent=_INDENT)
    if source := source_of(report.document, segment):
        _print(Text(f"source: {' '.join(_printable(source).split())}", style="dim"), console, indent=_INDENT)
    for issue in issues:
        _print_issue(report, issue, console)
    if not issues and not highlights and estimate.drivers:
        _print(Text(f"no issue found; {estimate.drivers[-1]}", style="dim"), console, indent=_INDENT)
    console.print()


def _score_line(estimate: QualityEstimate, console: Console) -> Text:
    band = band_of(estimate.score)
    full, empty = ("█", "░") if _is_unicode(console) else ("#", ".")
    filled = round(estimate.score / 100 * _BAR_WIDTH)
    line = Text()
    line.append(full * filled + empty * (_BAR_WIDTH - filled), style=band.colour)
    line.append(f" {estimate.score:>3.0f} {band.name}", style=f"bold {band.colour}")
    line.append(f" ({estimate.low:.0f}-{estimate.high:.0f})", style="dim")
    return line


def _marked(report: Report, segment: Segment, highlights: Sequence[Highlight], console: Console) -> Text:
    """The sentence with its spans underlined; in double brackets where there is no colour."""
    source, plain = report.document.text, console.color_system is None
    line = Text()
    at = segment.span.start
    for one in highlights:
        line.append(_printable(source[at : one.span.start]))
        marked = _printable(one.span.of(source))
        line.append(f"[[{marked}]]" if plain else marked, style=_style(one.issue.severity))
        at = one.span.end
    line.append(_printable(source[at : segment.span.end]))
    return line


def _print_issue(report: Report, issue: Issue, console: Console) -> None:
    """What to change into what; then the reason, both set in under the bullet."""
    arrow, bullet = (" → ", "• ") if _is_unicode(console) else (" -> ", "* ")
    colour = _COLOUR[issue.severity]
    written = _printable(issue.span.of(report.document.text)).strip() or "blank"
    longest = _LONGEST_QUOTE if issue.suggestion is not None else _LONGEST_REPEATED
    line = Text().append(_shortened(written, longest), style=Style(color=colour, underline=bool(console.color_system)))
    if issue.suggestion is not None:
        line.append(arrow)
        line.append(_printable(issue.suggestion).strip() or "(leave it out)", style="bold green")
    line.append(f"  {issue.severity}", style=f"bold {colour}")
    line.append(f" {issue.rule} ({issue.confidence * 100:.0f}%)", style="dim")
    _print(line, console, indent=_INDENT + 2, bullet=Text(" " * _INDENT).append(bullet, style=colour))
    _print(Text(_printable(issue.message)), console, indent=_INDENT + 2)


def _print_summary(report: Report, console: Console) -> None:
    words = Counter(band_of(estimate.score).name for estimate in report.estimates)
    shares = ", ".join(f"{words[band.name]} {band.name}" for band in BANDS if words[band.name])
    count = len(report.estimates)
    _print(Text(f"{count} segment{'s' if count != 1 else ''}: {shares}", style="bold"), console)
    if report.issues:
        console.print()
        _print_rules(report.issues, console)
    else:
        console.print(Text("no issues found", style="green"))
    if count >= _SHORTEST_LISTED:
        _print_poorest(report, console)
    if report.skipped:
        console.print()
    for reason, names in skipped_by_reason(report.skipped):
        _print(Text(f"skipped {', '.join(names)}: {_printable(reason)}", style="dim"), console, hang=8)
    console.print()


def _print_rules(issues: Sequence[Issue], console: Console) -> None:
    """Rules by severities, with a sum where there are several rules."""
    counts = Counter((issue.rule, issue.severity) for issue in issues)
    rules = sorted({issue.rule for issue in issues})
    width = max(len(rule) for rule in (*rules, "rule"))
    console.print(Text("  ".join(("rule".ljust(width), *(str(one).rjust(8) for one in _SEVERITIES))), style="dim"))
    rows = [(rule, [counts[rule, one] for one in _SEVERITIES]) for rule in rules]
    if len(rules) > 1:
        rows.append(("all", [sum(counts[rule, one] for rule in rules) for one in _SEVERITIES]))
    for name, figures in rows:
        row = Text(name.ljust(width))
        for severity, figure in zip(_SEVERITIES, figures, strict=True):
            row.append(f"  {figure or '':>8}", style=_COLOUR[severity])
        row.rstrip()
        console.print(row)


def _print_poorest(report: Report, console: Console) -> None:
    """The sentences to begin with, poorest first; good ones are not named."""
    ranked = sorted(
        (estimate.score, segment.index, segment)
        for segment, estimate in zip(report.document.segments, report.estimates, strict=True)
        if band_of(estimate.score) is not BANDS[0]
    )
    if not ranked:
        return
    console.print()
    console.print(Text("poorest", style="dim"))
    for score, index, segment in ranked[:_POOREST]:
        line = Text(f"{index + 1:>3}  ", style="bold").append(f"{score:>3.0f}", style=band_of(score).colour)
        opening = " ".join(_printable(report.document.text_of(segment)[: console.width]).split())
        line.append(f"  {_shortened(opening, min(_LONGEST_QUOTE, console.width - 12))}")
        console.print(line, soft_wrap=True)


def _print_overview(reports: Sequence[Report], console: Console) -> None:
    """One line per document: score, interval, issues by severity, name."""
    heading = ("score", "interval", *(str(one).rjust(8) for one in _SEVERITIES), "document")
    console.print(Text("  ".join(heading), style="dim"))
    room = max(10, console.width - sum(cell_len(one) + 2 for one in heading[:-1]))
    for report in reports:
        overall, row = report.overall, Text()
        row.append(
            f"{overall.score:>5.0f}" if overall else "    -", style=band_of(overall.score).colour if overall else ""
        )
        row.append(f"  {f'{overall.low:.0f}-{overall.high:.0f}' if overall else '':>8}", style="dim")
        counts = Counter(issue.severity for issue in report.issues)
        for severity in _SEVERITIES:
            row.append(f"  {counts[severity] or '':>8}", style=_COLOUR[severity])
        row.append(f"  {_shortened_left(_printable(report.document.id), room)}")
        console.print(row, soft_wrap=True)
    console.print()


def _print(line: Text, console: Console, *, indent: int = 0, bullet: Text | None = None, hang: int = 0) -> None:
    """The line wrapped to the console and set in by `indent` columns; `bullet` stands before its first line."""
    width = max(20, min(console.width, _WIDEST) - indent - hang)
    for number, part in enumerate(line.wrap(console, width, overflow="fold")):
        part.rstrip()
        before = bullet if bullet is not None and number == 0 else Text(" " * (indent + (hang if number else 0)))
        console.print(before + part, soft_wrap=True)


def _style(severity: Severity) -> Style:
    return Style(color=_COLOUR[severity], underline=True, bold=severity is Severity.CRITICAL)


def _shortened(text: str, width: int = _LONGEST_QUOTE) -> str:
    return text if cell_len(text) <= width else set_cell_size(text, width - 3).rstrip() + "..."


def _shortened_left(text: str, width: int) -> str:
    """The end of a path tells more than its beginning."""
    if cell_len(text) <= width:
        return text
    return "..." + set_cell_size(text[::-1], width - 3)[::-1]


def _printable(text: str) -> str:
    """Line ends and control characters as spaces, marks of direction left out: they break the layout of a terminal."""
    return "".join(one if one.isprintable() or one in _KEPT else "" if one in _DIRECTIONS else " " for one in text)


_KEPT = "\u00a0\u202f\u3000\u200c\u200d\ufe0f"  # spaces, and joiners without which emoji and Persian fall apart
_DIRECTIONS = "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff\u00ad"


def _is_unicode(console: Console) -> bool:
    return console.encoding.lower().startswith("utf")
