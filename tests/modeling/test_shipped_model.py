"""The shipped model on CTranslate2: exactly the same answer in any batch, and near the torch engine."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mtqa import Settings
from mtqa.modeling.contrast_judge import ContrastJudge
from mtqa.modeling.language_model import CausalLanguageModel
from mtqa.modeling.load import load_language_model
from mtqa.schema.roles import Hypothesis
from mtqa.settings import Engine

pytestmark = pytest.mark.models

SENTENCES = (
    "New German Chancellor Olaf Scholz has threatened Moscow.",
    "New German Chancellor Olaf Scholes has threatened Moscow.",
    "It rained.",
    "Ten people came to the meeting in the town hall, and nobody knew why it had been called so late in the day.",
    "I love it 😀👩‍👩‍👧, ne\u0301e 中文字 🇺🇦.",
)


@cache
def model() -> CausalLanguageModel:
    return load_language_model(Settings(offline=True))


@cache
def alone(sentence: str) -> tuple[object, list[float]]:
    return model().read([sentence])[0], model().score([sentence])[0][1].tolist()


@settings(max_examples=8, deadline=None)
@given(st.lists(st.sampled_from(SENTENCES), min_size=2, max_size=6))
def test_results_are_bitwise_the_same_in_any_batch(batch: list[str]) -> None:
    for sentence, reading, (_, scores) in zip(batch, model().read(batch), model().score(batch), strict=True):
        assert (reading, scores.tolist()) == alone(sentence)


@pytest.mark.parametrize("sentence", SENTENCES)
def test_reading_and_scoring_agree_and_cover_the_text(sentence: str) -> None:
    (reading,), ((_, scores),) = model().read([sentence]), model().score([sentence])
    assert "".join(token.span.of(sentence) for token in reading) == sentence
    # Two routes through CTranslate2 quantise a little differently.
    assert sum(token.surprisal for token in reading) == pytest.approx(-float(scores.sum()), rel=0.02, abs=0.5)


def test_the_judge_knows_who_is_who_and_prefixes_do_not_change_it() -> None:
    judge = ContrastJudge(model())
    one = Hypothesis(SENTENCES[1], SENTENCES[0])
    verdicts = judge.compare([Hypothesis("It rained.", "It snowed."), one, Hypothesis(SENTENCES[0], SENTENCES[1])])
    assert verdicts[1].gain > 5
    assert verdicts[2].gain == -verdicts[1].gain
    assert judge.compare([one])[0] == verdicts[1]


def test_a_text_of_thousands_of_tokens_is_read_to_its_end() -> None:
    text = " ".join(SENTENCES[number % 4] for number in range(80))
    (reading,) = model().read([text])
    assert len(reading) > 1_000
    assert reading[-1].span.end == len(text)
    # Behind the first windows the model has the same context as everywhere: repeated sentences stay unsurprising.
    half = len(reading) // 2
    first, second = (np.mean([token.surprisal for token in part]) for part in (reading[:half], reading[half:]))
    assert second == pytest.approx(first, abs=1.0)


def test_the_torch_engine_agrees() -> None:
    exact = load_language_model(Settings(offline=True, engine=Engine.TORCH))
    # Of all tokens together: activations in int8 alone may be off by a nat or two at a single one.
    fast_scores, exact_scores = (np.concatenate([one for _, one in own.score(SENTENCES)]) for own in (model(), exact))
    assert float(np.corrcoef(fast_scores, exact_scores)[0, 1]) > 0.95
    assert exact.signature != model().signature
