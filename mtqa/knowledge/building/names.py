"""Build tables/names.npz from a list of people: `python -m mtqa.knowledge.building.names --people people-names.tsv.xz`.

The list is that of the package name2nat 0.5.1 (Apache-2.0): 1.07 million people with an article in the English
Wikipedia in mid-2020, in about the order in which their articles were begun: a weak sign of prominence.
A person is kept as first and last word of the name; the words between carry little when a name is garbled.
"""

from __future__ import annotations

import argparse
import lzma
import re
import zlib
from pathlib import Path

import numpy as np

from mtqa.knowledge.romanisation import fold
from mtqa.knowledge.skeleton import skeleton

_PARTICLES = frozenset("von van der den de del da di la le el al bin ibn jr. sr. jr sr ii iii iv of the".split())
_BRACKETS = re.compile(r"\s*\(.*?\)|,.*$")


def split_name(name: str) -> tuple[str, str] | None:
    """First and last word of a person's name without brackets and generation, or None for a single word."""
    words = [word for word in _BRACKETS.sub("", name).split() if word.lower() not in _PARTICLES and fold(word)]
    return (words[0], words[-1]) if len(words) >= 2 else None


def build(people: Path, out: Path) -> None:
    """Write the compiled table."""
    with lzma.open(people, "rt", encoding="utf-8") as stream:
        rows = [line.rstrip("\n").split("\t")[0] for line in stream][1:]
    first_seen: dict[tuple[str, str], int] = {}
    for number, name in enumerate(rows):
        pair = split_name(name)
        if pair is not None:
            first_seen.setdefault(pair, number)
    words = sorted({word for pair in first_seen for word in pair}, key=lambda word: (fold(word), word))
    number_of = {word: number for number, word in enumerate(words)}
    persons = sorted((number_of[last], number_of[first], seen) for (first, last), seen in first_seen.items())
    # Prominence byte: 255 for the oldest article, one less for every factor of 1.06 in age.
    age = np.array([seen + 1 for _, _, seen in persons], dtype=np.float64)
    prominence = np.clip(255 - np.log(age) / np.log(1.06), 0, 255).astype(np.uint8)
    keys = np.array([zlib.crc32(skeleton(fold(word)).encode()) & 0xFFFF for word in words], dtype=np.uint16)
    np.savez_compressed(
        out,
        words=np.frombuffer("\n".join(words).encode("utf-8"), dtype=np.uint8),
        keys=keys,
        last=np.array([row[0] for row in persons], dtype=np.int32),
        first=np.array([row[1] for row in persons], dtype=np.int32),
        prominence=prominence,
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=Path, required=True, help="people-names.tsv.xz: name, nationality")
    parser.add_argument("--out", type=Path, default=Path(__file__).parents[1] / "tables" / "names.npz")
    options = parser.parse_args()
    build(options.people, options.out)
