from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib.metadata import EntryPoint
from pathlib import Path
from types import ModuleType

import pytest

from mtqa.detecting import discovery
from mtqa.errors import DetectorError

MODULE = """
from mtqa.detecting.protocol import Rule
from mtqa.schema.issue import Category, Severity

RULE = Rule("{rule}", Category.NUMBER, Severity.MINOR, "Shouts.")

def detect(document, annotations, tools):
    yield from ()
"""


@pytest.fixture
def plugins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A package of plugins that is found through entry points; those named in `points.txt`."""
    package = tmp_path / "shouting_plugins"
    package.mkdir()
    (package / "__init__.py").touch()
    monkeypatch.syspath_prepend(str(tmp_path))

    def entry_points(group: str) -> list[EntryPoint]:
        assert group == "mtqa.detectors"
        names = (package / "points.txt").read_text().split()
        return [EntryPoint(name, f"shouting_plugins.{name}", group) for name in names]

    monkeypatch.setattr(discovery, "entry_points", entry_points)
    discovery.discover.cache_clear()
    yield package
    discovery.discover.cache_clear()
    for name in [name for name in sys.modules if name.startswith("shouting_plugins")]:
        del sys.modules[name]


def add(package: Path, name: str, code: str, page: str | None = "# page") -> None:
    (package / f"{name}.py").write_text(code)
    if page is not None:
        (package / f"{name}.md").write_text(page)
    with (package / "points.txt").open("a") as points:
        points.write(name + "\n")


def test_our_detectors_are_found_sorted_each_with_its_page() -> None:
    found = [detector.rule.id for detector in discovery.discover()]
    assert found == sorted(found)
    assert {"garbled-name", "repeated-text", "broken-quotation"} <= set(found)
    assert all(detector.page.startswith(f"# {detector.rule.id}\n") for detector in discovery.discover())


def test_plugins_are_found_by_entry_point(plugins: Path) -> None:
    add(plugins, "shouting", MODULE.format(rule="shouting"), "# shouting\n")
    detector = next(one for one in discovery.discover() if one.rule.id == "shouting")
    assert detector.page == "# shouting\n"


@pytest.mark.parametrize(
    ("code", "page", "reason"),
    [
        (MODULE.format(rule="garbled-name"), "# page", "two detectors are called garbled-name"),
        (MODULE.format(rule="shouting"), None, "has no page shouting.md"),
        ("RULE = 'shouting'\ndef detect(): yield", "# page", "must define RULE"),
        (MODULE.format(rule="shouting") + "detect = None", "# page", "must define RULE"),
        ("import a_module_that_is_not_there", "# page", r"cannot be imported \(ModuleNotFoundError"),
        ("raise OSError('no disk')", "# page", r"cannot be imported \(OSError: no disk\)"),
        ("def detect(:", "# page", r"cannot be imported \(SyntaxError"),
    ],
)
def test_a_broken_plugin_is_named(plugins: Path, code: str, page: str | None, reason: str) -> None:
    add(plugins, "shouting", code, page)
    with pytest.raises(DetectorError, match=reason) as caught:
        discovery.discover()
    assert "shouting" in str(caught.value)


def test_a_module_outside_any_package_has_no_page() -> None:
    module = ModuleType("alone")
    exec(MODULE.format(rule="alone"), module.__dict__)
    with pytest.raises(DetectorError, match=r"alone has no page alone\.md"):
        discovery.load_detector(module)
