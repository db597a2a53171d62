from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Sequence
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eval.datasets.wmt_mqm import MarkedTranslation
from eval.suites import rated_lines
from mtqa import Document, ModelError, ModelMissing, QualityEstimate, Span
from mtqa.schema.annotations import Annotations, TokenError, TokenSurprisal
from tests.fakes import FakeLanguageModel
from tests.rating import FakeEstimator


class FakeChecker:
    """Scores a line by its length and finds its last character wrong; remembers what it was asked, by call."""

    missing_model = None
    language_model = FakeLanguageModel({"odd": 6.0})

    def __init__(self, add: float) -> None:
        self.add = add
        self.asked: list[list[str]] = []

    def check_many(self, documents: Sequence[Document], *, any_language: bool) -> list[SimpleNamespace]:
        assert any_language
        self.asked.append([one.text for one in documents])
        return [
            SimpleNamespace(estimates=(QualityEstimate(0, len(one.text) + self.add, 0.0, 100.0),)) for one in documents
        ]

    def annotate_many(self, documents: Sequence[Document], *, tokens: bool | None = None) -> list[Annotations]:
        assert tokens  # no rule runs that would ask for them
        self.asked.append([one.text for one in documents])
        return [
            Annotations(token_error=((TokenError(Span(len(one.text) - 1, len(one.text)), 0.7),),)) for one in documents
        ]


@pytest.fixture
def checkers(monkeypatch: pytest.MonkeyPatch) -> dict[str, FakeChecker]:
    found = {"rules": FakeChecker(-1.0), "score": FakeChecker(0.0), "fast": FakeChecker(0.5)}
    monkeypatch.setattr(rated_lines, "checker", lambda kind="score": found[kind])
    monkeypatch.setattr(rated_lines, "_known", defaultdict(dict))
    monkeypatch.setattr(rated_lines, "_AT_ONCE", 2)
    monkeypatch.setattr(rated_lines, "read_surprisals", lambda model, texts: model.read(texts))
    return found


LINES = ["one", "three", "one", "fourth"]


@pytest.mark.parametrize(
    ("scorer", "expected"),
    [
        ("score", [3.0, 5.0, 3.0, 6.0]),
        ("fast", [3.5, 5.5, 3.5, 6.5]),
        ("length", [-3.0, -5.0, -3.0, -6.0]),
        ("surprisal", [-2.0, -2.0, -2.0, -2.0]),
    ],
)
def test_each_scorer_gives_one_number_per_line(checkers, scorer: str, expected: list[float]) -> None:
    assert rated_lines.scores(LINES, scorer) == expected


def test_surprisal_is_the_mean_over_tokens(checkers) -> None:
    assert rated_lines.scores(["an odd one", "two words"], "surprisal") == [-(2 + 6 + 2) / 3, -2.0]


def test_all_scorers_are_known(checkers) -> None:
    assert rated_lines.SCORERS == ("score", "fast", "surprisal", "length")
    with pytest.raises(ValueError, match="no scorer 'bleu'"):
        rated_lines.scores(LINES, "bleu")


def test_scorers_of_the_source_need_it() -> None:
    assert rated_lines.SOURCE_SCORERS == ("with_source", "fast_with_source", "cosine")
    for scorer in rated_lines.SOURCE_SCORERS:
        with pytest.raises(ValueError, match="needs the source"):
            rated_lines.scores(LINES, scorer)


def test_a_line_stands_beside_its_whole_source(checkers) -> None:
    seen: list[Document] = []

    def check_many(documents: Sequence[Document], *, any_language: bool) -> list[SimpleNamespace]:
        seen.extend(documents)
        return FakeChecker.check_many(checkers["fast"], documents, any_language=any_language)

    checkers["fast"].check_many = check_many
    origins = [rated_lines.Origin("eins. Und mehr", "de"), rated_lines.Origin("drei", "de")]
    assert rated_lines.scores(["one", "three"], "fast_with_source", origins) == [3.5, 5.5]
    assert [one.source for one in seen] == ["eins. Und mehr", "drei"]
    assert [one.source_language for one in seen] == ["de", "de"]
    assert [[segment.source_span for segment in one.segments] for one in seen] == [[Span(0, 14)], [Span(0, 4)]]


def test_an_estimator_that_remembers_is_asked_once_per_text() -> None:
    estimator = FakeEstimator({"bad": 10.0})
    remembering = rated_lines.Remembering(estimator)
    assert [one.sentence.score for one in remembering.rate(["bad", "good", "bad"])] == [10.0, 80.0, 10.0]
    assert [one.sentence.score for one in remembering.rate(["good", "new"])] == [80.0, 80.0]
    assert estimator.batches == [["bad", "good"], ["new"]]
    (bare,) = remembering.rate(["bare"], tokens=False)
    assert bare.tokens == ()
    assert [len(one.tokens) for one in remembering.rate(["bare", "good"])] == [1, 1]
    assert estimator.batches[2:] == [["bare"], ["bare"]]


def test_equal_lines_are_scored_once_in_blocks_and_kept_per_checker(checkers) -> None:
    assert [one.score for one in rated_lines.estimates(LINES)] == [2.0, 4.0, 2.0, 5.0]
    rated_lines.scores(LINES, "score")
    assert [one.score for one in rated_lines.estimates_without_rules(["fourth", "new"])] == [6.0, 3.0]
    assert checkers["rules"].asked == [["one", "three"], ["fourth"]]
    assert checkers["score"].asked == [["one", "three"], ["fourth"], ["new"]]
    assert checkers["fast"].asked == []


@pytest.mark.parametrize("scorer", ["score", "fast", "surprisal"])
def test_a_blank_line_has_no_score(checkers, scorer: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rated_lines, "read_surprisals", lambda model, texts: [() for _ in texts])
    with pytest.raises(ValueError, match="blank line"):
        rated_lines.scores([" "], scorer)


def test_without_a_language_model_there_is_no_surprisal(checkers) -> None:
    checkers["score"].language_model = None
    checkers["score"].missing_model = "run mtqa models get"
    with pytest.raises(ModelMissing, match="mtqa models get"):
        rated_lines.scores(LINES, "surprisal")


def test_token_errors_come_in_the_order_of_the_lines(checkers) -> None:
    assert [own[0].span.start for own in rated_lines.token_errors(LINES)] == [2, 4, 2, 5]
    assert checkers["score"].asked == [["one", "three"], ["fourth"]]


def test_token_errors_without_an_estimator_are_an_error(checkers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        FakeChecker, "annotate_many", lambda self, documents, tokens: [Annotations() for _ in documents]
    )
    with pytest.raises(ModelError, match="no trained estimator"):
        rated_lines.token_errors(LINES)


def test_surprising_tokens_are_one_minus_their_probability(checkers, monkeypatch: pytest.MonkeyPatch) -> None:
    token = TokenSurprisal(Span(0, 3), math.log(4), 1.0, "", 0.5)  # probability 1/4
    monkeypatch.setattr(rated_lines, "read_surprisals", lambda model, texts: [(token,)])
    assert rated_lines.surprising_tokens(["one"]) == [
        (TokenError(Span(0, 3), pytest.approx(0.75), pytest.approx(0.75)),)
    ]


def tokens(*rows: tuple[int, int, float]) -> list[TokenError]:
    return [TokenError(Span(start, end), value) for start, end, value in rows]


@pytest.mark.parametrize(
    ("line", "read", "expected"),
    [
        ("it 's on", tokens((0, 2, 0.1), (2, 5, 0.4), (5, 8, 0.2)), [(0, 2, 0.1), (3, 5, 0.4), (6, 8, 0.2)]),
        ("unread", tokens((0, 2, 0.3), (2, 4, 0.9), (4, 6, 0.5)), [(0, 6, 0.9)]),  # the highest of the pieces
        ("a b", tokens((0, 3, 0.6)), [(0, 1, 0.6), (2, 3, 0.6)]),  # one token over two words
        ("a  b", tokens((0, 1, 0.1), (1, 2, 0.9), (2, 4, 0.2)), [(0, 1, 0.1), (3, 4, 0.2)]),  # blanks are no word
    ],
)
def test_a_word_has_the_highest_probability_of_its_tokens(line, read, expected) -> None:
    assert rated_lines.word_errors(line, read, rated_lines.words_of(line)) == tokens(*expected)


def test_a_word_is_as_grave_as_its_most_probable_token() -> None:
    read = [TokenError(Span(0, 2), 0.3, 0.9), TokenError(Span(2, 4), 0.8, 0.2)]
    assert rated_lines.word_errors("word", read, [Span(0, 4)]) == [TokenError(Span(0, 4), 0.8, 0.2)]


@pytest.mark.parametrize("read", [[], tokens((0, 1, 0.2)), tokens((2, 3, 0.2))])
def test_a_word_that_was_not_read_is_an_error(read) -> None:
    with pytest.raises(ValueError, match="no token covers"):
        rated_lines.word_errors("a b", read, rated_lines.words_of("a b"))


@given(
    st.lists(st.tuples(st.text("ab é", min_size=1, max_size=4), st.integers(0, 100)), min_size=1, max_size=8),
    st.sampled_from([r"\S+", r"\w"]),
)
@settings(deadline=None)
def test_words_against_a_search_through_all_tokens(pieces: list[tuple[str, int]], pattern: str) -> None:
    line, read = "", []
    for piece, value in pieces:
        read.append(TokenError(Span(len(line), len(line) + len(piece)), value / 100))
        line += piece
    found = rated_lines.word_errors(line, read, rated_lines.words_of(line, word=re.compile(pattern)))
    assert [one.span for one in found] == [Span(*match.span()) for match in re.finditer(pattern, line)]
    for one in found:
        assert one.probability == max(token.probability for token in read if token.span.overlaps(one.span))


def test_samples_are_seeded_and_in_order() -> None:
    items = [f"item {number}" for number in range(50)]
    assert rated_lines.sample(items, None) == items
    some = rated_lines.sample(items, 7)
    assert len(some) == 7
    assert some == rated_lines.sample(items, 7) == [item for item in items if item in some]
    assert rated_lines.sample(items, 80) == items
    assert sorted(rated_lines.shuffled(50)) == list(range(50)) != rated_lines.shuffled(50)


def test_human_and_blank_translations_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    systems = ["hyp.A", "metricsystem1", "ref", "refB", "ref.A"]
    rows = [
        MarkedTranslation(system, "doc", None, None, source, f"{system} {source}", ())
        for source in ("one", "two", "three")
        for system in systems
    ]
    blank = MarkedTranslation("hyp.B", "doc", None, None, "one", " ", ())
    monkeypatch.setattr(rated_lines.wmt_mqm, "marked_translations", lambda name, split: [*rows, blank])
    found = rated_lines.machine_translations("news", None)
    assert [row.system for row in found] == ["hyp.A", "metricsystem1"] * 3
    assert len({row.source for row in rated_lines.machine_translations("news", 2)}) == 2


@pytest.mark.parametrize(
    ("scorer", "expected"),
    [("score", ""), ("fast", "_of_fast"), ("surprisal", "_of_surprisal"), ("length", "_of_shortness")],
)
def test_figures_are_named_for_their_scorer(scorer: str, expected: str) -> None:
    assert rated_lines.suffix(scorer) == expected
