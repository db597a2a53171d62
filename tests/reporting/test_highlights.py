from __future__ import annotations

from hypothesis import given

from mtqa.reporting.highlights import highlights_by_segment
from mtqa.schema.report import Report
from tests.reporting import samples
from tests.reporting.test_json import reports


def test_an_issue_across_segments_is_marked_in_both() -> None:
    report = samples.awkward()
    _, second, third = highlights_by_segment(report)
    assert [(one.span.of(report.document.text), one.first) for one in (*second, *third)] == [
        ("“here", True),
        ("there”", False),
    ]


@given(reports())
def test_highlights_lie_in_their_segment_and_never_overlap(report: Report) -> None:
    at = 0
    for segment, group in zip(report.document.segments, highlights_by_segment(report), strict=True):
        for one in group:
            assert at <= one.span.start < one.span.end
            assert segment.span.contains(one.span)
            assert one.issue.span.contains(one.span)
            assert report.issues[one.order] is one.issue
            at = one.span.end


@given(reports())
def test_every_character_of_an_issue_inside_a_segment_is_highlighted(report: Report) -> None:
    marked = {
        at for group in highlights_by_segment(report) for one in group for at in range(one.span.start, one.span.end)
    }
    wanted = {at for issue in report.issues for at in range(issue.span.start, issue.span.end)}
    inside = {at for segment in report.document.segments for at in range(segment.span.start, segment.span.end)}
    assert marked == wanted & inside
