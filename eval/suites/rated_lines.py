"""Scoring rated sentences, one line a document: the one door through which the suites on human ratings ask for numbers.

SCORERS, each higher for a better line:

    score       what `mtqa score` says when no rule runs, 0..100
    fast        the same from the fast tier
    surprisal   minus the mean surprisal of the language model, nats per token: a baseline without any training
    length      minus the number of characters: a baseline that reads nothing

and, of lines whose source is given (`Origin`):

    with_source       `score` with the source beside it
    fast_with_source  the same from the fast tier
    cosine            of the meaning of source and line: a baseline; 0 where the encoder does not know the language

Figures of `score` have plain names, those of the others a suffix (`suffix`).
"""

from __future__ import annotations

import math
import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from types import MappingProxyType
from typing import Literal, TypeVar

from eval.datasets import mlqe_pe, wmt_mqm
from eval.fitting.surprisals import read_surprisals
from mtqa import Checker, Document, ModelError, ModelMissing, QualityEstimate, Settings, Span
from mtqa.annotating.agreement import find_agreement
from mtqa.detecting.discovery import discover
from mtqa.modeling.load_quality import load_quality_estimator
from mtqa.schema.annotations import (
    Agreement,
    SegmentQuality,
    SentenceQuality,
    SourceView,
    TokenError,
    TokenSurprisal,
)
from mtqa.schema.roles import QualityEstimator
from mtqa.segmenting import segment_line

Item = TypeVar("Item")
Kind = Literal["rules", "score", "fast"]
SEED = 37
_AT_ONCE = 100  # sentences per batch
_WORD = re.compile(r"\S+")
# Lines estimated so far in this run: suites share data sets, and systems often agree on a line.
_known: defaultdict[Kind, dict[str, QualityEstimate]] = defaultdict(dict)


@dataclass(frozen=True, slots=True)
class Origin:
    """The source of a line and its language, ISO 639-1."""

    source: str
    language: str


class Remembering:
    """A quality estimator that rates a text once: a line is asked for with its source and without, and with tokens in
    one suite and without them in another.
    """

    def __init__(self, estimator: QualityEstimator) -> None:
        self._estimator = estimator
        self._rated: dict[str, SegmentQuality] = {}
        self.signature = estimator.signature

    def rate(self, texts: Sequence[str], *, tokens: bool = True) -> list[SegmentQuality]:
        """As the estimator."""
        known = self._rated
        missing = [text for text in dict.fromkeys(texts) if text not in known or (tokens and not known[text].tokens)]
        known |= zip(missing, self._estimator.rate(missing, tokens=tokens), strict=True)
        return [known[text] for text in texts]

    def reads_source(self, view: SourceView) -> bool:
        """As the estimator."""
        return self._estimator.reads_source(view)

    @property
    def reads_jointly(self) -> bool:
        """As the estimator."""
        return self._estimator.reads_jointly

    def with_source(self, quality: SentenceQuality, agreement: Agreement) -> SentenceQuality:
        """As the estimator."""
        return self._estimator.with_source(quality, agreement)


@cache
def checker(kind: Kind = "score") -> Checker:
    """One checker for all suites of a run, which rates no text twice where no rule runs; not for measuring speed."""
    settings = settings_of(kind)
    estimator = None if kind == "rules" else Remembering(load_quality_estimator(settings))
    return Checker(settings, estimator=estimator)


def settings_of(kind: Kind) -> Settings:
    """`rules`: the default settings; `score` and `fast`: without any rule."""
    if kind == "rules":
        return Settings()
    return Settings(skip=tuple(detector.rule.id for detector in discover()), fast=kind == "fast")


def estimates(lines: Sequence[str]) -> list[QualityEstimate]:
    """The estimate of every line with all stable rules, in order. ValueError for a blank line."""
    return _estimates(lines, "rules")


def estimates_without_rules(lines: Sequence[str], *, fast: bool = False) -> list[QualityEstimate]:
    """The estimate of every line with no rule running, in order. ValueError for a blank line."""
    return _estimates(lines, "fast" if fast else "score")


def scores(lines: Sequence[str], scorer: str, origins: Sequence[Origin] | None = None) -> list[float]:
    """The number that a scorer of SCORERS or SOURCE_SCORERS gives each line, in order; higher is better.

    ValueError for a blank line, another scorer, or one that needs `origins` and has none; ModelMissing without the
    model.
    """
    if scorer in SOURCE_SCORERS:
        if origins is None:
            raise ValueError(f"{scorer} needs the source of every line")
        return _SOURCE_SCORERS[scorer](lines, origins)
    if scorer not in _SCORERS:
        raise ValueError(f"there is no scorer {scorer!r}; scorers: {', '.join((*SCORERS, *SOURCE_SCORERS))}")
    return _SCORERS[scorer](lines)


def suffix(scorer: str) -> str:
    """What the name of a figure ends with: nothing for `score`, else `_of_` and the scorer."""
    return {"score": "", "with_source": "_with_source", "length": "_of_shortness"}.get(scorer, f"_of_{scorer}")


def token_errors(lines: Sequence[str]) -> list[tuple[TokenError, ...]]:
    """The trained estimator's tokens of every line in text order, spans in code points of the line.

    Equal lines are read once. ModelError where no estimator read them, ValueError for a blank line.
    """
    found: dict[str, tuple[TokenError, ...]] = {}
    for block, documents in _blocks(dict.fromkeys(lines)):
        for line, annotated in zip(block, checker("score").annotate_many(documents, tokens=True), strict=True):
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


def sourced(number: int, line: str, origin: Origin) -> Document:
    """A line as a document of one segment that translates the whole source. ValueError for a blank line."""
    document = segment_line(Document(id=f"line/{number}", text=line))
    if not document.segments:
        raise ValueError(f"{line!r} is a blank line")
    segments = tuple(replace(segment, source_span=Span(0, len(origin.source))) for segment in document.segments)
    return replace(document, source=origin.source, source_language=origin.language, segments=segments)


def scores_with_source(lines: Sequence[str], origins: Sequence[Origin], kind: Kind) -> list[float]:
    """What `mtqa score` says of every line beside its source, in order. ValueError for a blank line."""
    known: dict[tuple[str, Origin], float] = {}
    missing = list(dict.fromkeys(zip(lines, origins, strict=True)))
    for start in range(0, len(missing), _AT_ONCE):
        block = missing[start : start + _AT_ONCE]
        documents = [sourced(start + number, *one) for number, one in enumerate(block)]
        for one, report in zip(block, checker(kind).check_many(documents, any_language=True), strict=True):
            known[one] = report.estimates[0].score
    return [known[one] for one in zip(lines, origins, strict=True)]


def _cosines(lines: Sequence[str], origins: Sequence[Origin]) -> list[float]:
    documents = [sourced(number, *one) for number, one in enumerate(zip(lines, origins, strict=True))]
    found = find_agreement(documents, checker("score").encoder)
    return [own[0].cosine or 0.0 if own and own[0] else 0.0 for own in found]


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
_SOURCE_SCORERS: MappingProxyType[str, Callable[[Sequence[str], Sequence[Origin]], list[float]]] = MappingProxyType(
    {
        "with_source": lambda lines, origins: scores_with_source(lines, origins, "score"),
        "fast_with_source": lambda lines, origins: scores_with_source(lines, origins, "fast"),
        "cosine": _cosines,
    }
)
SOURCE_SCORERS = tuple(_SOURCE_SCORERS)
