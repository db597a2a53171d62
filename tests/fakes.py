"""A language model and a judge with known numbers, for tests without weights.

    model = FakeLanguageModel(surprisal={"Scholes": 12.0}, next_words={"German Chancellor Olaf": [("Scholz", -0.2)]})
    judge = FakeJudge({"Scholz": 8.0})              # a proposal that brings in "Scholz" gains 8 nats, any other loses 5
    judge = FakeJudge(lambda one: 3.0 if one.before else -3.0)
    checker = Checker(settings, language_model=model, judge=judge)

Both implement the protocols of mtqa.schema.roles, are pure functions of each text, and remember in `asked` what they
were asked, in order, so that a test can look at the questions of a detector.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from mtqa.schema.annotations import TokenSurprisal
from mtqa.schema.document import Span
from mtqa.schema.roles import Continuation, Hypothesis, Verdict

Surprisals = float | Mapping[str, float] | Callable[[str, int], float]
NextWords = Mapping[str, Sequence[tuple[str, float]]] | Callable[[str], Sequence[tuple[str, float]]]
Gains = float | Mapping[str, float] | Callable[[Hypothesis], float | Verdict]

USUAL_SURPRISAL = 2.0  # nats, of a word that no table names
ENTROPY = 3.0  # nats, everywhere
EXPECTED = (" the", 1.0)  # the likeliest token everywhere, and its surprisal in nats
_TOKEN = re.compile(r"\s*\S+|\s+\Z")


class FakeLanguageModel:
    """One token per word, the white space before it included.

    `surprisal` in nats: one number for all, by word (punctuation at its edges left out), or a function of (text,
    offset of the token's first visible character). `next_words` are (word, log-probability) by the end of the prefix
    (the longest key that fits), or a function of the prefix.
    """

    signature = "fake"

    def __init__(self, surprisal: Surprisals = USUAL_SURPRISAL, next_words: NextWords | None = None) -> None:
        self._surprisal = surprisal
        self._next_words: NextWords = {} if next_words is None else next_words
        self.asked: list[str] = []

    def read(self, texts: Sequence[str]) -> list[tuple[TokenSurprisal, ...]]:
        """Surprisal of every token of every text."""
        self.asked.extend(texts)
        return [tuple(self._token(text, match) for match in _TOKEN.finditer(text)) for text in texts]

    def continuations(self, prefixes: Sequence[str], width: int) -> list[tuple[Continuation, ...]]:
        """The next words of the table, at most `width`, likeliest first."""
        return [self._continue(prefix, width) for prefix in prefixes]

    def _token(self, text: str, match: re.Match[str]) -> TokenSurprisal:
        word = match.group().strip()
        if callable(self._surprisal):
            value = self._surprisal(text, match.end() - len(match.group().lstrip()))
        elif isinstance(self._surprisal, Mapping):
            bare = word.strip(".,;:!?()[]\"'“”‘’«»")
            value = self._surprisal.get(word, self._surprisal.get(bare, USUAL_SURPRISAL))
        else:
            value = self._surprisal
        expected, least = EXPECTED
        return TokenSurprisal(Span(match.start(), match.end()), value, ENTROPY, expected, min(least, value))

    def _continue(self, prefix: str, width: int) -> tuple[Continuation, ...]:
        if callable(self._next_words):
            words = self._next_words(prefix)
        else:
            fitting = [key for key in self._next_words if prefix.rstrip().endswith(key)]
            words = self._next_words[max(fitting, key=len)] if fitting else ()
        ranked = sorted(words, key=lambda pair: (-pair[1], pair[0]))
        return tuple(Continuation(word, value) for word, value in ranked[:width])


class FakeJudge:
    """Verdicts from a table or a function.

    `gains` in nats: one number for all; by a text that the proposal holds and the sentence as written does not (first
    key that fits, else `otherwise`); or a function of the hypothesis that returns a gain or a whole Verdict. A bare
    gain counts as `changed`, `after` is 0. `next_words` and `surprisal` as for FakeLanguageModel.
    """

    signature = "fake"

    def __init__(
        self,
        gains: Gains = -5.0,
        *,
        otherwise: float = -5.0,
        next_words: NextWords | None = None,
        surprisal: Surprisals = USUAL_SURPRISAL,
    ) -> None:
        self._gains = gains
        self._otherwise = otherwise
        self._words = FakeLanguageModel(surprisal, next_words)
        self.asked: list[Hypothesis] = []
        self.prefixes: list[str] = []
        self.read_texts: list[str] = []

    def compare(self, hypotheses: Sequence[Hypothesis]) -> list[Verdict]:
        """One verdict per hypothesis, in order."""
        self.asked.extend(hypotheses)
        return [self._verdict(one) for one in hypotheses]

    def expect(self, prefixes: Sequence[str], width: int) -> list[tuple[Continuation, ...]]:
        """The next words of the table."""
        self.prefixes.extend(prefixes)
        return self._words.continuations(prefixes, width)

    def read(self, texts: Sequence[str]) -> list[tuple[TokenSurprisal, ...]]:
        """Surprisal as the language model of the same table gives it."""
        self.read_texts.extend(texts)
        return self._words.read(texts)

    def _verdict(self, one: Hypothesis) -> Verdict:
        if callable(self._gains):
            answer = self._gains(one)
            return answer if isinstance(answer, Verdict) else Verdict(answer, answer, 0.0)
        if isinstance(self._gains, Mapping):
            fitting = (gain for key, gain in self._gains.items() if key in one.proposed and key not in one.written)
            gain = next(fitting, self._otherwise)
        else:
            gain = self._gains
        return Verdict(gain, gain, 0.0)
