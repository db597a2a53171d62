from __future__ import annotations

from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mtqa.detecting.overlaps import resolve_overlaps
from mtqa.schema.document import Span
from mtqa.schema.issue import Category, Evidence, EvidenceKind, Issue, Severity

EVIDENCE = (Evidence(EvidenceKind.DOCUMENT, "there"),)


def issue(
    start: int,
    end: int,
    severity: Severity = Severity.MINOR,
    confidence: float = 0.8,
    suggestion: str | None = None,
    rule: str = "a-rule",
) -> Issue:
    return Issue(rule, Span(start, end), Category.NUMBER, severity, confidence, "m", EVIDENCE, suggestion)


@pytest.mark.parametrize(
    ("stays", "goes"),
    [
        pytest.param(
            issue(0, 40, Severity.CRITICAL), issue(5, 9, Severity.MAJOR, 0.99, "x"), id="a passage over a name in it"
        ),
        pytest.param(issue(5, 9, Severity.MAJOR, 0.6), issue(0, 20, confidence=0.99), id="a name over odd words"),
        pytest.param(issue(0, 20, suggestion="x"), issue(5, 9, confidence=0.99), id="who says what to write"),
        pytest.param(issue(5, 9, suggestion="x"), issue(0, 40, confidence=0.99, suggestion="y"), id="the exact place"),
        pytest.param(issue(0, 9, confidence=0.9), issue(0, 9, confidence=0.6, rule="a"), id="the surer one"),
        pytest.param(issue(0, 9, rule="a"), issue(0, 9, rule="b"), id="the first by name"),
        pytest.param(issue(0, 9), issue(8, 17), id="the first in the text"),
    ],
)
def test_of_two_that_overlap_one_speaks(stays: Issue, goes: Issue) -> None:
    assert resolve_overlaps([stays, goes]) == resolve_overlaps([goes, stays]) == (stays,)


def test_neighbours_both_stay_in_text_order() -> None:
    first, second = issue(0, 5), issue(5, 9, Severity.CRITICAL)
    assert resolve_overlaps([second, first]) == (first, second)


def test_who_was_silenced_silences_nobody() -> None:
    critical, major, minor = issue(0, 5, Severity.CRITICAL), issue(4, 10, Severity.MAJOR), issue(8, 12)
    assert resolve_overlaps([minor, major, critical]) == (critical, minor)


ISSUES = st.builds(
    lambda start, length, severity, confidence, suggestion, rule: issue(
        start, start + length, severity, confidence, suggestion, rule
    ),
    st.integers(0, 40),
    st.integers(1, 12),
    st.sampled_from(Severity),
    st.sampled_from([0.5, 0.7, 0.9]),
    st.sampled_from([None, "", "x"]),
    st.sampled_from(["a", "b"]),
)


@given(st.lists(ISSUES, max_size=12), st.randoms(use_true_random=False))
def test_the_rest_is_free_of_overlaps_whatever_the_order(issues: list[Issue], random: Random) -> None:
    kept = resolve_overlaps(issues)
    shuffled = list(issues)
    random.shuffle(shuffled)
    assert resolve_overlaps(shuffled) == kept
    assert all(one.span.end <= other.span.start for one, other in pairwise(kept))
    for gone in set(issues) - set(kept):
        assert any(gone.span.overlaps(one.span) and one.severity.rank >= gone.severity.rank for one in kept)
