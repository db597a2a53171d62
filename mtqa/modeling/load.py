"""The language model that the settings name, loaded."""

from __future__ import annotations

from mtqa.errors import ModelError, SettingsError
from mtqa.modeling.language_model import CausalLanguageModel
from mtqa.modeling.store import ModelFolder, ensure, is_offline, manifests
from mtqa.modeling.tokens import Tokenizer
from mtqa.schema.progress import Progress
from mtqa.settings import Engine, Settings


def load_language_model(settings: Settings, *, progress: Progress | None = None) -> CausalLanguageModel:
    """Load a model of the store, a local folder or a hub name.

    A model of the store runs on CTranslate2 unless the settings ask for torch; a user's own runs on torch. Raises
    ModelMissing if the model is not here and may not be fetched, ModelError if it cannot be loaded.
    """
    name = settings.language_model
    if name in manifests():
        return _from_store(ensure(name, settings, progress), settings, progress)
    if settings.engine is Engine.CT2:
        raise SettingsError(f"{name}: the engine ct2 runs models of the store only ({', '.join(manifests())})")
    from mtqa.modeling.torch_engine import load_own_model

    return load_own_model(name, offline=is_offline(settings), threads=settings.threads, progress=progress)


def _from_store(folder: ModelFolder, settings: Settings, progress: Progress | None) -> CausalLanguageModel:
    tokenizer = Tokenizer.load(folder.path)
    start = tokenizer.id_of(folder.start_token)
    if start is None:
        raise ModelError(f"{folder.path}: the vocabulary has no {folder.start_token}; get the model again")
    if settings.engine is Engine.TORCH:
        from mtqa.modeling.torch_engine import load_gguf

        return load_gguf(
            folder.path,
            tokenizer,
            start=start,
            fingerprint=folder.fingerprint,
            threads=settings.threads,
            progress=progress,
        )
    from mtqa.modeling.ct2_engine import Ct2Engine

    engine = Ct2Engine(
        folder.path / "ct2-int8",
        tokenizer,
        start=start,
        fingerprint=folder.fingerprint,
        smoothing=folder.smoothing,
        threads=settings.threads,
    )
    return CausalLanguageModel(engine, tokenizer, progress=progress)
