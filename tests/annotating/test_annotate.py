"""Annotations: only what rules need, tokens in the segment where they end, names and languages."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mtqa.annotating.annotate import annotate, rate_documents, split_by_segment
from mtqa.annotating.languages import document_language, guess_language
from mtqa.annotating.mentions import find_mentions
from mtqa.detecting.protocol import Need, Rule, Use
from mtqa.schema.document import Document
from mtqa.schema.issue import Category, Severity
from mtqa.segmenting import segment
from tests.fakes import FakeLanguageModel
from tests.rating import FakeEstimator

TEXT = "The president met Olaf Scholz on Monday. It rained all day.\n\nNobody knew why that was so.\n"


def rule(*needs: Need) -> Rule:
    return Rule("r", Category.GRAMMAR, Severity.MINOR, "", needs=needs)


def test_only_what_is_needed_is_computed() -> None:
    document = segment(Document("d", TEXT))
    (without,) = annotate([document], [rule()], None)
    assert without.mentions is None
    assert without.surprisal is None
    assert without.languages is None
    (known,) = annotate([document], [rule(Need.MENTIONS, Need.LANGUAGES)], FakeLanguageModel())
    assert known.mentions
    assert known.surprisal is not None
    assert len(known.surprisal) == len(known.languages or ()) == len(document.segments) == 3
    assert known.token_error is None
    assert annotate([], [rule()], None) == []


@pytest.mark.parametrize(
    ("needs", "estimated", "is_read"),
    [((), True, False), ((), False, True), ((Need.SURPRISAL,), True, True), ((Need.MENTIONS,), True, False)],
)
def test_the_language_model_reads_only_where_a_rule_or_the_score_needs_it(
    needs: tuple[Need, ...], estimated: bool, is_read: bool
) -> None:
    model = FakeLanguageModel()
    (known,) = annotate([segment(Document("d", TEXT))], [rule(*needs)], model, FakeEstimator() if estimated else None)
    assert (known.surprisal is not None) == bool(model.asked) == is_read
    assert (known.sentence_quality is not None) == estimated


@pytest.mark.parametrize(
    ("rules", "asked", "are_there"),
    [
        ([rule()], None, False),
        ([], None, False),
        ([rule(), replace(rule(), uses=(Use.ESTIMATOR,))], None, True),
        ([rule(Need.TOKEN_ERROR)], None, True),
        ([rule()], True, True),
        ([rule(Need.TOKEN_ERROR)], False, False),
    ],
)
def test_tokens_are_judged_where_a_rule_or_the_caller_asks_for_them(
    rules: list[Rule], asked: bool | None, are_there: bool
) -> None:
    document = segment(Document("d", TEXT))
    (known,) = annotate([document], rules, None, FakeEstimator(), tokens=asked)
    assert (known.token_error is not None) == are_there
    assert len(known.sentence_quality or ()) == len(document.segments)
    (without,) = annotate([document], rules, None, tokens=asked)
    assert without.token_error is None


def test_each_segment_is_rated_by_itself_with_spans_of_the_document() -> None:
    documents = [
        segment(Document("a", TEXT)),
        Document("b", ""),
        segment(Document("c", "😀 Es\u0301 rained.\n\n" + TEXT)),
    ]
    estimator = FakeEstimator({"Nobody knew why that was so.": 12.0})
    known = annotate(documents, [rule()], None, estimator, tokens=True)
    assert len(estimator.batches) == 1
    assert estimator.batches[0] == [document.text_of(part) for document in documents for part in document.segments]
    for document, own in zip(documents, known, strict=True):
        assert own.sentence_quality is not None
        assert own.token_error is not None
        assert len(own.sentence_quality) == len(own.token_error) == len(document.segments)
        for part, tokens in zip(document.segments, own.token_error, strict=True):
            assert [one.span.of(document.text) for one in tokens] == document.text_of(part).split()
            assert all(part.span.contains(one.span) for one in tokens)
    assert [one.score for one in known[0].sentence_quality or ()] == [80.0, 80.0, 12.0]
    assert rate_documents([], FakeEstimator()) == []


@given(st.text(st.sampled_from("Ab c.!\n\t😀é中\u2028"), max_size=60))
def test_every_token_goes_to_the_segment_where_it_ends(text: str) -> None:
    document = segment(Document("d", text))
    tokens = FakeLanguageModel().read([text])[0]
    groups = split_by_segment(document, tokens)
    assert len(groups) == len(document.segments)
    for part, group in zip(document.segments, groups, strict=True):
        assert all(part.span.start < token.span.end <= part.span.end for token in group)
        visible = "".join(token.span.of(text) for token in group)
        if group and group[-1].span.end == part.span.end:
            assert visible.endswith(document.text_of(part)[-1])
    assert [token for token in tokens if any(token in group for group in groups)] == [
        token for group in groups for token in group
    ]


@pytest.mark.parametrize(
    ("text", "mentions"),
    [
        ("The president met Olaf Scholz on Monday.", ["Olaf Scholz"]),
        ("When Ursula von der Leyen came, Macron left.", ["Ursula von der Leyen", "Macron"]),
        ("Emmanuel Macron's party and Jean-Luc Mélenchon’s won.", ["Emmanuel Macron", "Jean-Luc Mélenchon"]),
        ("In 2021 J. R. R. Tolkien was read.", ["J. R. R. Tolkien"]),
        ("George W. Bush met Malcolm X.", ["George W. Bush", "Malcolm X"]),
        ("The U.S. President Joe Biden", ["U", "S", "President Joe Biden"]),
        ("nobody came and nothing was said.", []),
        ("Meanwhile, However, But.", []),
        ("Sean O'Neill met D’Angelo Russell.", ["Sean O'Neill", "D’Angelo Russell"]),
        ("Żaneta Łukasiewicz-Nowak spoke", ["Żaneta Łukasiewicz-Nowak"]),
        ("", []),
    ],
)
def test_mentions(text: str, mentions: list[str]) -> None:
    found = find_mentions(segment(Document("d", text)))
    assert [mention.span.of(text) for mention in found] == mentions
    for mention in found:
        assert mention.words[0].start == mention.span.start
        assert mention.words[-1].end == mention.span.end
        assert all(mention.span.contains(word) for word in mention.words)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The talks in the town hall lasted for two hours.", "en"),
        ("Les pourparlers dans la mairie ont duré pendant deux heures.", "fr"),
        ("Die Gespräche im Rathaus haben zwei Stunden lang gedauert.", "de"),
        ("Переговоры в ратуше продолжались два часа.", "ru"),
        ("Переговори в ратуші тривали дві години, і ніхто не знав чому.", "uk"),
        ("会谈在市政厅持续了两个小时。", "zh"),
        ("会談は市庁舎で二時間続いた。", "ja"),
        ("Οι συνομιλίες διήρκεσαν δύο ώρες.", "el"),
        ("Olaf Scholz, Emmanuel Macron, Volodymyr Zelensky", None),
        ("Yes.", None),
        ("42 %", None),
        ("", None),
        ("😀😀😀", None),
    ],
)
def test_languages(text: str, language: str | None) -> None:
    guess = guess_language(text)
    assert guess.language == language
    assert 0.0 <= guess.probability <= 1.0


def test_the_language_of_a_document_is_that_of_most_of_its_text() -> None:
    english = "The talks in the town hall lasted for two hours, and nobody knew why they took so long. "
    mixed = segment(Document("d", english * 3 + "Les pourparlers ont duré pendant deux heures."))
    guess = document_language(mixed)
    assert guess.language == "en"
    assert 0.5 < guess.probability < 1.0
    assert document_language(segment(Document("d", "Olaf Scholz. 42."))).language is None
    assert document_language(Document("d", "")).language is None


def test_a_short_segment_does_not_speak_for_the_text() -> None:
    unsure = document_language(segment(Document("d", "It rained all day.")))
    sure = document_language(
        segment(Document("d", "The minister said that the law would be passed before the summer."))
    )
    assert unsure.probability < 0.5 < sure.probability
    assert sure.language == "en"
