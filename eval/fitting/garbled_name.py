"""Fit the confidence of garbled-name on WMT21 references: their names garbled by us, and as they are.

Names of known people are garbled in half of the documents' sentences (positives where the right name is proposed);
every other proposal is a negative. Private names are negatives too: nobody near them is meant.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

from anyascii import anyascii

from eval.datasets.references import reference_documents
from eval.fitting.corrupt_names import garble
from eval.fitting.logistic import fit
from eval.fitting.recorder import record
from mtqa import Checker, Document
from mtqa.annotating.mentions import find_mentions
from mtqa.detecting.discovery import discover
from mtqa.knowledge.claims import find_claims
from mtqa.knowledge.name_candidates import is_accepted, written_names
from mtqa.segmenting import segment

RULE = "garbled-name"
# Which of several candidates is looked at, before anything is fitted.
PRIOR = {
    "gain": 1.0,
    "pairing": 1.0,
    "pairing_gain": 1.0,
    "similarity": 4.0,
    "same_skeleton": 1.0,
    "prominence": 1.0,
    "expected": 1.0,
}
_SEED = 11


@dataclass(frozen=True)
class Planted:
    """A document with one garbled name, and the right name of it."""

    document: Document
    written: str
    right: str


def collect(checker: Checker, most: int = 420) -> tuple[list[dict[str, float]], list[float]]:
    """Features and labels of proposals on garbled and on clean sentences."""
    source = random.Random(_SEED)  # noqa: S311 - reproducible sampling
    detector = next(one for one in discover() if one.rule.id == RULE)
    documents = list(reference_documents(21))
    source.shuffle(documents)
    planted = list(_plant(checker, documents, source, most))
    rows, labels = [], []
    by_id = {one.document.id: one for one in planted}
    for document, issue, features in record(checker, detector, [one.document for one in planted], PRIOR):
        one = by_id[document.id]
        if not issue.span.overlaps(_span_of(document, one.written)):
            continue
        start = document.text.index(one.written)
        corrected = document.text[start : issue.span.start] + (issue.suggestion or "")
        corrected += document.text[issue.span.end : start + len(one.written)]
        rows.append(features)
        labels.append(float(anyascii(corrected).lower() == anyascii(one.right).lower()))
    for _, _, features in record(checker, detector, documents[: len(documents) // 3], PRIOR):
        rows.append(features)
        labels.append(0.0)
    return rows, labels


def run(checker: Checker) -> dict[str, Any]:
    """The calibration entry of the rule."""
    rows, labels = collect(checker)
    intercept, weights = fit(rows, labels)
    positives = int(sum(labels))
    return {
        "intercept": round(intercept, 3),
        "weights": {name: round(value, 3) for name, value in weights.items()},
        "fitted": f"eval fit {RULE}: WMT21 references, {positives} right and {len(labels) - positives} wrong proposals",
    }


def _plant(checker: Checker, documents: list[Document], source: random.Random, most: int) -> Any:
    count = 0
    for document in documents:
        cut = segment(document)
        claims = find_claims(cut, checker.knowledge.places, checker.knowledge.titles)
        for name in written_names(cut.text, find_mentions(cut), claims, checker.knowledge):
            if len(name.words) != 2 or not is_accepted(cut.text, name, checker.knowledge):
                continue
            home = cut.segment_at(name.span.start)
            if home is None or source.random() < 0.3:
                continue
            first, last = (word.of(cut.text) for word in name.words)
            which = source.choice(("form", "first", "last", "last", "both"))
            edits = source.choice((1, 2, 2, 3))
            wrong_first, wrong_last = first, last
            if which == "form":  # the given name as another language has it
                wrong_first = source.choice(checker.knowledge.given_names.forms(first) or [first]).title()
            if which in {"first", "both"}:
                wrong_first = garble(first, source, edits)
            if which in {"last", "both"}:
                wrong_last = garble(last, source, edits)
            written, right = f"{wrong_first} {wrong_last}", f"{first} {last}"
            if anyascii(written).lower() == anyascii(right).lower():
                continue
            if which == "form" and checker.knowledge.names.is_known(wrong_first, wrong_last):
                continue
            sentence = cut.text_of(home)
            text = sentence.replace(name.span.of(cut.text), written)
            if text.count(written) == 1:
                yield Planted(Document(id=f"planted/{count}", text=text + "\n"), written, right)
                count += 1
            if count >= most:
                return


def _span_of(document: Document, written: str) -> Any:
    from mtqa import Span

    start = document.text.index(written)
    return Span(start, start + len(written))
