from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from eval import results_page
from eval.figures import ResultError, flat
from eval.plotted_results import plots_of
from eval.results_page import ANCHORS, PAGE, PLOTS, page, read_anchors, read_results, write_page
from eval.run import RESULTS, SUITES
from eval.variants import by_variant

ANCHOR = {
    "suite": "sentence",
    "table": "test20",
    "figure": "test20_et_pearson",
    "system": "Big",
    "value": "0.700",
    "size": "560 M",
    "input": "source and target",
    "source": "a paper",
    "how": "read",
}


def result(suite: str, figures: dict[str, Any], details: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    whole = {"suite": suite, "date": "2026-11-24", "figures": figures, "details": details or []}
    return whole | {"signature": "mtqa:1|lm:x", "settings": {"seed": 37, "thresholds": {"et": 0.4}}}


def test_the_committed_page_and_plots_are_what_the_results_give() -> None:
    results = read_results(RESULTS)
    expected = {PAGE: page(results, read_anchors(ANCHORS))}
    expected |= {PLOTS / f"{suite}.svg": svg for suite, (_, svg) in plots_of(results).items()}
    for path, text in expected.items():
        assert path.read_text(encoding="utf-8") == text, f"{path.name}: run `python -m eval page`"
    assert sorted(PLOTS.iterdir()) == sorted(path for path in expected if path != PAGE)


def test_every_suite_has_its_section() -> None:
    text = page({}, [])
    for suite in SUITES:
        assert f"(`{suite}`)" in text
    assert text.count("\nNot run.\n") == len(results_page.SECTIONS)


def test_our_figures_stand_in_the_columns_of_the_anchors() -> None:
    figures = {
        "test20_et_pearson": "0.558 [0.477, 0.632]",
        "test20_mean_pearson": 0.61,
        "test20_mean_pearson_of_surprisal": 0.25,
    }
    anchors = [ANCHOR, ANCHOR | {"figure": "test20_mean_pearson", "value": "0.778", "how": "memory"}]
    lines = page({"sentence": result("sentence", figures)}, anchors).splitlines()
    for line in (
        "Run on 2026-11-24, `mtqa:1|lm:x`; seed 37, thresholds (et 0.4).",
        "**Test20**",
        "| system | et | mean | size | input | source |",
        "| **mtqa** | **0.558** | **0.61** |  | target | `results/sentence.json` |",
        "| **surprisal alone** |  | **0.25** |  | target | `results/sentence.json` |",
        "| Big | 0.700 |  | 560 M | source and target | a paper, read there |",
        "| Big |  | 0.778 | 560 M | source and target | a paper, from memory, not checked |",
        "| test20_et_pearson | 0.558 [0.477, 0.632] |",
        "| figure | mtqa | surprisal alone |",
        "| test20_mean_pearson | 0.61 | 0.25 |",
    ):
        assert line in lines


def test_a_suite_that_the_page_does_not_know_is_shown_at_the_end() -> None:
    text = page({"new-suite": result("new-suite", {"a|b": 1})}, [])
    assert text.endswith("## new-suite (`new-suite`)\n\n" + text.split("## new-suite (`new-suite`)\n\n")[1])
    assert "| a\\|b | 1 |" in text


def test_endings_of_figures_name_the_scorer() -> None:
    figures = flat(
        {"macro": 1, "macro_of_fast": 2, "coverage_of_80": 3, "share_of_words": 4, "f1_of_everything_major": 5}
    )
    assert {name: list(own) for name, own in by_variant(figures).items()} == {
        "macro": ["score", "fast"],
        "coverage_of_80": ["score"],
        "share_of_words": ["score"],
        "f1": ["everything_major"],
    }


def test_plots_are_made_of_details_and_figures() -> None:
    bins = [{"part": part, "bin": 1, "segments": 9, "score": 50.0, "rating": 40.0} for part in ("test20", "with rules")]
    types = [{"type": "case", "severity": "minor", "score": 0.9, "surprisal": 0.8, "score_by_language": {}}]
    systems = [
        {"scorer": scorer, "pair": "cs-en", "scores": {"Online-A": [61.5, 0.2], "Online-B": [60.0, -0.1]}}
        for scorer in ("score", "length")
    ]
    speeds = {"xlm_r_large_segments_per_second": 4.9, "seed_process_seconds": 5.2, "judge_ratio": 7, "tokens": None}
    plots = plots_of(
        {
            "calibration": result("calibration", {}, bins),
            "demetr": result("demetr", {}, types),
            "systems": result("systems", {}, systems),
            "speed": result("speed", speeds),
            "seeds": result("seeds", {"hit": 1}),
        }
    )
    described = {suite: svg.split("<desc")[1].split("</desc>")[0].split(">", 1)[1] for suite, (_, svg) in plots.items()}
    assert described == {
        "calibration": (
            "Mean human rating against mean score, per group of sentences: score 50, rating 40, 9 sentences."
        ),
        "demetr": "case: mtqa 0.90, surprisal alone 0.80.",
        "systems": ("mean score against mean human rating (z). cs-en Online-A: 0.2, 61.5; cs-en Online-B: -0.1, 60."),
        "speed": "seed process: 5.20; xlm r large: 4.90.",
    }


@pytest.mark.parametrize("suite", ["calibration", "demetr", "systems", "speed"])
def test_a_result_without_what_is_plotted_has_no_plot(suite: str) -> None:
    assert plots_of({suite: result(suite, {"a": 1}, [{"other": 1}])}) == {}


def test_write_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "results").mkdir()
    (tmp_path / "results" / "speed.json").write_text(json.dumps(result("speed", {"seed_seconds": 5.0})))
    (tmp_path / "anchors.tsv").write_text("\t".join(ANCHOR) + "\n" + "\t".join(ANCHOR.values()) + "\n")
    names = {"RESULTS": "results", "PAGE": "RESULTS.md", "PLOTS": "plots", "ANCHORS": "anchors.tsv"}
    for name, place in names.items():
        monkeypatch.setattr(results_page, name, tmp_path / place)
    (tmp_path / "plots").mkdir()
    (tmp_path / "plots" / "gone.svg").write_text("of a result that is no more")
    assert write_page() == [tmp_path / "RESULTS.md", tmp_path / "plots" / "speed.svg"]
    assert "](plots/speed.svg)" in (tmp_path / "RESULTS.md").read_text()
    assert [path.name for path in (tmp_path / "plots").iterdir()] == ["speed.svg"]


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        (["suite\tfigure"], ":1: the columns are"),
        (["\t".join(ANCHOR), "a\tb"], ":2: 2 fields, not 9"),
        (
            ["\t".join(ANCHOR), "\t".join((ANCHOR | {"how": "guessed"}).values())],
            ":2: unknown suite 'sentence' or mark",
        ),
        (["\t".join(ANCHOR), "\t".join((ANCHOR | {"suite": "x"}).values())], ":2: unknown suite 'x'"),
        (["\t".join(ANCHOR), "\t".join((ANCHOR | {"source": ""}).values())], ":2: a figure needs"),
    ],
)
def test_damaged_anchors_name_line_and_reason(rows: list[str], reason: str, tmp_path: Path) -> None:
    path = tmp_path / "anchors.tsv"
    path.write_text("\n".join(rows) + "\n")
    with pytest.raises(ResultError, match=f"^anchors.tsv{reason}"):
        read_anchors(path)


def test_a_result_in_the_file_of_another_suite_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "word.json").write_text(json.dumps(result("spans", {})))
    with pytest.raises(ResultError, match=r"^word\.json: is a result of the suite 'spans'"):
        read_results(tmp_path)
