"""The speed suite: what it draws, what it times, and that a process is charged for nothing but itself."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace

import pytest

from eval.datasets.wmt_news import SystemRating
from eval.run import SUITES, options_of
from eval.suites import speed
from eval.suites.speed_process import cost_of
from eval.suites.speed_reference import BATCH, TOKENS, XLMR_LARGE, encoder, reference_run
from mtqa import Document
from tests.rating import FakeEstimator

TINY = {
    "num_hidden_layers": 1,
    "hidden_size": 16,
    "intermediate_size": 32,
    "num_attention_heads": 2,
    "vocab_size": 50,
}


def words(count: int, name: str) -> str:
    return " ".join([name] * count)


def system(name: str, *lines: str) -> SystemRating:
    return SystemRating(22, "de", name, lines, 80.0, 0.1, len(lines))


@pytest.fixture
def outputs(monkeypatch: pytest.MonkeyPatch) -> None:
    systems = [
        system("A", words(44, "a"), words(45, "b"), words(60, "c"), words(61, "d")),
        system("B", words(45, "b"), words(52, "e"), " ", words(50, "f")),
    ]
    monkeypatch.setattr(speed.wmt_news, "PAIRS", {22: ("de",)})
    monkeypatch.setattr(speed.wmt_news, "system_ratings", lambda year, pair: systems)


@pytest.mark.usefixtures("outputs")
def test_lines_of_the_right_length_are_drawn_once_and_the_same_each_time() -> None:
    drawn = speed.sample_lines(10)
    assert drawn == [words(45, "b"), words(60, "c"), words(52, "e"), words(50, "f")]
    part = speed.sample_lines(2)
    assert part == speed.sample_lines(2)
    assert len(part) == 2
    assert set(part) < set(drawn)


class Clock:
    """A clock that only work moves; seconds."""

    def __init__(self) -> None:
        self.now = 100.0

    def perf_counter(self) -> float:
        return self.now

    def work(self, costs: Iterator[float]) -> None:
        self.now += next(costs)


class SlowChecker:
    """Its calls cost so many seconds by the clock, one after the other."""

    signature = "mtqa:test"

    def __init__(self, clock: Clock, *costs: float, estimator: FakeEstimator | None = None) -> None:
        self.clock = clock
        self.costs = iter(costs)
        self.estimator = estimator
        self.asked: list[list[str]] = []

    def check_many(self, documents: Sequence[Document], *, any_language: bool) -> list[SimpleNamespace]:
        assert any_language
        assert all(len(document.segments) == 1 for document in documents)
        self.asked.append([document.text for document in documents])
        self.clock.work(self.costs)
        return [SimpleNamespace() for _ in documents]


def test_throughput_is_told_in_units_of_the_reference(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    checkers = {
        # The warm-up takes long, and the best of the other three counts.
        "rules": SlowChecker(clock, 9.0, 0.4, 0.2, 0.3, estimator=FakeEstimator()),
        "score": SlowChecker(clock, 0.01, 0.1, 0.2, 0.3, estimator=FakeEstimator()),
        "fast": SlowChecker(clock, 9.0, 0.3, 0.2, 0.01, estimator=FakeEstimator()),
    }
    reference = iter((9.0, 8.0, 6.4, 7.0))
    monkeypatch.setattr(speed, "time", clock)
    monkeypatch.setattr(speed, "settings_of", lambda kind: kind)
    monkeypatch.setattr(speed, "Checker", checkers.__getitem__)
    monkeypatch.setattr(speed, "reference_run", lambda segments: lambda: clock.work(reference))
    assert speed._REFERENCE_SEGMENTS == 32
    turns = [[words(45, f"one{turn}"), words(55, f"two{turn}")] for turn in range(4)]
    assert speed._throughput(turns) == {
        "xlmr_large_segments_per_second": 5.0,
        "xlmr_large_tokens_per_second": 350,
        "score_segments_per_second": 10.0,
        "score_tokens_per_second": 500,
        "score_ratio": 2.0,
        "score_no_issues_segments_per_second": 20.0,
        "score_no_issues_tokens_per_second": 1000,
        "score_no_issues_ratio": 4.0,
        "fast_segments_per_second": 200.0,
        "fast_tokens_per_second": 10000,
        "fast_ratio": 40.0,
    }
    assert all(one.asked == turns for one in checkers.values())  # a warm-up and three


def test_a_checker_without_an_estimator_has_no_tokens() -> None:
    with pytest.raises(ValueError, match="no quality estimator"):
        speed._mean_tokens(SlowChecker(Clock()), ["one"])  # type: ignore[arg-type]


def test_processes_score_one_line_and_all_without_issues(monkeypatch: pytest.MonkeyPatch) -> None:
    commands: list[list[str]] = []
    contents: list[str] = []

    def cost(command: Sequence[str]) -> dict[str, float]:
        commands.append(list(command))
        contents.append(Path(command[-1]).read_text(encoding="utf-8"))
        megabytes = 100.0 if "--fast" in command else 300.0
        return {"first_line": 1.0 + 1.0 / len(commands), "seconds": 9.0, "bytes": megabytes * 1e6}

    monkeypatch.setattr(speed, "process_cost", cost)
    figures = speed._processes(["one", "two"])
    assert figures == {
        "score_cold_start_seconds": 1.25,
        "score_peak_megabytes": 300,
        "fast_cold_start_seconds": 1.11,
        "fast_peak_megabytes": 100,
    }
    assert contents == ["one\n"] * 4 + ["one\ntwo\n"] + ["one\n"] * 4 + ["one\ntwo\n"]
    assert all({"score", "--no-issues", "--offline"} <= set(command) for command in commands)
    assert ["--fast" in command for command in commands] == [False] * 5 + [True] * 5


@pytest.mark.parametrize(("has_them", "figures"), [(True, {"score_time_over_that_on_avx512": 1.5}), (False, {})])
def test_wide_instructions_are_tried_where_there_are_any(
    has_them: bool, figures: dict[str, float], monkeypatch: pytest.MonkeyPatch
) -> None:
    def cost(command: Sequence[str]) -> dict[str, float]:
        assert Path(command[-1]).read_text(encoding="utf-8") == "one\ntwo\n"
        assert {"score", "--offline"} <= set(command)
        assert "--no-issues" not in command
        return {"seconds": 6.0 if "CT2_FORCE_CPU_ISA=AVX512" in command else 9.0}

    monkeypatch.setattr(speed, "process_cost", cost)
    monkeypatch.setattr(speed, "has_wide_instructions", lambda: has_them)
    assert speed._instructions(["one", "two"]) == figures


@pytest.mark.usefixtures("outputs")
def test_all_figures_come_from_one_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speed, "Checker", lambda: SlowChecker(Clock()))
    for name in ("_seed", "_processes", "_instructions", "_engines", "_throughput"):
        monkeypatch.setattr(speed, name, lambda *texts, name=name: {name: len(texts)})
    result = speed.run(segments=1)
    assert result["figures"] == {"_seed": 0, "_processes": 1, "_instructions": 1, "_engines": 0, "_throughput": 1}
    assert (result["settings"]["segments"], result["settings"]["seed"]) == (1, speed.SEED)
    assert speed.run(segments=9)["settings"]["segments"] == 1  # four lines in four turns
    assert 45 <= result["settings"]["mean_words"] <= 60
    assert SUITES["speed"] == speed.__name__
    assert "lines" not in options_of("speed")  # of another suite, for all lines there are


def test_a_process_is_charged_for_itself_and_not_for_its_starter() -> None:
    ballast = bytearray(300_000_000)
    ballast[::4096] = b"x" * len(ballast[::4096])
    small = speed.process_cost([sys.executable, "-I", "-S", "-c", "print(1)"])
    large = speed.process_cost([sys.executable, "-I", "-S", "-c", "held = b'x' * 100_000_000"])
    assert small["bytes"] < 60e6 < 100e6 < large["bytes"] < 200e6
    del ballast


@pytest.mark.parametrize(("code", "least"), [("print(1, flush=True); time.sleep(0.6)", 0.2), ("print(1)", 0.0)])
def test_the_first_line_may_come_long_before_the_end(code: str, least: float) -> None:
    cost = cost_of([sys.executable, "-I", "-S", "-c", f"import time; {code}"])
    assert 0.0 < cost["first_line"] <= cost["seconds"] - least


def test_a_command_that_fails_is_an_error() -> None:
    with pytest.raises(subprocess.CalledProcessError) as caught:
        speed.process_cost([sys.executable, "-I", "-S", "-c", "raise SystemExit(7)"])
    assert caught.value.returncode == 7


def test_the_reference_has_the_shape_of_xlm_r_large() -> None:
    import torch

    with torch.device("meta"):
        model = encoder(XLMR_LARGE)
    # 560 million, as published, 256 million of them in the 250,002 rows of the vocabulary.
    whole = sum(value.numel() for value in model.parameters())
    rows = model.embeddings.word_embeddings.weight
    assert whole - rows.numel() + 250_002 * rows.shape[1] == pytest.approx(560e6, rel=0.005)


def test_the_reference_reads_every_segment_in_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    shapes: list[tuple[int, ...]] = []
    model = encoder(TINY)
    model.register_forward_pre_hook(
        lambda _, given, named: shapes.append(tuple(named["input_ids"].shape)), with_kwargs=True
    )
    monkeypatch.setattr("eval.suites.speed_reference.encoder", lambda shape: model)
    threads = torch.get_num_threads()
    reference_run(2 * BATCH + 3, TINY)()
    assert shapes == [(BATCH, TOKENS), (BATCH, TOKENS), (3, TOKENS)]
    assert torch.get_num_threads() == threads
