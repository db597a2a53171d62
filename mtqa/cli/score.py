"""`mtqa score`: line-parallel segments."""

from __future__ import annotations

import sys
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mtqa.cli import options, streams
from mtqa.cli.check import make_checker
from mtqa.cli.tables import columns_of, document_of, refuse_files_beside, warn_of_tables
from mtqa.errors import SettingsError
from mtqa.schema.progress import Step

if TYPE_CHECKING:
    from mtqa.reading import ParallelLines

_MOST_NOTES = 5  # that are printed; lines of many languages have many
_AT_ONCE = 256  # lines; output appears chunk by chunk, and memory stays bounded


class LineFormat(StrEnum):
    """Formats of scores."""

    TSV = "tsv"
    JSONL = "jsonl"


def score(
    hypothesis: Annotated[
        str, typer.Option("--hypothesis", "-t", metavar="FILE", help="Translations, one a line; - is stdin.")
    ],
    source: Annotated[
        Path | None, typer.Option("--source", "-s", metavar="FILE", help="Sources, line by line.")
    ] = None,
    reference: Annotated[Path | None, typer.Option("--reference", "-r", metavar="FILE", help="References.")] = None,
    hypothesis_column: options.HypothesisColumn = None,
    source_column: options.SourceColumn = None,
    reference_column: options.ReferenceColumn = None,
    source_lang: options.SourceLanguage = None,
    output_format: Annotated[
        LineFormat, typer.Option("--format", "-f", help="tsv: score, low, high, issues, spans.")
    ] = LineFormat.TSV,
    header: Annotated[bool, typer.Option("--header", help="Begin a TSV with the names of its columns.")] = False,
    output: Annotated[Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write scores here.")] = None,
    date: options.Date = None,
    no_issues: Annotated[
        bool,
        typer.Option(
            "--no-issues",
            help="Scores only, no rule runs: much faster, what to use on millions of lines (with --fast the fastest). "
            "The number of issues is then 0, and scores lack what issues take off.",
        ),
    ] = False,
    rule: options.Rules = None,
    skip: options.Skip = None,
    preview: options.Preview = False,
    min_confidence: options.MinConfidence = None,
    knowledge: options.KnowledgeFiles = None,
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
) -> None:
    """Score translations line by line: exactly one output line per input line, empty ones included.

    Every line is scored by itself; an empty one has empty figures (null in JSON lines).

    Rows of a table come back whole in JSON lines, as "row".

    [dim]Examples:[/dim]

      mtqa score -t system.txt > scores.tsv

      mtqa score -t system.txt -s source.txt --source-lang de --format jsonl

      mtqa score -t rows.tsv --hypothesis-column mt --source-column src --format jsonl

      mtqa score -t millions.txt --no-issues --fast -o scores.tsv
    """
    from mtqa.annotating.agreement import common_language
    from mtqa.detecting.discovery import discover
    from mtqa.reading import Table
    from mtqa.reporting import jsonl, tsv

    values = options.merged(
        {
            "rules": rule, "skip": skip, "preview": preview, "min-confidence": min_confidence, "date": date,
            "source-language": source_lang, "knowledge": [str(path) for path in knowledge or ()],
            "language-model": language_model, "engine": engine, "models-dir": models_dir, "offline": offline,
            "threads": threads, "fast": fast, "model": model, "encoder": encoder, "no-joint": no_joint,
        },
        config,
    )  # fmt: skip
    settings = options.settings_from(values)
    if no_issues:
        if rule:
            raise SettingsError("--no-issues runs no rule, so --rule cannot go with it")
        settings = replace(settings, rules=(), skip=tuple(detector.rule.id for detector in discover()))
    if header and output_format is not LineFormat.TSV:
        raise SettingsError("--header goes with --format tsv")
    columns = columns_of(hypothesis_column, source_column, reference_column)
    refuse_files_beside(columns, source, reference)
    lines = _lines(hypothesis, source, reference) if columns is None else columns.read(hypothesis)
    rows = lines.rows if isinstance(lines, Table) else None
    if lines.sources is not None and settings.source_language is None:
        settings = replace(settings, source_language=common_language(filter(str.strip, lines.sources)))
    with streams.progress(quiet) as say, streams.output(output) as stream:

        def say_of_models(step: Step) -> None:
            if step.unit == "bytes" or not step.total:  # tokens of a chunk of lines tell nobody how long it takes
                say(step)

        checker = make_checker(settings, say_of_models)
        if header:
            stream.write(tsv.HEADER + "\n")
        total = len(lines.hypotheses)
        notes: dict[str, None] = {}
        for start in range(0, total, _AT_ONCE):
            numbers = range(start, min(total, start + _AT_ONCE))
            documents = [document_of(str(number + 1), lines, [number], settings) for number in numbers]
            reports = checker.check_many(documents, any_language=True)
            for number, report in zip(numbers, reports, strict=True):
                notes |= dict.fromkeys(report.notes)
                if output_format is LineFormat.TSV:
                    line = tsv.score_line(report)
                else:
                    line = jsonl.score_line(report, number, None if rows is None else rows[number])
                stream.write(line + "\n")
            stream.flush()
            say(Step("scoring", min(total, start + _AT_ONCE), total, "lines"))
    for note in list(notes)[:_MOST_NOTES]:
        streams.warn(f"warning: {note}")
    if len(notes) > _MOST_NOTES:
        streams.warn(f"warning: and {len(notes) - _MOST_NOTES} further notes of single lines")


def _lines(hypothesis: str, source: Path | None, reference: Path | None) -> ParallelLines:
    from mtqa.reading import read_parallel

    warn_of_tables([hypothesis])
    from_stdin = hypothesis == "-"
    return read_parallel(
        None if from_stdin else Path(hypothesis), source, reference, stdin=sys.stdin.buffer if from_stdin else None
    )
