from __future__ import annotations

from collections.abc import Sequence

import pytest

from eval.datasets.wmt_news import SegmentScore, SystemRating
from eval.run import SUITES
from eval.suites import systems
from eval.suites.rated_lines import SOURCE_SCORERS, Origin
from eval.suites.systems import shared_lines, shared_origins, shared_segments


class Checker:
    signature = "mtqa:test"


def rating(pair: str, system: str, z: float, *translations: str) -> SystemRating:
    return SystemRating(22, pair, system, translations, 50.0 + z, z, len(translations))


# aa: people order A < B < C; bb: A < B. The texts are the scores, and where they are long, the length.
RATED = {
    "aa": [
        rating("aa", "A", -1.0, "1", "2", "1", " "),
        rating("aa", "B", 0.0, "4", "4", "4", "9"),
        rating("aa", "C", 1.0, "3 0", "3 0", "3 0", "9 0"),
    ],
    "bb": [rating("bb", "A", -0.5, "1", "1", "1", "1"), rating("bb", "B", 0.5, "2", "2", "2", "2")],
}


def segment_scores(year: int, pair: str) -> list[SegmentScore]:
    assert year == 22
    found = []
    for one in RATED[pair]:
        for segment in range(1, 9):
            found.append(SegmentScore(one.system, segment, 0, 50.0, one.z, 1))
    # A segment that one system lacks, and a human translation.
    found.append(SegmentScore("A", 99, 0, 50.0, 9.0, 1))
    found.append(SegmentScore("HUMAN", 1, 0, 50.0, 9.0, 1))
    return found


def scores(lines: Sequence[str], scorer: str, origins: Sequence[Origin]) -> list[float]:
    if scorer in SOURCE_SCORERS:  # the number in the source
        return [float(origin.source.split()[0]) for origin in origins]
    return [-float(len(line)) if scorer == "length" else float(line.split()[0]) for line in lines]


@pytest.fixture(autouse=True)
def fakes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(systems.wmt_news, "PAIRS", {22: tuple(RATED)})
    monkeypatch.setattr(systems.wmt_news, "system_ratings", lambda year, pair: RATED[pair])
    monkeypatch.setattr(systems, "data_file", lambda name: name)
    monkeypatch.setattr(systems.wmt_news, "read_lines", lambda path: [f"{number} {path[-2:]}" for number in range(4)])
    monkeypatch.setattr(systems.wmt_news, "segment_scores", segment_scores)
    monkeypatch.setattr(systems, "checker", Checker)
    monkeypatch.setattr(systems, "scores", scores)


def test_accuracy_counts_all_pairs_of_systems_alike() -> None:
    figures = systems.run(lines=None, scorers=("score",))["figures"]
    # aa: A < B and A < C right, B < C wrong; bb: right.
    assert figures["pairs_of_systems"] == 4
    assert figures["systems_pairwise_accuracy"] == 0.75
    # Both are sure everywhere (three equal lines say p = 1/8, eight segments 1/256), but B < C is the wrong way round.
    assert 0.6 < figures["systems_spa"] < 0.8


def test_the_longer_system_is_the_better_one_in_the_baseline() -> None:
    figures = systems.run(lines=None, scorers=("length",))["figures"]
    # On the three lines that all filled: C is longer than A and B, A and B are of the same length; bb: the same length.
    assert figures["systems_pairwise_accuracy_of_length"] == 0.5
    # Of all lines A has a blank one: "1" "2" "1" " " are three words, B has four, C eight.
    assert figures["systems_pairwise_accuracy_of_words_of_all_lines"] == 0.75
    assert figures["systems_pairwise_accuracy_of_characters_of_all_lines"] == 0.5


def test_details_hold_the_scores_of_both_sides() -> None:
    details = systems.run(lines=2, scorers=("score", "length"))["details"]
    assert [(row["pair"], row["scorer"]) for row in details] == [
        ("aa-en", "score"),
        ("bb-en", "score"),
        ("aa-en", "length"),
        ("bb-en", "length"),
    ]
    assert details[0]["scores"]["B"] == [4.0, 0.0]
    assert details[1]["scores"] == {"A": [1.0, -0.5], "B": [2.0, 0.5]}
    assert (details[0]["agreeing"], details[0]["pairs_of_systems"]) == (2, 3)
    assert details[0]["segments_rated_for_all"] == 8


def test_lines_are_those_that_nobody_left_blank_and_the_same_for_all() -> None:
    own = [rating("aa", "A", 0.0, "a1", " ", "a3", "a4"), rating("aa", "B", 0.0, "b1", "b2", "b3", "")]
    assert shared_lines(own, None) == {"A": ["a1", "a3"], "B": ["b1", "b3"]}
    one = shared_lines(own, 1)
    assert one["A"][0][1:] == one["B"][0][1:]
    assert len(one["A"]) == 1


def test_sources_are_those_of_the_lines() -> None:
    own = [rating("aa", "A", 0.0, "a1", " ", "a3", "a4"), rating("aa", "B", 0.0, "b1", "b2", "b3", "")]
    assert shared_origins("aa", own, None) == [Origin("0 aa", "aa"), Origin("2 aa", "aa")]


def test_scorers_that_read_the_source_are_asked_for() -> None:
    result = systems.run(lines=None, scorers=("score",), with_source=True)
    means = {row["scorer"]: row["scores"]["A"][0] for row in result["details"] if row["pair"] == "aa-en"}
    assert set(means) == {"score", *SOURCE_SCORERS}
    assert means["with_source"] == 1.0  # the sources of the three lines that all filled are 0, 1, 2
    assert "systems_pairwise_accuracy_with_source" in result["figures"]


def test_segments_are_those_that_all_systems_have_in_one_order() -> None:
    rows = [("A", 2, 0.2), ("A", 1, 0.1), ("A", 3, 0.3), ("B", 1, 1.1), ("B", 2, 1.2), ("HUMAN", 4, 9.0)]
    scored = [SegmentScore(system, segment, 0, 50.0, z, 1) for system, segment, z in rows]
    assert shared_segments(scored) == {"A": [0.1, 0.2], "B": [1.1, 1.2]}


def test_the_suite_is_registered() -> None:
    assert SUITES["systems"] == systems.__name__


@pytest.mark.data
def test_more_words_are_better_in_wmt22(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    monkeypatch.setattr(systems, "checker", Checker)
    figures = systems.run(lines=5, scorers=("length",))["figures"]
    assert figures["pairs_of_systems"] == 339
    assert figures["systems_pairwise_accuracy_of_words_of_all_lines"] == 0.634
