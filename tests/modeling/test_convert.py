"""A tiny Llama in a GGUF file becomes CTranslate2 int8 and a torch model that agree with the model it was made from."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import numpy as np
import pytest
import torch

from mtqa.errors import ModelError
from mtqa.modeling.convert import convert, open_gguf, save_tokenizer, to_transformers
from mtqa.modeling.ct2_engine import Ct2Engine
from mtqa.modeling.tokens import Tokenizer
from mtqa.modeling.torch_engine import TorchEngine
from tests.modeling.tiny import START, save_tiny_llama, tiny_bpe

pytestmark = pytest.mark.models  # nothing is downloaded, but torch takes seconds

HEADS, KEY_HEADS = 4, 2
PARTS = {
    "input_layernorm": "attn_norm",
    "post_attention_layernorm": "ffn_norm",
    "mlp.down_proj": "ffn_down",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
}


def permuted(weight: Any, heads: int) -> Any:
    """The order of rotary dimensions in GGUF files, as llama.cpp's converter writes them."""
    rows, columns = weight.shape
    return weight.reshape(heads, 2, rows // heads // 2, columns).swapaxes(1, 2).reshape(rows, columns)


def write_gguf(path: Path, model: Any, *, architecture: str = "llama") -> None:
    from gguf import GGUFWriter, TokenType

    writer = GGUFWriter(str(path), architecture)
    config = model.config
    writer.add_vocab_size(config.vocab_size)
    writer.add_embedding_length(config.hidden_size)
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_block_count(config.num_hidden_layers)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(KEY_HEADS)
    writer.add_context_length(config.max_position_embeddings)
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    writer.add_rope_freq_base(10_000.0)
    vocabulary = sorted(tiny_bpe().get_vocab().items(), key=lambda pair: pair[1])
    merges = __import__("json").loads(tiny_bpe().to_str())["model"]["merges"]
    writer.add_token_list([token for token, _ in vocabulary])
    writer.add_token_types([TokenType.CONTROL if token == START else TokenType.NORMAL for token, _ in vocabulary])
    writer.add_token_merges([" ".join(pair) for pair in merges])
    writer.add_bos_token_id(0)
    writer.add_eos_token_id(0)
    writer.add_unk_token_id(0)
    for name, value in model.state_dict().items():
        weight = value.float().numpy()
        if name == "model.embed_tokens.weight":
            writer.add_tensor("token_embd.weight", weight)
        elif name == "model.norm.weight":
            writer.add_tensor("output_norm.weight", weight)
        elif name.startswith("model.layers."):
            _, _, layer, part = name.removesuffix(".weight").split(".", 3)
            if part == "self_attn.q_proj":
                weight = permuted(weight, HEADS)
            elif part == "self_attn.k_proj":
                weight = permuted(weight, KEY_HEADS)
            writer.add_tensor(f"blk.{layer}.{PARTS[part]}.weight", np.ascontiguousarray(weight))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


@cache
def made() -> tuple[Any, Path]:
    """A model and the folder its GGUF file was converted in."""
    folder = Path(mkdtemp(prefix="mtqa-tiny-gguf-"))
    model = save_tiny_llama(folder / "original")
    write_gguf(folder / "model.gguf", model)
    convert(folder / "model.gguf", folder)
    return model, folder


def sequences() -> list[list[int]]:
    tokenizer = Tokenizer(tiny_bpe())
    texts = ("The president spoke on Monday.", "It was a long day, and nobody knew.", "Ten people came to the meeting.")
    return [[0, *tokenizer.encode(text).ids] for text in texts]


def test_the_torch_model_is_the_original_to_the_last_digit() -> None:
    model, folder = made()
    again = to_transformers(open_gguf(folder / "model.gguf"))
    ids = torch.tensor([sequences()[0]])
    with torch.inference_mode():
        np.testing.assert_allclose(again(ids).logits.numpy(), model(ids).logits.numpy(), rtol=1e-5, atol=1e-4)


def test_the_converted_model_agrees_with_torch() -> None:
    model, folder = made()
    tokenizer = Tokenizer.load(folder)
    fast = Ct2Engine(folder / "ct2-int8", tokenizer, start=0, fingerprint="tiny", threads=1)
    exact = TorchEngine(model, start=0, fingerprint="tiny")
    of_fast, of_exact = dict(fast.scores(sequences())), dict(exact.scores(sequences()))
    for number, ids in enumerate(sequences()):
        assert len(of_fast[number]) == len(ids) - 1
        assert float(np.corrcoef(of_fast[number], of_exact[number])[0, 1]) > 0.95
        np.testing.assert_allclose(
            fast.log_probabilities(ids)[:-1][np.arange(len(ids) - 1), ids[1:]], of_fast[number], atol=1e-4
        )


def test_the_converted_model_says_the_same_in_any_batch() -> None:
    _, folder = made()
    engine = Ct2Engine(folder / "ct2-int8", Tokenizer.load(folder), start=0, fingerprint="tiny", threads=2)
    alone = [dict(engine.scores([one]))[0] for one in sequences()]
    together = dict(engine.scores([*sequences(), *sequences()]))
    for number, expected in enumerate([*alone, *alone]):
        np.testing.assert_array_equal(together[number], expected)


def test_the_tokenizer_of_the_file_is_the_one_of_the_model(tmp_path: Path) -> None:
    _, folder = made()
    save_tokenizer(open_gguf(folder / "model.gguf"), tmp_path / "tokenizer.json")
    text = "The president of France met ten people."
    assert Tokenizer.load(tmp_path).encode(text) == Tokenizer(tiny_bpe()).encode(text)


@pytest.mark.parametrize("content", [b"", b"GGUF", b"no gguf at all, but some text that is long enough to be read"])
def test_a_file_that_is_no_gguf_is_an_error(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "model.gguf"
    path.write_bytes(content)
    with pytest.raises(ModelError, match="GGUF"):
        open_gguf(path)


def test_another_architecture_is_an_error(tmp_path: Path) -> None:
    model, _ = made()
    write_gguf(tmp_path / "model.gguf", model, architecture="gpt2")
    with pytest.raises(ModelError, match="gpt2"):
        open_gguf(tmp_path / "model.gguf")


def test_a_damaged_converted_model_is_an_error(tmp_path: Path) -> None:
    _, folder = made()
    (tmp_path / "model.bin").write_bytes(b"cut off")
    with pytest.raises(ModelError, match="get the model again"):
        Ct2Engine(tmp_path, Tokenizer.load(folder), start=0, fingerprint="tiny")
