"""From text to token ids with character offsets, and back."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer as FastTokenizer

from mtqa.errors import ModelError
from mtqa.schema.document import Span

_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
_SURROGATE = re.compile("[\ud800-\udfff]")
_PIECE = 100_000  # code points encoded at a time: the library needs some 300 bytes for each token of a call
_ANCHOR = "x"  # tokens are read behind it, because some tokenizers swallow the space that a text begins with


@dataclass(frozen=True, slots=True)
class Encoded:
    """Token ids of a text and, run parallel, the end of each token in code points of the text.

    Ends never decrease. A character that takes several tokens (emoji, CJK in a byte-level vocabulary) ends with its
    last token: the earlier ones end where the character begins, so they cover nothing by themselves.
    """

    ids: tuple[int, ...]
    ends: tuple[int, ...]


class Tokenizer:
    """A `tokenizers` tokenizer that takes every text literally: "<|im_start|>" in a text is plain text."""

    def __init__(self, tokenizer: FastTokenizer) -> None:
        tokenizer.encode_special_tokens = True
        tokenizer.no_truncation()
        tokenizer.no_padding()
        self._tokenizer = tokenizer
        self._anchor: list[int] = list(tokenizer.encode(_ANCHOR, add_special_tokens=False).ids)
        self._before = self._plain(self._anchor)
        self._decode_one = lru_cache(maxsize=None)(self._decode_behind)  # at most the vocabulary

    @classmethod
    def load(cls, folder: Path) -> Tokenizer:
        """Read tokenizer.json of a model folder. ModelError if there is none or it cannot be read."""
        path = folder / "tokenizer.json"
        if not path.is_file():
            raise ModelError(f"{folder} has no tokenizer.json (a fast tokenizer saved with transformers)")
        try:
            tokenizer = FastTokenizer.from_file(str(path))
        except Exception as error:  # the library raises bare Exception
            raise ModelError(f"{path} cannot be read: {error}; get the model again") from error
        return cls(tokenizer)

    def encode(self, text: str) -> Encoded:
        """Token ids and ends; no special tokens are added."""
        # A lone surrogate has no UTF-8 form; the replacement character has the same length in code points.
        clean = _SURROGATE.sub(_REPLACEMENT, text)
        ids: list[int] = []
        ends: list[int] = []
        for start, end in _pieces(clean):
            encoding = self._tokenizer.encode(clean[start:end], add_special_tokens=False)
            ids.extend(encoding.ids)
            ends.extend(start + at for at in _ends(encoding.offsets))
        if ends:
            ends[-1] = len(text)
        return Encoded(tuple(ids), tuple(accumulate(ends, max)))

    def encode_next(self, word: str) -> tuple[int, ...]:
        """Token ids of a word that follows another, with the space between them."""
        ids = self.encode(f"{_ANCHOR} {word}").ids
        if list(ids[: len(self._anchor)]) == self._anchor:
            return ids[len(self._anchor) :]
        return self.encode(f" {word}").ids

    def id_of(self, token: str) -> int | None:
        """The id of a token of the vocabulary, or None."""
        found: int | None = self._tokenizer.token_to_id(token)
        return found

    def token_of(self, token_id: int) -> str:
        """The vocabulary entry of an id."""
        found: str | None = self._tokenizer.id_to_token(token_id)
        return found or ""

    def decode(self, ids: Sequence[int]) -> str:
        """The text of some tokens, as it stands behind others: a leading space is kept."""
        return self._decode_one(tuple(ids)) if len(ids) == 1 else self._decode_behind(tuple(ids))

    def _decode_behind(self, ids: tuple[int, ...]) -> str:
        text = self._plain([*self._anchor, *ids])
        return text[len(self._before) :] if text.startswith(self._before) else self._plain(list(ids))

    def _plain(self, ids: list[int]) -> str:
        text: str = self._tokenizer.decode(ids, skip_special_tokens=False)
        return text


@lru_cache(maxsize=16)  # whatever works on one text asks for the same
def merge_spans(ends: tuple[int, ...]) -> tuple[tuple[Span, tuple[int, ...]], ...]:
    """Gapless spans and the numbers of the tokens in each; tokens that cover nothing join the next one."""
    groups: list[tuple[Span, list[int]]] = []
    start: int = 0
    pending: list[int] = []
    for number, end in enumerate(ends):
        pending.append(number)
        if end > start:
            groups.append((Span(start, end), pending))
            start, pending = end, []
    if pending and groups:
        groups[-1][1].extend(pending)
    return tuple((span, tuple(numbers)) for span, numbers in groups)


def overlapping(
    starts: Sequence[int], ends: Sequence[int], others: Sequence[int]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """For each span the half-open range of the tokens that overlap it, never empty  # (spans,) each.

    `others` are the ends of the tokens, at least one. A token that covers nothing is left out at the edges of a range.
    """
    last = len(others) - 1
    first = np.minimum(np.searchsorted(others, starts, side="right"), last)
    return first, np.minimum(np.maximum(first, np.searchsorted(others, ends, side="left")), last) + 1


def _pieces(text: str) -> Iterator[tuple[int, int]]:
    """Half-open ranges of at most _PIECE, cut before white space: no word-wise tokenizer has a token across that."""
    start = 0
    while len(text) - start > _PIECE:
        cut = start + _PIECE
        while cut > start + _PIECE // 2 and not (text[cut].isspace() and not text[cut - 1].isspace()):
            cut -= 1
        if cut == start + _PIECE // 2:
            cut = start + _PIECE
        yield start, cut
        start = cut
    yield start, len(text)


def _ends(offsets: Sequence[tuple[int, int]]) -> list[int]:
    """Where each token ends; one that shares its character with the next ends where the character begins."""
    ends = [start if after < end else end for (start, end), (after, _) in pairwise(offsets)]
    return [*ends, offsets[-1][1]] if offsets else []
