"""Every exception mtqa raises on purpose.

MtqaError
├── InputError      a file or a line of it cannot be used: names file, line (or byte offset) and reason
├── SettingsError   a setting, option or configuration file is wrong
├── ModelError      a model is damaged or cannot be loaded
│   └── ModelMissing    a model is not on this machine: says the command that gets it
├── KnowledgeError  a table row cannot be used: names file, line and reason
├── DetectorError   a detector broke its contract
└── BatchError      a batch run cannot go on

The command line maps InputError, SettingsError and KnowledgeError to exit code 2, the others to 3.
"""

from __future__ import annotations

from pathlib import Path


class MtqaError(Exception):
    """Base of all errors that mtqa raises on purpose."""


class InputError(MtqaError):
    """A file, or a line of it, cannot be used."""

    def __init__(self, reason: str, *, path: str | Path | None = None, line: int | None = None) -> None:
        self.reason = reason
        self.path = None if path is None else str(path)
        self.line = line
        super().__init__(_located(reason, self.path, line))


class SettingsError(MtqaError):
    """A setting, option or configuration file is wrong."""


class ModelError(MtqaError):
    """A model is damaged or cannot be loaded."""


class ModelMissing(ModelError):
    """A model is not on this machine."""


class KnowledgeError(MtqaError):
    """A table row cannot be used."""

    def __init__(self, reason: str, *, path: str | Path | None = None, line: int | None = None) -> None:
        self.reason = reason
        self.path = None if path is None else str(path)
        self.line = line
        super().__init__(_located(reason, self.path, line))


class DetectorError(MtqaError):
    """A detector broke its contract: a span outside the text, no evidence, an unknown question."""


class BatchError(MtqaError):
    """A batch run cannot go on."""


def _located(reason: str, path: str | None, line: int | None) -> str:
    where = ":".join(str(part) for part in (path, line) if part is not None)
    return f"{where}: {reason}" if where else reason
