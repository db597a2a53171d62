from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.measures.calibration import ReliabilityRow, calibration_error, coverage, reliability


def test_bins_hold_neighbours_and_are_of_nearly_equal_size() -> None:
    rows = reliability([0.9, 0.1, 0.8, 0.2, 0.3], [1, 0, 1, 0, 1], bins=2)
    assert rows == [
        ReliabilityRow(3, pytest.approx(0.2), pytest.approx(1 / 3)),
        ReliabilityRow(2, pytest.approx(0.85), pytest.approx(1.0)),
    ]


@pytest.mark.parametrize(
    ("rows", "scale", "expected"),
    [
        ([ReliabilityRow(3, 0.2, 1 / 3), ReliabilityRow(2, 0.85, 1.0)], 1.0, (3 * (1 / 3 - 0.2) + 2 * 0.15) / 5),
        ([ReliabilityRow(1, 60.0, 50.0), ReliabilityRow(3, 70.0, 72.0)], 100.0, (10 + 3 * 2) / 4 / 100),
        ([ReliabilityRow(7, 0.4, 0.4)], 1.0, 0.0),
    ],
)
def test_the_error_is_weighted_by_size(rows, scale: float, expected: float) -> None:
    assert calibration_error(rows, scale=scale) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("expected", "observed", "bins"), [([], [], 1), ([1.0], [1.0, 2.0], 1), ([1.0], [1.0], 2), ([1.0], [1.0], 0)]
)
def test_bins_that_cannot_be_made_are_an_error(expected, observed, bins: int) -> None:
    with pytest.raises(ValueError, match="bins"):
        reliability(expected, observed, bins=bins)


def test_no_case_is_an_error_never_a_zero() -> None:
    with pytest.raises(ValueError, match="no case"):
        calibration_error([])
    with pytest.raises(ValueError, match="no case"):
        coverage([], [], [])


def test_borders_are_inside() -> None:
    assert coverage([0, 0, 5, 5], [10, 10, 9, 9], [0, 10, 4.9, 7]) == pytest.approx(3 / 4)


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=30), st.integers(1, 10))
def test_no_case_is_lost(pairs: list[tuple[float, bool]], bins: int) -> None:
    bins = min(bins, len(pairs))
    rows = reliability([value for value, _ in pairs], [float(hit) for _, hit in pairs], bins=bins)
    assert [row.expected for row in rows] == sorted(row.expected for row in rows)
    assert sum(row.count for row in rows) == len(pairs)
    assert sum(row.count * row.observed for row in rows) == pytest.approx(sum(hit for _, hit in pairs))
