"""Fit the confidence of garbled-name: names garbled by us (positives) and human text as it is (negatives).

Positives: names of known people in WMT21 references, and people whom the language model knows in plain sentences,
garbled as machine translation does, where the right name is proposed. Negatives: every proposal on human text, and the
wrong proposals for garbled names.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from anyascii import anyascii

from eval.datasets.references import reference_documents
from eval.fitting.corrupt_names import garble
from eval.fitting.logistic import fit
from eval.fitting.recorder import record
from mtqa import Checker, Document, Span
from mtqa.annotating.mentions import find_mentions
from mtqa.detecting.discovery import discover
from mtqa.knowledge.claims import find_claims
from mtqa.knowledge.name_candidates import is_accepted, written_names
from mtqa.schema.roles import Hypothesis
from mtqa.segmenting import segment

RULE = "garbled-name"
# Which of several candidates is looked at, before anything is fitted.
PRIOR = {
    "gain": 1.0,
    "own": 1.0,
    "similarity": 4.0,
    "same_skeleton": 1.5,
    "prominence": 2.0,
    "expected": 1.0,
    "chance": -0.3,
    "changed": -1.0,
    "last_name_only": -4.0,
}
_SEED = 11
_IN_TEXT = 400  # names garbled in references
_FAMOUS = 350  # names garbled in plain sentences
_HOLDERS = 200  # garbled rulers in front of whom their office stands
_DEEDS = (
    "said that the budget would be passed in time",
    "left for talks in Geneva on Monday",
    "has accepted the resignation of two ministers",
    "met reporters after the session",
)
_SAMPLED = 5000  # people of whom the famous are chosen
_CLEAN_SHARE = 3  # every third document of the references is read as it is
_POSITIVE_WEIGHT = 2.0  # garbled names are commoner among unknown names in machine translation than planted here
_PLAIN = (
    "{} said on Tuesday that the decision would be announced within weeks.",
    "In an interview with the newspaper, {} described the past months as difficult.",
    "The photograph shows {} leaving the building on Friday.",
    "Critics say that {} should have known better.",
    "A biography of {} was published last year.",
    "It was {} who first noticed the mistake.",
    "He was compared with {} by several reviewers.",
    "The prize was given to {} for a life's work.",
)


@dataclass(frozen=True)
class Planted:
    """A document with one garbled name, and the right name of it."""

    document: Document
    written: str
    right: str


def run(checker: Checker) -> dict[str, Any]:
    """The calibration entry of the rule."""
    rows, labels = collect(checker)
    weights = [_POSITIVE_WEIGHT if label else 1.0 for label in labels]
    intercept, fitted = fit(rows, labels, weights=weights)
    positives = int(sum(labels))
    return {
        "intercept": round(intercept, 3),
        "weights": {name: round(value, 3) for name, value in fitted.items()},
        "fitted": f"eval fit {RULE}: WMT21 references and planted names, {positives} right and "
        f"{len(labels) - positives} wrong proposals",
    }


def collect(checker: Checker) -> tuple[list[dict[str, float]], list[float]]:
    """Features and labels of proposals on garbled and on clean text."""
    source = random.Random(_SEED)  # noqa: S311 - reproducible sampling
    detector = next(one for one in discover() if one.rule.id == RULE)
    documents = list(reference_documents(21))
    source.shuffle(documents)
    planted = [*_in_text(checker, documents, source), *_famous(checker, source), *_holders(checker, source)]
    rows, labels = [], []
    by_id = {one.document.id: one for one in planted}
    for document, issue, features in record(checker, detector, [one.document for one in planted], PRIOR):
        one = by_id[document.id]
        start = document.text.index(one.written)
        if not issue.span.overlaps(Span(start, start + len(one.written))):
            continue
        corrected = document.text[start : issue.span.start] + (issue.suggestion or "")
        corrected += document.text[issue.span.end : start + len(one.written)]
        rows.append(features)
        labels.append(float(_plain(corrected) == _plain(one.right)))
    for _, _, features in record(checker, detector, documents[::_CLEAN_SHARE], PRIOR):
        rows.append(features)
        labels.append(0.0)
    return rows, labels


def _in_text(checker: Checker, documents: Sequence[Document], source: random.Random) -> Iterator[Planted]:
    """Sentences of the references in which the name of a known person is garbled."""
    count = 0
    for document in documents:
        cut = segment(document)
        claims = find_claims(cut, checker.knowledge.places, checker.knowledge.titles)
        for name in written_names(cut.text, find_mentions(cut), claims, checker.knowledge):
            home = cut.segment_at(name.span.start)
            if len(name.words) != 2 or home is None or not is_accepted(cut.text, name, checker.knowledge):
                continue
            if source.random() < 0.3:
                continue
            first, last = (word.of(cut.text) for word in name.words)
            written = _garbled(checker, first, last, source)
            text = cut.text_of(home).replace(name.span.of(cut.text), written or "")
            if written and text.count(written) == 1:
                yield Planted(Document(id=f"planted/{count}", text=text + "\n"), written, f"{first} {last}")
                count += 1
            if count >= _IN_TEXT:
                return


def _famous(checker: Checker, source: random.Random) -> Iterator[Planted]:
    """Plain sentences with garbled names of people whom the language model knows as pairs of given and last name."""
    names = checker.knowledge.names
    prominent = [int(number) for number in np.flatnonzero(names.prominence >= 20)]
    people = [
        (names.words[names.first[number]], names.words[names.last[number]])
        for number in source.sample(prominent, _SAMPLED)
    ]
    people = [(first, last) for first, last in people if len(first) > 2 and len(last) > 3 and first.isalpha()]
    assert checker.judge is not None, "the fit needs the language model"
    own = checker.judge.compare([Hypothesis(f"{first} said so.", f"{first} {last} said so.") for first, last in people])
    neutral = checker.judge.compare([Hypothesis("John said so.", f"John {last} said so.") for _, last in people])
    fame = [one.gain - 0.5 * other.gain for one, other in zip(own, neutral, strict=True)]
    famous = [person for _, person in sorted(zip(fame, people, strict=True), key=lambda pair: -pair[0])]
    famous = famous[: 2 * _FAMOUS]
    source.shuffle(famous)
    count = 0
    for first, last in famous:
        written = _garbled(checker, first, last, source)
        if written:
            text = source.choice(_PLAIN).format(written) + "\n"
            yield Planted(Document(id=f"famous/{count}", text=text), written, f"{first} {last}")
            count += 1
        if count >= _FAMOUS:
            return


def _holders(checker: Checker, source: random.Random) -> Iterator[Planted]:
    """Rulers with their office and garbled names: "Turkish President ..."."""
    offices, places, titles = checker.knowledge.offices, checker.knowledge.places, checker.knowledge.titles
    rulers = [term for term in offices.rows if term.is_ruler and term.since and term.since.year >= 2000]
    for count, term in enumerate(source.sample(rulers, _HOLDERS)):
        words = term.name.split()
        place = places.get(term.place)
        if len(words) < 2 or place is None:
            continue
        wrong = [garble(word, source, source.choice((0, 1, 2))) for word in words]
        written = " ".join(wrong)
        if _plain(written) == _plain(term.name):
            continue
        title = titles.phrase_for(term.office, term.place).title()
        text = f"{place.attributive} {title} {written} {source.choice(_DEEDS)}.\n"
        yield Planted(Document(id=f"holder/{count}", text=text, date=term.since), written, term.name)


def _garbled(checker: Checker, first: str, last: str, source: random.Random) -> str | None:
    """The name garbled in one word or both, or with its given name as another language has it; None if it is not."""
    which = source.choice(("form", "first", "last", "last", "both"))
    edits = source.choice((1, 2, 2, 3))
    wrong_first, wrong_last = first, last
    if which == "form":
        wrong_first = source.choice(checker.knowledge.given_names.forms(first) or [first]).title()
    if which in {"first", "both"}:
        wrong_first = garble(first, source, edits)
    if which in {"last", "both"}:
        wrong_last = garble(last, source, edits)
    written = f"{wrong_first} {wrong_last}"
    if _plain(written) == _plain(f"{first} {last}") or checker.knowledge.names.is_known(wrong_first, wrong_last):
        return None
    return written


def _plain(name: str) -> str:
    return str(anyascii(name)).lower()
