"""From text to token ids with character offsets."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tokenizers import Tokenizer as FastTokenizer

from mtqa.errors import ModelError
from mtqa.schema.document import Span

_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


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

    @classmethod
    def load(cls, folder: Path) -> Tokenizer:
        """Read tokenizer.json of a model folder. ModelError if there is none."""
        path = folder / "tokenizer.json"
        if not path.is_file():
            raise ModelError(f"{folder} has no tokenizer.json (a fast tokenizer saved with transformers)")
        return cls(FastTokenizer.from_file(str(path)))

    def encode(self, text: str) -> Encoded:
        """Token ids and ends; no special tokens are added."""
        # A lone surrogate has no UTF-8 form; the replacement character has the same length in code points.
        clean = "".join(_REPLACEMENT if "\ud800" <= character <= "\udfff" else character for character in text)
        encoding = self._tokenizer.encode(clean, add_special_tokens=False)
        ends: list[int] = []
        offsets = encoding.offsets
        for number, (start, end) in enumerate(offsets):
            continues = number + 1 < len(offsets) and offsets[number + 1][0] < end
            ends.append(max(start if continues else end, ends[-1] if ends else 0))
        if ends:
            ends[-1] = len(text)
        return Encoded(tuple(encoding.ids), tuple(ends))

    def id_of(self, token: str) -> int | None:
        """The id of a token of the vocabulary, or None."""
        found: int | None = self._tokenizer.token_to_id(token)
        return found

    def token_of(self, token_id: int) -> str:
        """The vocabulary entry of an id."""
        found: str | None = self._tokenizer.id_to_token(token_id)
        return found or ""

    def decode(self, ids: list[int]) -> str:
        """The text of some tokens, leading space kept."""
        text: str = self._tokenizer.decode(ids, skip_special_tokens=False)
        return text


def merge_spans(ends: tuple[int, ...]) -> list[tuple[Span, list[int]]]:
    """Gapless spans and the numbers of the tokens in each; tokens that cover nothing join the next one."""
    groups: list[tuple[Span, list[int]]] = []
    start, pending = 0, []
    for number, end in enumerate(ends):
        pending.append(number)
        if end > start:
            groups.append((Span(start, end), pending))
            start, pending = end, []
    if pending and groups:
        groups[-1][1].extend(pending)
    return groups
