"""Issues: what a reader would stumble over, where, how sure we are, and why."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from enum import StrEnum

from mtqa.schema.document import Span


class Severity(StrEnum):
    """MQM severity."""

    MINOR = "minor"
    MAJOR = "major"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """0 minor, 1 major, 2 critical."""
        return ("minor", "major", "critical").index(self.value)


class Category(StrEnum):
    """MQM category, as `dimension/type`."""

    MISTRANSLATION = "accuracy/mistranslation"
    NAMED_ENTITY = "accuracy/named-entity"
    UNTRANSLATED = "accuracy/untranslated"
    OMISSION = "accuracy/omission"
    ADDITION = "accuracy/addition"
    NUMBER = "accuracy/number"
    GRAMMAR = "fluency/grammar"
    INCONSISTENCY = "fluency/inconsistency"
    REPETITION = "fluency/repetition"
    PUNCTUATION = "fluency/punctuation"
    AWKWARD = "style/awkward"


class EvidenceKind(StrEnum):
    """Where a piece of evidence comes from."""

    LM_CONTRAST = "lm-contrast"
    ESTIMATOR = "estimator"
    TABLE = "table"
    TAGGER = "tagger"
    SOURCE = "source"
    DOCUMENT = "document"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One reason for an issue, readable by itself; `value` in `unit` where it can be measured."""

    kind: EvidenceKind
    detail: str
    value: float | None = None
    unit: str | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Issue:
    """Something a reader would stumble over.

    `confidence` in 0..1 is calibrated: the share of such issues that a person would confirm.
    `suggestion` replaces exactly the characters of `span`; None where nothing better is known.
    `related` are other places of the document that belong to it. `fingerprint` survives edits elsewhere.
    """

    rule: str
    span: Span
    category: Category
    severity: Severity
    confidence: float
    message: str
    evidence: tuple[Evidence, ...]
    suggestion: str | None = None
    related: tuple[Span, ...] = ()
    fingerprint: str = ""


_WORD = re.compile(r"\w+")
_CONTEXT_WORDS = 3
_CONTEXT_CHARACTERS = 120


def fingerprint(rule: str, span: Span, text: str) -> str:
    """Hash of rule, span text and three words on each side: 16 hex digits.

    Keyed on content and never on line numbers, so that baselines and ignores survive edits elsewhere.
    """
    before = _WORD.findall(text[max(0, span.start - _CONTEXT_CHARACTERS) : span.start])[-_CONTEXT_WORDS:]
    after = _WORD.findall(text[span.end : span.end + _CONTEXT_CHARACTERS])[:_CONTEXT_WORDS]
    key = "\x1f".join((rule, " ".join(before), " ".join(span.of(text).split()), " ".join(after)))
    return hashlib.sha256(key.casefold().encode("utf-8", "surrogatepass")).hexdigest()[:16]
