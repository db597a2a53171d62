"""Whom a written name may mean: known people whose name is near it, with the evidence of the tables."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mtqa.knowledge.claim_tokens import HONORIFICS
from mtqa.knowledge.claims import Claim
from mtqa.knowledge.person_names import PersonName
from mtqa.knowledge.romanisation import fold, romanised, similarity
from mtqa.knowledge.skeleton import skeleton
from mtqa.schema.annotations import Mention
from mtqa.schema.document import Span

if TYPE_CHECKING:
    from mtqa.knowledge import Knowledge
    from mtqa.knowledge.offices import Term

_LEAST_LETTERS = 3  # shorter words are too like each other
_LEAST_SIMILAR = 0.55
_LEAST_SAME_SKELETON = 0.4  # of words with the same consonants: transliteration loses the vowels
_HOLDER_PROMINENCE = 0.8  # office holders are in the news
_LEAST_BOTH = 0.72  # two wrong words must each be nearer than one, unless the office vouches for the person
_LEAST_SLIP = 0.8  # given names over this are spellings of one another
# Where names are written in another script, several romanisations of a given name are right.
_OTHER_SCRIPTS = frozenset(
    "ru ua by bg rs mk me kz kg tj mn ge am gr cy il ps jo lb sy iq sa ye om ae qa bh kw eg ly sd ss dz ma tn "
    "mr ir af pk in bd np lk mm th la kh cn tw hk mo jp kr kp et er bt mv so dj td km uz tm az ba xk @un @who".split()
)


_SLAVIC = re.compile(r"(?:ov|ev|ova|eva|in|ina|sky|skiy|skyi|ski|skaya|ska|enko|uk|chuk|ich|vic|vich|shvili|yan)$")


@dataclass(frozen=True, slots=True)
class WrittenName:
    """A person's name as written: its words without titles, and the claim it stands in."""

    words: tuple[Span, ...]
    claim: Claim | None

    @property
    def span(self) -> Span:
        """From the first word to the last."""
        return Span(self.words[0].start, self.words[-1].end)


@dataclass(frozen=True, slots=True)
class NameCandidate:
    """A correction: characters `span` become `replacement`.

    `similarity` 0..1 of the words that differ (the smallest); `same_skeleton`: their consonants are the same,
    `same_initial`: they begin with the same sound; `prominence` 0..1; `changed` how many words differ; `kept` how many known people share the word that stays (0 if
    none stays); `is_expected`: the office in the text is this person's; `source` is the table.
    """

    span: Span
    replacement: str
    name: str
    similarity: float
    same_skeleton: bool
    same_initial: bool
    prominence: float
    changed: int
    kept: int
    is_expected: bool
    source: str


def written_names(
    text: str, mentions: Iterable[Mention], claims: Sequence[Claim], knowledge: Knowledge
) -> Iterator[WrittenName]:
    """The mentions that can be names of people: titles, countries and honorifics in front are left out."""
    titled = {at for claim in claims for at in range(claim.title_span.start, claim.title_span.end)}
    owners: dict[int, int] = {}  # character -> number of the first claim about the person named there
    for number, claim in enumerate(claims):
        if claim.person_span is not None:
            for at in range(claim.person_span.start, claim.person_span.end):
                owners.setdefault(at, number)
    for mention in mentions:
        words = [word for word in mention.words if titled.isdisjoint(range(word.start, word.end))]
        cut = 0
        folded = [fold(word.of(text)) for word in words]
        for end in range(1, len(words)):
            for start in range(cut, end):
                phrase = tuple(part for word in folded[start:end] for part in word.split())
                if (
                    knowledge.titles.find_words(phrase)
                    or knowledge.places.find_words(phrase)
                    or (end - start == 1 and phrase and phrase[0] in HONORIFICS)
                ):
                    cut = max(cut, end)
        words = words[cut:]
        if not words:
            continue
        span = Span(words[0].start, words[-1].end)
        about = min((owners[at] for at in range(span.start, span.end) if at in owners), default=None)
        yield WrittenName(tuple(words), None if about is None else claims[about])


def is_accepted(text: str, name: WrittenName, knowledge: Knowledge) -> bool:
    """True if somebody of exactly that name is known, accents and romanisation of the whole name aside."""
    words = [word.of(text) for word in name.words]
    if len(words) >= 2 and knowledge.names.is_known(words[0], words[-1]):
        return True
    written = PersonName.of(" ".join(words)).words
    for term in knowledge.offices.terms_of(" ".join(words)):
        romanises = term.place in _OTHER_SCRIPTS or bool(_OTHER_SCRIPTS & set(term.home))
        for known in (term.name, *term.aliases):
            if _same_words(written, PersonName.of(known).words, romanises, knowledge):
                return True
    return False


def _same_words(written: Sequence[str], known: Sequence[str], romanises: bool, knowledge: Knowledge) -> bool:
    """True if every written word is a known one, in some romanisation where the name has one, or a usual form of it.

    A given name may be a short or cognate form of the known one (Mike, Michael), but not a near miss of it in a
    language that does not romanise (Anthony for Antony): that is another spelling than the person's own.
    """
    return all(
        any(
            word == other
            or (romanised(word) == romanised(other) and (romanises or number > 0))
            or (
                knowledge.given_names.are_equivalent(word, other)
                and (romanises or similarity(word, other) < _LEAST_SLIP)
            )
            for other in known
        )
        for number, word in enumerate(written)
    )


def candidates(
    text: str, name: WrittenName, knowledge: Knowledge, on: dt.date | None, limit: int = 6
) -> list[NameCandidate]:
    """Corrections of a written name, the likeliest by the tables first; none if nothing is near."""
    words = [word.of(text) for word in name.words]
    found: list[NameCandidate] = []
    if len(words) >= 2:
        for near in knowledge.names.near(words[0], words[-1]):
            agreed = {0: near.first, len(words) - 1: near.last}
            found.append(
                _candidate(text, name, agreed, f"{near.first} {near.last}", near.prominence, False, "names", knowledge)
            )
    expected = knowledge.offices.expected(name.claim, on) if name.claim is not None else ()
    is_expected = name.claim is not None and name.claim.place is not None
    for term in expected if len(expected) <= 200 else ():
        found.extend(_of_term(text, name, term, is_expected, knowledge))
    if len(words) >= 2:
        for term, _ in knowledge.offices.near(" ".join(words), least=0.6):
            found.extend(_of_term(text, name, term, False, knowledge))
        found.extend(_of_last_name(text, name, knowledge))
    best: dict[tuple[Span, str], NameCandidate] = {}
    for one in found:
        if one.changed == 0 or one.similarity < (_LEAST_SAME_SKELETON if one.same_skeleton else _LEAST_SIMILAR):
            continue
        if one.changed > 1 and one.similarity < _LEAST_BOTH and not (one.is_expected or one.same_skeleton):
            continue
        key = (one.span, fold(one.replacement))
        if key not in best or _table_rank(best[key]) < _table_rank(one):
            best[key] = one
    ordered = sorted(best.values(), key=lambda one: (-_table_rank(one), one.replacement))
    return ordered[:limit]


def _table_rank(one: NameCandidate) -> float:
    favours = 0.5 * one.prominence + 0.4 * one.same_skeleton + 0.2 * one.same_initial + 0.5 * one.is_expected
    return one.similarity + favours - 0.2 * (one.changed - 1)


def _of_term(
    text: str, name: WrittenName, term: Term, is_expected: bool, knowledge: Knowledge
) -> Iterator[NameCandidate]:
    """The holder of an office, word by word against the written name."""
    words = [word.of(text) for word in name.words]
    romanises = term.place in _OTHER_SCRIPTS or bool(_OTHER_SCRIPTS & set(term.home))
    for known in (term.name, *term.aliases):
        parts = [part for part in known.split() if len(fold(part)) > 1]
        if not parts:
            continue
        if len(words) == 1:
            if is_expected and term.surname:
                yield _candidate(
                    text,
                    name,
                    {0: term.surname.split()[-1]},
                    known,
                    _HOLDER_PROMINENCE,
                    True,
                    "offices",
                    knowledge,
                    romanises,
                )
            continue
        if len(parts) < 2:
            continue
        agreed = {0: parts[0], len(words) - 1: parts[-1]}
        if len(words) > 2 and len(parts) == len(words):
            agreed = dict(enumerate(parts))
        yield _candidate(text, name, agreed, known, _HOLDER_PROMINENCE, is_expected, "offices", knowledge, romanises)


def _of_last_name(text: str, name: WrittenName, knowledge: Knowledge) -> Iterator[NameCandidate]:
    """Where nobody bears the written last name: last names near it, as the person may be in no table."""
    last = name.words[-1].of(text)
    if knowledge.names.bearers(last) or knowledge.names.givers(last) or len(fold(last)) <= _LEAST_LETTERS:
        return
    for near, _, _ in knowledge.names.near_last_names(last):
        first = name.words[0].of(text)
        yield _candidate(
            text, name, {len(name.words) - 1: near}, f"{first} {near}", 0.0, False, "last names", knowledge
        )


def _candidate(
    text: str,
    name: WrittenName,
    proposed: dict[int, str],
    known: str,
    prominence: float,
    is_expected: bool,
    source: str,
    knowledge: Knowledge,
    romanises: bool | None = None,
) -> NameCandidate:
    """Compare word by word; words that are spellings of one another stay as they are written."""
    changed: dict[int, str] = {}
    kept: list[int] = []
    least, same_skeleton, same_initial = 1.0, True, True
    if romanises is None:  # people of the names table carry no country; their name tells
        romanises = bool(_SLAVIC.search(fold(known)))
    for number, right in proposed.items():
        written = name.words[number].of(text)
        one, other = fold(written), fold(right)
        alike = similarity(one, other)
        is_form = romanised(one) == romanised(other) or (
            number == 0 and knowledge.given_names.are_equivalent(one, other)
        )
        if one == other or (romanises and is_form):
            kept.append(knowledge.names.bearers(right) if number else knowledge.names.givers(right))
            continue
        if len(one) < _LEAST_LETTERS or len(other) < _LEAST_LETTERS:
            least = 0.0
        changed[number] = right
        least = min(least, alike)
        same_skeleton = same_skeleton and skeleton(one) == skeleton(other)
        same_initial = same_initial and (one[0] == other[0] or skeleton(one)[:1] == skeleton(other)[:1] != "A")
    if not changed:
        return NameCandidate(name.span, "", known, 1.0, True, True, prominence, 0, 0, is_expected, source)
    first, last = min(changed), max(changed)
    span = Span(name.words[first].start, name.words[last].end)
    pieces, at = [], span.start
    for number in sorted(changed):
        word = name.words[number]
        pieces += [text[at : word.start], _cased(word.of(text), changed[number])]
        at = word.end
    return NameCandidate(
        span=span,
        replacement="".join(pieces),
        name=known,
        similarity=least,
        same_skeleton=same_skeleton,
        same_initial=same_initial,
        prominence=prominence,
        changed=len(changed),
        kept=min(kept, default=0),
        is_expected=is_expected,
        source=source,
    )


def _cased(written: str, right: str) -> str:
    return right.upper() if written.isupper() and len(written) > 2 else right
