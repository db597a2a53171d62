"""The joint estimator in the straight line: when it is loaded, what it changes, what is said where it is missing."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mtqa.checker import Checker
from mtqa.errors import ModelMissing
from mtqa.schema.annotations import Agreement, SentenceQuality, SourceView
from mtqa.schema.document import Document, Segment, Span
from mtqa.schema.report import Report
from mtqa.settings import Settings
from tests.cli.command import knowledge
from tests.fakes import FakeJudge, FakeLanguageModel
from tests.joint import FakeJoint
from tests.meaning import FakeEncoder
from tests.rating import SPREAD, FakeEstimator

SOURCES = ("Der Präsident unterzeichnete gestern das neue Gesetz.", "Die Opposition kündigte an, dagegen zu klagen.")
LINES = ("The president signed the new law yesterday.", "The opposition announced that it would sue.")
SAME = {text: str(number) for side in (SOURCES, LINES) for number, text in enumerate(side)}
EXPECTATIONS = {LINES[0]: -2.0, LINES[1]: 1.0}
BARE = Document("bare", "\n".join(LINES))
GETS_IT = "the model is missing; run `mtqa models get it`"


class Jointly(FakeEstimator):
    """Was fitted to the joint estimator: ten points for a standard deviation, from 50."""

    views = frozenset({SourceView.MEANING})
    reads_jointly = True

    def with_source(self, quality: SentenceQuality, agreement: Agreement) -> SentenceQuality:
        if agreement.joint is None:
            return super().with_source(quality, agreement)
        score = 50.0 + 10.0 * agreement.joint.expectation
        return SentenceQuality(score, SPREAD, score - SPREAD, score + SPREAD)


class Loader:
    """Stands for the loading of models: `asked` are the settings with which the joint estimator was."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.asked: list[Settings] = []
        self.joint = FakeJoint(EXPECTATIONS)
        self.error: ModelMissing | None = None
        patch.setattr("mtqa.modeling.joint_estimator.load_joint_estimator", self.load)
        patch.setattr("mtqa.modeling.load.load_language_model", lambda *given, **options: FakeLanguageModel())
        patch.setattr("mtqa.modeling.meaning_encoder.load_meaning_encoder", lambda *given, **options: FakeEncoder(SAME))

    def load(self, settings: Settings, **options: object) -> FakeJoint:
        self.asked.append(settings)
        if self.error is not None:
            raise self.error
        return self.joint


@pytest.fixture
def loader(monkeypatch: pytest.MonkeyPatch) -> Loader:
    return Loader(monkeypatch)


@pytest.fixture(autouse=True)
def tables_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mtqa.checker.load_knowledge", knowledge)


def document(name: str = "d") -> Document:
    text, source, segments = "", "", []
    for index, (ours, theirs) in enumerate(zip(LINES, SOURCES, strict=True)):
        own, other = Span(len(text), len(text) + len(ours)), Span(len(source), len(source) + len(theirs))
        segments.append(Segment(index, own, source_span=other))
        text, source = f"{text}{ours}\n", f"{source}{theirs}\n"
    return Document(name, text, source=source, source_language="de", segments=tuple(segments))


def settings(**options: object) -> Settings:
    return Settings(rules=("repeated-text",), **options)  # type: ignore[arg-type]


def scores(report: Report) -> list[float]:
    return [one.score for one in report.estimates]


def is_said(checker: Checker) -> bool:
    return any("were not read together" in note for note in checker.notes)


def test_scores_with_the_source_are_the_joint_estimators_and_say_so(loader: Loader) -> None:
    checker = Checker(settings(), estimator=Jointly())
    report = checker.check(document())
    assert scores(report) == [30.0, 60.0]
    assert report.signature.endswith("|src:meaning-fake-encoder+fake-joint")
    assert report.notes == ()
    assert loader.joint.asked == list(zip(SOURCES, LINES, strict=True))
    checker.check(document())
    assert loader.asked == [checker.settings]  # loaded once


def test_the_note_of_a_language_that_the_encoder_does_not_know_names_it() -> None:
    encoder = FakeEncoder(SAME, languages=frozenset({"ru"}))
    report = Checker(settings(), estimator=Jointly(), encoder=encoder, joint=FakeJoint(EXPECTATIONS)).check(document())
    said = [note for note in report.notes if "does not know German" in note]
    assert [note.partition("compared by ")[2] for note in said] == [
        "the joint estimator, names, numbers and words alike"
    ]


def test_it_is_not_loaded_without_a_source(loader: Loader) -> None:
    checker = Checker(settings(), estimator=Jointly())
    report = checker.check(BARE)
    assert loader.asked == []
    assert scores(report) == [80.0, 80.0]
    assert "src:" not in report.signature
    assert report.notes == ()


LEFT_OUT: dict[str, Callable[[], Checker]] = {
    "fast": lambda: Checker(settings(fast=True), estimator=Jointly()),
    "no encoder": lambda: Checker(settings(encoder="none"), estimator=Jointly()),
    "left out": lambda: Checker(settings(joint=False), estimator=Jointly()),
    "not fitted to it": lambda: Checker(settings(), estimator=FakeEstimator()),
    "a given language model": lambda: Checker(settings(), estimator=Jointly(), language_model=FakeLanguageModel()),
    "a given judge": lambda: Checker(settings(), estimator=Jointly(), judge=FakeJudge()),
    "a given encoder": lambda: Checker(settings(), estimator=Jointly(), encoder=FakeEncoder(SAME)),
    "no estimator": lambda: Checker(settings(), language_model=FakeLanguageModel(), judge=FakeJudge()),
}


@pytest.mark.parametrize("why", LEFT_OUT)
def test_it_is_not_loaded_where_it_is_left_out(why: str, loader: Loader) -> None:
    checker = LEFT_OUT[why]()
    report = checker.check(document())
    assert checker.joint is None
    assert loader.asked == []
    assert "fake-joint" not in report.signature
    assert checker.missing_joint is None
    assert not is_said(checker)


@pytest.mark.parametrize("by_environment", [False, True])
def test_offline_without_it_the_source_is_read_and_the_loss_is_said(
    by_environment: bool, loader: Loader, monkeypatch: pytest.MonkeyPatch
) -> None:
    loader.error = ModelMissing(GETS_IT)
    if by_environment:
        monkeypatch.setenv("MTQA_OFFLINE", "1")
    checker = Checker(settings(offline=not by_environment), estimator=Jointly())
    report = checker.check(document())
    assert scores(report) == pytest.approx([100.0, 100.0], abs=0.01)  # what the encoder makes of them
    assert report.signature.endswith("|src:meaning-fake-encoder")
    assert checker.missing_joint == GETS_IT
    (note,) = report.notes
    assert "were not read together: scores with the source are less exact. The model is missing" in note
    assert GETS_IT[1:] in note
    assert checker.notes == report.notes
    checker.check(document())
    assert len(loader.asked) == 1  # it is looked for once
    assert checker.check(BARE).notes == ()  # whose source nobody has


def test_with_a_network_a_missing_one_is_an_error(loader: Loader) -> None:
    loader.error = ModelMissing(GETS_IT)
    with pytest.raises(ModelMissing, match="models get it"):
        Checker(settings(), estimator=Jointly()).check(document())


def test_nothing_is_said_of_a_missing_one_before_a_source_asks_for_it(loader: Loader) -> None:
    loader.error = ModelMissing(GETS_IT)
    checker = Checker(settings(offline=True), estimator=Jointly())
    assert checker.check(BARE).notes == ()
    assert loader.asked == []


def test_a_given_one_is_used_beside_other_given_models() -> None:
    joint = FakeJoint(EXPECTATIONS)
    models = {"language_model": FakeLanguageModel(), "judge": FakeJudge(), "encoder": FakeEncoder(SAME)}
    checker = Checker(settings(), estimator=Jointly(), joint=joint, **models)  # type: ignore[arg-type]
    report = checker.check(document())
    assert checker.joint is joint
    assert scores(report) == [30.0, 60.0]
    assert report.signature.endswith("+fake-joint")


def test_a_language_that_it_does_not_know_is_scored_without_it(loader: Loader) -> None:
    loader.joint = FakeJoint(EXPECTATIONS, languages=frozenset({"et"}))
    report = Checker(settings(), estimator=Jointly()).check(document())
    assert loader.joint.calls == 0
    assert scores(report) == pytest.approx([100.0, 100.0], abs=0.01)
    assert report.signature.endswith("|src:meaning-fake-encoder")


def test_documents_in_one_batch_are_as_alone_in_any_order(loader: Loader) -> None:
    documents = [document("a"), BARE, document("b")]
    checker = Checker(settings(), estimator=Jointly())
    alone = [checker.check(one) for one in documents]
    assert checker.check_many(documents) == alone
    assert checker.check_many(documents[::-1]) == alone[::-1]
    assert ["fake-joint" in report.signature for report in alone] == [True, False, True]
    loader.joint.asked.clear()
    checker.check_many(documents)
    assert len(loader.joint.asked) == len(set(loader.joint.asked)) == len(LINES)
