"""A meaning encoder that knows a few words of two languages, and one document read with it by a rule that asks it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from mtqa.annotating.annotate import annotate
from mtqa.detecting.discovery import load_detector
from mtqa.detecting.protocol import Tools
from mtqa.detecting.run import detect
from mtqa.knowledge import Knowledge
from mtqa.pairing import pair
from mtqa.schema.document import Document
from mtqa.schema.issue import Issue
from mtqa.schema.roles import TextMeaning
from mtqa.scoring.calibrate import load_calibration
from mtqa.segmenting import segment
from tests.joint import FakeJoint
from tests.meaning import FakeEncoder

_CONCEPTS = (
    "minister|minister resigned|zurück|trat friday|freitag|freitags taxes|steuern paid|gezahlt|bezahlt firm|firma "
    "years|jahrelang bridge|brücke closed|gesperrt cracks|risse concrete|beton found|gefunden may|mai"
).split()
_PLACES = {word: place for place, words in enumerate(_CONCEPTS) for word in words.split("|")}


class WordEncoder(FakeEncoder):
    """The vector of a text is the sum of its words that it knows; other words add little."""

    with_words = False

    def _vector(self, text: str) -> NDArray[np.float32]:
        if not text.strip():
            raise ValueError("a blank text has no meaning")
        vector = np.full(len(_CONCEPTS) + 1, 0.01, dtype=np.float32)
        for word in re.findall(r"\w+", text.lower()):
            vector[_PLACES.get(word, len(_CONCEPTS))] += 1.0 if word in _PLACES else 0.02
        return np.asarray(vector / np.linalg.norm(vector), dtype=np.float32)

    def read(self, texts: Sequence[str]) -> list[TextMeaning]:
        """With words to compare, if `with_words`: the same word is said, another one is not."""
        found = super().read(texts)
        if not self.with_words:
            return found
        threshold = [np.full((len(one.states), 1), 4.0, dtype=np.float32) for one in found]
        return [
            replace(one, words=np.hstack([3.0 * one.states, low])) for one, low in zip(found, threshold, strict=True)
        ]


def read_with_words(
    module: object,
    source: str,
    text: str,
    *,
    everything: bool = False,
    language: str = "de",
    with_words: bool = False,
    joint: FakeJoint | None = None,
    is_foreign: bool = False,
) -> tuple[Sequence[Issue], FakeEncoder]:
    """The issues that are reported (`everything`: all that are proposed), and the encoder with what it was asked.

    `is_foreign`: the encoder does not know the language of the source.
    """
    encoder = WordEncoder()
    encoder.with_words = with_words
    encoder.languages = frozenset({"en"}) if is_foreign else frozenset()
    detector = load_detector(module)  # type: ignore[arg-type]
    document = pair(segment(Document("d", text, source=source, source_language=language)), encoder)
    known = annotate([document], [detector.rule], None, encoder=encoder, joint=joint)
    before = len(encoder.asked)
    calibration = load_calibration()
    tools = Tools(Knowledge(), (lambda rule, features: 0.9) if everything else calibration.confidence)
    ((issues, _),) = detect([document], known, [detector], [tools], None, encoder=encoder, joint=joint)
    del encoder.asked[:before]
    least = 0.0 if everything else calibration.threshold(detector.rule.id)
    return [issue for issue in issues if issue.confidence >= least], encoder
