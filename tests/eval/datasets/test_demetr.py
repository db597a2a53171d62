from __future__ import annotations

import json
from pathlib import Path

import pytest

from eval.datasets.demetr import contrasts, perturbations, read_contrasts, usable
from eval.datasets.folder import DataError

ROW = {
    "id": 7,
    "src_sent": "Quelle",
    "eng_sent": "The source.",
    "mt_sent": "A source.",
    "pert_sent": "A spring.",
    "lang_tag": "german",
    "pert_check": True,
    "severity": "critical",
    "pert_name": "critical_id7_antonym",
}


def written(path: Path, content: object) -> Path:
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def test_rows(tmp_path: Path) -> None:
    (row,) = read_contrasts(written(tmp_path / "d.json", [ROW]))
    assert (row.reference, row.translation, row.perturbed) == ("The source.", "A source.", "A spring.")
    assert (row.perturbation, row.severity, row.number, row.language) == (
        "critical_id7_antonym",
        "critical",
        7,
        "german",
    )


@pytest.mark.parametrize(
    ("change", "is_usable"),
    [({}, True), ({"pert_check": False}, False), ({"pert_name": "base_id35_reference"}, False)],
)
def test_only_pairs_with_a_planted_error_are_usable(tmp_path: Path, change: dict[str, object], is_usable: bool) -> None:
    rows = read_contrasts(written(tmp_path / "d.json", [ROW | change]))
    assert usable(rows) == (rows if is_usable else [])


@pytest.mark.parametrize("content", [[{"id": 1}], {"id": 1}, [3]])
def test_damaged_files_are_errors(tmp_path: Path, content: object) -> None:
    with pytest.raises(DataError, match="damaged"):
        read_contrasts(written(tmp_path / "d.json", content))
    (tmp_path / "cut.json").write_text("[{", encoding="utf-8")
    with pytest.raises(DataError, match="damaged"):
        read_contrasts(tmp_path / "cut.json")


@pytest.mark.data
def test_the_real_files() -> None:
    names = perturbations()
    rows = {name: contrasts(name) for name in names}
    assert len(names) == 35
    assert {len(own) for own in rows.values()} == {1000}
    assert sum(len(usable(own)) for own in rows.values()) == 30_320
    assert sum(bool(usable(own)) for own in rows.values()) == 34
    assert {own[0].perturbation for own in rows.values()} == set(names)
