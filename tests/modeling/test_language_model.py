"""Windows, offsets, and results that depend on a text alone, on an engine whose numbers are known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mtqa.modeling.contrast_judge import ContrastJudge, shared_suffix
from mtqa.modeling.language_model import CausalLanguageModel
from mtqa.modeling.tokens import Tokenizer
from mtqa.schema.progress import Step
from mtqa.schema.roles import Hypothesis
from tests.modeling.tiny import ArithmeticEngine, tiny_bpe

TOKENIZER = Tokenizer(tiny_bpe())
SIZE = 400
SENTENCES = st.text(st.sampled_from("The president spoke.é😀中 \n"), max_size=30)


def model(*, window: int = 320, context: int = 96, workers: int = 1, memory: int = 8) -> CausalLanguageModel:
    engine = ArithmeticEngine(SIZE, memory=memory, workers=workers)
    return CausalLanguageModel(engine, TOKENIZER, window=window, context=context)


@given(text=SENTENCES)
def test_surprisals_cover_the_text_and_are_those_of_the_engine(text: str) -> None:
    (reading,) = model().read([text])
    assert "".join(token.span.of(text) for token in reading) == text
    ids = [0, *TOKENIZER.encode(text).ids]
    rows = ArithmeticEngine(SIZE).log_probabilities(ids)
    total = -sum(float(rows[at, ids[at + 1]]) for at in range(len(ids) - 1))
    assert sum(token.surprisal for token in reading) == pytest.approx(total, abs=1e-3)
    assert all(token.surprisal >= token.expected_surprisal >= 0 for token in reading)
    assert all(0 <= token.entropy <= np.log(SIZE) + 1e-3 for token in reading)


@settings(max_examples=20)
@given(texts=st.lists(SENTENCES, min_size=1, max_size=5), order=st.randoms(), workers=st.sampled_from([1, 3]))
def test_results_do_not_depend_on_the_batch_or_its_order(texts: list[str], order: object, workers: int) -> None:
    alone = {text: (model().read([text])[0], model().score([text])[0][1].tolist()) for text in texts}
    shuffled = list(texts)
    order.shuffle(shuffled)  # type: ignore[attr-defined]
    together = model(workers=workers)
    readings, scores = together.read(shuffled), together.score(shuffled)
    for text, reading, (_, numbers) in zip(shuffled, readings, scores, strict=True):
        assert (reading, numbers.tolist()) == alone[text]


@pytest.mark.parametrize(("window", "context"), [(16, 8), (17, 9), (20, 12)])
def test_long_texts_are_read_in_overlapping_windows_and_never_cut(window: int, context: int) -> None:
    text = "The president of France met the chancellor, and it rained. " * 8
    whole = model(window=10_000, context=96)
    parts = model(window=window, context=context)
    (expected,), (found,) = whole.read([text]), parts.read([text])
    engine = parts.engine
    assert isinstance(engine, ArithmeticEngine)
    assert max(engine.lengths) == window
    assert len(engine.lengths) > 10
    # The engine remembers as many tokens as windows overlap by, so windows change nothing at all.
    assert found == expected
    assert parts.score([text])[0][1].tolist() == whole.score([text])[0][1].tolist()


def test_a_text_of_thousands_of_tokens_is_whole() -> None:
    text = "Ten people came. " * 400
    (reading,) = model().read([text])
    assert len(reading) > 1_000
    assert reading[-1].span.end == len(text)


@pytest.mark.parametrize(("window", "context"), [(10, 10), (10, 0), (10, 12)])
def test_the_context_must_fit_into_the_window(window: int, context: int) -> None:
    with pytest.raises(ValueError, match="context"):
        model(window=window, context=context)


def test_next_words_are_whole_words_with_their_probability() -> None:
    language_model = model()
    answers = language_model.continuations(["The president", "The president of"], 40)
    assert [answers[1]] == language_model.continuations(["The president of"], 40)
    for prefix, words in zip(["The president", "The president of"], answers, strict=True):
        assert words
        assert [one.log_probability for one in words] == sorted((one.log_probability for one in words), reverse=True)
        for one in words:
            before = language_model.score([prefix])[0][1].sum()
            after = language_model.score([f"{prefix} {one.text}"])[0][1].sum()
            assert one.log_probability == pytest.approx(float(after - before), abs=1e-3)


def test_progress_ends_with_everything_done() -> None:
    steps: list[Step] = []
    engine = ArithmeticEngine(SIZE)
    language_model = CausalLanguageModel(engine, TOKENIZER, window=16, context=8, progress=steps.append)
    language_model.read(["The president spoke. " * 9])
    language_model.score(["It was a day.", "It rained."])
    last = {step.task: step for step in steps}
    assert len(last) == 2
    assert all(step.done == step.total and step.unit == "tokens" for step in last.values())


VERDICTS = st.lists(
    st.builds(Hypothesis, written=SENTENCES, proposed=SENTENCES, before=SENTENCES), min_size=1, max_size=4
)


@settings(max_examples=20)
@given(hypotheses=VERDICTS, order=st.randoms())
def test_verdicts_do_not_depend_on_the_batch_or_its_order(hypotheses: list[Hypothesis], order: object) -> None:
    alone = {one: ContrastJudge(model()).compare([one])[0] for one in hypotheses}
    shuffled = list(hypotheses)
    order.shuffle(shuffled)  # type: ignore[attr-defined]
    assert ContrastJudge(model(workers=2)).compare(shuffled) == [alone[one] for one in shuffled]


def test_a_verdict_is_the_difference_of_the_two_texts_and_its_parts_sum_up() -> None:
    language_model = model()
    one = Hypothesis("The chancellor spoke on Monday.", "The president spoke on Monday.", "It rained. ")
    (verdict,) = ContrastJudge(language_model).compare([one])
    written, proposed = language_model.score(
        ["It rained. The chancellor spoke on Monday.", "It rained. The president spoke on Monday."]
    )
    gain = float(proposed[1].sum(dtype=np.float64) - written[1].sum(dtype=np.float64))
    assert verdict.gain == pytest.approx(gain, abs=1e-6)
    assert verdict.changed + verdict.after == pytest.approx(verdict.gain)
    assert verdict.after != 0


def test_equal_texts_gain_nothing_and_texts_are_scored_once() -> None:
    language_model = model()
    judge = ContrastJudge(language_model)
    verdicts = judge.compare([Hypothesis("It rained.", "It rained.")] * 3)
    assert [one.gain for one in verdicts] == [0.0] * 3
    engine = language_model.engine
    assert isinstance(engine, ArithmeticEngine)
    assert len(engine.lengths) == 1
    assert judge.compare([]) == []


@pytest.mark.parametrize(
    ("written", "proposed", "length"),
    [("abc", "abc", 0), ("abc", "axc", 1), ("aa", "aaa", 0), ("", "abc", 0), ("xbc", "ybc", 2), ("ab", "b", 1)],
)
def test_shared_suffix(written: str, proposed: str, length: int) -> None:
    assert shared_suffix(written, proposed) == length
