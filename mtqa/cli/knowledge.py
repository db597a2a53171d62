"""`mtqa knowledge`: the tables behind the rules."""

from __future__ import annotations

import sys

import typer

from mtqa.cli import streams

app = typer.Typer(no_args_is_help=True, help="The tables behind the rules.")


@app.callback()
def _about() -> None:
    """The tables behind the rules."""


@app.command()
def status() -> None:
    """Tables with their rows, sources and the latest day they were seen to be true."""
    from rich.table import Table

    from mtqa.knowledge.status import table_states

    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("table", "rows", "as of", "sources"):
        table.add_column(heading, justify="right" if heading == "rows" else "left")
    for state in table_states():
        table.add_row(state.name, f"{state.rows:,}", state.as_of, ", ".join(state.sources))
    streams.console_for(sys.stdout, color=True, width=streams.UNWRAPPED).print(table)
