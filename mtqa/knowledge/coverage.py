"""Which words of a source its translation says, and the other way round: each token beside its nearest on that side.

The vectors are those of the meaning encoder's word map (mtqa.modeling.word_cover); late interaction after Khattab and
Zaharia 2020.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mtqa.schema.annotations import Coverage, SaidTokens
from mtqa.schema.roles import TextMeaning

Floats = NDArray[np.float32]


def compare_words(source: TextMeaning, hypothesis: TextMeaning) -> Coverage | None:
    """None where the encoder made no vectors for words, or a side has no token."""
    ours, theirs = hypothesis.words, source.words
    if ours is None or theirs is None or not len(ours) or not len(theirs):
        return None
    closeness = theirs[:, :-1] @ ours[:, :-1].T  # (source tokens, tokens)
    return Coverage(
        _side(source, closeness.max(axis=1) - theirs[:, -1]),
        _side(hypothesis, closeness.max(axis=0) - ours[:, -1]),
    )


def _side(meaning: TextMeaning, logits: Floats) -> SaidTokens:
    starts = np.array([span.start for span in meaning.spans])
    ends = np.array([span.end for span in meaning.spans])
    said = 1.0 / (1.0 + np.exp(-logits))
    return SaidTokens(starts, ends, said.astype(np.float32))
