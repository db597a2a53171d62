"""WMT QE 2023, task 2: error spans that professional annotators marked (MQM), zh-en news 2021 and TED talks."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from eval.datasets.folder import DataError, data_file
from eval.datasets.wmt_news import read_lines
from mtqa import Span

_POINTS = MappingProxyType({"minor": 1.0, "major": 5.0})
SETS = MappingProxyType(
    {
        "news": "wmt-qe-2023/task_2/train/2021_zh-en_processed.tsv",
        "ted": "wmt-qe-2023/task_2/train/2021_TED_zh-en_processed.tsv",
    }
)
_DEV_SHARE = 0.15  # of the documents, the last ones of each file
_COLUMNS = 9


@dataclass(frozen=True, slots=True)
class ErrorSpan:
    """One marked error, in code points of the translation."""

    span: Span
    severity: Literal["minor", "major"]


@dataclass(frozen=True, slots=True)
class MarkedTranslation:
    """One translation as one annotator marked it; no errors: the annotator found none. `segment` counts from 1
    inside the document. `segment` and `annotator` are None where the file lost them.
    """

    system: str
    document: str
    segment: int | None
    annotator: str | None
    source: str
    translation: str
    errors: tuple[ErrorSpan, ...]

    @property
    def points(self) -> float:
        """What the errors cost, without a bound: 1 a minor and 5 a major one (MQM, Freitag et al. 2021)."""
        return sum(_POINTS[error.severity] for error in self.errors)


def marked_translations(name: str, split: Literal["train", "dev"]) -> list[MarkedTranslation]:
    """The rows of a set (`news` or `ted`), in file order; the last 15 % of its documents are dev.

    DataError if the file is missing or damaged.
    """
    if name not in SETS:
        raise DataError(f"there is no MQM set {name!r}; sets: {', '.join(SETS)}")
    rows = read_marked(data_file(SETS[name]))
    documents = list(dict.fromkeys(row.document for row in rows))
    border = len(documents) - math.ceil(_DEV_SHARE * len(documents))
    wanted = set(documents[border:] if split == "dev" else documents[:border])
    return [row for row in rows if row.document in wanted]


def read_marked(path: Path) -> list[MarkedTranslation]:
    """Read one file. DataError names the line that cannot be used."""
    found = []
    for number, line in enumerate(read_lines(path), start=1):
        columns = line.split("\t")
        if len(columns) != _COLUMNS:
            raise DataError(f"{path}: line {number} has {len(columns)} columns, not {_COLUMNS}")
        system, *place, source, translation, starts, ends, severities = columns
        document, segment, annotator = _place(*place)
        try:
            errors = _errors(starts, ends, severities)
        except ValueError as error:
            raise DataError(f"{path}: line {number} is damaged: {error}") from error
        if any(error.span.end > len(translation) for error in errors):
            raise DataError(f"{path}: line {number}: a span ends after {len(translation)} characters")
        found.append(MarkedTranslation(system, document, segment, annotator, source, translation, errors))
    return found


def _place(document: str, segment: str, annotator: str) -> tuple[str, int | None, str | None]:
    """Document, segment, annotator. The file was once split at underscores: a document such as `hunan_ribao-zh.6028`
    fills two or three columns there and pushes the others out.
    """
    if segment.isdigit():
        return document, int(segment), annotator
    if annotator.isdigit():
        return f"{document}_{segment}", int(annotator), None
    return f"{document}_{segment}_{annotator}", None, None


def _errors(starts: str, ends: str, severities: str) -> tuple[ErrorSpan, ...]:
    """Three columns, one value per error separated by blanks; -1, -1 and no-error if there is none."""
    if (starts.strip(), ends.strip(), severities.strip()) == ("-1", "-1", "no-error"):
        return ()
    errors = []
    for start, end, severity in zip(starts.split(), ends.split(), severities.split(), strict=True):
        if severity != "minor" and severity != "major":
            raise ValueError(f"{severity!r} is no severity")
        errors.append(ErrorSpan(Span(int(start), int(end)), "minor" if severity == "minor" else "major"))
    return tuple(sorted(errors, key=lambda error: (error.span, error.severity)))
