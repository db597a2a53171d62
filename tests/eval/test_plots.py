from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable

import pytest

from eval.plots import Bin, Panel, Point, bars_plot, reliability_plot, scatter_plot

SVG = "{http://www.w3.org/2000/svg}"
BINS = [Bin(12, 10.0, 20.0), Bin(400, 50.0, 50.0), Bin(90, 90.0, 80.0)]
PANELS = [
    Panel("minor", [("case", {"mtqa": 0.9, "surprisal alone": 0.45}), ("word swap", {"mtqa": 1.0})], 1.0),
    Panel("critical", [("negation & <more>", {"mtqa": 0.5, "surprisal alone": 0.6})], 1.0),
]
POINTS = [Point("cs-en", "A", -0.25, 61.0), Point("cs-en", "B", 0.25, 64.0), Point("de-en", "A", 0.0, 60.0)]
PLOTS: dict[str, Callable[[], str]] = {
    "reliability": lambda: reliability_plot("Title", BINS),
    "bars": lambda: bars_plot("Title", PANELS, mark=0.5),
    "one series": lambda: bars_plot("Title", [Panel("seconds", [("seed", {"": 3.5}), ("help", {"": 0.0})])]),
    "scatter": lambda: scatter_plot("Title", POINTS, x="z", y="score"),
}


@pytest.mark.parametrize("make", PLOTS.values(), ids=PLOTS.keys())
def test_every_plot_is_described_dark_and_the_same_twice(make: Callable[[], str]) -> None:
    text = make()
    svg = ET.fromstring(text)
    assert text == make()
    assert svg.get("role") == "img"
    names = [svg.find(f"{SVG}{tag}") for tag in ("title", "desc")]
    assert svg.get("aria-labelledby") == " ".join(name.get("id", "") for name in names if name is not None)
    assert all(name is not None and name.text for name in names)
    assert "prefers-color-scheme: dark" in text
    assert not re.search(r"\b(nan|inf)\b", text)


@pytest.mark.parametrize("make", PLOTS.values(), ids=PLOTS.keys())
def test_texts_are_inside_and_apart(make: Callable[[], str]) -> None:
    svg = ET.fromstring(make())
    width, height = float(svg.get("width", 0)), float(svg.get("height", 0))
    boxes = []
    for element in svg.iter(f"{SVG}text"):
        if element.get("transform"):
            continue
        x, y, size = float(element.get("x", 0)), float(element.get("y", 0)), 8.0
        long = len(element.text or "") * 6.0
        left = x - {"start": 0.0, "middle": long / 2, "end": long}[element.get("text-anchor", "start")]
        assert left >= 0.0, element.text
        assert left + long <= width, element.text
        assert size <= y <= height, element.text
        boxes.append((left, y - size, left + long, y, element.text))
    for number, one in enumerate(boxes):
        for other in boxes[:number]:
            overlap = one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
            assert not overlap, (one, other)


def test_reliability_puts_the_points_where_they_belong() -> None:
    svg = ET.fromstring(reliability_plot("Title", BINS))
    line = svg.find(f"{SVG}polyline")
    assert line is not None
    # The frame is 400 pixels wide and high, from (70, 460) for 0, 0 upwards.
    assert line.get("points") == "110,380 270,260 430,140"
    texts = [element.text for element in svg.iter(f"{SVG}text")]
    assert {"12", "400", "90"} <= set(texts)
    assert "of 12 to 400 sentences" in texts


def test_counts_that_are_all_the_same_are_said_once() -> None:
    texts = [one.text for one in ET.fromstring(reliability_plot("T", [Bin(150, 40, 41), Bin(150, 60, 61)])).iter()]
    assert "of 150 sentences" in texts
    assert "150" not in texts


def test_bars_are_as_long_as_their_values() -> None:
    svg = ET.fromstring(PLOTS["bars"]())
    bars = {
        title.text: float(bar.get("width", 0)) for bar in svg.iter(f"{SVG}rect") for title in bar.iter(f"{SVG}title")
    }
    whole = bars["word swap: mtqa 1.00"]
    assert bars["case: surprisal alone 0.45"] == pytest.approx(0.45 * whole, abs=0.1)
    assert bars["negation & <more>: mtqa 0.50"] == pytest.approx(0.5 * whole, abs=0.1)
    assert len(bars) == 5


def test_scatter_has_a_shape_and_a_name_per_point() -> None:
    svg = ET.fromstring(PLOTS["scatter"]())
    named = {tag: [one for one in svg.iter(f"{SVG}{tag}") if len(one)] for tag in ("circle", "polygon")}
    assert [len(named[tag]) for tag in ("circle", "polygon")] == [2, 1]
    (left, right) = (float(one.get("cx", 0)) for one in named["circle"])
    assert left < right
    assert named["circle"][0][0].text == "cs-en A: z -0.25, score 61"


@pytest.mark.parametrize(
    "make",
    [
        lambda: reliability_plot("T", []),
        lambda: bars_plot("T", [Panel("a", [])]),
        lambda: scatter_plot("T", [], x="", y=""),
    ],
)
def test_nothing_to_plot_is_an_error(make: Callable[[], str]) -> None:
    with pytest.raises(ValueError, match="there is no"):
        make()


def test_one_point_alone_can_be_plotted() -> None:
    assert "cs-en" in scatter_plot("T", POINTS[:1], x="z", y="score")
