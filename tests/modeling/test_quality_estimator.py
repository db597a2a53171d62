"""Tiers: calibration that rises and stays in range, and tokens of two vocabularies put together."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mtqa.errors import ModelError
from mtqa.modeling.quality_estimator import QualityEstimator, Tier, word_probability
from mtqa.modeling.quality_model import Reading
from mtqa.modeling.token_head import TokenHead
from mtqa.modeling.tokens import Encoded
from mtqa.schema.document import Span
from mtqa.schema.progress import Step
from tests.modeling.tiny import CORPUS
from tests.modeling.tiny_quality import FEATURES, TIER, table_model
from tests.modeling.tiny_token_head import token_weights

TWO = {"weights": [[0.6, 0.2, -0.1], [0.3, 0.1, 0.0]], "token_weights": [1.0, 0.5]}


def tier(models: int = 1, **changes: Any) -> Tier:
    return Tier.from_json({**TIER, **(TWO if models == 2 else {}), **changes}, models=models)


def reading(
    z: float = 0.0, *, spread: float = 0.1, error: Sequence[float] = (), major: Sequence[float] = (),
    ends: Sequence[int] = (), nats: float = 0.0,
) -> Reading:  # fmt: skip
    return Reading(
        z=z,
        raw=z,
        spread=spread,
        error=np.array(error, dtype=np.float32),
        major=np.array(major or [0.0] * len(error), dtype=np.float32),
        surprisal=np.full(len(error) + 1, nats, dtype=np.float32),
        encoded=Encoded(tuple(range(len(ends))), tuple(ends)),
    )


def estimator(*kinds: str) -> QualityEstimator:
    models = [table_model(kind, seed=number) for number, kind in enumerate(kinds)]
    return QualityEstimator(models, tier(len(models)), signature="tiny")


@pytest.mark.parametrize(
    ("z", "score"),
    [
        (-0.1, 50.0),  # 0.5 z + 0.5 raw + 0.1
        (0.4, 70.0),
        (0.9, 90.0),
        (-1.1, 10.0),
    ],
)
def test_the_expectation_is_read_off_the_knots(z: float, score: float) -> None:
    assert tier().quality([reading(z)]).score == pytest.approx(score)


def test_weights_of_two_models_and_the_spread_in_points() -> None:
    readings = [reading(0.5, spread=0.1, nats=2.0), reading(-0.2, spread=0.3, nats=5.0)]
    assert tier(2).expectation(readings) == pytest.approx(0.1 + 0.8 * 0.5 - 0.4 * 0.2 - 0.1 * 2.0)
    quality = tier(2).quality(readings)
    assert quality.spread == pytest.approx(2.0 + 0.5 * 100 * 0.2)
    assert (quality.low, quality.high) == pytest.approx(
        (quality.score - 1.4 * quality.spread, quality.score + 1.1 * quality.spread)
    )


BENT = [[-2.0, 0.0], [-1.0, 10.0], [-0.9, 10.0], [0.5, 97.0], [0.6, 99.5]]


@pytest.mark.parametrize("knots", [TIER["knots"], BENT])
@given(first=st.floats(-50, 50), second=st.floats(-50, 50), spread=st.floats(0, 20), low=st.floats(-3, 3))
def test_calibration_rises_and_stays_in_range(
    knots: list[list[float]], first: float, second: float, spread: float, low: float
) -> None:
    calibrated = tier(knots=knots, low=low)
    worse, better = (calibrated.quality([reading(z, spread=spread)]) for z in sorted((first, second)))
    assert worse.score <= better.score
    for one in (worse, better):
        assert 0.0 <= one.low <= one.score <= one.high <= 100.0
        assert one.spread >= 1.0


def test_beyond_the_outer_knots_order_is_kept() -> None:
    scores = [tier().quality([reading(z)]).score for z in (-3.0, -2.0, -1.2, 1.0, 1.5, 2.0)]
    assert scores == sorted(set(scores))
    assert scores[0] >= 8.0
    assert scores[-1] <= 92.0


@pytest.mark.parametrize(
    "changes",
    [
        {"weights": [[1.0, 1.0], [1.0, 1.0]]},
        {"weights": [[1.0]]},
        {"weights": None},
        {"weights": [[0.5, 0.5]]},
        {"token_weights": []},
        {"intercept": "much"},
        {"knots": [[0.0, 1.0]]},
        {"knots": [[0.0, 1.0], [0.0, 2.0]]},
        {"knots": [[0.0, 2.0], [1.0, 1.0]]},
        {"knots": [[0.0, 2.0], [1.0, math.nan]]},
        {"knots": [[0.0, 2.0], [1.0, 101.0]]},
        {"spread": [1.0]},
        {"low": math.inf},
    ],
)
def test_a_damaged_calibration_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ModelError, match="calibration of the quality estimator"):
        tier(**changes)


@pytest.mark.parametrize("missing", list(TIER))
def test_a_number_that_is_missing_is_named(missing: str) -> None:
    with pytest.raises(ModelError, match=missing):
        Tier.from_json({name: value for name, value in TIER.items() if name != missing}, models=1)


def logit(probability: float) -> float:
    return math.log(probability / (1 - probability))


def test_tokens_of_the_second_model_are_read_at_the_places_of_the_first() -> None:
    text = "He walked off"
    first = reading(error=[0.2, 0.5, 0.5, 0.9], major=[0.0, 0.2, 0.4, 0.6], ends=[2, 6, 9, 13])  # He| wal|ked| off
    second = reading(error=[0.1, 0.3, 0.8], major=[0.2, 0.4, 0.8], ends=[2, 9, 13])  # He| walked| off
    found = tier(2, token_bias=-0.25).token_errors([first, second], text)
    assert [one.span.of(text) for one in found] == ["He", "wal", "ked", "off"]
    for one, own, other in zip(found, [0.2, 0.5, 0.5, 0.9], [0.1, 0.3, 0.3, 0.8], strict=True):
        expected = -0.25 + logit(own) + 0.5 * logit(other)
        assert one.probability == pytest.approx(1 / (1 + math.exp(-expected)), abs=1e-6)
    assert [one.major for one in found] == pytest.approx([0.1, 0.3, 0.4, 0.7])
    turned = tier(2).token_errors([second, first], text)
    assert [one.span.of(text) for one in turned] == ["He", "walked", "off"]
    assert turned[1].major == pytest.approx((0.4 + 0.4) / 2)  # the higher one of both pieces


def test_pieces_of_one_character_are_one_token() -> None:
    text = "a 中"
    pieces = reading(error=[0.1, 0.2, 0.7, 0.3], ends=[1, 2, 2, 3])
    found = tier().token_errors([pieces], text)
    assert [one.span.of(text) for one in found] == ["a", " ", "中"]
    assert found[-1].probability == pytest.approx(0.7, abs=1e-6)


def test_the_head_of_the_tier_judges_tokens_and_those_of_the_models_say_how_badly() -> None:
    head = TokenHead(token_weights(2 * FEATURES), width=2 * FEATURES)
    models = [table_model(kind, seed=number) for number, kind in enumerate(("bytes", "uncased"))]
    own = QualityEstimator(models, tier(2), signature="tiny", token_head=head)
    for readings, with_head, without in zip(
        own.read(CORPUS), own.rate(CORPUS), estimator("bytes", "uncased").rate(CORPUS), strict=True
    ):
        expected = 1 / (1 + np.exp(-head.logits(readings)))
        assert [one.probability for one in with_head.tokens] == pytest.approx(expected.tolist())
        assert [(one.span, one.major) for one in with_head.tokens] == [(one.span, one.major) for one in without.tokens]
        assert with_head.sentence == without.sentence


def test_without_its_tokens_a_text_is_rated_the_same() -> None:
    whole, bare = (estimator("bytes", "uncased").rate(CORPUS, tokens=tokens) for tokens in (True, False))
    assert any(one.tokens for one in whole)
    assert [replace(one, tokens=()) for one in whole] == bare


def test_texts_are_read_in_blocks_and_rated_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = estimator("bytes", "uncased").rate(CORPUS)
    monkeypatch.setattr("mtqa.modeling.quality_estimator._TEXTS_AT_ONCE", 1)
    own = estimator("bytes", "uncased")
    asked: list[int] = []
    read = own._read
    monkeypatch.setattr(own, "_read", lambda texts, counted: asked.append(len(texts)) or read(texts, counted))
    assert own.rate(CORPUS) == expected
    assert asked == [1] * len(set(CORPUS))
    assert len(asked) > 1


@pytest.mark.parametrize("text", ["\x00\x01", "\u0301", "\u200b"])
@pytest.mark.parametrize("kinds", [("uncased",), ("bytes", "uncased"), ("uncased", "bytes")])
def test_text_that_a_vocabulary_drops_has_a_score(text: str, kinds: tuple[str, ...]) -> None:
    (quality,) = estimator(*kinds).rate([text])
    assert 0.0 <= quality.sentence.score <= 100.0
    assert all(0 <= one.span.start < one.span.end <= len(text) for one in quality.tokens)


CHARACTERS = st.text(
    st.sampled_from("Ab c.!\n\t😀é中\u2028\u0301\x00\u00a0") | st.characters(), min_size=1, max_size=30
)


@pytest.mark.parametrize("kinds", [("uncased",), ("bytes",), ("bytes", "uncased"), ("uncased", "bytes")])
@settings(max_examples=60, deadline=None)
@given(text=CHARACTERS.filter(str.strip))
def test_spans_of_any_text_are_in_order_and_leave_out_white_space_alone(kinds: tuple[str, ...], text: str) -> None:
    (quality,) = estimator(*kinds).rate([text])
    at = 0
    for one in quality.tokens:
        assert at <= one.span.start < one.span.end <= len(text)
        assert not text[at : one.span.start].strip()  # between tokens there is white space alone
        assert 0.0 <= one.probability <= 1.0
        assert 0.0 <= one.major <= 1.0
        at = one.span.end
    if quality.tokens:
        assert at == len(text)
    assert quality.sentence.low <= quality.sentence.score <= quality.sentence.high


def test_ratings_come_in_order_each_text_read_once() -> None:
    texts = [CORPUS[0], "It rained.", CORPUS[1], "It rained."]
    steps: list[Step] = []
    models = [table_model("bytes")]
    one = QualityEstimator(models, tier(), signature="s", progress=steps.append)
    rated = one.rate(texts)
    assert rated[1] == rated[3]
    assert rated[::-1] == one.rate(texts[::-1])
    assert len({quality.sentence.score for quality in rated}) == 3
    assert one.rate([]) == []
    assert steps
    assert all(step.done <= step.total for step in steps if step.done is not None and step.total is not None)


@pytest.mark.parametrize("text", ["", " ", "\n\u00a0"])
def test_a_blank_text_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="blank"):
        estimator("bytes").rate(["It rained.", text])


@pytest.mark.parametrize(
    ("span", "probability"),
    [((0, 2), 0.1), ((3, 9), 0.4), ((3, 6), 0.2), ((2, 3), 0.2), ((6, 13), 0.9), ((9, 10), 0.9)],
)
def test_a_word_is_as_doubtful_as_its_worst_token(span: tuple[int, int], probability: float) -> None:
    tokens = reading(error=[0.1, 0.2, 0.4, 0.9], ends=[2, 6, 9, 13])
    assert word_probability(tokens, Span(*span)) == pytest.approx(probability)
