from __future__ import annotations

import math
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mtqa.detecting.discovery import discover
from mtqa.errors import DetectorError
from mtqa.scoring.calibrate import Calibration, RuleCalibration, load_calibration

RULE = RuleCalibration(-1.0, MappingProxyType({"gain": 0.5, "size": 2.0}), 0.7, "run 1")
CALIBRATION = Calibration(MappingProxyType({"a-rule": RULE}), MappingProxyType({}), "0000")


def test_confidence_is_the_logistic_of_the_features() -> None:
    assert CALIBRATION.confidence("a-rule", {"gain": 2.0, "size": 0.0}) == 0.5
    assert CALIBRATION.confidence("a-rule", {"size": 1.0, "gain": 2.0}) == pytest.approx(1 / (1 + math.exp(-2.0)))


@given(st.floats(-1e300, 1e300), st.floats(-1e300, 1e300))
def test_confidence_is_a_probability_for_any_numbers(gain: float, size: float) -> None:
    assert 0.0 <= CALIBRATION.confidence("a-rule", {"gain": gain, "size": size / 4}) <= 1.0


@pytest.mark.parametrize(
    ("rule", "features", "reason"),
    [
        ("another", {"gain": 1.0}, "no calibration for rule another"),
        ("a-rule", {"gain": 1.0}, "differing: size"),
        ("a-rule", {"gain": 1.0, "size": 1.0, "colour": 1.0}, "differing: colour"),
        ("a-rule", {"gain": math.nan, "size": 1.0}, "not a number"),
        ("a-rule", {"gain": math.inf, "size": 1.0}, "not a number"),
    ],
)
def test_features_that_do_not_fit_are_named(rule: str, features: dict[str, float], reason: str) -> None:
    with pytest.raises(DetectorError, match=reason):
        CALIBRATION.confidence(rule, features)


def test_thresholds() -> None:
    assert CALIBRATION.threshold("a-rule") == 0.7
    assert CALIBRATION.threshold("another") == 0.5


def test_the_shipped_calibration_holds_usable_numbers_of_our_rules() -> None:
    calibration = load_calibration()
    assert {name.partition(".")[0] for name in calibration.rules} <= {detector.rule.id for detector in discover()}, (
        "numbers of no rule"
    )
    for numbers in calibration.rules.values():
        assert 0.0 < numbers.threshold < 1.0
        assert numbers.fitted
        assert all(math.isfinite(weight) for weight in (numbers.intercept, *numbers.weights.values()))
    assert len(calibration.version) == 4
