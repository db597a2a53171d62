"""The straight line from a document to its report.

    Document -segment-> segments -annotate-> Annotations -detect-> Issues -score-> QualityEstimates -> Report

Whoever opens the project reads this file first. Each arrow is one function over frozen values; all documents of
a call go through the models together.
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from types import MappingProxyType

from mtqa._version import __version__
from mtqa.annotating.annotate import annotate
from mtqa.annotating.languages import document_language
from mtqa.detecting.discovery import discover
from mtqa.detecting.protocol import Detector, Rule, Status, Tools
from mtqa.detecting.run import detect
from mtqa.errors import ModelMissing, SettingsError
from mtqa.knowledge import Knowledge, load_knowledge
from mtqa.knowledge.source_languages import LANGUAGE_NAMES
from mtqa.schema.document import Document
from mtqa.schema.issue import Issue
from mtqa.schema.progress import Progress
from mtqa.schema.report import Report, Skipped
from mtqa.schema.roles import Judge, LanguageModel
from mtqa.scoring.calibrate import Calibration, load_calibration
from mtqa.scoring.combine import score
from mtqa.segmenting import segment
from mtqa.settings import Settings

_NOT_ENGLISH = 0.80  # probability from which a whole text is taken to be in another language


class Checker:
    """Checks documents; loads its models and tables once.

    `progress` is told what takes long. `language_model` and `judge` replace what the settings name (tests, or a program
    that has them loaded); without a judge one is made over a language model of mtqa.modeling.
    """

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        progress: Progress | None = None,
        language_model: LanguageModel | None = None,
        judge: Judge | None = None,
    ) -> None:
        self.settings = settings or Settings()
        self.knowledge: Knowledge = load_knowledge(self.settings.knowledge)
        self.calibration: Calibration = load_calibration()
        self.detectors: tuple[Detector, ...] = choose_detectors(self.settings)
        self._progress = progress
        self._given_model = language_model
        self._given_judge = judge
        self.missing_model: str | None = None  # why there is no language model, once one was looked for

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules that run."""
        return tuple(detector.rule for detector in self.detectors)

    @cached_property
    def language_model(self) -> LanguageModel | None:
        """The language model, or None where it is not on this machine and may not be fetched."""
        if self._given_model is not None:
            return self._given_model
        from mtqa.modeling.load import load_language_model
        from mtqa.modeling.store import is_offline

        try:
            return load_language_model(self.settings, progress=self._progress)
        except ModelMissing as error:
            # A model that somebody asked for by name must be there; the usual one may be missing on a machine offline.
            if not is_offline(self.settings) or self.settings.language_model != Settings().language_model:
                raise
            self.missing_model = str(error)
            return None

    @cached_property
    def judge(self) -> Judge | None:
        """The judge over the language model; None without one that can score whole sentences."""
        if self._given_judge is not None:
            return self._given_judge
        if self.language_model is None:
            return None
        from mtqa.modeling.contrast_judge import ContrastJudge
        from mtqa.modeling.language_model import CausalLanguageModel

        return ContrastJudge(self.language_model) if isinstance(self.language_model, CausalLanguageModel) else None

    @cached_property
    def signature(self) -> str:
        """What a score depends on, to be quoted with it (after sacreBLEU)."""
        model = self.language_model.signature if self.language_model else "none"
        parts = [f"mtqa:{__version__}", f"rules:{len(self.detectors)}", f"lm:{model}", "qe:surprisal"]
        return "|".join([*parts, f"cal:{self.calibration.version}"])

    def check(self, document: Document) -> Report:
        """Check one document."""
        return self.check_many([document])[0]

    def check_many(self, documents: Sequence[Document], *, any_language: bool | None = None) -> list[Report]:
        """Check documents in one batch; one report each, in order. Documents with segments keep them."""
        any_language = self.settings.any_language if any_language is None else any_language
        segmented = [document if document.segments else segment(document) for document in documents]
        refusals = [None if any_language else refusal(document) for document in segmented]
        accepted = [document for document, refused in zip(segmented, refusals, strict=True) if not refused]
        reports = iter(self._check(accepted))
        return [
            self._refuse(document, refused) if refused else next(reports)
            for document, refused in zip(segmented, refusals, strict=True)
        ]

    def _check(self, documents: Sequence[Document]) -> list[Report]:
        if not documents:
            return []
        annotations = annotate(documents, self.rules, self.language_model)
        tools = [
            Tools(self.knowledge, self.calibration.confidence, document.date or self.settings.date)
            for document in documents
        ]
        found = detect(documents, annotations, self.detectors, tools, self.judge, is_reported=self._is_reported)
        reports = []
        for document, known, (issues, skipped) in zip(documents, annotations, found, strict=True):
            overall, estimates = score(document, known, issues, self.calibration)
            unused = skipped + unused_inputs(document, self.rules)
            notes = (self.missing_model,) if self.missing_model else ()
            reports.append(Report(document, overall, estimates, issues, unused, self.signature, notes))
        return reports

    def _is_reported(self, issue: Issue) -> bool:
        least = self.settings.min_confidence
        return issue.confidence >= (self.calibration.threshold(issue.rule) if least is None else least)

    def _refuse(self, document: Document, reason: str) -> Report:
        skipped = tuple(Skipped(rule.id, "the text is not English") for rule in self.rules)
        bare = replace(document, segments=())
        return Report(bare, None, (), (), skipped, self.signature, (reason,), refused=True)


def choose_detectors(settings: Settings) -> tuple[Detector, ...]:
    """The detectors that the settings ask for. SettingsError for a rule that does not exist."""
    known = MappingProxyType({detector.rule.id: detector for detector in discover()})
    for name in (*settings.rules, *settings.skip):
        if name not in known:
            near = difflib.get_close_matches(name, known, n=3)
            hint = f"; did you mean {' or '.join(near)}?" if near else f"; known rules: {', '.join(known)}"
            raise SettingsError(f"there is no rule {name!r}{hint}")
    if settings.rules:
        wanted = set(settings.rules)
    else:
        wanted = {name for name, found in known.items() if settings.preview or found.rule.status is Status.STABLE}
    return tuple(detector for name, detector in known.items() if name in wanted - set(settings.skip))


def refusal(document: Document) -> str | None:
    """Why a document cannot be scored as English, or None."""
    guess = document_language(document)
    if guess.language in (None, "en") or guess.probability < _NOT_ENGLISH:
        return None
    name = LANGUAGE_NAMES.get(guess.language or "", guess.language)
    return (
        f"the text reads as {name} ({guess.probability:.0%}), not English: it was not scored; "
        "--any-language checks it all the same"
    )


def unused_inputs(document: Document, rules: Sequence[Rule]) -> tuple[Skipped, ...]:
    """Inputs that were given but that no rule looks at yet."""
    needs = {need.value for rule in rules for need in rule.needs}
    given = {"source": document.source, "reference": document.reference}
    return tuple(
        Skipped(name, "accepted, but no rule of this version uses it")
        for name, value in given.items()
        if value is not None and name not in needs
    )
