"""One detector run alone with the shipped tables and calibration, every confidence reported."""

from __future__ import annotations

from functools import cache

from mtqa.annotating.annotate import annotate
from mtqa.detecting.protocol import Detector, Tools
from mtqa.detecting.run import detect
from mtqa.knowledge import Knowledge, load_knowledge
from mtqa.schema.document import Document
from mtqa.schema.issue import Issue
from mtqa.scoring.calibrate import load_calibration
from mtqa.segmenting import segment
from tests.fakes import FakeJudge


@cache
def knowledge() -> Knowledge:
    return load_knowledge()


def find_alone(detector: Detector, text: str, judge: FakeJudge | None = None) -> tuple[Issue, ...]:
    """What the detector finds by a judge that likes every change unless another is given; no language model."""
    document = segment(Document("d", text))
    known = annotate([document], [detector.rule], None)
    tools = Tools(knowledge(), load_calibration().confidence)
    ((issues, skipped),) = detect([document], known, [detector], [tools], judge or FakeJudge(8.0))
    assert skipped == ()
    return issues
