"""Calibration: from the evidence of a rule to a probability, with numbers fitted on labelled data.

All numbers live in calibration.json beside this file, each with the run that fitted it; none in code.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType

from mtqa.errors import DetectorError


@dataclass(frozen=True, slots=True)
class RuleCalibration:
    """Logistic model of one rule: probability = 1 / (1 + exp(-(intercept + sum of weight x feature))).

    `threshold` is the probability from which the rule was measured to be precise; `fitted` names the run.
    """

    intercept: float
    weights: Mapping[str, float]
    threshold: float
    fitted: str


@dataclass(frozen=True, slots=True)
class Calibration:
    """Everything in calibration.json. `version` is a hash of the file, part of the signature.

    A rule that weighs different evidence from case to case has numbers for each under RULE.WAY; one threshold holds.
    """

    rules: Mapping[str, RuleCalibration]
    quality: Mapping[str, float]
    version: str

    def confidence(self, rule: str, features: Mapping[str, float]) -> float:
        """Calibrated probability, 0..1. DetectorError for an unknown rule, other features or one that is no number."""
        numbers = self._numbers(rule)
        if features.keys() != numbers.weights.keys():
            differing = sorted(features.keys() ^ numbers.weights.keys())
            raise DetectorError(f"{rule} was calibrated on other features; differing: {', '.join(differing)}")
        total = numbers.intercept + sum(numbers.weights[name] * value for name, value in features.items())
        if not math.isfinite(total):
            raise DetectorError(f"{rule} measured a feature that is not a number: {dict(features)}")
        return 1.0 / (1.0 + math.exp(-max(-60.0, min(60.0, total))))

    def threshold(self, rule: str) -> float:
        """Confidence from which issues of a rule are reported; 0.5 for a rule that calibrates itself."""
        return self.rules[rule].threshold if rule in self.rules else 0.5

    def _numbers(self, rule: str) -> RuleCalibration:
        if rule not in self.rules:
            raise DetectorError(f"no calibration for rule {rule}")
        return self.rules[rule]


@lru_cache(maxsize=1)
def load_calibration() -> Calibration:
    """The calibration that ships with this version."""
    raw = files("mtqa.scoring").joinpath("calibration.json").read_bytes()
    content = json.loads(raw)
    rules = {
        name: RuleCalibration(
            intercept=row["intercept"],
            weights=MappingProxyType(row["weights"]),
            threshold=row["threshold"],
            fitted=row["fitted"],
        )
        for name, row in content["rules"].items()
    }
    return Calibration(
        rules=MappingProxyType(rules),
        quality=MappingProxyType(content["quality"]["numbers"]),
        version=hashlib.sha256(raw).hexdigest()[:4],
    )
