from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import pytest

from eval.datasets.mlqe_pe import PAIRS, DirectAssessment
from eval.datasets.wmt_mqm import ErrorSpan, MarkedTranslation
from eval.measures.correlation import grouped, with_interval
from eval.run import SUITES
from eval.suites import calibration, sentence
from eval.suites.rated_lines import SOURCE_SCORERS, Origin
from mtqa import QualityEstimate, Span

RATINGS = (20.0, 40.0, 60.0, 80.0)
ORDER = {"none": 90.0, "minor": 70.0, "major": 80.0}


class Checker:
    def __init__(self, kind: str = "score") -> None:
        self.signature = f"mtqa:{kind}"


def assessment(pair: str, index: int, rating: float) -> DirectAssessment:
    text = f"{pair} {rating}"
    return DirectAssessment(pair, "test", index, "", text, (rating,), rating, (rating,), rating / 10, -0.5)


def assessments(most: int | None) -> list[DirectAssessment]:
    return [assessment(pair, index, rating) for pair in PAIRS for index, rating in enumerate(RATINGS[:most])]


def score(line: str) -> float:
    """Of test20 what people said plus ten, of ru the wrong way round; of the marked translations as in ORDER."""
    kind, text = line.split()
    if kind in ORDER:
        return ORDER[kind]
    return 100.0 - float(text) if kind == "ru" else float(text) + 10.0


def scores(lines: Sequence[str], scorer: str, origins: Sequence[Origin] | None = None) -> list[float]:
    if scorer in SOURCE_SCORERS:
        assert origins is not None
        assert {one.language for one in origins} <= {*PAIRS, "zh"}
    sign = {"score": 1.0, "with_source": 1.0, "fast": 1.0, "surprisal": -1.0}.get(scorer, 0.0)
    return [sign * score(line) for line in lines]


def estimates(lines: Sequence[str]) -> list[QualityEstimate]:
    """With the interval of ten points to either side."""
    found = [score(line) for line in lines]
    return [QualityEstimate(0, one, max(0.0, one - 10.0), min(100.0, one + 10.0)) for one in found]


def estimates_with_rules(lines: Sequence[str]) -> list[QualityEstimate]:
    """Rules take all points of ne."""
    return [
        QualityEstimate(0, 0.0, 0.0, 0.0) if line.startswith("ne") else one
        for line, one in zip(lines, estimates(lines), strict=True)
    ]


def machine_translations(name: str, sources: int | None) -> list[MarkedTranslation]:
    marks = {"none": (), "minor": (ErrorSpan(Span(0, 1), "minor"),), "major": (ErrorSpan(Span(0, 1), "major"),)}
    return [
        MarkedTranslation(system, "doc", None, None, source, f"{mark} {source}", marks[mark])
        for source in ("one", "two")
        for system, mark in (("hyp.A", "none"), ("hyp.B", "minor"), ("hyp.C", "major"))
    ]


@pytest.fixture(autouse=True)
def fakes(monkeypatch: pytest.MonkeyPatch) -> None:
    for suite in (sentence, calibration):
        monkeypatch.setattr(suite, "test20", assessments)
        monkeypatch.setattr(suite, "checker", Checker)
        monkeypatch.setattr(suite, "estimates", estimates_with_rules)
    monkeypatch.setattr(sentence, "machine_translations", machine_translations)
    monkeypatch.setattr(sentence, "scores", scores)
    # Intervals are tested with the measures: a few draws keep this quick.
    monkeypatch.setattr(sentence, "with_interval", partial(with_interval, draws=5))
    monkeypatch.setattr(sentence, "grouped", partial(grouped, draws=5))
    monkeypatch.setattr(calibration, "estimates_without_rules", estimates)


def test_sentence_reports_each_pair_and_the_mean() -> None:
    result = sentence.run()
    figures = result["figures"]
    assert figures["test20_et_pearson"].startswith("1.000 [")
    assert figures["test20_ru_spearman"].startswith("-1.000 [")
    assert figures["test20_mean_pearson"] == figures["test20_mean_kendall"] == pytest.approx(0.6)
    assert (result["signature"], result["settings"]["mqm_sources"]) == ("mtqa:score", "all")
    assert len(result["details"]) == 4 * (5 + 2)
    assert [row["segments"] for row in result["details"] if row["scorer"] == "score"] == [4] * 5 + [6] * 2


def test_sentence_sets_the_other_scorers_beside_ours() -> None:
    figures = sentence.run()["figures"]
    assert figures["test20_mean_pearson_of_surprisal"] == pytest.approx(-0.6)
    assert figures["test20_mean_pearson_of_fast"] == figures["test20_mean_pearson"]
    assert figures["test20_mean_pearson_of_shortness"] == 0.0
    fewer = sentence.run(scorers=("score",))["figures"]
    assert not any("_of_" in name or "minus" in name for name in fewer)


def test_sentence_sets_the_score_with_the_source_beside_the_score_without() -> None:
    figures = sentence.run(scorers=("score",), with_source=True)["figures"]
    assert figures["test20_mean_pearson_with_source"] == pytest.approx(0.6)
    assert figures["test20_et_pearson_with_source"] == figures["test20_et_pearson"]
    assert figures["test20_mean_pearson_of_cosine"] == 0.0
    assert any(name.endswith("_with_source_minus_without") for name in figures)


def test_sentence_scores_some_with_rules_and_the_same_without() -> None:
    figures = sentence.run(with_rules=3)["figures"]
    # ne loses its order, three pairs keep 1 and ru -1.
    assert figures["test20_segments_with_rules"] == 15
    assert figures["test20_mean_pearson_with_rules"] == pytest.approx((3 + 0 - 1) / 5)
    assert figures["test20_mean_pearson_same_without_rules"] == pytest.approx(0.6)


def test_sentence_groups_by_source_and_tests_against_surprisal() -> None:
    figures = sentence.run()["figures"]
    # -0, -1, -5 points against 90, 70, 80: one of three pairs is the wrong way round.
    assert figures["mqm_news_grouped_kendall"].startswith("0.333 [")
    assert figures["mqm_ted_grouped_kendall_of_surprisal"].startswith("-0.333 [")
    assert figures["mqm_news_grouped_spearman"].startswith("0.500 [")
    assert figures["mqm_news_grouped_kendall_minus_surprisal"] == "+0.667 [+0.667, +0.667] p=0.0002"


def test_sentence_keeps_single_scores_for_paired_tests() -> None:
    items = sentence.run()["items"]
    assert items["test20_ru"] == {
        "human": [2.0, 4.0, 6.0, 8.0],
        "score": [80.0, 60.0, 40.0, 20.0],
        "fast": [80.0, 60.0, 40.0, 20.0],
    }
    assert items["mqm_news"]["group"] == [0, 0, 0, 1, 1, 1]
    assert items["mqm_news"]["human"] == [0, -1.0, -5.0] * 2
    assert items["mqm_news"]["score"] == [90.0, 70.0, 80.0] * 2


def test_calibration_counts_what_lies_inside_and_how_far_scores_are_off() -> None:
    figures = calibration.run()["figures"]
    # ru: 80, 60, 40, 20 for 20, 40, 60, 80; the others are ten points too high, on the border of their interval.
    assert figures["coverage_of_80"] == pytest.approx(16 / 20)
    assert (figures["coverage_of_80_et"], figures["coverage_of_80_ru"]) == (1.0, 0.0)
    assert (figures["mean_score"], figures["mean_rating"], figures["segments"]) == (58.0, 50.0, 20)


def test_calibration_has_the_same_figures_with_rules() -> None:
    result = calibration.run(with_rules=2)
    figures = result["figures"]
    assert (figures["segments"], figures["segments_with_rules"]) == (20, 10)
    assert (figures["coverage_of_80_ne"], figures["coverage_of_80_ne_with_rules"]) == (1.0, 0.0)
    assert result["settings"]["signature_with_rules"] == "mtqa:rules"


def test_calibration_details_make_a_reliability_plot() -> None:
    details = calibration.run()["details"]
    assert [row["part"] for row in details] == ["test20"] * 10 + ["test20_with_rules"] * 10
    bins = details[:10]
    assert sum(row["segments"] for row in bins) == 20
    assert [row["score"] for row in bins] == sorted(row["score"] for row in bins)
    # The two lowest scores: 20 (ru, rated 80) and 30 (rated 20): ratings 50 +- 30, so 30 / sqrt(2).
    assert bins[0] == {
        "part": "test20",
        "bin": 1,
        "segments": 2,
        "score": 25.0,
        "rating": 50.0,
        "rating_error": pytest.approx(21.21),
        "low": 15.0,
        "high": 35.0,
        "coverage_of_80": 0.5,
    }


def test_the_suites_are_registered() -> None:
    assert SUITES["sentence"] == sentence.__name__
    assert SUITES["calibration"] == calibration.__name__
