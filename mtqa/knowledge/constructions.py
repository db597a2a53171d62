r"""Constructions that machine translation carries over from other languages, with what English says instead.

A row of constructions.tsv holds a regular expression with a group `span` (the characters that are wrong), one or
several replacements of that span (`\g<name>` quotes a group, `{ing}` the progressive form of the group `verb`,
`{singular}` the span without its plural), and the linguistic reason. A match is only a proposal: the language
model decides in the sentence at hand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files

from mtqa.errors import KnowledgeError
from mtqa.knowledge.inflection import cased_like, progressive, singular
from mtqa.schema.document import Span

_IRREGULAR_PAST = {
    "went": "go", "came": "come", "said": "say", "saw": "see", "made": "make", "took": "take", "gave": "give",
    "knew": "know", "thought": "think", "told": "tell", "became": "become", "left": "leave", "found": "find",
    "had": "have", "was": "be", "were": "be", "wanted": "want", "started": "start", "happened": "happen",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Construction:
    """One row; `languages` are ISO 639-1 codes of sources in which the construction is regular."""

    id: str
    pattern: re.Pattern[str]
    replacements: tuple[str, ...]
    reason: str
    languages: tuple[str, ...]
    source: str
    as_of: str


@dataclass(frozen=True, slots=True)
class Match:
    """A place that a construction matches: its span in the text and what could stand there instead."""

    construction: Construction
    span: Span
    replacements: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Constructions:
    """All rows."""

    rows: tuple[Construction, ...]

    def matches(self, text: str) -> Iterator[Match]:
        """Every match of every row, row by row."""
        for row in self.rows:
            for match in row.pattern.finditer(text):
                span = Span(*match.span("span"))
                written = span.of(text)
                proposals = (_expand(template, match) for template in row.replacements)
                cased = (cased_like(written, proposal) for proposal in proposals)
                different = tuple(dict.fromkeys(one for one in cased if one != written))
                if different:
                    yield Match(row, span, different)


def load_constructions() -> Constructions:
    """Read the table. KnowledgeError names the line of a row that cannot be used."""
    path = files("mtqa.knowledge").joinpath("tables", "constructions.tsv")
    rows = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if line.startswith(("#", "id\t")) or not line.strip():
            continue
        try:
            name, pattern, replacements, reason, languages, source, as_of = line.split("\t")
            compiled = re.compile(pattern)
            compiled.groupindex["span"]
        except (ValueError, re.error, KeyError) as error:
            raise KnowledgeError(f"not a construction: {error}", path=str(path), line=number) from error
        options = tuple(replacements.split(" || "))
        rows.append(Construction(name, compiled, options, reason, tuple(languages.split()), source, as_of))
    return Constructions(tuple(rows))


def _expand(template: str, match: re.Match[str]) -> str:
    text = match.expand(template)
    groups = match.groupdict()
    if "{ing}" in text:
        text = text.replace("{ing}", progressive(groups["verb"]))
    if "{singular}" in text:
        text = text.replace("{singular}", singular(groups["span"]))
    if "{did}" in text:
        text = text.replace("{did}", f"{groups['aux']} {_IRREGULAR_PAST[groups['verb']]}")
    return text
