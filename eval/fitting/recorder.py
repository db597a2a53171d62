"""Running a detector to see the evidence behind every issue it would report."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from mtqa import Checker, Document, Issue
from mtqa.annotating.annotate import annotate
from mtqa.detecting.protocol import Detector, Need, Tools, Use
from mtqa.detecting.run import detect
from mtqa.segmenting import segment


@dataclass
class Recorder:
    """A `confidence` that keeps the features it is asked about, and by which value it answered.

    `prior` ranks the proposals of a detector before anything is fitted: feature weights. Values are distinct.
    """

    prior: Mapping[str, float]
    rows: dict[float, dict[str, float]] = field(default_factory=dict)

    def __call__(self, rule: str, features: Mapping[str, float]) -> float:  # noqa: ARG002
        total = sum(self.prior.get(name, 0.0) * value for name, value in features.items())
        answer = 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, total))))
        while answer in self.rows:
            answer = math.nextafter(answer, 0.0)
        self.rows[answer] = dict(features)
        return answer


def record(
    checker: Checker, detector: Detector, documents: Sequence[Document], prior: Mapping[str, float], at_once: int = 60
) -> list[tuple[Document, Issue, dict[str, float]]]:
    """Every issue a detector would report on the documents, whatever its confidence, with its features."""
    found = []
    for start in range(0, len(documents), at_once):
        block = [
            document if document.segments else segment(document) for document in documents[start : start + at_once]
        ]
        recorder = Recorder(prior)
        tools = [Tools(checker.knowledge, recorder, document.date) for document in block]
        model = checker.language_model if Need.SURPRISAL in detector.rule.needs else None
        estimator = checker.estimator if Use.ESTIMATOR in detector.rule.uses else None
        encoder = checker.encoder if {Need.AGREEMENT, Need.SOURCE} & set(detector.rule.needs) else None
        judge = checker.judge if Use.JUDGE in detector.rule.uses else None
        joint = checker.joint if encoder is not None else None
        annotations = annotate(block, [detector.rule], model, estimator, encoder, joint)
        results = detect(block, annotations, [detector], tools, judge, encoder=encoder, joint=joint)
        for document, (issues, _) in zip(block, results, strict=True):
            for issue in issues:
                found.append((document, issue, recorder.rows[issue.confidence]))
    return found
