"""Which source sentence each segment of a document translates.

    document = pair(document)                      # fills Segment.source_span and Document.unpaired_source
    paired = find_links(document, encoder)         # the same, with the links

Offsets are code points of `document.source`. A document of one segment whose source is one paragraph is a line of a
line-parallel file: it is paired with its whole line. Everything else is aligned by mtqa.pairing.alignment.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from mtqa.pairing.alignment import Step, align
from mtqa.pairing.costs import LinkCosts
from mtqa.pairing.meaning import TextEncoder
from mtqa.schema.document import Document, Segment, Span
from mtqa.segmenting.source import segment_source

__all__ = ["Link", "Paired", "TextEncoder", "find_links", "pair", "pair_many"]

_SHORT = 100  # segments of a document; more are enough for an encoder to work on
_AHEAD = 500  # segments of documents whose sentences are embedded together, as many of the source beside them


@dataclass(frozen=True, slots=True)
class Link:
    """Indexes of the segments and of the source segments that translate each other; one of the two may be empty."""

    segments: tuple[int, ...]
    source_segments: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Paired:
    """A document with its source spans, and what they rest on.

    `source_segments` are the sentences of the source. `links` lie in text order on both sides and hold every segment
    and every source segment exactly once. Segments of one link share one source span.
    """

    document: Document
    source_segments: tuple[Segment, ...] = ()
    links: tuple[Link, ...] = ()


def pair(document: Document, encoder: TextEncoder | None = None) -> Document:
    """The segmented document with `source_span` of every segment that has a partner, None for the others.

    A document without source comes back unchanged. `encoder` makes pairs surer; without it lengths, numbers, names
    and paragraphs decide.
    """
    return find_links(document, encoder).document


def pair_many(documents: Sequence[Document], encoder_of: Callable[[Document], TextEncoder | None]) -> list[Document]:
    """`pair` of each document with its encoder; those without a source, or paired already, come back unchanged.

    An encoder that several short documents share is asked for all their sentences before each is paired, in blocks of
    some thousand: it works better on many, and should remember what it said.
    """
    found: list[Document] = []
    for block in _blocks(documents):
        tasks = [None if _is_settled(document) else _Task.of(document, encoder_of(document)) for document in block]
        sharing: defaultdict[int, list[_Task]] = defaultdict(list)
        for task in tasks:
            if task is not None and 1 < len(task.document.segments) <= _SHORT:
                sharing[id(task.encoder)].append(task)
        for own in sharing.values():
            if (encoder := own[0].encoder) is not None and len(own) > 1:
                encoder.embed([sentence for task in own for sentence in task.sentences()])
        found += [
            document if task is None else task.paired().document for document, task in zip(block, tasks, strict=True)
        ]
    return found


def _blocks(documents: Sequence[Document]) -> Iterator[list[Document]]:
    """Documents in order, in blocks of at most _AHEAD segments, or of one longer document."""
    block: list[Document] = []
    segments = 0
    for document in documents:
        own = len(document.segments)
        if block and segments + own > _AHEAD:
            yield block
            block, segments = [], 0
        block.append(document)
        segments += own
    if block:
        yield block


def _is_settled(document: Document) -> bool:
    return document.source is None or any(segment.source_span is not None for segment in document.segments)


def find_links(document: Document, encoder: TextEncoder | None = None) -> Paired:
    """Pair a segmented document with its source; without a source there are no links."""
    return Paired(document) if document.source is None else _Task.of(document, encoder).paired()


@dataclass(frozen=True, slots=True)
class _Task:
    """A document with a source, whose sentences are known, and what pairs them."""

    document: Document
    source: str
    source_segments: tuple[Segment, ...]
    encoder: TextEncoder | None

    @classmethod
    def of(cls, document: Document, encoder: TextEncoder | None) -> _Task:
        source = document.source or ""
        return cls(document, source, segment_source(source, document.source_language), encoder)

    def sentences(self) -> list[str]:
        """The sentences of both sides, as they are embedded."""
        own = [segment.span.of(self.source) for segment in self.source_segments]
        return own + [self.document.text_of(segment) for segment in self.document.segments]

    def paired(self) -> Paired:
        """The links, and the document with its source spans."""
        document, source_segments = self.document, self.source_segments
        steps = _steps(document, self.source, source_segments, self.encoder)
        spans: list[Span | None] = [None] * len(document.segments)
        links = []
        for step in steps:
            link = Link(
                tuple(range(step.target, step.target + step.of_target)),
                tuple(range(step.source, step.source + step.of_source)),
            )
            links.append(link)
            if link.source_segments:
                covered = [source_segments[index].span for index in link.source_segments]
                spans[step.target : step.target + step.of_target] = [Span(covered[0].start, covered[-1].end)] * (
                    step.of_target
                )
        segments = tuple(
            replace(segment, source_span=span) for segment, span in zip(document.segments, spans, strict=True)
        )
        alone = tuple(
            source_segments[index].span for link in links if not link.segments for index in link.source_segments
        )
        return Paired(replace(document, segments=segments, unpaired_source=alone), source_segments, tuple(links))


def _steps(
    document: Document, source: str, source_segments: Sequence[Segment], encoder: TextEncoder | None
) -> list[Step]:
    if len(document.segments) == 1 and source_segments and source_segments[-1].paragraph == 0:
        return [Step(0, len(source_segments), 0, 1)]
    costs = LinkCosts(source, document.text, source_segments, document.segments, encoder)
    first = align(costs)
    costs.fit(first)
    return align(costs, near=first)
