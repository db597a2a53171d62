from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import pytest

from mtqa.detecting.protocol import Compare, Tools
from mtqa.detectors import false_friend
from mtqa.knowledge import Knowledge, load_knowledge
from mtqa.knowledge.source_languages import likely_source_languages
from mtqa.schema.annotations import Annotations, LanguageGuess
from mtqa.schema.document import Document, Segment, SegmentKind, Span
from mtqa.schema.issue import EvidenceKind, Issue, Severity
from mtqa.schema.roles import Hypothesis, Verdict


@lru_cache(maxsize=1)
def knowledge() -> Knowledge:
    return load_knowledge()


def document(text: str, *, kind: SegmentKind = SegmentKind.SENTENCE, **fields: str) -> Document:
    segments, start = [], 0
    for index, line in enumerate(text.split("\n")):
        segments.append(Segment(index, Span(start, start + len(line)), kind))
        start += len(line) + 1
    return Document("d", text, segments=tuple(segments), source=None, **fields)


class Run:
    """One detection with a judge that likes `favourite` best; keeps what was asked."""

    def __init__(self, checked: Document, *, favourite: str = "", languages: tuple[LanguageGuess, ...] | None = None):
        self.asked: list[Hypothesis] = []
        self.features: list[Mapping[str, float]] = []
        self.issues: list[Issue] = []
        tools = Tools(knowledge=knowledge(), confidence=self._confidence)
        steps = false_friend.detect(checked, Annotations(languages=languages), tools)
        answer = None
        while True:
            try:
                step = steps.send(answer)
            except StopIteration:
                break
            answer = None
            if isinstance(step, Issue):
                self.issues.append(step)
            else:
                assert isinstance(step, Compare)
                self.asked += step.hypotheses
                answer = [self._verdict(hypothesis, favourite) for hypothesis in step.hypotheses]

    def _confidence(self, rule: str, features: Mapping[str, float]) -> float:
        assert rule == "false-friend"
        self.features.append(features)
        return 0.9

    @staticmethod
    def _verdict(hypothesis: Hypothesis, favourite: str) -> Verdict:
        gain = 4.0 if favourite and favourite in hypothesis.proposed else 1.0
        return Verdict(gain, gain, 0.0)


@pytest.mark.parametrize(
    ("text", "favourite", "span", "suggestion", "severity"),
    [
        ("He assisted at the funeral.", "attended", "assisted at", "attended", Severity.MAJOR),
        ("An eventual attack was feared.", "potential", "An eventual", "A potential", Severity.MINOR),
        ("The match will be disputed on Sunday.", "played", "disputed", "played", Severity.MAJOR),
        ("The firms of the contracts were false.", "", "firms", "signatures", Severity.MAJOR),
        ("The wine contained traces of the gift in the blood.", "", "gift", "poison", Severity.MAJOR),
        ("There will be ulterior measures.", "further", "ulterior", "further", Severity.MAJOR),
        ("He presented a denunciation to the police.", "complaint", "a denunciation", "a complaint", Severity.MAJOR),
        ("Snow fell in the first decade of May.", "", "decade", "ten days", Severity.MAJOR),
        ("", "", None, None, None),
    ],
)
def test_the_best_replacement_is_suggested(
    text: str, favourite: str, span: str | None, suggestion: str | None, severity: Severity | None
) -> None:
    issues = Run(document(text), favourite=favourite).issues
    if span is None:
        assert issues == []
        return
    (issue,) = issues
    assert (issue.span.of(text), issue.suggestion, issue.severity) == (span, suggestion, severity)
    assert issue.evidence[0].kind is EvidenceKind.TABLE
    assert issue.evidence[1].value == (4.0 if favourite else 1.0)


def test_spans_are_of_the_document_and_the_judge_reads_what_stands_before() -> None:
    text = "A first line.\nHe assisted at the funeral."
    run = Run(document(text), favourite="attended")
    assert [issue.span.of(text) for issue in run.issues] == ["assisted at"]
    assert {hypothesis.before for hypothesis in run.asked} == {"A first line."}


def test_only_running_prose_is_looked_at() -> None:
    assert Run(document("Two assisted at the funeral", kind=SegmentKind.HEADING)).asked == []


@pytest.mark.parametrize(
    ("fields", "before", "languages", "word", "prior"),
    [
        ({"source_language": "es"}, "", None, "asistir", 1.0),
        ({"source_language": "it"}, "", None, "assistere", 1.0),
        ({"source_language": "zh"}, "", None, "assister", 0.0),
        ({}, "", None, "assister", 0.0),
        ({}, "MM. Macron and Mme Borne met.\n", None, "assister", 0.9),
        ({}, "la votación de los jefes fue muy larga\n", LanguageGuess("es", 0.9), "asistir", 0.7),
    ],
)
def test_the_source_word_is_that_of_the_likeliest_language(
    fields: dict[str, str], before: str, languages: LanguageGuess | None, word: str, prior: float
) -> None:
    guesses = (languages, LanguageGuess("en", 0.9)) if languages else None
    run = Run(document(before + "He assisted at the funeral.", **fields), languages=guesses)
    (issue,) = run.issues
    assert f"“{word}”" in issue.evidence[0].detail
    assert run.features[0]["prior"] == pytest.approx(prior, abs=0.1)
    assert any(evidence.kind is EvidenceKind.DOCUMENT for evidence in issue.evidence) == (prior > 0)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Hr. Scholz and Frl. Meier came, usw.", "de"),
        ("Она сказала, что это неправда, and left.", "ru"),
        ("The prices of Telefónica fell. EE.UU. reacted.", "es"),
    ],
)
def test_residue_tells_the_source_language(text: str, language: str) -> None:
    found = likely_source_languages(document(text), Annotations(), knowledge())
    assert max(found, key=lambda one: found[one]) == language
    assert 0.3 < found[language] <= 1.0
    assert sum(found.values()) <= 1.0


def test_a_given_source_text_tells_its_language() -> None:
    checked = Document("d", "He left.", source="El presidente dijo que los ministros no pueden hacer eso hoy.")
    found = likely_source_languages(checked, Annotations(), knowledge())
    assert max(found, key=lambda one: found[one]) == "es"


def test_clean_english_tells_nothing() -> None:
    text = "The president of France met the German chancellor in Berlin and spoke about the war."
    assert likely_source_languages(document(text), Annotations(), knowledge()) == {}
