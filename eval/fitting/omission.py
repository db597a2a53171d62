"""Fit the confidence of omission (and of addition): references of WMT22 as they are and with a clause dropped or added.

A part that is found in a line with a dropped clause is right wherever it is, one in a line with an added clause where
it touches what was added. References that were read and leave something out by themselves are set aside
(eval/datasets/real_omissions.tsv). Of additions there is no such list: translators of Chinese and Japanese put in so
much that untouched lines weigh more, as those of Chinese do for omission.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from eval.fitting.logistic import fit
from eval.fitting.recorder import Recorder
from eval.suites.mismatch import load_rule
from eval.suites.mismatch_clauses import KINDS, RULES
from eval.suites.mismatch_pairs import Pair, is_real, pairs
from mtqa import Checker, Document
from mtqa.annotating.annotate import annotate
from mtqa.detecting.protocol import Tools
from mtqa.detecting.run import detect
from mtqa.errors import MtqaError
from mtqa.knowledge import Knowledge
from mtqa.pairing import pair
from mtqa.schema.annotations import JointReading, PairReading
from mtqa.schema.document import Span
from mtqa.schema.roles import JointEstimator, MeaningEncoder, TextMeaning, VectorRating, is_covered
from mtqa.segmenting import segment

RULE = "omission"
LANGUAGES = ("de", "ja", "ru", "zh")
_READ_LANGUAGES = (*LANGUAGES, "cs", "uk")  # those that the joint estimator knows
_YEAR = 22
_CLEAN = {"omission": 1400, "addition": 400}  # lines of each language read as they are
_MOST_READ = 700  # where the joint estimator reads them
_CORRUPTED = {"omission": 400, "addition": 130}  # of them corrupted
_SEED = 7
_RIDGE = 0.5
# Logits that are put on, since one threshold serves all ways. Trials alone report what they did when that of omission
# was .9; reading alone must be surer, .99: in languages without trials it raised more alarms.
_SHIFTS = {"omission": {"": 0.981, "read": -1.4}, "addition": {"read": -2.7}}
# What untouched lines of a language count, by rule and way; 1 elsewhere.
_ADDED = {"zh": 2.0, "ja": 2.0}
_NEGATIVE_WEIGHTS = {
    "omission": {"both": {"zh": 2.0}, "read": {"zh": 2.0}},
    "addition": {"": _ADDED, "both": _ADDED, "read": _ADDED},
}


# With which models, None: without, and in which language.
Reading = tuple[MeaningEncoder | None, JointEstimator | None, str]


@dataclass(frozen=True, slots=True)
class Row:
    """What a rule found in a line. `is_right`: it was put there."""

    language: str
    features: dict[str, float]
    is_right: bool


class WordlessEncoder:
    """Another encoder without its comparison of words, as those of the user's own are."""

    def __init__(self, encoder: MeaningEncoder) -> None:
        self._encoder = encoder
        self.languages = encoder.languages
        self.signature = encoder.signature

    def embed(self, texts: Sequence[str]) -> list[NDArray[np.float32]]:
        return self._encoder.embed(texts)

    def read(self, texts: Sequence[str]) -> list[TextMeaning]:
        return [replace(meaning, words=None) for meaning in self._encoder.read(texts)]

    def rating(self, language: str | None) -> VectorRating | None:
        return self._encoder.rating(language)

    def read_pairs(self, pairs: Sequence[tuple[TextMeaning, TextMeaning]]) -> list[PairReading] | None:
        return self._encoder.read_pairs(pairs)


class RememberedJoint:
    """A joint estimator that reads no pair twice."""

    def __init__(self, joint: JointEstimator) -> None:
        self._joint = joint
        self._known: dict[tuple[str, str], JointReading] = {}
        self.languages = joint.languages
        self.signature = joint.signature

    def read(self, pairs: Sequence[tuple[str, str]]) -> list[JointReading]:
        new = [one for one in dict.fromkeys(pairs) if one not in self._known]
        self._known |= dict(zip(new, self._joint.read(new), strict=True))
        return [self._known[one] for one in pairs]


def run(checker: Checker) -> dict[str, Any]:
    """Intercept, weights and where they come from."""
    return fit_rule(RULE, checker)


def fit_rule(rule: str, checker: Checker) -> dict[str, Any]:
    """The same for omission or addition. MtqaError without the meaning encoder."""
    if checker.encoder is None:
        raise MtqaError(f"{rule} cannot be fitted without the meaning encoder")
    if checker.joint is None:
        raise MtqaError(f"{rule} cannot be fitted without the joint estimator")
    encoder, joint = checker.encoder, RememberedJoint(checker.joint)
    wordless = WordlessEncoder(encoder)
    read = [language for language in _READ_LANGUAGES if is_covered(joint, language)]
    # Half of the rows without the joint estimator are read as with an encoder that does not compare words.
    ways: dict[str, list[Reading]] = {
        "": [(one, None, language) for one in (encoder, wordless) for language in LANGUAGES],
        "both": [(encoder, joint, language) for language in LANGUAGES],
        "read": [(None, joint, language) for language in read],
    }
    entries = {
        way: _entry(rule, readings, checker.knowledge, _NEGATIVE_WEIGHTS[rule].get(way, {}))
        for way, readings in ways.items()
    }
    for way, shift in _SHIFTS[rule].items():
        entries[way]["intercept"] = round(entries[way]["intercept"] + shift, 3)
    return {**entries.pop(""), "ways": entries}


def _entry(
    rule: str, readings: Sequence[Reading], knowledge: Knowledge, heavier: Mapping[str, float]
) -> dict[str, Any]:
    rows = [row for reading in readings for row in collect(rule, reading, knowledge)]
    labels = [float(row.is_right) for row in rows]
    weights = [1.0 if row.is_right else heavier.get(row.language, 1.0) for row in rows]
    intercept, fitted = fit([row.features for row in rows], labels, weights=weights, ridge=_RIDGE)
    right = int(sum(labels))
    languages = dict.fromkeys(language for *_, language in readings)
    return {
        "intercept": round(intercept, 3),
        "weights": {name: round(value, 3) for name, value in fitted.items()},
        "fitted": f"eval fit {rule}: {right} parts in corrupted and {len(rows) - right} in untouched references of "
        f"WMT{_YEAR} ({', '.join(languages)})",
    }


def collect(rule: str, reading: Reading, knowledge: Knowledge) -> Iterator[Row]:
    """What the rule finds in clean lines, and what of its findings in corrupted ones is right."""
    encoder, joint, language = reading
    most = _CLEAN[rule] if joint is None else min(_CLEAN[rule], _MOST_READ)
    lines = pairs(_YEAR, language, None)
    random.Random(_SEED).shuffle(lines)  # noqa: S311 - reproducible sampling
    lines = [one for one in lines[:most] if not is_real(rule, one)]
    (kind,) = (name for name, own in RULES.items() if own == rule)
    made = []
    for one in lines:
        chance = random.Random(f"{kind}{language}{one.line}")  # noqa: S311 - reproducible sampling
        case = KINDS[kind](one.source, one.reference, language, knowledge, chance)
        if case is not None:
            made.append((one, case))
    made = made[: _CORRUPTED[rule]]
    for _, features, _ in _found(rule, [(one, one.reference) for one in lines], knowledge, encoder, joint):
        yield Row(language, features, is_right=False)
    for number, features, span in _found(rule, [(one, case.text) for one, case in made], knowledge, encoder, joint):
        put = made[number][1].span
        if put is None or put.overlaps(span):
            yield Row(language, features, is_right=True)


def _found(
    rule: str,
    texts: Sequence[tuple[Pair, str]],
    knowledge: Knowledge,
    encoder: MeaningEncoder | None,
    joint: JointEstimator | None,
) -> Iterator[tuple[int, dict[str, float], Span]]:
    """Number of the text, features and span of everything the rule finds."""
    documents = [
        pair(segment(Document(str(number), text, source=one.source, source_language=one.language)))
        for number, (one, text) in enumerate(texts)
    ]
    detector = load_rule(rule)
    recorders = [Recorder({}) for _ in documents]
    known = annotate(documents, [detector.rule], None, None, encoder, joint)
    tools = [Tools(knowledge, recorder) for recorder in recorders]
    found = detect(documents, known, [detector], tools, None, encoder=encoder, joint=joint)
    for number, (recorder, (issues, _)) in enumerate(zip(recorders, found, strict=True)):
        for issue in issues:
            yield number, recorder.rows[issue.confidence], issue.span
