"""A source and its translation as the joint estimator reads them: one row of pieces, with their places in the texts."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mtqa.errors import ModelError
from mtqa.modeling.e5_weights import EncoderFile
from mtqa.modeling.joint_build import CHARACTERS, TOKENIZER, to_tokenizer

_MOST = 254  # pieces of a side, so that both fit the 512 positions; of longer texts the beginning is read
TRANSLATION, SOURCE = 0, 1
# A character with what is written over or under it, or a Korean syllable letter by letter.
_MARKS = "\u0300-\u036f\u0591-\u05bd\u064b-\u065f\u093c\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\u3099\u309a"
_CLUSTER = re.compile(rf"[\u1100-\u115f][\u1160-\u11ff]*|.[{_MARKS}]*", re.DOTALL)

Spans = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class PairTokens:
    """`ids` and `sides` of all pieces; of each side where its first piece stands and the code points of its pieces."""

    ids: tuple[int, ...]
    sides: tuple[int, ...]
    translation_first: int
    translation_spans: Spans
    source_first: int
    source_spans: Spans


class JointTokens:
    """Begin, translation, end, end, source, end. Safe for threads."""

    def __init__(self, tokenizer: Any, characters: Mapping[int, str], special: tuple[int, int]) -> None:
        self._tokenizer = tokenizer
        self._characters = dict(characters)
        self._uneven = frozenset(chr(code) for code, other in characters.items() if len(other) != 1)
        self._begin, self._end = special

    @classmethod
    def load(cls, folder: Path) -> JointTokens:
        """From a folder of the store. ModelError if it is damaged."""
        from tokenizers import Tokenizer

        try:
            row = json.loads((folder / CHARACTERS).read_text(encoding="utf-8"))
            characters = {int(code): str(text) for code, text in row["characters"].items()}
            special = int(row["begin"]), int(row["end"])
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise ModelError(f"{folder / CHARACTERS} is damaged: {error!r}") from error
        try:
            tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
        except Exception as error:  # tokenizers raises nothing more specific
            raise ModelError(f"{folder / TOKENIZER} cannot be read: {error}") from error
        return cls(tokenizer, characters, special)

    @classmethod
    def of_file(cls, file: EncoderFile) -> JointTokens:
        """From the package's file."""
        return cls(to_tokenizer(file), file.characters, (file.special[0], file.special[1]))

    def read(self, source: str, translation: str) -> PairTokens:
        """The row of a pair; spans in code points of the texts."""
        own, own_spans = self._pieces(translation)
        other, other_spans = self._pieces(source)
        ids = (self._begin, *own, self._end, self._end, *other, self._end)
        sides = (TRANSLATION,) * (len(own) + 2) + (SOURCE,) * (len(other) + 2)
        return PairTokens(ids, sides, 1, own_spans, len(own) + 3, other_spans)

    def _pieces(self, text: str) -> tuple[list[int], Spans]:
        if unicodedata.is_normalized("NFC", text) and self._uneven.isdisjoint(text):
            encoding = self._tokenizer.encode(text.translate(self._characters))
            return encoding.ids[:_MOST], tuple(encoding.offsets[:_MOST])
        plain, places = self._composed(text)
        encoding = self._tokenizer.encode(plain)
        found = []
        for start, end in encoding.offsets[:_MOST]:
            first = places[start][0] if start < len(places) else len(text)
            found.append((first, places[end - 1][1] if end > start else first))
        return encoding.ids[:_MOST], tuple(found)

    def _composed(self, text: str) -> tuple[str, list[tuple[int, int]]]:
        """The text with letters and their marks in one, as the tokenizer knows them, through the map of characters; and
        for each of its characters the code points that it stands for.
        """
        parts, places = [], []
        for cluster in _CLUSTER.finditer(text):
            part = unicodedata.normalize("NFC", cluster.group()).translate(self._characters)
            parts.append(part)
            places += [cluster.span()] * len(part)
        return "".join(parts), places
