"""The straight line from a document to its report.

    Document -segment-> segments -annotate-> Annotations -detect-> Issues -score-> QualityEstimates -> Report

Whoever opens the project reads this file first. Each arrow is one function over frozen values; all documents of
a call go through the models together.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from types import MappingProxyType

from mtqa._version import __version__
from mtqa.annotating.agreement import source_language
from mtqa.annotating.annotate import annotate
from mtqa.annotating.languages import document_language
from mtqa.annotating.remembered import ReadAhead, RememberedEncoder
from mtqa.detecting.discovery import discover
from mtqa.detecting.protocol import Detector, Need, Rule, Status, Tools, Use
from mtqa.detecting.run import detect
from mtqa.errors import ModelMissing, SettingsError
from mtqa.knowledge import Knowledge, load_knowledge
from mtqa.knowledge.source_languages import LANGUAGE_NAMES
from mtqa.pairing import pair_many
from mtqa.pairing.meaning import TextEncoder
from mtqa.schema.annotations import Annotations, SourceView
from mtqa.schema.document import Document
from mtqa.schema.issue import Issue
from mtqa.schema.progress import Progress
from mtqa.schema.report import Report, Skipped
from mtqa.schema.roles import JointEstimator, Judge, LanguageModel, MeaningEncoder, QualityEstimator, is_covered
from mtqa.scoring.calibrate import Calibration, load_calibration
from mtqa.scoring.combine import score
from mtqa.segmenting import segment
from mtqa.settings import NO_ENCODER, Settings

_NOT_ENGLISH = 0.80  # probability from which a whole text is taken to be in another language
_WITHOUT_ENCODER = (SourceView.LEXICON, SourceView.OVERLAP)


class Checker:
    """Checks documents; loads its models and tables once.

    `progress` is told what takes long. `language_model`, `judge`, `estimator`, `encoder` and `joint` replace what the
    settings name (tests, or a program that has them loaded); without a judge one is made over a language model of
    mtqa.modeling.
    """

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        progress: Progress | None = None,
        language_model: LanguageModel | None = None,
        judge: Judge | None = None,
        estimator: QualityEstimator | None = None,
        encoder: MeaningEncoder | None = None,
        joint: JointEstimator | None = None,
    ) -> None:
        self.settings = settings or Settings()
        self.knowledge: Knowledge = load_knowledge(self.settings.knowledge)
        self.calibration: Calibration = load_calibration()
        self.detectors: tuple[Detector, ...] = choose_detectors(self.settings)
        self._progress = progress
        self._given_model = language_model
        self._given_judge = judge
        self._given_estimator = estimator
        self._given_encoder = encoder
        self._given_joint = joint
        self.missing_model: str | None = None  # why there is no language model, once one was looked for
        self.missing_encoder: str | None = None  # why there is no meaning encoder, once a source asked for it
        self.missing_joint: str | None = None  # why there is no joint estimator, likewise
        self.fast_instead: str | None = None  # why the fast estimator scores beside a language model

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules that run."""
        return tuple(detector.rule for detector in self.detectors)

    @cached_property
    def language_model(self) -> LanguageModel | None:
        """The language model, or None where it is not on this machine and may not be fetched."""
        if self._given_model is not None:
            return self._given_model
        if self.settings.fast:
            return None
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
    def estimator(self) -> QualityEstimator | None:
        """The quality estimator; its fast tier where the language model is missing. None beside a given model."""
        if self._given_estimator is not None:
            return self._given_estimator
        if self._given_model is not None or self._given_judge is not None:
            return None
        from mtqa.modeling.load_quality import base_is_here, load_quality_estimator

        settings = self.settings
        if not settings.fast and not base_is_here(settings):
            settings = replace(settings, fast=True)
            if self.language_model is not None:  # a model of the user's own, on which the full tier is not built
                self.fast_instead = (
                    f"scored by the fast estimator: the full one is built on {Settings().language_model}, which is not "
                    f"on this machine; `mtqa models get {Settings().language_model}` fetches it"
                )
        return load_quality_estimator(settings, progress=self._progress)

    @cached_property
    def encoder(self) -> RememberedEncoder | None:
        """The meaning encoder, asked for by documents with a source; None where it is not here and may not be fetched.

        None, too, beside a language model or judge that was given.
        """
        if self._given_encoder is not None:
            return RememberedEncoder(self._given_encoder)
        if self._given_model is not None or self._given_judge is not None or self.settings.encoder == NO_ENCODER:
            return None
        from mtqa.modeling.meaning_encoder import load_meaning_encoder
        from mtqa.modeling.store import is_offline

        try:
            loaded = load_meaning_encoder(self.settings, name=self.settings.encoder, progress=self._progress)
            return RememberedEncoder(loaded)
        except ModelMissing as error:
            if not is_offline(self.settings) or self.settings.encoder != Settings().encoder:
                raise
            self.missing_encoder = str(error)
            return None

    @cached_property
    def joint(self) -> JointEstimator | None:
        """The estimator that reads a source and its translation together, asked for by documents with a source.

        None where the settings leave it out, where it is not here and may not be fetched, beside a language model,
        judge or encoder that was given, and where the quality estimator was not fitted to it.
        """
        if self._given_joint is not None:
            return self._given_joint
        given = (self._given_model, self._given_judge, self._given_encoder)
        is_left_out = self.settings.fast or not self.settings.joint or self.settings.encoder == NO_ENCODER
        if is_left_out or any(one is not None for one in given):
            return None
        if self.estimator is None or not self.estimator.reads_jointly:
            return None
        from mtqa.modeling.joint_estimator import load_joint_estimator
        from mtqa.modeling.store import is_offline

        try:
            return load_joint_estimator(self.settings, progress=self._progress)
        except ModelMissing as error:
            if not is_offline(self.settings):
                raise
            self.missing_joint = str(error)
            return None

    @cached_property
    def reader(self) -> LanguageModel | None:
        """The language model where something reads with it: a rule, or the score where there is no estimator.

        Loading one that nobody asks would cost seconds and memory.
        """
        asked = any(Use.JUDGE in rule.uses or Need.SURPRISAL in rule.needs for rule in self.rules)
        return self.language_model if asked or self.estimator is None else None

    @cached_property
    def signature(self) -> str:
        """What a score depends on, to be quoted with it (after sacreBLEU)."""
        model = self.reader.signature if self.reader else "none"
        estimator = self.estimator.signature if self.estimator else "surprisal" if self.reader else "none"
        parts = [f"mtqa:{__version__}", f"rules:{len(self.detectors)}", f"lm:{model}", f"qe:{estimator}"]
        return "|".join([*parts, f"cal:{self.calibration.version}"])

    def check(self, document: Document) -> Report:
        """Check one document."""
        return self.check_many([document])[0]

    def check_many(self, documents: Sequence[Document], *, any_language: bool | None = None) -> list[Report]:
        """Check documents in one batch; one report each, in order. Documents with segments keep them."""
        any_language = self.settings.any_language if any_language is None else any_language
        segmented = [document if document.segments else segment(document) for document in documents]
        segmented = pair_many(segmented, self._pairing_encoder)
        refusals = [None if any_language else refusal(document) for document in segmented]
        accepted = [document for document, refused in zip(segmented, refusals, strict=True) if not refused]
        reports = iter(self._check(accepted))
        return [
            self._refuse(document, refused) if refused else next(reports)
            for document, refused in zip(segmented, refusals, strict=True)
        ]

    def _pairing_encoder(self, document: Document) -> TextEncoder | None:
        """The encoder where it knows the language of the source."""
        encoder, language = self.encoder, source_language(document).language
        if encoder is None or not is_covered(encoder, language):
            return None
        return encoder if self.joint is not None and is_covered(self.joint, language) else ReadAhead(encoder)

    def _encoder_for(self, documents: Sequence[Document]) -> MeaningEncoder | None:
        """The encoder where a document has a source; else it need not be loaded."""
        return self.encoder if any(document.source is not None for document in documents) else None

    def _joint_for(self, documents: Sequence[Document]) -> JointEstimator | None:
        """Likewise the joint estimator."""
        return self.joint if any(document.source is not None for document in documents) else None

    def annotate_many(self, documents: Sequence[Document], *, tokens: bool | None = None) -> list[Annotations]:
        """What the models and tables say of segmented documents, before any rule looks at it; of tokens where `tokens`
        or, None, where a rule reads it.
        """
        models = self.reader, self.estimator, self._encoder_for(documents), self._joint_for(documents)
        return annotate(documents, self.rules, *models, tokens=tokens)

    def _check(self, documents: Sequence[Document]) -> list[Report]:
        if not documents:
            return []
        annotations = self.annotate_many(documents)
        tools = [
            Tools(self.knowledge, self.calibration.confidence, document.date or self.settings.date, self._least)
            for document in documents
        ]
        judge = self.judge if self.reader or self._given_judge else None
        encoder = self._encoder_for(documents)
        found = detect(
            documents,
            annotations,
            self.detectors,
            tools,
            judge,
            encoder=encoder,
            joint=self._joint_for(documents),
            is_reported=self._is_reported,
        )
        reports = []
        for document, known, (issues, skipped) in zip(documents, annotations, found, strict=True):
            overall, estimates = score(document, known, issues, self.calibration)
            unused = skipped + unused_inputs(document, self.rules)
            read = self._source_views(known)
            signature = "|".join([self.signature, *([f"src:{'+'.join(read)}"] if read else [])])
            notes = (
                *self._notes(with_source=document.source is not None),
                *source_notes(document, known, encoder, is_scored=bool(read) or self.estimator is None),
            )
            reports.append(Report(document, overall, estimates, issues, unused, signature, notes))
        return reports

    def _source_views(self, known: Annotations) -> list[str]:
        """By what the scores of a document were compared with its source, for the signature."""
        if known.agreement is None or self.estimator is None:
            return []
        views = {one.view for one in known.agreement if one is not None and self.estimator.reads_source(one.view)}
        encoder = self.encoder.signature if self.encoder else ""
        read = [view.value if view in _WITHOUT_ENCODER else f"{view.value}-{encoder}" for view in sorted(views)]
        has_read = any(one is not None and one.joint is not None for one in known.agreement)
        if self.joint is not None and self.estimator.reads_jointly and has_read:
            read.append(self.joint.signature)
        return read

    @property
    def notes(self) -> tuple[str, ...]:
        """What somebody who reads the scores must know about the models, once documents were checked."""
        return self._notes(with_source=True)

    def _notes(self, *, with_source: bool) -> tuple[str, ...]:
        """The same for a document; what only its source asks for is left out where it has none."""
        missing = (self._missing_encoder_note(), self._missing_joint_note()) if with_source else ()
        return tuple(filter(None, (self._missing_note(), self.fast_instead, *missing)))

    def _missing_encoder_note(self) -> str | None:
        if self.missing_encoder is None:
            return None
        why = self.missing_encoder[:1].upper() + self.missing_encoder[1:]
        return f"the meaning encoder is not on this machine: the source was read without it. {why}"

    def _missing_joint_note(self) -> str | None:
        if self.missing_joint is None:
            return None
        why = self.missing_joint[:1].upper() + self.missing_joint[1:]
        return f"source and translation were not read together: scores with the source are less exact. {why}"

    def _missing_note(self) -> str | None:
        """What a missing language model means for the result, then why it is missing."""
        if self.missing_model is None:
            return None
        skipped = sum(Use.JUDGE in rule.uses or Need.SURPRISAL in rule.needs for rule in self.rules)
        rules = f", {skipped} rule{'s' if skipped != 1 else ''} skipped" if skipped else ""
        why = self.missing_model[:1].upper() + self.missing_model[1:]
        return f"the language model is not on this machine: scored by the fast estimator{rules}. {why}"

    def _is_reported(self, issue: Issue) -> bool:
        return issue.confidence >= self._least(issue.rule)

    def _least(self, rule: str) -> float:
        """The confidence from which issues of a rule are reported."""
        least = self.settings.min_confidence
        return self.calibration.threshold(rule) if least is None else least

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


def source_notes(
    document: Document, known: Annotations, encoder: MeaningEncoder | None, *, is_scored: bool
) -> Iterator[str]:
    """What somebody who reads the scores must know about the source; `is_scored`: the scores look at it."""
    if document.source is None or known.agreement is None:
        return
    read = source_language(document).language
    name = LANGUAGE_NAMES.get(read or "", read or "the language of the source")
    named = document.source_language
    if named is not None and read != named:
        yield f"the source reads as {name}, not {LANGUAGE_NAMES.get(named, named)}: it is taken for {name}"
    views = {one.view for one in known.agreement if one is not None}
    if encoder is not None and views and SourceView.MEANING not in views:
        others = "names, numbers and words alike"
        if SourceView.VECTORS in views:
            others = f"what ratings of {name} taught about its vectors, a small lexicon, {others}"
        elif SourceView.LEXICON in views:
            others = f"a small lexicon, {others}"
        is_read = any(one is not None and one.joint is not None for one in known.agreement)
        means = f"the joint estimator, {others}" if is_read else f"{others} only"
        yield f"the meaning encoder does not know {name}: the source is compared by {means}"
    if views and not is_scored:
        yield "the quality model in use reads no source: scores are of the translation alone"
    alone = sum(one is None for one in known.agreement)
    if alone and len(known.agreement) > alone:
        yield f"{alone} of {len(known.agreement)} segments have no counterpart in the source: scored without it"


def unused_inputs(document: Document, rules: Sequence[Rule]) -> tuple[Skipped, ...]:
    """Inputs that were given but that no rule looks at yet."""
    needs = {need.value for rule in rules for need in rule.needs}
    given = {"reference": document.reference}
    return tuple(
        Skipped(name, "accepted, but no rule of this version uses it")
        for name, value in given.items()
        if value is not None and name not in needs
    )
