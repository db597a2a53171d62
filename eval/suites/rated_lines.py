"""Scoring rated sentences, one line a document: the one door through which the suites on human ratings ask for numbers.

SCORERS, each higher for a better line:

    score       what `mtqa score` says when no rule runs, 0..100
    fast        the same from the fast tier
    surprisal   minus the mean surprisal of the language model, nats per token: a baseline without any training
    length      minus the number of characters: a baseline that reads nothing

Figures of `score` have plain names, those of the others a suffix (`suffix`).
"""

from __future__ import annotations

import math
import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from types import MappingProxyType
from typing import Literal, TypeVar

from eval.datasets import mlqe_pe, wmt_mqm
from eval.fitting.surprisals import read_surprisals
from mtqa import Checker, Document, ModelError, ModelMissing, QualityEstimate, Settings, Span
from mtqa.detecting.discovery import discover
from mtqa.schema.annotations import TokenError, TokenSurprisal
from mtqa.segmenting import segment_line

Item = TypeVar("Item")
Kind = Literal["rules", "score", "fast"]
SEED = 37
_AT_ONCE = 100  # sentences per batch
_WORD = re.compile(r"\S+")
# Lines estimated so far in this run: suites share data sets, and systems often agree on a line.
_known: defaultdict[Kind, dict[str, QualityEstimate]] = defaultdict(dict)


@cache
def checker(kind: Kind = "score") -> Checker:
    """One checker for all suites of a run: `rules` with the default settings, `score` and `fast` without any rule."""
    if kind == "rules":
        return Checker()
    every = tuple(detector.rule.id for detector in discover())
    return Checker(Settings(skip=every, fast=kind == "fast"))


def estimates(lines: Sequence[str]) -> list[QualityEstimate]:
    """The estimate of every line with all stable rules, in order. ValueError for a blank line."""
    return _estimates(lines, "rules")


def estimates_without_rules(lines: Sequence[str], *, fast: bool = False) -> list[QualityEstimate]:
    """The estimate of every line with no rule running, in order. ValueError for a blank line."""
    return _estimates(lines, "fast" if fast else "score")


def scores(lines: Sequence[str], scorer: str) -> list[float]:
    """The number that a scorer of SCORERS gives each line, in order; higher is better.

    ValueError for a blank line or another scorer, ModelMissing without the model.
    """
    if scorer not in _SCORERS:
        raise ValueError(f"there is no scorer {scorer!r}; scorers: {', '.join(SCORERS)}")
    return _SCORERS[scorer](lines)


def suffix(scorer: str) -> str:
    """What the name of a figure ends with: nothing for `score`, else `_of_` and the scorer."""
    return {"score": "", "length": "_of_shortness"}.get(scorer, f"_of_{scorer}")


def token_errors(lines: Sequence[str]) -> list[tuple[TokenError, ...]]:
    """The trained estimator's tokens of every line in text order, spans in code points of the line.

    Equal lines are read once. ModelError where no estimator read them, ValueError for a blank line.
    """
    found: dict[str, tuple[TokenError, ...]] = {}
    for block, documents in _blocks(dict.fromkeys(lines)):
        for line, annotated in zip(block, checker("score").annotate_many(documents), strict=True):
            if annotated.token_error is None:
                raise ModelError("no trained estimator said which tokens are wrong")
            found[line] = annotated.token_error[0]
    return [found[line] for line in lines]


def surprising_tokens(lines: Sequence[str]) -> list[tuple[TokenError, ...]]:
    """The baseline of `token_errors`: one minus the probability that the language model gave each token.

    `major` is the same number. Equal lines are read once. ModelMissing without a language model.
    """
    return [tuple(_surprising(token) for token in tokens) for tokens in _surprisals(lines)]


def words_of(line: str, *, word: re.Pattern[str] = _WORD) -> list[Span]:
    """The spans of the line that match `word`; by default what stands between white space."""
    return [Span(*match.span()) for match in word.finditer(line)]


def word_errors(line: str, tokens: Sequence[TokenError], words: Sequence[Span]) -> list[TokenError]:
    """One TokenError per word of the line: that of the most probable error among the tokens that overlap it.

    `tokens` and `words` in text order. ValueError for a word that no token overlaps: it was not read, which is not "no
    error".
    """
    found = []
    first = 0
    for word in words:
        start, end = word.start, word.end
        while first < len(tokens) and tokens[first].span.end <= start:
            first += 1
        inside = []
        for token in tokens[first:]:
            if token.span.start >= end:
                break
            inside.append(token)
        if not inside:
            raise ValueError(f"no token covers {word.of(line)!r} at {start} of {line!r}")
        found.append(replace(max(inside, key=lambda token: token.probability), span=word))
    return found


def test20(most: int | None) -> list[mlqe_pe.DirectAssessment]:
    """The test sets of MLQE-PE, `most` sentences of each pair (None: all 1,000)."""
    return [row for pair in mlqe_pe.PAIRS for row in sample(mlqe_pe.direct_assessments(pair, "test"), most)]


def machine_translations(name: str, sources: int | None) -> list[wmt_mqm.MarkedTranslation]:
    """The machine translations of the dev part of an MQM set, of `sources` of its source segments (None: all).

    Human translations, whose systems are named `ref`, `refB`, `ref.A`, ..., and blank lines are left out.
    """
    rows = [row for row in wmt_mqm.marked_translations(name, "dev") if not row.system.startswith("ref")]
    chosen = set(sample(sorted({(row.document, row.source) for row in rows}), sources))
    return [row for row in rows if (row.document, row.source) in chosen and row.translation.strip()]


def sample(items: Sequence[Item], most: int | None) -> list[Item]:
    """A seeded sample without replacement, in the order of `items` (None: all of them)."""
    if most is None:
        return list(items)
    return [items[number] for number in sorted(shuffled(len(items))[:most])]


def shuffled(count: int) -> list[int]:
    """The numbers 0..count-1 in a seeded order."""
    numbers = list(range(count))
    random.Random(SEED).shuffle(numbers)  # noqa: S311 - a sample, not a secret
    return numbers


def _estimates(lines: Sequence[str], kind: Kind) -> list[QualityEstimate]:
    known = _known[kind]
    for block, documents in _blocks(line for line in dict.fromkeys(lines) if line not in known):
        for line, report in zip(block, checker(kind).check_many(documents, any_language=True), strict=True):
            known[line] = report.estimates[0]
    return [known[line] for line in lines]


def _blocks(lines: Iterable[str]) -> Iterator[tuple[list[str], list[Document]]]:
    """Lines in blocks, with the document of each: the same text, one segment. ValueError for a blank line."""
    wanted = list(lines)
    for start in range(0, len(wanted), _AT_ONCE):
        block = wanted[start : start + _AT_ONCE]
        documents = [
            segment_line(Document(id=f"line/{start + number}", text=line)) for number, line in enumerate(block)
        ]
        for document in documents:
            if not document.segments:
                raise ValueError(f"{document.text!r} is a blank line")
        yield block, documents


def _surprisals(lines: Sequence[str]) -> list[tuple[TokenSurprisal, ...]]:
    model = checker("score").language_model
    if model is None:
        raise ModelMissing(checker("score").missing_model or "there is no language model")
    return read_surprisals(model, lines)


def _surprising(token: TokenSurprisal) -> TokenError:
    improbable = -math.expm1(-token.surprisal)
    return TokenError(token.span, improbable, improbable)


def _minus_surprisal(lines: Sequence[str]) -> list[float]:
    found = []
    for line, tokens in zip(lines, _surprisals(lines), strict=True):
        if not tokens:
            raise ValueError(f"{line!r} is a blank line")
        found.append(-sum(token.surprisal for token in tokens) / len(tokens))
    return found


_SCORERS: MappingProxyType[str, Callable[[Sequence[str]], list[float]]] = MappingProxyType(
    {
        "score": lambda lines: [one.score for one in estimates_without_rules(lines)],
        "fast": lambda lines: [one.score for one in estimates_without_rules(lines, fast=True)],
        "surprisal": _minus_surprisal,
        "length": lambda lines: [-float(len(line)) for line in lines],
    }
)
SCORERS = tuple(_SCORERS)
