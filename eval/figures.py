"""Reading a result file, and its figures as a flat list of names and values.

A result is the mapping that a suite returns and `eval/results/SUITE.json` keeps: `suite`, `date`, `figures`,
`details`, `signature`, `settings` and, where a suite keeps them, `items` (described in eval.compare).
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.run import RESULTS

_NUMBER = r"[-+]?\d+(?:\.\d+)?"
_WITH_INTERVAL = re.compile(rf"({_NUMBER}) \[{_NUMBER}, {_NUMBER}\](?: p=\S+)?")
_FIELDS: Mapping[str, type] = {"suite": str, "date": str, "figures": dict, "signature": str, "settings": dict}


class ResultError(ValueError):
    """A result that cannot be read or compared; the message names the file and the reason."""


@dataclass(frozen=True, slots=True)
class Value:
    """A figure as it is shown, and its number where it has one (without its interval)."""

    text: str
    number: float | None


def read_result(place: str, *, results: Path = RESULTS) -> dict[str, Any]:
    """Read a result from a path, from a suite's name, or from `SUITE@REVISION` of the git history.

    A suite's name stands for its file in `results`, which is also the folder looked up in the revision. ResultError
    for a missing file, an unknown revision, or content that is no result.
    """
    suite, at, revision = place.rpartition("@")
    if Path(place).is_file():
        content = Path(place).read_text(encoding="utf-8")
    elif at and suite:
        content = _at_revision(suite, revision, results)
    elif (results / f"{place}.json").is_file():
        content = (results / f"{place}.json").read_text(encoding="utf-8")
    else:
        raise ResultError(f"{place}: neither a file nor a suite with a result in {results.name}/")
    return check_result(content, place)


def check_result(content: str, place: str) -> dict[str, Any]:
    """Parse a result. ResultError names `place` and the first thing that is wrong."""
    try:
        result = json.loads(content)
    except ValueError as error:
        raise ResultError(f"{place}: not JSON: {error}") from error
    if not isinstance(result, dict):
        raise ResultError(f"{place}: a result is a mapping, not {type(result).__name__}")
    for name, kind in _FIELDS.items():
        if not isinstance(result.get(name), kind):
            raise ResultError(f"{place}: no result of a suite: {name!r} is missing or no {kind.__name__}")
    return result


def flat(figures: Mapping[str, Any]) -> dict[str, Value]:
    """The figures in order; a mapping inside becomes `name.key`, a list stays one text.

    A string like "0.558 [0.477, 0.632]" or "+0.031 [-0.002, +0.064] p=0.0600" has the number before the bracket.
    """
    found: dict[str, Value] = {}
    for name, value in figures.items():
        if isinstance(value, Mapping):
            found |= {f"{name}.{key}": one for key, one in flat(value).items()}
        else:
            found[name] = _value(value)
    return found


def _value(value: object) -> Value:
    if value is None:
        return Value("–", None)
    if isinstance(value, bool):
        return Value("yes" if value else "no", None)
    if isinstance(value, int | float):
        return Value(f"{value:,}" if isinstance(value, int) else str(value), float(value))
    if isinstance(value, Sequence) and not isinstance(value, str):
        return Value(" ".join(_value(one).text for one in value), None)
    text = str(value)
    match = _WITH_INTERVAL.fullmatch(text)
    return Value(text, float(match[1]) if match else None)


def _at_revision(suite: str, revision: str, results: Path) -> str:
    place = f"{suite}@{revision}"
    # A name that begins with a dash would be read as an option of git.
    if not revision or revision.startswith("-") or not re.fullmatch(r"[a-z0-9-]+", suite):
        raise ResultError(f"{place}: SUITE@REVISION takes a suite's name and a git revision")
    command = ["git", "-C", str(results), "show", f"{revision}:./{suite}.json"]
    try:
        done = subprocess.run(command, check=True, capture_output=True, text=True, encoding="utf-8")
    except FileNotFoundError as error:
        raise ResultError(f"{place}: git is not installed") from error
    except subprocess.CalledProcessError as error:
        reason = error.stderr.strip().splitlines()
        raise ResultError(f"{place}: {reason[0] if reason else 'git show failed'}") from error
    return done.stdout
