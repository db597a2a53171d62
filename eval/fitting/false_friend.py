"""Fit the confidence of false-friend on WMT21 references: right words replaced by their false friends, and as they are.

Positives: the table backwards ("call" becomes "appeal") wherever the result stands in a frame of the row. Negatives:
every place of the untouched references that the table matches, and, as the frames leave few, a sample of places where
the suspect words stand outside of their frames, to stand for more of them. The references come without a trace of
their source language, so each case counts twice, once as if nothing were known of the source and once as if it were
certain; the weights say how many false friends there are per correct use in texts of either kind.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from eval.datasets.references import reference_documents
from eval.fitting.logistic import fit
from eval.fitting.recorder import record
from mtqa import Checker, Document, Span
from mtqa.detecting.discovery import discover
from mtqa.knowledge import Knowledge
from mtqa.knowledge.calques import Calque, Calques, Frame
from mtqa.knowledge.inflection import cased_like, indefinite_article
from mtqa.knowledge.words import Words
from mtqa.segmenting import segment

RULE = "false-friend"
# False friends per correct use where the table matches. In the WMT21 translations from German, Russian and Czech about
# 25 of 41 matches are wrong words, so 1. Ten times as many in texts that keep words of their source is an assumption.
_ODDS_WITHOUT_TRACE = 1.0
_ODDS_WITH_TRACE = 10.0
_UNFRAMED_SHARE = 12  # one of so many documents is looked at without frames
_MOST_FREQUENCY = 6.0  # Zipf; "as" or "by" stand for too much to be turned back into a false friend
_MOST_PER_ROW = 12  # so that a frequent word does not outweigh the rest
_SEED = 23
# Which of several replacements is looked at is settled by the judge alone.
_PRIOR = {"gain": 1.0}


class Unframed(Knowledge):
    """The tables, with false friends that are suspect wherever they stand."""

    @cached_property
    def calques(self) -> Calques:
        """False friends without frames."""
        anywhere = Frame(re.compile(""), re.compile(""))
        return Calques(tuple(replace(row, frames=(anywhere,), unless=()) for row in super().calques.rows))


@dataclass(frozen=True)
class Planted:
    """A document of one or two sentences with a false friend at `span` in place of `right`."""

    document: Document
    row: str
    span: Span
    right: str


def plant(calques: Calques, words: Words, sentences: list[str], source: random.Random) -> Iterator[Planted]:
    """Sentences with one right word replaced by its false friend, where the table would look at the result."""
    backwards: dict[str, list[tuple[Calque, str]]] = {}
    for row in calques.rows:
        for right, wrong in _pairs(row):
            if words.english.get(right, 0.0) > _MOST_FREQUENCY:
                continue
            backwards.setdefault(right, []).append((row, wrong))
    longest_first = sorted(backwards, key=lambda right: (-len(right), right))
    pattern = re.compile(rf"(?<![\w’'-])(?:{'|'.join(map(re.escape, longest_first))})(?![\w’'-])")
    count: Counter[str] = Counter()
    for sentence in sentences:
        for found in pattern.finditer(sentence):
            options = backwards[found.group()]
            for row, wrong in source.sample(options, len(options)):
                if count[row.id] >= _MOST_PER_ROW:
                    continue
                text, start = _substituted(sentence, found.start(), found.end(), wrong)
                span = Span(start, start + len(wrong))
                if any(match.calque is row and match.span.overlaps(span) for match in calques.matches(text)):
                    count[row.id] += 1
                    number = f"planted/{row.id}/{count[row.id]}"
                    yield Planted(Document(id=number, text=text + "\n"), row.id, span, found.group())


def _pairs(row: Calque) -> Iterator[tuple[str, str]]:
    """Right and wrong spellings of the same form; the first spelling where a form has several."""
    for words in row.words:
        for form, wrongs in words.forms.items():
            for replacement in row.replacements:
                for right in replacement.spellings(form)[:1]:
                    yield right, wrongs[0]


def _substituted(sentence: str, start: int, end: int, wrong: str) -> tuple[str, int]:
    """The sentence with other words in place of some, "a" and "an" put right, and where they begin."""
    before = sentence[:start]
    article = re.search(r"\b([Aa])n?(\s+)$", before)
    if article:
        fitting = cased_like(article.group(1), indefinite_article(wrong))
        before = before[: article.start()] + fitting + article.group(2)
    return before + wrong + sentence[end:], len(before)


def collect(checker: Checker) -> tuple[list[dict[str, float]], list[float]]:
    """Features (without prior) and labels of planted and of untouched places."""
    source = random.Random(_SEED)  # noqa: S311 - reproducible sampling
    detector = next(one for one in discover() if one.rule.id == RULE)
    documents = [segment(document) for document in reference_documents(21)]
    sentences = [document.text_of(one) for document in documents for one in document.segments]
    source.shuffle(sentences)
    planted = list(plant(checker.knowledge.calques, checker.knowledge.words, sentences, source))
    by_id = {one.document.id: one for one in planted}
    rows, labels = [], []
    for document, issue, features in record(checker, detector, [one.document for one in planted], _PRIOR):
        if issue.span.overlaps(by_id[document.id].span):
            rows.append(features)
            labels.append(1.0)
    matched = [one for one in documents if _is_matched(checker.knowledge.calques, one)]
    for _, _, features in record(checker, detector, matched, _PRIOR):
        rows.append(features)
        labels.append(0.0)
    framed, checker.knowledge = checker.knowledge, Unframed()
    for _, _, features in record(checker, detector, documents[::_UNFRAMED_SHARE], _PRIOR):
        rows.append(features)
        labels.append(0.0)
    checker.knowledge = framed
    return rows, labels


def _is_matched(calques: Calques, document: Document) -> bool:
    """True if the table matches somewhere; the others need not be read by the language model."""
    return any(True for one in document.segments for _ in calques.matches(document.text_of(one)))


def run(checker: Checker) -> dict[str, Any]:
    """The calibration entry of the rule."""
    rows, labels = collect(checker)
    positives = sum(labels)
    negatives = len(labels) - positives
    doubled, targets, weights = [], [], []
    for prior, odds in ((0.0, _ODDS_WITHOUT_TRACE), (1.0, _ODDS_WITH_TRACE)):
        for features, label in zip(rows, labels, strict=True):
            doubled.append({**features, "prior": prior})
            targets.append(label)
            weights.append(odds * negatives / positives if label else 1.0)
    intercept, fitted = fit(doubled, targets, weights=weights)
    return {
        "intercept": round(intercept, 3),
        "weights": {name: round(value, 3) for name, value in fitted.items()},
        "fitted": f"eval fit {RULE}: WMT21 references, {positives:.0f} planted and {negatives:.0f} untouched places",
    }
