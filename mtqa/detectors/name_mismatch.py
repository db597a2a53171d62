"""Names that are not what the source says: "Scholes" where the source has Scholz, Шольц or ショルツ."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import Indel

from mtqa.detecting.protocol import Detection, Need, Rule, Status, Tools, Use
from mtqa.knowledge import Knowledge
from mtqa.knowledge.name_garbles import is_alike, is_chance, is_garble, is_sure_spelling
from mtqa.knowledge.pinyin import is_pinyin_name
from mtqa.knowledge.romanisation import fold, romanised, similarity
from mtqa.knowledge.transliteration import NameForm, best_form, form_likeness, name_forms
from mtqa.knowledge.transliteration_tables import Script
from mtqa.knowledge.transliteration_variants import (
    ALPHABETS,
    SURNAME,
    SYLLABIC,
    is_adjective,
    is_compound,
    is_inflected,
    is_loose,
    is_pinyin_in_cyrillic,
    is_plural,
    is_respelling,
    is_romanisation,
    shared_letters,
)
from mtqa.schema.annotations import Annotations
from mtqa.schema.document import Document, Segment, Span
from mtqa.schema.issue import Category, Evidence, EvidenceKind, Issue, Severity

RULE = Rule(
    id="name-mismatch",
    category=Category.NAMED_ENTITY,
    severity=Severity.MAJOR,
    summary="A name that is near a name of the source, but not what the source says.",
    needs=(Need.SOURCE, Need.MENTIONS),
    uses=(Use.KNOWLEDGE,),
    status=Status.PREVIEW,
)

_LEAST_LETTERS = 4
_LEAST_LIKENESS = 0.45  # of a source spelling that a word may be a garbled form of
_LEAST_SHARE = (0.5, 0.75)  # letters of the source spelling per letter of the word; in Chinese characters
_MOST_FORMS = 5  # source spellings per word that are looked at
_KNOWN = 3  # bearers from which a word is a name of its own
_SAME_NAME = 0.8  # similarity of spellings of one name
_LEAST_TAKEN, _NEARER = 0.7, 0.15  # likeness of another word that the source word may stand for, and how much more
_COMMON = 3.6  # Zipf frequency from which a word is English and no name that somebody garbled
_SECOND_CAPITAL = re.compile("^(?:[DLO]['’]|Ma?c)(?=[A-Z])")  # O'Neill, McDonald
_MOST_CAPITALS = 6  # letters of an abbreviation
_PART = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]{2,})?")
_LONG = 12  # letters from which a longer name says nothing more
_MOST_SYLLABLES = 3  # of one word of a Chinese name


@dataclass(frozen=True, slots=True)
class NameProposal:
    """A word as written, what it should perhaps read, and the source spelling that says so.

    `is_pinyin`: with its neighbour it is a Chinese name. `is_known_person`: with its neighbour it is a known
    person, and only as proposed. `written_likeness` and `proposed_likeness` are how well either fits the source, 0..1.
    """

    span: Span
    written: str
    proposed: str
    form: NameForm
    written_likeness: float
    proposed_likeness: float
    is_pinyin: bool
    is_known_person: bool
    is_in_document: bool


def detect(document: Document, annotations: Annotations, tools: Tools) -> Detection:
    """Every capitalised word is compared with the spellings of the source names that no other word accounts for."""
    for segment in document.segments:
        if segment.source_span is None or document.source is None:
            continue
        for proposal in best_proposals(document, segment, annotations, tools.knowledge):
            confidence = tools.confidence(RULE.id, features(proposal, tools.knowledge))
            yield _issue(proposal, confidence, document.source)


def best_proposals(
    document: Document, segment: Segment, annotations: Annotations, knowledge: Knowledge
) -> list[NameProposal]:
    """The best proposal for each word of a segment that has one, in text order."""
    best: dict[Span, tuple[float, NameProposal]] = {}
    for proposal in _proposals(document, segment, annotations, knowledge):
        value = rank(proposal, knowledge)
        if proposal.span not in best or value > best[proposal.span][0]:
            best[proposal.span] = (value, proposal)
    return [best[span][1] for span in sorted(best)]


def features(proposal: NameProposal, knowledge: Knowledge) -> dict[str, float]:
    """What the calibration weighs; all numbers of about one size."""
    written, proposed = fold(proposal.written), fold(proposal.proposed)
    form, english = proposal.form, knowledge.words.english
    latin, alphabet = float(form.script is Script.LATIN), float(form.script in ALPHABETS)
    syllabic = float(form.script in SYLLABIC)
    gain = proposal.proposed_likeness - proposal.written_likeness
    closeness = Indel.normalized_similarity(written, proposed)
    is_known = float(proposed in english or _borne(proposed, knowledge) > 1)
    was_pinyin, is_pinyin = (is_pinyin_name([SURNAME, word]) for word in (proposal.written, proposal.proposed))
    han = form.script is Script.HAN
    is_pinyin = is_pinyin and proposed == form.text  # else a foreign name that the characters spell by sound
    is_nobody = proposal.is_known_person  # others bear the word (Paul Scholes), but nobody the whole name
    written_fame = 0.0 if is_nobody else fame(proposal.written, knowledge)
    return {
        "gain": gain,
        "gain_alphabet": gain * alphabet,
        "gain_syllabic": gain * syllabic,
        "closeness": closeness,
        "closeness_latin": closeness * latin,
        "proposed_likeness": proposal.proposed_likeness,
        "likeness_syllabic": proposal.proposed_likeness * syllabic,
        "written_fame": written_fame,
        "written_fame_latin": written_fame * latin,
        "written_english": 0.0 if is_nobody else english.get(written, 0.0) / 5,
        "written_unknown": float(is_nobody or (written not in english and not _borne(written, knowledge))),
        "proposed_fame": fame(proposal.proposed, knowledge),
        "proposed_english": english.get(proposed, 0.0) / 5,
        "proposed_known": is_known,
        "proposed_known_alphabet": is_known * alphabet,
        "place": float(bool(knowledge.places.find(proposal.proposed))),
        "same_key": float(romanised(written) == romanised(proposed)),
        "same_beginning": shared_letters(written, proposed) / max(len(written), len(proposed)),
        "latin": latin,
        "alphabet": alphabet,
        "verbatim": latin * float(not form.is_stem),
        "known_person": float(proposal.is_known_person),
        "kana": float(form.script is Script.KANA),
        "han_foreign": float(han and not is_pinyin),
        "pinyin_name": float(proposal.is_pinyin),
        "pinyin_restored": float(han and is_pinyin and not was_pinyin),
        "pinyin_changed": float(han and is_pinyin and was_pinyin),
        "letters": min(10.0, len(written)) / 10,
        "exact_letters": float(proposed == form.text) * min(_LONG, len(proposed)) / _LONG,  # no long word by chance
    }


def rank(proposal: NameProposal, knowledge: Knowledge) -> float:
    """Which of several proposals for a word is looked at; weights from the right and wrong ones for planted garbles."""
    proposed = fold(proposal.proposed)
    return (
        11 * Indel.normalized_similarity(fold(proposal.written), proposed)
        + 7 * proposal.proposed_likeness
        + 5 * (proposal.proposed_likeness - proposal.written_likeness)
        + 2 * knowledge.words.english.get(proposed, 0.0) / 5
        + fame(proposal.proposed, knowledge)
        + bool(knowledge.places.find(proposal.proposed))
        + 2 * proposal.is_in_document
        - 0.5 * proposal.form.is_stem
    )


def fame(word: str, knowledge: Knowledge) -> float:
    """0 for a word that nobody bears as a name, 1 at about twenty thousand bearers; on a logarithmic scale."""
    return min(1.0, math.log1p(_borne(fold(word), knowledge)) / 10)


def _borne(folded: str, knowledge: Knowledge) -> int:
    return knowledge.names.bearers(folded) + knowledge.names.givers(folded)


def _proposals(
    document: Document, segment: Segment, annotations: Annotations, knowledge: Knowledge
) -> Iterator[NameProposal]:
    text, source = document.text, document.source or ""
    source_span = segment.source_span or Span(0, 0)
    forms = name_forms(source, document.source_language, source_span)
    if not forms or source_span.of(source).strip() == document.text_of(segment).strip():
        return
    folded_source = frozenset(fold(source_span.of(source)).split())
    words = list(_name_words(text, segment, annotations))
    matches = [best_form(word, forms) for _, word, _ in words]
    taken = [match.form.span for match in matches if match is not None and match.is_exact]
    for (span, word, neighbours), match in zip(words, matches, strict=True):
        if match is None or match.is_exact or fold(word) in folded_source or len(word) < _LEAST_LETTERS:
            continue
        english = knowledge.words.english
        if english.get(fold(word), 0.0) >= _COMMON or is_plural(fold(word), english) or knowledge.places.find(word):
            continue
        bare = _SECOND_CAPITAL.sub("", word)
        capitals = sum(map(str.isupper, bare))
        if capitals > 1 and (not word.isupper() or len(word) <= _MOST_CAPITALS):
            continue  # abbreviations and brands
        if is_inflected(word, forms, document.source_language) or is_romanisation(fold(word), forms):
            continue
        if not word.isascii() and forms[0].script is not Script.LATIN:
            continue  # spelled as at home (Nääs), which no other script tells
        if is_pinyin_in_cyrillic(word, forms) or is_adjective(fold(word), english, knowledge.places):
            continue
        if is_compound(fold(word), english) or (bare != word and _is_spelled(bare, forms)):
            continue
        free = [
            form
            for form in forms
            if not (form.is_respelled or any(form.span.overlaps(other) for other in taken) or is_loose(form, taken))
        ]
        others = [fold(other) for where, other, _ in words if where != span]
        for proposal in _for_word(document, span, word, neighbours, free, knowledge):
            # Both may have their capital from where they stand ("Hypoallergenic").
            begin_both = span.start == segment.span.start and proposal.form.span.start == source_span.start
            is_known = bool(_borne(fold(proposal.proposed), knowledge) or proposal.is_in_document)
            if (is_known or not begin_both) and not _is_taken(proposal, forms, others):
                yield proposal


def _is_spelled(word: str, forms: Sequence[NameForm]) -> bool:
    match = best_form(word, forms)
    return match is not None and match.is_exact


def _is_taken(proposal: NameProposal, forms: Sequence[NameForm], others: Sequence[str]) -> bool:
    """True if another word of the sentence is what the source word stands for, though not letter by letter (Russia)."""
    own = [form for form in forms if form.span == proposal.form.span]
    nearest = max((form_likeness(other, form) for other in others for form in own), default=0.0)
    return nearest >= max(_LEAST_TAKEN, proposal.written_likeness + _NEARER)


def _for_word(
    document: Document,
    span: Span,
    word: str,
    neighbours: Sequence[str],
    forms: Sequence[NameForm],
    knowledge: Knowledge,
) -> Iterator[NameProposal]:
    folded = fold(word)
    forms = [form for form in forms if len(form.text) >= _LEAST_SHARE[form.script is Script.HAN] * len(folded)]
    is_known = folded in knowledge.words.english or _borne(folded, knowledge) >= _KNOWN
    ranked = sorted(((form_likeness(folded, form), form) for form in forms), key=lambda one: -one[0])[:_MOST_FORMS]
    asked, known = {folded}, _capitalised(document.text)
    for likeness, form in ranked:
        if likeness < _LEAST_LIKENESS:
            break
        # A word that is a name of its own needs a reason: the source's own letters, or a person who is known.
        for candidate in _spellings(document, word, form, knowledge, verbatim=is_known and not neighbours):
            if fold(candidate) in asked or not is_garble(folded, fold(candidate), form, knowledge):
                continue
            asked.add(fold(candidate))
            match = best_form(candidate, forms)
            if match is None or match.likeness < _LEAST_LIKENESS or not is_alike(folded, match.form):
                continue
            if match.form.script is Script.HAN and is_chance(folded, candidate, match, knowledge):
                continue
            pinyin = form.script is Script.HAN and any(is_pinyin_name([other, candidate]) for other in neighbours)
            has_one = pinyin or match.form.script is Script.LATIN or is_sure_spelling(candidate, match.form, knowledge)
            if not has_one and is_respelling(folded, fold(candidate)):
                continue  # the same sounds in the manner of another script (Zelenskyy, Zelensky)
            if match.likeness <= form_likeness(folded, match.form) and not knowledge.places.find(candidate):
                continue
            person = any(_is_person(other, candidate, knowledge) for other in neighbours)
            person = person and not any(_is_person(other, word, knowledge) for other in neighbours)
            is_verbatim = form.script is Script.LATIN or pinyin
            if is_known and neighbours and not (is_verbatim or person):
                continue
            written = max(likeness, form_likeness(folded, match.form))
            yield NameProposal(
                span, word, candidate, match.form, written, match.likeness, pinyin, person, candidate in known
            )


def _is_person(other: str, word: str, knowledge: Knowledge) -> bool:
    return knowledge.names.is_known(other, word) or knowledge.names.is_known(word, other)


def _spellings(document: Document, word: str, form: NameForm, knowledge: Knowledge, *, verbatim: bool) -> Iterator[str]:
    """What a source name may be called in English: as elsewhere in the text, as the source writes it, by table.

    `verbatim`: only what needs no table: the source's own letters, and pinyin.
    """
    if form.is_listed:
        if not verbatim:
            yield form.text.capitalize()
        return
    if form.script is Script.LATIN:
        yield _cased(form, document.source or "")
        return
    if verbatim:
        if form.script is Script.HAN and len(form.span) == 2:
            yield form.text.capitalize()
        return
    for spelling in _capitalised(document.text):
        if spelling != word and similarity(fold(spelling), form.text) >= _SAME_NAME:
            yield spelling
    folded = fold(word)
    for key in dict.fromkeys((form.text, folded)):
        yield from _near_names(key, knowledge)
    yield from _near_words(folded, knowledge)
    if form.script is not Script.HAN or len(form.span) <= _MOST_SYLLABLES:
        yield form.text.capitalize()


@lru_cache(maxsize=4096)
def _near_names(key: str, knowledge: Knowledge) -> tuple[str, ...]:
    return tuple(name for name, _, _ in knowledge.names.near_last_names(key, 10, 0.55))


@lru_cache(maxsize=1024)
def _near_words(folded: str, knowledge: Knowledge) -> tuple[str, ...]:
    """English words, places among them, that differ little from a folded word; the word list has no capitals."""
    near = process.extract(
        folded, knowledge.words.english.keys(), scorer=Indel.normalized_similarity, limit=5, score_cutoff=0.7
    )
    return tuple(word.capitalize() for word, _, _ in near)


def _cased(form: NameForm, source: str) -> str:
    """The source word itself, as far as its spelling without the case ending reaches."""
    written = form.span.of(source)
    if not form.is_stem and fold(written).replace(" ", "") == form.text:
        return written
    kept = 0
    while kept < min(len(written), len(form.text)) and fold(written[kept]) == form.text[kept : kept + 1]:
        kept += 1
    return written[:kept] + form.text[kept:]


@lru_cache(maxsize=4)
def _capitalised(text: str) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(word for word in _PART.findall(text) if word[:1].isupper() and len(word) >= _LEAST_LETTERS)
    )


def _name_words(text: str, segment: Segment, annotations: Annotations) -> Iterator[tuple[Span, str, tuple[str, ...]]]:
    """The words of the mentions in a segment, hyphenated names by their parts, with the other words of the mention."""
    for mention in annotations.mentions or ():
        if not segment.span.contains(mention.span):
            continue
        parts = [
            (Span(word.start + part.start(), word.start + part.end()), part.group())
            for word in mention.words
            for part in _PART.finditer(word.of(text))
        ]
        for span, part in parts:
            if len(part) >= 2:
                yield span, part, tuple(other for where, other in parts if where != span)


def _issue(proposal: NameProposal, confidence: float, source: str) -> Issue:
    original = proposal.form.span.of(source)
    return Issue(
        rule=RULE.id,
        span=proposal.span,
        category=RULE.category,
        severity=RULE.severity,
        confidence=confidence,
        message=f"“{proposal.written}” is not what the source says: {original} is {proposal.proposed}.",
        evidence=(
            Evidence(
                EvidenceKind.SOURCE,
                f"the source has {original} ({proposal.form.script}), which {proposal.proposed} fits better",
                round(proposal.proposed_likeness - proposal.written_likeness, 3),
                "likeness",
            ),
        ),
        suggestion=proposal.proposed,
    )
