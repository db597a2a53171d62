"""The development challenge sets: garbled names, office-holders, names that real systems garbled."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.datasets.folder import challenge_file

# Neutral places where a newspaper names somebody; none gives the person's office or nationality away.
CONTEXTS = (
    "{} said on Tuesday that the decision would be announced within weeks.",
    "According to {}, the talks could resume as early as next month.",
    "The newspaper published a long interview with {} on Sunday.",
    "Thousands of people came to the stadium to see {} in person.",
)


@dataclass(frozen=True, slots=True)
class NameCase:
    """One name as written, the right one, and whether it is garbled, correct-notable or correct-private."""

    written: str
    name: str
    kind: str


def names() -> list[NameCase]:
    """names.dev.tsv."""
    with challenge_file("names.dev.tsv").open(encoding="utf-8", newline="") as stream:
        return [NameCase(row["written"], row["name"], row["kind"]) for row in csv.DictReader(stream, delimiter="\t")]


def roles() -> list[dict[str, Any]]:
    """roles.dev.jsonl: date, text, wrong."""
    return _lines(challenge_file("roles.dev.jsonl"))


def real_garbles() -> tuple[list[dict[str, Any]], list[dict[str, str]]]:
    """real-garbles.dev.jsonl without the rows set aside, and the rows set aside with the reason."""
    aside_path = Path(__file__).with_name("real_garbles_set_aside.tsv")
    with aside_path.open(encoding="utf-8", newline="") as stream:
        aside = list(csv.DictReader(stream, delimiter="\t"))
    out = {(row["system"], row["line"], row["written"]) for row in aside}
    rows = _lines(challenge_file("real-garbles.dev.jsonl"))
    kept = [row for row in rows if (row["system"], str(row["line"]), row["written"]) not in out]
    return kept, aside


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
