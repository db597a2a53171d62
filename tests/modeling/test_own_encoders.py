"""Encoders of a user's own: random checkpoints, saved as usual tools save them and loaded by the real loading code."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from mtqa.errors import ModelError, ModelMissing
from mtqa.modeling.comet_estimator import CometEstimator, load_comet_estimator
from mtqa.modeling.meaning_encoder import load_meaning_encoder
from mtqa.modeling.own_encoders import SentenceTransformer, load_sentence_transformer
from mtqa.schema.roles import MeaningEncoder, SourceEstimator
from mtqa.settings import Settings

pytestmark = pytest.mark.models  # nothing is downloaded, but torch takes seconds

HIDDEN, OUT, LAYERS, POSITIONS, TRAINED = 16, 10, 3, 40, 24
TEXT = "The president spoke on Monday about the new law. 😀 Президент 总统."
TEXTS = st.text(st.sampled_from([*"abc The.,\n éß中😀\u200b\ud800</s>[SEP]"]), max_size=60).filter(
    lambda text: text.strip() != ""
)


def fast_tokenizer(*, marks: tuple[str, str]) -> Any:
    """Word pieces as BERT has them, between two marks."""
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors, trainers

    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=False)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    trainer = trainers.WordPieceTrainer(vocab_size=150, special_tokens=["[UNK]", "[PAD]", *marks], show_progress=False)
    tokenizer.train_from_iterator([TEXT, "abc"], trainer)
    first, last = marks
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{first} $A {last}", special_tokens=[(mark, tokenizer.token_to_id(mark)) for mark in marks]
    )
    tokenizer.enable_truncation(8)  # as saved by tools that cut texts: here they must not be cut
    tokenizer.enable_padding(length=20, pad_id=1, pad_token="[PAD]")
    return tokenizer


def sharpened(model: Any) -> Any:
    with torch.no_grad():
        for value in model.parameters():
            value.mul_(3.0)
    return model.eval()


def save_sentence_transformer(folder: Path, *, pooling: str = "mean", seed: int = 0) -> Any:
    """As LaBSE is laid out: transformer, pooling, a dense layer with tanh, normalisation; the modules are returned."""
    from safetensors.torch import save_file
    from transformers import BertConfig, BertModel

    torch.manual_seed(seed)
    tokenizer = fast_tokenizer(marks=("[CLS]", "[SEP]"))
    config = BertConfig(
        vocab_size=tokenizer.get_vocab_size(),
        hidden_size=HIDDEN,
        num_hidden_layers=LAYERS,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=POSITIONS,
    )
    model, dense = sharpened(BertModel(config)), torch.nn.Linear(HIDDEN, OUT)
    model.save_pretrained(folder)
    tokenizer.save(str(folder / "tokenizer.json"))
    steps = [("", "Transformer"), ("1_Pooling", "Pooling"), ("2_Dense", "Dense"), ("3_Normalize", "Normalize")]
    write(
        folder / "modules.json",
        [{"path": path, "type": f"sentence_transformers.models.{kind}"} for path, kind in steps],
    )
    write(folder / "sentence_bert_config.json", {"max_seq_length": TRAINED})
    modes = {
        f"pooling_mode_{mode}_tokens" if mode != "cls" else "pooling_mode_cls_token": mode == pooling
        for mode in ("cls", "mean", "max")
    }
    write(folder / "1_Pooling" / "config.json", {"word_embedding_dimension": HIDDEN, **modes})
    activation = "torch.nn.modules.activation.Tanh"
    shape = {"in_features": HIDDEN, "out_features": OUT, "bias": True, "activation_function": activation}
    write(folder / "2_Dense" / "config.json", shape)
    save_file(
        {f"linear.{name}": value for name, value in dense.state_dict().items()},
        folder / "2_Dense" / "model.safetensors",
    )
    return model, dense


def save_comet(folder: Path, *, seed: int = 0, **changes: Any) -> dict[str, Any]:
    """As COMET keeps a referenceless regression model; encoder, head and mix are returned."""
    from transformers import XLMRobertaConfig, XLMRobertaModel

    torch.manual_seed(seed)
    tokenizer = fast_tokenizer(marks=("<s>", "</s>"))
    config = XLMRobertaConfig(
        vocab_size=tokenizer.get_vocab_size(),
        hidden_size=HIDDEN,
        num_hidden_layers=LAYERS,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=POSITIONS,
        pad_token_id=1,
    )
    encoder = sharpened(XLMRobertaModel(config, add_pooling_layer=False))
    head = torch.nn.Sequential(
        torch.nn.Linear(4 * HIDDEN, 12),
        torch.nn.Tanh(),
        torch.nn.Dropout(0.1),
        torch.nn.Linear(12, 5),
        torch.nn.Tanh(),
        torch.nn.Dropout(0.1),
        torch.nn.Linear(5, 1),
    ).eval()
    scalars = torch.randn(LAYERS + 1)
    state = {f"encoder.model.{name}": value for name, value in encoder.state_dict().items()}
    state |= {f"estimator.ff.{name}": value for name, value in head.state_dict().items()}
    state |= {f"layerwise_attention.scalar_parameters.{at}": scalars[at : at + 1] for at in range(LAYERS + 1)}
    state["layerwise_attention.gamma"] = torch.tensor([1.7])
    hparams = {
        "class_identifier": "referenceless_regression_metric",
        "pretrained_model": "xlm-roberta-large",
        "activations": "Tanh",
        "final_activation": None,
        "layer": "mix",
        "layer_norm": True,
        "layer_transformation": "softmax",
        "pool": "avg",
        **changes,
    }
    (folder / "checkpoints").mkdir(parents=True)
    torch.save({"state_dict": state, "epoch": 1}, folder / "checkpoints" / "model.ckpt")
    write(folder / "hparams.yaml", hparams)  # JSON is YAML
    write(folder / "config.json", config.to_dict())
    tokenizer.save(str(folder / "tokenizer.json"))
    return {"encoder": encoder, "head": head, "scalars": scalars, "gamma": 1.7}


def write(path: Path, value: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value), encoding="utf-8")


@cache
def transformer_folder(pooling: str = "mean") -> tuple[Path, Any]:
    path = Path(mkdtemp(prefix="mtqa-tiny-encoder-"))
    return path, save_sentence_transformer(path, pooling=pooling)


@cache
def transformer(pooling: str = "mean") -> SentenceTransformer:
    return load_sentence_transformer(str(transformer_folder(pooling)[0]), offline=True, languages=("de", "ru"))


@cache
def comet_folder() -> tuple[Path, dict[str, Any]]:
    path = Path(mkdtemp(prefix="mtqa-tiny-comet-"))
    return path, save_comet(path)


@cache
def comet() -> CometEstimator:
    return load_comet_estimator(str(comet_folder()[0]), offline=True)


def ids_of(folder: Path, text: str) -> list[int]:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    ids: list[int] = tokenizer.encode(text).ids
    return ids


@pytest.mark.parametrize("pooling", ["mean", "cls"])
def test_a_vector_is_that_of_the_modules_in_their_order(pooling: str) -> None:
    folder, (model, dense) = transformer_folder(pooling)
    ids = ids_of(folder, "The president spoke.")
    assert len(ids) <= TRAINED
    with torch.inference_mode():
        hidden = model(torch.tensor([ids])).last_hidden_state[0]
        pooled = hidden[0] if pooling == "cls" else hidden.mean(dim=0)
        expected = torch.nn.functional.normalize(torch.tanh(dense(pooled)), dim=0).numpy()
    (meaning,) = transformer(pooling).read(["The president spoke."])
    np.testing.assert_allclose(meaning.vector, expected, atol=1e-5)
    np.testing.assert_allclose(meaning.states, hidden[1:-1].numpy(), atol=1e-5)


@settings(max_examples=40, deadline=None)
@given(texts=st.lists(TEXTS, min_size=1, max_size=4), order=st.randoms())
def test_spans_and_results_hold_for_any_text_in_any_batch(texts: list[str], order: object) -> None:
    alone = {text: transformer().embed([text])[0] for text in texts}
    shuffled = [*texts, *texts[:1]]
    order.shuffle(shuffled)  # type: ignore[attr-defined]
    for text, meaning in zip(shuffled, transformer().read(shuffled), strict=True):
        assert np.array_equal(meaning.vector, alone[text])
        assert meaning.vector.shape == (OUT,)
        assert meaning.states.shape == (len(meaning.spans), HIDDEN)
        for span in meaning.spans:
            assert 0 <= span.start <= span.end <= len(text)
            assert span.of(text) == span.of(text).strip()


def test_the_spans_of_words_are_their_characters() -> None:
    (meaning,) = transformer().read([TEXT])
    assert "".join(span.of(TEXT) for span in meaning.spans) == TEXT.replace(" ", "")


def test_a_text_longer_than_the_window_is_read_whole() -> None:
    text = "The president spoke on Monday. " * 30
    (meaning,) = transformer().read([text])
    assert len(meaning.states) > 3 * POSITIONS
    assert meaning.spans[-1].end == len(text.rstrip())
    (cut,) = transformer().embed([text[:-31]])
    assert not np.array_equal(meaning.vector, cut)


def test_the_role_is_played_and_the_caller_names_the_languages() -> None:
    role: MeaningEncoder = transformer()
    assert role.languages == {"de", "ru"}
    assert role.rating("de") is None  # nobody trained one on its vectors
    found = load_meaning_encoder(Settings(offline=True), name=str(transformer_folder()[0]))
    assert found.languages == frozenset()
    assert found.signature == role.signature


@pytest.mark.parametrize("blank", ["", " \n"])
def test_a_blank_text_is_refused(blank: str) -> None:
    with pytest.raises(ValueError, match="blank"):
        transformer().embed([blank])
    with pytest.raises(ValueError, match="blank"):
        comet().rate(["x"], [blank])


def expected_score(source: str, hypothesis: str) -> float:
    """What COMET computes, written out."""
    folder, parts = comet_folder()

    def sentence(text: str) -> torch.Tensor:
        layers = parts["encoder"](torch.tensor([ids_of(folder, text)]), output_hidden_states=True).hidden_states
        shares = torch.softmax(parts["scalars"], dim=0)
        mixed = torch.zeros_like(layers[0])
        for share, layer in zip(shares, layers, strict=True):
            variance = ((layer - layer.mean()) ** 2).mean()
            mixed += share * (layer - layer.mean()) / torch.sqrt(variance + 1e-12)
        return (parts["gamma"] * mixed)[0].mean(dim=0)

    with torch.inference_mode():
        h, s = sentence(hypothesis), sentence(source)
        return float(parts["head"](torch.cat([h, s, h * s, (h - s).abs()])))


PAIRS = [("Президент 总统.", "The president spoke."), ("abc", "The new law."), ("abc", "abc"), ("The new law.", "abc")]


def test_scores_are_those_of_the_head_on_both_sentences() -> None:
    scores = comet().rate([source for source, _ in PAIRS], [hypothesis for _, hypothesis in PAIRS])
    assert scores == pytest.approx([expected_score(*pair) for pair in PAIRS], abs=1e-5)
    assert len(set(scores)) == len(PAIRS)
    for (source, hypothesis), score in zip(PAIRS, scores, strict=True):
        assert comet().rate([source], [hypothesis]) == [score]


def test_an_estimator_reads_long_texts_and_wants_as_many_sources_as_hypotheses() -> None:
    role: SourceEstimator = comet()
    one, other = role.rate(["abc"] * 2, ["The new law. " * 40, "The new law. " * 39 + "abc abc abc"])
    assert one != other
    with pytest.raises(ValueError, match="zip"):
        role.rate(["a", "b"], ["c"])


@pytest.mark.parametrize(
    ("scores", "expected"),
    [([1.0, 1.0], [0.5, 0.5]), ([5.0, 0.0, 0.0], [1.0, 0.0, 0.0]), ([0.5, 0.1, -3.0], [0.7, 0.3, 0.0])],
)
def test_sparsemax(scores: list[float], expected: list[float]) -> None:
    from mtqa.modeling.comet_estimator import _sparsemax

    assert _sparsemax(torch.tensor(scores)).tolist() == pytest.approx(expected)


@pytest.mark.parametrize("changes", [{"layer_transformation": "sparsemax"}, {"layer_norm": False}, {"layer": 2}])
def test_settings_of_the_mix_change_the_score(changes: dict[str, Any], tmp_path: Path) -> None:
    save_comet(tmp_path / "comet", **changes)
    other = load_comet_estimator(str(tmp_path / "comet"), offline=True)
    assert other.rate(*zip(*PAIRS[:1], strict=True)) != comet().rate(*zip(*PAIRS[:1], strict=True))


def test_weights_may_be_safetensors_and_the_signature_follows_them(tmp_path: Path) -> None:
    from safetensors.torch import save_file

    shutil.copytree(comet_folder()[0], tmp_path / "same")
    stored = torch.load(tmp_path / "same" / "checkpoints" / "model.ckpt", weights_only=True)["state_dict"]
    (tmp_path / "same" / "checkpoints" / "model.ckpt").unlink()
    save_file({name: value.contiguous() for name, value in stored.items()}, tmp_path / "same" / "model.safetensors")
    assert load_comet_estimator(str(tmp_path / "same"), offline=True).signature == comet().signature
    save_comet(tmp_path / "other", seed=1)
    assert load_comet_estimator(str(tmp_path / "other"), offline=True).signature != comet().signature
    save_sentence_transformer(tmp_path / "encoder", seed=1)
    assert load_sentence_transformer(str(tmp_path / "encoder"), offline=True).signature != transformer().signature


class Unsafe:
    """A pickle that would run a command."""

    def __reduce__(self) -> Any:
        return (Path.touch, (Path("executed"),))


def without(file: str, name: str) -> Callable[[Path], None]:
    """Takes one tensor out of a checkpoint."""

    def spoil(folder: Path) -> None:
        stored = torch.load(folder / file, weights_only=True)
        del stored["state_dict"][name]
        torch.save(stored, folder / file)

    return spoil


def rewritten(file: str, **changes: Any) -> Callable[[Path], None]:
    return lambda folder: write(folder / file, json.loads((folder / file).read_text(encoding="utf-8")) | changes)


def cut(file: str) -> Callable[[Path], None]:
    return lambda folder: (folder / file).write_bytes((folder / file).read_bytes()[:40])  # type: ignore[func-returns-value]


def gone(file: str) -> Callable[[Path], None]:
    return lambda folder: (folder / file).unlink()


CHECKPOINT = "checkpoints/model.ckpt"


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (gone("hparams.yaml"), "no hparams.yaml"),
        (cut("hparams.yaml"), "hparams.yaml is damaged"),
        (lambda folder: (folder / "hparams.yaml").write_text("- a", encoding="utf-8"), "holds no settings"),
        (rewritten("hparams.yaml", class_identifier="regression_metric"), "is a regression_metric"),
        (rewritten("hparams.yaml", pool="max"), "pools by max"),
        (rewritten("hparams.yaml", activations="Swish"), "head cannot be built: 'Swish'"),
        (gone(CHECKPOINT), "has no weights"),
        (cut(CHECKPOINT), "cannot be read as weights alone"),
        (lambda folder: torch.save({"state_dict": Unsafe()}, folder / CHECKPOINT), "cannot be read as weights alone"),
        (without(CHECKPOINT, "encoder.model.encoder.layer.1.output.dense.weight"), "lacks 1 weights of its encoder"),
        (without(CHECKPOINT, "estimator.ff.3.bias"), "head cannot be built"),
        (without(CHECKPOINT, "layerwise_attention.gamma"), "no weights for them"),
        (without(CHECKPOINT, "layerwise_attention.scalar_parameters.3"), "3 weights, the encoder 4 layers"),
        (gone("tokenizer.json"), "no tokenizer.json"),
        (cut("tokenizer.json"), "tokenizer.json is damaged"),
        (rewritten("config.json", hidden_size=8), "do not fit each other"),
        (rewritten("config.json", max_position_embeddings=4), "do not fit each other"),
    ],
)
def test_a_damaged_estimator_is_an_error_that_says_what(
    spoil: Callable[[Path], object], says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copytree(comet_folder()[0], tmp_path / "model")
    spoil(tmp_path / "model")
    with pytest.raises(ModelError, match=says):
        load_comet_estimator(str(tmp_path / "model"), offline=True).rate(["abc"], ["abc"])
    assert not Path("executed").exists()


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (gone("modules.json"), "no modules.json"),
        (cut("modules.json"), "modules.json is damaged"),
        (lambda folder: write(folder / "modules.json", [{"path": ""}]), "modules.json is damaged"),
        (
            lambda folder: write(folder / "modules.json", [{"path": "", "type": "a.WordWeights"}]),
            "built of WordWeights",
        ),
        (rewritten("1_Pooling/config.json", pooling_mode_max_tokens=True), "pools by"),
        (gone("1_Pooling/config.json"), "no 1_Pooling/config.json"),
        (gone("config.json"), "cannot be loaded"),
        (cut("model.safetensors"), "cannot be loaded"),
        (gone("model.safetensors"), "cannot be loaded"),
        (cut("2_Dense/model.safetensors"), "2_Dense cannot be loaded"),
        (rewritten("2_Dense/config.json", out_features=3), "2_Dense cannot be loaded"),
        (rewritten("2_Dense/config.json", activation_function="Swish"), "2_Dense cannot be loaded"),
        (gone("tokenizer.json"), "no tokenizer.json"),
        (cut("tokenizer.json"), "tokenizer.json is damaged"),
    ],
)
def test_a_damaged_encoder_is_an_error_that_says_what(
    spoil: Callable[[Path], object], says: str, tmp_path: Path
) -> None:
    shutil.copytree(transformer_folder()[0], tmp_path / "model")
    spoil(tmp_path / "model")
    with pytest.raises(ModelError, match=says):
        load_sentence_transformer(str(tmp_path / "model"), offline=True)


@pytest.mark.parametrize("load", [load_sentence_transformer, load_comet_estimator])
def test_a_hub_name_that_is_not_here_is_missing(load: Callable[..., object], tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match="nobody/no-such-model cannot be loaded"):
        load("nobody/no-such-model", offline=True)
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(ModelError, match="is a file"):
        load(str(tmp_path / "file"), offline=True)
