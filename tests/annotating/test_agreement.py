"""Segments beside their source: what is compared, in which language, and what is left alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from mtqa.annotating.agreement import common_language, find_agreement, source_language
from mtqa.schema.annotations import PairReading, SourceView
from mtqa.schema.document import Document, Segment, Span
from mtqa.schema.roles import TextMeaning, is_covered
from tests.joint import FakeJoint
from tests.meaning import FakeEncoder

SOURCE = "Der Hund bellt laut.\nDie Katze schläft auf dem Sofa."
TEXT = "The dog barks. It is loud. The cat sleeps."
SPANS = (Span(0, 14), Span(15, 26), Span(27, 42))
FIRST, SECOND = Span(0, 20), Span(21, 52)


def document(*sources: Span | None, language: str | None = "de") -> Document:
    segments = tuple(
        Segment(index, span, source_span=source)
        for index, (span, source) in enumerate(zip(SPANS, sources, strict=True))
    )
    return Document("d", TEXT, source=SOURCE, source_language=language, segments=segments)


def test_segments_that_share_a_source_are_compared_together() -> None:
    encoder = FakeEncoder({"Die Katze schläft auf dem Sofa.": "cat", "The cat sleeps.": "cat"})
    (found,) = find_agreement([document(FIRST, FIRST, SECOND)], encoder)
    assert found is not None
    assert found[0] is found[1]
    assert found[0] is not None
    assert (found[0].source, found[0].hypothesis) == ("Der Hund bellt laut.", "The dog barks. It is loud.")
    assert found[2] is not None
    assert found[2].cosine == pytest.approx(1.0, abs=1e-5)
    assert found[2].view is SourceView.MEANING
    assert len(encoder.asked) == len(set(encoder.asked)) == 4


def test_a_segment_without_counterpart_and_a_document_without_source_have_none() -> None:
    bare = replace(document(None, None, None), source=None)
    first, second = find_agreement([document(None, FIRST, None), bare], FakeEncoder())
    assert first is not None
    assert [one is None for one in first] == [True, False, True]
    assert second is None


@pytest.mark.parametrize(
    ("languages", "language", "view"),
    [
        ({"de", "en"}, "de", SourceView.MEANING),
        ({"de", "en"}, "de-AT", SourceView.MEANING),
        ({"ru"}, "de", SourceView.OVERLAP),
        (set(), "xx", SourceView.MEANING),  # an encoder that does not say what it knows
    ],
)
def test_the_cosine_is_for_languages_that_the_encoder_knows(
    languages: set[str], language: str, view: SourceView
) -> None:
    encoder = FakeEncoder(languages=frozenset(languages))
    (found,) = find_agreement([document(FIRST, FIRST, SECOND, language=language)], encoder)
    assert found is not None
    assert {one.view for one in found if one} == {view}
    assert {one.cosine is None for one in found if one} == {view is not SourceView.MEANING}
    assert find_agreement([document(FIRST, None, None)], None)[0][0].cosine is None  # type: ignore[index, union-attr]


def test_other_languages_have_a_lexicon_or_nothing() -> None:
    source = "See on väga vana maja."
    estonian = Document(
        "d", "This is a very old house.", source=source, source_language="et",
        segments=(Segment(0, Span(0, 25), source_span=Span(0, len(source))),),
    )  # fmt: skip
    (found,) = find_agreement([estonian], FakeEncoder(languages=frozenset({"de"})))
    assert found is not None
    assert found[0] is not None
    assert found[0].view is SourceView.LEXICON


@pytest.mark.parametrize(
    ("languages", "language", "view", "rated"),
    [
        ({"de"}, "de", SourceView.MEANING, 0.5),
        ({"de"}, "et", SourceView.VECTORS, -1.5),
        ({"de"}, "fi", SourceView.OVERLAP, None),
        ({"fi"}, "fi", SourceView.MEANING, None),  # known, but nobody rated it
    ],
)
def test_vectors_are_rated_where_a_map_was_trained(
    languages: set[str], language: str, view: SourceView, rated: float | None
) -> None:
    encoder = FakeEncoder(languages=frozenset(languages), ratings={"de": 0.5, "et": -1.5})
    short = replace(document(FIRST, FIRST, FIRST, language=language), source=SOURCE[:20])  # too short for a guess
    (found,) = find_agreement([short], encoder)
    assert found is not None
    assert [(one.view, one.rated) for one in found if one] == [(view, rated)] * 3
    assert {one.cosine is None for one in found if one} == {view is not SourceView.MEANING}
    assert bool(encoder.asked) == (view is not SourceView.OVERLAP)


def test_pairs_of_known_languages_are_read_together() -> None:
    reading = PairReading(1.5, np.array([0.1, 0.2]), np.array([0.3]))
    pairs = [document(FIRST, FIRST, FIRST, language=language) for language in ("de", "fi")]
    for encoder in (FakeEncoder(languages=frozenset({"de"}), reading=reading), FakeEncoder()):
        has_reader = bool(encoder.languages)
        for own, is_known in zip(pairs, (True, False), strict=True):
            (found,) = find_agreement([replace(own, source=SOURCE[:20])], encoder)
            assert found is not None
            expected = reading if is_known and has_reader else None
            assert [one.reading for one in found if one] == [expected] * 3


def test_each_pair_is_read_jointly_once() -> None:
    first, second = "The dog barks. It is loud.", "The cat sleeps."
    joint = FakeJoint({first: 1.0, second: -1.0})
    twice = [document(FIRST, FIRST, SECOND), replace(document(FIRST, FIRST, SECOND), id="e")]
    for encoder in (FakeEncoder(), None):
        joint.asked.clear()
        for found in find_agreement(twice, encoder, joint):
            assert found is not None
            assert [one.joint and one.joint.expectation for one in found if one] == [1.0, 1.0, -1.0]
        assert joint.asked == [("Der Hund bellt laut.", first), ("Die Katze schläft auf dem Sofa.", second)]


def test_what_is_read_jointly_leaves_the_rest_of_the_comparison_as_it_is() -> None:
    pair = [document(FIRST, FIRST, SECOND)]
    (without,), (found,) = (find_agreement(pair, FakeEncoder(), joint) for joint in (None, FakeJoint()))
    assert without is not None
    assert found is not None
    assert [one.joint for one in without if one] == [None] * 3
    assert found == without  # a joint reading is no part of the comparison of two
    assert all(one.joint is not None and one.cosine is not None for one in found if one)


class WordByWord(FakeEncoder):
    """Keeps what it was asked to read word by word."""

    def __init__(self) -> None:
        super().__init__(reading=PairReading(1.5, np.array([0.1]), np.array([0.3])))
        self.words_of: list[str] = []

    def read(self, texts: Sequence[str]) -> list[TextMeaning]:
        self.words_of.extend(texts)
        return super().read(texts)


@pytest.mark.parametrize(("languages", "is_read"), [({"de"}, True), ({"es"}, False)])
def test_what_is_read_jointly_is_not_compared_word_by_word(languages: set[str], *, is_read: bool) -> None:
    encoder = WordByWord()
    (found,) = find_agreement([document(FIRST, FIRST, SECOND)], encoder, FakeJoint(languages=frozenset(languages)))
    assert found is not None
    assert (encoder.words_of == []) is is_read
    assert {one.reading is None for one in found if one} == {is_read}
    assert all(one.cosine is not None and one.vectors is not None for one in found if one)
    assert len(encoder.asked) == len(set(encoder.asked)) == 4


@pytest.mark.parametrize(
    ("languages", "language", "is_read"),
    [({"de"}, "de", True), ({"de"}, "de-AT", True), ({"et"}, "de", False), (set(), "xx", True), ({"de"}, None, False)],
)
def test_pairs_are_read_jointly_in_languages_that_are_known(
    languages: set[str], language: str | None, is_read: bool
) -> None:
    joint = FakeJoint(languages=frozenset(languages))
    # Too short for a guess of the language.
    own = replace(document(FIRST, None, None, language=language), source="1234 5678, 90; 12345")
    (found,) = find_agreement([own], FakeEncoder(), joint)
    assert found is not None
    assert found[1:] == (None, None)
    assert found[0] is not None
    assert (found[0].joint is not None) == is_read
    assert joint.calls == is_read


def test_only_pairs_of_known_languages_are_read_jointly_and_results_keep_their_places() -> None:
    spanish = replace(document(FIRST, None, FIRST, language="es"), source="El perro ladra ya...")
    bare = replace(document(None, None, None), source=None)
    joint = FakeJoint({"The dog barks.": 2.0}, languages=frozenset({"es"}))
    german, none, found = find_agreement([document(FIRST, FIRST, SECOND), bare, spanish], None, joint)
    assert german is not None
    assert [one.joint for one in german if one] == [None] * 3
    assert none is None
    assert found is not None
    assert [one and one.joint and one.joint.expectation for one in found] == [2.0, None, 0.0]
    assert {source for source, _ in joint.asked} == {"El perro ladra ya..."}


@pytest.mark.parametrize(
    ("source", "named", "language"),
    [
        ("Der Präsident hat gestern das neue Gesetz unterzeichnet, sagte ein Sprecher.", None, "de"),
        ("Der Präsident hat gestern das neue Gesetz unterzeichnet, sagte ein Sprecher.", "fr", "de"),
        ("Der Präsident hat gestern das neue Gesetz unterzeichnet, sagte ein Sprecher.", "de-AT", "de-AT"),
        ("Berlin", "pl", "pl"),
        ("Politička stranka je juče objavila svoj program za sledeće izbore.", "hr", "hr"),
        ("12345", None, None),
    ],
)
def test_a_source_that_surely_reads_as_another_language_is_of_that_language(
    source: str, named: str | None, language: str | None
) -> None:
    assert source_language(Document("d", "x", source=source, source_language=named)).language == language


def test_chinese_in_either_script_is_covered() -> None:
    encoder = FakeEncoder(languages=frozenset({"zh", "zh-TW"}))
    assert is_covered(encoder, "zh")
    assert is_covered(encoder, "zh-HK")
    assert not is_covered(encoder, None)


def test_the_language_of_a_file_is_that_of_its_lines_together() -> None:
    lines = ["Berlin", "Der Präsident hat gestern das Gesetz unterzeichnet.", "Die Opposition will dagegen klagen."]
    assert common_language(iter(lines)) == "de"
    assert common_language([]) is None
    assert common_language(["123", "Q4"]) is None
