from __future__ import annotations

from collections.abc import Sequence

import pytest

from eval.datasets.demetr import Contrast
from eval.run import SUITES
from eval.suites import demetr
from eval.suites.rated_lines import SOURCE_SCORERS, Origin


class Checker:
    signature = "mtqa:test"


SEVERITIES = {"critical_id8_negation": "critical", "minor_id2_repeat4": "minor", "minor_id15_case": "minor"}
# Per type: what the scorer `score` gives the perturbed text of each pair; the translation always has 5.
PERTURBED = {
    "critical_id8_negation": (4, 5, 6, 6),  # right, tie, wrong, wrong: 1.5 / 4
    "minor_id2_repeat4": (1, 1, 1, 1),  # 4 / 4
    "minor_id15_case": (4, 6, None, None),  # two could not be perturbed: 1 / 2
    "base_id35_reference": (1, 1, 1, 1),  # makes no pair
}


def contrasts(name: str) -> list[Contrast]:
    return [
        Contrast(
            perturbation=name,
            severity=SEVERITIES.get(name, "base"),
            number=index + 1,
            language="german" if index < 2 else "czech",
            source="3" if index else "9",
            reference="",
            translation="5",
            perturbed=str(value),
            checked=value is not None,
        )
        for index, value in enumerate(PERTURBED[name])
    ]


def scores(texts: Sequence[str], scorer: str, origins: Sequence[Origin]) -> list[float]:
    if scorer in SOURCE_SCORERS:  # the nearer to the number of the source, the better
        return [-abs(float(text) - float(origin.source)) for text, origin in zip(texts, origins, strict=True)]
    return [float(text) * (1.0 if scorer == "score" else -1.0) for text in texts]


@pytest.fixture(autouse=True)
def fakes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demetr, "perturbations", lambda: sorted(PERTURBED))
    monkeypatch.setattr(demetr, "contrasts", contrasts)
    monkeypatch.setattr(demetr, "checker", Checker)
    monkeypatch.setattr(demetr, "scores", scores)


def test_shares_per_type_severity_and_macro() -> None:
    result = demetr.run(items=None, scorers=("score",))
    figures = result["figures"]
    assert (figures["types"], figures["pairs"]) == (3, 10)
    assert (figures["demetr_negation"], figures["demetr_repeat4"], figures["demetr_case"]) == (0.375, 1.0, 0.5)
    assert (figures["demetr_critical"], figures["demetr_minor"]) == (0.375, 0.75)
    assert figures["demetr_macro"] == pytest.approx(1.875 / 3)
    assert result["signature"] == "mtqa:test"


def test_scorers_that_read_the_source_have_figures_of_the_covered_languages_too() -> None:
    figures = demetr.run(items=None, scorers=("score",), with_source=True)["figures"]
    # Of negation the German pairs are 5, 4 beside 9 (right) and 5, 5 beside 3 (a tie), the Czech ones 5, 6 beside 3.
    assert figures["demetr_negation_with_source"] == pytest.approx((1 + 0.5 + 1 + 1) / 4)
    covered = [0.75, 0.75, 1.0]  # negation; repeat4: right, tie; case: right, right
    assert figures["demetr_macro_of_covered_languages_with_source"] == pytest.approx(sum(covered) / 3, abs=1e-3)


def test_every_scorer_has_its_own_figures() -> None:
    figures = demetr.run(items=None, scorers=("score", "fast"))["figures"]
    # The other way round: a tie stays half.
    assert figures["demetr_macro_of_fast"] == pytest.approx(1 - 1.875 / 3)
    assert "demetr_negation_of_fast" not in figures


def test_languages_and_single_pairs_are_kept() -> None:
    result = demetr.run(items=None, scorers=("score", "fast"))
    rows = {row["type"]: row for row in result["details"]}
    assert rows["negation"]["score_by_language"] == {"german": 0.75, "czech": 0.0}
    assert rows["case"] | {"pairs": 2, "fast": 0.5, "fast_by_language": {"german": 0.5}} == rows["case"]
    kept = result["items"]["demetr_negation"]
    assert sorted(kept) == ["right", "right_fast"]
    assert sorted(kept["right"]) == [0.0, 0.0, 0.5, 1.0]


def rows(usable: Sequence[bool]) -> list[Contrast]:
    return [
        Contrast("minor_id15_case", "minor", index + 1, "", "", "", "a", "b", checked)
        for index, checked in enumerate(usable)
    ]


def test_types_are_tested_on_the_same_translations_as_far_as_they_can_be() -> None:
    all_of = demetr.chosen(rows([True] * 40), 10)
    assert len({row.number for row in all_of}) == 10
    assert [row.number for row in all_of] == [row.number for row in demetr.chosen(rows([True] * 40), 10)]
    lost = all_of[3].number
    others = demetr.chosen(rows([number + 1 != lost for number in range(40)]), 10)
    assert [row.number for row in others[:9]] == [row.number for row in all_of if row.number != lost]
    assert len(others) == 10
    assert len(demetr.chosen(rows([True, False, True]), None)) == 2


@pytest.mark.parametrize(("good", "bad", "expected"), [(2.0, 1.0, 1.0), (1.0, 1.0, 0.5), (1.0, 2.0, 0.0)])
def test_points(good: float, bad: float, expected: float) -> None:
    assert demetr.point(good, bad) == expected


def test_the_suite_is_registered() -> None:
    assert SUITES["demetr"] == demetr.__name__
