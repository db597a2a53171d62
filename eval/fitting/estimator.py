"""`python -m eval.fitting.estimator`: put the calibration of the tiers into models/quality_en/weights/quality.json.

Everything is fitted on MLQE-PE dev, with the models as they ship (int8):

- the weights of what the models expect, and of the surprisal that they foresee: to the standardised ratings, each
  language pair centred, so that they say which sentence of a pair is better and not which pair it is, and to pairs of a
  human reference of WMT22 and a corrupted copy, as far as that costs next to no correlation (eval.fitting.joint); some
  copies lack nothing but the final mark, which people who rate hardly mind but is the worse of two all the same;
- the calibration to a rating 0..100: isotonic regression over quantile bins of all pairs together;
- the interval: the spread that the models state, scaled to the size of the residuals, and the quantiles of residual by
  spread between which 80 % lie (split conformal prediction with a normalised score, Lei et al. 2018);
- the tokens: logistic regression of the post-editors' tags on the models' logits, for what has no head of the tier
  (models.quality_en.token_head).

What surprisal statistics of the whole language model would add to the full tier is measured beside it, in halves of
dev, each predicted by a stack fitted on the other.
"""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import isotonic_regression

from eval.datasets import mlqe_pe
from eval.fitting.joint import Rated, centred
from eval.fitting.joint import fit as fit_joint
from eval.fitting.logistic import fit as fit_logistic
from eval.fitting.surprisals import read_surprisals
from eval.measures.correlation import pearson
from eval.measures.words import best_matthews
from models.quality_en.corruptions import KINDS
from models.quality_en.examples import corrupted_units
from models.quality_en.train import RUNS
from mtqa import Settings
from mtqa.modeling.load import load_language_model
from mtqa.modeling.load_quality import DESCRIPTION, TOKEN_HEAD, load_models, weights_folder
from mtqa.modeling.quality_estimator import Tier, word_probability
from mtqa.modeling.quality_model import Reading, is_unfinished
from mtqa.scoring.combine import surprisal_statistics

Floats = NDArray[np.float64]
GAIN = RUNS / "surprisal.json"
TIERS = {"full": ("full", "fast"), "fast": ("fast",)}
_BINS = 16
_FIRST, _LAST = (-3.5, 1.0), (2.2, 98.0)  # knots beyond all that dev holds: nonsense, and perfection
_SLOPE = 0.03  # share of a straight line in the calibration: what differs keeps differing
_LOW, _HIGH = 0.1, 0.9
_SEED = 11
_PAIRS = 1600  # corrupted copies
_MARKLESS = 16  # of so many references one gives a copy without its final mark
FINAL_MARKS = ".!?"
_MOST_LOST = 0.006  # of the mean correlation, for the order of corrupted pairs


def main() -> None:
    """Fit both tiers and write them."""
    folder = weights_folder()
    path = folder / DESCRIPTION
    description = json.loads(path.read_text(encoding="utf-8"))
    rows = [row for pair in mlqe_pe.PAIRS for row in mlqe_pe.tagged_sentences(pair, "dev")]
    texts = [rated.translation for rated, _, _ in rows]
    units = list(corrupted_units(_PAIRS, tuple(KINDS), random.Random(_SEED), year=22))  # noqa: S311 - a sample
    both = [row.text for unit in units for row in unit.rows]
    for text in both[:: 2 * _MARKLESS]:
        if is_unfinished(text.rstrip(FINAL_MARKS)) and not is_unfinished(text):
            both += [text, text.rstrip(FINAL_MARKS)]
    loaded = load_models(folder, Settings())
    readings = {name: model.read([*texts, *both]) for name, model in loaded.items()}
    for name, models in TIERS.items():
        every = [tuple(readings[model][number] for model in models) for number in range(len(texts) + len(both))]
        own, pairs = every[: len(texts)], every[len(texts) :]
        numbers, figures = fit_tier(rows, own, pairs, most_lost=_MOST_LOST)
        if name == "full":
            gain = gain_of_surprisal(rows, own)
            GAIN.write_text(json.dumps(gain, indent=1) + "\n", encoding="utf-8")
            print(f"{GAIN.name}: {gain}")
        kept = {key: value for key, value in description["tiers"].get(name, {}).items() if key == TOKEN_HEAD}
        description["tiers"][name] = {"models": list(models), **numbers, "fitted": figures, **kept}
        print(name, json.dumps(figures, indent=1))
    path.write_text(json.dumps(description, indent=1) + "\n", encoding="utf-8")


def fit_tier(
    rows: Sequence[tuple[mlqe_pe.DirectAssessment, mlqe_pe.PostEdit, tuple[Any, ...]]],
    readings: Sequence[tuple[Reading, ...]],
    corrupted: Sequence[tuple[Reading, ...]],
    *,
    most_lost: float,
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The numbers of a tier (mtqa.modeling.quality_estimator.Tier), and figures on the data they were fitted on.

    `corrupted`: readings of references and their copies, in turn.
    """
    pairs = np.array([rated.pair for rated, _, _ in rows])
    z = np.array([rated.z_mean for rated, _, _ in rows])
    rating = np.array([rated.mean for rated, _, _ in rows])
    said, copies = _said(readings), _said(corrupted)  # (rows, 3 models + 1), (2 pairs, 3 models + 1)
    joint = fit_joint(Rated(said, z, pairs, np.ones(len(z))), copies[::2], copies[1::2], most_lost=most_lost)
    weights = joint.weights
    expected = said @ weights
    scale = float(np.std(expected))
    weights, expected = weights / scale, expected / scale
    intercept = -float(np.mean(expected))
    expected = expected + intercept
    knots = calibration_knots(expected, rating)
    stated = 100.0 * np.array([np.mean([one.spread for one in own]) for own in readings])
    score = np.interp(expected, *np.array(knots).T)
    size = np.polyfit(stated, np.abs(rating - score) / 0.7979, 1)  # mean absolute residual of a normal distribution
    spread = np.maximum(1.0, size[1] + size[0] * stated)
    low, high = np.quantile((rating - score) / spread, [_LOW, _HIGH])
    words = _words(rows, readings)
    bias, token_weights = fit_logistic(words["features"], words["tags"])
    numbers = {
        "weights": [[round(float(one), 5) for one in weights[at : at + 3]] for at in range(0, len(weights) - 1, 3)],
        "unfinished": round(float(weights[-1]), 5),
        "intercept": round(intercept, 5),
        "knots": [[round(x, 4), round(y, 3)] for x, y in knots],
        "spread": [round(float(size[1]), 4), round(float(size[0]), 5)],
        "low": round(float(low), 4),
        "high": round(float(high), 4),
        "token_weights": [round(token_weights[f"logit_{at}"], 4) for at in range(len(readings[0]))],
        "token_bias": round(bias, 4),
    }
    tier = Tier.from_json(numbers, models=len(readings[0]))
    scores = [tier.quality(own) for own in readings]
    inside = [one.low <= truth <= one.high for one, truth in zip(scores, rating.tolist(), strict=True)]
    pearsons = {
        pair: pearson([one.score for one, own in zip(scores, pairs, strict=True) if own == pair], z[pairs == pair])
        for pair in mlqe_pe.PAIRS
    }
    logits = np.array([sum(token_weights[name] * value for name, value in one.items()) for one in words["features"]])
    figures = {
        "data": f"{len(rows)} sentences of MLQE-PE dev",
        "pearson": {pair: round(value, 3) for pair, value in pearsons.items()},
        "mean_pearson": round(float(np.mean(list(pearsons.values()))), 3),
        "weight_of_pairs": joint.pair_weight,
        "corrupted_pairs_ordered": round(joint.ordered, 3),
        "coverage": round(float(np.mean(inside)), 3),
        "token_mcc": round(best_matthews(np.array(words["tags"]) > 0.5, logits)[0], 3),
    }
    return numbers, figures


def gain_of_surprisal(
    rows: Sequence[tuple[mlqe_pe.DirectAssessment, Any, Any]], readings: Sequence[tuple[Reading, ...]]
) -> dict[str, float]:
    """Mean Pearson over pairs of the stack without and with the surprisal statistics, cross-fitted in two halves."""
    pairs = np.array([rated.pair for rated, _, _ in rows])
    z = np.array([rated.z_mean for rated, _, _ in rows])
    said = _said(readings)
    model = load_language_model(Settings())
    read = read_surprisals(model, [rated.translation for rated, _, _ in rows])
    statistics = np.array([list(surprisal_statistics(tokens).values()) for tokens in read])
    half = np.random.default_rng(_SEED).permutation(len(rows)) % 2 == 0
    found = {}
    for name, features in (("stack", said), ("stack_with_surprisal", np.hstack([said, statistics]))):
        inputs, target = centred(features, pairs), centred(z[:, None], pairs)[:, 0]
        expected = np.zeros(len(rows))
        for fitted in (half, ~half):
            weights = np.linalg.lstsq(inputs[fitted], target[fitted], rcond=None)[0]
            expected[~fitted] = inputs[~fitted] @ weights
        own = [pearson(expected[pairs == pair].tolist(), z[pairs == pair].tolist()) for pair in mlqe_pe.PAIRS]
        found[f"mean_pearson_of_{name}"] = round(float(np.mean(own)), 3)
    return found


def calibration_knots(expected: Floats, rating: Floats) -> list[tuple[float, float]]:
    """Knots (expectation, rating) of a rising piecewise linear function: means of quantile bins, made isotonic."""
    order = np.argsort(expected, kind="stable")
    bins = np.array_split(order, _BINS)
    places = np.array([expected[own].mean() for own in bins])  # (bins,)
    means = isotonic_regression([rating[own].mean() for own in bins]).x  # (bins,)
    line = np.polyval(np.polyfit(places, means, 1), places)
    levels = (1.0 - _SLOPE) * means + _SLOPE * line
    first = (min(_FIRST[0], places[0] - 1.0), min(_FIRST[1], levels[0] / 2))
    last = (max(_LAST[0], places[-1] + 0.5), max(_LAST[1], (levels[-1] + 100.0) / 2))
    return [first, *zip(places.tolist(), levels.tolist(), strict=True), last]


def _words(rows: Sequence[Any], readings: Sequence[tuple[Reading, ...]]) -> dict[str, list[Any]]:
    """For every tagged word the logit of each model, and whether it is tagged BAD."""
    features, tags = [], []
    for (_, tagged, spans), own in zip(rows, readings, strict=True):
        for span, bad in zip(spans, tagged.bad, strict=True):
            probabilities = [min(0.999, max(0.001, word_probability(one, span))) for one in own]
            features.append({f"logit_{at}": float(np.log(p / (1.0 - p))) for at, p in enumerate(probabilities)})
            tags.append(float(bad))
    return {"features": features, "tags": tags}


def _said(readings: Sequence[tuple[Reading, ...]]) -> Floats:
    """z, raw rating and mean surprisal of each model, and whether the text is unfinished  # (rows, 3 models + 1)."""
    rows = [[value for one in own for value in (one.z, one.raw, float(one.surprisal.mean()))] for own in readings]
    return np.hstack([rows, [[float(own[0].is_unfinished)] for own in readings]])


if __name__ == "__main__":
    main()
