"""Settings from files: `[tool.mtqa]` of the nearest pyproject.toml upwards, `mtqa.toml` beside it, the user's own.

Command line > environment (MTQA_*) > project > user > default. Paths in a file are relative to that file.
"""

from __future__ import annotations

import datetime as dt
import os
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from platformdirs import user_config_path

from mtqa.errors import SettingsError
from mtqa.settings import Engine

# Key in a file: (type, whether it is a list).
KEYS: dict[str, tuple[type, bool]] = {
    "rules": (str, True),
    "skip": (str, True),
    "preview": (bool, False),
    "min-confidence": (float, False),
    "date": (str, False),
    "source-language": (str, False),
    "knowledge": (str, True),
    "language-model": (str, False),
    "fast": (bool, False),
    "encoder": (str, False),
    "no-joint": (bool, False),
    "model": (str, False),
    "engine": (str, False),
    "models-dir": (str, False),
    "offline": (bool, False),
    "threads": (int, False),
    "any-language": (bool, False),
    "fail-on": (str, False),
    "fail-under": (float, False),
    "format": (str, False),
}
_PATHS = {"knowledge", "model", "models-dir"}
_VARIABLES = {key: "MTQA_" + key.upper().replace("-", "_") for key in KEYS} | {"models-dir": "MTQA_MODELS"}
_TRUE, _FALSE = {"1", "true", "yes", "on"}, {"0", "false", "no", "off"}


@dataclass(frozen=True, slots=True)
class Configured:
    """Values by key, and where each came from (for error messages)."""

    values: dict[str, Any]
    origins: dict[str, str]


def read_configuration(start: Path, explicit: Path | None = None) -> Configured:
    """Everything configured outside the command line. SettingsError names file and key of a wrong value."""
    values: dict[str, Any] = {}
    origins: dict[str, str] = {}
    for path, table in _tables(start, explicit):
        for key, value in _checked(table, path).items():
            values[key], origins[key] = value, str(path)
    for key, name in _VARIABLES.items():
        raw = os.environ.get(name)
        if raw:  # an empty variable is as good as none
            values[key], origins[key] = _from_environment(key, raw, name), name
    return Configured(values, origins)


def parse_date(text: str, origin: str = "--date") -> dt.date:
    """A day as YYYY-MM-DD. SettingsError otherwise."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise SettingsError(
            f"{origin}: {text!r} is not a day; write it as YYYY-MM-DD, for example 2021-12-10"
        ) from error


def _tables(start: Path, explicit: Path | None) -> list[tuple[Path, dict[str, Any]]]:
    """(file, table) from the weakest to the strongest."""
    user = user_config_path("mtqa") / "mtqa.toml"
    found = [(user, _load(user))] if user.is_file() else []
    if explicit is not None:
        if not explicit.is_file():
            raise SettingsError(f"{explicit}: there is no such configuration file")
        return [*found, (explicit, _section(explicit))]
    for folder in (start, *start.parents):
        own, project = folder / "mtqa.toml", folder / "pyproject.toml"
        tables = [(path, _section(path)) for path in (project, own) if path.is_file()]
        if any(table for _, table in tables):
            return [*found, *tables]
    return found


def _section(path: Path) -> dict[str, Any]:
    content = _load(path)
    if path.name != "pyproject.toml":
        return content
    tools = content.get("tool", {})
    table = tools.get("mtqa", {}) if isinstance(tools, dict) else {}
    if not isinstance(table, dict):
        raise SettingsError(f"{path}: [tool.mtqa] must be a table")
    return table


def _load(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: not valid TOML: {error}") from error
    except OSError as error:
        raise SettingsError(f"{path}: cannot be read: {error.strerror}") from error


def _checked(table: dict[str, Any], path: Path) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for key, value in table.items():
        if key not in KEYS:
            raise SettingsError(f"{path}: unknown key {key!r}; known keys: {', '.join(KEYS)}")
        wanted, is_list = KEYS[key]
        if isinstance(value, dt.date) and key == "date":
            value = value.isoformat()
        items = value if is_list and isinstance(value, list) else [value]
        for item in items:
            fits = isinstance(item, (int, float)) if wanted is float else isinstance(item, wanted)
            if not fits or (isinstance(item, bool) and wanted is not bool):
                kind = f"a list of {wanted.__name__}" if is_list else wanted.__name__
                raise SettingsError(f"{path}: {key} must be {kind}, not {value!r}")
        if key in _PATHS:
            items = [str((path.parent / Path(item).expanduser()).resolve()) for item in items]
        values[key] = items if is_list else items[0]
    if "date" in values:
        parse_date(values["date"], f"{path}: date")
    return values


def _from_environment(key: str, raw: str, name: str) -> Any:
    wanted, is_list = KEYS[key]
    if is_list:
        return [part.strip() for part in raw.split(",") if part.strip()]
    if wanted is bool:
        if raw.strip().lower() in _TRUE | _FALSE:
            return raw.strip().lower() in _TRUE
        raise SettingsError(f"{name} must be true or false, not {raw!r}")
    try:
        value = wanted(raw)
    except ValueError as error:
        raise SettingsError(f"{name} must be {wanted.__name__}, not {raw!r}") from error
    if key == "date":
        parse_date(raw, name)
    if key == "engine" and raw not in set(Engine):
        raise SettingsError(f"{name} must be one of {', '.join(Engine)}, not {raw!r}")
    return value
