"""`python -m eval.fitting.lexicon`: the word lexicons of mtqa.knowledge.lexicon, by IBM model 1 on training data.

Data: MLQE-PE train (source and post-edit, which people corrected) for et ne ro si; WMT21 sources and references for cs
ha is. Kept are translations of at least 4 % of stems that at least two sentences have.
"""

from __future__ import annotations

import lzma
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np

import mtqa.knowledge
from eval.datasets import mlqe_pe
from eval.datasets.folder import data_file
from eval.datasets.wmt_news import read_lines, reference_file, source_file
from mtqa.knowledge.lexicon import stems

_ROUNDS = 6
_LEAST_SENTENCES = 2
_LEAST_SHARE = 0.04
_MOST_WORDS = 80  # of a sentence; longer ones say little of single words
_NOTHING = "\0"  # the empty word of the model, which accounts for what has no counterpart
TABLES = Path(next(iter(mtqa.knowledge.__path__))) / "tables"
_WMT = ("cs", "ha", "is")


def main() -> None:
    """Write all tables."""
    for language, rows in sentence_pairs().items():
        lines = table(model_1([(stems(source), stems(target)) for source, target in rows]))
        header = "stem\tenglish\tpercent\n"
        packed = lzma.compress((header + "".join(lines)).encode("utf-8"), preset=9)
        (TABLES / f"lexicon_{language}.tsv.xz").write_bytes(packed)
        print(f"{language}: {len(rows)} pairs, {len(lines)} translations, {len(packed) / 1000:.0f} kB")


def sentence_pairs() -> dict[str, list[tuple[str, str]]]:
    """Per language the pairs (source, English) of its training data."""
    found: dict[str, list[tuple[str, str]]] = {}
    for pair in mlqe_pe.PAIRS:
        if pair != "ru":  # the encoder knows it
            found[pair] = [(row.source, row.post_edit) for row in mlqe_pe.post_edits(pair, "train")]
    for pair in _WMT:
        sources = read_lines(data_file(source_file(21, pair)))
        found[pair] = list(zip(sources, read_lines(data_file(reference_file(21, pair))), strict=True))
    return found


def model_1(sentences: Sequence[tuple[list[str], list[str]]]) -> dict[str, dict[str, float]]:
    """Probability of each English stem given each source stem, by expectation maximisation."""
    numbers: dict[tuple[str, str], int] = {}
    cells: list[int] = []
    starts: list[int] = []  # every pair of words in a sentence pair, grouped by English word
    for source, target in sentences:
        words = list(dict.fromkeys([_NOTHING, *source[:_MOST_WORDS]]))
        for english in target[:_MOST_WORDS]:
            starts.append(len(cells))
            cells += [numbers.setdefault((word, english), len(numbers)) for word in words]
    cell = np.array(cells)  # (cells,)
    start = np.array(starts)  # (English words,)
    sizes = np.diff([*starts, len(cells)])
    keys = list(numbers)
    order = {word: place for place, word in enumerate(dict.fromkeys(word for word, _ in keys))}
    owner = np.array([order[word] for word, _ in keys])  # (pairs,): number of the source stem
    probability = np.ones(len(keys))
    for _ in range(_ROUNDS):
        weight = probability[cell]
        weight /= np.repeat(np.add.reduceat(weight, start), sizes)
        count = np.bincount(cell, weights=weight, minlength=len(keys))
        probability = count / np.bincount(owner, weights=count)[owner]
    seen = Counter(word for source, _ in sentences for word in set(source))
    found: dict[str, dict[str, float]] = {}
    for (word, english), value in zip(keys, probability.tolist(), strict=True):
        if word != _NOTHING and value >= _LEAST_SHARE and seen[word] >= _LEAST_SENTENCES:
            found.setdefault(word, {})[english] = value
    return found


def table(translations: dict[str, dict[str, float]]) -> list[str]:
    """Lines of the table, sorted."""
    return [
        f"{word}\t{english}\t{round(100 * value)}\n"
        for word, row in sorted(translations.items())
        for english, value in sorted(row.items(), key=lambda one: (-one[1], one[0]))
    ]


if __name__ == "__main__":
    main()
