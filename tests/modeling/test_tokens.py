"""Token offsets are gapless in any text, and pieces of long texts are the tokens of the whole."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer as FastTokenizer
from tokenizers import decoders, models, pre_tokenizers

from mtqa.errors import ModelError
from mtqa.modeling import tokens
from mtqa.modeling.tokens import Tokenizer, merge_spans
from tests.modeling.tiny import START, tiny_bpe

BPE = tiny_bpe()
ODD_TEXTS = [
    "",
    " ",
    "The president spoke.",
    "I 😀👩‍👩‍👧 it 🇺🇦!",
    "中文字和 English 混合。",
    "Cafe\u0301 ne\u0301e e\u0323\u0302",
    "a\r\nb\rc\n\n\nd \t e\u00a0f\u2028g",
    "\ud800 lone \udfff",
    "<|endoftext|> is plain text <|im_start|>",
    "\x00\x07\x1b[31m",
]


@pytest.mark.parametrize("text", ODD_TEXTS)
def test_spans_are_gapless(text: str) -> None:
    check_gapless(text)


@given(st.text(st.characters(blacklist_categories=()), max_size=60))
def test_spans_are_gapless_whatever_the_text(text: str) -> None:
    check_gapless(text)


def check_gapless(text: str) -> None:
    encoded = Tokenizer(BPE).encode(text)
    assert len(encoded.ids) == len(encoded.ends)
    spans = [span for span, _ in merge_spans(encoded.ends)]
    assert "".join(span.of(text) for span in spans) == text
    assert all(len(span) for span in spans)
    numbers = [number for _, group in merge_spans(encoded.ends) for number in group]
    assert numbers == list(range(len(encoded.ids))) or not text


def test_special_tokens_are_taken_literally() -> None:
    tokenizer = Tokenizer(BPE)
    assert tokenizer.id_of(START) not in tokenizer.encode(f"a {START} b").ids


def test_tokens_of_one_character_share_its_span() -> None:
    encoded = Tokenizer(BPE).encode("a😀b")
    spans = [(span.start, span.end, len(group)) for span, group in merge_spans(encoded.ends)]
    assert spans == [(0, 1, 1), (1, 2, 4), (2, 3, 1)]


@given(st.text(st.sampled_from("ab \n😀é."), max_size=80))
def test_long_texts_are_encoded_in_pieces_with_the_tokens_of_the_whole(text: str) -> None:
    tokenizer = Tokenizer(BPE)
    whole = tokenizer.encode(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tokens, "_PIECE", 40)
        pieces = tokenizer.encode(text)
    words_are_short = max(map(len, text.split()), default=0) < 20
    assert pieces.ends[-1:] == whole.ends[-1:]
    if words_are_short and not any(run in text for run in (" " * 9, "\n" * 9)):
        assert pieces == whole


def test_a_word_is_encoded_as_it_follows_another() -> None:
    tokenizer = Tokenizer(BPE)
    assert tokenizer.encode("the").ids + tokenizer.encode_next("president") == tokenizer.encode("the president").ids


def test_decoding_keeps_the_leading_space_where_the_library_drops_it() -> None:
    vocabulary = {token: number for number, token in enumerate(["<unk>", "▁", "x", "▁x", "y", "▁y"])}
    library = FastTokenizer(models.BPE(vocabulary, [("▁", "x"), ("▁", "y")], unk_token="<unk>"))
    library.pre_tokenizer = pre_tokenizers.Metaspace()
    library.decoder = decoders.Metaspace()
    tokenizer = Tokenizer(library)
    assert library.decode([5], skip_special_tokens=False) == "y"
    assert tokenizer.decode([5]) == " y"
    assert tokenizer.decode([4]) == "y"
    assert tokenizer.decode([5, 4]) == " yy"
    assert tokenizer.encode_next("y") == (5,)


@pytest.mark.parametrize("content", [None, "", "{}", "not json"])
def test_a_folder_without_a_usable_tokenizer_is_an_error(content: str | None, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / "tokenizer.json").write_text(content, encoding="utf-8")
    with pytest.raises(ModelError, match=r"tokenizer\.json"):
        Tokenizer.load(tmp_path)
