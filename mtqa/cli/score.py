"""`mtqa score`: line-parallel segments."""

from __future__ import annotations

import sys
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from mtqa.cli import options, streams
from mtqa.cli.check import make_checker
from mtqa.errors import SettingsError
from mtqa.schema.progress import Step

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
    engine: options.EngineName = None,
    models_dir: options.ModelsDir = None,
    offline: options.Offline = False,
    threads: options.Threads = None,
    config: options.ConfigFile = None,
    quiet: options.Quiet = False,
) -> None:
    """Score translations line by line: exactly one output line per input line, empty ones included.

    An empty line has empty figures (null in JSON lines). Every line is scored by itself.

    [dim]Examples:[/dim]

      mtqa score -t system.txt > scores.tsv

      mtqa score -t system.txt -s source.txt --source-lang de --format jsonl

      mtqa score -t millions.txt --no-issues --fast -o scores.tsv
    """
    from mtqa.detecting.discovery import discover
    from mtqa.reading import read_parallel
    from mtqa.reporting import jsonl, tsv
    from mtqa.schema.document import Document
    from mtqa.segmenting import segment_line

    values = options.merged(
        {
            "rules": rule, "skip": skip, "preview": preview, "min-confidence": min_confidence, "date": date,
            "source-language": source_lang, "knowledge": [str(path) for path in knowledge or ()],
            "language-model": language_model, "engine": engine, "models-dir": models_dir, "offline": offline,
            "threads": threads, "fast": fast, "model": model,
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
    from_stdin = hypothesis == "-"
    lines = read_parallel(
        None if from_stdin else Path(hypothesis), source, reference, stdin=sys.stdin.buffer if from_stdin else None
    )
    with streams.progress(quiet) as say, streams.output(output) as stream:

        def say_of_models(step: Step) -> None:
            if step.unit == "bytes" or not step.total:  # tokens of a chunk of lines tell nobody how long it takes
                say(step)

        checker = make_checker(settings, say_of_models)
        if header:
            stream.write(tsv.HEADER + "\n")
        total = len(lines.hypotheses)
        for start in range(0, total, _AT_ONCE):
            documents = [
                segment_line(
                    Document(
                        id=str(number + 1),
                        text=lines.hypotheses[number],
                        source=lines.sources[number] if lines.sources is not None else None,
                        source_language=settings.source_language,
                        reference=lines.references[number] if lines.references is not None else None,
                        date=settings.date,
                    )
                )
                for number in range(start, min(total, start + _AT_ONCE))
            ]
            for number, report in enumerate(checker.check_many(documents, any_language=True), start=start):
                line = tsv.score_line(report) if output_format is LineFormat.TSV else jsonl.score_line(report, number)
                stream.write(line + "\n")
            stream.flush()
            say(Step("scoring", min(total, start + _AT_ONCE), total, "lines"))
    for note in checker.notes:
        streams.warn(f"warning: {note}")
