"""Paragraphs of the help texts are paired by file and number; what is not translated is left out."""

from __future__ import annotations

from pathlib import Path

import pytest

from eval.datasets.folder import DataError
from eval.datasets.office_help import paragraphs

PAGE = '<p id="par_id{}" class="{}" dir="auto">{}</p>\n'


def written(folder: Path, name: str, *rows: tuple[int, str, str]) -> None:
    path = folder / name / "text" / "shared" / "page.html"
    path.parent.mkdir(parents=True)
    path.write_text("".join(PAGE.format(*row) for row in rows), encoding="utf-8")


def test_paragraphs_are_paired_by_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MTQA_HELP", str(tmp_path))
    english = "Opens a file that lies on this computer or a server."
    written(
        tmp_path,
        "en-US",
        (1, "paragraph", f'Opens a <span class="emph">file</span>{english.removeprefix("Opens a file")}'),
        (2, "listitem", "This paragraph was left as it is in English."),
        (3, "paragraph", "Too short."),
        (4, "paragraph", "Nobody has translated this paragraph &amp; that one yet."),
        (5, "paragraph", english),
    )
    written(
        tmp_path,
        "de",
        (5, "paragraph", "Öffnet noch einmal eine Datei."),
        (1, "paragraph", 'Öffnet\n eine Datei auf diesem Rechner<span hidden="true"><span>x</span></span>.'),
        (2, "listitem", "This paragraph was left as it is in English."),
        (3, "paragraph", "Zu kurz, auch wenn dies lang ist."),
    )
    assert paragraphs("de") == [("Öffnet eine Datei auf diesem Rechner.", english)]


def test_missing_texts_name_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MTQA_HELP", str(tmp_path))
    with pytest.raises(DataError, match="libreoffice-help-zh-cn or set MTQA_HELP"):
        paragraphs("zh")
