"""A small article through the whole line, on fakes: from the text to the report, without weights.

The calibration is fixed and sure of everything, so that only a change of rules, tables or reports shows.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from types import MappingProxyType

from mtqa.checker import Checker
from mtqa.schema.document import Document
from mtqa.schema.report import Report
from mtqa.scoring.calibrate import Calibration
from mtqa.scoring.combine import surprisal_statistics
from mtqa.settings import Settings
from tests.fakes import FakeJudge, FakeLanguageModel

TEXT = """Leaders speak for an hour

US President Volodymyr Zelensky said that the the talks would go on. The US president promised nothing to his Russian president.

During the visit, MM. Dupont and Durand spoke of «a great success» . Then they left.

Le gouvernement annonce une réforme des retraites pour tous les salariés
"""  # noqa: E501
RULES = (
    "broken-quotation",
    "possessive-office",
    "repeated-text",
    "untranslated-passage",
    "untranslated-residue",
    "wrong-office-holder",
)


class SureCalibration(Calibration):
    """Nine in ten, whatever the evidence."""

    def confidence(self, rule: str, features: Mapping[str, float]) -> float:
        """The same for all."""
        return 0.9

    def threshold(self, rule: str) -> float:
        """The same for all."""
        return 0.5


def checked() -> Report:
    """The report of the article."""
    model = FakeLanguageModel({"Dupont": 14.0, "success": 9.0})
    settings = Settings(rules=RULES, date=dt.date(2021, 12, 10))
    checker = Checker(settings, language_model=model, judge=FakeJudge({"Ukrainian": 30.0, "counterpart": 5.0}))
    statistics = surprisal_statistics(model.read(["One."])[0])
    numbers = {
        **{f"weight_{name}": -6.0 if name == "mean" else 0.0 for name in statistics},
        "prior": 75.0,
        "prior_spread": 18.0,
        "intercept": 95.0,
        "patience": 4.0,
        "patience_other": 40.0,
        "spread": 12.0,
        "shared_spread": 6.0,
        "weight_other_kinds": 0.5,
        "cap_critical": 40.0,
        "points_minor": 5.0,
        "points_major": 18.0,
        "points_critical": 40.0,
        "floor_untranslated": 3.0,
        "cap_whole": 15.0,
    }
    checker.calibration = SureCalibration(MappingProxyType({}), MappingProxyType(numbers), "0000")
    return checker.check(Document("article.txt", TEXT, date=settings.date))
