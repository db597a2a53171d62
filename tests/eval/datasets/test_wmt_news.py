from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest

from eval.datasets import folder, wmt_news
from eval.datasets.folder import DataError
from eval.datasets.wmt_news import (
    PAIRS,
    SegmentScore,
    document_numbers,
    read_scores,
    segment_lines,
    segment_ratings,
    segment_scores,
    system_ratings,
)
from eval.fitting.segment_lines import chrf

HEADER = "SYS SID RAW.SCR Z.SCR N \n"


def written(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("name", "system", "is_human"),
    [
        ("Facebook-AI.7", "Facebook-AI", False),
        ("Allegro.eu.2", "Allegro.eu", False),
        ("CUNI-Transformer2018.1", "CUNI-Transformer2018", False),
        ("Nemo.7", "NVIDIA-NeMo", False),
        ("HUMAN.0", "HUMAN", True),
        ("HUMAN-B", "HUMAN", True),
        ("HUMAN-B.12", "HUMAN", True),
    ],
)
def test_systems_have_the_names_of_their_output_files(tmp_path: Path, name: str, system: str, is_human: bool) -> None:
    (score,) = read_scores(written(tmp_path / "s.csv", f"{HEADER}{name} 3 62.5 -0.25 2 \n"))
    assert (score.system, score.is_human) == (system, is_human)
    assert (score.segment, score.raw, score.z, score.ratings) == (3, 62.5, -0.25, 2)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "first line"),
        ("SYS SID Z.SCR N\n", "first line"),
        (HEADER + "A.1 1 50 0\n", "line 2 is damaged"),
        (HEADER + "A.1 1 50 0 1\nA.1 one 50 0 1\n", "line 3 is damaged"),
        (HEADER + "A.1 1 150 0 1\n", "line 2"),
        (HEADER + "A.1 0 50 0 1\n", "line 2"),
    ],
)
def test_damaged_scores_name_the_line(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        read_scores(written(tmp_path / "s.csv", text))


def scores(system: str, *rows: tuple[int, int]) -> list[SegmentScore]:
    return [SegmentScore(system, segment, 0, 50.0, 0.0, ratings) for segment, ratings in rows]


def test_documents_are_what_most_systems_list_together() -> None:
    # Segments 1-3, 4-5, 6: document by document for each system, within one by falling number of ratings.
    rows = scores("a", (4, 2), (5, 1), (1, 2), (3, 2), (2, 1), (6, 1))
    rows += scores("b", (6, 1), (1, 1), (2, 1), (3, 1), (5, 4), (4, 1))
    rows += scores("c", (1, 1), (2, 1), (3, 1), (4, 1), (5, 1), (6, 1))  # in file order: tells nothing apart
    rows += scores("d", (6, 3), (4, 4), (5, 4), (2, 2), (1, 1), (3, 1))
    assert document_numbers(rows) == {1: 0, 2: 0, 3: 0, 4: 1, 5: 1, 6: 2}


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three lines, two systems; segments 1 and 2 are lines 2 and 3, and the line of segment 3 is not known."""
    files = {
        wmt_news.score_file(21, "cs"): HEADER
        + "A.1 1 10 -1 1\nA.1 2 20 0 1\nA.1 3 30 1 1\nB.0 2 90 1 2\nHUMAN.0 1 99 2 1\n",
        wmt_news.source_file(21, "cs"): "jedna\ndve\ntri\n",
        wmt_news.output_file(21, "cs", "A"): "a one\na two\na three\n",
        wmt_news.output_file(21, "cs", "B"): "b one\nb two\nb three\n",
    }
    for name, text in files.items():
        written(tmp_path / name, text)
    locked = {name: {"sha256": hashlib.sha256(text.encode()).hexdigest()} for name, text in files.items()}
    monkeypatch.setattr(folder, "lock", lambda: locked)
    monkeypatch.setenv("MTQA_DATA", str(tmp_path))
    monkeypatch.setattr(wmt_news, "segment_lines", lambda: {"cs": {1: 2, 2: 3}})
    return tmp_path


def test_ratings_belong_to_the_lines_that_the_table_names(tiny: Path) -> None:
    assert [(row.system, row.line, row.source, row.translation, row.raw) for row in segment_ratings("cs")] == [
        ("A", 2, "dve", "a two", 10.0),
        ("A", 3, "tri", "a three", 20.0),
        ("B", 3, "tri", "b three", 90.0),
    ]


def test_a_system_is_rated_by_all_its_segments_known_lines_or_not(tiny: Path) -> None:
    rows = [(row.system, row.raw, row.z, row.segments, row.translations[0]) for row in system_ratings(21, "cs")]
    assert rows == [("A", 20.0, 0.0, 3, "a one"), ("B", 90.0, 1.0, 1, "b one")]


def test_a_pair_without_known_lines_is_an_error(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wmt_news, "segment_lines", lambda: {"is": {1: 1}})
    with pytest.raises(DataError, match=r"not known; known: is"):
        segment_ratings("cs")


@pytest.mark.parametrize(("year", "pair"), [(21, "uk"), (22, "ha"), (20, "de")])
def test_a_pair_that_was_not_rated_is_an_error(year: int, pair: str) -> None:
    with pytest.raises(DataError, match="has no"):
        segment_scores(year, pair)


def test_damaged_and_missing_files_are_errors(tiny: Path) -> None:
    path = tiny / wmt_news.output_file(21, "cs", "B")
    path.write_text("b one\nb two\n", encoding="utf-8")
    with pytest.raises(DataError, match="damaged"):
        system_ratings(21, "cs")
    path.unlink()
    with pytest.raises(DataError, match="missing"):
        system_ratings(21, "cs")


def test_the_table_of_lines_gives_every_line_to_one_segment_at_most() -> None:
    known = segment_lines()
    assert known
    for pair, lines in known.items():
        assert pair in PAIRS[21]
        assert len(set(lines.values())) == len(lines)
        assert min(lines.values()) >= 1


@pytest.mark.data
@pytest.mark.parametrize(("year", "rows"), [(21, 107_261), (22, 110_104)])
def test_the_real_scores(year: int, rows: int) -> None:
    counted = 0
    for pair in PAIRS[year]:
        own = system_ratings(year, pair)
        counted += sum(one.segments for one in own)
        assert len(own) >= 5
        assert all(20.0 < one.raw < 95.0 for one in own)
    assert counted == rows


@pytest.mark.data
@pytest.mark.parametrize("pair", sorted(segment_lines()))
def test_ratings_agree_with_the_reference_on_known_lines_and_nowhere_else(pair: str) -> None:
    references = wmt_news.read_lines(
        folder.data_file(f"wmt21-news-systems/txt/references/newstest2021.{pair}-en.ref.A.en")
    )
    ratings = segment_ratings(pair)
    found = []
    for shift in (0, 1, 7):
        by_line: dict[int, list[tuple[float, float]]] = {}
        for row in ratings:
            if row.line - 1 + shift < len(references):
                agreement = chrf(row.translation, references[row.line - 1 + shift])
                by_line.setdefault(row.line, []).append((row.z, agreement))
        means = np.array([np.mean(pairs, axis=0) for pairs in by_line.values()])
        found.append(np.corrcoef(means.T)[0, 1])
    assert found[0] > 0.3 > max(abs(value) for value in found[1:])
