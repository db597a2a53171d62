from __future__ import annotations

import pickle

import pytest

from mtqa.reporting.json import issues_by_segment
from mtqa.schema.report import Report
from tests.reporting import samples


@pytest.mark.parametrize("report", samples.all_reports(), ids=lambda report: report.document.id[:12])
def test_every_issue_is_in_exactly_one_segment(report: Report) -> None:
    groups = [list(report.issues_in(segment)) for segment in report.document.segments]
    assert [issue for group in groups for issue in group] == list(report.issues)
    assert groups == issues_by_segment(report)


def test_reports_travel_between_processes() -> None:
    report = samples.article()
    assert pickle.loads(pickle.dumps(report)) == report
