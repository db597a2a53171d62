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
    assert {one.name for one in unused_inputs(document, ())} == {"source", "reference"}
    assert unused_inputs(Document("d", ENGLISH), ()) == ()
    report = checker().check(document)
    assert {"source", "reference"} <= {one.name for one in report.skipped}


def test_without_a_model_offline_the_rules_that_need_one_are_skipped(
    tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MTQA_MODELS", str(tmp_path))
    for settings in (Settings(offline=True), Settings()):
        one = Checker(settings)
        if not settings.offline:
            monkeypatch.setenv("MTQA_OFFLINE", "1")
        report = one.check(Document("d", "He said that that was was good for all of us, and then he left the town."))
        assert any(rule == "repeated-text" for rule, _ in found(report))
        reasons = {skipped.name: skipped.reason for skipped in report.skipped}
        assert reasons["garbled-name"] == "no language model on this machine"
        assert "mtqa models get" in report.notes[0]
        assert one.missing_model == report.notes[0]
        assert "lm:none" in report.signature


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
