from __future__ import annotations

import datetime as dt
from importlib.resources import files

import pytest

from mtqa.knowledge.given_names import load_given_names
from mtqa.knowledge.honorifics import load_honorifics
from mtqa.knowledge.names import load_names
from mtqa.knowledge.status import table_states
from mtqa.knowledge.words import load_words

STATES = {state.name: state for state in table_states()}


def test_every_shipped_table_is_listed_in_order() -> None:
    shipped = {path.name for path in files("mtqa.knowledge").joinpath("tables").iterdir()} - {"ATTRIBUTION.md"}
    assert set(STATES) == shipped
    assert list(STATES) == sorted(STATES)


@pytest.mark.parametrize("name", sorted(STATES))
def test_every_table_has_rows_sources_and_a_day(name: str) -> None:
    state = STATES[name]
    assert state.rows > 0
    assert 0 < len(state.sources) <= 3
    assert all(source.strip() for source in state.sources)
    assert dt.date(2020, 1, 1) <= dt.date.fromisoformat((state.as_of + "-01")[:10]) <= dt.date(2100, 1, 1)


def test_rows_are_those_that_the_tables_hold() -> None:
    words = load_words()
    assert STATES["honorifics.tsv"].rows == len(load_honorifics().rows)
    assert STATES["given_names.tsv"].rows == len(load_given_names().sets)
    assert STATES["names.npz"].rows == len(load_names().last)
    assert STATES["words.tsv.xz"].rows == len(words.english) + sum(len(codes) for codes in words.foreign.values())
