from __future__ import annotations

import pytest

from mtqa.schema.document import Segment, Span
from mtqa.schema.issue import Category, Evidence, EvidenceKind, Issue, Severity
from mtqa.scoring.mqm import ceiling, penalty

NUMBERS = {
    "points_minor": 5.0,
    "points_major": 20.0,
    "points_critical": 40.0,
    "cap_critical": 40.0,
    "floor_untranslated": 3.0,
    "cap_whole": 15.0,
}
MINOR, MAJOR, CRITICAL = Severity.MINOR, Severity.MAJOR, Severity.CRITICAL


def issue(severity: Severity, confidence: float = 1.0, size: int = 10, category: Category = Category.NUMBER) -> Issue:
    evidence = (Evidence(EvidenceKind.DOCUMENT, "there"),)
    return Issue("a-rule", Span(0, size), category, severity, confidence, "m", evidence)


@pytest.mark.parametrize(
    ("issues", "points"),
    [
        ([], 0.0),
        ([issue(MINOR)], 5.0),
        ([issue(MAJOR, 0.5)], 10.0),
        ([issue(CRITICAL), issue(MINOR), issue(MINOR, 0.0)], 45.0),
    ],
)
def test_issues_cost_points_by_severity_and_confidence(issues: list[Issue], points: float) -> None:
    assert penalty(issues, NUMBERS) == pytest.approx(points)


@pytest.mark.parametrize(
    ("issues", "cap"),
    [
        ([], 100.0),
        ([issue(MINOR), issue(MAJOR)], 100.0),
        ([issue(CRITICAL)], 40.0),
        ([issue(CRITICAL, size=100)], 15.0),
        ([issue(MAJOR, size=100)], 100.0),
        ([issue(MAJOR, category=Category.UNTRANSLATED)], 100.0),
        ([issue(CRITICAL, category=Category.UNTRANSLATED, size=100)], 3.0),
        ([issue(CRITICAL, category=Category.UNTRANSLATED, size=200)], 3.0),
        ([issue(CRITICAL, category=Category.UNTRANSLATED, size=50)], 23.0),
        ([issue(CRITICAL, category=Category.UNTRANSLATED, size=1)], 40.0),
    ],
)
def test_critical_issues_cap_the_score(issues: list[Issue], cap: float) -> None:
    assert ceiling(Segment(0, Span(0, 100)), issues, NUMBERS) == pytest.approx(cap)


def test_the_share_of_an_empty_segment_is_no_error() -> None:
    passage = issue(CRITICAL, category=Category.UNTRANSLATED)
    assert ceiling(Segment(0, Span(0, 0)), [passage], NUMBERS) == pytest.approx(3.0)
