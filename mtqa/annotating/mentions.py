"""Names in running text: runs of capitalised words with the particles between them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mtqa.schema.annotations import Mention
from mtqa.schema.document import Document, Span

_PARTICLES = r"(?:van|von|der|den|de|la|le|del|della|di|da|dos|das|du|bin|ibn|bint|al|el|ben|abu|ter|ten|zu|y|e)"
# Accents may be characters of their own (decomposed text).
_WORD = r"[^\W\d_a-z](?:[^\W\d_]|[\u0300-\u036f]|['’‘](?=[^\W\d_]{2})|[-‐‑](?=[^\W\d_]))*"
_INITIAL = r"(?<!\.)[A-Z]\.(?=[ \u00a0][^\W\d_a-z])"  # George W. Bush; not the S. of "the U.S. President"
_PIECE = rf"(?:{_INITIAL}|{_WORD})"
_RUN = re.compile(rf"{_PIECE}(?:[ \u00a0](?:{_PARTICLES}[ \u00a0]){{0,2}}{_PIECE})*")
_PART = re.compile(r"[^ \u00a0]+")
# Words that begin sentences in capitals and are no part of the name behind them.
_OPENERS = frozenset(
    "the a an in on at for from with by as of to and but or so yet if when while after before since until "
    "although though because unlike like despite during according meanwhile however also both even only then "
    "there this that these those he she it they we you i his her its their our my your what who why where how "
    "not no yes just still now today yesterday tomorrow here once perhaps maybe many most some all each every "
    "between among against about under over through without within upon did does do is are was were has have "
    "had can could will would should may might must let more less than such same other another one two three "
    "four five six seven eight nine ten thus hence therefore moreover nevertheless indeed finally furthermore "
    "instead otherwise additionally previously recently currently eventually similarly whereas whether besides among "
    "nor neither either new old former late ex then earlier later last next first second third "
    "monday tuesday wednesday thursday friday saturday sunday january february march april may june july "
    "august september october november december".split()
)


def find_mentions(document: Document) -> tuple[Mention, ...]:
    """Mentions in text order; `words` of a mention leave out particles and a possessive ending.

    Words that merely open a sentence are left out; titles and countries are not (rules know them from tables).
    """
    return tuple(mention for segment in document.segments for mention in _find(document.text, segment.span))


def _find(text: str, within: Span) -> Iterator[Mention]:
    for run in _RUN.finditer(text, within.start, within.end):
        words: list[Span] = []
        for part in _PART.finditer(run.group()):
            start, end = run.start() + part.start(), run.start() + part.end()
            written = text[start:end]
            if written.lower() in _OPENERS and (not words or written[:1].islower()):
                continue
            if written[:1].islower():  # a particle
                continue
            for ending in ("'s", "’s", "'S", "’S", "'", "’"):
                if written.endswith(ending):
                    end -= len(ending)
                    break
            words.append(Span(start, end))
        if words:
            yield Mention(span=Span(words[0].start, words[-1].end), words=tuple(words))
