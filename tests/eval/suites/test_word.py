from __future__ import annotations

from collections.abc import Sequence

import pytest

from eval.datasets.mlqe_pe import DirectAssessment, PostEdit
from eval.run import SUITES
from eval.suites import word
from mtqa import Span
from mtqa.schema.annotations import TokenError

B, G = True, False
Tagged = tuple[DirectAssessment, PostEdit, tuple[Span, ...]]


class Checker:
    signature = "mtqa:test"


def read(lines: Sequence[str]) -> list[tuple[TokenError, ...]]:
    """Every word is two tokens; the digits say the probability of the second one in tenths."""
    return [
        tuple(
            token
            for at in range(0, len(line), 3)
            for token in (TokenError(Span(at, at + 1), 0.0), TokenError(Span(at + 1, at + 2), int(line[at + 1]) / 10))
        )
        for line in lines
    ]


# Dev: BAD from .6 on in et; in the other pairs from .3 on. Test: the same words, but in ru nothing was changed.
DEV = {"et": ("a2 a6 a5 a9", (G, B, G, B)), "other": ("a1 a3 a2 a7", (G, B, G, B))}


def tagged_sentences(pair: str, split: str) -> list[Tagged]:
    assert split in {"dev", "test"}
    line, bad = DEV["et" if pair == "et" else "other"]
    if (pair, split) == ("ru", "test"):
        bad = (G, G, G, G)
    spans = tuple(Span(at, at + 2) for at in range(0, len(line), 3))
    return [
        (
            DirectAssessment(pair, "dev", index, "", line, (50.0,), 50.0, (0.0,), 0.0, 0.0),
            PostEdit(pair, "dev", index, "", line, line, 0.0, bad, (G,) * 5),
            spans,
        )
        for index in range(3)
    ]


@pytest.fixture(autouse=True)
def fakes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(word.mlqe_pe, "tagged_sentences", tagged_sentences)
    monkeypatch.setattr(word, "checker", Checker)
    monkeypatch.setitem(word._READERS, "", read)
    monkeypatch.setitem(word._READERS, "_of_surprisal", lambda lines: [tuple(reversed_(own)) for own in read(lines)])


def reversed_(tokens: Sequence[TokenError]) -> list[TokenError]:
    return [TokenError(token.span, 1.0 - token.probability) for token in tokens]


def test_the_threshold_comes_from_dev_and_is_shared_or_of_each_pair() -> None:
    result = word.run()
    figures, settings = result["figures"], result["settings"]
    # Shared: from .3 on a5 of et is called BAD wrongly, from .6 on a3 of the four other pairs would be missed.
    assert settings["threshold"] == 0.3
    assert settings["own_thresholds"] == {"et": 0.6, "ne": 0.3, "ro": 0.3, "ru": 0.3, "si": 0.3}
    # et: two hits, one alarm, no miss, one right: (2*1 - 0) / sqrt(3 * 2 * 2 * 1).
    assert figures["word_et_mcc"] == pytest.approx(2 / 12**0.5, abs=5e-4)
    assert figures["word_et_f1_bad"] == pytest.approx(0.8)
    assert (figures["word_ne_mcc"], figures["word_ne_f1_bad"]) == (1.0, 1.0)
    assert (figures["word_ru_mcc"], figures["word_ru_f1_bad"]) == (0.0, 0.0)
    assert figures["word_mean_mcc"] == pytest.approx((3 + 2 / 12**0.5) / 5, abs=5e-4)
    assert figures["word_mean_mcc_own_threshold"] == pytest.approx(4 / 5)
    assert result["signature"] == "mtqa:test"


def test_the_baseline_has_its_own_thresholds_and_figures() -> None:
    result = word.run()
    # Every word has a token with 1.0, so that all are called BAD, which orders nothing.
    assert result["settings"]["threshold_of_surprisal"] == 1.0
    assert result["figures"]["word_mean_mcc_of_surprisal"] == 0.0
    assert [(row["pair"], row["words"], row["bad"]) for row in result["details"]][:2] == [
        ("et-en", 12, 0.5),
        ("ne-en", 12, 0.5),
    ]
    assert len(result["details"]) == 10


def test_the_suite_is_registered() -> None:
    assert SUITES["word"] == word.__name__
