from __future__ import annotations

import math
import re
from dataclasses import replace

import numpy as np
import pytest

from mtqa.knowledge.clause_balance import MOST_PARTS, Balance
from mtqa.schema.annotations import SaidTokens
from mtqa.schema.document import Span

SOURCE = "Der Minister trat am Freitag zurück, weil er 1995 bei Siemens in Köln keine Steuern gezahlt hatte."


def balance(longer: str, shorter: str, *, longer_language: str = "de", shorter_language: str = "en") -> Balance:
    return Balance(longer, shorter, longer_language, shorter_language, 0.7)


@pytest.mark.parametrize(
    ("longer", "shorter", "least", "most"),
    [
        (SOURCE, "The minister resigned on Friday.", 3.0, 20.0),
        (
            SOURCE,
            "The minister resigned on Friday because he had not paid taxes at Siemens in Cologne in 1995.",
            -1.0,
            1.0,
        ),
        ("他昨天没有读那封信。", "He did not read that letter yesterday.", -1.0, 1.0),
        ("Er kam.", "He came here a very long time ago.", -20.0, -1.0),
    ],
)
def test_the_deviation_tells_how_much_is_missing(longer: str, shorter: str, least: float, most: float) -> None:
    assert least <= balance(longer, shorter).deviation <= most


def test_there_are_few_parts_and_the_clause_is_among_them() -> None:
    parts = balance(SOURCE, "The minister resigned on Friday.").parts()
    assert 0 < len(parts) <= MOST_PARTS
    assert "weil er 1995 bei Siemens in Köln keine Steuern gezahlt hatte." in [part.of(SOURCE) for part in parts]


@pytest.mark.parametrize(
    ("translation", "anchors"),
    [
        ("The minister resigned on Friday.", (0, 1)),
        ("The minister of 1995 resigned.", (1, 0)),
        ("The minister resigned from Siemens.", (1, 1)),
    ],
)
def test_numbers_and_names_of_the_clause_are_looked_for(translation: str, anchors: tuple[int, int]) -> None:
    part = Span(SOURCE.index("weil"), len(SOURCE))
    assert balance(SOURCE, translation).anchors(part) == anchors


def test_an_added_number_and_name_are_looked_for_in_the_source() -> None:
    text = "He resigned, when Siemens paid 47 million."
    one = balance(text, "Er trat zurück, Siemens.", longer_language="en", shorter_language="de")
    assert one.anchors(Span(text.index("when"), len(text))) == (1, 1)


def test_features_are_bounded() -> None:
    part = Span(SOURCE.index("weil"), len(SOURCE))
    far = balance(SOURCE, "Minister.").features(part, 1.5, 0.2)
    near = balance(SOURCE, "Minister.").features(part, -1.5, 0.2)
    assert (far["gain"], near["gain"]) == (0.15, -0.02)
    assert (far["relative_gain"], near["relative_gain"]) == (0.4, -0.05)
    assert far["deviation"] == 2.5
    assert far["bounded"] == 1.0


def test_the_likeliest_parts_come_first() -> None:
    one = balance(SOURCE, "The minister resigned on Friday.")
    parts = one.parts()
    gains = [0.3 if place == 2 else 0.0 for place in range(len(parts))]
    assert one.likely(parts, gains, 1) == [2]


def with_words(text: str, unsaid: str) -> Balance:
    """The words of `unsaid`, a part of the text, are not said on the other side; all others are."""
    words = [match.span() for match in re.finditer(r"\w+", text)]
    at = text.index(unsaid)
    starts, ends = (np.array(side) for side in zip(*words, strict=True))
    said = np.where((starts >= at) & (ends <= at + len(unsaid)), 0.1, 0.9).astype(np.float32)
    return replace(balance(text, "The minister resigned on Friday."), words=SaidTokens(starts, ends, said))


def test_the_clause_whose_words_are_not_said_comes_first() -> None:
    clause = "weil er 1995 bei Siemens in Köln keine Steuern gezahlt hatte"
    one = with_words(SOURCE, clause)
    assert one.parts()[0].of(SOURCE).startswith(clause)
    assert one.unsaid(one.parts()[0]) == pytest.approx(0.9)
    assert one.least_said == pytest.approx(0.1)
    features = one.features(one.parts()[0], 0.05, 0.3)
    assert features["unsaid_rest"] == pytest.approx(0.4)
    assert features["unread"] == features["unread_most"] == features["unread_rest"] == 0.0
    read = replace(one, words=None, read=one.words).features(one.parts()[0], 0.05, 0.3)
    shares = [features[name] / 4.0 for name in ("unsaid", "unsaid_most", "unsaid_rest")]
    logits = [math.log(share / (1.0 - share)) / 2.0 for share in shares]
    assert [read[name] for name in ("unread", "unread_most", "unread_rest")] == pytest.approx(logits)
    assert read["unsaid"] == 0.0


def test_where_every_word_is_said_there_is_nothing_to_ask() -> None:
    one = with_words(SOURCE, "")
    assert one.parts() == ()
    assert one.least_said == pytest.approx(0.9)


def test_without_a_comparison_of_words_they_say_nothing() -> None:
    one = balance(SOURCE, "The minister resigned on Friday.")
    features = one.features(one.parts()[0], 0.05, 0.3)
    assert (features["unsaid"], features["unsaid_rest"], features["compared"]) == (0.0, 0.0, 0.0)
    assert one.least_said == 1.0
