from __future__ import annotations

import io
import tarfile
from pathlib import Path

import pytest

from eval.datasets.folder import DataError
from eval.datasets.mlqe_pe import (
    PAIRS,
    SPLITS,
    direct_assessments,
    post_edits,
    read_direct_assessments,
    read_post_edits,
    token_spans,
)
from mtqa import Span

HEADER = "index\toriginal\ttranslation\tscores\tmean\tz_scores\tz_mean\tmodel_scores"
ROW = '0\tTere, "maailm\tHello, "world\t[50, 60, 70]\t60.0\t[-1.0, 0.0, 1.0]\t0.0\t-0.25'
TAGS = {"src": "Tere maailm\n", "mt": "Hello , world\n", "pe": "Hello world\n", "hter": "0.3333\n"}
TAGS |= {"tags": "OK OK OK BAD BAD OK OK\n"}


def archive(path: Path, files: dict[str, str]) -> Path:
    with tarfile.open(path, "w:gz") as target:
        for name, text in files.items():
            data = text.encode()
            member = tarfile.TarInfo(f"et-en-dev/{name}")
            member.size = len(data)
            target.addfile(member, io.BytesIO(data))
    return path


def assessments(path: Path, *rows: str, header: str = HEADER) -> Path:
    return archive(path, {"dev.doc_ids": "x\n", "dev.eten.df.short.tsv": "\n".join((header, *rows)) + "\n"})


def test_assessments_are_read_with_all_scores_and_quotation_marks_kept(tmp_path: Path) -> None:
    (row,) = read_direct_assessments(assessments(tmp_path / "a.tar.gz", ROW), "et", "dev")
    assert (row.source, row.translation) == ('Tere, "maailm', 'Hello, "world')
    assert (row.scores, row.mean, row.z_scores, row.z_mean) == ((50.0, 60.0, 70.0), 60.0, (-1.0, 0.0, 1.0), 0.0)
    assert (row.pair, row.split, row.index, row.model_score) == ("et", "dev", 0, -0.25)


@pytest.mark.parametrize(
    ("rows", "header", "message"),
    [
        ([ROW.replace("60.0", "sixty")], HEADER, "row 1 is damaged"),
        ([ROW, ROW.replace("[50, 60, 70]", "[50, 60")], HEADER, "row 2 is damaged"),
        ([ROW.replace("\t-0.25", "")], HEADER, "row 1 is damaged"),
        ([ROW.replace("[50, 60, 70]", "[50, 60]")], HEADER, "row 1 has 2 scores"),
        ([ROW.replace("60.0", "160.0")], HEADER, "row 1 has 3 scores with the mean 160"),
        ([ROW], HEADER.replace("mean", "average"), "unexpected columns"),
    ],
)
def test_a_damaged_row_is_named(tmp_path: Path, rows: list[str], header: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        read_direct_assessments(assessments(tmp_path / "a.tar.gz", *rows, header=header), "et", "dev")


def test_words_have_the_odd_tags_and_gaps_the_even_ones(tmp_path: Path) -> None:
    path = archive(tmp_path / "p.tar.gz", {f"dev.{name}": text for name, text in TAGS.items()})
    (row,) = read_post_edits(path, "et", "dev")
    assert row.bad == (False, True, False)
    assert row.gap_bad == (False, False, True, False)
    assert (row.translation, row.post_edit, row.hter) == ("Hello , world", "Hello world", 0.3333)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"tags": "OK BAD OK\n"}, "line 1 has 3 tags for 3 tokens"),
        ({"tags": "OK OK OK WRONG OK OK OK\n"}, "line 1 has 7 tags"),
        ({"hter": "none\n"}, "'none' is no HTER"),
        ({"pe": "Hello world\nmore\n"}, r"have \[1, 1, 2, 1, 1\] lines"),
    ],
)
def test_files_that_do_not_fit_together_are_an_error(tmp_path: Path, changes: dict[str, str], message: str) -> None:
    files = {f"dev.{name}": text for name, text in (TAGS | changes).items()}
    with pytest.raises(DataError, match=message):
        read_post_edits(archive(tmp_path / "p.tar.gz", files), "et", "dev")


def test_a_missing_member_and_a_damaged_archive_are_errors(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="0 files that end in"):
        read_direct_assessments(archive(tmp_path / "a.tar.gz", {"dev.mt": "x"}), "et", "dev")
    whole = assessments(tmp_path / "b.tar.gz", *[ROW] * 50).read_bytes()
    (tmp_path / "c.tar.gz").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(DataError, match="damaged"):
        read_direct_assessments(tmp_path / "c.tar.gz", "et", "dev")


@pytest.mark.parametrize(("pair", "split"), [("de", "dev"), ("et", "test21")])
def test_a_set_that_does_not_exist_is_an_error(pair: str, split: str) -> None:
    with pytest.raises(DataError, match="MLQE-PE has no"):
        direct_assessments(pair, split)  # type: ignore[arg-type]


@pytest.mark.data
@pytest.mark.parametrize("pair", PAIRS)
def test_the_real_files(pair: str) -> None:
    for split in SPLITS:
        rows, edits = direct_assessments(pair, split), post_edits(pair, split)
        assert len(rows) == len(edits) == (7000 if split == "train" else 1000)
        for row in rows:
            assert row.mean == pytest.approx(sum(row.scores) / len(row.scores))
            assert row.z_mean == pytest.approx(sum(row.z_scores) / len(row.z_scores))
            assert len(row.scores) >= 3
        assert 0.1 < sum(map(sum, (edit.bad for edit in edits))) / sum(len(edit.bad) for edit in edits) < 0.7


@pytest.mark.data
def test_a_known_sentence() -> None:
    row = direct_assessments("ne", "train")[0]
    assert row.translation == "Raikawar / Raika Tappa is named from the word raikawar."
    assert (row.scores, row.mean) == ((54.0, 52.0, 56.0), 54.0)


@pytest.mark.parametrize(
    ("text", "tokens", "spans"),
    [
        ("It's here.", ["It", "'s", "here", "."], [(0, 2), (2, 4), (5, 9), (9, 10)]),
        (" two  words ", ["two", "words"], [(1, 4), (6, 11)]),
        ("New York", ["NewYork"], [(0, 8)]),
    ],
)
def test_tokens_are_put_on_the_natural_text(text: str, tokens: list[str], spans: list[tuple[int, int]]) -> None:
    assert token_spans(text, tokens) == tuple(Span(*span) for span in spans)


def test_tokens_of_another_text_are_an_error() -> None:
    with pytest.raises(DataError, match="are not those of"):
        token_spans("It is here.", ["It", "was", "here", "."])
