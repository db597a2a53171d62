"""Commands that tell about mtqa itself: rules, explain, models, knowledge, doctor, help and version."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from mtqa import __version__
from mtqa.cli import doctor as doctor_module
from mtqa.cli.doctor import Finding
from mtqa.detecting.discovery import discover
from mtqa.modeling import load_quality, store
from mtqa.settings import Settings
from tests.cli.command import Command, Done
from tests.cli.estimator import estimator_folder

RULES = [detector.rule.id for detector in discover()]


def test_version_and_help(mtqa: Command) -> None:
    assert mtqa("--version").out == f"mtqa {__version__}\n"
    done = mtqa("--help")
    assert done.code == 0
    assert all(
        command in done.out for command in ("check", "score", "explain", "rules", "doctor", "models", "knowledge")
    )
    for command in ("check", "score", "explain", "rules", "doctor", "models", "knowledge"):
        assert mtqa(command, "-h").code == 0


@pytest.mark.parametrize("arguments", [["nonsense"], ["models", "nonsense"], ["explain"]])
def test_unknown_commands_exit_two(arguments: list[str], mtqa: Command) -> None:
    assert mtqa(*arguments).code == 2


def test_rules_as_table_and_json(mtqa: Command) -> None:
    shown = mtqa("rules").out.splitlines()
    assert [line.split()[0] for line in shown[1:]] == RULES  # one line each, wrapped for nobody
    rows = json.loads(mtqa("rules", "--format", "json").out)
    assert [row["id"] for row in rows] == RULES
    assert all(row["summary"] and row["severity"] and row["status"] for row in rows)


def test_explain_prints_the_page(mtqa: Command) -> None:
    for detector in discover():
        done = mtqa("explain", detector.rule.id)
        assert (done.code, done.out) == (0, detector.page)
    done = mtqa("explain", "garbled-names")
    assert done.code == 2
    assert "did you mean garbled-name" in done.err


def test_knowledge_status_names_tables_with_rows_and_day(mtqa: Command) -> None:
    done = mtqa("knowledge", "status")
    assert done.code == 0
    assert re.search(r"^offices\.tsv +[\d,]+ +\d{4}-\d\d", done.out, re.MULTILINE)


def test_models_that_are_missing(mtqa: Command) -> None:
    assert re.search(r"^smollm2-135m +missing +93 MB", mtqa("models", "list", "--models-dir", "m").out, re.MULTILINE)
    for arguments in (["path"], ["verify"], ["verify", "smollm2-135m"], ["get", "--offline"]):
        done = mtqa("models", *arguments, "--models-dir", "m")
        assert done.code == 3
        assert "mtqa models get smollm2-135m" in done.err
    for command in ("get", "path", "verify"):
        done = mtqa("models", command, "nonsense", "--models-dir", "m")
        assert done.code == 2
        assert "known models: smollm2-135m" in done.err


def test_the_models_folder_comes_from_the_settings_file_too(mtqa: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("mtqa.toml").write_text('models-dir = "configured"\noffline = true\n', encoding="utf-8")
    monkeypatch.delenv("MTQA_MODELS", raising=False)
    assert str(Path("configured").resolve()) in mtqa("models", "get").err
    monkeypatch.setenv("MTQA_MODELS", str(Path("shared").resolve()))
    assert str(Path("shared").resolve()) in mtqa("models", "get").err
    assert "given" in mtqa("models", "get", "--models-dir", "given").err


def test_models_that_are_here(mtqa: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = Path("m/smollm2-135m")
    folder.mkdir(parents=True)
    (folder / "model.gguf").write_bytes(b"weights")
    store.write_record(folder, store.manifest_of("smollm2-135m"))
    assert re.search(r"^smollm2-135m +present", mtqa("models", "list", "--models-dir", "m").out, re.MULTILINE)
    assert mtqa("models", "path", "--models-dir", "m").out == f"{folder}\n"
    assert mtqa("models", "verify", "--models-dir", "m").out == "smollm2-135m: ok\n"
    built: list[Settings] = []
    monkeypatch.setattr(load_quality, "weights_folder", lambda: Path("weights"))
    monkeypatch.setattr(load_quality, "read_description", lambda place: {"tiers": {"full": {}, "fast": {}}})
    monkeypatch.setattr(load_quality, "load_quality_estimator", lambda settings, **options: built.append(settings))
    monkeypatch.setenv("MTQA_FAST", "1")  # what checks usually do says nothing of what may be needed offline
    assert mtqa("models", "get", "--offline", "--models-dir", "m").out == f"{folder}\n"
    assert [(one.fast, one.models_dir, one.offline) for one in built] == [(False, Path("m"), True)]
    monkeypatch.setattr(load_quality, "read_description", lambda place: {"tiers": {"fast": {}}})
    assert mtqa("models", "get", "--offline", "--models-dir", "m").code == 0
    assert len(built) == 1  # an estimator of a fast tier alone has nothing to build
    (folder / "model.gguf").write_bytes(b"damaged")
    done = mtqa("models", "verify", "--models-dir", "m")
    assert (done.code, done.out) == (3, "smollm2-135m: not ok\n")
    assert "model.gguf is damaged: sha256" in done.err
    (folder / "model.gguf").unlink()
    assert re.search(r"^smollm2-135m +damaged", mtqa("models", "list", "--models-dir", "m").out, re.MULTILINE)


def test_doctor_says_what_is_wrong_and_exits_three(mtqa: Command) -> None:
    done = mtqa("doctor", "--models-dir", "m")
    assert done.code == 3
    assert re.search(r"^FAIL model smollm2-135m: m/smollm2-135m does not exist", done.out, re.MULTILINE)
    findings = json.loads(mtqa("doctor", "--models-dir", "m", "--format", "json").out)
    assert {"mtqa", "python", "torch", "model smollm2-135m"} <= {one["name"] for one in findings}


def estimator_lines(done: Done) -> dict[str, tuple[bool, str]]:
    return {
        one["name"]: (one["ok"], one["detail"])
        for one in json.loads(done.out)
        if one["name"].startswith("quality estimator")
    }


def test_doctor_shows_the_estimator_and_hashes_its_files(mtqa: Command) -> None:
    estimator_folder(Path("own"))
    shown = estimator_lines(mtqa("doctor", "--models-dir", "m", "--model", "own", "--format", "json"))
    assert shown["quality estimator files"] == (True, "all hashes agree in own")
    ok, detail = shown["quality estimator"]
    assert ok
    assert re.fullmatch(r"fast tier, because the full tier needs .+; signature fast-[0-9a-f]{4}", detail)
    Path("mtqa.toml").write_text('model = "own"\nfast = true\n', encoding="utf-8")
    configured = estimator_lines(mtqa("doctor", "--models-dir", "m", "--format", "json"))
    assert configured["quality estimator"] == (True, f"fast tier; {detail.rpartition('; ')[2]}")
    heads = Path("own/fast/heads.safetensors")
    content = heads.read_bytes()
    heads.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))  # as long as before
    Path("own/full/tokenizer.json").unlink()
    done = mtqa("doctor", "--models-dir", "m", "--model", "own", "--format", "json")
    assert done.code == 3
    ((ok, detail),) = estimator_lines(done).values()
    assert not ok
    assert "own/fast/heads.safetensors is damaged: sha256" in detail
    assert "own/full/tokenizer.json is missing" in detail


def test_doctor_names_the_only_tier_of_a_folder(mtqa: Command) -> None:
    estimator_folder(Path("own"))
    description = json.loads(Path("own/quality.json").read_text(encoding="utf-8"))
    del description["tiers"]["full"]
    Path("own/quality.json").write_text(json.dumps(description), encoding="utf-8")
    shown = estimator_lines(mtqa("doctor", "--models-dir", "m", "--model", "own", "--format", "json"))
    assert "fast tier, the only one of this folder (use --fast)" in shown["quality estimator"][1]
    shown = estimator_lines(mtqa("doctor", "--models-dir", "m", "--model", ".", "--format", "json"))
    assert shown["quality estimator"] == (False, ". holds no quality estimator: it has no quality.json")


@pytest.mark.parametrize(("gain", "ok"), [(13.6, True), (15.9, True), (-5.1, False), (float("nan"), False)])
def test_doctor_judges_the_known_answer(gain: float, ok: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    from mtqa.modeling import contrast_judge, load
    from tests.fakes import FakeJudge

    monkeypatch.setattr(load, "load_language_model", lambda settings: None)
    monkeypatch.setattr(contrast_judge, "ContrastJudge", lambda model: FakeJudge(gain))
    assert doctor_module._known_answer(doctor_module.Settings()).ok is ok


@pytest.mark.models
def test_doctor_finds_the_shipped_model_well(mtqa: Command) -> None:
    done = mtqa("doctor", "--format", "json")
    findings = [Finding(**one) for one in json.loads(done.out)]
    assert [one for one in findings if one.ok is False] == []
    assert any(one.name == "known answer" and one.ok for one in findings)
    assert done.code == 0
