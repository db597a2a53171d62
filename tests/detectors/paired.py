"""One detector run alone on a text and its source, with the shipped tables and calibration."""

from __future__ import annotations

from types import ModuleType

from mtqa.detecting.protocol import Tools
from mtqa.knowledge import Knowledge
from mtqa.pairing import pair
from mtqa.schema.annotations import Annotations
from mtqa.schema.document import Document
from mtqa.schema.issue import Issue
from mtqa.scoring.calibrate import load_calibration
from mtqa.segmenting import segment


def find_beside(detector: ModuleType, source: str, text: str, language: str | None = None) -> list[Issue]:
    """The issues that are confident enough to be reported."""
    document = pair(segment(Document("d", text, source=source, source_language=language)))
    calibration = load_calibration()
    steps = detector.detect(document, Annotations(), Tools(Knowledge(), calibration.confidence))
    return [one for one in steps if one.confidence >= calibration.threshold(one.rule)]
