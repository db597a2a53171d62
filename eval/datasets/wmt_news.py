"""WMT21 and WMT22 news into English: system outputs with direct assessments (DA). Train on 2021, tune on 2022.

The segment ids of the score files are no line numbers: documents were shuffled before they were rated. For 2021 most
documents could be put back (eval.fitting.segment_lines), so ratings of single translations exist for 2021 only; for
2022 the ratings of a whole system can be used, since its mean needs no lines.
"""

from __future__ import annotations

import csv
import itertools
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from eval.datasets.folder import DataError, data_file

LINES = Path(__file__).with_name("wmt21_segment_lines.tsv")
PAIRS: Mapping[int, tuple[str, ...]] = MappingProxyType(
    {21: ("cs", "de", "ha", "is", "ja", "ru", "zh"), 22: ("cs", "de", "ja", "liv", "ru", "uk", "zh")}
)
_TEST = MappingProxyType({21: "newstest2021", 22: "generaltest2022"})
_HEADER = ["SYS", "SID", "RAW.SCR", "Z.SCR", "N"]
# Names in the score files that differ from those of the output files.
_RENAMED = MappingProxyType({"Nemo": "NVIDIA-NeMo"})
_HUMAN = "HUMAN"


@dataclass(frozen=True, slots=True)
class SegmentScore:
    """One row of a score file: `raw` is the mean of `ratings` ratings 0..100, `z` the same after standardisation per
    annotator. `segment` counts from 1 in an order of its own, the same for all systems of a pair; `document` numbers
    the documents in that order from 0.
    """

    system: str
    segment: int
    document: int
    raw: float
    z: float
    ratings: int

    @property
    def is_human(self) -> bool:
        """True for a human translation that was rated among the systems."""
        return self.system == _HUMAN


@dataclass(frozen=True, slots=True)
class SegmentRating:
    """One rated translation. `line` counts from 1; rows with the same pair and line translate the same `source`.
    The other fields are those of SegmentScore.
    """

    pair: str
    system: str
    line: int
    document: int
    source: str
    translation: str
    raw: float
    z: float
    ratings: int


@dataclass(frozen=True, slots=True)
class SystemRating:
    """One system: its translations in line order and the means of its segment scores."""

    year: int
    pair: str
    system: str
    translations: tuple[str, ...]
    raw: float
    z: float
    segments: int


def segment_ratings(pair: str) -> list[SegmentRating]:
    """The rated translations of WMT21 whose line is known, of all systems, in the order of the score file.

    DataError if a file is missing or damaged, or if no line of the pair is known.
    """
    known = segment_lines().get(pair)
    if not known:
        raise DataError(f"the lines that the segment ids of {pair}-en 2021 mean are not known; known: {_known_pairs()}")
    sources = read_lines(data_file(source_file(21, pair)))
    outputs = {one.system: one.translations for one in _systems(21, pair)}
    found = []
    for score in segment_scores(21, pair):
        line = known.get(score.segment)
        if score.is_human or line is None:
            continue
        found.append(
            SegmentRating(
                pair=pair,
                system=score.system,
                line=line,
                document=score.document,
                source=sources[line - 1],
                translation=outputs[score.system][line - 1],
                raw=score.raw,
                z=score.z,
                ratings=score.ratings,
            )
        )
    return found


def system_ratings(year: int, pair: str) -> list[SystemRating]:
    """Every rated system of a pair, sorted by name. DataError if a file is missing or damaged."""
    return list(_systems(year, pair))


def _systems(year: int, pair: str) -> Iterator[SystemRating]:
    scores: dict[str, list[SegmentScore]] = defaultdict(list)
    for score in segment_scores(year, pair):
        if not score.is_human:
            scores[score.system].append(score)
    lines = len(read_lines(data_file(source_file(year, pair))))
    for system, own in sorted(scores.items()):
        translations = tuple(read_lines(data_file(output_file(year, pair, system))))
        if len(translations) != lines:
            raise DataError(f"{pair}-en {year}: {system} has {len(translations)} lines, the source {lines}")
        raw, z = (sum(values) / len(own) for values in ([one.raw for one in own], [one.z for one in own]))
        yield SystemRating(year, pair, system, translations, raw, z, len(own))


def segment_scores(year: int, pair: str) -> list[SegmentScore]:
    """The rows of a score file, human translations included. DataError if it is missing or damaged."""
    if pair not in PAIRS.get(year, ()):
        raise DataError(f"WMT{year} has no {pair}-en; pairs: {', '.join(PAIRS.get(year, ()))}")
    return read_scores(data_file(score_file(year, pair)))


@lru_cache(maxsize=1)
def segment_lines() -> dict[str, dict[int, int]]:
    """Per pair of WMT21 the line (from 1) of every segment id (from 1) whose line is known."""
    found: dict[str, dict[int, int]] = defaultdict(dict)
    with LINES.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream, delimiter="\t"):
            for step in range(int(row["segments"])):
                found[row["pair"]][int(row["first_segment"]) + step] = int(row["first_line"]) + step
    return dict(found)


def _known_pairs() -> str:
    return ", ".join(sorted(segment_lines()))


def read_scores(path: Path) -> list[SegmentScore]:
    """Read an ad-seg-scores file. DataError names the line that cannot be used."""
    lines = read_lines(path)
    if not lines or lines[0].split() != _HEADER:
        raise DataError(f"{path}: the first line is not {' '.join(_HEADER)}")
    rows = []
    for number, line in enumerate(lines[1:], start=2):
        try:
            system, segment, raw, z, ratings = line.split()
            score = SegmentScore(_system(system), int(segment), 0, float(raw), float(z), int(ratings))
        except ValueError as error:
            raise DataError(f"{path}: line {number} is damaged: {error}") from error
        if not 0.0 <= score.raw <= 100.0 or score.ratings < 1 or score.segment < 1:
            raise DataError(f"{path}: line {number}: segment {score.segment}, {score.raw} is no score")
        rows.append(score)
    documents = document_numbers(rows)
    return [SegmentScore(row.system, row.segment, documents[row.segment], row.raw, row.z, row.ratings) for row in rows]


def document_numbers(scores: Sequence[SegmentScore]) -> dict[int, int]:
    """The document of every rated segment, numbered from 0.

    The files name no documents, but list them one after the other for each system in an order of its own, within a
    document by falling number of ratings. So two segments belong together if most systems list them together.
    """
    together: Counter[int] = Counter()
    rated: Counter[int] = Counter()
    by_system: dict[str, list[SegmentScore]] = defaultdict(list)
    for score in scores:
        by_system[score.system].append(score)
    for own in by_system.values():
        place = {score.segment: block for block, score in zip(_blocks(own), own, strict=True)}
        for segment, block in place.items():
            if segment + 1 in place:
                rated[segment] += 1
                together[segment] += place[segment + 1] == block
    numbers: dict[int, int] = {}
    number = -1
    for segment in sorted({score.segment for score in scores}):
        if not (segment - 1 in numbers and 2 * together[segment - 1] > rated[segment - 1]):
            number += 1
        numbers[segment] = number
    return numbers


def _blocks(own: Sequence[SegmentScore]) -> list[int]:
    """Number of the run that each row is in: within a run, ratings fall, and ids rise while ratings are equal."""
    blocks = [0] if own else []
    for before, score in itertools.pairwise(own):
        falls = score.ratings < before.ratings
        rises = score.ratings == before.ratings and score.segment > before.segment
        blocks.append(blocks[-1] + (not (falls or rises)))
    return blocks


def _system(name: str) -> str:
    """The name of the output file: the number of the submission and the letter of a human translation cut off."""
    base, _, number = name.rpartition(".")
    name = base if base and number.isdigit() else name
    return _HUMAN if name.startswith(_HUMAN) else _RENAMED.get(name, name)


def score_file(year: int, pair: str) -> str:
    """Locked name of the segment scores."""
    folder = "humaneval/newstest2021-toen" if year == 21 else "humaneval/DA/newstest2022-toen"
    # Livonian has the code of Latvian there.
    return f"wmt{year}-news-systems/{folder}/ad-seg-scores-{'lv' if pair == 'liv' else pair}-en.csv"


def source_file(year: int, pair: str) -> str:
    """Locked name of the source sentences."""
    return f"wmt{year}-news-systems/txt/sources/{_TEST[year]}.{pair}-en.src.{pair}"


def reference_file(year: int, pair: str) -> str:
    """Locked name of the first human reference."""
    letter = "B" if (year, pair) == (22, "cs") else "A"
    return f"wmt{year}-news-systems/txt/references/{_TEST[year]}.{pair}-en.ref.{letter}.en"


def output_file(year: int, pair: str, system: str) -> str:
    """Locked name of a system's output."""
    return f"wmt{year}-news-systems/txt/system-outputs/{_TEST[year]}.{pair}-en.hyp.{system}.en"


def read_lines(path: Path) -> list[str]:
    r"""The lines of a file; only \n ends one. DataError if it is not UTF-8."""
    try:
        text = path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise DataError(f"{path} is not UTF-8: {error}") from error
    return text.removesuffix("\n").split("\n") if text else []
