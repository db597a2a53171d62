"""From ratings to a model folder: small random encoders, made-up sentences whose bad words a head can learn to see."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from mtqa.cli.train import _told
from mtqa.errors import ModelError
from mtqa.modeling.head_training import Example, TrainedHeads, token_labels, train_heads
from mtqa.modeling.load_quality import DESCRIPTION, load_quality_estimator, read_description
from mtqa.modeling.quality_estimator import QualityEstimator
from mtqa.modeling.quality_model import read_features
from mtqa.modeling.quality_ratings import Mark, parse_ratings, split_ratings
from mtqa.modeling.quality_training import Training, train
from mtqa.schema.annotations import SegmentQuality
from mtqa.schema.progress import Step
from mtqa.settings import Settings
from tests.modeling.rated import as_json_lines, faulty_rows, save_estimator
from tests.modeling.tiny_quality import random_heads, table_model

pytestmark = pytest.mark.models  # nothing is downloaded, but torch takes seconds

SETTINGS = Settings(offline=True, threads=1)
TEXTS = [row["text"] for row in faulty_rows(40, seed=3)]


def examples(rows: list[dict[str, Any]], *, shuffled: bool = False) -> list[Example]:
    scores = np.array([row["score"] for row in rows])
    if shuffled:
        scores = np.random.default_rng(0).permutation(scores)
    features = table_model("bytes").features([row["text"] for row in rows])
    z = (scores - scores.mean()) / scores.std()
    return [
        Example(row["text"], own, float(one), float(score) / 100.0, tuple(Mark(*mark) for mark in row["spans"]))
        for row, own, one, score in zip(rows, features, z, scores, strict=True)
    ]


def trained(rows: list[Example], *, tokens: bool, steps: list[Step] | None = None) -> TrainedHeads:
    return train_heads(
        random_heads(),
        rows[40:],
        rows[:40],
        tokens=tokens,
        seed=1,
        progress=lambda step: None if steps is None else steps.append(step),
        task="training",
    )


def test_heads_learn_what_the_ratings_say() -> None:
    rows = examples(faulty_rows(240))
    steps: list[Step] = []
    result = trained(rows, tokens=True, steps=steps)
    assert result.improved
    assert result.loss_after < 0.5 * result.loss_before
    readings = [read_features(result.heads, row.features) for row in rows[:40]]
    assert np.corrcoef([one.z for one in readings], [row.z for row in rows[:40]])[0, 1] > 0.8
    assert 1 <= result.epochs <= steps[-1].done <= (steps[-1].total or 0)


def test_the_same_seed_makes_the_same_heads_and_leaves_the_callers_random_numbers_alone() -> None:
    rows = examples(faulty_rows(100))
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    first, second = trained(rows, tokens=True), trained(rows, tokens=True)
    assert torch.equal(torch.rand(3), expected)
    assert first.improved
    for name, value in first.heads.items():
        np.testing.assert_array_equal(value, second.heads[name])


def test_noise_teaches_nothing_and_the_shipped_heads_are_kept() -> None:
    result = trained(examples(faulty_rows(100), shuffled=True), tokens=False)
    assert (result.improved, result.epochs, result.loss_after) == (False, 0, result.loss_before)
    for name, value in random_heads().items():
        np.testing.assert_array_equal(result.heads[name], value)


def test_without_marks_the_token_head_stays() -> None:
    result = trained(examples(faulty_rows(240)), tokens=False)
    assert result.improved
    for name, value in random_heads().items():
        assert np.array_equal(result.heads[name], value) == name.startswith(("token_", "surprisal"))


@pytest.mark.parametrize(
    ("text", "ends", "marks", "error", "major"),
    [
        ("a bad one", (1, 5, 9), [], [0, 0, 0], [0, 0, 0]),
        ("a bad one", (1, 5, 9), [(2, 5, "minor")], [0, 1, 0], [0, 0, 0]),
        ("a bad one", (1, 5, 9), [(1, 2, "minor")], [0, 0, 0], [0, 0, 0]),  # only the space before a word
        ("a bad one", (1, 5, 9), [(4, 7, "major")], [0, 1, 1], [0, 1, 1]),
        ("a bad one", (1, 5, 9), [(0, 3, "minor"), (2, 3, "major")], [1, 1, 0], [0, 1, 0]),
        ("a\U0001f600b", (1, 1, 1, 2, 3), [(1, 2, "major")], [0, 1, 1, 1, 0], [0, 1, 1, 1, 0]),
    ],
)
def test_marks_become_labels_of_the_tokens_they_overlap(
    text: str, ends: tuple[int, ...], marks: list[tuple[int, int, str]], error: list[int], major: list[int]
) -> None:
    assert token_labels(text, ends, [Mark(*mark) for mark in marks]) == (error, major)


@cache
def shipped() -> Path:
    folder = Path(mkdtemp(prefix="mtqa-tiny-quality-"))
    save_estimator(folder)
    return folder


def made(target: Path, *, tiers: tuple[str, ...], seed: int = 1, marked: bool = True) -> Training:
    rows = faulty_rows(160)
    if not marked:
        rows = [{key: value for key, value in row.items() if key != "spans"} for row in rows]
    content = as_json_lines(rows)
    ratings = parse_ratings(content, "some/where/my.jsonl")
    return train(
        ratings,
        split_ratings(ratings, seed),
        target,
        start=shipped(),
        settings=SETTINGS,
        tiers=tiers,
        seed=seed,
        sha256=hashlib.sha256(content.encode()).hexdigest(),
        progress=lambda step: None,
    )


@cache
def own_folder() -> tuple[Path, Training]:
    folder = Path(mkdtemp(prefix="mtqa-own-quality-"))
    return folder, made(folder, tiers=("full", "fast"))


@cache
def estimator(fast: bool) -> QualityEstimator:
    return load_quality_estimator(Settings(offline=True, threads=2, fast=fast, quality_model=own_folder()[0]))


@cache
def rated_alone(text: str, fast: bool) -> SegmentQuality:
    return estimator(fast).rate([text])[0]


@settings(max_examples=12, deadline=None)
@given(texts=st.lists(st.sampled_from(TEXTS), min_size=1, max_size=12), fast=st.booleans())
def test_a_trained_folder_rates_a_text_the_same_in_any_batch(texts: list[str], fast: bool) -> None:
    assert estimator(fast).rate(texts) == [rated_alone(text, fast) for text in texts]


def test_a_trained_folder_is_whole_and_says_what_it_was_made_of() -> None:
    folder, training = own_folder()
    description = read_description(folder)
    assert set(description["tiers"]) == {"full", "fast"}
    for name, part in description["models"].items():
        present = {path.relative_to(folder / name).as_posix() for path in (folder / name).rglob("*") if path.is_file()}
        assert present == set(part["files"])
        for file, entry in part["files"].items():
            content = (folder / name / file).read_bytes()
            assert (hashlib.sha256(content).hexdigest(), len(content)) == (entry["sha256"], entry["bytes"])
    record = description["training"]
    assert record["data"]["file"] == "my.jsonl"
    assert (record["data"]["rows"], record["data"]["rated"], record["data"]["marked"]) == (160, 160, 160)
    assert record["split"]["train"] + record["split"]["held_out"] == 160
    assert record["split"]["by"] == "group"
    assert record["held_out"]["full"]["after"]["pearson"] == training.tiers["full"][1].pearson
    assert "some/where" not in json.dumps(description)


def test_ratings_get_closer_to_the_users() -> None:
    _, training = own_folder()
    assert training.tokens
    for before, after in training.tiers.values():
        assert after.error < before.error
        assert before.pearson is not None
        assert after.pearson is not None
        assert after.pearson > before.pearson
    rows = faulty_rows(100, seed=9)
    scores = [one.sentence.score for one in estimator(False).rate([row["text"] for row in rows])]
    assert float(np.corrcoef(scores, [row["score"] for row in rows])[0, 1]) > 0.5


def test_a_token_head_that_knows_less_than_the_trained_ones_is_left_out() -> None:
    folder, training = own_folder()
    assert "token_head" in read_description(shipped())["tiers"]["full"]
    assert "token_head" not in read_description(folder)["tiers"]["full"]
    assert not list(folder.glob("*-tokens.safetensors"))
    assert training.kept_heads == ()
    assert not any("kept)" in line for line in _told(training))
    before, after = training.tiers["full"]
    assert before.token_auc is not None
    assert after.token_auc is not None
    assert before.token_auc < after.token_auc


def test_without_marks_the_shipped_token_head_stays(tmp_path: Path) -> None:
    training = made(tmp_path, tiers=("full",), marked=False)
    assert not training.tokens
    kept, old = (read_description(folder)["tiers"]["full"]["token_head"] for folder in (tmp_path, shipped()))
    assert kept == old
    assert (tmp_path / kept["file"]).read_bytes() == (shipped() / old["file"]).read_bytes()
    load_quality_estimator(Settings(offline=True, threads=1, quality_model=tmp_path)).rate(["It is there."])


def test_a_token_head_that_stays_expects_as_many_wrong_tokens_as_were_marked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mtqa.modeling.quality_training._are_better_tokens", lambda before, after: False)
    training = made(tmp_path, tiers=("full",))
    before, after = training.tiers["full"]
    assert after.token_auc == before.token_auc
    assert training.kept_heads == ("full",)
    assert next(line for line in _told(training) if "AUC" in line).endswith("(shipped token head kept)")
    row = read_description(tmp_path)["tiers"]["full"]
    assert row["token_head"]["bias"] != 0.25
    own = load_quality_estimator(Settings(offline=True, threads=1, quality_model=tmp_path))
    rows = faulty_rows(60, seed=4)
    tokens = [token for one in own.rate([row["text"] for row in rows]) for token in one.tokens]
    said = float(np.mean([token.probability for token in tokens]))
    wrong = np.mean([label for row in rows for label in labels(row)])
    assert said == pytest.approx(wrong, abs=0.05)


def labels(row: dict[str, Any]) -> list[float]:
    reading = load_quality_estimator(Settings(offline=True, threads=1, quality_model=shipped())).read([row["text"]])[0]
    return token_labels(row["text"], reading[0].encoded.ends, [Mark(*mark) for mark in row["spans"]])[0]


def test_the_same_ratings_and_seed_write_the_same_files(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        made(tmp_path / name, tiers=("fast",))
    files = [path.relative_to(tmp_path / "one") for path in sorted((tmp_path / "one").rglob("*")) if path.is_file()]
    assert Path(DESCRIPTION) in files
    assert not (tmp_path / "one" / "full").exists()
    for file in files:
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()


def test_a_tier_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="has no huge tier"):
        made(tmp_path, tiers=("huge",))
