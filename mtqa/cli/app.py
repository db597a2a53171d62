"""The application: commands put together, errors turned into exit codes."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from mtqa._version import __version__
from mtqa.cli import exits
from mtqa.cli.check import check
from mtqa.cli.doctor import doctor
from mtqa.cli.knowledge import app as knowledge_app
from mtqa.cli.models import app as models_app
from mtqa.cli.rules import explain, rules
from mtqa.cli.score import score
from mtqa.errors import MtqaError

app = typer.Typer(
    name="mtqa",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command()(check)
app.command()(score)
app.command()(explain)
app.command()(rules)
app.command()(doctor)
app.add_typer(models_app, name="models")
app.add_typer(knowledge_app, name="knowledge")


@app.callback()
def _about(
    version: Annotated[bool, typer.Option("--version", help="Print the version.", is_eager=True)] = False,
) -> None:
    """How good is a machine translation into English, sentence by sentence, and what is wrong with it.

    [dim]Examples:[/dim]

      mtqa check article.txt --date 2021-12-10

      mtqa check article.txt --format html -o report.html

      mtqa score -t system.txt > scores.tsv

      mtqa explain garbled-name
    """
    if version:
        print(f"mtqa {__version__}")
        raise typer.Exit(exits.CLEAN)


def run() -> None:
    """Run the command line; never returns."""
    try:
        app()
    except MtqaError as error:
        if os.environ.get("MTQA_DEBUG"):
            raise
        print(f"mtqa: error: {error}", file=sys.stderr)
        sys.exit(exits.code_of(error))
    except KeyboardInterrupt:
        sys.exit(exits.INTERRUPTED)
    except BrokenPipeError:
        # Whoever read stdout has seen enough; keep Python from complaining when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(exits.CLEAN)
