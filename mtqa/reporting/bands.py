"""Bands of scores: one word and one colour for people in a hurry."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Band:
    """Scores from `least` up; `colour` is a terminal colour."""

    name: str
    least: float
    colour: str


BANDS = (Band("good", 75.0, "green"), Band("fair", 55.0, "yellow"), Band("poor", 0.0, "red"))


def band_of(score: float) -> Band:
    """The band of a score, 0..100."""
    return next(band for band in BANDS if score >= band.least)
