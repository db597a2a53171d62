"""The stretch that the other side does not say, from the probabilities of tokens."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mtqa.knowledge.unsaid_runs import mean_unsaid, reread_features, run_features, says_how_it_is_read, unsaid_runs
from mtqa.schema.annotations import SaidTokens
from mtqa.schema.document import Span
from tests.joint import FakeJoint

SOURCE = "Der Minister trat am Freitag zurück, weil er seine Steuern nicht bezahlt hatte."
LOST = "weil er seine Steuern nicht bezahlt hatte"


def tokens(text: str, unsaid: dict[str, float], usual: float = 0.05) -> SaidTokens:
    """One token a word; `unsaid` by word."""
    words = list(re.finditer(r"\w+|[^\w\s]", text))
    starts, ends = (np.array([edge(word) for word in words], np.int64) for edge in (re.Match.start, re.Match.end))
    return SaidTokens(starts, ends, np.array([1.0 - unsaid.get(word.group(), usual) for word in words], np.float32))


@pytest.mark.parametrize(
    ("unsaid", "found"),
    [
        (dict.fromkeys(LOST.split(), 0.9), LOST),
        (dict.fromkeys(LOST.split(), 0.9) | {"er": 0.2}, LOST),  # one small word that seems said does not end it
        (dict.fromkeys(("seine", "Steuern"), 0.9), None),  # too short for a clause
        ({}, None),
        (dict.fromkeys(SOURCE.replace(",", "").replace(".", "").split(), 0.9), None),  # nothing would be left
    ],
)
def test_the_run_is_what_is_unsaid_as_a_whole(unsaid: dict[str, float], found: str | None) -> None:
    runs = unsaid_runs(SOURCE, tokens(SOURCE, unsaid))
    assert [run.of(SOURCE) for run in runs] == ([] if found is None else [found])


def test_a_run_that_cuts_a_word_takes_all_of_it() -> None:
    text = "Nachdem Fachleute Risse im Beton gefunden hatten, wurde die alte Brücke am Abend endgültig gesperrt."
    pieces = [(0, 4), (4, 7), (8, 17), (18, 23), (24, 26), (27, 32), (33, 41), (42, 48), (48, 49), (50, 99)]
    starts, ends = np.array(pieces, np.int64).T
    said = np.array([0.9, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.9, 0.9], np.float32)
    run = unsaid_runs(text, SaidTokens(starts, ends, said))[0]
    assert run.of(text) == "Nachdem Fachleute Risse im Beton gefunden hatten"


def test_scripts_without_spaces_need_no_words() -> None:
    text = "由于暴雨持续了三天，河水淹没了村庄，居民被迫离开家园。"
    starts = np.arange(len(text), dtype=np.int64)
    said = np.full(len(text), 0.9, np.float32)
    said[:9] = 0.1
    (run,) = unsaid_runs(text, SaidTokens(starts, starts + 1, said))
    assert run.of(text) == "由于暴雨持续了三天"


def unspaced(text: str, part: str) -> list[str]:
    """The runs where the characters of a part are unsaid."""
    at = text.index(part)
    starts = np.arange(len(text), dtype=np.int64)
    said = np.where((starts >= at) & (starts < at + len(part)), 0.1, 0.9).astype(np.float32)
    return [run.of(text) for run in unsaid_runs(text, SaidTokens(starts, starts + 1, said))]


def test_katakana_numbers_and_latin_letters_are_not_cut() -> None:
    text = "曲は来週から全国のコンサートホールで2020回ほど演奏されることが決まった。"
    assert unspaced(text, "国のコンサート") == ["国のコンサートホール"]
    assert unspaced(text, "20回ほど演奏") == ["2020回ほど演奏"]


@pytest.mark.parametrize(
    ("text", "part", "is_aid"),
    [
        ("曲名は「Ｐｒａｙ Ａｌｏｎｅ（プレイ・アローン）」です。", "プレイ・アローン", True),
        ("大阪府の吉村洋文（よしむら・ひろふみ）知事が会見で語った。", "よしむら・ひろふみ", True),
        ("大手の通販会社（アマゾン・ジャパン）が会見で語った。", "アマゾン・ジャパン", False),
        ("大手の通販会社はアマゾン・ジャパンだと会見で語った。", "アマゾン・ジャパン", False),
    ],
)
def test_how_a_word_is_read_need_not_be_said(text: str, part: str, *, is_aid: bool) -> None:
    at = text.index(part)
    assert says_how_it_is_read(text, Span(at, at + len(part))) is is_aid
    assert not says_how_it_is_read(text, Span(at - 3, at + len(part)))


@pytest.mark.parametrize("of_source", [True, False])
def test_without_what_is_unsaid_nothing_is_left_alone(*, of_source: bool) -> None:
    lost = "weil es regnete"
    whole, rest = f"Er blieb hier {lost}", "Er blieb hier"
    both = [(whole, "He stayed here"), (rest, "He stayed here")]
    before, after = FakeJoint(unsaid=lost).read(both if of_source else [(two, one) for one, two in both])
    features = reread_features(before, after, of_source=of_source)
    assert (features["reread"], features["other_unsaid"], features["other_most"]) == (1.0, 0.0, 0.0)
    assert features["left_most"] < reread_features(before, before, of_source=of_source)["left_most"]


def test_a_pair_that_was_not_read_again_has_no_figures() -> None:
    (reading,) = FakeJoint().read([("eins", "one")])
    for both in ((reading, None), (None, reading), (None, None)):
        assert set(reread_features(*both, of_source=True).values()) == {0.0}


@given(st.lists(st.floats(0.0, 1.0, width=32), min_size=0, max_size=14))
def test_any_probabilities_give_finite_features(said: list[float]) -> None:
    words = list(re.finditer(r"\w+", SOURCE))[: len(said)]
    starts, ends = (np.array([edge(word) for word in words], np.int64) for edge in (re.Match.start, re.Match.end))
    own = SaidTokens(starts, ends, np.array(said[: len(words)], np.float32))
    for run in unsaid_runs(SOURCE, own):
        assert 0 <= run.start < run.end <= len(SOURCE)
        features = run_features(SOURCE, run, own)
        assert features["run_unsaid"] == mean_unsaid(run, own)
        assert all(abs(value) <= 4.0 for value in features.values())


def test_more_that_is_unsaid_weighs_more() -> None:
    at = SOURCE.index(LOST)
    run = Span(at, at + len(LOST))
    sure, unsure = (
        run_features(SOURCE, run, tokens(SOURCE, dict.fromkeys(LOST.split(), most))) for most in (0.95, 0.6)
    )
    assert sure["run_unsaid"] > unsure["run_unsaid"] > unsure["rest_unsaid"]
    assert sure["run_size"] == unsure["run_size"] > 0.0
