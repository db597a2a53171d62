"""`python -m eval run SUITE...`: print and save figures."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from eval.compare import compare, render
from eval.datasets.folder import DataError
from eval.figures import ResultError, read_result
from eval.results_page import write_page
from eval.run import FITTERS, SUITES, fit_rule, options_of, run_suite, save, save_calibration
from eval.suites.rated_lines import SCORERS
from eval.summary import summary
from mtqa import MtqaError


def _size(what: str) -> Any:
    """An option that makes a suite smaller or larger than usual."""
    return typer.Option(help=f"{what}; 0 for all", min=0)


app = typer.Typer(no_args_is_help=True, add_completion=False, help="Benchmarks of mtqa.")


@app.callback()
def _main() -> None:
    """Benchmarks of mtqa."""


@app.command()
def run(
    suites: Annotated[list[str], typer.Argument(help=f"{', '.join(SUITES)} or all")],
    year: Annotated[int | None, typer.Option(help="false-alarms, offices: 21 (tuning) or 22 (reported)")] = None,
    words: Annotated[int | None, _size("false-alarms: size of the sample")] = None,
    sentences: Annotated[int | None, _size("sentence, word, calibration: sentences of each pair")] = None,
    with_rules: Annotated[int | None, _size("sentence, calibration: sentences of each pair with all rules")] = None,
    sources: Annotated[int | None, _size("sentence, spans: source segments of each MQM set")] = None,
    items: Annotated[int | None, _size("demetr: pairs of each type")] = None,
    lines: Annotated[int | None, _size("systems: lines of each pair")] = None,
    with_source: Annotated[bool, typer.Option(help="sentence, demetr, systems: score with the source as well")] = True,
    package: Annotated[
        Path | None, typer.Option(help="encoder: folder of the package that the vectors are compared with")
    ] = None,
    scorers: Annotated[
        list[str] | None,
        typer.Option("--scorer", help=f"sentence, demetr, systems: only these of {', '.join(SCORERS)}"),
    ] = None,
    keep: Annotated[bool, typer.Option("--save/--no-save", help="write eval/results/SUITE.json")] = True,
    details: Annotated[bool, typer.Option(help="print every case")] = False,
) -> None:
    """Run suites, print their figures and save them."""
    wanted = list(SUITES) if suites == ["all"] else suites
    unknown = [name for name in wanted if name not in SUITES]
    if unknown:
        raise typer.BadParameter(f"unknown suite {unknown[0]!r}; known: {', '.join(SUITES)}")
    unscored = [name for name in scorers or () if name not in SCORERS]
    if unscored:
        raise typer.BadParameter(f"unknown scorer {unscored[0]!r}; known: {', '.join(SCORERS)}")
    sizes = {
        "words": words,
        "sentences": sentences,
        "with_rules": with_rules,
        "sources": sources,
        "items": items,
        "lines": lines,
    }
    given: dict[str, Any] = {name: size or None for name, size in sizes.items() if size is not None}
    given |= {"with_source": with_source}
    given |= {"package": package} if package is not None else {}
    given |= {"year": year} if year is not None else {}
    given |= {"scorers": tuple(scorers)} if scorers else {}
    for name in wanted:
        known = options_of(name)
        try:
            result = run_suite(name, **{option: value for option, value in given.items() if option in known})
        except (DataError, MtqaError) as error:
            typer.echo(f"eval: {name}: {error}", err=True)
            raise typer.Exit(2) from error
        show(result, details)
        if keep:
            typer.echo(f"saved {save(result)}")


@app.command()
def fit(
    rules: Annotated[list[str], typer.Argument(help=", ".join(FITTERS))],
    keep: Annotated[bool, typer.Option("--save/--no-save", help="write mtqa/scoring/calibration.json")] = True,
) -> None:
    """Fit the calibration of rules on training data; thresholds stay as they are."""
    unknown = [name for name in rules if name not in FITTERS]
    if unknown:
        raise typer.BadParameter(f"nothing fits {unknown[0]!r}; known: {', '.join(FITTERS)}")
    for name in rules:
        entry = fit_rule(name)
        typer.echo(json.dumps({name: entry}, indent=1, ensure_ascii=False))
        if keep:
            typer.echo(f"saved {save_calibration(name, entry)}")


@app.command(name="compare")
def compare_results(
    first: Annotated[str, typer.Argument(metavar="A", help="a result file, a suite, or SUITE@GITREV")],
    second: Annotated[str, typer.Argument(metavar="B", help="the same; of the same suite")],
    as_json: Annotated[bool, typer.Option("--json", help="print JSON")] = False,
) -> None:
    """Compare two results of a suite, with paired tests where both kept their items."""
    try:
        results = read_result(first), read_result(second)
        comparison = compare(*results, places=(first, second))
    except (OSError, ResultError) as error:
        typer.echo(f"eval: compare: {error}", err=True)
        raise typer.Exit(2) from error
    if as_json:
        typer.echo(json.dumps(comparison.as_json(), indent=1, ensure_ascii=False))
    else:
        Console().print(render(comparison))


@app.command()
def page() -> None:
    """Write eval/RESULTS.md and eval/plots/ from the committed results and anchors."""
    try:
        paths = write_page()
    except (OSError, ResultError) as error:
        typer.echo(f"eval: page: {error}", err=True)
        raise typer.Exit(2) from error
    for path in paths:
        typer.echo(f"saved {path}")


@app.command(name="summary")
def print_summary() -> None:
    """Print the figures that the README quotes, from the committed results."""
    typer.echo(summary())


def show(result: dict[str, Any], details: bool) -> None:
    """Print the figures of a result as a table."""
    console = Console()
    table = Table("figure", "value", title=f"{result['suite']}  {result['signature']}")
    for name, value in result["figures"].items():
        table.add_row(name, str(value))
    console.print(table)
    if details:
        for row in result["details"]:
            console.print_json(data=row)


if __name__ == "__main__":
    app()
