"""Running suites and keeping their results."""

from __future__ import annotations

import datetime as dt
import importlib
import inspect
import json
import re
from pathlib import Path
from typing import Any

from mtqa import Checker

RESULTS = Path(__file__).parent / "results"
SUITES = {
    "seeds": "eval.suites.seeds",
    "challenge": "eval.suites.challenge",
    "false-alarms": "eval.suites.false_alarms",
    "offices": "eval.suites.offices",
    "reversed-roles": "eval.suites.reversed_roles",
    "sentence": "eval.suites.sentence",
    "word": "eval.suites.word",
    "spans": "eval.suites.spans",
    "demetr": "eval.suites.demetr",
    "systems": "eval.suites.systems",
    "calibration": "eval.suites.calibration",
    "speed": "eval.suites.speed",
    "encoder": "eval.suites.encoder_speed",
    "quantisation": "eval.suites.quantisation",
    "pairing": "eval.suites.pairing",
    "omitted-sentences": "eval.suites.omitted_sentences",
    "mismatch": "eval.suites.mismatch",
    "nonsense": "eval.suites.nonsense",
}


FITTERS = {
    "addition": "eval.fitting.addition",
    "false-friend": "eval.fitting.false_friend",
    "garbled-name": "eval.fitting.garbled_name",
    "name-mismatch": "eval.fitting.name_mismatch",
    "low-adequacy": "eval.fitting.low_adequacy",
    "number-mismatch": "eval.fitting.number_mismatch",
    "odd-phrasing": "eval.fitting.odd_phrasing",
    "omission": "eval.fitting.omission",
    "omitted-sentence": "eval.fitting.omitted_sentence",
    "punctuation-loss": "eval.fitting.punctuation_loss",
    "reversed-roles": "eval.fitting.reversed_roles",
    "wrong-segment": "eval.fitting.wrong_segment",
}
CALIBRATION = Path(__file__).parents[1] / "mtqa" / "scoring" / "calibration.json"


def run_suite(name: str, **options: Any) -> dict[str, Any]:
    """Run one suite; the result has its figures, details, settings and the signature they hold for."""
    result: dict[str, Any] = importlib.import_module(SUITES[name]).run(**options)
    return {"suite": name, "date": str(dt.date.today()), **result}


def options_of(name: str) -> frozenset[str]:
    """The options that a suite takes."""
    return frozenset(inspect.signature(importlib.import_module(SUITES[name]).run).parameters)


def save(result: dict[str, Any]) -> Path:
    """Write a result to eval/results/<suite>.json."""
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{result['suite']}.json"
    text = json.dumps(result, ensure_ascii=False, indent=1)
    # A list of numbers on one line. Only lists match: inside a string JSON writes a line break as \\n.
    text = re.sub(r"\[\n([-+.\deE,\s]+)\n\s*\]", lambda found: f"[{' '.join(found[1].split())}]", text)
    path.write_text(text + "\n", encoding="utf-8")
    return path


def fit_rule(name: str) -> dict[str, Any]:
    """Intercept, weights and origin of a rule's calibration, fitted anew."""
    entry: dict[str, Any] = importlib.import_module(FITTERS[name]).run(Checker())
    return entry


def save_calibration(name: str, entry: dict[str, Any]) -> Path:
    """Put an entry into calibration.json, and those of its `ways` as NAME.WAY, keeping the rule's threshold (0.5 for a
    new rule).
    """
    content = json.loads(CALIBRATION.read_text(encoding="utf-8"))
    threshold = content["rules"].get(name, {}).get("threshold", 0.5)
    entries = {name: entry} | {f"{name}.{way}": own for way, own in entry.get("ways", {}).items()}
    for key, own in entries.items():
        content["rules"][key] = {
            "intercept": own["intercept"],
            "weights": own["weights"],
            "threshold": threshold,
            "fitted": own["fitted"],
        }
    CALIBRATION.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return CALIBRATION
