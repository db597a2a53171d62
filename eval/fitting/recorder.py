"""Running a detector to see the evidence behind every issue it would report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from mtqa import Checker, Document, Issue
from mtqa.annotating.annotate import annotate
from mtqa.detecting.protocol import Detector, Tools
from mtqa.detecting.run import detect
from mtqa.segmenting import segment


@dataclass
class Recorder:
    """A `confidence` that keeps the features it is asked about and gives each a distinct value to find it again."""

    rows: list[dict[str, float]] = field(default_factory=list)

    def __call__(self, rule: str, features: Mapping[str, float]) -> float:  # noqa: ARG002
        self.rows.append(dict(features))
        return len(self.rows) / 1e9


def record(
    checker: Checker, detector: Detector, documents: Sequence[Document], at_once: int = 60
) -> list[tuple[Document, Issue, dict[str, float]]]:
    """Every issue a detector would report on the documents, whatever its confidence, with its features."""
    found = []
    for start in range(0, len(documents), at_once):
        block = [
            document if document.segments else segment(document) for document in documents[start : start + at_once]
        ]
        recorder = Recorder()
        tools = [Tools(checker.knowledge, recorder, document.date) for document in block]
        annotations = annotate(block, [detector.rule], checker.language_model)
        for document, (issues, _) in zip(
            block, detect(block, annotations, [detector], tools, checker.judge), strict=True
        ):
            for issue in issues:
                found.append((document, issue, recorder.rows[round(issue.confidence * 1e9) - 1]))
    return found
