"""A user's own causal model on torch: a tiny random Llama that the test saves, from the settings to the report."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from mtqa import Checker, Document, ModelError, ModelMissing, Settings, SettingsError
from mtqa.modeling.contrast_judge import ContrastJudge
from mtqa.modeling.language_model import CausalLanguageModel
from mtqa.modeling.load import load_language_model
from mtqa.modeling.torch_engine import TorchEngine
from mtqa.schema.roles import Hypothesis
from mtqa.settings import Engine
from tests.modeling.tiny import save_tiny_llama

pytestmark = pytest.mark.models  # nothing is downloaded, but torch takes seconds

TEXT = "The president spoke on Monday about the new law. Nobody knew what would come next. 😀 It rained."
WORDS = st.lists(st.sampled_from("The president spoke on Monday about the new law nobody 中 é 😀".split()), max_size=30)


@cache
def folder() -> Path:
    path = Path(mkdtemp(prefix="mtqa-tiny-llama-"))
    save_tiny_llama(path)
    return path


@cache
def model() -> CausalLanguageModel:
    return load_language_model(Settings(language_model=str(folder()), offline=True))


def test_a_document_is_checked_end_to_end() -> None:
    report = Checker(Settings(language_model=str(folder()), offline=True, preview=True)).check(Document("d", TEXT))
    assert len(report.estimates) == len(report.document.segments) >= 3
    assert report.overall is not None
    assert "torchfp32" in report.signature
    assert not any("language model" in one.reason for one in report.skipped)


def test_surprisals_are_those_of_the_model_and_cover_the_text() -> None:
    (reading,) = model().read([TEXT])
    assert "".join(token.span.of(TEXT) for token in reading) == TEXT
    ids = model().tokenizer.encode(TEXT).ids
    library = torch.nn.functional.cross_entropy
    with torch.inference_mode():
        logits = model().engine._model(torch.tensor([[model().engine.start, *ids]])).logits[0, :-1]  # type: ignore[attr-defined]
    assert len(ids) < 127  # one window
    total = float(library(logits, torch.tensor(ids), reduction="sum"))
    assert sum(token.surprisal for token in reading) == pytest.approx(total, abs=1e-2)


def test_a_text_longer_than_the_model_was_made_for_is_read_whole() -> None:
    text = TEXT * 20
    (reading,) = model().read([text])
    assert len(model().tokenizer.encode(text).ids) > 4 * 128
    assert reading[-1].span.end == len(text)


@settings(max_examples=10, deadline=None)
@given(
    pairs=st.lists(st.tuples(WORDS, st.integers(0, 29), st.sampled_from(["law", "Monday"])), min_size=1, max_size=6),
    order=st.randoms(),
)
def test_verdicts_are_the_same_in_any_batch_and_order(pairs: list[tuple[list[str], int, str]], order: object) -> None:
    hypotheses = []
    for words, at, other in pairs:
        changed = [*words[:at], other, *words[at + 1 :]]
        hypotheses.append(Hypothesis(" ".join(words), " ".join(changed), "The chancellor of Germany met them."))
    judge = ContrastJudge(model())
    alone = {one: judge.compare([one])[0] for one in hypotheses}
    shuffled = [*hypotheses, *hypotheses[:1]]
    order.shuffle(shuffled)  # type: ignore[attr-defined]
    for one, verdict in zip(shuffled, judge.compare(shuffled), strict=True):
        # fp32 sums over a shared prefix differ in the last digits, never in what they say.
        assert verdict.gain == pytest.approx(alone[one].gain, abs=1e-3)
        assert verdict.after == pytest.approx(alone[one].after, abs=1e-3)


def test_shared_prefixes_are_computed_once_and_change_nothing() -> None:
    engine = model().engine
    assert isinstance(engine, TorchEngine)
    passed: list[int] = []
    handle = engine._model.register_forward_pre_hook(
        lambda module, args, kwargs: passed.append(args[0].numel()), with_kwargs=True
    )
    prefix = list(range(1, 41))
    sequences = [[*prefix, *tail] for tail in ([50], [51, 52], [60, 61, 62], [])]
    try:
        together = dict(engine.scores(sequences))
        shared, passed[:] = sum(passed), []
        alone = [dict(engine.scores([one]))[0] for one in sequences]
    finally:
        handle.remove()
    assert shared < sum(passed) / 2
    for number, expected in enumerate(alone):
        np.testing.assert_allclose(together[number], expected, atol=1e-4)


def test_next_words_come_from_the_model() -> None:
    words = model().continuations(["The president of"], 20)[0]
    for one in words:
        before, after = (
            float(model().score([text])[0][1].sum()) for text in ("The president of", f"The president of {one.text}")
        )
        assert one.log_probability == pytest.approx(after - before, abs=1e-2)


def copy_of_the_model(path: Path) -> Path:
    import shutil

    shutil.copytree(folder(), path)
    return path


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda path: (path / "config.json").unlink(), "no config.json"),
        (lambda path: (path / "config.json").write_text("{", encoding="utf-8"), "cannot be loaded"),
        (lambda path: (path / "model.safetensors").write_bytes(b"cut off"), "cannot be loaded"),
        (lambda path: (path / "model.safetensors").unlink(), "cannot be loaded"),
        (lambda path: (path / "tokenizer.json").write_text("{", encoding="utf-8"), "cannot be loaded"),
    ],
)
def test_a_damaged_folder_is_an_error_that_names_what_is_needed(spoil: object, says: str, tmp_path: Path) -> None:
    path = copy_of_the_model(tmp_path / "model")
    spoil(path)  # type: ignore[operator]
    with pytest.raises(ModelError, match=says):
        load_language_model(Settings(language_model=str(path), offline=True))


def test_weights_that_are_missing_are_not_made_up(tmp_path: Path) -> None:
    from safetensors.torch import load_file, save_file

    path = copy_of_the_model(tmp_path / "model")
    weights = load_file(path / "model.safetensors")
    weights.pop(next(name for name in weights if name.endswith("down_proj.weight")))
    save_file(weights, path / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(ModelError, match=r"lacks 1 weights .*down_proj"):
        load_language_model(Settings(language_model=str(path), offline=True))


def test_a_hub_name_that_is_not_here_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ModelMissing, match="mtqa models list"):
        load_language_model(Settings(language_model="nobody/no-such-model", offline=True))
    with pytest.raises(ModelMissing):  # asked for by name: not quietly left out
        Checker(Settings(language_model="nobody/no-such-model", offline=True)).check(Document("d", TEXT))


def test_the_fast_engine_runs_models_of_the_store_only() -> None:
    with pytest.raises(SettingsError, match="smollm2-135m"):
        load_language_model(Settings(language_model=str(folder()), engine=Engine.CT2))


def test_the_signature_follows_the_weights(tmp_path: Path) -> None:
    save_tiny_llama(tmp_path / "other", seed=1)
    other = load_language_model(Settings(language_model=str(tmp_path / "other"), offline=True))
    assert other.signature != model().signature
    assert json.loads((folder() / "config.json").read_text(encoding="utf-8"))["model_type"] == "llama"
