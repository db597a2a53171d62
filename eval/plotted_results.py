"""Which plots the results have: each made from the figures or details of one result, or left out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from eval.figures import flat
from eval.plots import Bin, Panel, Point, bars_plot, reliability_plot, scatter_plot
from eval.variants import VARIANTS

_SEVERITIES = ("base", "minor", "major", "critical")
_RATE = re.compile(r"(?P<what>\w*?)_?(?P<unit>[a-z]+)_per_second(?P<rest>\w*)")


def plots_of(results: Mapping[str, Mapping[str, Any]]) -> dict[str, tuple[str, str]]:
    """Per suite with a plot: the text for readers who do not see it, and the SVG. Results by suite name."""
    found = {}
    for suite, make in (("calibration", _reliability), ("demetr", _demetr), ("systems", _systems), ("speed", _speed)):
        made = make(results[suite]) if suite in results else None
        if made is not None:
            found[suite] = made
    return found


def _reliability(result: Mapping[str, Any]) -> tuple[str, str] | None:
    rows = [row for row in result["details"] if row.keys() >= {"bin", "segments", "score", "rating"}]
    # Runs with and without rules are kept apart by `part`; the first one is plotted.
    rows = [row for row in rows if row.get("part") == rows[0].get("part")]
    if not rows:
        return None
    bins = [Bin(row["segments"], row["score"], row["rating"]) for row in rows]
    return "Mean human rating against mean score", reliability_plot("Does a score mean what it says?", bins)


def _demetr(result: Mapping[str, Any]) -> tuple[str, str] | None:
    rows: dict[str, list[tuple[str, dict[str, float]]]] = {severity: [] for severity in _SEVERITIES}
    for row in result["details"]:
        if row.get("severity") in rows:
            values = {VARIANTS[scorer]: float(row[scorer]) for scorer in VARIANTS if scorer in row}
            rows[row["severity"]].append((str(row["type"]).replace("_", " "), values))
    panels = [
        Panel(severity, sorted(own, key=lambda row: row[0]), 1.0)
        for severity, own in rows.items()
        if any(values for _, values in own)
    ]
    if not panels:
        return None
    title = "DEMETR: share of pairs in which the original scores higher"
    return f"{title}, per type of error", bars_plot(title, panels, mark=0.5)


def _systems(result: Mapping[str, Any]) -> tuple[str, str] | None:
    points = [
        Point(row["pair"], system, people, own)
        for row in result["details"]
        if row.get("scorer") == "score"
        for system, (own, people) in row.get("scores", {}).items()
    ]
    if not points:
        return None
    svg = scatter_plot("Systems of WMT22", points, x="mean human rating (z)", y="mean score")
    return "Mean score against mean human rating, one point a system", svg


def _speed(result: Mapping[str, Any]) -> tuple[str, str] | None:
    panels: dict[str, list[tuple[str, Mapping[str, float]]]] = {}
    for heading, label, value in _timings(result["figures"]):
        panels.setdefault(heading, []).append((label, {"": value}))
    if not panels:
        return None
    ordered = [Panel(heading, rows) for heading, rows in sorted(panels.items())]
    return "Speed, cold start and memory", bars_plot("Speed on a CPU", ordered)


def _timings(figures: Mapping[str, Any]) -> Iterator[tuple[str, str, float]]:
    """(Heading, label, value) of every figure whose name ends in a unit."""
    for name, value in flat(figures).items():
        if value.number is None or value.number < 0.0:
            continue
        rate = _RATE.fullmatch(name)
        if rate:
            label = " ".join(part.strip("_").replace("_", " ") for part in (rate["what"], rate["rest"]) if part)
            yield f"{rate['unit']} per second (more is better)", label or "mtqa", value.number
        elif name.endswith("_seconds"):
            yield "seconds (less is better)", name.removesuffix("_seconds").replace("_", " "), value.number
        elif name.endswith("_megabytes"):
            yield "megabytes (less is better)", name.removesuffix("_megabytes").replace("_", " "), value.number
