"""`python -m eval.fitting.quality`: fit the section `quality` of mtqa/scoring/calibration.json.

The expectation of a sentence is linear in the surprisal statistics of mtqa.scoring.combine, fitted by least squares to
what annotators gave on average, 0..100:

- MLQE-PE train, a sample of each pair: single sentences, mostly of encyclopedias, from one system per pair;
- WMT21 news, as many weights together as `_NEWS` times those: one row per system, the mean statistics of a sample of
  its sentences and the mean of its scores. They put the level of news by good systems where annotators put it.

On MLQE-PE dev: how long a sentence must be before its surprisal is believed (patience), and the spread, one for all
expectations: by fifths of the expectation the interval covers .74 to .84, and a spread that changes with it gains
nothing. On the WMT21 documents whose lines are known: the patience with headlines, and how far whole documents lie off
(shared spread). Points that issues cost are not fitted here. The test sets are never read.
"""

from __future__ import annotations

import json
import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

import mtqa.scoring
from eval.datasets import mlqe_pe, wmt_news
from eval.fitting.surprisals import read_surprisals
from eval.measures.correlation import pearson
from mtqa import Settings
from mtqa.modeling.load import load_language_model
from mtqa.schema.annotations import TokenSurprisal
from mtqa.schema.roles import LanguageModel
from mtqa.scoring.combine import NORMAL_80, surprisal_statistics

Floats = NDArray[np.float64]
Item = TypeVar("Item")
CALIBRATION = Path(next(iter(mtqa.scoring.__path__))) / "calibration.json"
# Set by hand: sentences in which a rule fires are too rare in the rated data.
_NOT_FITTED = (
    "weight_other_kinds",
    "points_minor",
    "points_major",
    "points_critical",
    "cap_critical",
    "floor_untranslated",
    "cap_whole",
)
_SEED = 23
_TRAIN, _DEV = 1000, 600  # sentences per pair of MLQE-PE
_PER_SYSTEM = 30  # sentences per system of WMT21
_NEWS = 0.5  # weight of all WMT21 rows together; MLQE-PE train has 1
_DOCUMENTS, _SYSTEMS_PER_DOCUMENT = 25, 2  # per pair whose lines are known, for headlines and the shared spread
_PATIENCE = (0.0, 1.0, 2.0, 4.0, 6.0, 8.0, 12.0, 16.0)  # tokens
_PATIENCE_OTHER = (0.0, 4.0, 8.0, 16.0, 24.0, 40.0, 80.0, 160.0)
_COVERED = 0.80
_LONGEST_HEADLINE = 160  # characters


@dataclass(frozen=True, slots=True)
class Sentence:
    """Statistics and length in tokens of one sentence, and what annotators gave, 0..100."""

    pair: str
    statistics: Mapping[str, float]
    tokens: int
    rating: float


@dataclass(frozen=True, slots=True)
class Linear:
    """The expectation: intercept + weights, drawn towards `prior` in short segments."""

    intercept: float
    weights: Mapping[str, float]
    prior: float
    patience: float = 0.0

    def expect(self, statistics: Mapping[str, float], tokens: float) -> float:
        """What mtqa.scoring.combine expects, 0..100."""
        fitted = self.intercept + sum(self.weights[name] * value for name, value in statistics.items())
        trust = tokens / (tokens + self.patience)
        return min(100.0, max(0.0, trust * fitted + (1.0 - trust) * self.prior))


def main() -> None:
    """Fit and write the section."""
    section = run(load_language_model(Settings()))
    content = json.loads(CALIBRATION.read_text(encoding="utf-8"))
    unfitted = {name: content["quality"]["numbers"][name] for name in _NOT_FITTED}
    content["quality"] = {"fitted": section["fitted"], "numbers": section["numbers"] | unfitted}
    CALIBRATION.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(section, indent=1))


def run(model: LanguageModel) -> dict[str, Any]:
    """`numbers` that replace those of the section, and `fitted`: data, sizes and dev figures."""
    train = assessments(model, "train", _TRAIN)
    dev = assessments(model, "dev", _DEV)
    news = systems(model)
    line = fit(train, news)
    line = min((_patient(line, patience) for patience in _PATIENCE), key=lambda one: _squared_error(one, dev))
    expected = np.array([line.expect(one.statistics, one.tokens) for one in dev])
    rated = np.array([one.rating for one in dev])
    spread = _scale(np.abs(rated - expected))
    documents = rated_documents(model)
    headlines = [sentence for one in documents.values() for sentence in one.headlines]
    patience_other = min(_PATIENCE_OTHER, key=lambda patience: _squared_error(_patient(line, patience), headlines))
    shared = shared_spread(line, documents, news)
    covered = _covered(expected, rated, spread)
    news_expected = float(np.mean([line.expect(one.statistics, one.tokens) for one in news]))
    per_pair = [
        pearson(expected[own].tolist(), rated[own].tolist())
        for own in (np.array([one.pair == pair for one in dev]) for pair in mlqe_pe.PAIRS)
    ]
    numbers = {
        "prior": line.prior,
        "prior_spread": _scale(np.abs(rated - line.prior)),
        "intercept": line.intercept,
        **{f"weight_{name}": value for name, value in line.weights.items()},
        "patience": line.patience,
        "patience_other": patience_other,
        "spread": spread,
        "shared_spread": shared,
    }
    level = float(np.mean([one.rating for one in news]))
    pairs = ", ".join(sorted({name.split("/")[0] for name in documents}))
    fitted = (
        f"eval.fitting.quality: {len(train)} sentences of MLQE-PE train and {len(news)} systems of WMT21 "
        f"({_PER_SYSTEM} sentences each, weight {_NEWS:g}); patience and spread on {len(dev)} of MLQE-PE dev: "
        f"Pearson {pearson(expected.tolist(), rated.tolist()):.3f} pooled, {np.mean(per_pair):.3f} mean of pairs, "
        f"80 % interval covers {covered:.1%}, mean {expected.mean():.1f} for {rated.mean():.1f}; mean of the WMT21 "
        f"systems {news_expected:.1f} for {level:.1f}; {len(headlines)} headlines and {len(documents)} documents of "
        f"WMT21 ({pairs}) for the rest"
    )
    return {"fitted": fitted, "numbers": {name: round(value, 3) for name, value in numbers.items()}}


def assessments(model: LanguageModel, split: mlqe_pe.Split, most: int) -> list[Sentence]:
    """A seeded sample of up to `most` sentences of every pair of MLQE-PE."""
    rows = [row for pair in mlqe_pe.PAIRS for row in sample(mlqe_pe.direct_assessments(pair, split), most)]
    surprisals = read_surprisals(model, [row.translation for row in rows])
    return [_sentence(row.pair, tokens, row.mean) for row, tokens in zip(rows, surprisals, strict=True) if tokens]


def systems(model: LanguageModel) -> list[Sentence]:
    """One row per system of WMT21: mean statistics of a sample of its sentences, mean of all its scores."""
    rated = [one for pair in wmt_news.PAIRS[21] for one in wmt_news.system_ratings(21, pair)]
    samples = [
        # A seed per system: the same lines of all systems would tie the level of a pair to thirty lines.
        random.Random(f"{_SEED}/{wmt_news.output_file(21, one.pair, one.system)}").sample(  # noqa: S311
            [line for line in one.translations if line.strip()], _PER_SYSTEM
        )
        for one in rated
    ]
    surprisals = iter(read_surprisals(model, [line for lines in samples for line in lines]))
    rows = []
    for one, lines in zip(rated, samples, strict=True):
        own = [_sentence(one.pair, next(surprisals), one.raw) for _ in lines]
        names = own[0].statistics
        means = {name: float(np.mean([each.statistics[name] for each in own])) for name in names}
        rows.append(Sentence(one.pair, means, round(np.mean([each.tokens for each in own])), one.raw))
    return rows


@dataclass(frozen=True, slots=True)
class RatedDocument:
    """One WMT21 document: sampled sentences of some systems, each with the mean rating of its line over all systems;
    the first line of a document is its headline where it has no full stop. `noise`: standard error of the mean rating.
    """

    sentences: tuple[Sentence, ...]
    headlines: tuple[Sentence, ...]
    rating: float
    noise: float


def rated_documents(model: LanguageModel) -> dict[str, RatedDocument]:
    """A seeded sample of documents of the pairs whose lines are known, named pair/number.

    One annotator rates a whole document, so raw scores of one system say more about the annotator; the mean over the
    systems is that of a group, brought to the mean and spread of the pair's raw scores from standardised ones.
    """
    found: dict[str, RatedDocument] = {}
    for pair in sorted(wmt_news.segment_lines()):
        ratings = wmt_news.segment_ratings(pair)
        center, scale = np.mean([one.raw for one in ratings]), np.std([one.raw for one in ratings])
        lines: dict[int, list[float]] = defaultdict(list)
        for one in ratings:
            lines[one.line].append(min(100.0, max(0.0, float(center + scale * one.z))))
        members: dict[int, list[wmt_news.SegmentRating]] = defaultdict(list)
        for one in ratings:
            members[one.document].append(one)
        for number in sorted(sample(sorted(members), _DOCUMENTS)):
            own = members[number]
            chosen = set(sample(sorted({one.system for one in own}), _SYSTEMS_PER_DOCUMENT))
            rows = [one for one in own if one.system in chosen and one.translation.strip()]
            surprisals = read_surprisals(model, [one.translation for one in rows])
            first = min(one.line for one in own)
            pairs = [
                (
                    one.line == first and is_headline(one.source),
                    _sentence(pair, tokens, float(np.mean(lines[one.line]))),
                )
                for one, tokens in zip(rows, surprisals, strict=True)
                if tokens
            ]
            values = [value for line in sorted({one.line for one in own}) for value in lines[line]]
            found[f"{pair}/{number}"] = RatedDocument(
                sentences=tuple(sentence for heading, sentence in pairs if not heading),
                headlines=tuple(sentence for heading, sentence in pairs if heading),
                rating=float(np.mean(values)),
                noise=float(np.std(values) / np.sqrt(len(values))),
            )
    return found


def is_headline(line: str) -> bool:
    """True for a short source line without a full stop."""
    return len(line) < _LONGEST_HEADLINE and not line.rstrip().endswith((".", "!", "?", '"', "“", "”", ":", "»"))


def sample(items: Sequence[Item], most: int) -> list[Item]:
    """A seeded sample without replacement, in the order of `items`."""
    numbers = list(range(len(items)))
    random.Random(_SEED).shuffle(numbers)  # noqa: S311 - a sample, not a secret
    return [items[number] for number in sorted(numbers[:most])]


def fit(train: Sequence[Sentence], news: Sequence[Sentence]) -> Linear:
    """Least squares; the rows of `news` weigh `_NEWS` times as much as those of `train`, all together.

    The prior is the weighted mean of all ratings.
    """
    names = list(train[0].statistics)
    rows = [*train, *news]
    features = np.array([[1.0, *(row.statistics[name] for name in names)] for row in rows])  # (rows, features + 1)
    ratings = np.array([row.rating for row in rows])  # (rows,)
    weights = np.array([1.0] * len(train) + [_NEWS * len(train) / max(1, len(news))] * len(news))  # (rows,)
    root = np.sqrt(weights)
    solution = np.linalg.lstsq(features * root[:, None], ratings * root, rcond=None)[0]
    intercept, *slopes = (float(value) for value in solution)
    prior = float(np.average(ratings, weights=weights))
    return Linear(intercept, dict(zip(names, slopes, strict=True)), prior)


def _covered(expected: Floats, rated: Floats, spread: float) -> float:
    return float(np.mean(np.abs(rated - expected) <= NORMAL_80 * spread))


def shared_spread(line: Linear, documents: Mapping[str, RatedDocument], news: Sequence[Sentence]) -> float:
    """How far whole documents lie off what is expected of them, root mean square in points.

    Two parts: how much better or worse systems and languages are than their surprisal says (rows of `news`, level
    included), and how much documents of one language are (around the mean of their pair, beyond the ratings' noise).
    """
    level = np.mean([(one.rating - line.expect(one.statistics, one.tokens)) ** 2 for one in news])
    off: dict[str, list[float]] = defaultdict(list)
    noise = []
    for name, one in documents.items():
        if one.sentences:
            expected = np.mean([line.expect(each.statistics, each.tokens) for each in one.sentences])
            off[name.split("/")[0]].append(float(one.rating - expected))
            noise.append(one.noise)
    own = np.mean([np.var(values) for values in off.values()]) - np.mean(np.square(noise))
    return float(np.sqrt(level + max(0.0, own)))


def _scale(distances: Floats) -> float:
    """The spread whose interval of 80 % reaches as far as 80 % of the distances."""
    return float(np.quantile(distances, _COVERED)) / NORMAL_80


def _patient(line: Linear, patience: float) -> Linear:
    return replace(line, patience=patience)


def _squared_error(line: Linear, sentences: Sequence[Sentence]) -> float:
    return float(np.mean([(line.expect(one.statistics, one.tokens) - one.rating) ** 2 for one in sentences]))


def _sentence(pair: str, tokens: Sequence[TokenSurprisal], rating: float) -> Sentence:
    return Sentence(pair, surprisal_statistics(tokens), len(tokens), rating)


if __name__ == "__main__":
    main()
