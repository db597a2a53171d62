"""Fit the confidence of wrong-segment: references of WMT22 beside their source, and beside that of another line; and
translations of MLQE-PE dev that people did not rate low, in the languages that WMT22 lacks.

The other line is one of the next few (of the same document, mostly) or any line of the language. Documents of several
lines are made as well, so that the evidence of a nearer source elsewhere has a weight.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from eval.datasets import mlqe_pe
from eval.fitting.logistic import fit
from eval.fitting.recorder import Recorder, record
from eval.suites.mismatch_pairs import pairs
from mtqa import Checker, Document
from mtqa.detecting.discovery import load_detector
from mtqa.detectors import wrong_segment
from mtqa.schema.document import Segment, Span
from mtqa.schema.roles import is_covered

_LANGUAGES = ("cs", "de", "ja", "ru", "uk", "zh")
_LINES = 700  # of each language
_RATED_LANGUAGES = ("et", "ne", "ro", "si")
_LEAST_RATING = 40.0  # below, a translation may be of nothing
_NEAR = 3  # lines between a line and the one it is exchanged for
_IN_DOCUMENT = 6  # lines of a document of several
_SEED = 29


def run(checker: Checker) -> dict[str, Any]:
    """Intercept, weights and where they come from."""
    rng = random.Random(_SEED)  # noqa: S311 - samples
    detector = load_detector(wrong_segment)
    features, labels = [], []
    # Where the meaning encoder knows the language, the rule must do without the joint estimator as well.
    alone = Checker(replace(checker.settings, joint=False))
    lines = {one: [(own.source, own.reference) for own in pairs(22, one, _LINES)] for one in _LANGUAGES}
    for one in _RATED_LANGUAGES:
        rated = [row for row in mlqe_pe.direct_assessments(one, "dev") if row.mean >= _LEAST_RATING]
        lines[one] = [(row.source, row.translation) for row in rated[:_LINES]]
    for language, own in lines.items():
        covered = alone.encoder is not None and is_covered(alone.encoder, language)
        for documents, wrong in _documents(language, own, rng):
            for used in (checker, alone) if covered else (checker,):
                for document, issue, row in record(used, detector, documents, Recorder({}).prior):
                    segment = document.owner_of(issue.span.start)
                    features.append(row)
                    labels.append(float(segment in wrong[document.id]))
    intercept, weights = fit(features, labels)
    return {
        "intercept": round(intercept, 3),
        "weights": {name: round(value, 3) for name, value in weights.items()},
        "fitted": f"eval fit wrong-segment: {int(sum(labels))} exchanged and {int(len(labels) - sum(labels))} own "
        f"lines of WMT22 ({', '.join(_LANGUAGES)}) and MLQE-PE dev ({', '.join(_RATED_LANGUAGES)}) that are suspected",
    }


def _documents(
    language: str, lines: Sequence[tuple[str, str]], rng: random.Random
) -> Iterator[tuple[list[Document], dict[str, set[int]]]]:
    """Documents and which of their segments are wrong: single lines, right and exchanged, and documents of several."""
    single, wrong = [], {}
    for number, (source, reference) in enumerate(lines):
        near = number + rng.randint(1, _NEAR) if rng.random() < 0.5 else rng.randrange(len(lines))
        other = lines[near % len(lines)][1]
        for name, text in (("own", reference), ("other", other)):
            document = joined(f"{language}-{number}-{name}", language, [(source, text)])
            single.append(document)
            wrong[document.id] = {0} if name == "other" and other != reference else set()
    yield single, wrong
    several, wrong = [], {}
    for start in range(0, len(lines) - _IN_DOCUMENT, _IN_DOCUMENT):
        own = list(lines[start : start + _IN_DOCUMENT])
        at = rng.randrange(_IN_DOCUMENT - 1)
        texts = [reference for _, reference in own]
        texts[at], texts[at + 1] = texts[at + 1], texts[at]
        document = joined(
            f"{language}-{start}-several", language, [(one, text) for (one, _), text in zip(own, texts, strict=True)]
        )
        several.append(document)
        wrong[document.id] = {at, at + 1} if texts[at] != texts[at + 1] else set()
    yield several, wrong


def joined(name: str, language: str, lines: Sequence[tuple[str, str]]) -> Document:
    """A document whose segments are the lines, each paired with its own source line."""
    segments, text, source = [], "", ""
    for number, (theirs, ours) in enumerate(lines):
        segments.append(
            Segment(
                index=number,
                span=Span(len(text), len(text) + len(ours)),
                source_span=Span(len(source), len(source) + len(theirs)),
            )
        )
        text, source = f"{text}{ours}\n", f"{source}{theirs}\n"
    bare = Document(name, text, source=source, source_language=language)
    return replace(bare, segments=tuple(segments))
