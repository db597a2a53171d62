"""`mtqa rules` and `mtqa explain`."""

from __future__ import annotations

import difflib
import json
import sys
from typing import Annotated

import typer

from mtqa.cli import streams
from mtqa.cli.doctor import TextOrJson
from mtqa.errors import SettingsError


def explain(rule: Annotated[str, typer.Argument(metavar="RULE", help="A rule, as `mtqa rules` lists them.")]) -> None:
    """Print the page of a rule: why, how, examples, measured precision, known gaps."""
    from mtqa.detecting.discovery import discover

    pages = {detector.rule.id: detector.page for detector in discover()}
    if rule not in pages:
        near = difflib.get_close_matches(rule, pages, n=3)
        hint = f"did you mean {' or '.join(near)}?" if near else f"known rules: {', '.join(pages)}"
        raise SettingsError(f"there is no rule {rule!r}; {hint}")
    if sys.stdout.isatty():
        from rich.markdown import Markdown

        streams.console_for(sys.stdout, color=True).print(Markdown(pages[rule]))
    else:
        print(pages[rule], end="")


def rules(
    output_format: Annotated[TextOrJson, typer.Option("--format", "-f", help="text or json.")] = TextOrJson.TEXT,
) -> None:
    """List the rules: what each finds, how severe it usually is, whether it is stable."""
    from mtqa.detecting.discovery import discover

    found = [detector.rule for detector in discover()]
    if output_format is TextOrJson.JSON:
        rows = [
            {
                "id": rule.id,
                "category": str(rule.category),
                "severity": str(rule.severity),
                "status": str(rule.status),
                "needs": [str(need) for need in (*rule.needs, *rule.uses)],
                "summary": rule.summary,
            }
            for rule in found
        ]
        print(json.dumps(rows, indent=2))
        return
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("rule", "category", "severity", "status", "summary"):
        table.add_column(heading, no_wrap=heading == "rule")
    for rule in found:
        table.add_row(rule.id, str(rule.category), str(rule.severity), str(rule.status), rule.summary)
    streams.console_for(sys.stdout, color=True, width=streams.UNWRAPPED).print(table)
