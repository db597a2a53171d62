"""The HTML report: one offline file, no network, readable without JavaScript, on a phone and in print.

Style and script are inline and named by their hash in the content security policy: nothing else runs, whatever the
checked text holds. So no element carries a style attribute; drawings are SVG with presentation attributes.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from importlib.resources import files

from mtqa.reporting.bands import BANDS, band_of
from mtqa.reporting.highlights import Highlight, highlights_by_segment
from mtqa.reporting.issue_cards import count_of, issue_card, language_of_source, text_of
from mtqa.reporting.sources import skipped_by_reason, source_of
from mtqa.schema.document import Segment, SegmentKind
from mtqa.schema.estimate import QualityEstimate
from mtqa.schema.issue import Severity
from mtqa.schema.report import Report

_STRIP_HEIGHT = 56  # units of the drawing
_LEAST_BARS = 20  # a strip of fewer segments does not fill the width
_TICK = 5  # height of the mark that says a segment has issues
_TAGS = {SegmentKind.HEADING: "h3", SegmentKind.CROSSHEAD: "h3", SegmentKind.LIST_ITEM: "li"}


def render(reports: Sequence[Report]) -> str:
    """All documents in one page, with a contents list where there are several."""
    title = reports[0].document.id if len(reports) == 1 else f"{len(reports)} documents"
    style, script = _asset("report.css"), _asset("report.js")
    policy = f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; base-uri 'none'"
    body = "".join(_document(report, number) for number, report in enumerate(reports))
    signature = text_of(reports[0].signature) if reports else ""
    bands = ", ".join(f"{band.name} from {band.least:.0f}" for band in BANDS)
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>mtqa: {text_of(title)}</title>\n<style>{style}</style>\n</head>\n<body>\n"
        '<header class="top"><h1>mtqa <span>translation quality report</span></h1>'
        '<button id="theme" type="button" aria-label="switch between light and dark">◐</button></header>\n'
        f"<main>\n{_contents(reports)}{body}</main>\n"
        f"<footer>Scores 0–100 with an 80% interval; {bands}. <code>{signature}</code></footer>\n"
        f"<script>{script}</script>\n</body>\n</html>\n"
    )


def _contents(reports: Sequence[Report]) -> str:
    if len(reports) < 2:
        return ""
    rows = "".join(
        f'<li>{_badge(report)}<a href="#d{number}">{text_of(report.document.id)}</a>'
        f"<small>{'not scored' if report.refused else count_of(report.issues)}</small></li>"
        for number, report in enumerate(reports)
    )
    return f'<nav class="contents" aria-label="documents"><ol>{rows}</ol></nav>\n'


def _badge(report: Report) -> str:
    if report.overall is None:
        return '<b class="badge">–</b>'
    return f'<b class="badge {band_of(report.overall.score).name}">{report.overall.score:.0f}</b>'


def _document(report: Report, number: int) -> str:
    head = (
        f'<section class="document" id="d{number}" aria-labelledby="d{number}t">\n'
        f'<h2 id="d{number}t">{text_of(report.document.id)}</h2>\n'
    )
    notes = "".join(f'<p class="note">{text_of(note)}</p>\n' for note in report.notes)
    if report.overall is None:
        empty = "" if report.refused else '<p class="note">Nothing to score: no text.</p>\n'
        return f"{head}{notes}{empty}</section>\n"
    highlights = highlights_by_segment(report)
    article = f'<article lang="{text_of(report.document.language)}">{"".join(_article(report, number, highlights))}'
    issues = ""
    if report.issues:
        cards = "".join(issue_card(report, issue, number, order) for order, issue in enumerate(report.issues))
        issues = (
            f'<aside aria-labelledby="d{number}l"><h3 id="d{number}l">Issues '
            f'<output class="shown">{len(report.issues)}</output></h3><ol>{cards}</ol></aside>'
        )
    return (
        f"{head}{notes}{_overall(report, report.overall)}{_strip(report, highlights)}{_filters(report, number)}"
        f'<div class="columns{"" if issues else " single"}">{article}</article>\n{issues}</div>\n'
        f"{_skipped(report)}</section>\n"
    )


def _overall(report: Report, overall: QualityEstimate) -> str:
    band = band_of(overall.score).name
    bands = Counter(band_of(estimate.score).name for estimate in report.estimates)
    shares = " · ".join(f"{bands[one.name]} {one.name}" for one in BANDS if bands[one.name])
    count = len(report.estimates)
    dated = f" · offices as of {report.document.date.isoformat()}" if report.document.date else ""
    low, width = overall.low * 2, max(2.0, (overall.high - overall.low) * 2)
    return (
        f'<div class="overall {band}"><p class="figure"><b>{overall.score:.0f}</b> <span>{band}</span></p>'
        f'<svg viewBox="0 0 200 14" role="img" aria-label="score {overall.score:.0f}, 80% interval {overall.low:.0f} '
        f'to {overall.high:.0f}"><rect class="rail" x="0" y="5" width="200" height="4" rx="2"/>'
        f'<rect class="range" x="{low:.0f}" y="2" width="{width:.0f}" height="10" rx="5"/>'
        f'<circle cx="{overall.score * 2:.0f}" cy="7" r="6"/></svg>'
        f'<p class="facts">80% interval {overall.low:.0f}–{overall.high:.0f}<br>{count} '
        f"segment{'s' if count != 1 else ''}: {shares}<br>{count_of(report.issues)}{dated}</p></div>\n"
    )


def _strip(report: Report, highlights: Sequence[Sequence[Highlight]]) -> str:
    """One bar per segment: the lower the score, the taller; a tick where there are issues; a click jumps there."""
    count = len(report.estimates)
    bars = []
    for segment, estimate, marks in zip(report.document.segments, report.estimates, highlights, strict=True):
        height = 4 + (100 - estimate.score) / 100 * (_STRIP_HEIGHT - _TICK - 6)
        x, number = segment.index * 10, segment.index + 1
        tick = ""
        if marks:
            worst = max((one.issue.severity for one in marks), key=lambda severity: severity.rank)
            tick = f'<rect class="tick {worst}" x="{x}" y="0" width="8.5" height="{_TICK}"/>'
        bars.append(
            f'<g data-segment="{segment.index}"><title>{number}: score {estimate.score:.0f}, {count_of(marks)}</title>'
            f'<rect class="reach" x="{x}" y="0" width="10" height="{_STRIP_HEIGHT}"/>'
            f'<rect class="{band_of(estimate.score).name}" x="{x}" y="{_STRIP_HEIGHT - height:.1f}" width="8.5" '
            f'height="{height:.1f}"/>{tick}</g>'
        )
    # A picture for screen readers: the same figures stand at the segments, and hundreds of tab stops help nobody.
    return (
        f'<svg class="strip" viewBox="0 0 {max(count, _LEAST_BARS) * 10} {_STRIP_HEIGHT}" preserveAspectRatio="none" '
        'role="img" '
        f'aria-label="quality along the document, taller is poorer">{"".join(bars)}</svg>\n'
    )


def _filters(report: Report, number: int) -> str:
    scores = '<label><input type="checkbox" data-scores> all scores</label>'
    if any(source_of(report.document, segment) for segment in report.document.segments):
        scores += '<label><input type="checkbox" data-sources> source</label>'  # shown by the style sheet alone
    if not report.issues:
        return f'<p class="clean">No issues found.</p>\n<form class="filters">{scores}</form>\n'
    rules = Counter(issue.rule for issue in report.issues)
    severities = Counter(issue.severity for issue in report.issues)
    by_severity = "".join(
        f'<label class="{severity}"><input type="checkbox" data-severity="{severity}" checked> {severity} '
        f"<i>{severities[severity]}</i></label>"
        for severity in reversed(Severity)
        if severities[severity]
    )
    by_rule = "".join(
        f'<label><input type="checkbox" data-rule="{text_of(rule)}" checked> {text_of(rule)} <i>{count}</i></label>'
        for rule, count in sorted(rules.items())
    )
    least = int(min(issue.confidence for issue in report.issues) * 20) * 5
    slider = (
        f'<label for="d{number}c">from <input id="d{number}c" type="range" min="{least}" max="100" step="5" '
        f'value="{least}"> <output>{least}%</output> sure</label>'
    )
    return (
        '<details class="choose" open><summary>Filters</summary><form class="filters">'
        f"<fieldset><legend>severity</legend>{by_severity}</fieldset>"
        f"<fieldset><legend>rule</legend>{by_rule}</fieldset>"
        f"<fieldset><legend>show</legend>{slider}{scores}</fieldset></form></details>\n"
    )


def _article(report: Report, number: int, highlights: Sequence[Sequence[Highlight]]) -> Iterator[str]:
    """The text with highlights, paragraph by paragraph, in the document's own order."""
    opened = ""
    previous: Segment | None = None
    for segment, estimate, marks in zip(report.document.segments, report.estimates, highlights, strict=True):
        tag = _TAGS.get(segment.kind, "p")
        if previous is None or segment.paragraph != previous.paragraph or tag != "p" or opened != "p":
            if opened:
                yield f"</{opened}>\n"
            if (tag == "li") != (opened == "li"):
                yield "<ul>\n" if tag == "li" else "</ul>\n"
            yield f'<{tag} class="{segment.kind}" dir="auto">'
            opened = tag
        else:
            yield text_of(report.document.text[previous.span.end : segment.span.start])
        yield (
            f'<span class="segment" id="d{number}s{segment.index}">'
            f"{_marked(report, number, segment, marks)}{_score(segment, estimate)}{_source(report, segment)}</span>"
        )
        previous = segment
    if opened:
        yield f"</{opened}>\n" + ("</ul>\n" if opened == "li" else "")


def _source(report: Report, segment: Segment) -> str:
    """What a sentence translates, under it where the reader asks for sources."""
    source = source_of(report.document, segment)
    if source is None:
        return ""
    return f'<span class="source" dir="auto"{language_of_source(report)}>{text_of(source)}</span>'


def _score(segment: Segment, estimate: QualityEstimate) -> str:
    """The score behind a sentence; a tap says what moved it."""
    drivers = text_of("; ".join(estimate.drivers))
    interval = f"{estimate.low:.0f}–{estimate.high:.0f}"
    return (
        f'<button type="button" class="score {band_of(estimate.score).name}" data-interval="{interval}" '
        f'data-drivers="{drivers}" aria-label="segment {segment.index + 1}: score {estimate.score:.0f}, '
        f'interval {interval}">{estimate.score:.0f}</button>'
    )


def _marked(report: Report, number: int, segment: Segment, highlights: Sequence[Highlight]) -> str:
    text = report.document.text
    pieces, at = [], segment.span.start
    for one in highlights:
        issue, place = one.issue, f"d{number}i{one.order}"
        hint = f"{issue.severity} {issue.rule}: {issue.message}"
        if issue.suggestion is not None:
            hint += f" Suggestion: {issue.suggestion.strip() or 'leave it out'}"
        name = f'id="d{number}m{one.order}" ' if one.first else ""
        pieces.append(text_of(text[at : one.span.start]))
        pieces.append(
            f'<mark {name}class="{issue.severity}" dir="auto" tabindex="0" role="button" aria-describedby="{place}" '
            f'data-rule="{text_of(issue.rule)}" data-severity="{issue.severity}" '
            f'data-confidence="{issue.confidence:.3f}" data-issue="{place}" data-number="{one.order + 1}" '
            f'title="{text_of(hint)}">{text_of(one.span.of(text))}</mark>'
        )
        at = one.span.end
    pieces.append(text_of(text[at : segment.span.end]))
    return "".join(pieces)


def _skipped(report: Report) -> str:
    if not report.skipped:
        return ""
    rows = "".join(
        f"<li><b>{text_of(', '.join(names))}</b>: {text_of(reason)}</li>"
        for reason, names in skipped_by_reason(report.skipped)
    )
    return f'<details class="skipped"><summary>What was not used</summary><ul>{rows}</ul></details>\n'


def _asset(name: str) -> str:
    raw = files("mtqa.reporting").joinpath(name).read_text(encoding="utf-8")
    return "\n" + re.sub(r"\r\n?", "\n", raw)


def _hash(content: str) -> str:
    """As the content security policy writes it: of the exact characters between the tags."""
    return "sha256-" + base64.b64encode(hashlib.sha256(content.encode("utf-8")).digest()).decode("ascii")
