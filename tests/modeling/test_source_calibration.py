"""The score with the source in view: linear, on its own scale, and refused where numbers are missing."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from mtqa.errors import ModelError
from mtqa.modeling.quality_estimator import QualityEstimator, Tier
from mtqa.modeling.scale import Scale
from mtqa.modeling.source_calibration import SourceCalibration, source_features
from mtqa.schema.annotations import Agreement, JointReading, PairReading, SentenceQuality, SourceView
from tests.modeling.tiny_quality import TIER, table_model

ROW: dict[str, Any] = {
    "weights": {"expectation": 1.0, "cosine": 2.0, "cosine_low": -4.0, "names": 0.5},
    "intercept": 0.25,
    "knots": [[-2.0, 0.0], [0.0, 50.0], [2.0, 100.0]],
    "spread": [1.0, 0.5],
    "low": -1.0,
    "high": 1.5,
}
JOINT = {"joint", "joint_order", "joint_unrelated", "joint_missing_most"}
QUALITY = SentenceQuality(60.0, 20.0, 40.0, 80.0, 0.5)


def agreement(cosine: float | None, view: SourceView = SourceView.MEANING) -> Agreement:
    return Agreement("quelle", "source", cosine, overlap={"names": 0.5}, view=view)


@pytest.mark.parametrize(
    ("cosine", "expected"),
    [
        (0.65, 0.25 + 0.5 + 0.25),  # intercept, expectation, names; a usual cosine adds nothing
        (0.85, 1.0 + 2.0 * 0.2),
        (0.30, 1.0 - 2.0 * 0.35 - 4.0 * 0.1),
    ],
)
def test_the_expectation_is_a_sum(cosine: float, expected: float) -> None:
    found = SourceCalibration.from_json(ROW).quality(QUALITY, agreement(cosine))
    assert found.expectation == pytest.approx(expected)
    assert found.score == pytest.approx(50.0 + 25.0 * expected)
    assert found.spread == pytest.approx(1.0 + 0.5 * 20.0)
    assert (found.low, found.high) == pytest.approx((found.score - 11.0, min(100.0, found.score + 16.5)))


def test_features_of_the_cosine_exist_only_with_a_cosine() -> None:
    assert source_features(QUALITY, agreement(None)).keys() == {"expectation", "names", "rated", *JOINT}
    with pytest.raises(ModelError, match="cosine"):
        SourceCalibration.from_json(ROW).quality(QUALITY, agreement(None))


def test_a_reading_counts_by_score_and_by_the_errors_of_its_tokens() -> None:
    plain = source_features(QUALITY, agreement(0.9))
    sides = [f"read_{side}{kind}" for side in ("missing", "wrong") for kind in ("", "_most", "_size")]
    names = {"reading", *sides}
    assert {plain[name] for name in names} == {0.0}
    better = PairReading(3.0, np.array([0.1, 0.1]), np.array([0.05]))
    worse = PairReading(-3.0, np.array([0.1, 0.9]), np.array([1.0]))
    good, bad = (source_features(QUALITY, replace(agreement(0.9), reading=one)) for one in (better, worse))
    assert good["reading"] > bad["reading"]
    assert all(good[name] < bad[name] < 10.0 for name in names - {"reading"})
    assert good["read_missing"] == pytest.approx(good["read_missing_most"], abs=2.0)


def joint(*, expectation: float = 0.0, order: float = 0.0, related: float = 0.9, **errors: list[float]) -> JointReading:
    sides = {name: np.array(errors.get(name, [0.5, 0.5])) for name in ("edited", "wrong", "missing")}
    return JointReading(expectation, order, **sides, spans=(), source_spans=(), related=related)


def test_a_joint_reading_counts_by_its_numbers_and_by_what_is_missing() -> None:
    for cosine in (0.9, None):
        plain = source_features(QUALITY, agreement(cosine))
        assert {plain[name] for name in JOINT} == {0.0}
        assert source_features(QUALITY, replace(agreement(cosine), joint=joint())) == plain  # nothing to say is 0, too
        read = joint(expectation=1.5, order=-3.0, related=0.2, edited=[0.2, 0.2], wrong=[0.1, 0.7], missing=[0.3, 0.9])
        found = source_features(QUALITY, replace(agreement(cosine), joint=read))
        expected = {
            "joint": 1.5, "joint_order": -1.5, "joint_unrelated": logit(0.8) / 2,
            "joint_missing_most": logit(0.9) / 2,
        }  # fmt: skip
        assert {name: found[name] for name in JOINT} == pytest.approx(expected)
        assert {name for name, value in found.items() if plain[name] != value} == JOINT


def test_joint_readings_without_tokens_or_without_doubt_have_finite_figures() -> None:
    empty = source_features(QUALITY, replace(agreement(None), joint=joint(edited=[], wrong=[], missing=[])))
    assert {empty[name] for name in JOINT} == {0.0}
    sure = source_features(QUALITY, replace(agreement(None), joint=joint(edited=[0.0], wrong=[1.0], missing=[0.0])))
    assert all(abs(sure[name]) < 10.0 for name in JOINT)
    assert sure["joint_missing_most"] < 0.0


def logit(probability: float) -> float:
    return math.log(probability / (1.0 - probability))


@pytest.mark.parametrize(
    "changes",
    [
        {"weights": [1.0]},
        {"weights": {"expectation": math.nan}},
        {"intercept": None},
        {"knots": [[0.0, 10.0], [1.0, 5.0]]},
        {"knots": []},
        {"high": "much"},
    ],
)
def test_damaged_numbers_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ModelError, match="calibration"):
        SourceCalibration.from_json({**ROW, **changes})


def test_an_estimator_reads_the_source_where_it_was_fitted_for_it() -> None:
    calibration = SourceCalibration.from_json(ROW)
    tier = Tier.from_json(TIER, models=1)
    estimator = QualityEstimator(
        [table_model("cased", seed=0)], tier, signature="tiny", sources={SourceView.MEANING: calibration}
    )
    assert estimator.reads_source(SourceView.MEANING)
    assert not estimator.reads_source(SourceView.LEXICON)
    assert estimator.with_source(QUALITY, agreement(0.9)) == calibration.quality(QUALITY, agreement(0.9))
    assert estimator.with_source(QUALITY, agreement(None, SourceView.LEXICON)) is QUALITY


def test_an_estimator_reads_jointly_where_it_was_fitted_for_it_and_something_was_read() -> None:
    plain, joined = (SourceCalibration.from_json({**ROW, "intercept": value}) for value in (0.25, 0.75))
    sources = {SourceView.MEANING: plain, SourceView.LEXICON: plain}
    estimator, without = (
        QualityEstimator(
            [table_model("cased", seed=0)],
            Tier.from_json(TIER, models=1),
            signature="tiny",
            sources=sources,
            joint_sources=own,
        )
        for own in ({SourceView.MEANING: joined}, None)
    )
    assert estimator.reads_jointly
    assert not without.reads_jointly
    bare = agreement(0.9)
    read = replace(bare, joint=joint(expectation=1.0))
    assert estimator.with_source(QUALITY, read) == joined.quality(QUALITY, read)
    assert estimator.with_source(QUALITY, read) != plain.quality(QUALITY, read)
    assert estimator.with_source(QUALITY, bare) == plain.quality(QUALITY, bare)
    assert without.with_source(QUALITY, read) == plain.quality(QUALITY, read)
    # Nothing was fitted to joint readings of this view.
    other = replace(read, cosine=0.9, view=SourceView.LEXICON)
    assert estimator.with_source(QUALITY, other) == plain.quality(QUALITY, other)
    overlapping = replace(read, view=SourceView.OVERLAP)
    assert estimator.with_source(QUALITY, overlapping) is QUALITY


def test_the_weight_of_a_joint_figure_is_felt() -> None:
    calibration = SourceCalibration.from_json(
        {**ROW, "weights": {"expectation": 1.0, "joint": 0.5, "joint_missing_most": -1.0}}
    )
    found = [
        calibration.quality(QUALITY, replace(agreement(None), joint=one)).expectation
        for one in (None, joint(expectation=1.0), joint(missing=[0.9]))
    ]
    assert found == pytest.approx([0.75, 1.25, 0.75 - logit(0.9) / 2])


def test_a_folder_from_before_the_rating_by_vectors_reads_by_its_lexicon() -> None:
    calibration = SourceCalibration.from_json({**ROW, "weights": {"expectation": 1.0, "rated": 0.5}})
    tier = Tier.from_json(TIER, models=1)
    estimator = QualityEstimator(
        [table_model("cased", seed=0)], tier, signature="tiny", sources={SourceView.LEXICON: calibration}
    )
    assert estimator.reads_source(SourceView.VECTORS)
    assert not estimator.reads_source(SourceView.MEANING)
    rated = replace(agreement(None, SourceView.VECTORS), rated=0.8)
    expected = estimator.with_source(QUALITY, replace(rated, rated=None)).expectation + 0.5 * 0.8
    assert estimator.with_source(QUALITY, rated).expectation == pytest.approx(expected)


def test_scores_beyond_the_outer_knots_keep_their_order_and_stay_in_range() -> None:
    scale = Scale(((-1.0, 10.0), (1.0, 90.0)), (0.0, 1.0), -1.0, 1.0)
    scores = [scale.score(value) for value in (-9.0, -2.0, -1.0, 0.0, 1.0, 2.0, 9.0)]
    assert scores == sorted(set(scores))
    assert scores[0] >= 0.0
    assert scores[-1] <= 100.0
