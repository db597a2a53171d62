from __future__ import annotations

import random

import pytest

from eval.suites.mismatch import is_right, load_rule, real_mismatches
from eval.suites.mismatch_kinds import KINDS, Corrupted
from mtqa import Span
from mtqa.schema.issue import Category, Evidence, EvidenceKind, Issue, Severity

TEXT = "In 1985 he paid (so they say) 3.5 million for twenty horses; was it “too much” for him?"


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_changes_a_text_where_it_says(kind: str) -> None:
    corrupted = KINDS[kind].corrupt(TEXT, random.Random(1))
    assert corrupted is not None
    assert corrupted.text != TEXT
    if corrupted.span is not None:
        start, end = corrupted.span.start, len(corrupted.text) - corrupted.span.end
        assert corrupted.text[:start] == TEXT[:start]
        assert corrupted.text.endswith(TEXT[len(TEXT) - end :] if end else "")


@pytest.mark.parametrize("kind", KINDS)
def test_texts_without_anything_to_corrupt_are_left_alone(kind: str) -> None:
    assert KINDS[kind].corrupt("Nothing here", random.Random(1)) is None


def test_every_kind_has_a_rule_that_ships() -> None:
    assert {load_rule(kind.rule).rule.id for kind in KINDS.values()} == {kind.rule for kind in KINDS.values()}


def test_a_finding_is_right_where_the_text_was_corrupted() -> None:
    issue = Issue("r", Span(3, 7), Category.NUMBER, Severity.MAJOR, 0.9, "m", (Evidence(EvidenceKind.SOURCE, "e"),))
    assert is_right(issue, Corrupted("", Span(5, 9)), [])
    assert not is_right(issue, Corrupted("", Span(7, 9)), [])
    assert is_right(issue, Corrupted("", None), [])
    assert not is_right(issue, Corrupted("", None), [issue])


def test_known_mismatches_of_the_references_are_read() -> None:
    assert (21, "cs", 937) in real_mismatches()
