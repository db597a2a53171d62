from __future__ import annotations

from collections.abc import Sequence

import pytest

from eval.datasets.mlqe_pe import PAIRS, DirectAssessment
from eval.datasets.wmt_mqm import ErrorSpan, MarkedTranslation
from eval.run import SUITES
from eval.suites import calibration, rated_lines, sentence
from mtqa import QualityEstimate, Span


class Checker:
    signature = "mtqa:test"


def assessment(pair: str, index: int, rating: float) -> DirectAssessment:
    text = f"{pair} {index}" + "x" * (index % 3)
    return DirectAssessment(pair, "test", index, "", text, (rating,), rating, (rating,), rating / 10, -0.5)


def estimate(score: float, half: float = 10.0) -> QualityEstimate:
    return QualityEstimate(0, score, max(0.0, score - half), min(100.0, score + half))


@pytest.fixture(autouse=True)
def fakes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Four sentences a pair: scored as people did, but ten points too high; ru is scored the wrong way round."""
    ratings = (20.0, 40.0, 60.0, 80.0)
    rows = [
        (
            assessment(pair, index, rating),
            estimate((100.0 if pair == "ru" else 10.0) + (-rating if pair == "ru" else rating)),
        )
        for pair in PAIRS
        for index, rating in enumerate(ratings)
    ]
    marks = {"none": (), "minor": (ErrorSpan(Span(0, 1), "minor"),), "major": (ErrorSpan(Span(0, 1), "major"),)}

    def marked(name: str, split: str) -> list[MarkedTranslation]:
        assert split == "dev"
        return [
            MarkedTranslation(system, "doc", None, None, source, f"{mark} {source}", marks[mark])
            for source in ("one", "two")
            for system, mark in (("hyp.A", "none"), ("hyp.B", "minor"), ("hyp.C", "major"), ("ref.A", "none"))
        ]

    def estimates(lines: Sequence[str]) -> list[QualityEstimate]:
        order = {"none": 90.0, "minor": 70.0, "major": 80.0}
        return [estimate(order[line.split()[0]]) for line in lines]

    for suite in (sentence, calibration):
        monkeypatch.setattr(suite, "test20", lambda most: rows)
        monkeypatch.setattr(suite, "checker", Checker)
    monkeypatch.setattr(sentence.wmt_mqm, "marked_translations", marked)
    monkeypatch.setattr(sentence, "estimates", estimates)


def test_sentence_reports_each_pair_and_the_mean() -> None:
    result = sentence.run()
    figures = result["figures"]
    assert figures["test20_et_pearson"].startswith("1.000 [")
    assert figures["test20_ru_pearson"].startswith("-1.000 [")
    assert figures["test20_mean_pearson"] == figures["test20_mean_kendall"] == pytest.approx(0.6)
    assert result["signature"] == "mtqa:test"
    assert [row["segments"] for row in result["details"]] == [4] * 5 + [6] * 2


def test_sentence_groups_by_source_and_leaves_human_translations_out() -> None:
    figures = sentence.run()["figures"]
    # -0, -1, -5 points against 90, 70, 80: one of three pairs is the wrong way round.
    assert figures["mqm_news_grouped_kendall"].startswith("0.333 [")


def test_calibration_counts_what_lies_inside_and_how_far_scores_are_off() -> None:
    figures = calibration.run()["figures"]
    # ru: 80, 60, 40, 20 for 20, 40, 60, 80; the others are ten points too high, on the border of their interval.
    assert figures["coverage_of_80"] == pytest.approx(16 / 20)
    assert (figures["coverage_of_80_et"], figures["coverage_of_80_ru"]) == (1.0, 0.0)
    assert (figures["mean_score"], figures["mean_rating"], figures["segments"]) == (58.0, 50.0, 20)
    assert len(calibration.run()["details"]) == 10


def test_the_suites_are_registered() -> None:
    assert SUITES["sentence"] == sentence.__name__
    assert SUITES["calibration"] == calibration.__name__


def test_samples_are_seeded_and_in_order() -> None:
    items = [f"item {number}" for number in range(50)]
    assert rated_lines.sample(items, None) == items
    assert rated_lines.sample(items, 7) == rated_lines.sample(items, 7)
    assert rated_lines.sample(items, 7) == [item for item in items if item in rated_lines.sample(items, 7)]
