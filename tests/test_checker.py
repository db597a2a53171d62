"""The straight line with fake models: batches, refusals, thresholds, what is skipped and why."""

from __future__ import annotations

import datetime as dt

import pytest

from mtqa import Checker, Document, ModelMissing, Report, Segment, Settings, SettingsError, Span
from mtqa.checker import choose_detectors, refusal, unused_inputs
from mtqa.detecting.discovery import discover
from mtqa.detecting.protocol import Status
from mtqa.segmenting import segment
from tests.cli.command import knowledge
from tests.fakes import FakeJudge, FakeLanguageModel
from tests.rating import FakeEstimator

ENGLISH = "The president spoke on Monday about the new law. It was a good day for all of us.\n"
RESIDUE = "He met MM. Dupont and Durand in the town hall of the city. The talks lasted for two hours.\n"
FRENCH = "Le président a parlé lundi de la nouvelle loi qui sera votée demain par les députés.\n"


@pytest.fixture(autouse=True)
def tables_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mtqa.checker.load_knowledge", knowledge)


def checker(settings: Settings | None = None, **options: object) -> Checker:
    return Checker(settings, language_model=FakeLanguageModel(), judge=FakeJudge(**options))  # type: ignore[arg-type]


def found(report: Report) -> list[tuple[str, str]]:
    return [(issue.rule, issue.span.of(report.document.text)) for issue in report.issues]


def test_a_report_has_everything_in_order() -> None:
    report = checker().check(Document("d", RESIDUE, date=dt.date(2021, 12, 10)))
    assert [one.segment for one in report.estimates] == [one.index for one in report.document.segments] == [0, 1]
    assert report.overall is not None
    assert report.overall.segment is None
    assert ("untranslated-residue", "MM.") in found(report)
    assert all(issue.fingerprint for issue in report.issues)
    assert report.signature.startswith("mtqa:")
    assert "lm:fake" in report.signature
    assert report.estimates[0].score < report.estimates[1].score


def test_documents_in_one_batch_are_as_alone_in_any_order() -> None:
    documents = [Document(str(number), text) for number, text in enumerate((ENGLISH, RESIDUE, FRENCH, "  ", RESIDUE))]
    one = checker()
    alone = [one.check(document) for document in documents]
    assert one.check_many(documents) == alone
    assert one.check_many(documents[::-1]) == alone[::-1]
    assert one.check_many([]) == []


def test_the_models_are_asked_once_for_all_documents() -> None:
    model = FakeLanguageModel()
    Checker(language_model=model, judge=FakeJudge()).check_many([Document("a", ENGLISH), Document("b", RESIDUE)])
    assert model.asked == [ENGLISH, RESIDUE]


@pytest.mark.parametrize(
    ("text", "language"), [(FRENCH, "French"), ("Сегодня президент говорил о новом законе.", "Russian")]
)
def test_other_languages_are_refused_with_the_reason(text: str, language: str) -> None:
    model = FakeLanguageModel()
    one = Checker(language_model=model, judge=FakeJudge())
    report = one.check(Document("d", text))
    assert report.refused
    assert (report.overall, report.estimates, report.issues, report.document.segments) == (None, (), (), ())
    assert f"reads as {language}" in report.notes[0]
    assert {skipped.name for skipped in report.skipped} == {rule.id for rule in one.rules}
    assert model.asked == []
    assert not one.check_many([Document("d", text)], any_language=True)[0].refused
    assert not checker(Settings(any_language=True)).check(Document("d", text)).refused


@pytest.mark.parametrize("text", [ENGLISH, "Olaf Scholz. Kyiv. Berlin.", "MM.", "42", "\x00\x01"])
def test_what_may_be_english_is_not_refused(text: str) -> None:
    assert refusal(segment(Document("d", text))) is None


def test_segments_that_are_there_are_kept() -> None:
    segments = (Segment(0, Span(0, 20)), Segment(1, Span(21, 48)))
    report = checker().check(Document("d", ENGLISH, segments=segments))
    assert report.document.segments == segments
    assert len(report.estimates) == 2


def test_confidence_decides_what_is_reported() -> None:
    (sure,) = [one for one in checker().check(Document("d", RESIDUE)).issues if one.rule == "untranslated-residue"]
    for least, reported in ((0.0, True), (sure.confidence, True), (min(1.0, sure.confidence + 1e-6), False)):
        report = checker(Settings(min_confidence=least)).check(Document("d", RESIDUE))
        assert (sure in report.issues) == reported or sure.confidence == 1.0


def test_rules_can_be_chosen() -> None:
    known = {detector.rule.id: detector.rule.status for detector in discover()}
    stable = {name for name, status in known.items() if status is Status.STABLE}

    def chosen(**options: object) -> set[str]:
        return {detector.rule.id for detector in choose_detectors(Settings(**options))}  # type: ignore[arg-type]

    assert chosen() == stable
    assert chosen(preview=True) == set(known)
    assert chosen(rules=("reversed-roles",)) == {"reversed-roles"}  # named: runs whatever its status
    assert chosen(skip=("garbled-name",)) == stable - {"garbled-name"}
    assert chosen(rules=("garbled-name",), skip=("garbled-name",)) == set()
    for name, hint in (("garbled-names", "did you mean garbled-name"), ("zzz", "known rules")):
        with pytest.raises(SettingsError, match=hint):
            choose_detectors(Settings(skip=(name,)))


def test_inputs_that_no_rule_uses_are_named() -> None:
    document = Document("d", ENGLISH, source="Der Präsident sprach.", reference="The president spoke.")
    assert [one.name for one in unused_inputs(document, ())] == ["reference"]
    assert unused_inputs(Document("d", ENGLISH), ()) == ()
    report = checker().check(document)
    assert "reference" in {one.name for one in report.skipped}
    assert "source" not in {one.name for one in report.skipped}  # the score and rules look at it


def scores(report: Report) -> list[float]:
    return [one.score for one in report.estimates]


def test_the_estimator_gives_the_scores() -> None:
    sentences = [segment(Document("d", ENGLISH)).text_of(part) for part in segment(Document("d", ENGLISH)).segments]
    estimator = FakeEstimator({sentences[0]: 35.0})
    model = FakeLanguageModel()
    one = Checker(language_model=model, judge=FakeJudge(), estimator=estimator)
    report = one.check(Document("d", ENGLISH))
    assert scores(report) == [35.0, 80.0]
    assert (report.estimates[0].low, report.estimates[0].high) == (23.0, 41.0)
    assert report.estimates[0].drivers == ("trained estimator",)
    assert "qe:fake" in report.signature
    assert model.asked == []  # no rule needs the surprisal of whole texts any more
    assert estimator.batches == [sentences]


def test_an_issue_costs_points_of_the_estimate() -> None:
    report = Checker(language_model=FakeLanguageModel(), judge=FakeJudge(), estimator=FakeEstimator()).check(
        Document("d", RESIDUE)
    )
    assert ("untranslated-residue", "MM.") in found(report)
    assert report.estimates[0].score < report.estimates[1].score == 80.0


def test_without_an_estimator_given_models_score_by_surprisal() -> None:
    for one in (
        checker(),
        Checker(language_model=FakeLanguageModel()),
        Checker(judge=FakeJudge(), language_model=FakeLanguageModel()),
    ):
        assert one.estimator is None
        assert "qe:surprisal" in one.signature


@pytest.fixture
def loaded(monkeypatch: pytest.MonkeyPatch) -> list[Settings]:
    """The settings with which estimators are loaded, in place of loading any."""
    seen: list[Settings] = []

    def load(settings: Settings, **options: object) -> FakeEstimator:
        seen.append(settings)
        return FakeEstimator()

    monkeypatch.setattr("mtqa.modeling.load_quality.load_quality_estimator", load)
    return seen


def test_without_a_model_offline_the_fast_estimator_scores_and_rules_are_skipped(
    tmp_path: object, monkeypatch: pytest.MonkeyPatch, loaded: list[Settings]
) -> None:
    monkeypatch.setenv("MTQA_MODELS", str(tmp_path))
    for settings in (Settings(offline=True), Settings()):
        one = Checker(settings)
        if not settings.offline:
            monkeypatch.setenv("MTQA_OFFLINE", "1")
        report = one.check(Document("d", "He said that that was was good for all of us, and then he left the town."))
        assert any(rule == "repeated-text" for rule, _ in found(report))
        reasons = {skipped.name: skipped.reason for skipped in report.skipped}
        assert reasons["garbled-name"] == "no language model"
        assert "mtqa models get" in report.notes[0]
        assert report.notes == one.notes
        assert (one.missing_model or "?")[1:] in report.notes[0]
        assert "lm:none" in report.signature
        assert "qe:fake" in report.signature
    assert [settings.fast for settings in loaded] == [True, True]


def test_fast_looks_for_no_language_model_and_says_nothing_of_it(
    monkeypatch: pytest.MonkeyPatch, loaded: list[Settings]
) -> None:
    def refuse(*arguments: object, **options: object) -> None:
        raise AssertionError(arguments)

    monkeypatch.setattr("mtqa.modeling.load.load_language_model", refuse)
    report = Checker(Settings(fast=True)).check(Document("d", ENGLISH))
    assert scores(report) == [80.0, 80.0]
    assert report.notes == ()
    assert "lm:none" in report.signature
    assert "garbled-name" in {skipped.name for skipped in report.skipped}
    assert [settings.fast for settings in loaded] == [True]


@pytest.mark.parametrize(("here", "fast"), [(True, False), (False, True)])
def test_beside_a_model_of_the_users_own_the_tier_depends_on_what_is_here(
    monkeypatch: pytest.MonkeyPatch, loaded: list[Settings], here: bool, fast: bool
) -> None:
    monkeypatch.setattr("mtqa.modeling.load.load_language_model", lambda *given, **options: FakeLanguageModel())
    monkeypatch.setattr("mtqa.modeling.load_quality.base_is_here", lambda settings: here)
    report = Checker(Settings(language_model="my/model", offline=True)).check(Document("d", ENGLISH))
    assert [settings.fast for settings in loaded] == [fast]
    assert ["scored by the fast estimator" in note for note in report.notes] == [True] * fast


@pytest.mark.models
def test_a_model_asked_for_by_name_must_be_there(tmp_path: object) -> None:
    with pytest.raises(ModelMissing):
        Checker(Settings(offline=True, language_model=f"{tmp_path}/none")).check(Document("d", ENGLISH))


def test_a_language_model_that_cannot_score_leaves_no_judge() -> None:
    one = Checker(language_model=FakeLanguageModel())
    assert one.judge is None
    report = one.check(Document("d", ENGLISH))
    assert "garbled-name" in {skipped.name for skipped in report.skipped}


@pytest.mark.models
def test_the_shipped_model_gives_the_same_report_alone_and_in_a_batch() -> None:
    one = Checker(Settings(date=dt.date(2021, 12, 10)))
    texts = (ENGLISH, RESIDUE, "New German Chancellor Olaf Scholes has threatened Moscow.\n" + ENGLISH)
    documents = [Document(str(number), text) for number, text in enumerate(texts)]
    alone = [one.check(document) for document in documents]
    assert one.check_many(documents) == alone
    assert one.check_many(documents[::-1]) == alone[::-1]
    assert ("garbled-name", "Scholes") in found(alone[2])
