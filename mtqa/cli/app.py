"""The application: commands put together, errors turned into exit codes."""

from __future__ import annotations

import os
import sys
import traceback
from typing import Annotated, NoReturn

import typer

from mtqa._version import __version__
from mtqa.cli import exits, streams
from mtqa.cli.check import check
from mtqa.cli.doctor import doctor
from mtqa.cli.knowledge import app as knowledge_app
from mtqa.cli.models import app as models_app
from mtqa.cli.rules import explain, rules
from mtqa.cli.score import score
from mtqa.cli.train import train
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
app.command()(train)
app.command()(explain)
app.command()(rules)
app.command()(doctor)
app.add_typer(models_app, name="models")
app.add_typer(knowledge_app, name="knowledge")


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"mtqa {__version__}")
        raise typer.Exit(exits.CLEAN)


@app.callback()
def _about(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", is_eager=True, callback=_print_version)
    ] = False,
) -> None:
    """How good is a machine translation into English, sentence by sentence, and what is wrong with it.

    [dim]Examples:[/dim]

      mtqa check article.txt --date 2021-12-10

      mtqa check article.txt --format html -o report.html

      mtqa score -t system.txt > scores.tsv

      mtqa explain garbled-name
    """


def run() -> None:
    """Run the command line; never returns."""
    try:
        try:
            app()
        finally:
            if sys.stdout is not None:
                sys.stdout.flush()  # a full disk shows here, where it can still be reported
    except MtqaError as error:
        _fail(str(error), exits.code_of(error))
    except KeyboardInterrupt:
        sys.exit(exits.INTERRUPTED)
    except (BrokenPipeError, streams.ReaderGone):
        _forget_stdout()  # whoever read it has seen enough
        sys.exit(exits.CLEAN)
    except OSError as error:
        _forget_stdout()
        _fail(f"{error.filename or 'the output'}: {error.strerror or error}", exits.FAILED)
    except MemoryError:
        _fail("not enough memory; check fewer or shorter files at a time, or use fewer --threads", exits.FAILED)
    except Exception as error:  # a bug of ours: say so instead of showing a traceback
        name = f"{type(error).__name__}: {error}"
        _fail(f"internal error: {name}; please report it, with the output of the same command under MTQA_DEBUG=1")


def _fail(message: str, code: int = exits.FAILED) -> NoReturn:
    """Say it on stderr and exit; called while an exception is handled, which MTQA_DEBUG shows in full."""
    if os.environ.get("MTQA_DEBUG"):
        traceback.print_exc()
    streams.warn(f"error: {message}")
    sys.exit(code)


def _forget_stdout() -> None:
    """Keep Python from complaining when it flushes stdout once more at exit."""
    if sys.stdout is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
