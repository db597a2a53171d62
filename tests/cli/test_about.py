"""Commands that tell about mtqa itself: rules, explain, models, knowledge, doctor, help and version."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from mtqa import __version__
from mtqa.cli import doctor as doctor_module
from mtqa.cli.doctor import Finding
from mtqa.detecting.discovery import discover
from mtqa.modeling import load_quality, store
from mtqa.modeling.fetch import hash_of
from mtqa.schema.annotations import JointReading
from mtqa.settings import Settings
from tests.cli.command import Command, Done
from tests.cli.estimator import estimator_folder
from tests.joint import FakeJoint
from tests.meaning import FakeEncoder

SOURCE_MODELS = ("usem3", "multilingual-e5-small")  # which only a check with a source asks for
LATER = "not here, fetched when a source text is first used"
NONE_OF_THEM = "".join(f"{name}: {LATER}\n" for name in SOURCE_MODELS)
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
    assert mtqa("models", "verify", "--models-dir", "m").out == f"smollm2-135m: ok\n{NONE_OF_THEM}"
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
    assert (done.code, done.out) == (3, f"smollm2-135m: not ok\n{NONE_OF_THEM}")
    assert "model.gguf is damaged: sha256" in done.err
    (folder / "model.gguf").unlink()
    assert re.search(r"^smollm2-135m +damaged", mtqa("models", "list", "--models-dir", "m").out, re.MULTILINE)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("usem3", "32 MB +meaning-encoder +Apache-2.0"),
        ("multilingual-e5-small", "91 MB +base of the joint estimator +MIT"),
    ],
)
def test_a_model_for_sources_may_be_missing(name: str, shown: str, mtqa: Command) -> None:
    listed = mtqa("models", "list", "--models-dir", "m").out
    assert re.search(rf"^{name} +missing +{shown} +m/{name} *$", listed, re.MULTILINE)
    for arguments in (["path", name], ["verify", name], ["get", name, "--offline"]):
        done = mtqa("models", *arguments, "--models-dir", "m")
        assert done.code == 3
        assert f"mtqa models get {name}" in done.err
    (found,) = lines_of(name, mtqa("doctor", "--models-dir", "m", "--format", "json"))
    assert found == Finding(f"model {name}", LATER, ok=None)
    assert "mtqa models get smollm2-135m" not in mtqa("models", "get", name, "--offline", "--models-dir", "m").err


def put_model(name: str, patch: pytest.MonkeyPatch) -> Path:
    """A folder of a model in `m`, its files other ones than those that ship, and the only one for sources."""
    folder, manifest = Path("m") / name, store.manifest_of(name)
    folder.mkdir(parents=True)
    for file in (manifest.target, *(other.target for other in manifest.others)):
        (folder / file).write_bytes(file.encode())
    own = [replace(other, sha256=hash_of(folder / other.target)) for other in manifest.others]
    known = {name: replace(manifest, others=tuple(own))}
    patch.setattr(store, "source_manifests", lambda: known)
    store.write_record(folder, known[name])
    return folder


@pytest.mark.parametrize("name", SOURCE_MODELS)
def test_a_model_for_sources_that_is_here_is_verified(
    name: str, mtqa: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = put_model(name, monkeypatch)
    monkeypatch.setattr(
        "mtqa.modeling.joint_estimator.load_joint_estimator", lambda settings, progress=None: FakeJoint()
    )
    assert re.search(rf"^{name} +present", mtqa("models", "list", "--models-dir", "m").out, re.MULTILINE)
    assert mtqa("models", "get", name, "--offline", "--models-dir", "m").out == f"{folder}\n"
    assert mtqa("models", "verify", name, "--models-dir", "m").out == f"{name}: ok\n"
    monkeypatch.setattr("mtqa.modeling.meaning_encoder.load_meaning_encoder", lambda settings, name: FakeEncoder())
    whole, *answers = lines_of(name, mtqa("doctor", "--models-dir", "m", "--format", "json"))
    assert whole == Finding(f"model {name}", "all hashes agree", ok=True)
    assert [one.name for one in answers] == [f"known answer of {name}"]
    damaged = store.manifest_of(name).target
    (folder / damaged).write_bytes(b"damaged")
    done = mtqa("models", "verify", "--models-dir", "m")
    assert (done.code, done.out.splitlines()[1]) == (3, f"{name}: not ok")
    assert f"{damaged} is damaged: sha256" in done.err
    (found,) = lines_of(name, mtqa("doctor", "--models-dir", "m", "--format", "json"))
    assert found.ok is False


def lines_of(name: str, done: Done) -> list[Finding]:
    return [Finding(**one) for one in json.loads(done.out) if one["name"].endswith(name)]


@pytest.mark.parametrize(("cosine", "ok"), [(0.796, True), (0.81, True), (0.133, False), (float("nan"), False)])
def test_doctor_judges_the_known_cosine(cosine: float, ok: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    class Encoder(FakeEncoder):
        def embed(self, texts: Sequence[str]) -> list[NDArray[np.float32]]:
            return [np.array(row, dtype=np.float32) for row in ([1.0, 0.0], [cosine, 0.0])]

    monkeypatch.setattr("mtqa.modeling.meaning_encoder.load_meaning_encoder", lambda settings, name: Encoder())
    assert doctor_module._known_cosine("usem3", Settings()).ok is ok


@pytest.mark.parametrize(
    ("ahead", "ok"), [(2.0, True), (7.5, True), (1.5, False), (-3.0, False), (float("nan"), False)]
)
def test_doctor_asks_which_translation_is_better(ahead: float, ok: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    class Joint(FakeJoint):
        def read(self, pairs: Sequence[tuple[str, str]]) -> list[JointReading]:
            return [replace(one, order=order) for one, order in zip(super().read(pairs), (ahead, 0.0), strict=True)]

    monkeypatch.setattr("mtqa.modeling.joint_estimator.load_joint_estimator", lambda settings: Joint())
    found = doctor_module._known_order(Settings())
    assert (found.name, found.ok) == ("known answer of multilingual-e5-small", ok)


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
    tokens = Path("own/full-tokens.safetensors")
    tokens.write_bytes(tokens.read_bytes()[:-1] + b"?")
    done = mtqa("doctor", "--models-dir", "m", "--model", "own", "--format", "json")
    assert done.code == 3
    ((ok, detail),) = estimator_lines(done).values()
    assert not ok
    assert "own/fast/heads.safetensors is damaged: sha256" in detail
    assert "own/full/tokenizer.json is missing" in detail
    assert "own/full-tokens.safetensors is damaged: sha256" in detail


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
