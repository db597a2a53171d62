from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from mtqa.detecting.protocol import (
    Detect,
    Detection,
    Detector,
    Need,
    Rule,
    Tools,
    Use,
    compare,
    expect,
    read,
    read_pairs,
)
from mtqa.detecting.run import detect
from mtqa.errors import DetectorError, ModelError
from mtqa.knowledge import Knowledge
from mtqa.schema.annotations import Annotations, TokenSurprisal
from mtqa.schema.document import Document, Segment, Span
from mtqa.schema.issue import Category, Evidence, EvidenceKind, Issue, Severity
from mtqa.schema.report import Skipped
from mtqa.schema.roles import Hypothesis, Judge
from tests.fakes import FakeJudge
from tests.joint import FakeJoint

TOOLS = Tools(Knowledge(), lambda rule, features: 0.5)
ISSUE = Issue(
    "a-rule", Span(0, 3), Category.NUMBER, Severity.MINOR, 0.9, "m", (Evidence(EvidenceKind.DOCUMENT, "there"),), "x"
)


def document(text: str = "One two three.", name: str = "d") -> Document:
    return Document(name, text, segments=(Segment(0, Span(0, len(text))),))


def detector(run: Detect, *, rule: str = "a-rule", needs: Sequence[Need] = (), uses: Sequence[Use] = ()) -> Detector:
    return Detector(Rule(rule, Category.NUMBER, Severity.MINOR, "s", tuple(needs), tuple(uses)), run, "")


def yielding(*steps: object) -> Detector:
    def run(document: Document, annotations: Annotations, tools: Tools) -> Detection:
        yield from steps  # type: ignore[misc]

    return detector(run)


def issues_of(*detectors: Detector, judge: Judge | None = None, text: str = "One two three.") -> tuple[Issue, ...]:
    ((issues, _),) = detect([document(text)], [Annotations()], detectors, [TOOLS], judge)
    return issues


def test_issues_come_with_their_fingerprint() -> None:
    (issue,) = issues_of(yielding(ISSUE))
    assert replace(issue, fingerprint="") == ISSUE
    assert len(issue.fingerprint) == 16


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (replace(ISSUE, span=Span(10, 15)), r"reports 10\.\.15 in a text of 14 characters"),
        (replace(ISSUE, related=(Span(14, 15),)), r"reports 14\.\.15 in a text of 14"),
        (replace(ISSUE, span=Span(3, 3)), "empty span at 3"),
        (replace(ISSUE, rule="another"), "reports an issue as another"),
        (replace(ISSUE, evidence=()), "'One' without evidence"),
        (replace(ISSUE, confidence=1.01), "confidence of 1.01"),
        (replace(ISSUE, confidence=float("nan")), "confidence of nan"),
        (replace(ISSUE, evidence=(Evidence(EvidenceKind.TABLE, "d", float("inf")),)), "not a number"),
        ("an issue", "yielded str"),
        (None, "yielded NoneType"),
    ],
)
def test_what_breaks_the_contract_is_named(broken: object, reason: str) -> None:
    with pytest.raises(DetectorError, match=reason) as caught:
        issues_of(yielding(broken))
    assert "a-rule" in str(caught.value)


def test_a_detector_that_fails_is_named_with_the_document() -> None:
    def run(document: Document, annotations: Annotations, tools: Tools) -> Detection:
        yield ISSUE
        raise KeyError("lost")

    with pytest.raises(DetectorError, match=r"a-rule failed on d \(KeyError: 'lost'\)") as caught:
        issues_of(detector(run))
    assert isinstance(caught.value.__cause__, KeyError)


def test_our_own_errors_pass_as_they_are() -> None:
    def run(document: Document, annotations: Annotations, tools: Tools) -> Detection:
        yield ISSUE
        raise ModelError("damaged")

    with pytest.raises(ModelError, match="damaged"):
        issues_of(detector(run))


def test_a_function_that_returns_a_list_is_refused() -> None:
    with pytest.raises(DetectorError, match="generator"):
        issues_of(detector(lambda document, annotations, tools: [ISSUE]))  # type: ignore[arg-type, return-value]


def asking(gains: dict[str, float], rule: str) -> Detector:
    """Reports the words of a document that the judge would rather have otherwise, after a second question."""

    def run(document: Document, annotations: Annotations, tools: Tools) -> Detection:
        words = [word for word in gains if word in document.text]
        hypotheses = [Hypothesis(document.text, document.text.replace(word, word.upper())) for word in words]
        verdicts = yield from compare(hypotheses)
        liked = [word for word, verdict in zip(words, verdicts, strict=True) if verdict.gain > 0]
        expected = yield from expect([f"{word} then" for word in liked], len(rule))
        for word, continuations in zip(liked, expected, strict=True):
            at = document.text.index(word)
            yield replace(ISSUE, rule=rule, span=Span(at, at + len(word)), suggestion=continuations[0].text)

    return detector(run, rule=rule, uses=(Use.JUDGE,))


NEXT = {"two then": [("2", -1.0)], "three then": [("3", -1.0)], "four then": [("4", -1.0)]}


def judge() -> FakeJudge:
    return FakeJudge({"TWO": 1.0, "THREE": 2.0, "FOUR": -1.0}, next_words=NEXT)


def test_answers_reach_who_asked() -> None:
    first, second = asking({"two": 1.0, "four": 1.0}, "a"), asking({"three": 1.0}, "bb")
    documents = [document(), document("Nothing here."), document("three and two and four")]
    found = detect(documents, [Annotations()] * 3, [first, second], [TOOLS] * 3, judge())
    answers = [[(one.rule, one.span.of(text.text), one.suggestion) for one in issues]
               for text, (issues, _) in zip(documents, found, strict=True)]  # fmt: skip
    assert answers == [
        [("a", "two", "2"), ("bb", "three", "3")],
        [],
        [("bb", "three", "3"), ("a", "two", "2")],
    ]


def test_a_round_is_one_batch() -> None:
    batches: list[int] = []

    class Counting(FakeJudge):
        def compare(self, hypotheses: Sequence[Hypothesis]) -> list:  # type: ignore[type-arg]
            batches.append(len(hypotheses))
            return super().compare(hypotheses)

    counting = Counting({"TWO": 1.0, "THREE": 2.0}, next_words=NEXT)
    detectors = [asking({"two": 1.0}, "a"), asking({"three": 1.0}, "bb")]
    detect([document()] * 3, [Annotations()] * 3, detectors, [TOOLS] * 3, counting)
    assert batches == [6]


def reading(rule: str, *words: str) -> Detector:
    """Reports words of a document that the judge finds surprising, read in a sentence of their own."""

    def run(document: Document, annotations: Annotations, tools: Tools) -> Detection:
        found = [word for word in words if word in document.text]
        readings = yield from read([f"Say {word}" for word in found])
        for word, tokens in zip(found, readings, strict=True):
            assert [token.span for token in tokens] == [Span(0, 3), Span(3, 4 + len(word))]
            if tokens[-1].surprisal > 5.0:
                at = document.text.index(word)
                yield replace(ISSUE, rule=rule, span=Span(at, at + len(word)))

    return detector(run, rule=rule, uses=(Use.JUDGE,))


def test_readings_reach_who_asked_in_one_batch() -> None:
    batches: list[list[str]] = []

    class Counting(FakeJudge):
        def read(self, texts: Sequence[str]) -> list[tuple[TokenSurprisal, ...]]:
            batches.append(list(texts))
            return super().read(texts)

    documents = [document(), document("Nothing here."), document("three and two and four")]
    rules = [reading("a", "two", "four", "one"), reading("b", "three"), asking({"two": 1.0}, "c")]
    counting = Counting({"TWO": 1.0}, next_words=NEXT, surprisal={"two": 9.0, "three": 8.0})
    found = detect(documents, [Annotations()] * 3, rules, [TOOLS] * 3, counting)
    answers = [[(one.rule, one.span.of(text.text)) for one in issues if one.rule != "c"]
               for text, (issues, _) in zip(documents, found, strict=True)]  # fmt: skip
    assert [sorted(one) for one in answers] == [
        [("a", "two"), ("b", "three")], [], [("a", "two"), ("b", "three")],
    ]  # fmt: skip
    assert [sorted(batch) for batch in batches] == [["Say four", "Say three", "Say three", "Say two", "Say two"]]


def test_nothing_to_read_asks_nobody() -> None:
    class Refusing(FakeJudge):
        def read(self, texts: Sequence[str]) -> list[tuple[TokenSurprisal, ...]]:
            raise AssertionError(texts)

    assert issues_of(reading("a", "nowhere"), judge=Refusing()) == ()


def test_a_judge_that_reads_too_little_is_found_out() -> None:
    class Short(FakeJudge):
        def read(self, texts: Sequence[str]) -> list[tuple[TokenSurprisal, ...]]:
            return super().read(texts)[1:]

    with pytest.raises(ValueError, match="zip"):
        issues_of(reading("a", "two"), judge=Short())


def test_a_judge_that_answers_too_little_is_found_out() -> None:
    class Short(FakeJudge):
        def compare(self, hypotheses: Sequence[Hypothesis]) -> list:  # type: ignore[type-arg]
            return super().compare(hypotheses)[1:]

    with pytest.raises(ValueError, match="zip"):
        issues_of(asking({"two": 1.0}, "a"), judge=Short(1.0))


def test_asking_without_end_is_stopped() -> None:
    def run(document: Document, annotations: Annotations, tools: Tools) -> Detection:
        while True:
            yield from expect(["and"], 1)

    with pytest.raises(DetectorError, match="without end"):
        issues_of(detector(run, uses=(Use.JUDGE,)), judge=FakeJudge())


def test_asking_without_saying_so_is_refused() -> None:
    def run(document: Document, annotations: Annotations, tools: Tools) -> Detection:
        yield from expect(["and"], 1)

    with pytest.raises(DetectorError, match="does not declare"):
        issues_of(detector(run))


@pytest.mark.parametrize(
    ("needs", "uses", "reason"),
    [
        ([Need.SOURCE], [], "no source text"),
        ([Need.REFERENCE], [], "no reference"),
        ([Need.SURPRISAL], [], "no language model"),
        ([Need.TOKEN_ERROR], [], "no quality estimator with a token head"),
        ([Need.MENTIONS], [], "no mentions annotation"),
        ([], [Use.JUDGE], "no language model"),
    ],
)
def test_what_a_rule_lacks_is_the_reason_to_skip_it(needs: list[Need], uses: list[Use], reason: str) -> None:
    lacking = detector(yielding(ISSUE).detect, needs=needs, uses=uses)
    assert detect([document()], [Annotations()], [lacking], [TOOLS], None) == [((), (Skipped("a-rule", reason),))]


def reading_pairs(rule: str, *words: str) -> Detector:
    """Reports words of a document that are wrong beside a source of one word."""

    def run(document: Document, annotations: Annotations, tools: Tools) -> Detection:
        found = [word for word in words if word in document.text]
        readings = yield from read_pairs([("eins", word) for word in found])
        for word, joint in zip(found, readings, strict=True):
            assert joint.spans == ((0, len(word)),)
            if joint.wrong[0] > 0.5:
                at = document.text.index(word)
                yield replace(ISSUE, rule=rule, span=Span(at, at + len(word)))

    return detector(run, rule=rule)


def test_pairs_are_read_in_one_batch_each_once() -> None:
    joint = FakeJoint(unsaid="three four")
    documents = [document(), document("Nothing here."), document("three and two and four")]
    rules = [reading_pairs("a", "two", "four"), reading_pairs("b", "three")]
    found = detect(documents, [Annotations()] * 3, rules, [TOOLS] * 3, None, joint=joint)
    answers = [[one.span.of(text.text) for one in issues] for text, (issues, _) in zip(documents, found, strict=True)]
    assert answers == [["three"], [], ["three", "four"]]
    assert (joint.calls, sorted(joint.asked)) == (1, [("eins", "four"), ("eins", "three"), ("eins", "two")])


def test_nobody_reads_pairs_without_the_joint_estimator() -> None:
    with pytest.raises(DetectorError, match="a asks the joint estimator"):
        detect([document()], [Annotations()], [reading_pairs("a", "two")], [TOOLS], None)


def test_a_document_without_segments_asks_nobody() -> None:
    assert detect([Document("d", "")], [Annotations()], [yielding(ISSUE)], [TOOLS], None) == [((), ())]


@pytest.mark.parametrize(
    ("is_reported", "left"),
    [(None, ["long"]), (lambda issue: issue.confidence > 0.5, ["short"]), (lambda issue: False, [])],
)
def test_an_issue_that_nobody_will_see_silences_none(
    is_reported: Callable[[Issue], bool] | None, left: list[str]
) -> None:
    unsure = replace(ISSUE, span=Span(0, 9), severity=Severity.CRITICAL, confidence=0.2, message="long")
    sure = replace(ISSUE, confidence=0.9, message="short")
    ((issues, _),) = detect(
        [document()], [Annotations()], [yielding(unsure, sure)], [TOOLS], None, is_reported=is_reported
    )
    assert [issue.message for issue in issues] == left
