"""The multilingual encoder cut to English: which pieces stay, how texts are read with them, and their rows."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from models.quality_en import english_pieces
from models.quality_en.english_pieces import BEGIN, END, chosen_pieces, english_model, english_tokenizer
from mtqa.modeling.e5_weights import EncoderFile
from mtqa.modeling.tokens import Tokenizer
from tests.modeling.tiny_joint import PIECES, WORDS, save_encoder_file, trained_layers

pytestmark = pytest.mark.models  # nothing is downloaded, but torch takes seconds

TEXTS = ["the inging the", "the der", "xyz"]


@pytest.fixture(scope="module", name="file")
def _file(tmp_path_factory: pytest.TempPathFactory) -> EncoderFile:
    return save_encoder_file(tmp_path_factory.mktemp("encoder") / "encoder.bin")


def kept(file: EncoderFile) -> list[int]:
    return chosen_pieces(file, TEXTS)


def test_what_is_seen_twice_stays_and_letters_but_not_those_of_korean_and_chinese(file: EncoderFile) -> None:
    pieces = [PIECES[number] for number in kept(file)]
    assert {"▁the", "ing", "x", "ä", "7"} <= set(pieces)
    assert not {"▁der", "总统", "ال", "<s>", "<unk>"} & set(pieces)  # seen once, or never
    assert kept(file) == sorted(kept(file))


def test_special_pieces_come_first_and_no_text_is_read_as_one(file: EncoderFile) -> None:
    tokenizer = Tokenizer(english_tokenizer(file, kept(file)))
    assert [tokenizer.id_of(piece) for piece in ("\x01<pad>", BEGIN, END, "\x01<unk>")] == [0, 1, 2, 3]
    assert min(tokenizer.encode("s pad xyz").ids) > 3
    assert 1 not in tokenizer.encode("<s>\x01<s>").ids


@pytest.mark.parametrize(
    "text", ["the ing", "  the\u00a0ing…\x01 ab ", "Цthe 总统 der", "e\u0301 the", "\u200b", "a\ufb01b"]
)
def test_tokens_cover_the_text_as_it_was_written(file: EncoderFile, text: str) -> None:
    ends = Tokenizer(english_tokenizer(file, kept(file))).encode(text).ends
    assert list(ends) == sorted(ends)
    assert ends[-1] == len(text)


def test_characters_are_read_as_the_package_reads_them(file: EncoderFile) -> None:
    tokenizer = Tokenizer(english_tokenizer(file, kept(file)))
    assert tokenizer.encode("a…").ids == tokenizer.encode("a...").ids
    assert tokenizer.encode("a\u00a0\t b").ids == tokenizer.encode("a b").ids
    assert tokenizer.encode("a\x02b").ids == tokenizer.encode("ab").ids


def test_rows_and_layers_are_those_of_the_joint_estimator(
    file: EncoderFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    layers = {name: torch.from_numpy(value) for name, value in trained_layers(file).items()}
    save_file(layers, tmp_path / "layers.safetensors")
    monkeypatch.setattr(english_pieces, "shipped_folder", lambda *_: tmp_path)
    own = kept(file)
    model = english_model(file, own, layers=1)
    assert len(model.encoder.layer) == model.config.num_hidden_layers == 1
    name = "encoder.layer.0.output.dense.weight"
    torch.testing.assert_close(model.state_dict()[name], layers[name])
    table = model.embeddings.word_embeddings.weight.detach().numpy()
    begin, end, padding, unknown = file.special
    np.testing.assert_array_equal(table, file.tensors["emb.word"][[padding, begin, end, unknown, *own]])
    assert len(table) == model.config.vocab_size < len(PIECES) - len(WORDS) + 3
