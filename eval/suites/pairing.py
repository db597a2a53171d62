"""Pairing of sentences in documents that are parallel only as a whole.

Sources and references of WMT news are joined to documents; seeded changes drop sentences on either side, merge
neighbours and split sentences. Lines that both sides write in several sentences are left out, since nobody says which
of those belong together; lines with one sentence on one side and two on the other are natural 1-2 and 2-1 links. Half
of the documents are one paragraph, half have paragraphs. Strict precision and recall: a link counts only if all its
sentences on both sides are right. Links with an empty side are counted apart, as sentences left untranslated and added.
"""

from __future__ import annotations

import random
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

from eval.datasets.folder import data_file
from eval.datasets.wmt_news import read_lines, reference_file, source_file
from mtqa import Checker, __version__
from mtqa.pairing import Paired, TextEncoder, find_links
from mtqa.schema.document import Document, Segment, Span
from mtqa.schema.roles import MeaningEncoder, is_covered
from mtqa.segmenting import segment
from mtqa.segmenting.source import segment_source

SEED = 2022
LANGUAGES: Mapping[int, tuple[str, ...]] = MappingProxyType(
    {21: ("cs", "de", "ja", "ru", "zh"), 22: ("cs", "de", "ja", "ru", "uk", "zh")}
)
_UNSPACED = frozenset(("ja", "zh"))  # sentences follow each other without a space
_LINES = (8, 40)  # lines of a document, least and most
_PARAGRAPH = (1, 5)  # lines of a paragraph

# Probabilities per line of each change.
_DROP_TARGET = 0.06
_DROP_SOURCE = 0.04
_MERGE = 0.08
_SPLIT = 0.08

_END = re.compile(r"[.!?。！？]\Z")
_CLAUSE = MappingProxyType(
    {"target": re.compile(r"(?<=[a-z]), (?=and|but|while)|; "), "source": re.compile(r"[，、]|, ")}
)


@dataclass(frozen=True, slots=True)
class Line:
    """The part of a text that belongs to one or more lines of the test set."""

    numbers: tuple[int, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Case:
    """A document, where its lines are, and those of its source."""

    document: Document
    target_lines: tuple[tuple[Span, tuple[int, ...]], ...]
    source_lines: tuple[tuple[Span, tuple[int, ...]], ...]


Group = tuple[tuple[int, ...], tuple[int, ...]]  # indexes of segments and of source segments


def run(
    documents: int | None = 20, year: int = 22, *, encoder: MeaningEncoder | Literal["shipped"] | None = "shipped"
) -> dict[str, Any]:
    """Figures on `documents` of each language (None: 100), without an encoder and, if there is one, with it."""
    if encoder == "shipped":
        encoder = Checker().encoder
    figures: dict[str, Any] = {}
    details = []
    variants: dict[str, TextEncoder | None] = {"": None} | ({"_with_encoder": encoder} if encoder else {})
    for suffix, used in variants.items():
        all_counts: Counter[str] = Counter()
        for language in LANGUAGES[year]:
            known = used if encoder is not None and is_covered(encoder, language) else None
            if used is not None and known is None:
                continue
            made = cases(year, language, 100 if documents is None else documents)
            counts = sum((count(case, find_links(case.document, known)) for case in made), Counter[str]())
            all_counts += counts
            details.append({"language": language, "variant": suffix.strip("_") or "plain", **measures(counts)})
            figures[f"pairing_{language}_f1{suffix}"] = measures(counts)["f1"]
        figures |= {f"pairing_{name}{suffix}": value for name, value in measures(all_counts).items()}
    return {
        "figures": figures,
        "details": details,
        "signature": f"mtqa:{__version__}|pairing:lengths+anchors"
        + (f"|with_encoder:{encoder.signature}" if encoder else ""),
        "settings": {"documents_per_language": documents or 100, "year": year, "seed": SEED},
    }


def cases(year: int, language: str, documents: int) -> list[Case]:
    """Seeded documents; the same for each run."""
    sources, targets = (read_lines(data_file(name(year, language))) for name in (source_file, reference_file))
    rng = random.Random(f"{SEED} {language}")  # noqa: S311 - a sample, not a secret
    found = []
    for number in range(documents):
        size = rng.randint(*_LINES)
        start = rng.randrange(len(sources) - size)
        chosen = [
            index
            for index in range(start, start + size)
            if is_simple(sources[index], targets[index], language, in_prose=number % 2 == 0)
        ]
        if len(chosen) >= _LINES[0] // 2:
            pairs = [(index, sources[index], targets[index]) for index in chosen]
            found.append(corrupt(pairs, language, rng, in_prose=number % 2 == 0))
    return found


def is_simple(source: str, target: str, language: str, *, in_prose: bool) -> bool:
    """One sentence on at least one side, and two at most on the other; in prose both end like sentences."""
    if in_prose and not (_END.search(source) and _END.search(target)):
        return False
    counts = len(segment_source(source, language)), len(segment(Document("", target)).segments)
    return sorted(counts) in ([1, 1], [1, 2])


def corrupt(
    pairs: Sequence[tuple[int, str, str]], language: str, rng: random.Random, *, in_prose: bool = False
) -> Case:
    """Drop, merge and split lines on both sides, then join them to texts."""
    sides: dict[str, list[Line]] = {"source": [], "target": []}
    for number, source, target in pairs:
        fate = rng.random()
        if fate >= _DROP_TARGET:
            sides["target"].append(Line((number,), _split(target, "target", rng, ". ")))
        if not _DROP_TARGET <= fate < _DROP_TARGET + _DROP_SOURCE:
            stop = "。" if language in _UNSPACED else ". "
            sides["source"].append(Line((number,), _split(source, "source", rng, stop)))
    breaks = _breaks([number for number, _, _ in pairs], rng, in_prose=in_prose)
    source, source_lines = _join(_merge(sides["source"], rng), breaks, "" if language in _UNSPACED else " ")
    target, target_lines = _join(_merge(sides["target"], rng), breaks, " ")
    document = segment(Document("", target, source=source, source_language=language))
    return Case(document, target_lines, source_lines)


def _split(text: str, side: str, rng: random.Random, stop: str) -> str:
    found = [match for match in _CLAUSE[side].finditer(text) if 20 < match.start() < len(text) - 20]
    if not found or rng.random() >= _SPLIT:
        return text
    match = rng.choice(found)
    rest = text[match.end() :]
    return f"{text[: match.start()]}{stop}{rest[0].upper()}{rest[1:]}"


def _merge(lines: Sequence[Line], rng: random.Random) -> list[Line]:
    merged: list[Line] = []
    for line in lines:
        if merged and len(merged[-1].numbers) == 1 and rng.random() < _MERGE and _END.search(merged[-1].text):
            comma = "，" if merged[-1].text[-1] in "。！？" else "; "
            head = line.text[0].lower() + line.text[1:]
            merged[-1] = Line(merged[-1].numbers + line.numbers, merged[-1].text[:-1] + comma + head)
        else:
            merged.append(line)
    return merged


def _breaks(numbers: Sequence[int], rng: random.Random, *, in_prose: bool) -> set[int]:
    """The lines that begin a paragraph."""
    if in_prose:
        return set()
    breaks, left = set(), 0
    for number in numbers:
        if left == 0:
            breaks.add(number)
            left = rng.randint(*_PARAGRAPH)
        left -= 1
    return breaks


def _join(lines: Sequence[Line], breaks: set[int], space: str) -> tuple[str, tuple[tuple[Span, tuple[int, ...]], ...]]:
    text, spans = "", []
    for line in lines:
        # A line without a full stop would run into the next one.
        is_open = text != "" and not _END.search(text)
        text += ("\n" if line.numbers[0] in breaks or is_open else space) if text else ""
        spans.append((Span(len(text), len(text) + len(line.text)), line.numbers))
        text += line.text
    return text, tuple(spans)


def right_links(case: Case, source_segments: Sequence[Segment]) -> set[Group]:
    """Segments and source segments that hang together through the lines they hold."""
    held: dict[int, int] = {}  # line -> group, by union of the lines that a segment touches

    def root(line: int) -> int:
        while held.setdefault(line, line) != line:
            line = held[line]
        return line

    sides = [
        [_lines_of(one.span, lines) for one in segments]
        for segments, lines in ((case.document.segments, case.target_lines), (source_segments, case.source_lines))
    ]
    for touched in (lines for side in sides for lines in side):
        for line in touched[1:]:
            held[root(line)] = root(touched[0])
    groups: dict[int, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    for number, side in enumerate(sides):
        for index, touched in enumerate(side):
            groups[root(touched[0])][number].append(index)
    return {(tuple(first), tuple(second)) for first, second in groups.values()}


def _lines_of(span: Span, lines: Sequence[tuple[Span, tuple[int, ...]]]) -> list[int]:
    return [number for place, numbers in lines if place.overlaps(span) for number in numbers]


def count(case: Case, paired: Paired) -> Counter[str]:
    """How many links are right, by kind."""
    right = right_links(case, paired.source_segments)
    found = {(link.segments, link.source_segments) for link in paired.links}
    counts: Counter[str] = Counter()
    for name, links in (("right", right), ("found", found), ("hit", right & found)):
        for segments, sources in links:
            counts[f"{name}_{'added' if not sources else 'omitted' if not segments else 'link'}"] += (
                len(segments or sources) if not (segments and sources) else 1
            )
            if segments and sources and (len(segments), len(sources)) != (1, 1):
                counts[f"{name}_uneven"] += 1
    return counts


def measures(counts: Mapping[str, int]) -> dict[str, float | int]:
    """Precision, recall and F1 of links; of links that are not 1-1; of sentences left out or added."""
    result: dict[str, float | int] = {"links": counts.get("right_link", 0)}
    for prefix, kind in (("", "link"), ("uneven_", "uneven"), ("omitted_", "omitted"), ("added_", "added")):
        hit, found, right = (counts.get(f"{name}_{kind}", 0) for name in ("hit", "found", "right"))
        result[f"{prefix}precision"] = round(hit / found, 3) if found else 0.0
        result[f"{prefix}recall"] = round(hit / right, 3) if right else 0.0
        result[f"{prefix}f1"] = round(2 * hit / (found + right), 3) if found + right else 0.0
    return result
