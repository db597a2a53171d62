"""A user's own encoder on torch: a folder as sentence-transformers saves it, and what other encoders share with it.

Texts go through a model one by one and unpadded, so that a result depends on its text alone. A text longer than the
model's window is read in windows of equal stride; its vector is their mean, weighted by their tokens.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import torch

from mtqa.errors import ModelError, ModelMissing
from mtqa.modeling.products import Floats
from mtqa.modeling.token_spans import encodable, trimmed
from mtqa.schema.document import Span
from mtqa.schema.progress import Progress, Step
from mtqa.schema.roles import TextMeaning

_MOST_TOKENS = 512  # of a window, marks included; fewer if the model was made for fewer
_PADDED_POSITIONS = {"roberta", "xlm-roberta", "xlm-roberta-xl", "camembert"}  # positions begin after the padding id
_POOLINGS = {"pooling_mode_cls_token": "cls", "pooling_mode_mean_tokens": "mean"}


@dataclass(frozen=True, slots=True)
class _Window:
    """Ids of a window with the marks around them, and which rows of the states are the text's own."""

    ids: list[int]
    own: slice


class OwnTokenizer:
    """A fast tokenizer that takes every text literally and gives spans in code points."""

    def __init__(self, fast: Any, *, most: int) -> None:
        self._fast = fast
        fast.no_truncation()
        fast.no_padding()
        fast.encode_special_tokens = True
        probe = fast.encode("a", add_special_tokens=True)
        marks = [bool(mark) for mark in probe.special_tokens_mask]
        before = marks.index(False) if False in marks else len(marks)
        after = marks[::-1].index(False) if False in marks else 0
        self._before: list[int] = probe.ids[:before]
        self._after: list[int] = probe.ids[len(probe.ids) - after :]
        self._room = most - before - after
        if self._room < 1:
            raise ModelError(f"a window of {most} tokens has no room for text")

    def encode(self, text: str) -> tuple[list[int], tuple[Span, ...]]:
        """Ids of a text without marks, and the characters of each. ValueError for a blank text."""
        text = encodable(text)
        encoded = self._fast.encode(text, add_special_tokens=False)
        spans = tuple(trimmed(text, start, end) for start, end in encoded.offsets)
        return list(encoded.ids), spans

    def windows(self, ids: Sequence[int]) -> Iterator[_Window]:
        """As few windows as will do, as equal in length as can be."""
        count = max(1, -(-len(ids) // self._room))
        edges = [len(ids) * number // count for number in range(count + 1)]
        for start, end in pairwise(edges):
            whole = [*self._before, *ids[start:end], *self._after]
            yield _Window(whole, slice(len(self._before), len(self._before) + end - start))


class SentenceTransformer:
    """Implements schema.roles.MeaningEncoder with a transformer, a pooling (first token or mean) and dense layers."""

    def __init__(
        self,
        model: Any,
        tokenizer: OwnTokenizer,
        *,
        pooling: str,
        dense: Sequence[Callable[[torch.Tensor], torch.Tensor]] = (),
        languages: Collection[str] = (),
        signature: str,
    ) -> None:
        self._model = model
        self._tokenizer = tokenizer
        self._pooling = pooling
        self._dense = tuple(dense)
        self.languages = frozenset(languages)
        self.signature = signature

    def embed(self, texts: Sequence[str]) -> list[Floats]:
        """One vector of unit length per text, in order. ValueError for a blank text."""
        return [meaning.vector for meaning in self.read(texts)]

    @torch.inference_mode()
    def read(self, texts: Sequence[str]) -> list[TextMeaning]:
        """Vector and token states of each text, in order. ValueError for a blank text."""
        return [self._read(text) for text in texts]

    def rating(self, language: str | None) -> None:
        """None: nobody trained one."""

    def read_pairs(self, pairs: Sequence[tuple[TextMeaning, TextMeaning]]) -> None:
        """None: nobody trained a network for it."""

    def _read(self, text: str) -> TextMeaning:
        ids, spans = self._tokenizer.encode(text)
        states, pooled, lengths = [], [], []
        for window in self._tokenizer.windows(ids):
            hidden = self._model(input_ids=torch.tensor([window.ids])).last_hidden_state[0]  # (tokens, hidden)
            states.append(hidden[window.own])
            pooled.append(hidden[0] if self._pooling == "cls" else hidden.mean(dim=0))  # (hidden,)
            lengths.append(len(window.ids))
        vector = weighted_mean(pooled, lengths)  # (hidden,)
        for layer in self._dense:
            vector = layer(vector)
        vector = torch.nn.functional.normalize(vector, dim=0)
        return TextMeaning(_floats(vector), _floats(torch.cat(states)), spans)


def load_sentence_transformer(
    name: str,
    *,
    offline: bool,
    threads: int | None = None,
    languages: Collection[str] = (),
    progress: Progress | None = None,
) -> SentenceTransformer:
    """From a local folder or a hub name: modules.json, config.json, a pooling, weights, tokenizer.json.

    `languages` are those that the caller knows it was trained on. Raises ModelMissing if a hub name is not here and may
    not be fetched, ModelError for what cannot be loaded.
    """
    prepare(name, offline=offline, threads=threads, progress=progress)
    modules = read_json(needed(name, "modules.json", offline=offline))
    try:
        steps = [(str(module["type"]).rsplit(".", 1)[-1], str(module["path"])) for module in modules]
    except (TypeError, KeyError) as error:
        raise ModelError(f"{name}: modules.json is damaged ({error!r})") from error
    kinds = [kind for kind, _ in steps]
    if kinds[:2] != ["Transformer", "Pooling"] or not set(kinds[2:]) <= {"Dense", "Normalize"} or steps[0][1]:
        raise ModelError(
            f"{name} is built of {', '.join(kinds)}; a Transformer in the folder itself, then Pooling, then Dense and "
            "Normalize are known"
        )
    pooling = _pooling(name, read_json(needed(name, f"{steps[1][1]}/config.json", offline=offline)))
    model = _encoder(name, offline=offline)
    dense = [_dense(name, path, offline=offline) for kind, path in steps if kind == "Dense"]
    layers = torch.nn.ModuleList([model, *dense])
    return SentenceTransformer(
        model,
        tokenizer_of(name, model, offline=offline, most=_trained_length(name, offline=offline)),
        pooling=pooling,
        dense=dense,
        languages=languages,
        signature=f"st-{fingerprint_of(layers.state_dict())}",
    )


def _trained_length(name: str, *, offline: bool) -> int:
    """Tokens of a text that the model was trained to see at once, if it says so."""
    path = file_of(name, "sentence_bert_config.json", offline=offline)
    stated = None if path is None else read_json(path).get("max_seq_length")
    return min(_MOST_TOKENS, int(stated)) if stated else _MOST_TOKENS


def prepare(name: str, *, offline: bool, threads: int | None, progress: Progress | None) -> None:
    """What every load begins with. ModelError if `name` is a file."""
    if offline:
        os.environ["HF_HUB_OFFLINE"] = "1"
    if threads:
        torch.set_num_threads(threads)
    if Path(name).is_file():
        raise ModelError(f"{name} is a file; the folder of the model is needed")
    if progress is not None:
        progress(Step(f"loading {name}"))


def file_of(name: str, file: str, *, offline: bool) -> Path | None:
    """A file of a local folder or a hub name, or None if there is none. ModelMissing if the hub cannot be asked."""
    if Path(name).is_dir():
        path = Path(name) / file
        return path if path.is_file() else None
    from huggingface_hub import hf_hub_download
    from huggingface_hub.errors import EntryNotFoundError, LocalEntryNotFoundError

    try:
        return Path(hf_hub_download(name, file, local_files_only=offline))
    except EntryNotFoundError as error:
        if isinstance(error, LocalEntryNotFoundError):  # not in the cache, and the hub was not asked
            raise _missing(name, error) from error
        return None
    except Exception as error:  # the hub's client, its transport and the disk each raise errors of their own
        raise _missing(name, error) from error


def needed(name: str, file: str, *, offline: bool) -> Path:
    """As `file_of`, but ModelError if there is none."""
    path = file_of(name, file, offline=offline)
    if path is None:
        raise ModelError(f"{name} has no {file}")
    return path


def tokenizer_of(name: str, model: Any, *, offline: bool, most: int = _MOST_TOKENS) -> OwnTokenizer:
    """tokenizer.json of a model, with windows of at most `most` tokens or as many as the model has positions."""
    from tokenizers import Tokenizer

    path = needed(name, "tokenizer.json", offline=offline)
    try:
        fast = Tokenizer.from_file(str(path))
    except Exception as error:  # the library raises Exception itself
        raise ModelError(f"{path} is damaged: {_first_line(error)}") from error
    config = model.config
    positions = int(getattr(config, "max_position_embeddings", most) or most)
    if config.model_type in _PADDED_POSITIONS:
        positions -= int(config.pad_token_id) + 1
    if fast.get_vocab_size() > int(config.vocab_size):
        raise ModelError(f"{name}: the tokenizer has {fast.get_vocab_size()} tokens, the model {config.vocab_size}")
    return OwnTokenizer(fast, most=min(most, positions))


def weighted_mean(vectors: Sequence[torch.Tensor], lengths: Sequence[int]) -> torch.Tensor:
    """The mean of the windows' vectors, by their tokens  # (hidden,)."""
    share = torch.tensor(lengths, dtype=torch.float32) / sum(lengths)  # (windows,)
    return (torch.stack(list(vectors)) * share[:, None]).sum(dim=0)


def fingerprint_of(state: Mapping[str, torch.Tensor]) -> str:
    """Four hexadecimal digits that follow every weight."""
    digest = hashlib.sha256()
    for name, value in sorted(state.items()):
        digest.update(name.encode())
        digest.update(value.detach().float().contiguous().numpy().tobytes())
    return digest.hexdigest()[:4]


def read_json(path: Path) -> Any:
    """ModelError if it is no JSON."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelError(f"{path} is damaged: {error}") from error


def _encoder(name: str, *, offline: bool) -> Any:
    import transformers
    from transformers.utils import logging

    logging.disable_progress_bar()
    logging.set_verbosity_error()
    try:
        model, loaded = transformers.AutoModel.from_pretrained(
            name, local_files_only=offline, output_loading_info=True, use_safetensors=True
        )
    except Exception as error:  # damaged files raise errors of five libraries
        raise _missing(name, error) from error
    lacking = sorted(key for key in loaded["missing_keys"] if not key.startswith("pooler."))
    if lacking:
        raise ModelError(f"{name} lacks {len(lacking)} weights of its encoder ({lacking[0]}, ...)")
    return model.float().eval()


def _pooling(name: str, config: Any) -> str:
    chosen = [mode for mode, on in config.items() if mode.startswith("pooling_mode_") and on is True]
    if len(chosen) != 1 or chosen[0] not in _POOLINGS:
        raise ModelError(f"{name} pools by {', '.join(chosen) or 'nothing'}; {' or '.join(_POOLINGS)} is known")
    return _POOLINGS[chosen[0]]


def _dense(name: str, path: str, *, offline: bool) -> torch.nn.Sequential:
    """A dense layer and its activation."""
    from safetensors.torch import load_file

    config = read_json(needed(name, f"{path}/config.json", offline=offline))
    weights = needed(name, f"{path}/model.safetensors", offline=offline)
    try:
        activation = {"Tanh": torch.nn.Tanh, "Identity": torch.nn.Identity}[
            str(config["activation_function"]).rsplit(".", 1)[-1]
        ]
        linear = torch.nn.Linear(config["in_features"], config["out_features"], bias=config.get("bias", True))
        state = {key.removeprefix("linear."): value.float() for key, value in load_file(weights).items()}
        linear.load_state_dict(state)
    except Exception as error:  # safetensors and torch raise errors of their own
        raise ModelError(f"{name}: the dense layer {path} cannot be loaded: {_first_line(error)}") from error
    return torch.nn.Sequential(linear, activation()).eval()


def _missing(name: str, error: Exception) -> ModelError:
    """ModelError for a local folder, ModelMissing for a hub name."""
    kind = ModelError if Path(name).is_dir() else ModelMissing
    return kind(
        f"{name} cannot be loaded: {_first_line(error)}; give a folder with config.json, safetensors weights and "
        "tokenizer.json, a hub name that this machine can reach, or a model of the store"
    )


def _floats(values: torch.Tensor) -> Floats:
    array: Floats = values.float().numpy()
    return array


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
