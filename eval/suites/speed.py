"""Speed and memory, all in one run on one machine.

- The seed article and `--help`, as processes; the judge on CTranslate2 against the torch engine.
- Segments per second of `mtqa score` with all stable rules, without rules (`no_issues`) and of the fast tier without
  rules (`fast`), as ratios to an encoder of the size of XLM-R large (eval.suites.speed_reference).
- `mtqa score` as a process by default and with CTranslate2 on AVX-512 throughout (CT2_FORCE_CPU_ISA), as a ratio.
- Peak memory of `mtqa score --no-issues`, also with `--fast`, over the whole sample, and the cold start: from the start
  of the process to the score of a single line.

The sample is drawn from the WMT22 outputs of all systems and language pairs, among the lines of 45 to 60 words: about
70 tokens of XLM-R, which makes some 1.3 of an English word. No line comes twice, and each of the three turns of `mtqa
score` after the warm-up has lines of its own: names that were met are remembered. The best time counts. Tokens are
those of the tier that reads them.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from statistics import mean
from typing import Any

from eval.datasets import wmt_news
from eval.datasets.references import reference_documents
from eval.suites import speed_process
from eval.suites.cpu import cpu_features, has_wide_instructions
from eval.suites.rated_lines import SEED, Kind, sample, settings_of
from eval.suites.seeds import PUBLISHED, SEEDS
from eval.suites.speed_reference import BATCH, TOKENS, reference_run
from mtqa import Checker, Document, Settings
from mtqa.segmenting import segment_line
from mtqa.settings import Engine

_TEXTS = 60  # sentences for the comparison of engines
_REPEATS = 3
_YEAR = 22
_WORDS = (45, 60)  # of a sampled line, both included
_SEGMENTS = 256  # as many as `mtqa score` reads at once
_REFERENCE_SEGMENTS = 32  # some seven seconds on two cores
_TIMED: tuple[tuple[str, Kind], ...] = (("score", "rules"), ("score_no_issues", "score"), ("fast", "fast"))
_REFERENCE = "xlmr_large"
_SCORE = (sys.executable, "-m", "mtqa", "score", "--offline", "--quiet")
_COMMANDS = {"score": (*_SCORE, "--no-issues"), "fast": (*_SCORE, "--no-issues", "--fast")}


def run(segments: int = _SEGMENTS) -> dict[str, Any]:
    """Seconds, megabytes, rates and ratios on `segments` lines of WMT22."""
    lines = sample_lines((1 + _REPEATS) * segments)
    size = len(lines) // (1 + _REPEATS)  # there may be fewer of them
    if not size:
        raise ValueError(f"{len(lines)} lines of the right length are too few for {1 + _REPEATS} turns")
    turns = [lines[low : low + size] for low in range(0, size * (1 + _REPEATS), size)]
    texts = turns[0]
    # Processes first: nothing of ours is in memory yet, and nothing else runs.
    figures = _seed() | _processes(texts) | _instructions(texts) | _engines() | _throughput(turns)
    settings = {
        "cores": os.cpu_count(),
        "cpu": cpu_features(),
        "day": str(dt.date.today()),
        "year": 2000 + _YEAR,
        "segments": len(texts),
        "turns": _REPEATS,
        "words_of_a_segment": list(_WORDS),
        "mean_words": round(mean(len(text.split()) for text in texts), 1),
        "seed": SEED,
        "reference_tokens": TOKENS,
        "reference_batch": BATCH,
        "reference_segments": _REFERENCE_SEGMENTS,
    }
    return {"figures": figures, "details": [], "signature": Checker().signature, "settings": settings}


def sample_lines(most: int) -> list[str]:
    """A seeded sample of the different lines of the right length among the WMT22 outputs of all systems."""
    least, longest = _WORDS
    fitting = dict.fromkeys(
        line
        for pair in wmt_news.PAIRS[_YEAR]
        for system in wmt_news.system_ratings(_YEAR, pair)
        for line in system.translations
        if least <= len(line.split()) <= longest
    )
    return sample(list(fitting), most)


def _throughput(turns: Sequence[Sequence[str]]) -> dict[str, Any]:
    """Segments and tokens per second of the reference and of ours, and their ratios.

    They take turns, since a machine is faster in some minutes than in others; of each the best turn counts. The first
    turn, to warm up, does not.
    """
    documents = [
        [segment_line(Document(id=str(number), text=text)) for number, text in enumerate(texts, start=1)]
        for texts in turns
    ]
    ready = {name: Checker(settings_of(kind)) for name, kind in _TIMED}
    run_reference = reference_run(_REFERENCE_SEGMENTS)
    rates: defaultdict[str, list[float]] = defaultdict(list)
    for own in documents:
        rates[_REFERENCE].append(_REFERENCE_SEGMENTS / _seconds(run_reference))
        for name, checker in ready.items():
            # What `mtqa score` does with its lines.
            rates[name].append(len(own) / _seconds(partial(checker.check_many, own, any_language=True)))
    best = {name: max(own[1:]) for name, own in rates.items()}
    reference = best[_REFERENCE]
    figures: dict[str, Any] = {
        f"{_REFERENCE}_segments_per_second": round(reference, 2),
        f"{_REFERENCE}_tokens_per_second": round(reference * TOKENS),
    }
    for name, checker in ready.items():
        figures |= {
            f"{name}_segments_per_second": round(best[name], 1),
            f"{name}_tokens_per_second": round(best[name] * _mean_tokens(checker, turns[0])),
            f"{name}_ratio": round(best[name] / reference, 1),
        }
    return figures


def _mean_tokens(ready: Checker, texts: Sequence[str]) -> float:
    """Tokens of a line, as its quality estimator counts them."""
    if ready.estimator is None:
        raise ValueError("the checker has no quality estimator")
    return mean(len(rated.tokens) for rated in ready.estimator.rate(texts))


def _processes(texts: Sequence[str]) -> dict[str, Any]:
    """Memory and cold start of `mtqa score`."""
    figures: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        many, one = Path(folder) / "lines.txt", Path(folder) / "line.txt"
        many.write_text("".join(f"{text}\n" for text in texts), encoding="utf-8")
        one.write_text(f"{texts[0]}\n", encoding="utf-8")
        for name, command in _COMMANDS.items():
            process_cost([*command, "-t", str(one)])  # a warm-up: files of the model are in the cache of the system
            cold = min(process_cost([*command, "-t", str(one)])["first_line"] for _ in range(_REPEATS))
            peak = process_cost([*command, "-t", str(many)])["bytes"]
            figures |= {f"{name}_cold_start_seconds": round(cold, 2), f"{name}_peak_megabytes": round(peak / 1e6)}
    return figures


def _instructions(texts: Sequence[str]) -> dict[str, float]:
    """How many times as long `mtqa score` takes by default as on AVX-512 throughout; nothing on other CPUs."""
    if not has_wide_instructions():
        return {}
    with tempfile.TemporaryDirectory() as folder:
        many = Path(folder) / "lines.txt"
        many.write_text("".join(f"{text}\n" for text in texts), encoding="utf-8")
        command = [*_SCORE, "-t", str(many)]
        narrow, wide = (
            min(process_cost([*before, *command])["seconds"] for _ in range(_REPEATS - 1))
            for before in ((), ("env", "CT2_FORCE_CPU_ISA=AVX512"))
        )
    return {"score_time_over_that_on_avx512": round(narrow / wide, 2)}


def _seed() -> dict[str, Any]:
    seed = next(iter(sorted(SEEDS.glob("*.txt"))))
    command = [sys.executable, "-m", "mtqa", "check", str(seed), "--date", str(PUBLISHED), "--exit-zero", "--offline"]
    with tempfile.TemporaryDirectory() as folder:
        output = str(Path(folder) / "report.json")
        costs = [process_cost([*command, "-q", "--format", "json", "-o", output]) for _ in range(_REPEATS)]
    help_costs = [process_cost([sys.executable, "-m", "mtqa", "--help"]) for _ in range(_REPEATS)]
    ready = Checker(Settings(date=PUBLISHED))
    document = Document(id=seed.name, text=seed.read_text(encoding="utf-8"))
    ready.check(document)
    return {
        "seed_process_seconds": round(min(cost["seconds"] for cost in costs), 2),
        "seed_loaded_seconds": round(_best(lambda: ready.check(document)), 2),
        "seed_peak_megabytes": round(max(cost["bytes"] for cost in costs) / 1e6),
        "help_seconds": round(min(cost["seconds"] for cost in help_costs), 3),
    }


def _engines() -> dict[str, Any]:
    """Tokens per second of the judge on CTranslate2 and on torch, over the same hypotheses."""
    from mtqa.modeling.contrast_judge import ContrastJudge
    from mtqa.modeling.load import load_language_model
    from mtqa.schema.roles import Hypothesis

    lines = [line for document in reference_documents(21) for line in document.text.splitlines()]
    texts = [line for line in lines if 80 <= len(line) <= 200][:_TEXTS]
    hypotheses = [Hypothesis(written=text, proposed=text.replace(" the ", " a ", 1)) for text in texts]
    speed = {}
    for engine in (Engine.CT2, Engine.TORCH):
        model = load_language_model(Settings(engine=engine))
        tokens = sum(len(reading) for reading in model.read([text for pair in hypotheses for text in _both(pair)]))
        judge = ContrastJudge(model)
        judge.compare(hypotheses[:4])
        speed[engine] = tokens / _best(lambda judge=judge: judge.compare(hypotheses))  # type: ignore[misc]
    return {
        "judge_tokens_per_second_ct2": round(speed[Engine.CT2]),
        "judge_tokens_per_second_torch": round(speed[Engine.TORCH]),
        "judge_ratio": round(speed[Engine.CT2] / speed[Engine.TORCH], 2),
    }


def _both(pair: Any) -> tuple[str, str]:
    return pair.written, pair.proposed


def process_cost(command: Sequence[str]) -> dict[str, float]:
    """What a command costs, see speed_process.cost_of. subprocess.CalledProcessError if it fails."""
    starter = [sys.executable, "-I", "-S", speed_process.__file__, *command]
    done = subprocess.run(starter, check=True, stdout=subprocess.PIPE)
    cost: dict[str, float] = json.loads(done.stdout)
    return cost


def _best(action: Callable[[], object]) -> float:
    return min(_seconds(action) for _ in range(_REPEATS))


def _seconds(action: Callable[[], object]) -> float:
    start = time.perf_counter()
    action()
    return time.perf_counter() - start
