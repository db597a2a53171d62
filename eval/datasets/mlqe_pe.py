"""MLQE-PE into English: direct assessments (DA) and post-edits with word tags. CC0-1.0.

Train on train, tune on dev, report test (the set that the papers call test20).
"""

from __future__ import annotations

import ast
import csv
import io
import tarfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from eval.datasets.folder import DataError, data_file
from mtqa import Span

Split = Literal["train", "dev", "test"]
PAIRS = ("et", "ne", "ro", "ru", "si")  # source languages; the target is English
SPLITS: tuple[Split, ...] = ("train", "dev", "test")
_COLUMNS = ["original", "translation", "scores", "mean", "z_scores", "z_mean", "model_scores"]


@dataclass(frozen=True, slots=True)
class DirectAssessment:
    """One rated sentence. `scores` are the annotators' raw ratings 0..100 and `mean` their average; `z_scores` are
    standardised per annotator, `z_mean` their average. `model_score` is the mean log-probability per token that the
    translation system itself gave, in nats. `index` counts from 0 in file order.
    """

    pair: str
    split: Split
    index: int
    source: str
    translation: str
    scores: tuple[float, ...]
    mean: float
    z_scores: tuple[float, ...]
    z_mean: float
    model_score: float


@dataclass(frozen=True, slots=True)
class PostEdit:
    """One post-edited sentence, tokenised with single spaces.

    `bad` has one value per token of `translation` (True: tagged BAD), `gap_bad` one per gap before, between and after
    them (True: something is missing there), so one more. `hter` is the share of edits, 0..1.
    """

    pair: str
    split: Split
    index: int
    source: str
    translation: str
    post_edit: str
    hter: float
    bad: tuple[bool, ...]
    gap_bad: tuple[bool, ...]


def direct_assessments(pair: str, split: Split) -> list[DirectAssessment]:
    """All rated sentences of a pair and split, in file order. DataError if the file is missing or damaged."""
    path = data_file(archive("direct-assessments", pair, split))
    return read_direct_assessments(path, pair, split)


def post_edits(pair: str, split: Split) -> list[PostEdit]:
    """All post-edited sentences of a pair and split, in file order. DataError if the file is missing or damaged."""
    path = data_file(archive("post-editing", pair, split))
    return read_post_edits(path, pair, split)


def archive(kind: Literal["direct-assessments", "post-editing"], pair: str, split: Split) -> str:
    """The locked name of an archive. DataError for a pair or split that does not exist."""
    if pair not in PAIRS or split not in SPLITS:
        raise DataError(f"MLQE-PE has no {pair}-en {split}; pairs: {', '.join(PAIRS)}; splits: {', '.join(SPLITS)}")
    return f"mlqe-pe/data/{kind}/{split}/{pair}-en-{split}.tar.gz"


def read_direct_assessments(path: Path, pair: str, split: Split) -> list[DirectAssessment]:
    """Read one archive. DataError names the row that cannot be used."""
    text = _members(path, (".df.short.tsv",))[0]
    # Sentences hold quotation marks that open and never close: they are characters, not quoting.
    rows = csv.reader(io.StringIO(text, newline="\n"), delimiter="\t", quoting=csv.QUOTE_NONE)
    header = next(rows, [])
    if header[1:] != _COLUMNS:
        raise DataError(f"{path}: unexpected columns {header}")
    return [_assessment(path, row, index, pair, split) for index, row in enumerate(rows)]


def _assessment(path: Path, row: list[str], index: int, pair: str, split: Split) -> DirectAssessment:
    try:
        _, source, translation, scores, mean, z_scores, z_mean, model_score = row
        found = DirectAssessment(
            pair=pair,
            split=split,
            index=index,
            source=source,
            translation=translation,
            scores=_numbers(scores),
            mean=float(mean),
            z_scores=_numbers(z_scores),
            z_mean=float(z_mean),
            model_score=float(model_score),
        )
    except (ValueError, SyntaxError) as error:
        raise DataError(f"{path}: row {index + 1} is damaged: {error}") from error
    if not found.scores or len(found.scores) != len(found.z_scores) or not 0.0 <= found.mean <= 100.0:
        raise DataError(f"{path}: row {index + 1} has {len(found.scores)} scores with the mean {found.mean}")
    return found


def read_post_edits(path: Path, pair: str, split: Split) -> list[PostEdit]:
    """Read one archive. DataError if its files do not fit together, naming the line."""
    parts = _members(path, (".src", ".mt", ".pe", ".hter", ".tags"))
    files = [text.removesuffix("\n").split("\n") for text in parts]
    if len({len(lines) for lines in files}) != 1:
        raise DataError(f"{path}: src, mt, pe, hter and tags have {[len(lines) for lines in files]} lines")
    return [_post_edit(path, row, index, pair, split) for index, row in enumerate(zip(*files, strict=True))]


def _post_edit(path: Path, row: Sequence[str], index: int, pair: str, split: Split) -> PostEdit:
    source, translation, post_edit, hter, tag_line = row
    words, tags = translation.split(), tag_line.split()
    if len(tags) != 2 * len(words) + 1 or not set(tags) <= {"OK", "BAD"}:
        raise DataError(f"{path}: line {index + 1} has {len(tags)} tags for {len(words)} tokens, not 2n + 1")
    try:
        share = float(hter)
    except ValueError as error:
        raise DataError(f"{path}: line {index + 1}: {hter!r} is no HTER") from error
    return PostEdit(
        pair=pair,
        split=split,
        index=index,
        source=source,
        translation=translation,
        post_edit=post_edit,
        hter=share,
        bad=tuple(tag == "BAD" for tag in tags[1::2]),
        gap_bad=tuple(tag == "BAD" for tag in tags[0::2]),
    )


def _numbers(text: str) -> tuple[float, ...]:
    return tuple(float(number) for number in ast.literal_eval(text))


def _members(path: Path, endings: Sequence[str]) -> list[str]:
    """The text of the one member with each ending, in order of `endings`."""
    try:
        with tarfile.open(path, "r:gz") as opened:
            names = opened.getnames()
            texts = []
            for ending in endings:
                fitting = [name for name in names if name.endswith(ending)]
                if len(fitting) != 1:
                    raise DataError(f"{path} holds {len(fitting)} files that end in {ending}, not one")
                member = opened.extractfile(fitting[0])
                if member is None:
                    raise DataError(f"{path}: {fitting[0]} is no file")
                texts.append(member.read().decode("utf-8"))
    except (tarfile.TarError, EOFError, OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path} is damaged: {error}") from error
    return texts


def tagged_sentences(pair: str, split: Split) -> list[tuple[DirectAssessment, PostEdit, tuple[Span, ...]]]:
    """Each rated sentence with its tags and the span of each tagged token in the rated text, in code points.

    The rated text is natural, the tagged one tokenised: they have the same characters but for white space. DataError
    if a row does not.
    """
    rows = list(zip(direct_assessments(pair, split), post_edits(pair, split), strict=True))
    return [(rated, tagged, token_spans(rated.translation, tagged.translation.split())) for rated, tagged in rows]


def token_spans(text: str, tokens: Sequence[str]) -> tuple[Span, ...]:
    """Where each token stands in `text`, white space ignored. DataError if the characters differ."""
    places = [at for at, character in enumerate(text) if not character.isspace()]
    if "".join(text[at] for at in places) != "".join(tokens):
        raise DataError(f"the tokens {' '.join(tokens)[:80]!r} are not those of {text[:80]!r}")
    spans = []
    first = 0
    for token in tokens:
        spans.append(Span(places[first], places[first + len(token) - 1] + 1))
        first += len(token)
    return tuple(spans)
