"""Datelines at the beginning of a paragraph, and credits."""

from __future__ import annotations

import pytest

from mtqa.segmenting.datelines import find_dateline, is_credit

REST = "The government said on Monday that it would send more aid."


@pytest.mark.parametrize(
    "dateline",
    [
        "KYIV, Dec 10 (Reuters) –",
        "KYIV/MOSCOW, Dec. 10 (Reuters) -",
        "WASHINGTON (AP) —",
        "NEW YORK —",
        "SÃO PAULO, Brazil (AFP) --",
        "Paris, 9 December 2021 —",
        "Kyiv, Ukraine, December 9, 2021 –",
        "Kyiv (AFP) –",
        "Berlin (dpa) -",
        "BERLIN (dpa/mv) –",
    ],
)
def test_datelines_are_found_with_their_dash(dateline: str) -> None:
    assert find_dateline(f"{dateline} {REST}") == len(dateline)


@pytest.mark.parametrize(
    "text",
    [
        REST,
        "Moscow – the capital of Russia – is quiet.",
        "NATO – The alliance met on Monday.",
        "KYIV – the capital of Ukraine – is quiet.",
        "Olaf Scholz (SPD) – The new chancellor spoke.",
        "UN Secretary-General António Guterres spoke.",
        "COVID-19 – The pandemic goes on.",
        "Paris, 9 December 2021 was a cold day.",
        "KYIV –",
        "– “Strong Support” –",
    ],
)
def test_other_beginnings_are_no_datelines(text: str) -> None:
    assert find_dateline(text) == 0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("(Reporting by Jane Doe; Editing by John Roe)", True),
        ("Additional reporting by Jane Doe in Kyiv and the Moscow bureau.", False),
        ("Additional reporting by Jane Doe in Kyiv.", True),
        ("Reporting by Reuters found that five people had died.", False),
        ("Written by Jane Austen, the novel was a success.", False),
        ("reporting by the newspaper", False),
    ],
)
def test_credits_hold_names_only(text: str, expected: bool) -> None:
    assert is_credit(text) is expected
