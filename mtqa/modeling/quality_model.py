"""One encoder and its heads: from texts to what they say of sentences and tokens, in numpy over CTranslate2.

Results depend on one text alone: encoders never pad, texts of exactly equal length go through them together, and the
products of the heads are those of one text. A text longer than the window is read in windows, and its sentence values
are means of theirs by length.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, TypeVar

import ctranslate2
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from mtqa.modeling.ct2_models import opened
from mtqa.modeling.threads import one_thread_each, worker_count
from mtqa.modeling.token_types import token_types
from mtqa.modeling.tokens import Encoded, Tokenizer

Floats = NDArray[np.float32]
Made = TypeVar("Made")
FEATURES = 128  # numbers per token that leave an encoder
NEIGHBOURS = (-1, 0, 1, 2)  # tokens that the token head reads to judge one
ATTENTION_HEADS = 4
FARTHEST = 16  # tokens apart from which distance makes no difference to the attention
_WINDOW, _CONTEXT = 190, 48  # tokens: sentences were trained at up to 192
_TOKENS_AT_ONCE = 512
_SENTENCE = 10  # words
_CLOSERS = "”’\"'»«“‘)]} \t\n\u00a0\u202f"  # may stand behind a final mark


@dataclass(frozen=True, slots=True)
class Reading:
    """What one model says of one text.

    `z`: standardised rating, about -3..1.5; `raw`: rating, about 0..1; `spread`: standard deviation of the latter;
    `error`, `major`  # (tokens,): probability 0..1 that a token is wrong, and that it is so badly if it is;
    `surprisal`  # (tokens + 1,): nats, as the model expects them of the language model, the end of the text included;
    `features`  # (tokens, FEATURES): what all this was read from; `is_unfinished`: the text is as long as a sentence
    and ends without a mark.
    """

    z: float
    raw: float
    spread: float
    error: Floats
    major: Floats
    surprisal: Floats
    encoded: Encoded
    features: Floats = field(default_factory=lambda: np.zeros((0, 0), dtype=np.float32))
    is_unfinished: bool = False


@dataclass(frozen=True, slots=True)
class Window:
    """Tokens of a text that are read at once, by number, half-open; the first `skip` are context, read before."""

    start: int
    end: int
    skip: int


@dataclass(frozen=True, slots=True)
class TextFeatures:
    """What an encoder makes of one text, all that its heads see.

    `windows`: each with its features  # (tokens + 2, FEATURES), of the borders too. `is_unfinished`: as in `Reading`.
    """

    encoded: Encoded
    windows: tuple[tuple[Window, Floats], ...]
    is_unfinished: bool = False


class FeatureEncoder(Protocol):
    """Runs an encoder and its linear map."""

    workers: int

    def features(self, ids: Sequence[Sequence[int]], types: Sequence[Sequence[int]]) -> Floats:
        """Sequences of one length -> features  # (sequences, tokens, FEATURES)."""
        ...


class DecoderFeatures:
    """A converted causal encoder whose output layer is the linear map."""

    def __init__(self, folder: Path, *, threads: int | None) -> None:
        self.workers = worker_count(threads)
        self._generator: Any = opened(ctranslate2.Generator, folder, self.workers)

    def features(self, ids: Sequence[Sequence[int]], types: Sequence[Sequence[int]]) -> Floats:  # noqa: ARG002
        """Sequences of one length -> features  # (sequences, tokens, FEATURES)."""
        return np.array(self._generator.forward_batch([list(one) for one in ids]), copy=False)


class EncoderFeatures:
    """A converted BERT; the linear map is applied here. `mapping`  # (FEATURES, width)."""

    def __init__(self, folder: Path, mapping: Floats, *, threads: int | None) -> None:
        self.workers = worker_count(threads)
        self._encoder: Any = opened(ctranslate2.Encoder, folder, self.workers)
        self._mapping = mapping

    def features(self, ids: Sequence[Sequence[int]], types: Sequence[Sequence[int]]) -> Floats:
        """Sequences of one length -> features  # (sequences, tokens, FEATURES)."""
        output = self._encoder.forward_batch([list(one) for one in ids], token_type_ids=[list(one) for one in types])
        states = np.array(output.last_hidden_state, copy=False)  # (sequences, tokens, width)
        mapped: Floats = states @ self._mapping.T
        return mapped


class QualityModel:
    """An encoder with its tokenizer and heads. `borders`: the ids that begin and end a sentence."""

    def __init__(
        self,
        encoder: FeatureEncoder,
        tokenizer: Tokenizer,
        heads: Mapping[str, Floats],
        *,
        borders: tuple[int, int],
        typed: bool,
    ) -> None:
        self._encoder = encoder
        self._tokenizer = tokenizer
        self._heads = heads
        self._borders = borders
        self._typed = typed

    def read(self, texts: Sequence[str], *, counted: Callable[[int], None] | None = None) -> list[Reading]:
        """One reading per text, in order; `counted` is told how many tokens were read. Texts must not be empty."""
        made = self._each_window(texts, lambda features: apply_heads(self._heads, features), counted)
        return [_joined(encoded, own, is_unfinished(text)) for text, (encoded, own) in zip(texts, made, strict=True)]

    def features(self, texts: Sequence[str], *, counted: Callable[[int], None] | None = None) -> list[TextFeatures]:
        """What the heads would see of each text, in order: some 500 bytes per token. Texts must not be empty."""
        made = self._each_window(texts, np.copy, counted)
        return [
            TextFeatures(encoded, tuple(own), is_unfinished(text))
            for text, (encoded, own) in zip(texts, made, strict=True)
        ]

    def _each_window(
        self, texts: Sequence[str], use: Callable[[Floats], Iterable[Made]], counted: Callable[[int], None] | None
    ) -> list[tuple[Encoded, list[tuple[Window, Made]]]]:
        """Per text its tokens, and its windows in order with what `use` makes of their features  # (windows of one
        length, tokens, FEATURES).
        """
        encoded = [self._tokenizer.encode(text) for text in texts]
        types = [
            token_types(text, one.ends) if self._typed else [0] * len(one.ids)
            for text, one in zip(texts, encoded, strict=True)
        ]
        windows = [(number, window) for number, one in enumerate(encoded) for window in windows_of(len(one.ids))]
        groups: dict[int, list[int]] = defaultdict(list)
        for place, (_, window) in enumerate(windows):
            groups[window.end - window.start].append(place)
        batches = [
            places[low : low + size]
            for length, places in sorted(groups.items(), reverse=True)
            for size in (max(1, _TOKENS_AT_ONCE // (length + 2)),)
            for low in range(0, len(places), size)
        ]
        made: dict[int, Made] = {}

        def run(places: Sequence[int]) -> int:
            ids, kinds = [], []
            for number, window in (windows[place] for place in places):
                inside = slice(window.start, window.end)
                ids.append((self._borders[0], *encoded[number].ids[inside], self._borders[1]))
                kinds.append((0, *types[number][inside], 0))
            made.update(zip(places, use(self._encoder.features(ids, kinds)), strict=True))
            return sum(len(one) for one in ids)

        with one_thread_each(), ThreadPoolExecutor(self._encoder.workers) as pool:
            for done in pool.map(run, batches):
                if counted is not None:
                    counted(done)
        parts: list[list[tuple[Window, Made]]] = [[] for _ in texts]
        for place, (number, window) in enumerate(windows):
            parts[number].append((window, made[place]))
        return list(zip(encoded, parts, strict=True))


def read_features(heads: Mapping[str, Floats], text: TextFeatures) -> Reading:
    """What these heads say of a text."""
    parts = [(window, apply_heads(heads, features[None])[0]) for window, features in text.windows]
    return _joined(text.encoded, parts, text.is_unfinished)


def is_unfinished(text: str) -> bool:
    """True for a text as long as a sentence that ends in a word; shorter ones may be headings."""
    return text.rstrip(_CLOSERS)[-1:].isalnum() and len(text.split()) >= _SENTENCE


@one_thread_each()
def apply_heads(heads: Mapping[str, Floats], features: Floats) -> list[dict[str, Any]]:
    """mtqa.modeling.quality_heads in numpy, for texts of one length: features  # (texts, tokens, FEATURES), borders
    included. The products are those of each text, so that nothing depends on the texts beside it.
    """
    near = np.concatenate([beside(features, by) for by in NEIGHBOURS], axis=-1)
    seen = np.concatenate([near, attended(heads, features)], axis=-1)
    hidden = np.tanh(seen @ heads["token_hidden.weight"].T + heads["token_hidden.bias"])  # (texts, tokens, hidden)
    logits = hidden @ heads["token_output.weight"].T + heads["token_output.bias"]  # (texts, tokens, 2)
    surprisal = (near @ heads["surprisal.weight"].T + heads["surprisal.bias"])[:, 1:, 0]  # (texts, tokens - 1)
    probable = 1.0 / (1.0 + np.exp(-logits))  # (texts, tokens, 2)
    texts, tokens, _ = features.shape
    single = [
        probable[..., 0].mean(axis=1),
        probable[..., 0].max(axis=1),
        np.full(texts, np.log(tokens) / 4.0),
        surprisal.mean(axis=1) / 4.0,
        np.maximum(0.0, surprisal.max(axis=1) / 4.0),
    ]
    pooled = np.concatenate(
        [
            features.mean(axis=1),
            features[:, -1],
            hidden.mean(axis=1),
            hidden.max(axis=1),
            np.stack(single, axis=1),
        ],
        axis=1,
    )[..., None]  # (texts, numbers, 1)
    sentence = np.tanh(heads["sentence_hidden.weight"] @ pooled + heads["sentence_hidden.bias"][:, None])
    output = heads["sentence_output.weight"] @ sentence + heads["sentence_output.bias"][:, None]  # (texts, 3, 1)
    return [
        {
            "z": z,
            "raw": raw,
            "spread": math.exp(log_spread),
            "error": error[1:-1, 0],
            "major": error[1:-1, 1],
            "surprisal": nats,
            "features": own[1:-1],
        }
        for (z, raw, log_spread), error, nats, own in zip(
            output[..., 0].tolist(), probable, np.maximum(surprisal, 0.0), features, strict=True
        )
    ]


def attended(heads: Mapping[str, Floats], features: Floats) -> Floats:
    """What the attention of `heads`, as in mtqa.modeling.quality_heads, finds for each token of texts of one length
    # (texts, tokens, numbers).
    """
    texts, tokens, _ = features.shape
    mapped = features @ heads["token_attention.weight"].T + heads["token_attention.bias"]  # (texts, tokens, 3 numbers)
    split = mapped.reshape(texts, tokens, 3 * ATTENTION_HEADS, -1).transpose(0, 2, 1, 3)
    query, key, value = np.split(split, 3, axis=1)  # (texts, heads, tokens, size) each
    scores = query @ key.swapaxes(-1, -2)  # (texts, heads, tokens, tokens)
    scores /= np.float32(math.sqrt(query.shape[-1]))
    scores += _by_distance(heads["token_distance"], tokens)
    scores -= scores.max(axis=-1, keepdims=True)
    shares = np.exp(scores, out=scores)
    shares /= shares.sum(axis=-1, keepdims=True)
    found: Floats = (shares @ value).transpose(0, 2, 1, 3).reshape(texts, tokens, -1)
    return found


def _by_distance(distance: Floats, tokens: int) -> Floats:
    """The bias of each token for each other, by how far it stands behind  # (heads, tokens, tokens), a view."""
    apart = np.clip(np.arange(1 - tokens, tokens), -FARTHEST, FARTHEST) + FARTHEST  # (2 tokens - 1,)
    return sliding_window_view(distance[:, apart], tokens, axis=1)[:, ::-1]


def beside(features: Floats, by: int) -> Floats:
    """Row t of each text holds what stood at t + by; zeros outside  # (..., tokens, numbers)."""
    moved = np.zeros_like(features)
    if by > 0:
        moved[..., :-by, :] = features[..., by:, :]
    elif by < 0:
        moved[..., -by:, :] = features[..., :by, :]
    else:
        moved[:] = features
    return moved


def windows_of(tokens: int) -> list[Window]:
    """The windows of a text of so many tokens, in order."""
    windows = [Window(0, min(tokens, _WINDOW), 0)]
    while windows[-1].end < tokens:
        start = windows[-1].end - _CONTEXT
        windows.append(Window(start, min(tokens, start + _WINDOW), _CONTEXT))
    return windows


def shares(windows: Sequence[Window]) -> NDArray[np.float64]:
    """How much each window counts in the values of the sentence: by the tokens that no other has  # (windows,)."""
    if len(windows) == 1:
        return np.ones(1)  # of a text without any token, too
    own = np.array([window.end - window.start - window.skip for window in windows], dtype=np.float64)
    return np.asarray(own / own.sum())


def _joined(encoded: Encoded, parts: Sequence[tuple[Window, Mapping[str, Any]]], is_unfinished: bool) -> Reading:
    weights = shares([window for window, _ in parts])
    values = {
        name: float(sum(weight * part[name] for weight, (_, part) in zip(weights, parts, strict=True)))
        for name in ("z", "raw", "spread")
    }
    error = np.concatenate([part["error"][window.skip :] for window, part in parts]).astype(np.float32)
    major = np.concatenate([part["major"][window.skip :] for window, part in parts]).astype(np.float32)
    surprisal = [part["surprisal"][window.skip : -1] for window, part in parts] + [parts[-1][1]["surprisal"][-1:]]
    nats = np.concatenate(surprisal).astype(np.float32)
    features = np.concatenate([part["features"][window.skip :] for window, part in parts])  # (tokens, FEATURES)
    return Reading(
        **values,
        error=error,
        major=major,
        surprisal=nats,
        encoded=encoded,
        features=features,
        is_unfinished=is_unfinished,
    )
