from __future__ import annotations

import random
from functools import cache

import pytest

from eval.suites import mismatch, mismatch_segments
from eval.suites.mismatch import KINDS, RULES, is_right, load_rule, source_detectors
from eval.suites.mismatch_kinds import KINDS as KINDS_OF_TARGET
from eval.suites.mismatch_kinds import Corrupted
from eval.suites.mismatch_pairs import LANGUAGES, Pair, clean_pairs, real_mismatches
from mtqa import Span
from mtqa.detecting.discovery import discover
from mtqa.detecting.protocol import Need
from mtqa.knowledge import Knowledge, load_knowledge
from mtqa.schema.issue import Category, Evidence, EvidenceKind, Issue, Severity
from tests.meaning import FakeEncoder

TEXT = "In 1985 he paid (so they say) 3.5 million for twenty horses; was it “too much” for him?"
SOURCE = "1985 zahlte er (so sagt man) 3,5 Millionen für zwanzig Pferde; war das „zu viel“ für ihn?"


@cache
def knowledge() -> Knowledge:
    return load_knowledge()


@pytest.mark.parametrize("kind", KINDS_OF_TARGET)
def test_every_kind_changes_a_text_where_it_says(kind: str) -> None:
    corrupted = KINDS[kind](SOURCE, TEXT, "de", knowledge(), random.Random(1))
    assert corrupted is not None
    assert corrupted.text != TEXT
    if corrupted.span is not None:
        start, end = corrupted.span.start, len(corrupted.text) - corrupted.span.end
        assert corrupted.text[:start] == TEXT[:start]
        assert corrupted.text.endswith(TEXT[len(TEXT) - end :] if end else "")


@pytest.mark.parametrize("kind", KINDS_OF_TARGET)
def test_texts_without_anything_to_corrupt_are_left_alone(kind: str) -> None:
    assert KINDS[kind]("Hier nichts", "Nothing here", "de", knowledge(), random.Random(1)) is None


def test_every_kind_has_a_rule_that_ships_and_reads_the_source() -> None:
    assert RULES.keys() == KINDS.keys()
    own = {detector.rule.id for detector in source_detectors()}
    assert own == {
        one.rule.id for one in discover() if {Need.SOURCE, Need.AGREEMENT, Need.COMPARISON} & {*one.rule.needs}
    }
    assert own >= {load_rule(rule).rule.id for rule in RULES.values()} >= {"number-mismatch", "omission"}


def test_a_finding_is_right_where_the_text_was_corrupted() -> None:
    issue = Issue("r", Span(3, 7), Category.NUMBER, Severity.MAJOR, 0.9, "m", (Evidence(EvidenceKind.SOURCE, "e"),))
    assert is_right(issue, Corrupted("", Span(5, 9)), [])
    assert not is_right(issue, Corrupted("", Span(7, 9)), [])
    assert is_right(issue, Corrupted("", None), [])
    assert not is_right(issue, Corrupted("", None), [issue])


def test_known_mismatches_of_the_references_are_read() -> None:
    assert (21, "cs", 937) in real_mismatches("number-mismatch")
    assert (21, "de", 242) in real_mismatches("omission")
    assert real_mismatches("wrong-segment") == frozenset()


def test_a_line_is_swapped_for_another_of_its_language(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = tuple(f"This is line number {number} of the whole document." for number in range(9))
    places = {f"Zeile {number}": number for number in range(9)}
    monkeypatch.setattr(mismatch_segments, "_lines", lambda language: (lines, places))
    for seed in range(20):
        chance = random.Random(seed)
        made = mismatch_segments.swapped_sentence("Zeile 4", lines[4], "de", knowledge(), chance)
        assert made is not None
        assert made.text in lines
        assert made.text != lines[4] == made.right
        assert made.span == Span(0, len(made.text))
        assert mismatch_segments.swapped_sentence("Zeile 4", "Too short", "de", knowledge(), chance) is None
        assert mismatch_segments.swapped_sentence("Zeile 10", lines[4], "de", knowledge(), chance) is None


PAIRS = [
    Pair(21, "de", 1, "Am Montag kamen 347 Gäste nach Berlin.", "On Monday 347 guests came to Berlin."),
    Pair(21, "de", 2, "Der Verein hat jetzt 2.150 Mitglieder.", "The club now has 2,510 members."),
    Pair(21, "de", 3, "Er schwieg.", "He was silent."),
]


def _few(year: int, language: str, lines: int | None) -> list[Pair]:
    return PAIRS[:lines] if language == "de" else []


@pytest.mark.parametrize(("is_real", "alarms"), [(False, 333.33), (True, 0.0)])
def test_the_suite_counts_findings_and_alarms(monkeypatch: pytest.MonkeyPatch, *, is_real: bool, alarms: float) -> None:
    def clean(year: int, lines: int | None) -> dict[str, list[Pair]]:
        return {"de": _few(year, "de", lines)}

    def real(rule: str, one: Pair) -> bool:
        return is_real and one.line == 2

    for name, replacement in (("pairs", _few), ("clean_pairs", clean), ("is_real", real)):
        monkeypatch.setattr(mismatch, name, replacement)
    encoder = FakeEncoder({one.reference: one.source for one in PAIRS})
    result = mismatch.run(lines=3, encoder=encoder, kinds=("digit-changed", "number-dropped"))
    figures = result["figures"]
    assert figures["alarms_per_1000_de_of_number_mismatch"] == figures["alarms_per_1000_de"] == alarms
    assert figures["real_mismatches_de"] == is_real
    assert figures["cases_of_number_mismatch"] == 4
    assert figures["recall_of_number_mismatch_on_digit_changed"] == 1.0
    assert figures["precision_of_number_mismatch"] == (1.0 if is_real else pytest.approx(4 / 6, abs=0.17))
    states = [(row["case"], row["state"]) for row in result["details"]]
    assert states.count(("clean", "real" if is_real else "wrong")) == 1
    assert encoder.asked


@pytest.mark.data
@pytest.mark.parametrize("year", LANGUAGES)
def test_clean_pairs_have_every_language(year: int) -> None:
    found = clean_pairs(year, 2)
    assert found.keys() == {"fr", *LANGUAGES[21], *LANGUAGES[22]}
    assert all(len(own) == 2 and own[0].source != own[0].reference for own in found.values())
