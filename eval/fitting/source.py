"""`python -m eval.fitting.source`: the calibrations with the source of both tiers, into quality.json.

One for each way of comparing (SourceView), without the joint estimator and, in the full tier, with it; each a linear
model of the tier's expectation and the figures of the comparison (mtqa.modeling.source_calibration), fitted like the
tiers themselves (eval.fitting.joint):

- meaning: ratings of MLQE-PE dev ru-en, and with less weight those of WMT21 de-en and of the MQM sets zh-en (training
  documents) that models.meaning_rating held out;
- vectors, lexicon: MLQE-PE dev et ne ro si;
- overlap: all of MLQE-PE dev.

Pairs are references of WMT22 and corrupted copies beside their source, some of which lack nothing but the final mark:
people hardly mind it in other sentences, but of two translations the one without it is the worse. Where the encoder
knows the language, errors that only the source tells are among them (models.joint_quality.planting). Nonsense are
translations of another sentence and copies of the source, which nobody would rate above _NONSENSE points. No figure of
an error may speak for a translation, and none of agreement against it (_SIGNS).
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any

import numpy as np
import typer

from eval.datasets import mlqe_pe, wmt_mqm, wmt_news
from eval.datasets.folder import data_file
from eval.datasets.wordnet import read_wordnet
from eval.fitting.estimator import FINAL_MARKS, Floats, calibration_knots
from eval.fitting.joint import Rated
from eval.fitting.joint import fit as fit_joint
from eval.measures.correlation import pearson
from eval.suites.rated_lines import Origin, sourced
from models.joint_quality.planting import QuietErrors, planted
from models.meaning_rating.material import held_out, is_sensible
from models.quality_en.corruptions import KINDS, Material, corrupt
from models.quality_en.examples import clean_sentences
from models.quality_en.similar_words import similar_words
from models.word_cover.material import Pair
from mtqa import Settings
from mtqa.annotating.agreement import find_agreement
from mtqa.modeling.joint_estimator import load_joint_estimator
from mtqa.modeling.load_quality import DESCRIPTION, SOURCES, load_quality_estimator, weights_folder
from mtqa.modeling.meaning_encoder import load_meaning_encoder
from mtqa.modeling.scale import Scale
from mtqa.modeling.source_calibration import source_features
from mtqa.schema.annotations import SentenceQuality, SourceView

_GROUPS = {
    SourceView.MEANING: ("ru",),
    SourceView.VECTORS: ("et", "ne", "ro", "si"),
    SourceView.LEXICON: ("et", "ne", "ro", "si"),
    SourceView.OVERLAP: ("et", "ne", "ro", "ru", "si"),
}
_WITH_ENCODER = (SourceView.MEANING, SourceView.VECTORS)
_COVERED = ("de", "ja", "ru", "zh")  # languages of WMT22 that the encoder knows
_OTHERS = ("cs", "uk")
_LINES = 260  # of each language, each with copies of three kinds
_COPIES, _PLANTED_COPIES = 3, 5
_PLANTED = (
    *("similar_word", "dropped_word", "dropped_name", "added_word", "digits", "pronoun", "wider_term", "opposite"),
    *("aspect", "dropped_modifier", "added_modifier", "dropped_small_word", "conjunction"),
)
_FURTHER, _FURTHER_WEIGHT = 700, 0.3  # sentences of each further set, and what they count
_NONSENSE, _NONSENSE_Z = 4.0, -3.0  # rating
_NONSENSE_EXAMPLES = 200
# What they count beside all that was rated; chosen on dev.
_NONSENSE_SHARES = {
    SourceView.MEANING: 0.05,
    SourceView.VECTORS: 0.02,
    SourceView.LEXICON: 0.02,
    SourceView.OVERLAP: 0.02,
}
_WORST = 0.9  # quantile of the nonsense that gets at most that rating
_HALF_NORMAL = 0.7979  # mean absolute value of a standard normal variable
_MARKLESS = 4  # of so many lines one gives a copy without its final mark
# Of the mean correlation, for the order of corrupted pairs; more where ratings of vectors leave room for it.
_MOST_LOST = {view: 0.01 if view is SourceView.MEANING else 0.006 for view in SourceView}
_MOST_LOST_JOINTLY = {**_MOST_LOST, SourceView.MEANING: 0.015}  # the joint estimator follows ratings that much better
_LOW, _HIGH = 0.1, 0.9
_SEED = 19
# The features, by the sign that a weight may have: what is good, what is bad, and what may be either.
_GOOD = (
    "expectation names lexicon_said lexicon_meant rated cosine words_meant words_meant_least words_said "
    "words_said_least reading joint joint_order"
).split()
_BAD = (
    "length_off numbers_lost numbers_new copied mark_lost cosine_low read_missing read_missing_most "
    "read_missing_size read_wrong read_wrong_most read_wrong_size joint_unrelated joint_missing_most"
).split()
_EITHER = ("length", "cognates")
_SIGNS = dict.fromkeys(_GOOD, 1) | dict.fromkeys(_BAD, -1) | dict.fromkeys(_EITHER, 0)
_FEATURES = tuple(_SIGNS)


@dataclass(frozen=True, slots=True)
class Example:
    """A translation with its source. `z`, `rating` None where nobody rated it."""

    language: str
    group: str
    source: str
    translation: str
    z: float | None = None
    rating: float | None = None


def main(
    jointly: Annotated[bool, typer.Option(help="those with the joint estimator alone; the others stay")] = False,
) -> None:
    """Fit both tiers and write them."""
    path = weights_folder() / DESCRIPTION
    description = json.loads(path.read_text(encoding="utf-8"))
    rng = random.Random(_SEED)  # noqa: S311 - samples
    rated = [*_mlqe(), *_further(rng)]
    covered, others = (list(_pairs(languages, rng, with_marks=True)) for languages in (_COVERED, _OTHERS))
    covered += _planted_pairs(rng)
    pairs = {view: covered if view is SourceView.MEANING else others for view in SourceView}
    for tier, row in description["tiers"].items():
        for name in SOURCES[jointly:]:
            row.pop(name, None)
            if name == "joint_sources" and tier == "fast":
                continue  # the joint estimator costs many times the fast tier
            reader = Reader(fast=tier == "fast", jointly=name == "joint_sources")
            row[name] = {view.value: fit_view(view, rated, pairs[view], reader) for view in SourceView}
            for view, own in row[name].items():
                print(tier, name, view, json.dumps(own["fitted"]), flush=True)
    path.write_text(json.dumps(description, indent=1) + "\n", encoding="utf-8")


class Reader:
    """What a tier and the comparison say of examples."""

    def __init__(self, *, fast: bool, jointly: bool) -> None:
        self._estimator = load_quality_estimator(Settings(fast=fast))
        self._encoder = load_meaning_encoder(Settings())
        self.joint = load_joint_estimator(Settings()) if jointly else None
        self._known: dict[tuple[str, str, str, bool], tuple[SentenceQuality, dict[str, float]]] = {}

    def read(self, examples: Sequence[Example], view: SourceView) -> tuple[Floats, list[SentenceQuality]]:
        """Features  # (examples, features), zero where a view has none; and the quality without the source."""
        with_meaning = view in _WITH_ENCODER
        keys = [(one.source, one.translation, one.language, with_meaning) for one in examples]
        missing = {key: one for key, one in zip(keys, examples, strict=True) if key not in self._known}
        documents = [
            sourced(number, one.translation, Origin(one.source, one.language))
            for number, one in enumerate(missing.values())
        ]
        agreements = find_agreement(documents, self._encoder if with_meaning else None, self.joint)
        qualities = self._estimator.rate([document.text for document in documents])
        for key, agreement, quality in zip(missing, agreements, qualities, strict=True):
            own = agreement[0] if agreement else None
            if own is None:
                raise ValueError(f"{key[1]!r} or its source has neither letters nor digits")
            self._known[key] = quality.sentence, source_features(quality.sentence, own)
        rows = [self._known[key] for key in keys]
        features = np.array([[values.get(name, 0.0) for name in _FEATURES] for _, values in rows])
        features = features.reshape(len(rows), len(_FEATURES))  # of no rows, too
        return features, [quality for quality, _ in rows]


def fit_view(
    view: SourceView, rated: Sequence[Example], pairs: Sequence[tuple[Example, Example]], reader: Reader
) -> dict[str, Any]:
    """The numbers of one SourceCalibration, with figures on the data they were fitted on."""
    groups = _GROUPS[view]
    own = [one for one in rated if one.group in groups]
    further = [one for one in rated if one.group.startswith("further")] if view is SourceView.MEANING else []
    nonsense = _nonsense([good for good, _ in pairs] if view is SourceView.MEANING else own)
    features, qualities = reader.read(own, view)
    more, _ = reader.read(further, view)
    bad, _ = reader.read(nonsense, view)
    used = np.array([_is_used(view, name, jointly=reader.joint is not None) for name in _FEATURES])
    chosen = [name for name, is_used in zip(_FEATURES, used, strict=True) if is_used]
    # The nonsense stands in one group with the middle of what was rated, whose rating is 0: it has a level, too.
    middle = np.tile(np.median(features, axis=0), (len(bad), 1))
    parts = [(features, own), (more, further)]
    stacked = np.vstack([*(values for values, _ in parts), bad, middle])[:, used]
    count = len(own) + len(further)
    ratings = np.array([one.z for one in (*own, *further)], dtype=np.float64)
    shares = np.full(count + 2 * len(bad), _NONSENSE_SHARES[view] * len(own) / (2 * len(bad)))
    shares[:count] = [1.0 if one.group in groups else _FURTHER_WEIGHT for one in (*own, *further)]
    joint = fit_joint(
        Rated(
            stacked,
            np.concatenate([ratings, np.full(len(bad), _NONSENSE_Z), np.zeros(len(bad))]),
            np.array([one.group for one in (*own, *further)] + ["nonsense"] * (2 * len(bad))),
            shares,
        ),
        reader.read([good for good, _ in pairs], view)[0][:, used],
        reader.read([worse for _, worse in pairs], view)[0][:, used],
        most_lost=(_MOST_LOST if reader.joint is None else _MOST_LOST_JOINTLY)[view],
        groups=groups,
        signs=[_SIGNS[name] for name in chosen],
    )
    expected = features[:, used] @ joint.weights
    scale, level = float(np.std(expected)), float(np.mean(expected))
    expected = (expected - level) / scale  # (rows,)
    worst = float(np.quantile((bad[:, used] @ joint.weights - level) / scale, _WORST))
    rating = np.array([one.rating for one in own], dtype=np.float64)
    knots = _with_nonsense(calibration_knots(expected, rating), worst)
    curve = Scale(tuple(knots), (0.0, 1.0), 0.0, 0.0)
    left = rating - np.array([curve.score(value) for value in expected.tolist()])
    stated = np.array([one.spread for one in qualities])
    slope, offset = np.polyfit(stated, np.abs(left) / _HALF_NORMAL, 1)
    low, high = np.quantile(left / np.maximum(1.0, offset + slope * stated), [_LOW, _HIGH])
    z = np.array([one.z for one in own], dtype=np.float64)
    before = np.array([one.expectation for one in qualities])
    names = np.array([one.group for one in own])
    without = np.mean([pearson(before[names == one].tolist(), z[names == one].tolist()) for one in groups])
    return {
        "weights": {name: round(float(value) / scale, 5) for name, value in zip(chosen, joint.weights, strict=True)},
        "intercept": round(-level / scale, 5),
        "knots": [[round(x, 4), round(y, 3)] for x, y in knots],
        "spread": [round(float(offset), 4), round(float(slope), 5)],
        "low": round(float(low), 4),
        "high": round(float(high), 4),
        "fitted": {
            "data": f"{len(own)} sentences of MLQE-PE dev, {len(further)} further, {len(pairs)} corrupted pairs",
            "mean_pearson": round(joint.correlation, 3),
            "mean_pearson_without_source": round(float(without), 3),
            "weight_of_pairs": joint.pair_weight,
            "corrupted_pairs_ordered": round(joint.ordered, 3),
        },
    }


def _is_used(view: SourceView, name: str, *, jointly: bool) -> bool:
    if name.startswith("joint"):
        return jointly
    if name.startswith(("words", "read")) and jointly:
        return False
    if name.startswith(("cosine", "words", "read")):
        return view is SourceView.MEANING
    if name == "rated":
        return view in _WITH_ENCODER
    return view in (SourceView.VECTORS, SourceView.LEXICON) or not name.startswith("lexicon")


def _with_nonsense(knots: list[tuple[float, float]], worst: float) -> list[tuple[float, float]]:
    """The knots of what was rated, and one for nonsense below them."""
    (first, low), *rest = knots
    place = min(worst, rest[0][0] - 0.2)
    return [(min(first, place - 1.0), min(low, 0.5)), (place, _NONSENSE), *rest]


def _nonsense(examples: Sequence[Example]) -> list[Example]:
    """Translations of the next sentence of the group, and copies of the source, in turn."""
    found = []
    for place, one in enumerate(examples[: 2 * _NONSENSE_EXAMPLES]):
        other = examples[(place + 7) % len(examples)]
        if place % 2:
            found.append(Example(one.language, "nonsense", one.source, one.source))
        elif other.language == one.language and other.source != one.source:
            found.append(Example(one.language, "nonsense", one.source, other.translation))
    return found


def _mlqe() -> Iterator[Example]:
    for pair in mlqe_pe.PAIRS:
        for row in mlqe_pe.direct_assessments(pair, "dev"):
            yield Example(pair, pair, row.source, row.translation, row.z_mean, row.mean)


def _further(rng: random.Random) -> Iterator[Example]:
    """Ratings of the training sets in languages that the encoder knows, put on the scale of z; those that the rating by
    vectors did not learn from.
    """
    ratings = [one for one in wmt_news.segment_ratings("de") if held_out(one.source)]
    ratings = [one for one in ratings if is_sensible(one.source, one.translation)]
    for one in rng.sample(ratings, min(_FURTHER, len(ratings))):
        yield Example("de", "further-de", one.source, one.translation, 0.8 * max(-3.0, min(1.5, one.z)), one.raw)
    for name in wmt_mqm.SETS:
        marked = [
            one
            for one in wmt_mqm.marked_translations(name, "train")
            if held_out(one.document) and is_sensible(one.source, one.translation)
        ]
        for row in rng.sample(marked, min(_FURTHER, len(marked))):
            yield Example("zh", f"further-{name}", row.source, row.translation, 0.8 - min(15.0, row.points) / 5.0, None)


def corrupted_pairs(rng: random.Random) -> list[tuple[Example, Example]]:
    """References of WMT22 from languages that the encoder knows, and corrupted copies of them."""
    return list(_pairs(_COVERED, rng))


def _pairs(
    languages: Sequence[str], rng: random.Random, *, with_marks: bool = False
) -> Iterator[tuple[Example, Example]]:
    """References of WMT22 and corrupted copies; `with_marks`: some that lack the final mark alone among them."""
    sources = _sources()
    material = Material(clean_sentences(22), sources)
    for language in languages:
        for number, good in enumerate(rng.sample(_references(language, sources[language]), _LINES)):
            source, reference = good.source, good.translation
            if with_marks and number % _MARKLESS == 0 and reference != reference.rstrip(FINAL_MARKS):
                yield good, replace(good, translation=reference.rstrip(FINAL_MARKS))
            for kind in rng.sample(sorted(KINDS), _COPIES):
                copy = corrupt(kind, reference, rng, material)
                if copy is not None and is_sensible(source, copy.text):
                    yield good, replace(good, translation=copy.text)


def _planted_pairs(rng: random.Random) -> Iterator[tuple[Example, Example]]:
    """The same with errors that only the source tells, in languages that the encoder knows."""
    sources, clean = _sources(), clean_sentences(22)
    material, similar = Material(clean, sources), similar_words(clean)
    quiet = QuietErrors(clean, read_wordnet(), material)
    for language in _COVERED:
        for good in rng.sample(_references(language, sources[language]), _LINES):
            pair = Pair(good.group, language, good.source, good.translation)
            for kind in rng.sample(_PLANTED, _PLANTED_COPIES):
                worse = planted(kind, pair, [], rng, material, similar, quiet)
                if worse is not None and is_sensible(good.source, worse.translation):
                    yield good, replace(good, translation=worse.translation)


def _sources() -> dict[str, list[str]]:
    return {one: wmt_news.read_lines(data_file(wmt_news.source_file(22, one))) for one in wmt_news.PAIRS[22]}


def _references(language: str, sources: Sequence[str]) -> list[Example]:
    references = wmt_news.read_lines(data_file(wmt_news.reference_file(22, language)))
    lines = zip(sources, references, strict=True)
    return [
        Example(language, f"pairs-{language}", one.strip(), other.strip())
        for one, other in lines
        if is_sensible(one, other)
    ]


if __name__ == "__main__":
    typer.run(main)
