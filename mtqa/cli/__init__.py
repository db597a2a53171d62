"""The command line: the only place that prints or exits. One file per command."""

from __future__ import annotations


def main() -> None:
    """Entry point of `mtqa`."""
    from mtqa.cli.app import run

    run()
