"""Who held which office, where, from when to when.

Offices are named in English lower case ("president", "foreign minister"); offices that news English uses for one
another in a country (chancellor and prime minister in Germany) belong to one family. The day that counts is the
day of publication; without one, a holder at any time counts.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from rapidfuzz import process
from rapidfuzz.distance import Indel

from mtqa.errors import KnowledgeError
from mtqa.knowledge.extra import read_extra
from mtqa.knowledge.person_names import NameMatch, PersonName
from mtqa.knowledge.romanisation import fold, romanised
from mtqa.knowledge.titles import ANY_OFFICE

if TYPE_CHECKING:
    from mtqa.knowledge.claims import Claim

# Texts call people by an office some weeks before and after the change; three months, from reading news.
GRACE = dt.timedelta(days=92)

# Offices that news English uses for one another; a family is named after its first member.
_FAMILIES: tuple[tuple[str, ...], ...] = (
    ("prime minister", "chancellor", "minister of state", "chief executive"),
    ("president", "chairperson", "state affairs commission president"),
    ("deputy prime minister", "vice prime minister", "vice chancellor"),
    ("vice president", "deputy president", "vice chairperson"),
    ("king", "queen", "emperor", "sultan", "emir", "grand duke", "prince", "monarch"),
)
# Ranks and other words that name no one office; people called so are found among the holders of these.
_OF_RANK: dict[str, tuple[str, ...]] = {
    "general": ("chief of staff", "army chief", "defence minister"),
    "admiral": ("chief of staff", "navy chief", "defence minister"),
    "head of state": ("president", "king", "pope", "supreme leader"),
    "head of government": ("prime minister",),
}
_FAMILY_OF = {office: family[0] for family in _FAMILIES for office in family}
_CLEARLY_WORSE = 0.08  # a name that fits so much better leaves namesakes out (Boyko Borisov, Yuriy Borisov)
_RULERS = frozenset({"president", "prime minister", "king", "pope", "supreme leader", "leader"})


class UntilKind(StrEnum):
    """What the end of a term rests on."""

    EXACT = "exact"  # the day the term ended
    SUCCESSOR = "successor"  # the day the next holder known to us began
    LAST_SEEN = "last-seen"  # the last day somebody listed the holder; the term may have gone on
    OPEN = "open"  # still in office on the row's as-of day


def family(office: str) -> str:
    """The family of an office: "chancellor" -> "prime minister"; an office without family stands for itself."""
    return _FAMILY_OF.get(office, office)


@dataclass(frozen=True, slots=True)
class Term:
    """One person in one office. `home` are further places the person belongs to (a head of NATO is also Dutch)."""

    place: str
    office: str
    name: str
    aliases: tuple[str, ...]
    surname: str
    since: dt.date | None
    until: dt.date | None
    until_kind: UntilKind
    source: str
    as_of: dt.date
    home: tuple[str, ...] = ()

    @property
    def is_ruler(self) -> bool:
        """True for heads of state and of government."""
        return family(self.office) in _RULERS

    def may_hold(self, on: dt.date | None, *, grace: dt.timedelta = GRACE) -> bool:
        """False only if the table shows that the person was not in office on that day, or near it."""
        if on is None:
            return True
        if self.since is not None and on < self.since - grace:
            return False
        if self.until_kind is UntilKind.OPEN or self.until is None:
            return True
        return on <= self.until + grace


@dataclass(frozen=True)
class Offices:
    """All terms, looked up by office or by person."""

    rows: tuple[Term, ...]

    @cached_property
    def _by_office(self) -> dict[tuple[str, str], list[Term]]:
        table: dict[tuple[str, str], list[Term]] = {}
        for term in self.rows:
            table.setdefault((term.place, family(term.office)), []).append(term)
        return table

    @cached_property
    def _by_place(self) -> dict[str, list[Term]]:
        table: dict[str, list[Term]] = {}
        for term in self.rows:
            table.setdefault(term.place, []).append(term)
        return table

    @cached_property
    def _by_token(self) -> dict[str, list[Term]]:
        """Terms by the romanised key of every word of every name."""
        table: dict[str, dict[int, Term]] = {}
        for term in self.rows:
            for name in (term.name, *term.aliases):
                for word in {*fold(name).split(), *PersonName.of(name).words}:
                    table.setdefault(romanised(word), {})[id(term)] = term
        return {key: list(terms.values()) for key, terms in table.items()}

    @cached_property
    def _by_full_name(self) -> dict[str, list[Term]]:
        table: dict[str, list[Term]] = {}
        for term in self.rows:
            for name in {fold(name) for name in (term.name, *term.aliases)}:
                table.setdefault(name, []).append(term)
        return table

    def __len__(self) -> int:
        return len(self.rows)

    @cached_property
    def as_of(self) -> dt.date:
        """The newest as-of day of any row; the day 1 January 1970 for an empty table."""
        return max((term.as_of for term in self.rows), default=dt.date(1970, 1, 1))

    def as_of_office(self, place: str, office: str) -> dt.date | None:
        """The day up to which the holders of this office are known; None if none is."""
        return max((term.as_of for term in self.terms(place, office)), default=None)

    def terms(self, place: str, office: str) -> tuple[Term, ...]:
        """All terms of an office and its family in a place, the latest first; ANY_OFFICE: of all its offices."""
        if office == ANY_OFFICE:
            found = self._by_place.get(place, [])
        else:
            found = [term for member in _OF_RANK.get(office, (office,)) for term in self._of_family(place, member)]
        return tuple(sorted(found, key=_newest_first))

    def _of_family(self, place: str, office: str) -> list[Term]:
        return self._by_office.get((place, family(office)), [])

    def terms_in(self, place: str) -> tuple[Term, ...]:
        """All terms of all offices of a place."""
        return tuple(self._by_place.get(place, []))

    def holders(self, place: str, office: str, on: dt.date | None) -> tuple[Term, ...]:
        """Who may have held the office on that day, grace included, the latest first; with None at any time."""
        return tuple(term for term in self.terms(place, office) if term.may_hold(on))

    def is_covered(self, place: str, office: str, on: dt.date | None) -> bool:
        """True if the table can say who held the office: a mismatch means something.

        With a day: it lies no later than the office's as-of day and inside a known term. Without: any term is known.
        """
        if on is None:
            return bool(self.terms(place, office))
        as_of = self.as_of_office(place, office)
        if as_of is None or on > as_of:
            return False
        return any(_certainly_holds(term, on) for term in self.terms(place, office))

    def expected(self, claim: Claim, on: dt.date | None) -> tuple[Term, ...]:
        """The people whom the office of a claim lets one expect, likeliest first.

        With a place: the holders on that day (with None, or beyond the as-of day, all holders, the latest first).
        Without a place ("President Biden", "General X"): the holders of this office in any place.
        """
        if claim.office is None:
            return ()
        if claim.place is not None:
            return self.holders(claim.place, claim.office, on) or self.terms(claim.place, claim.office)
        wanted = {family(office) for office in _OF_RANK.get(claim.office, (claim.office,))}
        found = [term for term in self.rows if family(term.office) in wanted and term.may_hold(on)]
        return tuple(sorted(found, key=_newest_first))

    def match(self, written: str, term: Term) -> NameMatch:
        """How well a written name fits the holder of a term: the best over the names of the holder."""
        name = PersonName.of(written)
        return max((name.compare(known, term.surname) for known in (term.name, *term.aliases)), key=lambda m: m.rank)

    def terms_of(self, person: str) -> tuple[Term, ...]:
        """The terms of the person called `person`: spelling, accents, romanisation and word order may differ.

        A single word counts if it is a surname. Namesakes whom the name fits as well are all returned.
        """
        candidates: dict[int, Term] = {}
        for word in {*fold(person).split(), *PersonName.of(person).words}:
            candidates.update((id(term), term) for term in self._by_token.get(romanised(word), []))
        matches = [(term, match) for term in candidates.values() if (match := self.match(person, term)).is_same]
        best = max((match.score for _, match in matches), default=0.0)
        return tuple(
            sorted((term for term, match in matches if match.score > best - _CLEARLY_WORSE), key=_newest_first)
        )

    def near(self, person: str, *, least: float = 0.75) -> tuple[tuple[Term, NameMatch], ...]:
        """Terms of people whose whole name is like `person` (Indel ratio of folded names >= `least`), best first."""
        folded = fold(person)
        hits = process.extract(
            folded, list(self._by_full_name), scorer=Indel.normalized_similarity, score_cutoff=least, limit=20
        )
        found: dict[int, tuple[Term, NameMatch]] = {}
        for name, _, _ in hits:
            for term in self._by_full_name[name]:
                found.setdefault(id(term), (term, self.match(person, term)))
        return tuple(sorted(found.values(), key=lambda pair: (-pair[1].score, _newest_first(pair[0]))))

    def with_extra(self, terms: Sequence[Term]) -> Offices:
        """The same table with further terms; one of the same person in the same office replaces ours."""
        replaced = {(term.place, family(term.office), fold(term.name)) for term in terms}
        kept = (term for term in self.rows if (term.place, family(term.office), fold(term.name)) not in replaced)
        return Offices((*kept, *terms))


def _newest_first(term: Term) -> tuple[int, int, str]:
    since = term.since or dt.date(1, 1, 1)
    return (0 if term.until_kind is UntilKind.OPEN else 1, -since.toordinal(), term.name)


def _certainly_holds(term: Term, on: dt.date) -> bool:
    if term.since is None or on < term.since:
        return False
    end = term.as_of if term.until_kind is UntilKind.OPEN else term.until
    return end is not None and on <= end


def load_offices(extra: Sequence[Path] = ()) -> Offices:
    """The shipped table with the user's own rows; KnowledgeError if a user's file cannot be used."""
    with files("mtqa.knowledge").joinpath("tables/offices.tsv").open(encoding="utf-8") as lines:
        offices = read_offices(lines)
    own = [
        Term(
            place=person.place,
            office=person.office,
            name=person.name,
            aliases=person.aliases,
            surname=person.surname,
            since=person.since,
            until=person.until,
            until_kind=UntilKind.EXACT if person.until else UntilKind.OPEN,
            source=str(path),
            as_of=person.as_of,
        )
        for path in extra
        for person in read_extra(path)
        if person.place and person.office
    ]
    return offices.with_extra(own) if own else offices


def read_offices(lines: Iterable[str], path: str = "offices.tsv") -> Offices:
    """Read a table of terms; KnowledgeError names the line of a row that cannot be used."""
    rows = []
    for number, row in enumerate(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE), start=2):
        try:
            rows.append(
                Term(
                    place=row["place"],
                    office=row["office"],
                    name=row["name"],
                    aliases=tuple(part for part in row["aliases"].split("|") if part),
                    surname=row["surname"],
                    since=_day(row["since"]),
                    until=_day(row["until"]),
                    until_kind=UntilKind(row["until_kind"]),
                    source=row["source"],
                    as_of=dt.date.fromisoformat(row["as_of"]),
                    home=tuple(part for part in row["home"].split("|") if part),
                )
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise KnowledgeError(f"not a row of offices: {error}", path=path, line=number) from error
    return Offices(tuple(rows))


def _day(cell: str) -> dt.date | None:
    return dt.date.fromisoformat(cell) if cell else None
