"""Plots as SVG text: a reliability curve, horizontal bars and points in the plane.

Written by hand, for a plotting library would be the heaviest dependency of the project. Colours come from variables in
the style sheet, with a second set for readers whose system is dark. Sizes are pixels; y grows downwards. The text is
the same for the same input, so that a plot can be committed and compared.
"""

from __future__ import annotations

import math
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

_STYLE = """
svg { --paper: #ffffff; --ink: #1f2328; --soft: #59636e; --grid: #d8dee4; --c0: #0b62c4; --c1: #d9822b; --c2: #7a8590;
      --c3: #1a7f4b; --c4: #b0306a; --c5: #6f42c1; --c6: #8a6d00; }
@media (prefers-color-scheme: dark) {
svg { --paper: #0d1117; --ink: #e6edf3; --soft: #9da7b1; --grid: #30363d; --c0: #58a6ff; --c1: #f0a35e; --c2: #8b949e;
      --c3: #56d38d; --c4: #f778ba; --c5: #bc8cff; --c6: #e3c341; } }
text { font: 12px system-ui, "Segoe UI", Helvetica, Arial, sans-serif; fill: var(--ink); }
.head { font-size: 15px; font-weight: 600; }
.soft { fill: var(--soft); }
.value { fill: var(--soft); stroke: var(--paper); stroke-width: 3px; paint-order: stroke; }
.strong { font-weight: 600; }
.grid { stroke: var(--grid); fill: none; }
.line { stroke: var(--soft); fill: none; stroke-dasharray: 5 4; }
"""
_COLOURS = 7
_WIDTH = 760
_CHARACTER = 6.8  # width of an average character at 12 px in the fonts above, on the safe side
_MARGIN = 24


@dataclass(frozen=True, slots=True)
class Bin:
    """A group of sentences: how many, their mean score and their mean rating, both 0..100."""

    count: int
    score: float
    rating: float


@dataclass(frozen=True, slots=True)
class Panel:
    """Bars under one heading: rows of (label, value per series); axis from 0 to `maximum` (None: the largest value)."""

    heading: str
    rows: Sequence[tuple[str, Mapping[str, float]]]
    maximum: float | None = None


@dataclass(frozen=True, slots=True)
class Point:
    """A point with the group that gives its colour and shape, and its name, shown when pointed at."""

    group: str
    name: str
    x: float
    y: float


def reliability_plot(title: str, bins: Sequence[Bin]) -> str:
    """Mean rating against mean score per bin, with the diagonal on which they would be the same.

    The area of a point grows with the number of sentences in it. ValueError without bins.
    """
    if not bins:
        raise ValueError("there is no bin")
    counts = sorted({one.count for one in bins})
    size = f"{counts[0]:,}" if len(counts) == 1 else f"{counts[0]:,} to {counts[-1]:,}"
    described = "; ".join(f"score {one.score:g}, rating {one.rating:g}, {one.count:,} sentences" for one in bins)
    svg = _canvas(_WIDTH, 520, title, f"Mean human rating against mean score, per group of sentences: {described}.")
    frame = _Frame(svg, left=70, top=60, width=400, height=400, x=(0.0, 100.0), y=(0.0, 100.0))
    frame.axes("score", "mean human rating")
    _line(svg, frame.at(0, 0), frame.at(100, 100), "line")
    path = " ".join(f"{_n(x)},{_n(y)}" for x, y in (frame.at(one.score, one.rating) for one in bins))
    ET.SubElement(svg, "polyline", points=path, fill="none", style="stroke: var(--c0)")
    taken: list[tuple[float, float]] = []
    for one in bins:
        x, y = frame.at(one.score, one.rating)
        radius = 3.0 + 5.0 * math.sqrt(one.count / counts[-1])
        name = f"score {one.score:g}, rating {one.rating:g}, {one.count:,} sentences"
        _shape(svg, 0, x, y, radius, colour=0, name=name)
        # A count is written where it hits no other one; all are in the description.
        place = (x + radius + 3, y + 14)
        apart = all(abs(place[0] - other[0]) > 44 or abs(place[1] - other[1]) > 12 for other in taken)
        if len(counts) > 1 and apart:
            _text(svg, *place, f"{one.count:,}", "value")
            taken.append(place)
    left = 500
    _shape(svg, 0, left + 12, 80, 6, colour=0)
    _text(svg, left + 32, 84, f"{len(bins)} groups by score,")
    _text(svg, left + 32, 101, f"of {size} sentences")
    _line(svg, (left, 126), (left + 24, 126), "line")
    _text(svg, left + 32, 130, "score = rating")
    return _write(svg)


def bars_plot(title: str, panels: Sequence[Panel], *, mark: float | None = None) -> str:
    """Horizontal bars, for each row one per series, in panels; a dashed line at `mark`.

    Series are coloured in order of appearance. Values are not negative. ValueError without a bar.
    """
    series = list(dict.fromkeys(name for panel in panels for _, values in panel.rows for name in values))
    if not series:
        raise ValueError("there is no bar")
    label_width = max(len(label) for panel in panels for label, _ in panel.rows) * _CHARACTER
    left, right = _MARGIN + label_width + 10, _WIDTH - 80
    thick = 14 if len(series) == 1 else 12
    gap = 8
    legend = 24 if len(series) > 1 else 0
    rows_height = sum(len(values) * thick + gap for panel in panels for _, values in panel.rows)
    height = round(60 + legend + rows_height + 42 * len(panels))
    described = "; ".join(
        f"{label}: " + ", ".join(_named(series, name, value) for name, value in values.items())
        for panel in panels
        for label, values in panel.rows
    )
    svg = _canvas(_WIDTH, height, title, f"{described}.")
    y = 56.0
    if legend:
        _legend(svg, series, y)
        y += legend
    for panel in panels:
        largest = max((value for _, values in panel.rows for value in values.values()), default=0.0)
        maximum = panel.maximum or largest or 1.0
        _text(svg, _MARGIN, y + 12, panel.heading, "strong")
        y += 24
        end = y + sum(len(values) * thick + gap for _, values in panel.rows) - 4
        # Lines come first, so that values are written over them.
        _line(svg, (left, y - 4), (left, end), "grid")
        if mark is not None and mark < maximum:
            at = left + (right - left) * mark / maximum
            _line(svg, (at, y - 4), (at, end), "line")
        for label, values in panel.rows:
            _text(svg, left - 10, y + len(values) * thick / 2 + 4, label, anchor="end")
            for name, value in values.items():
                length = (right - left) * min(value, maximum) / maximum
                bar = {"x": _n(left), "y": _n(y), "width": _n(length), "height": _n(thick - 1.5), "rx": "1.5"}
                element = ET.SubElement(svg, "rect", bar, style=f"fill: var(--c{series.index(name) % _COLOURS})")
                ET.SubElement(element, "title").text = f"{label}: {_named(series, name, value)}"
                _text(svg, left + length + 5, y + thick / 2 + 3.5, _number(value), "value", size=10)
                y += thick
            y += gap
        y += 18
    return _write(svg)


def scatter_plot(title: str, points: Sequence[Point], *, x: str, y: str) -> str:
    """Points in the plane with axes named `x` and `y`, coloured by group. ValueError without points."""
    if not points:
        raise ValueError("there is no point")
    groups = list(dict.fromkeys(point.group for point in points))
    described = "; ".join(f"{one.group} {one.name}: {one.x:g}, {one.y:g}" for one in points)
    svg = _canvas(_WIDTH, 520, title, f"{y} against {x}. {described}.")
    ranges = [_padded([getattr(point, axis) for point in points]) for axis in ("x", "y")]
    frame = _Frame(svg, left=70, top=60, width=520, height=400, x=ranges[0], y=ranges[1])
    frame.axes(x, y)
    for point in points:
        number = groups.index(point.group)
        at = frame.at(point.x, point.y)
        name = f"{point.group} {point.name}: {x} {point.x:g}, {y} {point.y:g}"
        _shape(svg, number, *at, 5, colour=number, name=name)
    for number, group in enumerate(groups):
        _shape(svg, number, 625, 72 + number * 22, 5, colour=number)
        _text(svg, 640, 76 + number * 22, group)
    return _write(svg)


class _Frame:
    """The rectangle of a plot with linear axes."""

    def __init__(
        self,
        svg: ET.Element,
        *,
        left: float,
        top: float,
        width: float,
        height: float,
        x: tuple[float, float],
        y: tuple[float, float],
    ) -> None:
        self.svg, self.left, self.top, self.width, self.height, self.x, self.y = svg, left, top, width, height, x, y

    def at(self, x: float, y: float) -> tuple[float, float]:
        """The pixel of a value."""
        across = (x - self.x[0]) / (self.x[1] - self.x[0])
        up = (y - self.y[0]) / (self.y[1] - self.y[0])
        return self.left + across * self.width, self.top + (1.0 - up) * self.height

    def axes(self, x: str, y: str) -> None:
        """Grid, ticks and names."""
        bottom, right = self.top + self.height, self.left + self.width
        for value in _ticks(*self.x):
            at = self.at(value, self.y[0])[0]
            _line(self.svg, (at, self.top), (at, bottom), "grid")
            _text(self.svg, at, bottom + 18, f"{value:g}", "soft", anchor="middle")
        for value in _ticks(*self.y):
            at = self.at(self.x[0], value)[1]
            _line(self.svg, (self.left, at), (right, at), "grid")
            _text(self.svg, self.left - 8, at + 4, f"{value:g}", "soft", anchor="end")
        _text(self.svg, self.left + self.width / 2, bottom + 42, x, anchor="middle")
        middle = self.top + self.height / 2
        name = _text(self.svg, 22, middle, y, anchor="middle")
        name.set("transform", f"rotate(-90 22 {_n(middle)})")


def _canvas(width: float, height: float, title: str, description: str) -> ET.Element:
    attributes = {"xmlns": "http://www.w3.org/2000/svg", "viewBox": f"0 0 {_n(width)} {_n(height)}"}
    attributes |= {"width": _n(width), "height": _n(height), "role": "img", "aria-labelledby": "title description"}
    svg = ET.Element("svg", attributes)
    ET.SubElement(svg, "title", id="title").text = title
    ET.SubElement(svg, "desc", id="description").text = description
    ET.SubElement(svg, "style").text = _STYLE
    ET.SubElement(svg, "rect", width="100%", height="100%", style="fill: var(--paper)")
    _text(svg, _MARGIN, 30, title, "head")
    return svg


def _write(svg: ET.Element) -> str:
    ET.indent(svg, space=" ")
    return ET.tostring(svg, encoding="unicode") + "\n"


def _legend(svg: ET.Element, series: Sequence[str], y: float) -> None:
    x = float(_MARGIN)
    for number, name in enumerate(series):
        style = f"fill: var(--c{number % _COLOURS})"
        ET.SubElement(svg, "rect", x=_n(x), y=_n(y - 10), width="12", height="12", rx="2", style=style)
        _text(svg, x + 18, y, name)
        x += 18 + len(name) * _CHARACTER + 20


def _text(
    svg: ET.Element, x: float, y: float, text: str, kind: str = "", *, anchor: str = "start", size: float | None = None
) -> ET.Element:
    attributes = {"x": _n(x), "y": _n(y), "text-anchor": anchor} | ({"class": kind} if kind else {})
    element = ET.SubElement(svg, "text", attributes | ({"style": f"font-size: {_n(size)}px"} if size else {}))
    element.text = text
    return element


def _line(svg: ET.Element, start: tuple[float, float], end: tuple[float, float], kind: str) -> None:
    places = {"x1": _n(start[0]), "y1": _n(start[1]), "x2": _n(end[0]), "y2": _n(end[1])}
    ET.SubElement(svg, "line", places | {"class": kind})


def _shape(
    svg: ET.Element, number: int, x: float, y: float, radius: float, *, colour: int, name: str | None = None
) -> None:
    """A disc, square, triangle, diamond, or turned triangle by number: colours alone are not seen by everybody."""
    style = f"fill: var(--c{colour % _COLOURS}); stroke: var(--paper)"
    sides = (0, 4, 3, 4, 3)[number % 5]
    if sides:
        turn = (0.0, math.pi / 4, -math.pi / 2, 0.0, math.pi / 2)[number % 5]
        corners = [turn + 2 * math.pi * corner / sides for corner in range(sides)]
        places = [(x + 1.25 * radius * math.cos(angle), y + 1.25 * radius * math.sin(angle)) for angle in corners]
        points = " ".join(f"{_n(across)},{_n(down)}" for across, down in places)
        element = ET.SubElement(svg, "polygon", points=points, style=style)
    else:
        element = ET.SubElement(svg, "circle", cx=_n(x), cy=_n(y), r=_n(radius), style=style)
    if name is not None:
        ET.SubElement(element, "title").text = name


def _named(series: Sequence[str], name: str, value: float) -> str:
    return _number(value) if len(series) == 1 else f"{name} {_number(value)}"


def _padded(values: Sequence[float]) -> tuple[float, float]:
    """The range of the values with a margin of a twentieth on both sides."""
    low, high = min(values), max(values)
    margin = (high - low) / 20 or 1.0
    return low - margin, high + margin


def _ticks(low: float, high: float) -> Iterator[float]:
    """Round numbers between low and high, about five."""
    raw = (high - low) / 5
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= raw * 0.999)
    for number in range(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1):
        yield round(number * step, 12)


def _number(value: float) -> str:
    """Three significant digits, no exponent."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.2f}" if value < 10 else f"{value:.1f}"


def _n(value: float) -> str:
    """A coordinate with one decimal at the most."""
    return f"{round(value, 1):g}" if abs(value) < 1000 else f"{round(value)}"
