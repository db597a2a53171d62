"""`mtqa check`: documents."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO, TypeVar

import typer

from mtqa.cli import exits, options, streams
from mtqa.cli.tables import columns_of, refuse_files_beside, warn_of_tables
from mtqa.errors import InputError, SettingsError
from mtqa.schema.issue import Severity
from mtqa.schema.progress import Progress
from mtqa.schema.report import Report
from mtqa.settings import Settings

if TYPE_CHECKING:
    from mtqa.checker import Checker
    from mtqa.cli.tables import Columns, Row
    from mtqa.schema.document import Document

_OUT = "Output and exit code"
_Choice = TypeVar("_Choice", bound=StrEnum)


class Format(StrEnum):
    """Report formats."""

    TEXT = "text"
    JSON = "json"
    JSONL = "jsonl"
    HTML = "html"


class FailOn(StrEnum):
    """From which severity on findings make the exit code 1."""

    MINOR = "minor"
    MAJOR = "major"
    CRITICAL = "critical"
    NEVER = "never"


def make_checker(settings: Settings, progress: Progress) -> Checker:
    """The checker; a seam for tests."""
    from mtqa.checker import Checker

    return Checker(settings, progress=progress)


def check(
    files: Annotated[list[str], typer.Argument(metavar="FILE", help="Texts to check; - is standard input.")],
    output_format: Annotated[
        Format | None, typer.Option("--format", "-f", help="Report format.", rich_help_panel=_OUT)
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write the report here.", rich_help_panel=_OUT)
    ] = None,
    fail_on: Annotated[
        FailOn | None,
        typer.Option("--fail-on", help="Exit 1 from this severity on [default: minor].", rich_help_panel=_OUT),
    ] = None,
    fail_under: Annotated[
        float | None,
        typer.Option(
            "--fail-under", metavar="SCORE", min=0, max=100, help="Exit 1 below this score.", rich_help_panel=_OUT
        ),
    ] = None,
    exit_zero: Annotated[
        bool, typer.Option("--exit-zero", help="Exit 0 even with findings; errors stay errors.", rich_help_panel=_OUT)
    ] = False,
    source: Annotated[
        Path | None, typer.Option("--source", metavar="FILE", help="The source text, if you have it.")
    ] = None,
    reference: Annotated[Path | None, typer.Option("--reference", metavar="FILE", help="A human translation.")] = None,
    hypothesis_column: options.HypothesisColumn = None,
    source_column: options.SourceColumn = None,
    reference_column: options.ReferenceColumn = None,
    document_column: options.DocumentColumn = None,
    source_lang: options.SourceLanguage = None,
    date: options.Date = None,
    rule: options.Rules = None,
    skip: options.Skip = None,
    preview: options.Preview = False,
    min_confidence: options.MinConfidence = None,
    knowledge: options.KnowledgeFiles = None,
    any_language: options.AnyLanguage = False,
    fast: options.Fast = False,
    model: options.QualityModel = None,
    language_model: options.LanguageModelName = None,
    encoder: options.EncoderName = None,
    no_joint: options.NoJoint = False,
    engine: options.EngineName = None,
    models_dir: options.ModelsDir = None,
    offline: options.Offline = False,
    threads: options.Threads = None,
    config: options.ConfigFile = None,
    quiet: options.Quiet = False,
    no_color: options.NoColor = False,
) -> None:
    """Check translated texts: a score for every sentence, and what is wrong with it.

    [dim]Examples:[/dim]

      mtqa check article.txt --date 2021-12-10

      mtqa check *.txt --format html -o report.html

      cat article.txt | mtqa check - --format json --fail-on critical

      mtqa check article.txt --source article.de.txt --source-lang de

      mtqa check rows.tsv --hypothesis-column mt --source-column src --document-column doc
    """
    values = options.merged(
        {
            "rules": rule, "skip": skip, "preview": preview, "min-confidence": min_confidence, "date": date,
            "source-language": source_lang, "knowledge": [str(path) for path in knowledge or ()],
            "language-model": language_model, "engine": engine, "models-dir": models_dir, "offline": offline,
            "threads": threads, "any-language": any_language, "fast": fast, "model": model, "encoder": encoder,
            "no-joint": no_joint, "fail-on": fail_on, "fail-under": fail_under, "format": output_format,
        },
        config,
    )  # fmt: skip
    settings = options.settings_from(values)
    wanted = _choice(Format, values.get("format", Format.TEXT), "format")
    limit = _choice(FailOn, values.get("fail-on", FailOn.MINOR), "fail-on")
    under = values.get("fail-under")
    if under is not None and not 0 <= under <= 100:
        raise SettingsError(f"fail-under must be between 0 and 100, not {under}")
    columns = columns_of(hypothesis_column, source_column, reference_column, document_column)
    refuse_files_beside(columns, source, reference)
    if len(files) > 1 and (source or reference):
        raise SettingsError("--source and --reference go with one FILE; check the files one by one")
    if files.count("-") > 1:
        raise SettingsError("standard input (-) can be read only once")
    if columns is None:
        warn_of_tables(files)
        documents, unreadable = _read(files, source, reference, settings)
        rows: Sequence[Sequence[Row] | None] = [None] * len(documents)
    else:
        documents, rows, unreadable = _read_tables(files, columns, settings)
    reports: list[Report] = []
    if documents:
        with streams.output(output) as stream:  # before the work: a file that cannot be written is known at once
            with streams.progress(quiet) as say:
                checker = make_checker(settings, say)
                reports = checker.check_many(documents)
            _write(reports, rows, wanted, stream, color=not no_color)
        for note in checker.notes:
            streams.warn(f"warning: {note}")
    for report in reports:
        if report.refused:
            streams.warn(f"error: {report.document.id}: {'; '.join(report.notes)}")
    if unreadable or any(report.refused for report in reports):
        raise typer.Exit(exits.USAGE)
    if not exit_zero and (_has_findings(reports, limit) or _is_under(reports, under)):
        raise typer.Exit(exits.FINDINGS)


def _read(
    files: Sequence[str], source: Path | None, reference: Path | None, settings: Settings
) -> tuple[list[Document], int]:
    """The documents that can be read, and how many cannot; each of those is named on stderr."""
    from mtqa.reading import read_document

    documents, unreadable = [], 0
    for name in files:
        try:
            documents.append(
                read_document(
                    None if name == "-" else Path(name),
                    stdin=sys.stdin.buffer if name == "-" else None,
                    source=source,
                    source_language=settings.source_language,
                    reference=reference,
                    date=settings.date,
                )
            )
        except InputError as error:
            streams.warn(f"error: {error}")
            unreadable += 1
    return documents, unreadable


def _read_tables(
    files: Sequence[str], columns: Columns, settings: Settings
) -> tuple[list[Document], list[Sequence[Row]], int]:
    """The documents of tables, the rows of each, and how many files cannot be read; each is named on stderr."""
    from mtqa.cli.tables import documents_of
    from mtqa.reading.decoding import name_of

    found, unreadable = [], 0
    for file in files:
        try:
            found += documents_of(columns.read(file), name_of(Path(file)), settings)
        except InputError as error:
            streams.warn(f"error: {error}")
            unreadable += 1
    return [document for document, _ in found], [rows for _, rows in found], unreadable


def _write(
    reports: Sequence[Report], rows: Sequence[Sequence[Row] | None], wanted: Format, stream: TextIO, *, color: bool
) -> None:
    if wanted is Format.TEXT:
        from mtqa.reporting.text import print_report

        print_report(reports, streams.console_for(stream, color=color))
        return
    from mtqa.reporting import html, json, jsonl

    if wanted is Format.HTML:
        stream.write(html.render(reports))
    else:
        stream.write((json if wanted is Format.JSON else jsonl).render(reports, rows))


def _has_findings(reports: Sequence[Report], limit: FailOn) -> bool:
    if limit is FailOn.NEVER:
        return False
    least = Severity(limit.value).rank
    return any(issue.severity.rank >= least for report in reports for issue in report.issues)


def _is_under(reports: Sequence[Report], least: float | None) -> bool:
    return least is not None and any(report.overall is not None and report.overall.score < least for report in reports)


def _choice(kind: type[_Choice], value: str, name: str) -> _Choice:
    try:
        return kind(value)
    except ValueError as error:
        raise SettingsError(f"{name} must be one of {', '.join(kind)}, not {value!r}") from error
