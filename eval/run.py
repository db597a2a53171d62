"""Running suites and keeping their results."""

from __future__ import annotations

import datetime as dt
import importlib
import json
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"
SUITES = {
    "seeds": "eval.suites.seeds",
    "challenge": "eval.suites.challenge",
    "false-alarms": "eval.suites.false_alarms",
    "speed": "eval.suites.speed",
}


def run_suite(name: str, **options: Any) -> dict[str, Any]:
    """Run one suite; the result has its figures, details, settings and the signature they hold for."""
    result: dict[str, Any] = importlib.import_module(SUITES[name]).run(**options)
    return {"suite": name, "date": str(dt.date.today()), **result}


def save(result: dict[str, Any]) -> Path:
    """Write a result to eval/results/<suite>.json."""
    path = RESULTS / f"{result['suite']}.json"
    path.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return path
