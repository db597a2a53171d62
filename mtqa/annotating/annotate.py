"""Filling annotations: computes only what the rules that will run need, for all documents in one batch."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from mtqa.annotating.languages import guess_languages
from mtqa.annotating.mentions import find_mentions
from mtqa.detecting.protocol import Need, Rule
from mtqa.schema.annotations import Annotations, TokenSurprisal
from mtqa.schema.document import Document
from mtqa.schema.roles import LanguageModel


def annotate(
    documents: Sequence[Document], rules: Iterable[Rule], language_model: LanguageModel | None
) -> list[Annotations]:
    """One Annotations per segmented document.

    Surprisal is computed whenever there is a language model: the quality score rests on it too.
    """
    needs = {need for rule in rules for need in rule.needs}
    surprisals = read_documents(documents, language_model) if language_model else [None] * len(documents)
    return [
        Annotations(
            mentions=find_mentions(document) if Need.MENTIONS in needs else None,
            languages=guess_languages(document),
            surprisal=surprisal,
        )
        for document, surprisal in zip(documents, surprisals, strict=True)
    ]


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
