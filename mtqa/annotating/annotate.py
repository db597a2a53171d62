"""Filling annotations: computes only what the rules that will run need, for all documents in one batch."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from mtqa.annotating.agreement import find_agreement
from mtqa.annotating.languages import guess_languages
from mtqa.annotating.mentions import find_mentions
from mtqa.detecting.protocol import Need, Rule, Use
from mtqa.schema.annotations import Agreement, Annotations, SegmentQuality, SentenceQuality, TokenSurprisal
from mtqa.schema.document import Document
from mtqa.schema.roles import JointEstimator, LanguageModel, MeaningEncoder, QualityEstimator


def annotate(
    documents: Sequence[Document],
    rules: Iterable[Rule],
    language_model: LanguageModel | None,
    estimator: QualityEstimator | None = None,
    encoder: MeaningEncoder | None = None,
    joint: JointEstimator | None = None,
    *,
    tokens: bool | None = None,
) -> list[Annotations]:
    """One Annotations per segmented document; `token_error` where `tokens` or, None, where a rule reads it.

    The estimator reads every segment, since scores rest on it, encoder and joint estimator every segment that is paired
    with its source; the language model reads only for rules that need it, or where there is no estimator.
    """
    rules = list(rules)
    needs = {need for rule in rules for need in rule.needs}
    if tokens is None:
        tokens = Need.TOKEN_ERROR in needs or any(Use.ESTIMATOR in rule.uses for rule in rules)
    reads = language_model is not None and (Need.SURPRISAL in needs or estimator is None)
    surprisals = read_documents(documents, language_model) if language_model and reads else [None] * len(documents)
    qualities = rate_documents(documents, estimator, tokens=tokens) if estimator else [None] * len(documents)
    agreements = find_agreement(documents, encoder, joint)
    return [
        Annotations(
            mentions=find_mentions(document) if Need.MENTIONS in needs else None,
            languages=guess_languages(document) if Need.LANGUAGES in needs else None,
            surprisal=surprisal,
            token_error=tuple(one.tokens for one in quality) if quality is not None and tokens else None,
            sentence_quality=None if quality is None else _with_source(quality, agreement, estimator),
            agreement=agreement,
        )
        for document, surprisal, quality, agreement in zip(documents, surprisals, qualities, agreements, strict=True)
    ]


def rate_documents(
    documents: Sequence[Document], estimator: QualityEstimator, *, tokens: bool = True
) -> list[tuple[SegmentQuality, ...] | None]:
    """The quality of every segment, each read by itself, spans in code points of its document."""
    texts = [document.text_of(segment) for document in documents for segment in document.segments]
    rated = iter(estimator.rate(texts, tokens=tokens))
    return [tuple(_placed(next(rated), segment.span.start) for segment in document.segments) for document in documents]


def _with_source(
    qualities: Sequence[SegmentQuality],
    agreements: Sequence[Agreement | None] | None,
    estimator: QualityEstimator | None,
) -> tuple[SentenceQuality, ...]:
    """The quality of the sentences, with the source in view where a segment has a part of it."""
    if agreements is None or estimator is None:
        return tuple(one.sentence for one in qualities)
    return tuple(
        one.sentence if agreement is None else estimator.with_source(one.sentence, agreement)
        for one, agreement in zip(qualities, agreements, strict=True)
    )


def _placed(quality: SegmentQuality, start: int) -> SegmentQuality:
    return replace(quality, tokens=tuple(replace(one, span=one.span.shift(start)) for one in quality.tokens))


def read_documents(
    documents: Sequence[Document], language_model: LanguageModel
) -> list[tuple[tuple[TokenSurprisal, ...], ...] | None]:
    """Surprisal per token for every segment; each document is read as one text, so context crosses sentences."""
    readings = language_model.read([document.text for document in documents])
    return [split_by_segment(document, tokens) for document, tokens in zip(documents, readings, strict=True)]


def split_by_segment(document: Document, tokens: Sequence[TokenSurprisal]) -> tuple[tuple[TokenSurprisal, ...], ...]:
    """The tokens of each segment; a token belongs where its last character lies, white space to no segment."""
    groups: list[list[TokenSurprisal]] = [[] for _ in document.segments]
    for token in tokens:
        segment = document.segment_at(max(token.span.start, token.span.end - 1))
        if segment is not None:
            groups[segment.index].append(token)
    return tuple(tuple(group) for group in groups)
