"""Corruption kinds of the `mismatch` suite that concern names and copies: table KINDS, kind -> function.

A function takes (source, target, language, knowledge, random source) and gives the corrupted target with the span that
a detector should mark, or None where the pair has nothing to corrupt. Garbled names are those that the source spells,
by its own letters or by their sound: what a Japanese text writes in Chinese characters has no spelling to compare with.
Garbles: eval.fitting.corrupt_names and the routes of models.quality_en.confusions, one or the other by lot.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from eval.fitting.corrupt_names import garble
from eval.suites.mismatch_kinds import Corrupted, Corruption
from models.quality_en.confusions import GARBLES
from mtqa.annotating.mentions import find_mentions
from mtqa.knowledge import Knowledge
from mtqa.knowledge.romanisation import fold
from mtqa.knowledge.transliteration import NameForm, best_form, name_forms
from mtqa.knowledge.transliteration_variants import is_romanisation
from mtqa.schema.document import Document, Segment, Span

_LEAST_LETTERS = 4
_LEAST_LIKENESS = 0.7  # from which a source word is taken for the spelling of a name
_MOST_COMMON = 5.0  # Zipf frequency of a word that may be a name all the same
_LEAST_BORNE = 5
_TRIALS = 6
_WORD = re.compile(r"[^\W\d_]+")


def paired_document(source: str, target: str, language: str | None, *, name: str = "pair") -> Document:
    """One line with its source line, as one segment."""
    segment = Segment(0, Span(0, len(target)), source_span=Span(0, len(source)))
    return Document(name, target, source=source, source_language=language, segments=(segment,))


def garbled_name(
    source: str, target: str, language: str, knowledge: Knowledge, chance: random.Random
) -> Corrupted | None:
    """One letter or more of a name exchanged, lost or doubled, as a trip through another script does it."""
    names = spelled_names(source, target, language, knowledge)
    if not names:
        return None
    span, forms = chance.choice(names), name_forms(source, language)
    right = wrong = span.of(target)
    for _ in range(_TRIALS):
        if fold(wrong) != fold(right) and not _is_spelling(wrong, forms):
            return _exchanged(target, span, wrong)
        wrong = (
            garble(right, chance, chance.choice((1, 2, 2, 3))) if chance.random() < 0.5 else _by_route(right, chance)
        )
    return None


def copied_segment(
    source: str,
    target: str,
    language: str,  # noqa: ARG001
    knowledge: Knowledge,  # noqa: ARG001
    chance: random.Random,  # noqa: ARG001
) -> Corrupted | None:
    """The source in place of the translation."""
    if len(_WORD.findall(source)) < 2 or fold(source) == fold(target):
        return None
    return Corrupted(source, Span(0, len(source)), target)


def copied_run(
    source: str,
    target: str,
    language: str,  # noqa: ARG001
    knowledge: Knowledge,  # noqa: ARG001
    chance: random.Random,  # noqa: ARG001
) -> Corrupted | None:
    """The first half of the translation with the second half of the source behind it."""
    words, foreign = list(re.finditer(r"\S+", target)), list(re.finditer(r"\S+", source))
    if len(words) < 8:
        return None
    kept = target[: words[len(words) // 2].start()]
    rest = source[foreign[len(foreign) // 2].start() :] if len(foreign) >= 8 else source[len(source) // 2 :]
    if len(rest) < 12:
        return None
    return Corrupted(kept + rest, Span(len(kept), len(kept) + len(rest)), target[len(kept) :])


KINDS: Mapping[str, Corruption] = MappingProxyType(
    {"garbled-name": garbled_name, "copied-segment": copied_segment, "copied-run": copied_run}
)
RULES: Mapping[str, str] = MappingProxyType(
    {"garbled-name": "name-mismatch", "copied-segment": "untranslated-copy", "copied-run": "untranslated-copy"}
)


def spelled_names(source: str, target: str, language: str, knowledge: Knowledge) -> list[Span]:
    """Words of names in a translation that the source spells, in its own letters or by sound; each occurs once."""
    document = paired_document(source, target, language)
    # What only a table tells is neither.
    forms = [form for form in name_forms(source, language) if not form.is_listed]
    names = knowledge.names
    found = []
    for mention in find_mentions(document):
        for word in mention.words:
            for part in _WORD.finditer(word.of(target)):
                span, written = Span(*part.span()).shift(word.start), part.group()
                if len(written) < _LEAST_LETTERS or not written.isascii() or written.isupper():
                    continue
                if target.count(written) > 1 or knowledge.words.english.get(fold(written), 0.0) >= _MOST_COMMON:
                    continue
                match = best_form(written, forms)
                borne = names.bearers(written) + names.givers(written)
                if match and (match.is_exact or (match.likeness >= _LEAST_LIKENESS and borne >= _LEAST_BORNE)):
                    found.append(span)
    return found


def _is_spelling(name: str, forms: Sequence[NameForm]) -> bool:
    """True for what the source may be called in English as well (Dmitri for Dmitry): no mistake."""
    match = best_form(name, forms)
    return match is not None and (match.is_exact or is_romanisation(fold(name), forms))


def _by_route(name: str, chance: random.Random) -> str:
    """The name after one to three rules of one route through another script."""
    rules = GARBLES[chance.choice(sorted(GARBLES))]
    wrong, left = name.lower(), chance.choice((1, 1, 2, 2, 3))
    for pattern, replacement in chance.sample(rules, len(rules)):
        places = list(re.finditer(pattern, wrong))
        if not left:
            break
        if places:
            place = chance.choice(places)
            changed = wrong[: place.start()] + place.expand(replacement) + wrong[place.end() :]
            if changed != wrong and len(changed) >= 3:
                wrong, left = changed, left - 1
    return wrong[:1].upper() + wrong[1:]


def _exchanged(target: str, span: Span, wrong: str) -> Corrupted:
    text = target[: span.start] + wrong + target[span.end :]
    return Corrupted(text, Span(span.start, span.start + len(wrong)), span.of(target))
