"""A document with its source: what is scored by it, what the signature and the notes say."""

from __future__ import annotations

import pytest

from mtqa.checker import Checker
from mtqa.schema.annotations import SourceView
from mtqa.schema.document import Document, Segment, Span
from mtqa.schema.report import Report
from mtqa.settings import Settings
from tests.fakes import FakeJudge, FakeLanguageModel
from tests.meaning import FakeEncoder
from tests.rating import FakeEstimator

SOURCES = ("Der Präsident unterzeichnete gestern das neue Gesetz.", "Die Opposition kündigte an, dagegen zu klagen.")
LINES = ("The president signed the new law yesterday.", "The opposition announced that it would sue.")
SAME = {text: str(number) for side in (SOURCES, LINES) for number, text in enumerate(side)}
SKIP = ("wrong-segment", "low-adequacy", "omission", "addition")


class Reading(FakeEstimator):
    views = frozenset({SourceView.MEANING})


def document(*, language: str | None = "de", paired: int = 2) -> Document:
    text, source, segments = "", "", []
    for index, (ours, theirs) in enumerate(zip(LINES, SOURCES, strict=True)):
        span = Span(len(source), len(source) + len(theirs)) if index < paired else None
        segments.append(Segment(index, Span(len(text), len(text) + len(ours)), source_span=span))
        text, source = f"{text}{ours}\n", f"{source}{theirs}\n"
    return Document("d", text, source=source, source_language=language, segments=tuple(segments))


def check(
    one: Document, estimator: FakeEstimator | None = None, encoder: FakeEncoder | None = None, **settings: object
) -> Report:
    checker = Checker(
        Settings(skip=SKIP, **settings),  # type: ignore[arg-type]
        language_model=FakeLanguageModel(),
        judge=FakeJudge(),
        estimator=estimator or Reading(),
        encoder=encoder,
    )
    return checker.check(one)


def test_the_score_with_the_source_says_so_in_its_signature() -> None:
    report = check(document(), encoder=FakeEncoder(SAME))
    assert [one.score for one in report.estimates] == pytest.approx([100.0, 100.0], abs=0.01)
    assert report.signature.endswith("|src:meaning-fake-encoder")
    assert report.notes == ()
    bare = check(Document("d", " ".join(LINES)), encoder=FakeEncoder(SAME))
    assert "src:" not in bare.signature


def test_segments_without_counterpart_are_scored_without_it_and_counted() -> None:
    report = check(document(paired=1), encoder=FakeEncoder(SAME))
    assert [one.score for one in report.estimates] == pytest.approx([100.0, 80.0], abs=0.01)
    assert any("1 of 2 segments have no counterpart" in note for note in report.notes)


def test_a_language_that_the_encoder_does_not_know_is_named() -> None:
    report = check(document(), encoder=FakeEncoder(SAME, languages=frozenset({"ru"})))
    assert [one.score for one in report.estimates] == [80.0, 80.0]
    assert "src:" not in report.signature
    assert any("does not know German" in note for note in report.notes)
    assert any("reads no source" in note for note in report.notes)


def test_a_wrong_source_language_is_named() -> None:
    report = check(document(language="fr"), encoder=FakeEncoder(SAME))
    assert any("reads as German, not French" in note for note in report.notes)


def test_an_estimator_that_reads_no_source_is_named() -> None:
    report = check(document(), FakeEstimator(), FakeEncoder(SAME))
    assert [one.score for one in report.estimates] == [80.0, 80.0]
    assert any("reads no source" in note for note in report.notes)


def test_documents_without_segments_are_paired_with_the_encoder() -> None:
    bare = Document("d", "\n".join(LINES), source="\n".join(SOURCES), source_language="de")
    encoder = FakeEncoder(SAME)
    report = check(bare, encoder=encoder)
    assert [one.score for one in report.estimates] == pytest.approx([100.0, 100.0], abs=0.01)
    assert set(SOURCES) <= set(encoder.asked)
