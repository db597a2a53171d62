"""The teacher with the source: what it says of a text with one, without one, and of tokens read by two models."""

from __future__ import annotations

import numpy as np
import pytest

from eval.suites.rated_lines import Origin
from models.quality_en.source_teacher import Comparers, SourceTeacher, expect
from mtqa.modeling.quality_estimator import QualityEstimator, Tier
from mtqa.modeling.source_calibration import SourceCalibration
from mtqa.schema.annotations import SourceView
from tests.joint import FakeJoint
from tests.meaning import FakeEncoder
from tests.modeling.tiny_quality import TIER, table_model

pytestmark = pytest.mark.models  # nothing is downloaded, but torch takes seconds

MEANT = "The house is red."
TEXTS = [MEANT, "Another sentence stands here.", "Nobody knows the source of this one."]
ORIGINS = {
    MEANT: Origin("Das Haus ist rot.", "de"),
    TEXTS[1]: Origin("Das Auto ist weg.", "de"),
}
ROW = {
    "weights": {"expectation": 1.0, "cosine": 2.0},
    "intercept": 0.0,
    "knots": [[-3.0, 0.0], [3.0, 100.0]],
    "spread": [1.0, 0.5],
    "low": -1.0,
    "high": 1.0,
}
TWO = {"weights": [[0.6, 0.2, -0.1], [0.3, 0.1, 0.0]], "token_weights": [1.0, 0.5]}


@pytest.fixture(name="estimator")
def _estimator() -> QualityEstimator:
    models = [table_model("bytes", seed=1), table_model("uncased", seed=2)]
    sources = {SourceView.MEANING: SourceCalibration.from_json(ROW)}
    return QualityEstimator(models, Tier.from_json({**TIER, **TWO}, models=2), signature="tiny", sources=sources)


@pytest.fixture(name="encoder")
def _encoder() -> FakeEncoder:
    return FakeEncoder({MEANT: "house", "Das Haus ist rot.": "house"}, languages=frozenset({"de", "en"}))


def test_the_source_adds_what_the_calibration_says(estimator: QualityEstimator, encoder: FakeEncoder) -> None:
    found = expect(estimator, Comparers(encoder), estimator.read(TEXTS), TEXTS, [ORIGINS.get(text) for text in TEXTS])
    assert found[0].gain == pytest.approx(2.0 * (1.0 - 0.65), abs=1e-5)
    assert found[0].gain > found[1].gain
    assert [one.view for one in found] == [SourceView.MEANING, SourceView.MEANING, None]
    assert found[2].gain == 0.0


def test_ratings_move_with_the_gain_less_the_usual_one(estimator: QualityEstimator, encoder: FakeEncoder) -> None:
    teacher = SourceTeacher(estimator, Comparers(encoder), ORIGINS, slope=0.5, usual={SourceView.MEANING: 0.25})
    expected = expect(
        estimator, Comparers(encoder), estimator.read(TEXTS), TEXTS, [ORIGINS.get(text) for text in TEXTS]
    )
    for lesson, own in zip(teacher(TEXTS), expected, strict=True):
        value = own.alone + (own.gain - 0.25 if own.view else 0.0)
        assert lesson.z == pytest.approx(0.5 * value)
        assert lesson.raw == pytest.approx(estimator.tier.scale.score(value) / 100.0)


def test_errors_are_those_of_the_tier_at_the_tokens_of_its_first_model(estimator: QualityEstimator) -> None:
    teacher = SourceTeacher(estimator, Comparers(), {}, slope=1.0, usual={})
    lesson = teacher([MEANT])[0]
    first, second = estimator.read([MEANT])[0]
    assert lesson.ends.tolist() == list(first.encoded.ends)
    assert np.array_equal(lesson.surprisal, first.surprisal)
    assert len(lesson.error) == len(first.error)
    assert ((lesson.error > 0) & (lesson.error < 1)).all()
    logits = np.log(first.error / (1 - first.error)), np.log(second.error / (1 - second.error))
    same = first.encoded.ends == second.encoded.ends
    expected = logits[0] + 0.5 * (logits[1] if same else 0.0)
    apart = np.log(lesson.error / (1 - lesson.error)) - expected
    assert np.abs(apart).max() < (1e-3 if same else 0.5 * np.abs(logits[1]).max() + 1e-3)


def test_what_the_joint_estimator_takes_to_be_changed_counts_as_much_as_what_the_tier_says(
    estimator: QualityEstimator, encoder: FakeEncoder
) -> None:
    alone, both = (
        SourceTeacher(estimator, comparers, ORIGINS, slope=1.0, usual={})([MEANT, TEXTS[2]])
        for comparers in (Comparers(encoder), Comparers(encoder, FakeJoint(unsaid="red.")))
    )
    before = len("The house is")
    edited = np.where(np.array(alone[0].ends) > before, 0.9, 0.1)
    np.testing.assert_allclose(both[0].error, (alone[0].error + edited) / 2.0, rtol=1e-5)
    np.testing.assert_array_equal(both[1].error, alone[1].error)  # nobody knows its source
