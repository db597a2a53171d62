"""The figures that the README quotes, from the committed result files: `python -m eval summary`."""

from __future__ import annotations

import json
from typing import Any

from eval.run import RESULTS

BEGIN, END = "<!-- figures: python -m eval summary -->", "<!-- end of figures -->"

_SOURCE_RULES = ("untranslated-copy", "wrong-segment", "number-mismatch", "omission", "addition")


def summary() -> str:
    """A markdown table; KeyError or FileNotFoundError if a result is missing."""
    seeds, names = _figures("seeds"), _figures("challenge")
    alarms, speed = _figures("false-alarms"), _figures("speed")
    offices, reversed_roles = _figures("offices"), _figures("reversed-roles")
    sentence, calibration = _figures("sentence"), _figures("calibration")
    word, demetr, systems = _figures("word"), _figures("demetr"), _figures("systems")
    mismatch = _figures("mismatch")
    found = (
        f"{seeds['must_hit']} of {seeds['must']} errors that must be found, {seeds['hit']} of {seeds['labels']} in all"
    )
    suggested = f"{names['names_found']} found, {names['names_right_suggestion']} with the right suggestion"
    correct = f"{names['names_correct_flagged']} of {names['names_correct']} correct names flagged"
    garbles = (
        f"{names['garbles_found']} of {names['garbles']} found, {names['garbles_right']} with the right suggestion"
    )
    roles = f"{names['roles_found']} of {names['roles_wrong']} wrong ones found"
    right_roles = f"{names['roles_flagged']} of {names['roles_right']} right ones flagged"
    people = f"{offices['person_found']} of {offices['person_swaps']} (person)"
    posts = f"{offices['office_found']} of {offices['office_swaps']} (office)"
    events = f"{reversed_roles['reversed_flagged']} of {reversed_roles['reversed']} found"
    right_events = f"{reversed_roles['right_flagged']} of {reversed_roles['right']} right ones flagged"
    serious = f"{alarms['major_or_critical_per_10000_words']:.1f} of them major or critical"
    coverage = f"the 80 % interval covers {calibration['coverage_of_80']:.0%}"
    seconds = f"{speed['seed_process_seconds']:.1f} s / {speed['seed_loaded_seconds']:.1f} s"
    rows = {
        "the article in `seeds/`, human labels": f"{found}, {seeds['stray']} flags that match no label",
        "60 garbled names of known people in plain contexts": f"{suggested}; {correct}",
        "names that WMT21 and WMT22 systems garbled, accepted spellings set aside": garbles,
        "sentences with office-holders": f"{roles}, {right_roles}",
        "office-holders exchanged in WMT22 references": f"{people} and {posts} found",
        "events told the wrong way round (preview rule)": f"{events}, {right_events}",
        f"alarms on {alarms['words']:,} words of human translations (WMT22)": (
            f"{alarms['per_10000_words']:.1f} per 10,000 words, {serious}"
        ),
        "score against human ratings, MLQE-PE test20, without source": (
            f"mean Pearson {sentence['test20_mean_pearson']:.2f} "
            f"(`--fast` {sentence['test20_mean_pearson_of_fast']:.2f}); {coverage}"
        ),
        "the same with the source": (
            f"mean Pearson {sentence['test20_mean_pearson_with_source']:.2f} "
            f"(`--fast` {sentence['test20_mean_pearson_of_fast_with_source']:.2f})"
        ),
        "words that post-editors changed, MLQE-PE test20": f"MCC {word['word_mean_mcc']:.2f}",
        "planted errors, DEMETR, 34 types, without reference": (
            f"original scored higher in {demetr['demetr_macro']:.1%} of pairs; "
            f"with the source {demetr['demetr_macro_with_source']:.1%}"
        ),
        "WMT22 systems, ranked in pairs as people did": (
            f"{systems['systems_pairwise_accuracy']:.1%}; "
            f"with the source {systems['systems_pairwise_accuracy_with_source']:.1%}"
        ),
        "planted in WMT21 references (meaning: the encoder's languages): precision / recall": ", ".join(
            f"{rule} {mismatch[f'precision_of_{name}']:.2f} / {mismatch[f'recall_of_{name}']:.2f}"
            for rule in _SOURCE_RULES
            for name in (rule.replace("-", "_"),)
        ),
        "two cores: the seed article, with process start / models loaded": (
            f"{seconds}, {speed['seed_peak_megabytes']} MB"
        ),
        "two cores: segments of 70 tokens against an XLM-R-large-shaped encoder": (
            f"`score` {speed['score_ratio']:.1f} times as fast, `--no-issues` {speed['score_no_issues_ratio']:.1f}, "
            f"`--fast --no-issues` {speed['fast_ratio']:.0f}"
        ),
    }
    lines = ["| what | figure |", "|---|---|", *(f"| {what} | {figure} |" for what, figure in rows.items())]
    return "\n".join(lines)


def _figures(suite: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((RESULTS / f"{suite}.json").read_text(encoding="utf-8"))
    figures: dict[str, Any] = content["figures"]
    return figures
