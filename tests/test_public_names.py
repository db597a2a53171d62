"""What mtqa exports, and the tree of its exceptions."""

from __future__ import annotations

import inspect
import re

import pytest

import mtqa
from mtqa import errors
from mtqa.cli import exits

EXPORTED = """
    BatchError Category Checker DetectorError Document Engine Evidence InputError Issue KnowledgeError ModelError
    ModelMissing MtqaError QualityEstimate Report Segment SegmentKind Settings SettingsError Severity Skipped Span
    __version__
""".split()


def test_exported_names_are_a_promise() -> None:
    assert sorted(mtqa.__all__) == sorted(EXPORTED)
    assert all(getattr(mtqa, name) is not None for name in EXPORTED)


def test_other_names_are_no_attributes() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Nonsense'"):
        _ = mtqa.Nonsense


def own_exceptions() -> dict[str, type[Exception]]:
    return {name: one for name, one in inspect.getmembers(errors, inspect.isclass) if issubclass(one, Exception)}


def test_the_tree_in_the_docstring_is_the_tree_of_the_classes() -> None:
    drawn: dict[str, str] = {}
    above: list[str] = []
    for line in (errors.__doc__ or "").splitlines():
        if found := re.match(r"([│├└─ ]*)([A-Z]\w+)(?:\s|$)", line):
            depth = len(found[1]) // 4
            if found[2] in own_exceptions():
                drawn[found[2]] = above[depth - 1] if depth else "Exception"
                above[depth:] = [found[2]]
    assert drawn == {name: one.__bases__[0].__name__ for name, one in own_exceptions().items()}


@pytest.mark.parametrize("name", sorted(own_exceptions()))
def test_exit_codes_are_those_of_the_docstring(name: str) -> None:
    expected = exits.USAGE if name in {"InputError", "SettingsError", "KnowledgeError"} else exits.FAILED
    assert exits.code_of(own_exceptions()[name]("reason")) == expected  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", [errors.InputError, errors.KnowledgeError])
@pytest.mark.parametrize(
    ("path", "line", "text"),
    [("a.txt", 3, "a.txt:3: wrong"), ("a.txt", None, "a.txt: wrong"), (None, None, "wrong"), (None, 3, "3: wrong")],
)
def test_errors_name_file_and_line(kind: type, path: str | None, line: int | None, text: str) -> None:
    error = kind("wrong", path=path, line=line)
    assert (str(error), error.reason, error.path, error.line) == (text, "wrong", path, line)
