"""Settings from files and environment: which is stronger, what is wrong with them."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path
from typing import Any

import pytest

from mtqa.cli.options import merged, settings_from
from mtqa.configuration import KEYS, parse_date, read_configuration
from mtqa.errors import SettingsError


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "project" / "texts"
    folder.mkdir(parents=True)
    monkeypatch.chdir(folder)
    return folder


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def user_file() -> Path:
    return Path(os.environ["XDG_CONFIG_HOME"]) / "mtqa" / "mtqa.toml"


def values(folder: Path, explicit: Path | None = None) -> dict[str, Any]:
    return read_configuration(folder, explicit).values


def test_nothing_configured_is_nothing(here: Path) -> None:
    assert values(here) == {}


def test_the_order_is_environment_project_user(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(user_file(), 'source-language = "de"\nthreads = 1\nmin-confidence = 0.1\n')
    write(here.parent / "pyproject.toml", '[tool.mtqa]\nsource-language = "fr"\nthreads = 2\nrules = ["a", "b"]\n')
    write(here.parent / "mtqa.toml", 'source-language = "es"\n')
    monkeypatch.setenv("MTQA_MIN_CONFIDENCE", "0.5")
    monkeypatch.setenv("MTQA_SKIP", "c, d")
    monkeypatch.setenv("MTQA_THREADS", "")  # as good as none
    found = read_configuration(here)
    assert found.values == {
        "source-language": "es", "threads": 2, "min-confidence": 0.5, "rules": ["a", "b"], "skip": ["c", "d"],
    }  # fmt: skip
    assert found.origins["threads"].endswith("pyproject.toml")
    assert found.origins["skip"] == "MTQA_SKIP"


def test_the_nearest_folder_with_settings_counts(here: Path) -> None:
    write(here.parent / "mtqa.toml", "threads = 1\n")
    write(here / "pyproject.toml", '[tool.other]\nname = "x"\n')  # says nothing about mtqa
    assert values(here) == {"threads": 1}
    write(here / "mtqa.toml", "threads = 2\n")
    assert values(here) == {"threads": 2}


def test_an_explicit_file_replaces_the_project(here: Path, tmp_path: Path) -> None:
    write(here / "mtqa.toml", 'threads = 2\nsource-language = "fr"\n')
    write(tmp_path / "other.toml", "threads = 3\n")
    assert values(here, tmp_path / "other.toml") == {"threads": 3}


def test_paths_are_relative_to_their_file(here: Path) -> None:
    write(here.parent / "mtqa.toml", 'knowledge = ["people.tsv", "~/own.tsv"]\nmodels-dir = "models"\n')
    found = values(here)
    assert found["knowledge"] == [str(here.parent / "people.tsv"), str(Path.home() / "own.tsv")]
    assert found["models-dir"] == str(here.parent / "models")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("colour = true\n", "unknown key 'colour'"),
        ('threads = "two"\n', "threads must be int"),
        ("threads = true\n", "threads must be int"),
        ("threads = 1.5\n", "threads must be int"),
        ("preview = 1\n", "preview must be bool"),
        ("rules = [1]\n", "rules must be a list of str"),
        ('date = "12/10/2021"\n', "YYYY-MM-DD"),
        ("threads = \n", "not valid TOML"),
        ("min-confidence = [0.5]\n", "min-confidence must be float"),
    ],
)
def test_wrong_files_are_named(text: str, says: str, here: Path) -> None:
    write(here / "mtqa.toml", text)
    with pytest.raises(SettingsError, match=r"mtqa\.toml") as caught:
        values(here)
    assert says in str(caught.value)


@pytest.mark.parametrize("text", ["tool = 3\n", "[tool]\nmtqa = 3\n", "[tool.mtqa]\nthreads = []\n"])
def test_wrong_project_files_are_no_crash(text: str, here: Path) -> None:
    write(here / "pyproject.toml", text)
    if text.startswith("tool = 3"):
        assert values(here) == {}
    else:
        with pytest.raises(SettingsError, match=r"pyproject\.toml"):
            values(here)


def test_bytes_that_are_no_text_are_named(here: Path) -> None:
    (here / "mtqa.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(SettingsError, match="not valid TOML"):
        values(here)
    with pytest.raises(SettingsError, match="no such configuration file"):
        values(here, here / "gone.toml")


def test_a_day_in_toml_may_be_a_date_or_a_text(here: Path) -> None:
    for text in ("date = 2021-12-10\n", 'date = "2021-12-10"\n'):
        write(here / "mtqa.toml", text)
        assert settings_from(merged({}, None)).date == dt.date(2021, 12, 10)


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("MTQA_THREADS", "many", "must be int"),
        ("MTQA_PREVIEW", "perhaps", "true or false"),
        ("MTQA_OFFLINE", "perhaps", "true or false"),
        ("MTQA_NO_JOINT", "perhaps", "true or false"),
        ("MTQA_DATE", "today", "YYYY-MM-DD"),
        ("MTQA_ENGINE", "abacus", "auto, ct2, torch"),
        ("MTQA_MIN_CONFIDENCE", "high", "must be float"),
    ],
)
def test_wrong_variables_are_named(
    name: str, value: str, says: str, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=name) as caught:
        values(here)
    assert says in str(caught.value)


def test_the_environment_overrides_models_and_offline_of_files(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(here / "mtqa.toml", 'models-dir = "configured"\noffline = true\n')
    monkeypatch.setenv("MTQA_MODELS", "/shared")
    monkeypatch.setenv("MTQA_OFFLINE", "0")
    settings = settings_from(merged({}, None))
    assert (settings.models_dir, settings.offline) == (Path("/shared"), False)
    assert settings_from(merged({"models-dir": "given"}, None)).models_dir == Path("given")


@pytest.mark.parametrize("given", [{}, {"no-joint": False}, {"no-joint": True}])
def test_source_and_translation_are_read_together_unless_something_says_no(given: dict[str, bool], here: Path) -> None:
    assert settings_from(merged(given, None)).joint is not given.get("no-joint", False)
    write(here / "mtqa.toml", "no-joint = true\n")
    assert settings_from(merged(given, None)).joint is False  # an option that is not given is weaker than a file


@pytest.mark.parametrize(("given", "kept"), [(None, 0.7), (0.0, 0.0), (0, 0), (0.9, 0.9)])
def test_zero_on_the_command_line_is_given(given: float | None, kept: float, here: Path) -> None:
    write(here / "mtqa.toml", "min-confidence = 0.7\n")
    assert merged({"min-confidence": given}, None)["min-confidence"] == kept


@pytest.mark.parametrize(
    ("value", "says"),
    [({"threads": 0}, "threads"), ({"min-confidence": 1.5}, "min-confidence"), ({"engine": "abacus"}, "engine")],
)
def test_values_out_of_range_are_errors(value: dict[str, Any], says: str) -> None:
    with pytest.raises(SettingsError, match=says):
        settings_from(value)


def test_every_key_can_be_set_and_names_are_split_at_commas(here: Path) -> None:
    assert settings_from({"rules": ["a, b", "c"], "skip": ["d"]}).rules == ("a", "b", "c")
    text = {"str": '"x"', "bool": "true", "float": "0.5", "int": "2"}
    for key, (kind, is_list) in KEYS.items():
        value = '"2021-12-10"' if key == "date" else text[kind.__name__]
        write(here / "mtqa.toml", f"{key} = [{value}]\n" if is_list else f"{key} = {value}\n")
        assert key in values(here)


def test_days() -> None:
    assert parse_date("2021-12-10") == dt.date(2021, 12, 10)
    with pytest.raises(SettingsError, match="--date"):
        parse_date("2021-02-30")
