"""Finding known office holders in running text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from mtqa.knowledge.offices import Offices, Term
from mtqa.knowledge.romanisation import fold, similarity
from mtqa.schema.document import Span

_PARTICLES = r"(?:van|von|der|den|de|la|del|da|dos|bin|ibn|al|el|i|e)"
_WORD = r"[^\W\d_a-z](?:[^\W\d_]|['’.\-‐](?=[^\W\d_]))*"
_RUN = re.compile(rf"{_WORD}(?:[ \u00a0](?:{_PARTICLES}[ \u00a0])*{_WORD}){{0,5}}")
_MOST_WORDS = 4
_LEAST_ALIKE = 0.6


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """A name in the text and the terms of the person it may mean, the latest first."""

    span: Span
    terms: tuple[Term, ...]

    @property
    def places(self) -> frozenset[str]:
        """Where the person holds or held offices, and belongs."""
        return frozenset(place for term in self.terms for place in (term.place, *term.home))


def find_known_people(text: str, span: Span, offices: Offices) -> Iterator[KnownPerson]:
    """Known people named within `span`, in order.

    A name of two or more words counts whoever bears it; a single word only if it is the surname of heads of state
    or government of one name. Garbled names are not found.
    """
    for run in _RUN.finditer(text, span.start, span.end):
        words = [(match.start(), match.end()) for match in re.finditer(r"\S+", run.group())]
        at = 0
        while at < len(words):
            for size in range(min(_MOST_WORDS, len(words) - at), 0, -1):
                start, end = run.start() + words[at][0], run.start() + words[at + size - 1][1]
                name = re.sub(r"['’]s?$", "", text[start:end])
                terms = _terms(name, size, offices)
                if terms:
                    yield KnownPerson(Span(start, start + len(name)), terms)
                    at += size
                    break
            else:
                at += 1


def _begins_a_name(word: str, term: Term) -> bool:
    """True if `word` is like a word of the person's names: "Tuesday Joe Biden" is no name of Joe Biden."""
    names = (term.name, *term.aliases)
    return any(similarity(word, other) >= _LEAST_ALIKE for name in names for other in fold(name).split())


def _terms(name: str, size: int, offices: Offices) -> tuple[Term, ...]:
    terms = offices.terms_of(name)
    if not terms:
        return ()
    if size > 1:
        first = fold(name).split()[0]
        return tuple(term for term in terms if _begins_a_name(first, term))
    rulers = tuple(term for term in terms if term.is_ruler)
    return rulers if len({(term.name, term.surname) for term in rulers}) == 1 and len(name) > 3 else ()
