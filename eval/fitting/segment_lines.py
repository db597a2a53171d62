"""`python -m eval.fitting.segment_lines [PAIR...]`: find which lines the segment ids of the WMT21 news ratings mean.

The ids of ad-seg-scores count segments 1, 2, 3 ..., but not in the order of the files in `txt`: read as line numbers
they agree with nothing (correlation of ratings and chrF inside a line: 0.00; an empty translation is rated 99).
Documents were shuffled; inside a document the order is kept. The files list documents as blocks, so the blocks and
their lengths are known, and what is sought is the one order of the blocks that fills the file. Evidence for a block at
a line:

- annotators like what agrees with the reference: ratings and chrF go together, over the systems of each line and over
  the lines of the block (log-likelihood ratio of two linear models with standardised sides);
- a document begins with a headline: a source line without a full stop.

A beam search over lines finds the order. It is run twice more with the ratings of only half of the systems each; blocks
that land on the same line in all three runs are written to wmt21_segment_lines.tsv, the others are left out.
"""

from __future__ import annotations

import csv
import itertools
import re
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from eval.datasets.folder import data_file
from eval.datasets.wmt_news import (
    LINES,
    PAIRS,
    output_file,
    read_lines,
    segment_scores,
    source_file,
)

Floats = NDArray[np.float64]
YEAR = 21
_COLUMNS = ("pair", "first_segment", "segments", "first_line")
_WITHIN, _ACROSS = 0.15, 0.45  # slopes of rating on chrF over the systems of a line, over the lines of a block
_HEADED = 0.7  # share of documents that begin with a headline
_BEAM, _REGRET = 300, 9.0  # partial orders kept per line; nats below its best place at which a block is not tried
_LEAST_ALIKE = 0.5  # share of lines that all runs must agree on before a pair is believed at all
_NO_STOP = re.compile(r"[.!?。！？…:;,][\"”“»'’)）」]*\s*$")
_LONGEST_HEADLINE = 160  # characters


@dataclass(frozen=True, slots=True)
class Block:
    """A run of segment ids that lie in one document: `first` id, counted from 1, and how many there are."""

    first: int
    length: int


def main(pairs: Sequence[str]) -> None:
    """Find the lines of some pairs, print how sure they are, and write them into the table."""
    table = {pair: rows for pair, rows in _written().items() if pair not in pairs}
    for pair in pairs:
        found, alike, held_out = locate(pair)
        kept = found if alike >= _LEAST_ALIKE else {}
        lines = sum(block.length for block in kept)
        print(f"{pair}-en: alike {alike:.3f}, held-out correlation {held_out:.3f}, {lines} lines kept", flush=True)
        placed = sorted(kept.items(), key=lambda one: one[1])
        table[pair] = [(pair, str(block.first), str(block.length), str(line)) for block, line in placed]
    with LINES.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, delimiter="\t", lineterminator="\n")
        writer.writerow(_COLUMNS)
        writer.writerows(row for _, rows in sorted(table.items()) for row in rows)


def _written() -> dict[str, list[tuple[str, ...]]]:
    """The rows of the table as it is, by pair."""
    table: dict[str, list[tuple[str, ...]]] = {}
    with LINES.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream, delimiter="\t"):
            table.setdefault(row["pair"], []).append(tuple(row[name] for name in _COLUMNS))
    return table


def locate(pair: str) -> tuple[dict[Block, int], float, float]:
    """First line (from 1) of the blocks that three runs place alike; the share of all lines in them; and the
    correlation of ratings and chrF inside lines for the systems that a half run did not see, averaged over both.
    """
    ratings, agreement, blocks = _tables(pair)
    headlines = _headline_evidence(read_lines(data_file(source_file(YEAR, pair))), len(blocks))
    systems = np.arange(len(ratings))
    orders, held_out = [], []
    for own in (systems, systems[::2], systems[1::2]):
        order = search(_evidence(ratings[own], agreement[own], blocks, headlines), [one.length for one in blocks])
        orders.append(order)
        rest = np.setdiff1d(systems, own)
        if len(rest):
            held_out.append(_agreement_within(ratings[rest], agreement[rest], blocks, order))
    alike = {block: starts[0] + 1 for block, *starts in zip(blocks, *orders, strict=True) if len(set(starts)) == 1}
    share = sum(block.length for block in alike) / ratings.shape[1]
    return alike, share, float(np.mean(held_out))


def search(evidence: Sequence[Floats], lengths: Sequence[int]) -> list[int]:
    """The start of each block in the order of blocks that fills the file with the most evidence.

    `evidence[block][line]` in nats for the block beginning at a line from 0. ValueError if the beam finds no order.
    """
    total = sum(lengths)
    best = [float(own.max()) for own in evidence]
    options: list[list[tuple[int, float]]] = [[] for _ in range(total)]
    for block, own in enumerate(evidence):
        for place in np.flatnonzero(own > best[block] - _REGRET).tolist():
            options[place].append((block, best[block] - float(own[place])))
    # line -> set of blocks used (bits) -> (regret so far, last step, path before it)
    states: dict[int, dict[int, tuple[float, Any]]] = {0: {0: (0.0, None)}}
    for line in range(total):
        here = sorted(states.pop(line, {}).items(), key=lambda item: item[1][0])[:_BEAM]
        for used, (cost, path) in here:
            for block, regret in options[line]:
                if used >> block & 1:
                    continue
                there = states.setdefault(line + lengths[block], {})
                after = used | 1 << block
                if after not in there or there[after][0] > cost + regret:
                    there[after] = (cost + regret, (block, line, path))
    if not states.get(total):
        raise ValueError("no order of the blocks fills the file; widen the beam")
    _, path = min(states[total].values(), key=lambda state: state[0])
    starts = [0] * len(lengths)
    while path is not None:
        block, line, path = path
        starts[block] = line
    return starts


def _tables(pair: str) -> tuple[Floats, Floats, list[Block]]:
    """Ratings by segment id (0: not rated) and chrF by line, both (systems, lines), system means taken out."""
    scores = segment_scores(YEAR, pair)
    references = read_lines(data_file(f"wmt{YEAR}-news-systems/txt/references/newstest2021.{pair}-en.ref.A.en"))
    systems = sorted({score.system for score in scores if not score.is_human})
    ratings = np.full((len(systems), len(references)), np.nan)
    document = np.zeros(len(references), dtype=int) - 1
    for score in scores:
        document[score.segment - 1] = score.document
        if not score.is_human:
            ratings[systems.index(score.system), score.segment - 1] = score.z
    agreement = np.array(
        [
            [chrf(line, other) for line, other in zip(_output(pair, system), references, strict=True)]
            for system in systems
        ]
    )
    ratings -= np.nanmean(ratings, axis=1, keepdims=True)
    agreement -= agreement.mean(axis=1, keepdims=True)
    borders = [0, *(np.flatnonzero(np.diff(document)) + 1).tolist(), len(document)]
    blocks = [Block(low + 1, high - low) for low, high in itertools.pairwise(borders)]
    return ratings, agreement, blocks


def _output(pair: str, system: str) -> list[str]:
    return read_lines(data_file(output_file(YEAR, pair, system)))


def chrf(hypothesis: str, reference: str) -> float:
    """chrF2 of two sentences over 1 to 4 characters without blanks, 0..1: a light one, for thousands of lines."""
    one, other = hypothesis.replace(" ", ""), reference.replace(" ", "")
    precision = recall = 0.0
    for size in range(1, 5):
        own = Counter(one[at : at + size] for at in range(len(one) - size + 1))
        wanted = Counter(other[at : at + size] for at in range(len(other) - size + 1))
        shared = (own & wanted).total()
        precision += shared / max(1, own.total()) / 4
        recall += shared / max(1, wanted.total()) / 4
    return 100 * 5 * precision * recall / (4 * precision + recall) if shared or precision else 0.0


def _split(table: Floats) -> tuple[Floats, Floats]:
    """Deviations from the mean of each line, and those means, both in standard deviations, clipped at three."""
    means = np.nanmean(table, axis=0)
    within = np.nan_to_num((table - means) / np.nanstd(table - means)).clip(-3, 3)
    return within, np.nan_to_num((means - np.nanmean(means)) / np.nanstd(means)).clip(-3, 3)


def _evidence(ratings: Floats, agreement: Floats, blocks: Sequence[Block], headlines: Floats) -> list[Floats]:
    """Nats for every block at every line where it has room."""
    rated, rated_lines = _split(ratings)
    agreed, agreed_lines = _split(agreement)
    found = []
    for block in blocks:
        own = slice(block.first - 1, block.first - 1 + block.length)
        seen = rated[:, own] != 0.0
        level = rated_lines[own] - rated_lines[own].mean()
        nats = np.zeros(len(agreed_lines) - block.length + 1)
        for line in range(len(nats)):
            within = agreed[:, line : line + block.length]
            across = agreed_lines[line : line + block.length]
            across = across - across.mean()
            nats[line] = _WITHIN * (rated[:, own] * within).sum() - _WITHIN**2 / 2 * (within[seen] ** 2).sum()
            nats[line] += _ACROSS * level @ across - _ACROSS**2 / 2 * across @ across
        found.append(nats + headlines[: len(nats)])
    return found


def _headline_evidence(sources: Sequence[str], documents: int) -> Floats:
    """Nats for a document that begins at each line."""
    is_headline = np.array([len(line) < _LONGEST_HEADLINE and not _NO_STOP.search(line) for line in sources])
    elsewhere = max(0.01, (is_headline.sum() - _HEADED * documents) / len(sources))
    nats: Floats = np.where(is_headline, np.log(_HEADED / elsewhere), np.log((1 - _HEADED) / (1 - elsewhere)))
    return nats


def _agreement_within(ratings: Floats, agreement: Floats, blocks: Sequence[Block], starts: Sequence[int]) -> float:
    """Correlation of ratings and chrF inside lines when the blocks lie where the search put them."""
    lines = np.concatenate([np.arange(start, start + one.length) for one, start in zip(blocks, starts, strict=True)])
    rated, agreed = _split(ratings)[0], _split(agreement)[0][:, lines]
    seen = rated != 0.0
    return float(np.corrcoef(rated[seen], agreed[seen])[0, 1])


if __name__ == "__main__":
    main(sys.argv[1:] or PAIRS[YEAR])
