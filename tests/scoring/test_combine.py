from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from random import Random
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mtqa.schema.annotations import Annotations, SentenceQuality, TokenSurprisal
from mtqa.schema.document import Document, Segment, SegmentKind, Span
from mtqa.schema.estimate import QualityEstimate
from mtqa.schema.issue import Category, Evidence, EvidenceKind, Issue, Severity
from mtqa.scoring.calibrate import Calibration, load_calibration
from mtqa.scoring.combine import expect_quality, score, surprisal_statistics

NUMBERS = {
    "prior": 75.0,
    "prior_spread": 18.0,
    "intercept": 95.0,
    "patience": 4.0,
    "patience_other": 40.0,
    "spread": 12.0,
    "shared_spread": 6.0,
    "weight_other_kinds": 0.5,
    "points_minor": 5.0,
    "points_major": 20.0,
    "points_critical": 40.0,
    "cap_critical": 40.0,
    "floor_untranslated": 3.0,
    "cap_whole": 15.0,
}
SIZE = 20  # characters of each segment


def tokens(*surprisals: float, entropy: float = 3.0) -> tuple[TokenSurprisal, ...]:
    return tuple(TokenSurprisal(Span(at, at + 1), value, entropy, "the", 1.0) for at, value in enumerate(surprisals))


# Only the mean counts in these tests, whatever statistics the shipped numbers were fitted on.
NUMBERS |= {f"weight_{name}": -6.0 if name == "mean" else 0.0 for name in surprisal_statistics(tokens(1.0))}


def quality(score: float, spread: float, *, below: float = 1.0, above: float = 1.0) -> SentenceQuality:
    """With an interval of so many deviations below and above."""
    return SentenceQuality(score, spread, score - below * spread, score + above * spread)


def calibration(**changes: float) -> Calibration:
    return Calibration(MappingProxyType({}), MappingProxyType({**NUMBERS, **changes}), "0000")


def document(*kinds: SegmentKind) -> Document:
    """Segments of `SIZE` characters, each followed by one blank."""
    segments = tuple(
        Segment(index, Span(index * (SIZE + 1), index * (SIZE + 1) + SIZE), kind) for index, kind in enumerate(kinds)
    )
    return Document("d", ("x" * SIZE + " ") * len(kinds), segments=segments)


def issue(start: int, severity: Severity = Severity.MAJOR, confidence: float = 1.0, rule: str = "a-rule") -> Issue:
    evidence = (Evidence(EvidenceKind.DOCUMENT, "there"),)
    return Issue(rule, Span(start, start + 3), Category.NUMBER, severity, confidence, "m", evidence)


def is_sound(estimate: QualityEstimate) -> bool:
    return 0.0 <= estimate.low <= estimate.score <= estimate.high <= 100.0 and estimate.penalty >= 0.0


SENTENCE, HEADING = SegmentKind.SENTENCE, SegmentKind.HEADING


def test_a_document_without_segments_has_no_score() -> None:
    assert score(Document("d", ""), Annotations(), [], calibration()) == (None, ())


def test_without_a_model_the_prior_speaks() -> None:
    overall, (estimate,) = score(document(SENTENCE), Annotations(), [], calibration())
    assert estimate.score == 75.0
    assert estimate.drivers == ("nothing but issues was looked at",)
    assert overall is not None
    assert overall.score == 75.0


def test_surprising_text_is_worth_less() -> None:
    annotations = Annotations(surprisal=(tokens(*[2.0] * 20), tokens(*[7.0] * 20)))
    _, (usual, odd) = score(document(SENTENCE, SENTENCE), annotations, [], calibration())
    assert usual.score > 80.0 > 60.0 > odd.score


def test_the_trained_estimator_replaces_surprisal() -> None:
    annotations = Annotations(surprisal=(tokens(9.0, 9.0),), sentence_quality=(quality(88.0, 5.0),))
    _, (estimate,) = score(document(SENTENCE), annotations, [], calibration())
    assert estimate.score == 88.0
    assert (estimate.low, estimate.high) == (83.0, 93.0)
    assert estimate.drivers == ("trained estimator",)


def test_an_interval_moves_with_what_issues_cost() -> None:
    annotations = Annotations(sentence_quality=(quality(80.0, 5.0, below=2.0, above=1.0),))
    _, (estimate,) = score(document(SENTENCE), annotations, [issue(0)], calibration())
    assert estimate.penalty > 0.0
    assert (estimate.low, estimate.high) == pytest.approx((estimate.score - 10.0, estimate.score + 5.0))


@pytest.mark.parametrize("kind", [kind for kind in SegmentKind if kind is not SENTENCE])
@pytest.mark.parametrize("trained", [20.0, 95.0])
def test_of_headings_and_the_like_the_estimator_is_believed_half(kind: SegmentKind, trained: float) -> None:
    annotations = Annotations(sentence_quality=(quality(trained, 5.0),), surprisal=(tokens(9.0),))
    found = expect_quality(Segment(0, Span(0, SIZE), kind), annotations, NUMBERS)
    assert found.score == (trained + NUMBERS["prior"]) / 2
    assert found.low <= min(trained - 5.0, NUMBERS["prior"] - 1.28 * NUMBERS["prior_spread"])
    assert found.high >= max(trained + 5.0, NUMBERS["prior"] + 1.28 * NUMBERS["prior_spread"])
    assert "doubtful" in found.reason
    _, (estimate,) = score(document(kind), annotations, [issue(0)], calibration())
    assert is_sound(estimate)


@pytest.mark.parametrize("trained", [-20.0, 140.0])
def test_an_estimator_out_of_range_is_held_in_it(trained: float) -> None:
    annotations = Annotations(sentence_quality=(quality(trained, 5.0),))
    _, (estimate,) = score(document(SENTENCE), annotations, [issue(0)], calibration())
    assert is_sound(estimate)


@pytest.mark.parametrize(
    ("start", "owner"), [(0, 0), (SIZE - 1, 0), (SIZE, 0), (SIZE + 1, 1), (2 * SIZE + 1, 1), (2 * SIZE + 2, 2)]
)
def test_each_issue_costs_the_segment_it_begins_in_or_after(start: int, owner: int) -> None:
    _, estimates = score(document(SENTENCE, SENTENCE, SENTENCE), Annotations(), [issue(start)], calibration())
    assert [estimate.penalty > 0 for estimate in estimates] == [index == owner for index in range(3)]


def test_a_critical_issue_caps_the_sentence_and_its_interval() -> None:
    annotations = Annotations(sentence_quality=(quality(100.0, 15.0),))
    _, (estimate,) = score(document(SENTENCE), annotations, [issue(0, Severity.CRITICAL, 0.5)], calibration())
    assert estimate.score == estimate.high == 40.0
    assert estimate.penalty == 60.0


@pytest.mark.parametrize("kind", [kind for kind in SegmentKind if kind is not SENTENCE])
@pytest.mark.parametrize("numbers", [NUMBERS, load_calibration().quality], ids=["made up", "shipped"])
def test_headings_and_the_like_are_not_punished_for_reading_oddly(
    kind: SegmentKind, numbers: Mapping[str, float]
) -> None:
    annotations = Annotations(surprisal=(tokens(25.0, 25.0, 25.0),))
    as_sentence = expect_quality(Segment(0, Span(0, SIZE), SENTENCE), annotations, numbers)
    as_other = expect_quality(Segment(0, Span(0, SIZE), kind), annotations, numbers)
    assert as_sentence.score < as_other.score
    assert abs(as_other.score - numbers["prior"]) < 10.0


@pytest.mark.parametrize("kind", SegmentKind)
def test_short_segments_are_near_the_prior(kind: SegmentKind) -> None:
    segment = Segment(0, Span(0, SIZE), kind)
    short, long = (
        expect_quality(segment, Annotations(surprisal=(tokens(*[7.0] * count),)), NUMBERS) for count in (2, 40)
    )
    assert long.score < short.score < NUMBERS["prior"]


def test_other_kinds_count_less_in_the_whole() -> None:
    annotations = Annotations(sentence_quality=(quality(90.0, 5.0), quality(30.0, 5.0)))
    overall, _ = score(document(SENTENCE, HEADING), annotations, [], calibration())
    assert overall is not None
    heading = (30.0 + NUMBERS["prior"]) / 2
    assert overall.score == pytest.approx((90.0 * 1.0 + heading * 0.5) / 1.5)
    assert overall.drivers[1] == f"weakest segment: number 2 ({heading:.0f})"


def test_more_segments_make_the_whole_surer_down_to_what_they_share() -> None:
    widths = []
    for count in (1, 4, 400):
        overall, _ = score(document(*[SENTENCE] * count), Annotations(), [], calibration())
        assert overall is not None
        widths.append(overall.high - overall.low)
    assert widths[0] > widths[1] > widths[2] >= 2 * 1.2816 * NUMBERS["shared_spread"]


def test_surprisal_statistics() -> None:
    found = surprisal_statistics(tokens(1.0, 5.0, 9.0, 9.0, 1.0, 2.0, 3.0, 2.0, 4.0, 4.0))
    assert found["mean"] == 4.0
    assert found["worst"] == 9.0
    assert found["entropy"] == 3.0
    assert found["characters"] == 1.0
    assert found["log_length"] == pytest.approx(math.log(10))


@pytest.mark.parametrize("count", [1, 3, 99, 100, 1000])
def test_length_says_nothing_more_beyond_a_hundred_tokens(count: int) -> None:
    assert surprisal_statistics(tokens(*[2.0] * count))["log_length"] == math.log(min(count, 100))


ISSUES = st.lists(
    st.builds(
        issue,
        st.integers(0, 3 * (SIZE + 1) - 4),
        st.sampled_from(Severity),
        st.floats(0, 1),
        st.sampled_from(["a-rule", "b-rule"]),
    ),
    max_size=8,
)
SURPRISALS = st.lists(st.lists(st.floats(0, 60), max_size=8), min_size=3, max_size=3)


@given(ISSUES, SURPRISALS, st.lists(st.sampled_from(SegmentKind), min_size=3, max_size=3), st.randoms())
def test_scores_are_sound_and_do_not_depend_on_the_order_of_issues(
    issues: list[Issue], surprisals: list[list[float]], kinds: list[SegmentKind], random: Random
) -> None:
    annotations = Annotations(surprisal=tuple(tokens(*values) for values in surprisals))
    whole, estimates = score(document(*kinds), annotations, issues, calibration())
    assert whole is not None
    assert all(is_sound(estimate) for estimate in (whole, *estimates))
    shuffled = list(issues)
    random.shuffle(shuffled)
    again = score(document(*kinds), annotations, shuffled, calibration())
    assert [(one.score, one.low, one.high) for one in again[1]] == [(one.score, one.low, one.high) for one in estimates]


@given(
    ISSUES,
    st.lists(st.tuples(*[st.floats(0, 100)] * 3), min_size=3, max_size=3),
    st.lists(st.sampled_from(SegmentKind), min_size=3, max_size=3),
)
def test_scores_over_any_estimator_are_sound(
    issues: list[Issue], rated: list[tuple[float, float, float]], kinds: list[SegmentKind]
) -> None:
    qualities = tuple(
        SentenceQuality(middle, 1.0, low, high) for low, middle, high in (sorted(values) for values in rated)
    )
    whole, estimates = score(document(*kinds), Annotations(sentence_quality=qualities), issues, calibration())
    assert whole is not None
    assert all(is_sound(estimate) for estimate in (whole, *estimates))


@given(ISSUES, st.integers(0, 2 * SIZE))
def test_one_more_issue_never_makes_a_text_better(issues: list[Issue], start: int) -> None:
    text = document(SENTENCE, HEADING, SENTENCE)
    before, estimates = score(text, Annotations(), issues, calibration())
    after, poorer = score(text, Annotations(), [*issues, issue(start)], calibration())
    assert before is not None
    assert after is not None
    assert after.score <= before.score + 1e-9
    assert all(one.score <= other.score + 1e-9 for one, other in zip(poorer, estimates, strict=True))


def test_segments_without_characters_weigh_a_little() -> None:
    empty = Document("d", "", segments=(Segment(0, Span(0, 0)),))
    overall, _ = score(empty, Annotations(), [], calibration())
    assert overall is not None
    assert is_sound(overall)


def test_drivers_name_the_worst_issue_first() -> None:
    issues = [issue(0, Severity.MINOR), replace(issue(5, Severity.CRITICAL), rule="b-rule")]
    _, (estimate,) = score(document(SENTENCE), Annotations(), issues, calibration())
    assert estimate.drivers[:2] == ("b-rule: critical", "a-rule: minor")
