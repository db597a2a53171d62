"""The page of a rule, parsed: its sections and its examples.

    ## Flagged
    > New German Chancellor Olaf [[Scholes]]{Scholz} has threatened Moscow.
    > The minister said that the[[ the]]{} budget would be cut.       empty braces: leave it out
    > The talks had failed,[[”]] the minister said on Monday.         no braces: nothing is suggested

Each line that begins with ">" is one example and one document.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from mtqa.errors import DetectorError
from mtqa.schema.document import Span

SECTIONS = ("Why", "How", "Flagged", "Accepted", "Measured", "Known gaps")
_MARK = re.compile(r"\[\[(?P<text>.*?)\]\](?:\{(?P<suggestion>[^{}]*)\})?")


@dataclass(frozen=True, slots=True)
class Expected:
    """A marked place of an example, in code points of its text; `suggestion` None: nothing is suggested."""

    span: Span
    suggestion: str | None


@dataclass(frozen=True, slots=True)
class Example:
    """A text without its marks, and what the rule finds in it, in text order."""

    text: str
    expected: tuple[Expected, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """`sections` by heading, in the order of the page, none empty."""

    rule: str
    sections: Mapping[str, str]
    flagged: tuple[Example, ...]
    accepted: tuple[Example, ...]


def parse_page(text: str) -> Page:
    """The page. DetectorError if it lacks a section, has them in another order, or an example is marked wrongly."""
    title, *parts = re.split(r"^## +", text, flags=re.MULTILINE)
    heading = re.fullmatch(r"# (?P<rule>[a-z]+(?:-[a-z]+)*)\s*", title)
    if heading is None:
        raise DetectorError(f"a page begins with “# rule-id” and then its sections, not with {title[:60]!r}")
    rule = heading["rule"]
    sections = {name.strip(): body.strip() for name, _, body in (part.partition("\n") for part in parts)}
    if tuple(sections) != SECTIONS or len(parts) != len(SECTIONS):
        raise DetectorError(f"the page of {rule} has the sections {', '.join(sections)}; needed: {', '.join(SECTIONS)}")
    for name, body in sections.items():
        if not body:
            raise DetectorError(f"the page of {rule} says nothing under {name}")
    flagged, accepted = _examples(sections["Flagged"]), _examples(sections["Accepted"])
    if not flagged or not accepted:
        raise DetectorError(f"the page of {rule} needs examples (lines that begin with >) under Flagged and Accepted")
    for example in flagged:
        if not example.expected:
            raise DetectorError(f"the page of {rule} flags an example without a mark: {example.text}")
    for example in accepted:
        if example.expected or "[[" in example.text:
            raise DetectorError(f"the page of {rule} accepts an example with a mark: {example.text}")
    return Page(rule, MappingProxyType(sections), flagged, accepted)


def parse_example(marked: str) -> Example:
    """An example without its marks. DetectorError for a mark that is empty or not closed."""
    text, expected, at = "", [], 0
    for match in _MARK.finditer(marked):
        text += marked[at : match.start()]
        span = Span(len(text), len(text) + len(match["text"]))
        if not len(span):
            raise DetectorError(f"an example marks nothing: {marked}")
        expected.append(Expected(span, match["suggestion"]))
        text += match["text"]
        at = match.end()
    text += marked[at:]
    if "[[" in text or "]]" in text:
        raise DetectorError(f"an example has a mark that is not closed: {marked}")
    return Example(text, tuple(expected))


def _examples(section: str) -> tuple[Example, ...]:
    lines = (line.strip() for line in section.splitlines())
    return tuple(parse_example(line[1:].strip()) for line in lines if line.startswith(">"))
