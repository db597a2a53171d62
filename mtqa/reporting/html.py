"""The HTML report: one offline file, no network, readable without JavaScript, on a phone and in print."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from html import escape
from importlib.resources import files

from mtqa.reporting.bands import band_of
from mtqa.reporting.json import issues_by_segment
from mtqa.schema.document import Segment, SegmentKind
from mtqa.schema.estimate import QualityEstimate
from mtqa.schema.issue import Issue, Severity
from mtqa.schema.report import Report

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"
_STRIP_HEIGHT = 48
_TAGS = {SegmentKind.HEADING: "h3", SegmentKind.CROSSHEAD: "h4", SegmentKind.LIST_ITEM: "li"}


def render(reports: Sequence[Report]) -> str:
    """All documents in one page, with a contents list where there are several."""
    title = reports[0].document.id if len(reports) == 1 else f"{len(reports)} documents"
    body = "".join(_document(report, number) for number, report in enumerate(reports))
    signature = escape(reports[0].signature) if reports else ""
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>mtqa: {_text(title)}</title>\n<style>\n{_asset('report.css')}</style>\n</head>\n<body>\n"
        '<header class="top"><span class="brand">mtqa</span><span class="sub">translation quality report</span>'
        '<button id="theme" type="button" aria-label="switch between light and dark">◐</button></header>\n'
        f"<main>\n{_contents(reports)}{body}</main>\n"
        f"<footer>Scores 0–100 with an 80 % interval. <code>{signature}</code></footer>\n"
        f"<script>\n{_asset('report.js')}</script>\n</body>\n</html>\n"
    )


def _contents(reports: Sequence[Report]) -> str:
    if len(reports) < 2:
        return ""
    rows = "".join(
        f'<li><a href="#d{number}">{_text(report.document.id)}</a> {_badge(report.overall)} '
        f"<small>{len(report.issues)} issues</small></li>"
        for number, report in enumerate(reports)
    )
    return f'<nav class="contents" aria-label="documents"><ol>{rows}</ol></nav>\n'


def _document(report: Report, number: int) -> str:
    head = f'<section class="document" id="d{number}">\n<h2>{_text(report.document.id)}</h2>\n'
    notes = "".join(f'<p class="note">{_text(note)}</p>\n' for note in report.notes)
    if report.overall is None:
        empty = "" if report.refused else "<p>Nothing to score.</p>\n"
        return f"{head}{notes}{empty}</section>\n"
    groups = issues_by_segment(report)
    skipped = "".join(f"<li><b>{_text(one.name)}</b>: {_text(one.reason)}</li>" for one in report.skipped)
    return (
        f"{head}{notes}{_gauge(report.overall)}{_strip(report, number, groups)}{_filters(report)}"
        f'<div class="columns"><article lang="en">{"".join(_article(report, number, groups))}</article>\n'
        f'<aside aria-label="issues"><h3>Issues <span class="shown">{len(report.issues)}</span></h3>'
        f"{_issue_list(report, number)}</aside></div>\n"
        + (
            f'<details class="skipped"><summary>What was not used</summary><ul>{skipped}</ul></details>\n'
            if skipped
            else ""
        )
        + "</section>\n"
    )


def _gauge(overall: QualityEstimate) -> str:
    band = band_of(overall.score).name
    return (
        f'<div class="gauge {band}"><b>{overall.score:.0f}</b><span>of 100 · {band}</span>'
        f'<svg viewBox="0 0 200 14" role="img" aria-label="score {overall.score:.0f}, interval {overall.low:.0f} to '
        f'{overall.high:.0f}"><rect class="rail" x="0" y="5" width="200" height="4" rx="2"/>'
        f'<rect class="range" x="{overall.low * 2:.0f}" y="3" width="{max(2, (overall.high - overall.low) * 2):.0f}" '
        f'height="8" rx="4"/><circle cx="{overall.score * 2:.0f}" cy="7" r="6"/></svg>'
        f"<small>80 % interval {overall.low:.0f}–{overall.high:.0f}</small></div>\n"
    )


def _strip(report: Report, number: int, groups: Sequence[Sequence[Issue]]) -> str:
    """One bar per segment: the lower the score, the taller; a dot where there are issues; a click jumps there."""
    count = len(report.estimates)
    width = max(4.0, min(24.0, 960 / count))
    bars = []
    for segment, estimate in zip(report.document.segments, report.estimates, strict=True):
        height = 6 + (100 - estimate.score) / 100 * (_STRIP_HEIGHT - 10)
        x = segment.index * width
        label = f"segment {segment.index + 1}: {estimate.score:.0f}, {len(groups[segment.index])} issues"
        dot = f'<circle cx="{x + width / 2:.1f}" cy="3" r="2"/>' if groups[segment.index] else ""
        bars.append(
            f'<a href="#d{number}s{segment.index}" aria-label="{label}"><title>{label}</title>'
            f'<rect class="{band_of(estimate.score).name}" x="{x:.1f}" y="{_STRIP_HEIGHT - height:.1f}" '
            f'width="{max(2.0, width - 1.5):.1f}" height="{height:.1f}" rx="1"/>{dot}</a>'
        )
    return (
        f'<svg class="strip" viewBox="0 0 {count * width:.1f} {_STRIP_HEIGHT}" preserveAspectRatio="none" '
        f'role="navigation" aria-label="quality along the document">{"".join(bars)}</svg>\n'
    )


def _filters(report: Report) -> str:
    if not report.issues:
        return '<p class="clean">No issues found.</p>\n'
    rules = Counter(issue.rule for issue in report.issues)
    severities = Counter(issue.severity for issue in report.issues)
    boxes = [
        f'<label class="{severity}"><input type="checkbox" data-severity="{severity}" checked> {severity} '
        f"<i>{severities[severity]}</i></label>"
        for severity in reversed(Severity)
        if severities[severity]
    ]
    boxes += [
        f'<label><input type="checkbox" data-rule="{escape(rule)}" checked> {escape(rule)} <i>{count}</i></label>'
        for rule, count in sorted(rules.items())
    ]
    slider = (
        '<label class="confidence">confidence from <input type="range" min="0" max="100" step="5" value="0" '
        'aria-label="least confidence"> <output>0 %</output></label>'
    )
    return f'<form class="filters" aria-label="filters">{"".join(boxes)}{slider}</form>\n'


def _article(report: Report, number: int, groups: Sequence[Sequence[Issue]]) -> Iterator[str]:
    """The text with highlights, paragraph by paragraph, in the document's own order."""
    opened = ""
    previous: Segment | None = None
    for segment, estimate in zip(report.document.segments, report.estimates, strict=True):
        tag = _TAGS.get(segment.kind, "p")
        starts = previous is None or segment.paragraph != previous.paragraph or tag != "p" or opened != "p"
        if starts:
            if opened:
                yield f"</{opened}>\n"
            yield f'<{tag} class="{segment.kind}">'
            opened = tag
        else:
            yield " "
        band = band_of(estimate.score).name
        score = f"{estimate.score:.0f} ({estimate.low:.0f}–{estimate.high:.0f})"
        yield (
            f'<span class="segment {band}" id="d{number}s{segment.index}" data-score="{score}">'
            f"{_marked(report, number, segment, groups[segment.index])}</span>"
        )
        previous = segment
    if opened:
        yield f"</{opened}>\n"


def _marked(report: Report, number: int, segment: Segment, issues: Sequence[Issue]) -> str:
    text = report.document.text
    pieces, at = [], segment.span.start
    for issue in issues:
        start, end = max(at, issue.span.start), min(segment.span.end, issue.span.end)
        if start >= end:
            continue
        order = report.issues.index(issue)
        hint = f"{issue.severity} {issue.rule}: {issue.message}"
        if issue.suggestion is not None:
            hint += f" Suggestion: {issue.suggestion.strip() or 'leave it out'}"
        pieces.append(_text(text[at:start]))
        pieces.append(
            f'<mark class="{issue.severity}" tabindex="0" role="button" data-rule="{escape(issue.rule)}" '
            f'data-severity="{issue.severity}" data-confidence="{issue.confidence:.3f}" data-issue="d{number}i{order}" '
            f'title="{_text(hint)}">{_text(text[start:end])}</mark>'
        )
        at = end
    pieces.append(_text(text[at : segment.span.end]))
    return "".join(pieces)


def _issue_list(report: Report, number: int) -> str:
    return f"<ol>{''.join(_issue_card(report, issue, number, at) for at, issue in enumerate(report.issues))}</ol>"


def _issue_card(report: Report, issue: Issue, number: int, order: int) -> str:
    written = issue.span.of(report.document.text)
    shown = written if len(written) <= 90 else written[:87] + "…"
    change = f"<del>{_text(shown)}</del>"
    if issue.suggestion is None:
        change = f"<q>{_text(shown)}</q>"
    elif issue.suggestion.strip():
        change += f" <ins>{_text(issue.suggestion)}</ins>"
    else:
        change += " <em>leave it out</em>"
    evidence = "".join(
        f"<li>{_text(one.detail)}"
        + (f" <b>{one.value:.1f} {_text(one.unit or '')}</b>" if one.value is not None else "")
        + (f" <small>{_text(one.source)}</small>" if one.source else "")
        + "</li>"
        for one in issue.evidence
    )
    segment = report.document.segment_at(issue.span.start)
    place = f"#d{number}s{segment.index}" if segment else f"#d{number}"
    return (
        f'<li class="card {issue.severity}" id="d{number}i{order}" data-rule="{escape(issue.rule)}" '
        f'data-severity="{issue.severity}" data-confidence="{issue.confidence:.3f}">'
        f'<div class="head"><b class="tag">{issue.severity}</b> <a href="{place}">{escape(issue.rule)}</a>'
        f"<small>{issue.confidence:.0%} sure</small></div>"
        f'<p class="change">{change}</p><p>{_text(issue.message)}</p>'
        f"<details><summary>evidence</summary><ul>{evidence}</ul></details></li>"
    )


def _badge(overall: QualityEstimate | None) -> str:
    if overall is None:
        return '<b class="badge">–</b>'
    return f'<b class="badge {band_of(overall.score).name}">{overall.score:.0f}</b>'


def _text(text: str) -> str:
    """Escaped, with characters that HTML forbids or that have no UTF-8 form shown as a replacement character."""
    clean = "".join(
        "\ufffd" if (ord(one) < 32 and one not in "\t\n\r") or "\ud800" <= one <= "\udfff" or one == "\x7f" else one
        for one in text
    )
    return escape(clean, quote=True)


def _asset(name: str) -> str:
    return files("mtqa.reporting").joinpath(name).read_text(encoding="utf-8")
