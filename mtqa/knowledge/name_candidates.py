"""Whom a written name may mean: known people whose name is near it, with the evidence of the tables."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rapidfuzz.fuzz import ratio

from mtqa.knowledge.claim_tokens import HONORIFICS
from mtqa.knowledge.claims import Claim
from mtqa.knowledge.person_names import PersonName
from mtqa.knowledge.pinyin import is_pinyin_name
from mtqa.knowledge.romanisation import fold, romanised, similarity
from mtqa.knowledge.skeleton import skeleton
from mtqa.schema.annotations import Mention
from mtqa.schema.document import Span

if TYPE_CHECKING:
    from mtqa.knowledge import Knowledge
    from mtqa.knowledge.names import Names
    from mtqa.knowledge.offices import Term

_LEAST_LETTERS = 3  # shorter words are too like each other
_LEAST_SIMILAR = 0.55
_LEAST_SAME_SKELETON = 0.4  # of words with the same consonants: transliteration loses the vowels
_HOLDER_PROMINENCE = 0.8  # office holders are in the news
_LEAST_BOTH = 0.72  # two wrong words must each be nearer than one, unless the office vouches for the person
_LEAST_UNLIKE_START = 0.8  # of words that begin with another sound
_LEAST_RATIO = 0.6  # of the lengths of two words that may be one
_LEAST_CONSONANTS = 3
_SHORT = 5  # letters; of shorter words too little is left when romanisations are levelled
_LEAST_SLIP = 0.8  # given names over this are spellings of one another
# Where names are written in another script, several romanisations of a given name are right.
_OTHER_SCRIPTS = frozenset(
    "ru ua by bg rs mk me kz kg tj mn ge am gr cy il ps jo lb sy iq sa ye om ae qa bh kw eg ly sd ss dz ma tn "
    "mr ir af pk in bd np lk mm th la kh cn tw hk mo jp kr kp et er bt mv so dj td km uz tm az ba xk @un @who".split()
)


# Last words of names of places and organisations; some are borne by people as well, seldom in the news.
_HEADS = frozenset(
    "temple shrine mosque church cathedral chapel monastery palace castle tower bridge street avenue road square lane "
    "park garden gardens forest lake river sea bay island islands mountain mountains valley desert province region "
    "district county prefecture village town city airport station port university college school academy institute "
    "hospital clinic museum theatre theater gallery library stadium arena hotel restaurant cafe coffee bank company "
    "corporation group holding holdings industries technologies motors airlines energy club league cup party movement "
    "union alliance council committee commission ministry agency bureau court foundation festival award prize news "
    "times post daily weekly shimbun newspaper magazine television radio channel railway railways".split()
)
_MOST_EXPECTED = 200  # holders of an office; more say nothing about who is meant
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

    Of the words that differ, given names in another form (Marc, Mark) aside: `similarity` 0..1 of the least similar,
    `same_skeleton`: their consonants are the same, `same_initial`: they begin with the same sound, `is_short`: one has
    too few consonants to compare, `changed`: how many they are. `is_slip`: the form
    of the given name is all that differs. `prominence` 0..1. `chance`: log10 of how many known people would be as near
    by chance, from how many share the word that stays; `written_chance`: log10 of how many people of the written name
    one would expect among as many. `is_expected`: the office in the text is this person's; `source` is the table.
    """

    span: Span
    replacement: str
    name: str
    similarity: float
    same_skeleton: bool
    same_initial: bool
    is_short: bool
    prominence: float
    changed: int
    is_slip: bool
    chance: float
    written_chance: float
    is_expected: bool
    source: str


@dataclass(frozen=True, slots=True)
class _Known:
    """Somebody whom a written name may mean; `words` by number of the written word."""

    name: str
    words: dict[int, str]
    prominence: float
    is_expected: bool
    source: str
    romanises: bool


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
        words = _behind_title(mention.words, titled)
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
        if not words or fold(words[-1].of(text)) in _HEADS:
            continue
        span = Span(words[0].start, words[-1].end)
        about = min((owners[at] for at in range(span.start, span.end) if at in owners), default=None)
        yield WrittenName(tuple(words), None if about is None else claims[about])


def _behind_title(words: Sequence[Span], titled: Set[int]) -> list[Span]:
    """The last run of words that belong to no title: what stands in front of a title is another mention."""
    run: list[Span] = []
    is_open = False
    for word in words:
        is_free = titled.isdisjoint(range(word.start, word.end))
        if is_free:
            run = [*run, word] if is_open else [word]
        is_open = is_free
    return run


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
            or (romanises and romanised(word) == romanised(other))
            or _without_umlauts(word) == _without_umlauts(other)
            or (
                knowledge.given_names.are_equivalent(word, other)
                and (romanises or ratio(word, other) < 100 * _LEAST_SLIP)
            )
            for other in known
        )
        for word in written
    )


def candidates(
    text: str, name: WrittenName, knowledge: Knowledge, on: dt.date | None, limit: int = 8
) -> list[NameCandidate]:
    """Corrections of a written name, the likeliest by the tables first; none if nothing is near."""
    if is_pinyin_name([word.of(text) for word in name.words]):
        return []  # syllables in which every name is like every other
    best: dict[tuple[Span, str], NameCandidate] = {}
    for known in _near(text, name, knowledge, on):
        one = _candidate(text, name, known, knowledge)
        if one is None or not _is_near(one):
            continue
        key = (one.span, fold(one.replacement))
        if key not in best or _table_rank(best[key]) < _table_rank(one):
            best[key] = one
    ordered = sorted(best.values(), key=lambda one: (-_table_rank(one), one.replacement))
    return ordered[:limit]


def _is_near(one: NameCandidate) -> bool:
    """False for what only looks near: a shared ending ("-dóttir", "-ov"), a short frame, a namesake among too many."""
    if one.is_expected and one.same_skeleton and one.chance < 0.0:
        return True  # office and all consonants are the same: "Turkish President Rajab Tayeb Ardogan"
    if one.is_slip and one.chance >= 0.0:
        return False
    if not (one.same_skeleton or one.same_initial or one.similarity >= _LEAST_UNLIKE_START):
        return False
    if one.changed > 1 and one.similarity < _LEAST_BOTH and not one.is_expected:
        return False
    if one.is_short and not one.same_skeleton:
        return False
    return one.similarity >= (_LEAST_SAME_SKELETON if one.same_skeleton and not one.is_short else _LEAST_SIMILAR)


def _table_rank(one: NameCandidate) -> float:
    favours = 0.5 * one.prominence + 0.4 * one.same_skeleton + 0.2 * one.same_initial + 0.5 * one.is_expected
    return one.similarity + favours - 0.2 * (one.changed - 1)


def _near(text: str, name: WrittenName, knowledge: Knowledge, on: dt.date | None) -> Iterator[_Known]:
    """Known people near a written name, then holders of the office in the text, then last names alone."""
    words = [word.of(text) for word in name.words]
    last = len(words) - 1
    if last:
        for near in knowledge.names.near(words[0], words[-1]):
            full = f"{near.first} {near.last}"
            # People of the names table carry no country; their name tells.
            is_slavic = bool(_SLAVIC.search(fold(full)))
            yield _Known(full, {0: near.first, last: near.last}, near.prominence, False, "names", is_slavic)
    expected = knowledge.offices.expected(name.claim, on) if name.claim is not None else ()
    is_expected = name.claim is not None and name.claim.place is not None
    for term in expected if len(expected) <= _MOST_EXPECTED else ():
        yield from _of_term(words, term, is_expected)
    if last:
        for term, _ in knowledge.offices.near(" ".join(words), least=_LEAST_SIMILAR):
            yield from _of_term(words, term, False)
        # Where nobody bears the written last name: the person may be in no table.
        if not (knowledge.names.bearers(words[-1]) or knowledge.names.givers(words[-1])):
            for other, _, _ in (
                knowledge.names.near_last_names(words[-1]) if len(fold(words[-1])) > _LEAST_LETTERS else ()
            ):
                full = f"{words[0]} {other}"
                yield _Known(full, {last: other}, 0.0, False, "last names", bool(_SLAVIC.search(fold(full))))


def _of_term(words: Sequence[str], term: Term, is_expected: bool) -> Iterator[_Known]:
    """The holder of an office under each of the person's names, word by word against the written name."""
    romanises = term.place in _OTHER_SCRIPTS or bool(_OTHER_SCRIPTS & set(term.home))
    for known in (term.name, *term.aliases):
        parts = [part for part in known.split() if len(fold(part)) > 1]
        if len(words) == 1:
            if parts and is_expected and term.surname:
                proposed = {0: term.surname.split()[-1]}
                yield _Known(known, proposed, _HOLDER_PROMINENCE, True, "offices", romanises)
        elif len(parts) >= 2:
            proposed = {0: parts[0], len(words) - 1: parts[-1]}
            if len(words) > 2 and len(parts) == len(words):
                proposed = dict(enumerate(parts))
            yield _Known(known, proposed, _HOLDER_PROMINENCE, is_expected, "offices", romanises)


def _candidate(text: str, name: WrittenName, known: _Known, knowledge: Knowledge) -> NameCandidate | None:
    """Compare word by word; None if nothing differs. Accepted romanisations stay as they are written."""
    names = knowledge.names
    wrong: dict[int, str] = {}
    forms: dict[int, str] = {}
    for number, right in known.words.items():
        one, other = fold(name.words[number].of(text)), fold(right)
        is_form = romanised(one) == romanised(other) or (
            number == 0 and knowledge.given_names.are_equivalent(one, other)
        )
        if one == other or (known.romanises and is_form):
            continue
        if is_form and number == 0 and len(known.words) > 1:
            forms[number] = right
        else:
            wrong[number] = right
    is_slip = bool(forms) and not wrong
    differing = wrong or forms
    if not differing:
        return None
    pairs = [(fold(name.words[number].of(text)), fold(right)) for number, right in differing.items()]
    stays = next((number for number in known.words if number not in differing), None)
    chance, written_chance = _chances(text, name, known, differing, stays, names)
    changes = wrong | forms
    span = Span(name.words[min(changes)].start, name.words[max(changes)].end)
    pieces, at = [], span.start
    for number in sorted(changes):
        word = name.words[number]
        pieces += [text[at : word.start], _cased(word.of(text), changes[number])]
        at = word.end
    return NameCandidate(
        span=span,
        replacement="".join(pieces),
        name=known.name,
        similarity=min(_similarity(one, other) for one, other in pairs),
        same_skeleton=all(skeleton(one) == skeleton(other) for one, other in pairs),
        is_short=any(_is_short(one, other) for one, other in pairs),
        same_initial=all(_same_initial(one, other) for one, other in pairs),
        prominence=known.prominence,
        changed=len(differing),
        is_slip=is_slip,
        chance=chance,
        written_chance=written_chance,
        is_expected=known.is_expected,
        source=known.source,
    )


def _chances(
    text: str, name: WrittenName, known: _Known, differing: Mapping[int, str], stays: int | None, names: Names
) -> tuple[float, float]:
    """log10 of the expected numbers of people near by chance, and of people of exactly the written name."""
    if len(name.words) == 1:
        return 0.0, 0.0
    people = len(names.last)
    near = written = float(people)
    for number in differing:
        word = name.words[number].of(text)
        near *= names.share(known.words[number], as_first=number == 0)
        written *= ((names.givers(word) if number == 0 else names.bearers(word)) + 0.5) / people
    if stays is not None:
        word = known.words[stays]
        share = ((names.givers(word) if stays == 0 else names.bearers(word)) + 0.5) / people
        near, written = near * share, written * share
    return math.log10(near), math.log10(written)


def _similarity(one: str, other: str) -> float:
    """As romanisation.similarity; 0 for words of one or two letters or of unlike length, stricter for short ones."""
    shorter = min(len(one), len(other))
    if shorter < _LEAST_LETTERS or not _are_as_long(one, other):
        return 0.0
    return similarity(one, other) if shorter >= _SHORT else (similarity(one, other) + ratio(one, other) / 100) / 2


def _is_short(one: str, other: str) -> bool:
    return min(len(skeleton(one)), len(skeleton(other))) < _LEAST_CONSONANTS


def _are_as_long(one: str, other: str) -> bool:
    shorter, longer = sorted((len(one), len(other)))
    return shorter >= _LEAST_RATIO * longer


def _without_umlauts(word: str) -> str:
    """Müller, Mueller and Muller are one name."""
    return word.replace("ae", "a").replace("oe", "o").replace("ue", "u").replace("ss", "s")


def _same_initial(one: str, other: str) -> bool:
    """True if both begin with the same letter, or with consonants that transliteration confuses."""
    return one[:1] == other[:1] or skeleton(one)[:1] == skeleton(other)[:1] != "A"


def _cased(written: str, right: str) -> str:
    return right.upper() if written.isupper() and len(written) > 2 else right
