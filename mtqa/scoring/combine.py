"""From surprisal, the trained estimator (where there is one) and issues to a score with an interval.

`expect_quality` is the seam: with `Annotations.sentence_quality` the trained estimator speaks, without it a
linear model of surprisal statistics. Everything after it (issues, caps, document score) is the same.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mtqa.schema.annotations import Annotations, TokenSurprisal
from mtqa.schema.document import Document, Segment, SegmentKind
from mtqa.schema.estimate import QualityEstimate
from mtqa.schema.issue import Issue
from mtqa.scoring.calibrate import Calibration
from mtqa.scoring.mqm import ceiling, penalty

NORMAL_80 = 1.2816  # half width of the central 80 % of a normal distribution, in standard deviations
_MOST_TOKENS = 100  # beyond, length says nothing more about quality


@dataclass(frozen=True, slots=True)
class Expectation:
    """What the words alone let one expect: score 0..100, bounds of the 80 % interval, and in words why."""

    score: float
    low: float
    high: float
    reason: str

    @classmethod
    def normal(cls, score: float, spread: float, reason: str) -> Expectation:
        """With a symmetric interval from a standard deviation."""
        return cls(score, score - NORMAL_80 * spread, score + NORMAL_80 * spread, reason)


def score(
    document: Document, annotations: Annotations, issues: Sequence[Issue], calibration: Calibration
) -> tuple[QualityEstimate | None, tuple[QualityEstimate, ...]]:
    """The document's estimate (None without segments) and one estimate per segment, in order."""
    numbers = calibration.quality
    inside: list[list[Issue]] = [[] for _ in document.segments]
    if inside:
        for issue in sorted(issues, key=lambda issue: (issue.span, issue.rule)):
            inside[document.owner_of(issue.span.start)].append(issue)
    estimates = [
        _estimate(segment, expect_quality(segment, annotations, numbers), inside[segment.index], numbers)
        for segment in document.segments
    ]
    return _overall(document, estimates, numbers), tuple(estimates)


def expect_quality(segment: Segment, annotations: Annotations, numbers: Mapping[str, float]) -> Expectation:
    """The expected score of a segment before issues are looked at."""
    prior = Expectation.normal(numbers["prior"], numbers["prior_spread"], "nothing but issues was looked at")
    if annotations.sentence_quality is not None:
        quality = annotations.sentence_quality[segment.index]
        judged = min(100.0, max(0.0, quality.score))
        if segment.kind is SegmentKind.SENTENCE:
            return Expectation(judged, quality.low, quality.high, "trained estimator")
        # Headings, datelines and lists are not what it was trained on: half of its word, and the wider interval.
        return Expectation(
            (judged + prior.score) / 2,
            min(quality.low, prior.low),
            max(quality.high, prior.high),
            f"trained estimator, doubtful for a {segment.kind}",
        )
    if annotations.surprisal is None:
        return prior
    tokens = annotations.surprisal[segment.index]
    if not tokens:
        return prior
    statistics = surprisal_statistics(tokens)
    fitted = numbers["intercept"] + sum(numbers[f"weight_{name}"] * value for name, value in statistics.items())
    # Headings, datelines and lists read oddly by nature: they stay near the prior.
    patience = numbers["patience"] if segment.kind is SegmentKind.SENTENCE else numbers["patience_other"]
    trust = len(tokens) / (len(tokens) + patience)
    expected = trust * fitted + (1.0 - trust) * numbers["prior"]
    expected = min(100.0, max(0.0, expected))
    reason = f"{statistics['mean']:.1f} nats of surprisal per token"
    return Expectation.normal(expected, numbers["spread"], reason)


def surprisal_statistics(tokens: Sequence[TokenSurprisal]) -> dict[str, float]:
    """What the surprisal of a segment says about it; `tokens` must not be empty.

    `mean` surprisal, `worst`: mean surprisal of the most surprising fifth, `entropy`: mean entropy, in nats;
    `characters` per token (rare and foreign words fall apart into short tokens); `log_length`, natural logarithm of the
    number of tokens, at most that of _MOST_TOKENS.
    """
    count = len(tokens)
    ordered = sorted((token.surprisal for token in tokens), reverse=True)
    worst = ordered[: max(1, count // 5)]
    return {
        "mean": sum(ordered) / count,
        "worst": sum(worst) / len(worst),
        "entropy": sum(token.entropy for token in tokens) / count,
        "characters": sum(len(token.span) for token in tokens) / count,
        "log_length": math.log(min(count, _MOST_TOKENS)),
    }


def _estimate(
    segment: Segment, expected: Expectation, issues: Sequence[Issue], numbers: Mapping[str, float]
) -> QualityEstimate:
    points = penalty(issues, numbers)
    cap = ceiling(segment, issues, numbers)
    center = max(0.0, min(cap, expected.score - points))
    lost = expected.score - center
    drivers = [f"{issue.rule}: {issue.severity}" for issue in sorted(issues, key=lambda issue: -issue.severity.rank)]
    return QualityEstimate(
        segment=segment.index,
        score=center,
        low=max(0.0, min(center, expected.low - lost)),
        high=max(center, min(cap, 100.0, expected.high - lost)),
        penalty=lost,
        drivers=(*drivers, expected.reason),
    )


def _overall(
    document: Document, estimates: Sequence[QualityEstimate], numbers: Mapping[str, float]
) -> QualityEstimate | None:
    """Length-weighted mean of the segments; its interval shrinks with their number down to what they share."""
    if not estimates:
        return None
    weights = [
        max(1, len(segment.span)) * (1.0 if segment.kind is SegmentKind.SENTENCE else numbers["weight_other_kinds"])
        for segment in document.segments
    ]
    total = sum(weights)
    center = sum(weight * one.score for weight, one in zip(weights, estimates, strict=True)) / total
    halves = [(weight / total) * (one.high - one.low) / 2 for weight, one in zip(weights, estimates, strict=True)]
    independent = math.sqrt(sum(half**2 for half in halves))
    half = min(math.hypot(independent, NORMAL_80 * numbers["shared_spread"]), sum(halves))
    lost = sum(weight * one.penalty for weight, one in zip(weights, estimates, strict=True)) / total
    worst = min(estimates, key=lambda one: one.score)
    return QualityEstimate(
        segment=None,
        score=center,
        low=max(0.0, center - half),
        high=min(100.0, center + half),
        penalty=lost,
        drivers=(
            f"issues cost {lost:.1f} points on average",
            f"weakest segment: number {(worst.segment or 0) + 1} ({worst.score:.0f})",
        ),
    )
