from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser
from importlib.resources import files

import pytest
from hypothesis import given

from mtqa.reporting.html import render
from mtqa.schema.report import Report
from tests.reporting import samples
from tests.reporting.test_json import reports

VOID = {"meta", "br", "input", "rect", "circle"}
CSS = files("mtqa.reporting").joinpath("report.css").read_text(encoding="utf-8")


class Page(HTMLParser):
    """Elements with their attributes; fails on tags that are not closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.parents: list[str] = []
        self.text: dict[str, str] = {}
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len({name for name, _ in attrs}) == len(attrs), f"an attribute stands twice in {tag}"
        self.elements.append((tag, dict(attrs)))
        self.parents.append(self.open[-1] if self.open else "")
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        for tag in set(self.open):
            self.text[tag] = self.text.get(tag, "") + data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture(scope="module")
def page() -> Page:
    return Page(render(samples.all_reports()))


def test_nothing_is_fetched_and_nothing_foreign_runs(page: Page) -> None:
    text = render(samples.all_reports())
    assert not re.search(r"(src|href)=\"(?!#)", text)
    assert "url(" not in text
    assert "@import" not in text
    assert not [
        name for _, attributes in page.elements for name in attributes if name == "style" or name.startswith("on")
    ]
    assert len(page.all("script")) == 1
    (policy,) = [one["content"] for one in page.all("meta") if "http-equiv" in one]
    for tag in ("style", "script"):
        content = text.split(f"<{tag}>")[1].split(f"</{tag}>")[0]
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in (policy or "")
    assert "unsafe" not in (policy or "")


def test_ids_are_unique_and_every_link_arrives(page: Page) -> None:
    names = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(set(names)) == len(names)
    links = {attributes["href"][1:] for _, attributes in page.elements if attributes.get("href")}
    references = {
        attributes[name]
        for _, attributes in page.elements
        for name in ("aria-describedby", "aria-labelledby", "data-issue", "for")
        if name in attributes
    }
    assert links | references <= set(names)
    assert len(links) == len(samples.all_reports()) + sum(len(report.issues) for report in samples.all_reports())


def test_list_items_stand_in_lists(page: Page) -> None:
    parents = {parent for (tag, _), parent in zip(page.elements, page.parents, strict=True) if tag == "li"}
    assert parents <= {"ul", "ol"}


def test_marks_and_buttons_can_be_reached_and_are_named(page: Page) -> None:
    marks = page.all("mark")
    assert len(marks) == 8  # five issues of the article, one passage, one issue across two segments
    assert all(mark["tabindex"] == "0" and mark["role"] == "button" and mark["aria-describedby"] for mark in marks)
    assert all(button["aria-label"] for button in page.all("button"))
    assert all(drawing["aria-label"] for drawing in page.all("svg"))


def test_the_article_holds_the_whole_text() -> None:
    report = samples.article()
    shown = Page(render([report])).text["article"]
    for segment in report.document.segments:
        assert report.document.text_of(segment) in shown


@pytest.mark.parametrize(
    ("report", "line"),
    [
        (samples.article(), "leave it out"),
        (samples.article(), "&lt;warns&gt; &amp; waits"),
        (samples.article(), "offices as of 2021-12-10"),
        (samples.article(), "<b>low-adequacy, omission</b>: no source text"),
        (samples.clean(), "No issues found."),
        (samples.refused(), "not English: it was not scored"),
        (samples.empty(), "Nothing to score: no text."),
        (samples.awkward(), "&lt;script&gt;alert(1)&lt;/script&gt;"),
    ],
)
def test_the_page_says(report: Report, line: str) -> None:
    assert line in render([report])


def test_refused_documents_have_no_filters_and_no_strip() -> None:
    shown = Page(render([samples.refused()]))
    assert not shown.all("form")
    assert not shown.all("svg")


def test_no_reports_make_an_empty_page() -> None:
    assert Page(render([])).all("section") == []


def test_sources_are_there_to_be_shown() -> None:
    text = render([samples.paired()])
    page = Page(text)
    assert [one["class"] for one in page.all("span") if one.get("lang") == "ar"] == ["source", "source"]
    assert "غادر الوزير &lt;مسرعا&gt;." in text
    assert '<li>source <bdi lang="ar">' in text
    assert len([one for one in page.all("input") if "data-sources" in one]) == 1
    assert "data-sources" not in render([samples.article()]).split("</style>")[1]
    assert re.search(r"\.source \{ display: none; \}", CSS)


@given(reports())
def test_any_report_makes_a_page(report: Report) -> None:
    text = render([report])
    text.encode("utf-8")
    Page(text)


def colours(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", block))


def luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


LIGHT, DARK, DARK_BY_SYSTEM = (colours(block) for block in re.findall(r"\{([^{}]*--paper:[^{}]*)\}", CSS))


def test_both_ways_to_dark_are_the_same() -> None:
    assert DARK == DARK_BY_SYSTEM
    assert DARK.keys() == LIGHT.keys()


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("front", "ground", "least"),
    [
        *((ink, ground, 4.5) for ink in ("ink", "soft", "accent") for ground in ("paper", "panel")),
        *((f"{name}-ink", ground, 4.5) for name in ("good", "fair", "poor") for ground in ("paper", "panel")),
        *((f"{name}-ink", "paper", 4.5) for name in ("minor", "major", "critical")),
        *(("ink", name, 4.5) for name in ("minor", "major", "critical")),
        *((name, "panel", 3.0) for name in ("good", "fair", "poor")),
    ],
)
def test_contrast_is_at_least_aa(theme: dict[str, str], front: str, ground: str, least: float) -> None:
    assert contrast(theme[front], theme[ground]) >= least
