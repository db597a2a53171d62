"""The parts of a link's cost, and the search."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mtqa.pairing.alignment import MOVES, Step, align
from mtqa.pairing.anchors import find_anchors, numbers_of, words_of
from mtqa.pairing.lengths import Floats, LengthModel, cumulative, fit_lengths, length, length_model
from mtqa.pairing.paragraphs import paragraph_starts


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("13,000 and 13.000 and 13 000 and 13\u202f000", {"#13000"}),
        ("3.5 or 3,5 at 12:30", {"#35", "#1230"}),
        ("9.12.2021", {"#9", "#12", "#2021"}),
        ("٢٠١٤ and २०१४ and ２０１４", {"#2014"}),
        ("in 2014 000 left, 007", {"#2014000", "#7"}),
        ("5 1200", {"#5", "#1200"}),
        ("0 none", set()),
    ],
)
def test_numbers_are_compared_by_their_digits(text: str, numbers: set[str]) -> None:
    assert numbers_of(text) == numbers


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("Хабаровска", "Khabarovsk"),
        ("Парламента", "parliament"),
        ("Nováka", "Novák"),
        ("Polizeichef", "Police"),
        ("Αθήνα", "Athina"),
        ("თბილისი", "Tbilisi"),
    ],
)
def test_words_meet_across_languages(source: str, target: str) -> None:
    assert words_of(source) & words_of(target)


@pytest.mark.parametrize(
    ("source", "target"), [("トランプ氏は", "Trump said"), ("他在北京说", "in Beijing"), ("他有42人", "42 men")]
)
def test_sentences_of_other_scripts_are_anchored(source: str, target: str) -> None:
    anchors = find_anchors([source, *["ない"] * 7], ["Nothing else", target, *["None of it"] * 6])
    assert [list(columns) for columns in anchors.columns] == [[1], *[[]] * 7]
    assert anchors.gains[0][0] > 0


def test_a_shared_number_outweighs_a_lonely_one() -> None:
    anchors = find_anchors(["in 2014", "b", "c", "d"], ["in 2014", "b", "in 2015", "d"])
    alike = anchors.lonely_source[0] + anchors.lonely_target[0] - anchors.gains[0][0]
    unlike = anchors.lonely_source[0] + anchors.lonely_target[2]
    assert alike < 0 < unlike


@pytest.mark.parametrize("deviation", [0.0, 0.1, 0.5, 1.0, 1.96, 3.0, 5.0])
def test_mismatch_is_minus_log_of_both_tails(deviation: float) -> None:
    model = LengthModel(1.0, 4.0)
    # (found - 100) / sqrt(4 * (found + 100) / 2) = deviation, solved for `found`
    found = 100 + deviation**2 + deviation * math.sqrt(deviation**2 + 400)
    assert float(model.mismatch(100.0, found)) == pytest.approx(
        -math.log(math.erfc(deviation / math.sqrt(2))), rel=0.01, abs=1e-6
    )


def test_mismatch_stays_finite_and_grows() -> None:
    costs = LengthModel(1.2).mismatch(10.0, np.array([12.0, 50.0, 500.0, 1e6]))
    assert np.all(np.isfinite(costs)) and np.all(np.diff(costs) > 0)


@pytest.mark.parametrize(
    ("text", "expected"), [("abc de", 6), ("a \n b", 3), ("北京", 6), ("かな", 4), ("한국", 4), ("", 1)]
)
def test_length(text: str, expected: float) -> None:
    assert length(text) == expected


def test_lengths_are_fitted_to_the_document() -> None:
    source = np.arange(20.0, 220.0)
    fitted = fit_lengths(length_model(100.0, 100.0), source, source * 1.5)
    assert fitted.ratio == pytest.approx(1.5, abs=0.02)
    assert fitted.variance < LengthModel(1.0).variance
    before = LengthModel(1.1)
    assert fit_lengths(before, np.empty(0), np.empty(0)) is before


@pytest.mark.parametrize(
    ("source", "target", "agree", "differ"),
    [
        ([0, 0, 1, 1], [0, 0, 1, 1], True, True),
        ([0, 0, 0, 0], [0, 0, 0, 0], False, False),  # one paragraph each says nothing
        ([0, 0, 0, 1], [0, 1, 2, 3], False, False),  # too unlike
    ],
)
def test_paragraph_starts(source: list[int], target: list[int], agree: bool, differ: bool) -> None:
    starts = paragraph_starts(source, target)
    head = starts.head(2, 0, 4)
    assert (head[2] < 0) == agree
    assert (head[1] > 0) == differ
    assert (starts.crossing > 0) == differ


class Table:
    """Costs of pairs from a table, by a function of (source, of_source, target, of_target)."""

    def __init__(self, sources: int, targets: int, table: dict[tuple[int, int, int, int], float]) -> None:
        self.sources, self.targets, self.table = sources, targets, table
        self.source_lengths, self.target_lengths = cumulative([1.0] * sources), cumulative([1.0] * targets)

    def alone(self) -> float:
        return 3.0

    def pair(self, source: int, of_source: int, low: int, high: int, of_target: int) -> Floats:
        return np.array([self.table.get((source, of_source, j, of_target), 100.0) for j in range(low, high)])

    def total(self, steps: list[Step]) -> float:
        return sum(
            float(self.pair(one.source, one.of_source, one.target, one.target + 1, one.of_target)[0])
            if one.of_source and one.of_target
            else self.alone()
            for one in steps
        )


def chains(sources: int, targets: int, i: int = 0, j: int = 0) -> list[list[Step]]:
    if (i, j) == (sources, targets):
        return [[]]
    return [
        [Step(i, of_source, j, of_target), *rest]
        for of_source, of_target in MOVES
        if i + of_source <= sources and j + of_target <= targets
        for rest in chains(sources, targets, i + of_source, j + of_target)
    ]


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 4), st.integers(0, 4), st.randoms(use_true_random=False))
def test_the_chain_found_is_the_cheapest(sources: int, targets: int, rng: st.DataObject) -> None:
    keys = itertools.product(range(sources), (1, 2), range(targets), (1, 2))
    costs = Table(sources, targets, {key: float(rng.randint(0, 12)) for key in keys})  # type: ignore[attr-defined]
    cheapest = min(costs.total(chain) for chain in chains(sources, targets))
    assert costs.total(align(costs)) == pytest.approx(cheapest)


def test_the_band_widens_where_the_chain_leaves_the_diagonal() -> None:
    # The first 150 source sentences have no partner, the last 150 target sentences neither.
    costs = Table(300, 300, {(i + 150, 1, i, 1): 0.0 for i in range(150)})
    steps = align(costs)
    assert [(one.source, one.target) for one in steps if one.of_source and one.of_target] == [
        (i + 150, i) for i in range(150)
    ]
    assert align(costs, near=steps) == steps
