"""Copies, other translations and what low-adequacy reports: counted per kind, language and variant."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace

import pytest

from eval.suites import nonsense
from eval.suites.mismatch_pairs import Pair
from eval.suites.rated_lines import Origin

RATED = [SimpleNamespace(pair="et", index=number, source="s", translation=f"t{number}", mean=mean)
         for number, mean in enumerate((10.0, 45.0, 80.0, 90.0))]  # fmt: skip

ENCODER = SimpleNamespace(languages=frozenset({"de", "en"}))


def line(language: str, number: int) -> Pair:
    return Pair(
        21, language, number, f"source of {language} line number {number}", f"its translation into English {number}"
    )


@pytest.fixture(name="made")
def _made(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[tuple[Pair, str]]]:
    """Every text is scored by a rule of the test; what was asked is kept."""
    asked: dict[str, list[tuple[Pair, str]]] = {}

    lines = {
        language: [line(language, n) for n in range(1, 21)] + [Pair(21, language, 99, "Ja.", "Yes.")]
        for language in ("de", "cs")
    }
    known = {(one.source, one.language): one for each in lines.values() for one in each}

    def scores(texts: Sequence[str], origins: Sequence[Origin], variant: str) -> list[float]:
        cases = [(known[origin.source, origin.language], text) for text, origin in zip(texts, origins, strict=True)]
        asked.setdefault(variant, []).extend(cases)
        # Without rules, copies of German and every second other translation look right.
        high = [
            variant == "score" and (one.language == "de" if text == one.source else one.line % 2 == 0)
            for one, text in cases
        ]
        return [60.0 if value else 4.0 for value in high]

    monkeypatch.setattr(nonsense, "LANGUAGES", {21: ("de", "cs")})
    monkeypatch.setattr(nonsense, "pairs", lambda year, language, most: lines[language])
    monkeypatch.setattr(nonsense, "scores_with_source", scores)
    monkeypatch.setattr(nonsense, "test20", lambda most: RATED)
    monkeypatch.setattr(nonsense, "find", lambda texts, *_, **__: [("issue",), ("issue",), (), ()])
    monkeypatch.setattr(
        nonsense, "checker", lambda kind: SimpleNamespace(signature="fake", estimator=1, encoder=ENCODER, joint=None)
    )
    return asked


def test_shares_below_by_kind_and_variant(made: dict[str, list[tuple[Pair, str]]]) -> None:
    result = nonsense.run(lines=None)
    figures = result["figures"]
    assert (figures["copies"], figures["others"]) == (40, 40)
    assert (figures["copies_below_5"], figures["copies_below_5_without_rules"]) == (1.0, 0.5)
    assert (figures["others_below_20"], figures["others_below_20_without_rules"]) == (1.0, 0.5)
    assert figures["copies_below_5_of_covered_languages_without_rules"] == 0.0
    assert figures["others_below_20_of_covered_languages_without_rules"] == 0.5
    german = [row for row in result["details"] if row["language"] == "de" and row["kind"] == "copies"]
    assert [(row["rules"], row["lines"], row["below"], row["median"]) for row in german] == [
        (True, 20, 1.0, 4.0),
        (False, 20, 0.0, 60.0),
    ]
    for one, text in made["rules"]:
        assert text == one.source or text != one.reference
        assert one.line != 99


def test_what_low_adequacy_reports_was_rated_low(made: dict[str, list[tuple[Pair, str]]]) -> None:
    figures = nonsense.run(lines=5)["figures"]
    assert figures["copies"] == 10
    assert (figures["low_adequacy_sentences"], figures["low_adequacy_reported"]) == (4, 2)
    assert (figures["low_adequacy_rated_below_40"], figures["low_adequacy_rated_below_50"]) == (0.5, 1.0)
    assert (figures["all_rated_below_40"], figures["all_rated_below_50"]) == (0.25, 0.5)
