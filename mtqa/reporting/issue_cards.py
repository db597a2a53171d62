"""One issue as a card of the HTML report: what to change, why, and on what evidence."""

from __future__ import annotations

import re
from collections.abc import Sized
from html import escape

from mtqa.reporting.sources import source_of
from mtqa.schema.issue import Evidence, Issue
from mtqa.schema.report import Report

# HTML forbids control characters, and lone surrogates have no UTF-8 form.
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_LONGEST = 160  # characters of a span that a card repeats


def issue_card(report: Report, issue: Issue, number: int, order: int) -> str:
    """The card of the issue at `order` of the document `number`; both count from 0."""
    evidence = "".join(f"<li>{_evidence(one)}</li>" for one in issue.evidence)
    related = "".join(
        f"<li>see also <bdi>{text_of(_shortened(span.of(report.document.text)))}</bdi></li>" for span in issue.related
    )
    return (
        f'<li class="card {issue.severity}" id="d{number}i{order}" data-rule="{text_of(issue.rule)}" '
        f'data-severity="{issue.severity}" data-confidence="{issue.confidence:.3f}">'
        f'<p class="head"><i class="number">{order + 1}</i> <b class="tag">{issue.severity}</b> '
        f'<a href="#d{number}m{order}">{text_of(issue.rule)}</a> <small>{issue.confidence * 100:.0f}% sure</small></p>'
        f'<p class="change">{_change(report, issue)}</p><p>{text_of(issue.message)}</p>'
        f"<details><summary>evidence</summary><ul>{evidence}{related}{_source(report, issue)}</ul></details></li>"
    )


def count_of(issues: Sized) -> str:
    """A number of issues in words."""
    return f"{len(issues)} issue{'s' if len(issues) != 1 else ''}"


def text_of(text: str) -> str:
    """Escaped, with characters that HTML forbids or that have no UTF-8 form shown as a replacement character."""
    return escape(_UNFIT.sub("\ufffd", text), quote=True)


def language_of_source(report: Report) -> str:
    """The attribute that names the language of the source, with a space before it; empty if it is not known."""
    language = report.document.source_language
    return f' lang="{text_of(language)}"' if language else ""


def _source(report: Report, issue: Issue) -> str:
    document = report.document
    source = source_of(document, document.segments[document.owner_of(issue.span.start)])
    return "" if source is None else f"<li>source <bdi{language_of_source(report)}>{text_of(source)}</bdi></li>"


def _change(report: Report, issue: Issue) -> str:
    written = text_of(_shortened(issue.span.of(report.document.text)))
    if issue.suggestion is None:
        return f'<q dir="auto">{written}</q>'
    if not issue.suggestion.strip():
        return f'<del dir="auto">{written}</del> <em>leave it out</em>'
    proposed = f'<ins dir="auto">{text_of(issue.suggestion)}</ins>'
    return f'<del dir="auto">{written}</del> <span class="arrow">→</span> {proposed}'


def _evidence(one: Evidence) -> str:
    value = "" if one.value is None else f" <b>{one.value:.1f} {text_of(one.unit or '')}</b>"
    source = f" <small>{text_of(one.source)}</small>" if one.source else ""
    return f"{text_of(one.detail)}{value}{source}"


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
