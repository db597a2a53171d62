"""What int8 costs the language model on the CPU at hand: its log-probabilities against those of torch in float32.

Measured are the weights as mtqa scales them (mtqa.modeling.int8, mtqa.modeling.smoothing), the same without the scales
that smooth channels, and up to 127, as CTranslate2 does by itself, on translations of MLQE-PE ro-en dev. `bias` and
`deviation` of the log-probability of a sentence and of a token, nats.
CPUs with and without VNNI differ: the settings name what this one has.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from eval.datasets import mlqe_pe
from eval.suites.cpu import cpu_features
from mtqa import Settings
from mtqa.modeling.convert import convert
from mtqa.modeling.ct2_engine import Ct2Engine
from mtqa.modeling.int8 import FULL, LARGEST
from mtqa.modeling.language_model import CausalLanguageModel
from mtqa.modeling.load import load_language_model
from mtqa.modeling.smoothing import shipped_scales
from mtqa.modeling.store import ensure, manifests
from mtqa.settings import Engine

_SENTENCES = 60


def run(sentences: int | None = _SENTENCES) -> dict[str, Any]:
    """Figures on the first `sentences` translations (None: all)."""
    texts = [row.translation for row in mlqe_pe.direct_assessments("ro", "dev")][:sentences]
    base = ensure("smollm2-135m", Settings())
    exact = load_language_model(Settings(engine=Engine.TORCH))
    expected = [scores for _, scores in exact.score(texts)]
    figures: dict[str, Any] = {"sentences": len(texts)}
    shipped = load_language_model(Settings(engine=Engine.CT2))
    scales = shipped_scales(base.name, manifests()[base.name].smoothing)
    found = {f"{LARGEST}": shipped.score(texts)}
    for name, largest, own in ((f"{LARGEST}_without_scales", LARGEST, {}), (f"{FULL}", FULL, scales)):
        with tempfile.TemporaryDirectory() as scratch:
            convert(base.path / "model.gguf", Path(scratch), largest=largest, smoothing=own)
            engine = Ct2Engine(
                Path(scratch) / "ct2-int8", exact.tokenizer, start=exact.engine.start, fingerprint=base.fingerprint
            )
            found[name] = CausalLanguageModel(engine, exact.tokenizer).score(texts)
    for name, scored in found.items():
        off = [one - other for (_, one), other in zip(scored, expected, strict=True)]
        sums = np.array([one.sum() for one in off])  # (sentences,)
        figures |= {
            f"bias_of_a_sentence_{name}": round(float(sums.mean()), 2),
            f"deviation_of_a_sentence_{name}": round(float(sums.std()), 2),
            f"deviation_of_a_token_{name}": round(float(np.concatenate(off).std()), 3),
        }
    return {
        "figures": figures,
        "details": [],
        "signature": shipped.signature,
        "settings": {"cpu": cpu_features()},
    }
