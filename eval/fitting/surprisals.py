"""Surprisal of many sentences, read once per model and kept in the user's cache: fitting reads the same ones again."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from platformdirs import user_cache_path

from mtqa.schema.annotations import TokenSurprisal
from mtqa.schema.document import Span
from mtqa.schema.roles import LanguageModel

_AT_ONCE = 200  # sentences between two writes: an interrupted run loses no more than these


def read_surprisals(
    model: LanguageModel, texts: Sequence[str], *, folder: Path | None = None
) -> list[tuple[TokenSurprisal, ...]]:
    """The surprisal of every text, in order, as `model.read` gives it, but without `expected` (an empty string).

    What was read before comes from `folder` (None: the user's cache), in a file named for the model's signature.
    """
    folder = folder or user_cache_path("mtqa") / "eval"
    folder.mkdir(parents=True, exist_ok=True)
    store = sqlite3.connect(folder / f"surprisal-{model.signature}.sqlite", timeout=60)
    try:
        store.execute("create table if not exists surprisal (text text primary key, tokens blob)")
        missing = [text for text in dict.fromkeys(texts) if _stored(store, text) is None]
        for start in range(0, len(missing), _AT_ONCE):
            block = missing[start : start + _AT_ONCE]
            rows = [(_key(text), _packed(tokens)) for text, tokens in zip(block, model.read(block), strict=True)]
            with store:
                store.executemany("insert or replace into surprisal values (?, ?)", rows)
        return [_unpacked(_stored(store, text) or b"") for text in texts]
    finally:
        store.close()


def _key(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _stored(store: sqlite3.Connection, text: str) -> bytes | None:
    row = store.execute("select tokens from surprisal where text = ?", (_key(text),)).fetchone()
    return None if row is None else bytes(row[0])


def _packed(tokens: Sequence[TokenSurprisal]) -> bytes:
    """Start, end, surprisal, entropy, expected surprisal of each token as float64  # (tokens, 5)."""
    return np.array(
        [
            [token.span.start, token.span.end, token.surprisal, token.entropy, token.expected_surprisal]
            for token in tokens
        ],
        dtype=np.float64,
    ).tobytes()


def _unpacked(packed: bytes) -> tuple[TokenSurprisal, ...]:
    table = np.frombuffer(packed, dtype=np.float64).reshape(-1, 5).tolist()  # (tokens, 5)
    return tuple(
        TokenSurprisal(Span(int(start), int(end)), surprisal, entropy, "", expected)
        for start, end, surprisal, entropy, expected in table
    )
