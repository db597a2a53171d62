"""`python -m eval run SUITE...`: print and save figures."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from eval.datasets.folder import DataError
from eval.run import FITTERS, SUITES, fit_rule, run_suite, save, save_calibration
from eval.summary import summary
from mtqa import MtqaError

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Benchmarks of mtqa.")


@app.callback()
def _main() -> None:
    """Benchmarks of mtqa."""


@app.command()
def run(
    suites: Annotated[list[str], typer.Argument(help=f"{', '.join(SUITES)} or all")],
    year: Annotated[int, typer.Option(help="false-alarms, offices: 21 (tuning) or 22 (reported)")] = 22,
    words: Annotated[int, typer.Option(help="false-alarms: size of the sample; 0 for everything")] = 60_000,
    keep: Annotated[bool, typer.Option("--save/--no-save", help="write eval/results/SUITE.json")] = True,
    details: Annotated[bool, typer.Option(help="print every case")] = False,
) -> None:
    """Run suites, print their figures and save them."""
    wanted = list(SUITES) if suites == ["all"] else suites
    unknown = [name for name in wanted if name not in SUITES]
    if unknown:
        raise typer.BadParameter(f"unknown suite {unknown[0]!r}; known: {', '.join(SUITES)}")
    for name in wanted:
        options: dict[str, Any] = {"year": year} if name in {"false-alarms", "offices"} else {}
        options |= {"words": words or None} if name == "false-alarms" else {}
        try:
            result = run_suite(name, **options)
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
