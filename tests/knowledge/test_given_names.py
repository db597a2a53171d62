from __future__ import annotations

from collections import Counter

import pytest

from mtqa.knowledge.given_names import load_given_names, read_given_names

NAMES = load_given_names()


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Michael", "Mike", True),
        ("Michael", "Mikhail", True),
        ("mykhailo", "MICHAL", True),
        ("José", "Joe", True),
        ("Jose\u0301", "Giuseppe", True),
        ("Volodymyr", "Vladimir", True),
        ("Anthony", "Tony", True),
        ("Antony", "Tony", True),
        ("Zork", "Zork", True),
        # A short form that two names share makes them no forms of one another.
        ("Anthony", "Antony", False),
        ("Maxim", "Maximilian", False),
        ("Gerald", "Gerhard", False),
        ("Mohammed", "Mahmud", False),
        ("Sergei", "George", False),
        ("Maria", "Mario", False),
        ("Zork", "Bork", False),
        ("", "Michael", False),
    ],
)
def test_forms_of_one_name(one: str, other: str, same: bool) -> None:
    assert NAMES.are_equivalent(one, other) is same
    assert NAMES.are_equivalent(other, one) is same


def test_forms_are_folded_and_leave_the_name_out() -> None:
    forms = NAMES.forms("Andrés")
    assert "andriy" in forms
    assert "andres" not in forms
    assert forms == sorted(forms)
    assert NAMES.forms("Zork") == []


def test_every_row_of_the_table_relates_names() -> None:
    assert all(len(names) > 1 and "" not in names for names in NAMES.sets)
    assert max(Counter(NAMES.sets).values()) == 1


def test_comments_and_blank_lines_are_no_names() -> None:
    names = read_given_names(["names\tsource\tas_of\n", "# a remark\n", "\n", "Zork Zorka\town\t2026-01-01\n"])
    assert names.sets == (frozenset({"zork", "zorka"}),)
