"""Speed and memory: cold start, the seed article, `--help`, and the judge against the torch engine in one run."""

from __future__ import annotations

import datetime as dt
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from eval.datasets.references import reference_documents
from eval.suites.seeds import PUBLISHED, SEEDS
from mtqa import Checker, Document, Settings
from mtqa.settings import Engine

_TEXTS = 60  # sentences for the comparison of engines
_REPEATS = 3


def run() -> dict[str, Any]:
    """Seconds, bytes and ratios, best of three for short measurements."""
    seed = next(iter(sorted(SEEDS.glob("*.txt"))))
    command = [sys.executable, "-m", "mtqa", "check", str(seed), "--date", str(PUBLISHED), "--exit-zero", "--offline"]
    with tempfile.TemporaryDirectory() as folder:
        output = str(Path(folder) / "report.json")
        whole = _best(lambda: _run([*command, "--format", "json", "-o", output]))
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    help_seconds = _best(lambda: _run([sys.executable, "-m", "mtqa", "--help"]))
    checker = Checker(Settings(date=PUBLISHED))
    document = Document(id=seed.name, text=seed.read_text(encoding="utf-8"))
    checker.check(document)
    loaded = _best(lambda: checker.check(document))
    figures = {
        "seed_process_seconds": round(whole, 2),
        "seed_loaded_seconds": round(loaded, 2),
        "seed_peak_megabytes": round(peak / 1e6),
        "help_seconds": round(help_seconds, 3),
    } | _engines()
    machine = {"cores": os.cpu_count(), "day": str(dt.date.today())}
    return {"figures": figures, "details": [], "signature": checker.signature, "settings": machine}


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


def _run(command: list[str]) -> None:
    subprocess.run(command, check=True, capture_output=True)


def _best(action: Callable[[], object]) -> float:
    seconds = []
    for _ in range(_REPEATS):
        start = time.perf_counter()
        action()
        seconds.append(time.perf_counter() - start)
    return min(seconds)
