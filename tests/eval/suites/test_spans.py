from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eval.datasets.wmt_mqm import ErrorSpan, MarkedTranslation
from eval.measures.error_spans import Marked
from eval.run import SUITES
from eval.suites import spans
from eval.suites.spans import Thresholds, halves, mark_errors
from mtqa import Span
from mtqa.schema.annotations import TokenError


class Checker:
    signature = "mtqa:test"


def by_word(text: str, *values: float) -> list[TokenError]:
    """One token per run of visible characters, the blank before it included; an error is as likely major as there."""
    places = list(re.finditer(r"\s*\S+", text))
    return [TokenError(Span(*one.span()), value, value) for one, value in zip(places, values, strict=True)]


def minor(start: int, end: int) -> Marked:
    return Marked(Span(start, end), "minor")


def major(start: int, end: int) -> Marked:
    return Marked(Span(start, end), "major")


@pytest.mark.parametrize(
    ("text", "values", "thresholds", "expected"),
    [
        ("one two three", (0.1, 0.6, 0.1), Thresholds(0.5, 0.8), (minor(4, 7),)),
        ("one two three", (0.6, 0.9, 0.1), Thresholds(0.5, 0.8), (major(0, 7),)),  # neighbours merge, the worst counts
        ("one two three", (0.9, 0.1, 0.6), Thresholds(0.5, 0.8), (major(0, 3), minor(8, 13))),
        ("one two three", (0.5, 0.4, 0.4), Thresholds(0.5, 0.5), (major(0, 3),)),  # a threshold is reached by itself
        ("one two three", (0.9, 0.9, 0.9), Thresholds(0.5, float("inf")), (minor(0, 13),)),
        ("one two three", (0.1, 0.1, 0.1), Thresholds(0.5, 0.8), ()),
        ("wrong. Right", (0.6, 0.1), Thresholds(0.5, 0.8), (minor(0, 6),)),  # one token over word and full stop
        ("U.S.-led isn’t", (0.6, 0.1), Thresholds(0.5, 0.8), (minor(0, 8),)),
        ("a\u00a0b", (0.6, 0.6), Thresholds(0.5, 0.8), (minor(0, 3),)),
        ("", (), Thresholds(0.5, 0.8), ()),
    ],
)
def test_runs_of_whole_words_become_spans(text, values, thresholds, expected) -> None:
    assert mark_errors(text, by_word(text, *values), thresholds) == expected


def test_a_piece_of_a_word_marks_all_of_it_but_not_the_full_stop() -> None:
    tokens = [TokenError(Span(0, 3), 0.1), TokenError(Span(3, 6), 0.7), TokenError(Span(6, 7), 0.1)]
    assert mark_errors("Scholes.", [*tokens, TokenError(Span(7, 8), 0.1)], Thresholds(0.5, 0.8)) == (minor(0, 7),)


def test_the_gravest_marked_word_of_a_run_decides() -> None:
    tokens = [TokenError(Span(0, 1), 0.9, 0.1), TokenError(Span(2, 3), 0.6, 0.8), TokenError(Span(4, 5), 0.1, 0.9)]
    assert mark_errors("a b c", tokens, Thresholds(0.5, 0.8)) == (major(0, 3),)
    assert mark_errors("a b c", tokens, Thresholds(0.7, 0.8)) == (minor(0, 1),)


@given(st.lists(st.tuples(st.text("ab. ,é’", min_size=1, max_size=3), st.integers(0, 10)), max_size=10))
@settings(deadline=None)
def test_spans_are_whole_words_in_order_and_apart(pieces: list[tuple[str, int]]) -> None:
    text, tokens = "", []
    for piece, value in pieces:
        tokens.append(TokenError(Span(len(text), len(text) + len(piece)), value / 10, value / 10))
        text += piece
    marked = mark_errors(text, tokens, Thresholds(0.5, 0.8))
    assert all(one.span.end <= other.span.start for one, other in itertools.pairwise(marked))
    for one in marked:
        inside = one.span.of(text)
        assert inside == inside.strip() != ""
        peak = max(token.probability for token in tokens if token.span.overlaps(one.span))
        assert peak >= 0.5
        assert (one.severity == "major") <= (peak >= 0.8)
    for token in tokens:
        if token.probability >= 0.5 and token.span.of(text).strip():
            assert any(one.span.overlaps(token.span) for one in marked)


@given(st.data())
@settings(deadline=None)
def test_no_other_thresholds_have_a_higher_f1(data: st.DataObject) -> None:
    texts = []
    for text in ("one two three, four", "five six", "seven"):
        level = st.integers(0, 4).map(lambda value: value / 4)
        tokens = [
            TokenError(Span(*match.span()), data.draw(level), data.draw(level)) for match in re.finditer(r"\w+|,", text)
        ]
        places = data.draw(st.lists(st.tuples(st.integers(0, len(text)), st.integers(0, 5)), max_size=2))
        gold = tuple(
            Marked(Span(start, min(start + long, len(text))), data.draw(st.sampled_from(["minor", "major"])))
            for start, long in places
        )
        texts.append(spans._Text("", text, tuple(tokens), gold, spans._gravity(text, gold)))

    def f1(thresholds: Thresholds) -> float:
        return spans._score(texts, [spans._mark_words(one.words, thresholds) for one in texts]).f1

    found = spans.tuned(texts)
    # Quantiles of so few words do not meet every value, but those with all and with no majors are among them.
    lowest = min(word.probability for one in texts for word in one.words)
    assert f1(found) >= max(f1(Thresholds(lowest, 0.0)), f1(Thresholds(lowest, float("inf")))) - 1e-9
    by_count = dict(spans._f1_by_severity(texts, found.error, (found.major, 0.5)))
    assert by_count[found.major] == pytest.approx(f1(found))
    assert by_count[0.5] == pytest.approx(f1(Thresholds(found.error, 0.5)))


@pytest.mark.parametrize(
    ("documents", "expected"),
    [
        (["a", "a", "a", "b", "c"], {"a": "first", "b": "second", "c": "second"}),
        (["c", "b", "b", "a"], {"b": "first", "a": "second", "c": "second"}),
        (["a"], {"a": "first"}),
        ([], {}),
    ],
)
def test_documents_are_dealt_out_evenly(documents, expected) -> None:
    assert halves(documents) == expected


# People mark the word "bad" (major) and "odd" (minor). In the news documents the probabilities are .9 and .6 of them,
# .1 of the others; in the talk .9 and .6 too, and .7 of a word that nobody marked.
VALUES = {"bad": 0.9, "odd": 0.6, "trap": 0.7}
SEVERITIES = {"bad": "major", "odd": "minor"}


def marked(name: str, sources: int | None) -> list[MarkedTranslation]:
    documents = ("talk",) if name == "ted" else ("one", "two", "three", "four")
    lines = ["this is bad but fine", "some odd thing here"] + (["a trap here"] if name == "ted" else [])
    return [
        MarkedTranslation(
            "hyp.A",
            document,
            None,
            None,
            line,
            line,
            tuple(ErrorSpan(Span(*match.span()), SEVERITIES[match.group()]) for match in re.finditer(r"bad|odd", line)),
        )
        for document in documents
        for line in lines
    ]


def read(lines: Sequence[str]) -> list[tuple[TokenError, ...]]:
    return [tuple(by_word(line, *(VALUES.get(word, 0.1) for word in line.split()))) for line in lines]


@pytest.fixture
def fakes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spans, "machine_translations", marked)
    monkeypatch.setattr(spans, "checker", Checker)
    monkeypatch.setitem(spans._READERS, "", read)
    flat = lambda lines: [tuple(by_word(line, *(0.5 for _ in line.split()))) for line in lines]  # noqa: E731
    monkeypatch.setitem(spans._READERS, "_of_surprisal", flat)


def test_thresholds_come_from_other_documents(fakes) -> None:
    result = spans.run()
    figures = result["figures"]
    # The news documents are all alike, so that the thresholds of either half fit the other.
    assert figures["spans_news_f1"] == 1.0
    # The talk: "bad" and "odd" found with their severities, "trap" is 4 characters too many.
    assert figures["spans_ted_f1"] == pytest.approx(2 * 6 / (10 + 6), abs=5e-4)
    # Both: 4 x 6 + 6 characters marked by people, all found; 4 too many.
    assert figures["spans_f1"] == pytest.approx(2 * 30 / (34 + 30), abs=5e-4)
    folds = result["settings"]["thresholds"]
    assert list(folds) == ["news first", "news second", "ted"]
    assert all(0.1 < error <= 0.6 < high <= 0.9 for error, high in folds.values())


def test_baselines_mark_everything(fakes) -> None:
    figures = spans.run()["figures"]
    # News, characters of a document: 20 + 19, of which 3 major and 3 minor: points 3 + 1.5 for the major mark.
    precision, recall = 4.5 / 39, 4.5 / 6
    assert figures["spans_news_f1_of_everything_major"] == pytest.approx(
        2 * precision * recall / (precision + recall), abs=5e-4
    )
    # Surprisal is the same everywhere: it too marks everything, with the severity that scores no worse.
    assert figures["spans_news_f1_of_surprisal"] == figures["spans_news_f1_of_everything_major"]


def test_details_count_the_spans_of_both_sides(fakes) -> None:
    rows = {row["set"]: row for row in spans.run()["details"]}
    assert rows["both"]["segments"] == 11
    assert (rows["news"]["spans"], rows["news"]["major"], rows["news"]["spans_of_people"]) == (8, 4, 8)
    assert (rows["ted"]["spans"], rows["ted"]["precision"], rows["ted"]["recall"]) == (3, 0.6, 1.0)


def test_too_few_documents_to_tune_on_are_an_error(fakes, monkeypatch: pytest.MonkeyPatch) -> None:
    one = [row for row in marked("news", None) if row.document == "one"]
    monkeypatch.setattr(spans, "machine_translations", lambda name, sources: one if name == "news" else [])
    with pytest.raises(ValueError, match="more source segments"):
        spans.run()


def test_the_suite_is_registered() -> None:
    assert SUITES["spans"] == spans.__name__
