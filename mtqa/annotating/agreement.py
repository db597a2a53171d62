"""How segments compare with what they translate: the texts of both sides and the cosine of their meaning.

Segments of one link share one part of the source and are compared with it together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from mtqa.annotating.languages import guess_language
from mtqa.annotating.overlap import overlap
from mtqa.knowledge.coverage import compare_words
from mtqa.knowledge.lexicon import load_lexicon
from mtqa.schema.annotations import Agreement, LanguageGuess, PairReading, SourceView
from mtqa.schema.document import Document, Span
from mtqa.schema.roles import JointEstimator, MeaningEncoder, TextMeaning, VectorRating, is_covered

_SURE, _LEAST_LETTERS = 0.9, 40  # probability and letters from which a guess stands against the language named
_SAMPLE = 2000  # characters of a source by which its language is guessed
_AT_ONCE = 128  # pairs whose words are held in memory together
_LINES, _LIKELY = 50, 0.5  # of a file, and the probability from which its language is taken for that of every line


def find_agreement(
    documents: Sequence[Document], encoder: MeaningEncoder | None, joint: JointEstimator | None = None
) -> list[tuple[Agreement | None, ...] | None]:
    """Per document one Agreement per segment, None for a segment without a counterpart; None without a source.

    No cosine without an encoder, and no joint reading without an estimator that reads both, or where they do not know
    the language of the source. Of what the joint estimator reads, the encoder gives the meaning of whole texts alone.
    """
    texts = [None if document.source is None else _texts(document) for document in documents]
    languages = [source_language(document).language for document in documents]
    asked = list(
        dict.fromkeys(
            (*both, language)
            for own, language in zip(texts, languages, strict=True)
            for both in own or ()
            if both is not None
        )
    )
    known: dict[tuple[str, str, str | None], Agreement] = {}
    for low in range(0, len(asked), _AT_ONCE):
        known |= _compared(asked[low : low + _AT_ONCE], encoder, joint)
    if joint is not None:
        read = [one for one in asked if is_covered(joint, one[2])]
        readings = joint.read([(source, hypothesis) for source, hypothesis, _ in read]) if read else []
        known |= {one: replace(known[one], joint=own) for one, own in zip(read, readings, strict=True)}
    return [
        None if own is None else tuple(None if both is None else known[(*both, language)] for both in own)
        for own, language in zip(texts, languages, strict=True)
    ]


def _compared(
    asked: Sequence[tuple[str, str, str | None]], encoder: MeaningEncoder | None, joint: JointEstimator | None
) -> dict[tuple[str, str, str | None], Agreement]:
    """Source, hypothesis and language of the source -> how they compare."""
    if encoder is None:
        return {one: _agreement(*one) for one in asked}
    languages = {one[2] for one in asked}
    ratings = {language: encoder.rating(language) for language in languages}
    covered = {language for language in languages if is_covered(encoder, language)}
    by_word = {language for language in covered if joint is None or not is_covered(joint, language)}
    read = _distinct(one for one in asked if one[2] in by_word)
    meanings = dict(zip(read, encoder.read(read), strict=True)) if read else {}
    readings = _readings([one for one in asked if one[2] in by_word], meanings, encoder)
    embedded = _distinct(
        one for one in asked if one[2] not in by_word and (one[2] in covered or ratings[one[2]] is not None)
    )
    vectors = dict(zip(embedded, encoder.embed(embedded), strict=True)) if embedded else {}
    vectors |= {text: meaning.vector for text, meaning in meanings.items()}
    found = {}
    for one in asked:
        source, hypothesis, language = one
        rate = ratings[language]
        if language in covered:
            found[one] = _by_meaning(*one, np.stack([vectors[source], vectors[hypothesis]]), rate)
        else:
            found[one] = _agreement(*one, None if rate is None else rate(vectors[source], vectors[hypothesis]))
        if language in by_word:
            coverage = compare_words(meanings[source], meanings[hypothesis])
            found[one] = replace(found[one], coverage=coverage, reading=readings.get(one))
    return found


def _readings(
    asked: Sequence[tuple[str, str, str | None]], meanings: Mapping[str, TextMeaning], encoder: MeaningEncoder
) -> dict[tuple[str, str, str | None], PairReading]:
    """What the pairs say when they are read together, of those with tokens on both sides."""
    pairs = {one: (meanings[one[0]], meanings[one[1]]) for one in asked}
    full = {one: both for one, both in pairs.items() if all(meaning.spans for meaning in both)}
    found = encoder.read_pairs(list(full.values())) if full else None
    return {} if found is None else dict(zip(full, found, strict=True))


def _distinct(asked: Iterable[tuple[str, str, str | None]]) -> list[str]:
    return list(dict.fromkeys(text for source, hypothesis, _ in asked for text in (source, hypothesis)))


def _agreement(source: str, hypothesis: str, language: str | None, rated: float | None = None) -> Agreement:
    """Without the meaning of the source."""
    shared = overlap(source, hypothesis, language)
    view = SourceView.LEXICON if language and load_lexicon(language) else SourceView.OVERLAP
    return Agreement(source, hypothesis, None, None, shared, view if rated is None else SourceView.VECTORS, rated=rated)


def _by_meaning(
    source: str, hypothesis: str, language: str | None, vectors: NDArray[np.float32], rate: VectorRating | None
) -> Agreement:
    """`vectors`: of source and hypothesis  # (2, width)."""
    return Agreement(
        source,
        hypothesis,
        float(vectors[0] @ vectors[1]),
        vectors,
        overlap(source, hypothesis, language),
        SourceView.MEANING,
        rated=None if rate is None else rate(*vectors),
    )


def source_language(document: Document) -> LanguageGuess:
    """The language of the source: the one that was named, or the one it reads as; None where nothing tells.

    A text that surely reads as another language than the named one is of that other language.
    """
    guess = _guessed((document.source or "")[:_SAMPLE])
    named = document.source_language
    if named is None:
        return guess
    letters = sum(map(str.isalpha, (document.source or "")[:_SAMPLE]))
    is_sure = guess.language is not None and guess.probability >= _SURE and letters >= _LEAST_LETTERS
    return guess if is_sure and _is_told_apart(guess, named) else LanguageGuess(named, 1.0)


@lru_cache(maxsize=1024)
def _guessed(sample: str) -> LanguageGuess:
    """Pairing, comparison and notes ask for the same sources."""
    return guess_language(sample)


def common_language(texts: Iterable[str]) -> str | None:
    """The language that most of the first texts of a file are in, None where nothing tells: one line says little."""
    sample = "\n".join(text for text, _ in zip(texts, range(_LINES), strict=False))
    guess = guess_language(sample[:_SAMPLE])
    return guess.language if guess.probability >= _LIKELY else None


_ALIKE = (
    {"hr", "sr", "bs", "sh", "me"},
    {"no", "nb", "nn", "da", "sv"},
    {"cs", "sk"},
    {"id", "ms"},
    {"zh", "yue", "wuu"},
    {"ru", "uk", "be"},
)


def _is_told_apart(guess: LanguageGuess, named: str) -> bool:
    """False for languages that a guess on a few words takes for one another."""
    own = named.partition("-")[0]
    return guess.language != own and not any({guess.language, own} <= group for group in _ALIKE)


def _texts(document: Document) -> list[tuple[str, str] | None]:
    """Per segment its part of the source and the text of all segments that share it; None without letters or digits."""
    found: list[tuple[str, str] | None] = []
    for source_span, group in groupby(document.segments, key=lambda segment: segment.source_span):
        segments = list(group)
        both = None
        if source_span is not None and document.source is not None:
            whole = Span(segments[0].span.start, segments[-1].span.end)
            source, hypothesis = source_span.of(document.source).strip(), whole.of(document.text).strip()
            both = (source, hypothesis) if _says(source) and _says(hypothesis) else None
        found += [both] * len(segments)
    return found


def _says(text: str) -> bool:
    return any(map(str.isalnum, text))
