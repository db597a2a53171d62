from __future__ import annotations

from pathlib import Path

import pytest

from eval.datasets.folder import DataError
from eval.datasets.wmt_mqm import ErrorSpan, marked_translations, read_marked
from mtqa import Span


def written(path: Path, *rows: tuple[str, ...]) -> Path:
    path.write_text("".join("\t".join(row) + "\n" for row in rows), encoding="utf-8")
    return path


def test_spans_are_sorted_and_no_error_is_none(tmp_path: Path) -> None:
    path = written(
        tmp_path / "m.tsv",
        ("hyp.A", "doc.1", "1", "rater3", "源", "A small plane", "8 2 2", "13 7 7", "minor major minor"),
        ("hyp.B", "doc.1", "2", "rater4", "源", "A plane", "-1", "-1", "no-error"),
    )
    first, second = read_marked(path)
    assert first.errors == (
        ErrorSpan(Span(2, 7), "major"),
        ErrorSpan(Span(2, 7), "minor"),
        ErrorSpan(Span(8, 13), "minor"),
    )
    assert second.errors == ()
    assert (second.system, second.document, second.segment, second.annotator) == ("hyp.B", "doc.1", 2, "rater4")


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        (("doc.1", "12", "rater4"), ("doc.1", 12, "rater4")),
        (("hunan", "ribao-zh.6028", "3"), ("hunan_ribao-zh.6028", 3, None)),
        (("jingji", "guancha", "bao-zh-01.10329"), ("jingji_guancha_bao-zh-01.10329", None, None)),
    ],
)
def test_documents_with_underscores_are_put_together_again(tmp_path: Path, columns, expected) -> None:
    (row,) = read_marked(written(tmp_path / "m.tsv", ("hyp.A", *columns, "源", "text", "-1", "-1", "no-error")))
    assert (row.document, row.segment, row.annotator) == expected


@pytest.mark.parametrize(
    ("marks", "message"),
    [
        (("0", "9", "major"), "line 1: a span ends after 4"),
        (("0 1", "2", "major"), "line 1 is damaged"),
        (("0", "2", "critical"), "'critical' is no severity"),
        (("3", "2", "major"), "line 1 is damaged"),
        (("0", "2"), "8 columns"),
    ],
)
def test_damaged_rows_are_named(tmp_path: Path, marks: tuple[str, ...], message: str) -> None:
    path = written(tmp_path / "m.tsv", ("hyp.A", "doc.1", "1", "rater4", "源", "text", *marks))
    with pytest.raises(DataError, match=message):
        read_marked(path)


def test_a_set_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(DataError, match="news, ted"):
        marked_translations("2022", "dev")


@pytest.mark.data
@pytest.mark.parametrize(
    ("name", "rows", "documents"), [("news", (8150, 1464), (43, 8)), ("ted", (5458, 2321), (4, 1))]
)
def test_the_real_files(name: str, rows: tuple[int, int], documents: tuple[int, int]) -> None:
    train, dev = marked_translations(name, "train"), marked_translations(name, "dev")
    assert (len(train), len(dev)) == rows
    names = [{row.document for row in part} for part in (train, dev)]
    assert (len(names[0]), len(names[1])) == documents
    assert not names[0] & names[1]


@pytest.mark.data
def test_a_known_error() -> None:
    row = marked_translations("news", "train")[0]
    (error,) = row.errors
    assert (error.span.of(row.translation), error.severity) == ("County", "major")
