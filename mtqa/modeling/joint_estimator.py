"""Reads a source and its translation together with one multilingual encoder that was trained on ratings and errors.

The encoder (multilingual-e5-small, fetched; its layers trained anew by models.joint_quality and shipped) sees both
texts in one row, so that every token looks at those of the other side. In the manner of TransQuest (Ranasinghe et al.
2020) and CometKiwi (Rei et al. 2022), with 21 M parameters beside the table of embeddings.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mtqa.errors import ModelError
from mtqa.modeling.ct2_models import opened
from mtqa.modeling.fetch import hash_of
from mtqa.modeling.joint_build import ensure_joint
from mtqa.modeling.joint_tokens import SOURCE, TRANSLATION, JointTokens, PairTokens
from mtqa.modeling.shipped import read_weights, shipped_folder
from mtqa.modeling.store import ensure
from mtqa.modeling.threads import one_thread_each, worker_count
from mtqa.modeling.token_spans import encodable
from mtqa.schema.annotations import JointReading
from mtqa.schema.progress import Progress, Step
from mtqa.settings import Settings

Floats = NDArray[np.float32]
BASE = "multilingual-e5-small"
HEADS, LAYERS = "heads.safetensors", "layers.safetensors"
_NAME = "the joint estimator"
_AT_ONCE = 512  # tokens
_PARTS = ("pooled", "sentence", "hidden", "token")
_HEAD_PARTS = frozenset(f"{part}.{kind}" for part in _PARTS for kind in ("weight", "bias"))
_EDITED, _WRONG, _MISSING = range(3)
# Conneau et al. 2020, table 6: the languages that XLM-R, from which the encoder comes, was trained on.
LANGUAGES = frozenset(
    "af am ar as az be bg bn br bs ca cs cy da de el en eo es et eu fa fi fr fy ga gd gl gu ha he hi hr hu hy id is it "
    "ja jv ka kk km kn ko ku ky la lo lt lv mg mk ml mn mr ms my ne nl no om or pa pl ps pt ro ru sa sd si sk sl so sq "
    "sr su sv sw ta te th tl tr ug uk ur uz vi xh yi zh".split()
)


def load_joint_estimator(settings: Settings, *, progress: Progress | None = None) -> JointReader:
    """Load it, fetching and building what is missing.

    Raises ModelMissing if the encoder is not here and may not be fetched, ModelError if files are damaged.
    """
    shipped = shipped_folder("joint_quality", HEADS, _NAME)
    heads, fingerprint = read_weights(shipped / HEADS)
    if wrong := _misfits(heads):
        raise ModelError(f"{shipped / HEADS} is damaged; missing, unknown or of another size: {', '.join(wrong)}")
    if not (shipped / LAYERS).is_file():
        raise ModelError(f"{shipped / LAYERS} is missing from this installation; install mtqa again")
    layers = hash_of(shipped / LAYERS)[:8]
    base = ensure(BASE, settings, progress)
    folder = ensure_joint(base, shipped / LAYERS, layers, progress=progress)
    return JointReader(
        folder,
        JointTokens.load(base.path),
        heads,
        signature=f"joint-{layers[:4]}{fingerprint}",
        threads=settings.threads,
        progress=progress,
    )


def _misfits(heads: Mapping[str, Floats]) -> list[str]:
    """Names of the heads that are missing, too many, or do not fit the others."""
    if wrong := heads.keys() ^ _HEAD_PARTS:
        return sorted(wrong)
    hidden, width = heads["hidden.weight"].shape if heads["hidden.weight"].ndim == 2 else (0, 0)
    pooled = len(heads["pooled.bias"])
    shapes = {"pooled": (pooled, 3 * width), "sentence": (3, pooled), "hidden": (hidden, width), "token": (3, hidden)}
    return [
        name
        for name, (outputs, inputs) in shapes.items()
        if heads[f"{name}.weight"].shape != (outputs, inputs) or heads[f"{name}.bias"].shape != (outputs,)
    ]


class JointReader:
    """Implements schema.roles.JointEstimator. Safe for threads; a pair's reading depends on the pair alone."""

    languages = LANGUAGES

    def __init__(
        self,
        folder: Path,
        tokens: JointTokens,
        heads: Mapping[str, Floats],
        *,
        signature: str,
        threads: int | None = None,
        progress: Progress | None = None,
    ) -> None:
        import ctranslate2

        self._workers = worker_count(threads)
        self._encoder: Any = opened(ctranslate2.Encoder, folder, self._workers)
        self._tokens = tokens
        self._heads = heads
        self._progress = progress
        self.signature = signature

    def read(self, pairs: Sequence[tuple[str, str]]) -> list[JointReading]:
        """What is made of each source and translation, in order. ValueError for a blank text."""
        if any(not text.strip() for both in pairs for text in both):
            raise ValueError("a blank text cannot be read beside another one")
        distinct = list(dict.fromkeys(pairs))
        rows = [self._tokens.read(encodable(source), encodable(translation)) for source, translation in distinct]
        groups: dict[int, list[int]] = defaultdict(list)
        for place, row in enumerate(rows):
            groups[len(row.ids)].append(place)
        # Rows of one length need no padding, so that none depends on its neighbours.
        batches = [
            places[low : low + size]
            for length, places in sorted(groups.items(), reverse=True)
            for size in (max(1, _AT_ONCE // length),)
            for low in range(0, len(places), size)
        ]
        found: dict[tuple[str, str], JointReading] = {}
        with one_thread_each(), ThreadPoolExecutor(self._workers) as pool:
            read = pool.map(lambda places: self._states([rows[place] for place in places]), batches)
            for places, states in zip(batches, read, strict=True):
                for place, own in zip(places, states, strict=True):
                    found[distinct[place]] = self._reading(rows[place], own)
                if self._progress is not None:
                    self._progress(Step("reading with the source", len(found), len(distinct), "segments"))
        return [found[both] for both in pairs]

    def _states(self, rows: Sequence[PairTokens]) -> Floats:
        """Rows of one length -> states  # (rows, tokens, width)."""
        output = self._encoder.forward_batch(
            [list(row.ids) for row in rows], token_type_ids=[list(row.sides) for row in rows]
        )
        return np.array(output.last_hidden_state)

    def _reading(self, row: PairTokens, states: Floats) -> JointReading:
        sides = np.array(row.sides)
        parts = [states[0], *(states[sides == side].mean(axis=0) for side in (TRANSLATION, SOURCE))]
        pooled = np.tanh(self._linear(np.concatenate(parts), "pooled"))
        expectation, order, related = self._linear(pooled, "sentence").tolist()
        logits = self._linear(_gelu(self._linear(states, "hidden")), "token")  # (tokens, 3)
        said = 1.0 / (1.0 + np.exp(-logits.astype(np.float64)))
        own = slice(row.translation_first, row.translation_first + len(row.translation_spans))
        other = slice(row.source_first, row.source_first + len(row.source_spans))
        return JointReading(
            expectation,
            order,
            edited=said[own, _EDITED],
            wrong=said[own, _WRONG],
            missing=said[other, _MISSING],
            spans=row.translation_spans,
            source_spans=row.source_spans,
            related=1.0 / (1.0 + math.exp(-max(-60.0, min(60.0, related)))),
        )

    def _linear(self, inputs: Floats, name: str) -> Floats:
        outputs: Floats = inputs @ self._heads[f"{name}.weight"].T + self._heads[f"{name}.bias"]
        return outputs


def _gelu(values: Floats) -> Floats:
    found: Floats = (0.5 * values * (1.0 + _erf(values / np.float32(math.sqrt(2.0))))).astype(np.float32)
    return found


def _erf(values: Floats) -> Floats:
    """Abramowitz and Stegun 7.1.26: within 1.5e-7."""
    size = np.abs(values)
    step = 1.0 / (1.0 + 0.3275911 * size)
    factors = (1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592)
    total = np.zeros_like(size)
    for factor in factors:
        total = (total + np.float32(factor)) * step
    found: Floats = np.sign(values) * (1.0 - total * np.exp(-size * size))
    return found
