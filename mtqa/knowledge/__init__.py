"""Facts that rules look up: offices and their holders, names, places, false friends, honorifics, word lists.

Every table is a TSV file under `tables/` whose rows carry their source and the day they were last seen to be
true. `Knowledge` loads each table when it is first asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mtqa.knowledge.calques import Calques
    from mtqa.knowledge.constructions import Constructions
    from mtqa.knowledge.given_names import GivenNames
    from mtqa.knowledge.honorifics import Honorifics
    from mtqa.knowledge.names import Names
    from mtqa.knowledge.offices import Offices
    from mtqa.knowledge.places import Places
    from mtqa.knowledge.titles import Titles
    from mtqa.knowledge.words import Words


@dataclass(frozen=True)
class Knowledge:
    """All tables; `extra` are a user's own tables of people (`--knowledge`), which override ours."""

    extra: tuple[Path, ...] = ()

    @cached_property
    def places(self) -> Places:
        """Countries and organisations with their names and demonyms."""
        from mtqa.knowledge.places import load_places

        return load_places()

    @cached_property
    def offices(self) -> Offices:
        """Who held which office, from when to when."""
        from mtqa.knowledge.offices import load_offices

        return load_offices(self.extra)

    @cached_property
    def titles(self) -> Titles:
        """Titles and the offices they mean, per country where that differs."""
        from mtqa.knowledge.titles import load_titles

        return load_titles()

    @cached_property
    def names(self) -> Names:
        """Names of known people."""
        from mtqa.knowledge.names import load_names

        return load_names(self.extra)

    @cached_property
    def given_names(self) -> GivenNames:
        """Given names that are the same across languages."""
        from mtqa.knowledge.given_names import load_given_names

        return load_given_names()

    @cached_property
    def honorifics(self) -> Honorifics:
        """Titles and abbreviations that translations leave behind, with their language."""
        from mtqa.knowledge.honorifics import load_honorifics

        return load_honorifics()

    @cached_property
    def calques(self) -> Calques:
        """False friends by source language."""
        from mtqa.knowledge.calques import load_calques

        return load_calques()

    @cached_property
    def constructions(self) -> Constructions:
        """Constructions carried over from other languages."""
        from mtqa.knowledge.constructions import load_constructions

        return load_constructions()

    @cached_property
    def words(self) -> Words:
        """English word frequencies and frequent words of other languages."""
        from mtqa.knowledge.words import load_words

        return load_words()


def load_knowledge(extra: Sequence[Path] = ()) -> Knowledge:
    """All tables, each read on first use; the user's own tables are read at once so that errors show early."""
    knowledge = Knowledge(tuple(extra))
    if extra:
        _ = knowledge.offices, knowledge.names
    return knowledge
