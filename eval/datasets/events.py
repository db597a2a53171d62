"""Events that happened in one direction, as `subject verb object tail`, and the same the wrong way round.

events.tsv is compiled for mtqa from general knowledge; every second row is for tuning (dev), the others for reporting.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_TABLE = Path(__file__).with_name("events.tsv")


@dataclass(frozen=True, slots=True)
class Event:
    """A sentence; `is_reversed` says that subject and object were exchanged."""

    text: str
    is_reversed: bool


def events(split: str) -> Iterator[Event]:
    """Both directions of every event of a split, "dev" or "test"."""
    with _TABLE.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream, delimiter="\t"):
            if row["split"] == split:
                yield Event(_sentence(row["subject"], row["verb"], row["object"], row["tail"]), False)
                yield Event(_sentence(row["object"], row["verb"], row["subject"], row["tail"]), True)


def _sentence(subject: str, verb: str, target: str, tail: str) -> str:
    inner = "the" + target[3:] if target.startswith("The ") else target
    return f"{subject[:1].upper()}{subject[1:]} {verb} {inner} {tail}.\n"
