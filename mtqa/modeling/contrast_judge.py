"""The judge: how much likelier is a sentence with a proposed change than as written?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mtqa.modeling.language_model import CausalLanguageModel, Floats
from mtqa.modeling.tokens import Encoded
from mtqa.schema.annotations import TokenSurprisal
from mtqa.schema.roles import Continuation, Hypothesis, Verdict


class ContrastJudge:
    """Implements schema.roles.Judge over a causal language model.

    All hypotheses of a call go through the model together, each distinct text once: the proposals for one sentence
    share the sentence as written.
    """

    def __init__(self, language_model: CausalLanguageModel) -> None:
        self._model = language_model

    @property
    def signature(self) -> str:
        """Short hash of weights and engine."""
        return self._model.signature

    def compare(self, hypotheses: Sequence[Hypothesis]) -> list[Verdict]:
        """One verdict per hypothesis, in order."""
        texts = dict.fromkeys(
            text for one in hypotheses for text in (_join(one, one.written), _join(one, one.proposed))
        )
        scored = dict(zip(texts, self._model.score(list(texts)), strict=True))
        return [_verdict(one, scored[_join(one, one.written)], scored[_join(one, one.proposed)]) for one in hypotheses]

    def expect(self, prefixes: Sequence[str], width: int) -> list[tuple[Continuation, ...]]:
        """The `width` likeliest next words after each prefix, best first."""
        distinct = list(dict.fromkeys(prefixes))
        found = dict(zip(distinct, self._model.continuations(distinct, width), strict=True))
        return [found[prefix] for prefix in prefixes]

    def read(self, texts: Sequence[str]) -> list[tuple[TokenSurprisal, ...]]:
        """Surprisal of every token of every text."""
        distinct = list(dict.fromkeys(texts))
        found = dict(zip(distinct, self._model.read(distinct), strict=True))
        return [found[text] for text in texts]


def _join(hypothesis: Hypothesis, sentence: str) -> str:
    before = hypothesis.before.rstrip()
    return f"{before} {sentence}" if before else sentence


def _verdict(one: Hypothesis, written: tuple[Encoded, Floats], proposed: tuple[Encoded, Floats]) -> Verdict:
    suffix = shared_suffix(one.written, one.proposed)
    gain = _sum(proposed[1]) - _sum(written[1])
    after = _after(*proposed, suffix) - _after(*written, suffix)
    return Verdict(gain=gain, changed=gain - after, after=after)


def _after(encoded: Encoded, scores: Floats, suffix: int) -> float:
    """Sum over the tokens that begin inside the last `suffix` characters."""
    border = encoded.ends[-1] - suffix if encoded.ends else 0
    starts = (0, *encoded.ends[:-1])
    first = next((number for number, start in enumerate(starts) if start >= border), len(starts))
    return _sum(scores[first:])


def shared_suffix(written: str, proposed: str) -> int:
    """How many characters the two texts share at the end, beyond what they share at the start."""
    most = min(len(written), len(proposed))
    prefix = 0
    while prefix < most and written[prefix] == proposed[prefix]:
        prefix += 1
    suffix = 0
    while suffix < most - prefix and written[-1 - suffix] == proposed[-1 - suffix]:
        suffix += 1
    return suffix


def _sum(scores: Floats) -> float:
    return float(scores.sum(dtype=np.float64))
