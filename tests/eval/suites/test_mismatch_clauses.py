from __future__ import annotations

import random

import pytest

from eval.suites import mismatch_clauses
from eval.suites.mismatch_clauses import KINDS, RULES, clauses, dropped_clause
from mtqa.knowledge import Knowledge


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("He stayed at home, because it rained all day.", ["He stayed at home, ", ", because it rained all day"]),
        ("After the end of the storm, they left.", ["After the end of the storm, "]),
        ("It failed (as the old plan had) again.", [" (as the old plan had)"]),
        ("He left when the rain had stopped.", [" when the rain had stopped"]),
        ("Apples, pears, plums and nuts.", []),
    ],
)
def test_clauses_go_with_their_marks(text: str, found: list[str]) -> None:
    spans = [span.of(text) for span in clauses(text)]
    assert [one.strip() for one in spans] == [one.strip() for one in found]


def test_a_dropped_clause_is_gone_and_remembered() -> None:
    text = "The bridge was closed on Monday, because experts had found cracks, and stays so until May."
    made = dropped_clause("", text, "de", Knowledge(), random.Random(1))
    assert made is not None
    assert made.span is None
    assert made.right in text
    assert made.right not in made.text
    assert len(made.text) < len(text)


@pytest.mark.parametrize("text", ["He left.", "Apples, pears, plums and nuts."])
def test_lines_without_clauses_are_left_alone(text: str) -> None:
    assert dropped_clause("", text, "de", Knowledge(), random.Random(1)) is None


def test_an_added_clause_is_marked(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = ("One thing.", "He came late, because it rained all day.", "A third thing.")
    monkeypatch.setattr(mismatch_clauses, "_lines", lambda language: (lines, {"Quelle": 0}))
    mismatch_clauses._all_clauses.cache_clear()
    text = "The bridge over the river was closed on Monday morning."
    made = KINDS["clause-added"]("Quelle", text, "de", Knowledge(), random.Random(3))
    mismatch_clauses._all_clauses.cache_clear()
    assert made is not None
    assert made.span is not None
    assert made.span.of(made.text) == "because it rained all day"
    assert made.text == "The bridge over the river was closed on Monday morning, because it rained all day."


def test_every_kind_has_its_rule() -> None:
    assert KINDS.keys() == RULES.keys()
