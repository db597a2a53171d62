"""`python -m eval page`: eval/RESULTS.md and eval/plots/, from the committed results and eval/anchors.tsv.

anchors.tsv holds the figures of others, one a row: `suite` and `table` say where it is shown, `figure` is the name that
the suite gives the same figure (ours stand in the same column), `how` is one of `read` (in the public page that
`source` names), `measured` (by this project on public data) and `memory` (not checked).
"""

from __future__ import annotations

import csv
import os.path
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.figures import ResultError, Value, check_result, flat
from eval.plotted_results import plots_of
from eval.run import RESULTS
from eval.variants import VARIANTS, by_variant

PAGE = RESULTS.parent / "RESULTS.md"
PLOTS = RESULTS.parent / "plots"
ANCHORS = RESULTS.parent / "anchors.tsv"
_HOW = {"read": "read there", "measured": "measured by this project", "memory": "from memory, not checked"}
_WITH_SOURCE = ("with_source", "fast_with_source", "cosine")
_COLUMNS = ["suite", "table", "figure", "system", "value", "size", "input", "source", "how"]

_HEAD = """# Results

Written by `python -m eval page` from `eval/results/` and `eval/anchors.tsv`; do not edit. A figure is repeated by
`python -m eval run SUITE`, and two runs are compared by `python -m eval compare A B`. Figures in brackets are 95 %
bootstrap intervals. A signature names the version, rules, models and calibration that the figures hold for.

Figures of others are marked "read there" (in the public source named), "measured by this project" (on the public data
named), or "from memory, not checked".
"""


@dataclass(frozen=True, slots=True)
class Section:
    """What a suite measures and on which data."""

    title: str
    measures: str
    data: str


SECTIONS: Mapping[str, Section] = {
    "sentence": Section(
        "Sentence scores against people",
        "Correlation of the score of a sentence with human ratings: pooled over all sentences, and grouped by source "
        "segment (which of several translations of the same sentence is better).",
        "MLQE-PE test20 into English (test); WMT 2021 MQM zh-en, documents kept back (dev).",
    ),
    "word": Section(
        "Wrong words",
        "How well the words that people changed in post-editing are found: MCC and F1 of the class BAD, gaps left out.",
        "MLQE-PE test20 into English (test); thresholds chosen on its dev sets.",
    ),
    "spans": Section(
        "Error spans",
        "F1 over characters against spans marked by professional annotators; a right place with the wrong severity "
        "counts half (WMT23 quality estimation, task 2).",
        "WMT 2021 MQM zh-en, news and TED, documents kept back (dev); thresholds chosen on other documents.",
    ),
    "demetr": Section(
        "Planted errors",
        "Share of pairs in which a translation scores above the same translation with one error planted, without "
        "reference, and without source unless the name says so; ties count half.",
        "DEMETR, 34 types of error, ten source languages (test; never trained or tuned on).",
    ),
    "calibration": Section(
        "What a score means",
        "How often the mean human rating lies in the 80 % interval of the score, and how far scores are from ratings "
        "on average (ECE, on a scale of 0 to 1).",
        "MLQE-PE test20 into English (test).",
    ),
    "systems": Section(
        "Whole systems",
        "Share of pairs of systems ordered as people order them, and the soft pairwise accuracy of WMT24 (SPA).",
        "WMT22 news into English, seven source languages (dev).",
    ),
    "speed": Section(
        "Speed and memory",
        "Cold start, throughput and memory.",
        "The article in `seeds/` and sentences of WMT21 references.",
    ),
    "encoder": Section(
        "The meaning encoder",
        "Agreement with the vectors of the package that the weights come from, CPU time of a sentence, memory, and "
        "its share of a check with the source.",
        "DEMETR sources and sentences written for the other languages; WMT22 de-en.",
    ),
    "quantisation": Section(
        "What int8 costs",
        "Log-probabilities of the language model in int8 less those in float32, nats: bias and standard deviation. "
        "Weights go up to 80, as mtqa scales them, without the scales that smooth channels, or up to 127.",
        "Translations of MLQE-PE ro-en dev.",
    ),
    "pairing": Section(
        "Source sentences found for segments",
        "Precision and recall of strict links between segments and source sentences in documents whose sentences were "
        "merged, split and left out with a seed.",
        "WMT22 news sources and references (test; constants chosen on WMT21).",
    ),
    "omitted-sentences": Section(
        "Sentences left out",
        "Sentences of the source that no segment translates: precision and recall of the rule in documents of which "
        "sentences were left out, merged and split with a seed.",
        "WMT22 news sources and references (test; fitted on WMT21).",
    ),
    "mismatch": Section(
        "What differs from the source",
        "Numbers, names, marks, clauses and sentences changed in references with a seed: precision and recall of each "
        "rule that reads the source, and alarms per 1,000 pairs as they are.",
        "WMT21 news sources and references, uk from WMT22, fr from DEMETR (dev: fitted on WMT22, but thresholds were "
        "chosen and rules written with WMT21 in view).",
    ),
    "nonsense": Section(
        "Sentences wrong as a whole",
        "Copies of the source and translations of another line: the share that scores as low as it should, with all "
        "rules and with none. Of the sentences that low-adequacy reports, the share that people rated low.",
        "WMT21 news sources and references (dev); MLQE-PE test20 (test).",
    ),
    "seeds": Section(
        "The seed article",
        "Errors found of those that people marked, and flags that match no mark (`must`: errors that must be found).",
        "The article in `seeds/` (dev: it was in view while the rules were written).",
    ),
    "challenge": Section(
        "Names and office-holders",
        "Garbled names of known people in plain contexts, sentences with office-holders, and names that real systems "
        "garbled: how many are found, how many get the right suggestion, and how many correct names are flagged.",
        "Sentences written for this project, and outputs of WMT21 and WMT22 systems (dev).",
    ),
    "offices": Section(
        "Office-holders exchanged",
        "Persons and offices exchanged in true claims, and possessives of the wrong country: found and restored; "
        "alarms on the text as it was.",
        "WMT22 references (test; WMT21 is for tuning).",
    ),
    "reversed-roles": Section(
        "Events told the wrong way round",
        "Sentences with subject and object exchanged that are flagged, right ones that are flagged, and alarms on "
        "human text.",
        "Known events, test part; WMT22 references.",
    ),
    "false-alarms": Section(
        "Alarms on human translations",
        "Issues reported on text that people translated: nearly all of them are false alarms.",
        "A sample of WMT22 references (test; WMT21 is for tuning).",
    ),
}


def write_page() -> list[Path]:
    """Write the page and its plots; the paths written. ResultError for a damaged result or anchor."""
    results, anchors = read_results(RESULTS), read_anchors(ANCHORS)
    plots = plots_of(results)
    PLOTS.mkdir(exist_ok=True)
    for path in PLOTS.glob("*.svg"):
        if path.stem not in plots:
            path.unlink()  # of a result that is no more
    written = [PAGE]
    PAGE.write_text(page(results, anchors), encoding="utf-8")
    for suite, (_, svg) in plots.items():
        written.append(PLOTS / f"{suite}.svg")
        written[-1].write_text(svg, encoding="utf-8")
    return written


def read_results(folder: Path) -> dict[str, dict[str, Any]]:
    """All results of a folder by suite. ResultError for a damaged one, or one in the file of another suite."""
    results = {}
    for path in sorted(folder.glob("*.json")):
        result = check_result(path.read_text(encoding="utf-8"), path.name)
        if result["suite"] != path.stem:
            raise ResultError(f"{path.name}: is a result of the suite {result['suite']!r}")
        results[path.stem] = result
    return results


def read_anchors(path: Path) -> list[dict[str, str]]:
    """The rows of anchors.tsv. ResultError names file, line and reason."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    if not rows or rows[0] != _COLUMNS:
        raise ResultError(f"{path.name}:1: the columns are {', '.join(_COLUMNS)}")
    anchors = []
    for number, row in enumerate(rows[1:], start=2):
        if len(row) != len(_COLUMNS):
            raise ResultError(f"{path.name}:{number}: {len(row)} fields, not {len(_COLUMNS)}")
        anchor = dict(zip(_COLUMNS, row, strict=True))
        if anchor["how"] not in _HOW or anchor["suite"] not in SECTIONS:
            raise ResultError(f"{path.name}:{number}: unknown suite {anchor['suite']!r} or mark {anchor['how']!r}")
        if not all(anchor[name] for name in ("table", "figure", "system", "value", "source")):
            raise ResultError(f"{path.name}:{number}: a figure needs table, figure, system, value and source")
        anchors.append(anchor)
    return anchors


def page(results: Mapping[str, Mapping[str, Any]], anchors: Sequence[Mapping[str, str]]) -> str:
    """The whole page as markdown. Suites without a result say so; results of suites unknown here come last."""
    plots = {suite: alternative for suite, (alternative, _) in plots_of(results).items()}
    lines = [_HEAD]
    for suite in [*SECTIONS, *(name for name in results if name not in SECTIONS)]:
        own = [row for row in anchors if row["suite"] == suite]
        lines += _section(suite, results.get(suite), own, plots.get(suite))
    return "\n".join(lines).rstrip() + "\n"


def _section(
    suite: str, result: Mapping[str, Any] | None, anchors: Sequence[Mapping[str, str]], plot: str | None
) -> list[str]:
    about = SECTIONS.get(suite)
    lines = [f"## {about.title if about else suite} (`{suite}`)", ""]
    if about:
        lines += [about.measures, "", f"Data: {about.data}", ""]
    figures = by_variant(flat(result["figures"])) if result is not None else {}
    if result is None:
        lines += ["Not run.", ""]
    else:
        settings = ", ".join(f"{name} {_setting(value)}" for name, value in result["settings"].items())
        lines += [f"Run on {result['date']}, `{result['signature']}`" + (f"; {settings}." if settings else "."), ""]
    if plot:
        lines += [f"![{plot}]({os.path.relpath(PLOTS, PAGE.parent)}/{suite}.svg)", ""]
    for table in dict.fromkeys(row["table"] for row in anchors):
        lines += _anchor_table(table, [row for row in anchors if row["table"] == table], figures)
    if figures:
        lines += _figure_tables(figures)
    return lines


def _anchor_table(
    title: str, anchors: Sequence[Mapping[str, str]], figures: Mapping[str, Mapping[str, Value]]
) -> list[str]:
    """One row per system, ours first (one per scorer that has any of the figures), one column per figure."""
    names = list(dict.fromkeys(row["figure"] for row in anchors))
    rows = []
    reads = "target" if any("target" in row["input"] for row in anchors) else ""
    for variant, label in VARIANTS.items():
        own = [_short(figures.get(name, {}).get(variant)) for name in names]
        if any(own):
            bold = [f"**{value}**" if value else "" for value in (label, *own)]
            reads_too = "source and target" if reads and variant in _WITH_SOURCE else reads
            rows.append([*bold, "", reads_too, f"`results/{anchors[0]['suite']}.json`"])
    systems: dict[tuple[str, ...], dict[str, str]] = {}
    for row in anchors:
        key = (row["system"], row["size"], row["input"], f"{row['source']}, {_HOW[row['how']]}")
        systems.setdefault(key, {})[row["figure"]] = row["value"]
    rows += [[key[0], *(values.get(name, "") for name in names), *key[1:]] for key, values in systems.items()]
    head = ["system", *_headings(names), "size", "input", "source"]
    return [f"**{title[0].upper()}{title[1:]}**", "", *_table(head, rows)]


def _figure_tables(figures: Mapping[str, Mapping[str, Value]]) -> list[str]:
    """Figures of one value, then those that several scorers have."""
    single = [[name, own["score"].text] for name, own in figures.items() if own.keys() == {"score"}]
    several = {name: own for name, own in figures.items() if own.keys() != {"score"}}
    lines = _table(["figure", "value"], single) if single else []
    if several:
        columns = [variant for variant in VARIANTS if any(variant in own for own in several.values())]
        rows = [
            [name, *(own[variant].text if variant in own else "" for variant in columns)]
            for name, own in several.items()
        ]
        lines += _table(["figure", *(VARIANTS[variant] for variant in columns)], rows)
    return lines


def _headings(names: Sequence[str]) -> list[str]:
    """Names without the parts that all of them begin or end with."""
    parts = [name.split("_") for name in names]
    if len(parts) < 2:
        return list(names)
    start = _shared(parts)
    end = _shared([part[start:][::-1] for part in parts])
    short = ["_".join(part[start : len(part) - end]) for part in parts]
    return short if all(short) else list(names)


def _shared(parts: Sequence[Sequence[str]]) -> int:
    """How many first elements are the same in all of them."""
    count = 0
    while all(len(part) > count for part in parts) and len({part[count] for part in parts}) == 1:
        count += 1
    return count


def _short(value: Value | None) -> str:
    """A figure without its interval."""
    if value is None:
        return ""
    return value.text.split(" [")[0] if value.number is not None else value.text


def _setting(value: object) -> str:
    if isinstance(value, Mapping):
        return "(" + ", ".join(f"{key} {_setting(one)}" for key, one in value.items()) + ")"
    return str(value)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Markdown; a bar inside a cell is escaped. Columns that are empty in every row are left out."""
    body = [list(row) for row in rows]
    kept = [number for number in range(len(head)) if any(row[number] for row in body)]
    lines = [[head[number] for number in kept], ["---"] * len(kept)]
    lines += [[row[number].replace("|", "\\|") for number in kept] for row in body]
    return ["| " + " | ".join(line) + " |" for line in lines] + [""]
