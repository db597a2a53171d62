"""One contract for all detectors: page, evidence, spans, and the same answer whatever runs beside them.

The fast part runs on fakes: a judge that likes every proposal and a calibration that is sure of everything, so that
detectors report whatever they propose. The part marked `models` reads every example of every page with the real
language model and the shipped calibration.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache

import pytest

from mtqa.annotating.annotate import annotate
from mtqa.checker import Checker
from mtqa.detecting.discovery import discover
from mtqa.detecting.pages import Example, parse_example, parse_page
from mtqa.detecting.protocol import Detector, Need, Tools, Use
from mtqa.detecting.run import detect
from mtqa.knowledge import Knowledge, load_knowledge
from mtqa.modeling.load_quality import load_quality_estimator
from mtqa.modeling.meaning_encoder import load_meaning_encoder
from mtqa.pairing import pair
from mtqa.schema.annotations import SourceView
from mtqa.schema.document import Document
from mtqa.schema.issue import Issue
from mtqa.schema.roles import Hypothesis, LanguageModel
from mtqa.scoring.calibrate import load_calibration
from mtqa.segmenting import segment
from mtqa.settings import Settings
from tests.fakes import FakeJudge, FakeLanguageModel
from tests.meaning import FakeEncoder
from tests.rating import FakeEstimator

DETECTORS = discover()
EVERY = pytest.mark.parametrize("detector", DETECTORS, ids=lambda detector: detector.rule.id)
Found = tuple[tuple[Issue, ...], ...]  # per document


def is_certain(detector: Detector) -> bool:
    """True if the rule looks at tables and text alone, so that fakes change nothing about what it finds."""
    asked = {Use.JUDGE, Use.ENCODER, Use.ESTIMATOR, Need.SURPRISAL, Need.AGREEMENT, Need.COMPARISON}
    return not asked & {*detector.rule.uses, *detector.rule.needs}


@cache
def knowledge() -> Knowledge:
    return load_knowledge()


@cache
def page_texts() -> tuple[str, ...]:
    """Every example of every page, flagged or accepted, a source (if any) before " => "; a page that is not complete
    fails its own test alone.
    """
    lines = (line for detector in DETECTORS for line in detector.page.splitlines())
    return tuple(parse_example(line[1:].strip()).text for line in lines if line.startswith(">"))


def document_of(name: str, text: str) -> Document:
    """A document of an example, with the source that stands before " => "."""
    source, arrow, target = text.partition(" => ")
    return Document(name, target, source=source) if arrow else Document(name, text)


Confidence = Callable[[str, Mapping[str, float]], float]


def found_by_fakes(
    detectors: Sequence[Detector],
    texts: Sequence[str],
    *,
    batch: int | None = None,
    confidence: Confidence = lambda rule, features: 0.9,
) -> Found:
    """The issues of each text, `batch` documents at a time (None: all at once)."""
    model = FakeLanguageModel(surprisal=11.0, next_words=lambda prefix: [("Scholz", -0.5), ("Macron", -1.0)])
    judge = FakeJudge(_liking_change, next_words=lambda prefix: [("Scholz", -0.5), ("Macron", -1.0)])
    encoder = FakeEncoder()
    documents = [pair(segment(document_of(str(number), text))) for number, text in enumerate(texts)]
    found: list[tuple[Issue, ...]] = []
    for start in range(0, len(documents), batch or max(1, len(documents))):
        block = documents[start : start + (batch or len(documents))]
        known = annotate(block, [detector.rule for detector in detectors], model, Doubtful(), encoder)
        tools = [Tools(knowledge(), confidence)] * len(block)
        found.extend(issues for issues, _ in detect(block, known, detectors, tools, judge, encoder=encoder))
    return tuple(found)


class Doubtful(FakeEstimator):
    """Rates what it can compare with a source by the cosine of meaning."""

    views = frozenset(SourceView)


def _liking_change(one: Hypothesis) -> float:
    """Much in favour of every proposal; differs between hypotheses, so that mixed-up answers show."""
    return 20.0 + (sum(map(ord, one.proposed)) % 97) / 100


@cache
def found_alone(rule: str) -> Found:
    (detector,) = [detector for detector in DETECTORS if detector.rule.id == rule]
    return found_by_fakes([detector], page_texts())


@EVERY
def test_the_page_is_complete(detector: Detector) -> None:
    page = parse_page(detector.page)
    assert page.rule == detector.rule.id
    assert detector.rule.summary.endswith(".")
    # Examples that differ from the text as it stands: a suggestion that changes nothing explains nothing.
    for example in page.flagged:
        assert all(one.suggestion != one.span.of(example.text) for one in example.expected)


@EVERY
def test_issues_keep_the_contract(detector: Detector) -> None:
    pairs = zip(page_texts(), found_alone(detector.rule.id), strict=True)
    everything = [(text, issue) for text, issues in pairs for issue in issues]
    assert everything, "no example of any page makes this detector speak, even when the judge likes every proposal"
    for text, issue in everything:
        text = document_of("d", text).text
        assert 0 <= issue.span.start < issue.span.end <= len(text)
        assert issue.rule == detector.rule.id
        assert issue.evidence
        assert all(evidence.detail.strip() for evidence in issue.evidence)
        assert issue.message.strip()
        assert "\n" not in issue.message
        assert issue.suggestion != issue.span.of(text)
        assert 0.0 <= issue.confidence <= 1.0


@EVERY
def test_the_calibration_knows_what_the_rule_measures(detector: Detector) -> None:
    asked: list[str] = []

    def confidence(rule: str, features: Mapping[str, float]) -> float:
        asked.append(rule)
        return load_calibration().confidence(rule, features)

    found_by_fakes([detector], page_texts(), confidence=confidence)
    assert set(asked) <= {detector.rule.id}


@EVERY
def test_the_same_comes_out_twice(detector: Detector) -> None:
    assert found_by_fakes([detector], page_texts()) == found_alone(detector.rule.id)


@EVERY
@pytest.mark.parametrize("batch", [1, 7])
def test_the_same_comes_out_in_any_batch(detector: Detector, batch: int) -> None:
    assert found_by_fakes([detector], page_texts(), batch=batch) == found_alone(detector.rule.id)


@EVERY
def test_the_same_comes_out_whatever_else_is_read(detector: Detector) -> None:
    backwards = found_by_fakes([detector], page_texts()[::-1])
    assert backwards[::-1] == found_alone(detector.rule.id)


def test_the_order_of_the_detectors_does_not_matter() -> None:
    assert found_by_fakes(DETECTORS, page_texts()) == found_by_fakes(DETECTORS[::-1], page_texts())


@EVERY
@pytest.mark.parametrize("text", ["", " ", "\n\n", "\ufeff", "?", "😀", "\x00", "e\u0301"])
def test_texts_of_nothing_are_fine(detector: Detector, text: str) -> None:
    assert found_by_fakes([detector], [text]) == ((),)


@pytest.mark.parametrize(
    "detector", [one for one in DETECTORS if is_certain(one)], ids=lambda detector: detector.rule.id
)
def test_pages_hold_without_a_model(detector: Detector) -> None:
    page = parse_page(detector.page)
    examples = (*page.flagged, *page.accepted)
    texts = [example.text for example in examples]
    found = found_by_fakes([detector], texts, confidence=load_calibration().confidence)
    least = load_calibration().threshold(detector.rule.id)
    reported = tuple(tuple(issue for issue in issues if issue.confidence >= least) for issues in found)
    assert differences(examples, reported) == []


@pytest.fixture(scope="module")
def language_model() -> LanguageModel:
    model = Checker(Settings()).language_model
    assert model is not None
    return model


@pytest.mark.models
@EVERY
def test_exactly_what_the_page_marks_is_found(detector: Detector, language_model: LanguageModel) -> None:
    page = parse_page(detector.page)
    examples = (*page.flagged, *page.accepted)
    settings = Settings(rules=(detector.rule.id,))
    encoder = load_meaning_encoder(settings) if Need.SOURCE in detector.rule.needs else None
    checker = Checker(
        settings,
        language_model=language_model,
        estimator=load_quality_estimator(settings) if Use.ESTIMATOR in detector.rule.uses else None,
        encoder=encoder,
    )
    texts = [document_of(str(number), example.text) for number, example in enumerate(examples)]
    documents = [pair(segment(document), encoder) for document in texts]
    reports = checker.check_many(documents, any_language=True)
    assert differences(examples, [report.issues for report in reports]) == []


def differences(examples: Sequence[Example], found: Sequence[Sequence[Issue]]) -> list[str]:
    """What the pages say and the detector does otherwise, one line per example."""
    lines = []
    for example, issues in zip(examples, found, strict=True):
        offset = len(example.text) - len(document_of("d", example.text).text)
        wanted = [(one.span.of(example.text), one.span, one.suggestion) for one in example.expected]
        spans = [(issue.span.shift(offset), issue.suggestion) for issue in issues]
        got = [(span.of(example.text), span, suggestion) for span, suggestion in spans]
        if wanted != got:
            lines.append(f"{example.text}\n  wanted {_short(wanted)}\n  found  {_short(got)}")
    return lines


def _short(places: Sequence[tuple[str, object, str | None]]) -> str:
    return ", ".join(f"{written!r} -> {suggestion!r}" for written, _, suggestion in places) or "nothing"
