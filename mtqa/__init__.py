"""mtqa: how good is a machine translation into English, sentence by sentence, and what is wrong with it.

from mtqa import Checker, Document
report = Checker().check(Document(id="article", text="..."))
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mtqa._version import __version__
from mtqa.errors import (
    BatchError,
    DetectorError,
    InputError,
    KnowledgeError,
    ModelError,
    ModelMissing,
    MtqaError,
    SettingsError,
)
from mtqa.schema.document import Document, Segment, SegmentKind, Span
from mtqa.schema.estimate import QualityEstimate
from mtqa.schema.issue import Category, Evidence, Issue, Severity
from mtqa.schema.report import Report, Skipped
from mtqa.settings import Engine, Settings

if TYPE_CHECKING:
    from mtqa.checker import Checker

__all__ = [
    "BatchError",
    "Category",
    "Checker",
    "DetectorError",
    "Document",
    "Engine",
    "Evidence",
    "InputError",
    "Issue",
    "KnowledgeError",
    "ModelError",
    "ModelMissing",
    "MtqaError",
    "QualityEstimate",
    "Report",
    "Segment",
    "SegmentKind",
    "Settings",
    "SettingsError",
    "Severity",
    "Skipped",
    "Span",
    "__version__",
]


def __getattr__(name: str) -> Any:
    """Load the checker only when it is asked for: it pulls in tables and models."""
    if name == "Checker":
        from mtqa.checker import Checker

        return Checker
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
