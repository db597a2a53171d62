"""Alarms on human translations, per 10,000 words and per rule. WMT22 is reported; WMT21 is for tuning."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from typing import Any

from eval.datasets.references import reference_documents
from mtqa import Checker, Document, Severity

_AT_ONCE = 40  # documents per batch
_SEED = 17


def run(year: int = 22, words: int | None = 60_000) -> dict[str, Any]:
    """Alarms of the stable rules over a seeded sample of `words` words (None: everything)."""
    checker = Checker()
    documents = sample(list(reference_documents(year)), words)
    rules: Counter[str] = Counter()
    severities: Counter[Severity] = Counter()
    rows = []
    total = sum(len(document.text.split()) for document in documents)
    for start in range(0, len(documents), _AT_ONCE):
        for report in checker.check_many(documents[start : start + _AT_ONCE], any_language=True):
            for issue in report.issues:
                rules[issue.rule] += 1
                severities[issue.severity] += 1
                segment = report.document.segment_at(issue.span.start)
                rows.append(
                    {
                        "document": report.document.id,
                        "rule": issue.rule,
                        "severity": str(issue.severity),
                        "confidence": round(issue.confidence, 3),
                        "text": issue.span.of(report.document.text),
                        "suggestion": issue.suggestion,
                        "sentence": report.document.text_of(segment) if segment else "",
                    }
                )
    rate = 10_000 / total
    serious = severities[Severity.MAJOR] + severities[Severity.CRITICAL]
    figures: dict[str, Any] = {
        "words": total,
        "alarms": sum(rules.values()),
        "per_10000_words": round(sum(rules.values()) * rate, 2),
        "major_or_critical_per_10000_words": round(serious * rate, 2),
        "per_rule_per_10000_words": {rule: round(count * rate, 2) for rule, count in sorted(rules.items())},
    }
    settings = {"year": 2000 + year, "sample_words": words, "seed": _SEED}
    return {"figures": figures, "details": rows, "signature": checker.signature, "settings": settings}


def sample(documents: Sequence[Document], words: int | None) -> list[Document]:
    """A seeded sample of whole documents with about `words` words, in file order."""
    if words is None:
        return list(documents)
    order = list(range(len(documents)))
    random.Random(_SEED).shuffle(order)  # noqa: S311 - a sample, not a secret
    chosen: list[int] = []
    count = 0
    for number in order:
        if count >= words:
            break
        chosen.append(number)
        count += len(documents[number].text.split())
    return [documents[number] for number in sorted(chosen)]
