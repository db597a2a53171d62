"""Fit the confidence of name-mismatch: WMT22 references as they are (negatives) and with one garbled name (positives).

Per word only the best proposal counts, as in the detector; a proposal on a planted garble is right whatever it
proposes, for the reader must look there in any case.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from eval.fitting.logistic import fit
from eval.suites.mismatch_names import garbled_name, paired_document
from eval.suites.mismatch_pairs import is_real, pairs
from mtqa import Checker
from mtqa.annotating.mentions import find_mentions
from mtqa.detectors.name_mismatch import NameProposal, best_proposals, features
from mtqa.knowledge import Knowledge
from mtqa.schema.annotations import Annotations
from mtqa.schema.document import Document

RULE = "name-mismatch"
LANGUAGES = ("cs", "de", "ja", "ru", "uk", "zh")
_SEED = 5
_CLEAN = 1400  # pairs per language read as they are
_PLANTED = 1400  # pairs per language in which a name is garbled, where there is one
_NEGATIVE_WEIGHT = 2.0  # names are right far more often than here


@dataclass(frozen=True, slots=True)
class Row:
    """A proposal with its features. `right` is the name that was garbled, None on clean text."""

    language: str
    pair: int
    proposal: NameProposal
    features: dict[str, float]
    right: str | None


def run(checker: Checker) -> dict[str, Any]:
    """The calibration entry of the rule."""
    rows = [row for language in LANGUAGES for row in collect(language, checker.knowledge)]
    labels = [float(row.right is not None) for row in rows]
    weights = [1.0 if label else _NEGATIVE_WEIGHT for label in labels]
    intercept, fitted = fit([row.features for row in rows], labels, weights=weights)
    positives = int(sum(labels))
    return {
        "intercept": round(intercept, 3),
        "weights": {name: round(value, 3) for name, value in fitted.items()},
        "fitted": f"eval fit {RULE}: WMT22 references, {positives} proposals for planted garbles and "
        f"{len(labels) - positives} for names as they are",
    }


def collect(
    language: str, knowledge: Knowledge, *, clean: int = _CLEAN, planted: int = _PLANTED, year: int = 22
) -> Iterator[Row]:
    """The proposals on clean pairs and those that overlap a planted garble."""
    chance = random.Random(f"{_SEED}/{language}")  # noqa: S311 - reproducible sampling
    own = [one for one in pairs(year, language, None) if not is_real(RULE, one)]
    chance.shuffle(own)
    for number, one in enumerate(own[:clean]):
        document = paired_document(one.source, one.reference, language)
        for proposal in _best(document, knowledge):
            yield Row(language, number, proposal, features(proposal, knowledge), None)
        made = garbled_name(one.source, one.reference, language, knowledge, chance) if number < planted else None
        if made is None or made.span is None:
            continue
        for proposal in _best(paired_document(one.source, made.text, language), knowledge):
            if proposal.span.overlaps(made.span):
                yield Row(language, number, proposal, features(proposal, knowledge), made.right)


def _best(document: Document, knowledge: Knowledge) -> list[NameProposal]:
    known = Annotations(mentions=find_mentions(document))
    return [one for segment in document.segments for one in best_proposals(document, segment, known, knowledge)]
