"""A packaged estimator as a teacher that has the source beside it: what the target side alone cannot know.

A student that sees only the translation learns from it what a wrong one sounds like, on many more sentences than people
rated. Ratings are put on the scale of the target side: of the source it is told which of the sentences of a language
are better, not how well its systems translate.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import nan
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from eval.datasets import mlqe_pe, wmt_mqm, wmt_news
from eval.datasets.folder import data_file
from eval.fitting.joint import centred
from eval.suites.rated_lines import Origin, sourced
from models.quality_en.teaching import Taught, ends_of, onto
from mtqa import Settings
from mtqa.annotating.agreement import find_agreement
from mtqa.modeling.joint_estimator import load_joint_estimator
from mtqa.modeling.load_quality import load_quality_estimator
from mtqa.modeling.meaning_encoder import load_meaning_encoder
from mtqa.modeling.quality_estimator import QualityEstimator
from mtqa.modeling.quality_model import Reading
from mtqa.schema.annotations import JointReading, SourceView
from mtqa.schema.roles import JointEstimator, MeaningEncoder

Floats = NDArray[np.float32]
_DEV_PER_PAIR = 300
_LEAST = 1e-4  # probability of an error, and of none


@dataclass(frozen=True, slots=True)
class Comparers:
    """What reads the source: the meaning encoder, and the joint estimator where the tier has a calibration for it."""

    encoder: MeaningEncoder | None = None
    joint: JointEstimator | None = None


@dataclass(frozen=True, slots=True)
class Expected:
    """What a tier expects of a text, and how much more with the source in view; `view` None without one. `joint`: what
    the joint estimator reads in both.
    """

    alone: float
    gain: float
    view: SourceView | None
    joint: JointReading | None = None


class SourceTeacher:
    """A teacher (models.quality_en.teaching) of the tier of an estimator, with the source where `origins` knows it.

    `z` is `slope` times what the tier expects; `raw` goes through the tier's calibration. Of the gain by the source
    `usual` is taken off, its mean by view. `error` is that of the tier, or the mean of that and of how probably the
    joint estimator takes a token to be changed; `surprisal` is that of the tier's first model.
    """

    def __init__(
        self,
        estimator: QualityEstimator,
        comparers: Comparers,
        origins: Mapping[str, Origin],
        *,
        slope: float,
        usual: Mapping[SourceView, float],
    ) -> None:
        self._estimator, self._comparers = estimator, comparers
        self._origins = origins
        self._slope, self._usual = slope, usual

    @classmethod
    def load(cls, folder: Path, origins: Mapping[str, Origin]) -> SourceTeacher:
        """The full tier of a folder of weights; `slope` and `usual` are fitted to a part of MLQE-PE dev."""
        estimator = load_quality_estimator(Settings(quality_model=folder))
        joint = load_joint_estimator(Settings()) if estimator.reads_jointly else None
        comparers = Comparers(load_meaning_encoder(Settings()), joint)
        gains: defaultdict[SourceView, list[float]] = defaultdict(list)
        rated: list[tuple[float, float]] = []  # what is expected with the source, and what people said
        groups: list[str] = []
        for pair in mlqe_pe.PAIRS:
            rows = mlqe_pe.direct_assessments(pair, "dev")[:_DEV_PER_PAIR]
            texts, places = [row.translation for row in rows], [Origin(row.source, pair) for row in rows]
            own = expect(estimator, comparers, estimator.read(texts), texts, places)
            for one in own:
                if one.view is not None:
                    gains[one.view].append(one.gain)
            rated += [(one.alone + one.gain, row.z_mean) for one, row in zip(own, rows, strict=True)]
            groups += [pair] * len(rows)
        usual = {view: float(np.mean(values)) for view, values in gains.items()}
        expected, z = centred(np.array(rated), np.array(groups)).T
        slope = float(np.polyfit(expected, z, 1)[0])
        print(f"teacher: {slope:.3f} z a unit, usual gains {usual}", flush=True)
        return cls(estimator, comparers, origins, slope=slope, usual=usual)

    def __call__(self, texts: Sequence[str]) -> list[Taught]:
        """One lesson per text."""
        readings = self._estimator.read(texts)
        places = [self._origins.get(text.strip()) for text in texts]
        scale = self._estimator.tier.scale
        lessons = []
        for own, found in zip(readings, expect(self._estimator, self._comparers, readings, texts, places), strict=True):
            value = found.alone
            if found.view is not None:
                value += found.gain - self._usual.get(found.view, 0.0)
            raw = scale.score(value) / 100.0
            error = _with_joint(self._errors(own), own[0].encoded.ends, found.joint)
            lessons.append(Taught(ends_of(own[0].encoded), own[0].surprisal, error, self._slope * value, raw))
        return lessons

    def _errors(self, readings: Sequence[Reading]) -> Floats:
        """Probability that a token of the first model is wrong  # (tokens,)."""
        tier = self._estimator.tier
        ends = list(readings[0].encoded.ends)
        nothing = np.zeros(0, dtype=np.float32)
        total = np.full(len(ends), tier.token_bias)  # (tokens,)
        for weight, own in zip(tier.token_weights, readings, strict=True):
            error = onto(Taught(ends_of(own.encoded), nothing, own.error, nan, nan), ends)[1]
            bounded = np.clip(error or np.full(len(ends), 0.5), _LEAST, 1.0 - _LEAST)
            total += weight * np.log(bounded / (1.0 - bounded))
        return np.asarray(1.0 / (1.0 + np.exp(-total)), dtype=np.float32)


def _with_joint(error: Floats, ends: Sequence[int], joint: JointReading | None) -> Floats:
    """The mean of two opinions of each token; the first alone where nothing was read with the source."""
    if joint is None:
        return error
    spans = Taught(
        np.array([end for _, end in joint.spans], dtype=np.int32), error[:0], joint.edited.astype(np.float32), nan, nan
    )
    edited = onto(spans, ends)[1]
    return np.asarray((error + np.array(edited)) / 2.0, dtype=np.float32) if edited else error


def expect(
    estimator: QualityEstimator,
    comparers: Comparers,
    readings: Sequence[tuple[Reading, ...]],
    texts: Sequence[str],
    origins: Sequence[Origin | None],
) -> list[Expected]:
    """One Expected per text; `readings` are those of the estimator's models."""
    qualities = [estimator.tier.quality(own) for own in readings]
    found = [Expected(quality.expectation, 0.0, None) for quality in qualities]
    known = {number: origin for number, origin in enumerate(origins) if origin is not None}
    documents = [sourced(number, texts[number], origin) for number, origin in known.items()]
    for number, agreement in zip(known, find_agreement(documents, comparers.encoder, comparers.joint), strict=True):
        if agreement and agreement[0] is not None:
            now = estimator.with_source(qualities[number], agreement[0]).expectation
            alone = found[number].alone
            found[number] = Expected(alone, now - alone, agreement[0].view, agreement[0].joint)
    return found


def training_origins() -> dict[str, Origin]:
    """Translation -> its source, of all training sets; the first one where several were translated alike."""
    found: dict[str, Origin] = {}
    for text, origin in _translations():
        found.setdefault(text.strip(), origin)
    return found


def _translations() -> Iterator[tuple[str, Origin]]:
    for pair in mlqe_pe.PAIRS:
        for row in mlqe_pe.direct_assessments(pair, "train"):
            yield row.translation, Origin(row.source, pair)
    for name in wmt_mqm.SETS:
        for marked in wmt_mqm.marked_translations(name, "train"):
            yield marked.translation, Origin(marked.source, "zh")
    for pair in wmt_news.PAIRS[21]:
        sources = wmt_news.read_lines(data_file(wmt_news.source_file(21, pair)))
        for system in wmt_news.system_ratings(21, pair):
            for source, translation in zip(sources, system.translations, strict=True):
                if any(map(str.isalnum, source)):
                    yield translation, Origin(source.strip(), pair)
