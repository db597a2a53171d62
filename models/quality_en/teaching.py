"""What models say of training sentences, for a smaller network to learn: surprisal, and the judgement of a whole tier.

Everything is kept in a file of the run, so that a run that goes on reads nothing twice.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mtqa import Settings
from mtqa.modeling.load import load_language_model
from mtqa.modeling.load_quality import load_models
from mtqa.modeling.tokens import Encoded, overlapping

Floats = NDArray[np.float32]
_TEXTS_AT_ONCE = 2000
_LONGEST = 300  # tokens the language model reads at once; longer sentences are not taught


@dataclass(frozen=True, slots=True)
class Taught:
    """`ends`  # (tokens,): ends of the teacher's tokens in code points; `surprisal`  # (tokens + 1,): nats, and of the
    end of the sentence, empty where it teaches none; `error`  # (tokens,): probability, empty where the teacher has no
    token head; `z`, `raw`: its ratings, NaN where it rates nothing.
    """

    ends: NDArray[np.int32]
    surprisal: Floats
    error: Floats
    z: float
    raw: float


Teacher = Callable[[Sequence[str]], list[Taught]]


def language_model(texts: Sequence[str]) -> list[Taught]:
    """Surprisal by the language model of the judge. Texts that are too long come back empty."""
    model = load_language_model(Settings())
    encoded = [model.tokenizer.encode(text) for text in texts]
    start = model.engine.start
    kept = [number for number, one in enumerate(encoded) if 0 < len(one.ids) <= _LONGEST]
    nothing = np.zeros(0, dtype=np.float32)
    found = [Taught(np.zeros(0, dtype=np.int32), nothing, nothing, np.nan, np.nan) for _ in texts]
    for place, scores in model.engine.scores([[start, *encoded[number].ids, start] for number in kept]):
        own = encoded[kept[place]]
        found[kept[place]] = Taught(ends_of(own), np.maximum(0.0, -scores), nothing, np.nan, np.nan)
    return found


def packaged(folder: Path, name: str) -> Teacher:
    """A model of a folder of weights as teacher: ratings and errors."""

    def teach(texts: Sequence[str]) -> list[Taught]:
        model = load_models(folder, Settings(), names=[name])[name]
        return [Taught(ends_of(one.encoded), one.surprisal[:0], one.error, one.z, one.raw) for one in model.read(texts)]

    return teach


def taught(texts: Sequence[str], teacher: Teacher, path: Path) -> dict[str, Taught]:
    """What the teacher says of each text; kept in `path` (.npz), which is read instead if it is of these texts."""
    distinct = list(dict.fromkeys(texts))
    digest = hashlib.sha256("\n".join(distinct).encode("utf-8", "surrogatepass")).hexdigest()
    if path.is_file():
        stored = np.load(path)
        if str(stored["digest"]) == digest:
            return dict(zip(distinct, _unpacked(stored), strict=True))
    found: list[Taught] = []
    for low in range(0, len(distinct), _TEXTS_AT_ONCE):
        found += teacher(distinct[low : low + _TEXTS_AT_ONCE])
        print(f"taught {len(found)} of {len(distinct)}", flush=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez(
        path,
        digest=digest,
        tokens=[len(one.ends) for one in found],
        errors=[len(one.error) for one in found],
        nats=[len(one.surprisal) for one in found],
        ends=np.concatenate([one.ends for one in found]),
        surprisal=np.concatenate([one.surprisal for one in found]),
        error=np.concatenate([one.error for one in found]),
        z=[one.z for one in found],
        raw=[one.raw for one in found],
    )
    return dict(zip(distinct, found, strict=True))


def onto(own: Taught, ends: Sequence[int]) -> tuple[list[float], list[float]]:
    """Surprisal and error probability for the tokens of another vocabulary, given by their `ends`: nats are spread
    evenly over the characters of a token, an error holds for every token that it touches. One more number of surprisal,
    for the end of the sentence. Each is empty where the teacher says nothing of it, or nothing of the last tokens.
    """
    if not len(own.ends) or not ends or own.ends[-1] < ends[-1]:
        return [], []
    places = np.concatenate([[0], np.array(ends)])  # (tokens + 1,)
    nats = _nats(own, places) if len(own.surprisal) else []
    if not len(own.error):
        return nats, []
    first, until = overlapping(places[:-1].tolist(), ends, own.ends.tolist())
    error = [float(own.error[low:high].max()) for low, high in zip(first, until, strict=True)]
    return nats, error


def _nats(own: Taught, places: NDArray[np.int64]) -> list[float]:
    """Surprisal between `places`, and of the end."""
    borders = np.concatenate([[0], own.ends])  # (teacher's tokens + 1,)
    total = np.concatenate([[0.0], np.cumsum(own.surprisal[:-1], dtype=np.float64)])
    # Tokens without a character of their own (parts of one) count where they end.
    distinct, last = np.unique(borders[::-1], return_index=True)
    at = np.interp(places, distinct, total[::-1][last])
    at[0] = 0.0  # those at the very beginning count with the first token
    return [*np.diff(at).tolist(), float(own.surprisal[-1])]


def ends_of(encoded: Encoded) -> NDArray[np.int32]:
    """Ends of tokens as a lesson holds them  # (tokens,)."""
    return np.array(encoded.ends, dtype=np.int32)


def _unpacked(stored: Mapping[str, NDArray[np.generic]]) -> list[Taught]:
    def parts(name: str, lengths: str) -> list[NDArray[np.generic]]:
        return np.split(stored[name], np.cumsum(stored[lengths])[:-1])

    columns = parts("ends", "tokens"), parts("surprisal", "nats"), parts("error", "errors")
    return [
        Taught(ends, nats, error, float(z), float(raw))  # type: ignore[arg-type]
        for ends, nats, error, z, raw in zip(*columns, stored["z"], stored["raw"], strict=True)
    ]
