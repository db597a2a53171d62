"""DEMETR: translations with one planted error each, 35 perturbations x 1,000 pairs. MIT. Measure only, never train."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from eval.datasets.folder import DataError, data_file, lock

_FOLDER = "demetr/dataset/"
# The "perturbed" text of this type is the reference itself: nothing was planted, so it makes no pair.
_NO_CONTRAST = "base_id35_reference"


@dataclass(frozen=True, slots=True)
class Contrast:
    """One translation as the system wrote it and with an error planted. `checked` is False where the perturbation
    could not be applied (the two texts are then the same, or nearly).
    """

    perturbation: str
    severity: Literal["base", "minor", "major", "critical"]
    number: int
    language: str
    source: str
    reference: str
    translation: str
    perturbed: str
    checked: bool


def perturbations() -> list[str]:
    """The names of all 35 perturbations, sorted."""
    return sorted(name.removeprefix(_FOLDER).removesuffix(".json") for name in lock() if name.startswith(_FOLDER))


def contrasts(perturbation: str) -> list[Contrast]:
    """The 1,000 pairs of a perturbation. DataError if the file is missing or damaged."""
    return read_contrasts(data_file(f"{_FOLDER}{perturbation}.json"))


def usable(rows: list[Contrast]) -> list[Contrast]:
    """The pairs on which a score can be tested: 30,320 over all types, the count that published figures have."""
    return [row for row in rows if row.checked and row.perturbation != _NO_CONTRAST]


def read_contrasts(path: Path) -> list[Contrast]:
    """Read one file. DataError says what is wrong with it."""
    try:
        return [
            Contrast(
                perturbation=row["pert_name"],
                severity=row["severity"],
                number=row["id"],
                language=row["lang_tag"],
                source=row["src_sent"],
                reference=row["eng_sent"],
                translation=row["mt_sent"],
                perturbed=row["pert_sent"],
                checked=row["pert_check"],
            )
            for row in json.loads(path.read_bytes())
        ]
    except (ValueError, KeyError, TypeError) as error:
        raise DataError(f"{path} is damaged: {type(error).__name__} {error}") from error
