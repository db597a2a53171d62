"""Garbled names, office-holders, and names that real systems garbled: recall, precision, right suggestions."""

from __future__ import annotations

import datetime as dt
from typing import Any

from eval.datasets.challenge import CONTEXTS, NameCase, names, real_garbles, roles
from eval.measures.spans import covers_half
from mtqa import Checker, Document, Issue, Span
from mtqa.knowledge.romanisation import fold, romanised

_NAME_RULES = frozenset({"garbled-name", "inconsistent-name", "wrong-office-holder"})


def run() -> dict[str, Any]:
    """All three sets; a name counts as found only if it is found in every context."""
    checker = Checker()
    parts = [_names(checker), _roles(checker), _real_garbles(checker)]
    return {
        "figures": {name: value for figures, _ in parts for name, value in figures.items()},
        "details": [row for _, rows in parts for row in rows],
        "signature": checker.signature,
        "settings": {"contexts": len(CONTEXTS)},
    }


def _names(checker: Checker) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    cases = names()
    documents = [
        Document(id=f"{case.written}/{number}", text=context.format(case.written))
        for case in cases
        for number, context in enumerate(CONTEXTS)
    ]
    reports = iter(checker.check_many(documents))
    found = {"garbled": 0, "correct-notable": 0, "correct-private": 0}
    total = dict.fromkeys(found, 0)
    right, by_context = 0, [0] * len(CONTEXTS)
    rows = []
    for case in cases:
        own = [_on_name(next(reports).issues, case, context) for context in CONTEXTS]
        flagged = [issue for issue in own if issue is not None]
        total[case.kind] += 1
        for number, issue in enumerate(own):
            by_context[number] += case.kind == "garbled" and issue is not None
        # A garbled name must be found in most contexts; a correct one is a false alarm if flagged in any.
        is_found = len(flagged) * 2 > len(CONTEXTS) if case.kind == "garbled" else bool(flagged)
        found[case.kind] += is_found
        corrected = [_corrected(case.written, issue, context) for issue, context in zip(own, CONTEXTS, strict=True)]
        is_right = sum(same_name(text, case.name) for text in corrected if text) * 2 > len(flagged) > 0
        right += case.kind == "garbled" and is_found and is_right
        rows.append(
            {
                "set": "names",
                "written": case.written,
                "kind": case.kind,
                "contexts": len(flagged),
                "suggested": sorted({text for text in corrected if text}),
                "right": is_right,
            }
        )
    figures = {
        "names_garbled": total["garbled"],
        "names_found": found["garbled"],
        "names_right_suggestion": right,
        "names_found_by_context": by_context,
        "names_correct": total["correct-notable"] + total["correct-private"],
        "names_correct_flagged": found["correct-notable"] + found["correct-private"],
    }
    return figures, rows


def _on_name(issues: tuple[Issue, ...], case: NameCase, context: str) -> Issue | None:
    start = context.index("{}")
    span = Span(start, start + len(case.written))
    return next((issue for issue in issues if issue.rule in _NAME_RULES and issue.span.overlaps(span)), None)


def _corrected(written: str, issue: Issue | None, context: str) -> str | None:
    """The name after the suggestion was applied, or None."""
    if issue is None or issue.suggestion is None:
        return None
    start = context.index("{}")
    return written[: max(0, issue.span.start - start)] + issue.suggestion + written[issue.span.end - start :]


def same_name(one: str, other: str) -> bool:
    """True if two spellings of a name are the same word by word: accents, hyphens and romanisation aside."""
    first, second = ("".join(map(romanised, fold(name).split())) for name in (one, other))
    return first == second


def _roles(checker: Checker) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    cases = roles()
    documents = [
        Document(id=f"roles/{number}", text=case["text"], date=dt.date.fromisoformat(case["date"]))
        for number, case in enumerate(cases)
    ]
    rows = []
    counts = {"roles_wrong": 0, "roles_found": 0, "roles_right": 0, "roles_flagged": 0}
    for case, report in zip(cases, checker.check_many(documents), strict=True):
        flagged = [issue for issue in report.issues if issue.rule in _NAME_RULES | {"possessive-office"}]
        counts["roles_wrong"] += case["wrong"]
        counts["roles_right"] += not case["wrong"]
        counts["roles_found" if case["wrong"] else "roles_flagged"] += bool(flagged)
        rows.append(
            {
                "set": "roles",
                "text": case["text"],
                "wrong": case["wrong"],
                "issues": [[one.rule, one.span.of(case["text"]), one.suggestion] for one in flagged],
            }
        )
    return counts, rows


def _real_garbles(checker: Checker) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    cases, aside = real_garbles()
    documents = [Document(id=f"garble/{number}", text=case["text"]) for number, case in enumerate(cases)]
    found = right = 0
    rows = []
    for case, report in zip(cases, checker.check_many(documents, any_language=True), strict=True):
        span = Span(case["start"], case["end"])
        near = (one for one in report.issues if one.rule in _NAME_RULES and covers_half(one.span, span))
        issue = next(near, None)
        text = None
        if issue is not None and issue.suggestion is not None:
            written, start = case["written"], case["start"]
            text = written[: max(0, issue.span.start - start)] + issue.suggestion + written[issue.span.end - start :]
        found += issue is not None
        is_right = text is not None and same_name(text, case["reference_name"])
        right += is_right
        rows.append(
            {"set": "garbles", "written": case["written"], "name": case["reference_name"], "suggested": text}
            | {"found": issue is not None, "right": is_right}
        )
    figures = {"garbles": len(cases), "garbles_set_aside": len(aside), "garbles_found": found, "garbles_right": right}
    return figures, rows
