"""Claims of the kind "this person holds this office of this country", found in English text by a small grammar.

    US President X            Iran's acting foreign minister X      NATO Secretary General X
    President of Ukraine X    the president of Peru, X,             President X of France
    X, the German chancellor  X is the president of Chile           his Russian counterpart X
    President X, General X    (no place)                            his Russian president (no person)

Only the words count; whether the claim is true is for `mtqa.knowledge.offices` and the rules to say. The person
is whatever capitalised words stand where the name belongs, so garbled names are found as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache

from mtqa.knowledge.claim_tokens import (
    HONORIFICS,
    MOST_NAME_WORDS,
    NO_NAMES,
    NOT_PRESENT,
    PARTICLES,
    POSSESSIVES,
    QUALIFIERS,
    Token,
    tokenise,
    word_set,
)
from mtqa.knowledge.places import Place, PlaceForm, Places
from mtqa.knowledge.romanisation import fold
from mtqa.knowledge.titles import Title, Titles
from mtqa.schema.document import Document, Span


class ClaimForm(StrEnum):
    """Where the name stands."""

    BEFORE_NAME = "title-name"  # US President X
    OF_PLACE = "title-of-place"  # (the) President of Ukraine(,) X; President X of France
    AFTER_NAME = "name-title"  # X, the German chancellor
    NO_NAME = "no-name"  # the German chancellor; his Russian president


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim; all spans in code points of the text.

    `title_span` is the title phrase with its country, without article, possessive and words such as "former":
    "US President", "German chancellor", "President of Ukraine". `place` is a code, None if none is named or
    if it is ambiguous. `person` is the name as written, without title. `qualifiers` are folded words such as
    "former", "acting", "elect". `possessive` is a pronoun before the phrase ("his"), lower case.
    """

    form: ClaimForm
    title_span: Span
    office: str | None
    title: str
    place: str | None = None
    place_span: Span | None = None
    place_form: PlaceForm | None = None
    person: str | None = None
    person_span: Span | None = None
    qualifiers: frozenset[str] = field(default_factory=frozenset)
    possessive: str | None = None

    @property
    def span(self) -> Span:
        """From the title phrase or the name to the other."""
        spans = [self.title_span] + ([self.person_span] if self.person_span else [])
        return Span(min(span.start for span in spans), max(span.end for span in spans))

    @property
    def is_present(self) -> bool:
        """True if the office is claimed for the present: not former, future, deputy or disputed."""
        return not self.qualifiers & NOT_PRESENT


_KEPT = 1024  # segments; several rules ask for the claims of the same one
_SPACE = re.compile(r"[ \u00a0\u2009\u202f]*")
_COMMA = re.compile(r"\s*,\s*")
_PREPOSITIONS = word_set("in to from at with against on of over near across into leave leaving visit via")
_COPULAS = frozenset({"is", "was", "became", "becomes"})


def find_claims(text: Document | str, places: Places, titles: Titles) -> tuple[Claim, ...]:
    """All claims of a text, in order; those of a document never reach from one segment into the next."""
    if isinstance(text, Document):
        if text.segments:
            found = [
                claim
                for segment in text.segments
                for claim in _find_in(text.text, segment.span.start, segment.span.end, places, titles)
            ]
            return tuple(found)
        text = text.text
    lines = (match.span() for match in re.finditer(r"[^\r\n]+", text))
    return tuple(claim for start, end in lines for claim in _find_in(text, start, end, places, titles))


@lru_cache(maxsize=_KEPT)
def _find_in(text: str, start: int, end: int, places: Places, titles: Titles) -> tuple[Claim, ...]:
    return tuple(_Finder(text, end, tokenise(text, start, end), places, titles).claims())


class _Finder:
    """One pass over the tokens of a segment."""

    def __init__(self, text: str, end: int, tokens: list[Token], places: Places, titles: Titles) -> None:
        self.text = text
        self.end = end
        self.tokens = tokens
        self.places = places
        self.titles = titles

    def claims(self) -> Iterator[Claim]:
        at = 0
        while at < len(self.tokens):
            after, meanings = self._title_at(at)
            if meanings:
                claim = self._claim(at, after, meanings)
                if claim is not None:
                    yield claim
                at = after
            else:
                at += 1

    def _joined(self, left: int, right: int) -> bool:
        """True if only space lies between two neighbouring tokens (a full stop too after initials, "Dr.", "Gen.")."""
        gap = self.text[self.tokens[left].end : self.tokens[right].start]
        first = self.tokens[left]
        if gap.startswith(".") and (len(first.text) <= 2 or not set(first.folded[-1:]).isdisjoint(HONORIFICS)):
            gap = gap[1:]
        return _SPACE.fullmatch(gap) is not None and not first.possessive

    def _words(self, start: int, end: int) -> tuple[str, ...]:
        return tuple(word for token in self.tokens[start:end] for word in token.folded)

    def _title_at(self, at: int) -> tuple[int, tuple[Title, ...]]:
        best: tuple[int, tuple[Title, ...]] = (at, ())
        opening = self.tokens[at].folded[:1]
        if opening and opening[0] not in self.titles.openings:
            return best
        for after in range(at + 1, min(at + self.titles.longest, len(self.tokens)) + 1):
            if after > at + 1 and not self._joined(after - 2, after - 1):
                break
            if meanings := self.titles.find_words(self._words(at, after)):
                best = (after, meanings)
        return best

    def _place_ending(self, end: int) -> tuple[int, Place | None, PlaceForm | None]:
        """The longest place whose last token is `end` - 1: its first token, the place (None: ambiguous), its form."""
        for start in range(max(0, end - self.places.longest), end):
            if any(not self._joined(k, k + 1) for k in range(start, end - 1)):
                continue
            found = self.places.find_words(self._words(start, end))
            if found and self.tokens[start].text[0].isupper():
                return start, found[0][0] if len(found) == 1 else None, found[0][1]
        return end, None, None

    def _place_starting(self, start: int) -> tuple[int, Place | None, PlaceForm | None]:
        for end in range(min(start + self.places.longest, len(self.tokens)), start, -1):
            if any(not self._joined(k, k + 1) for k in range(start, end - 1)):
                continue
            found = self.places.find_words(self._words(start, end))
            if found and self.tokens[start].text[0].isupper():
                return end, found[0][0] if len(found) == 1 else None, found[0][1]
        return start, None, None

    def _qualifiers_ending(self, end: int) -> tuple[int, set[str]]:
        found: set[str] = set()
        start = end
        while start > 0 and self._adjoins(start - 1):
            token = self.tokens[start - 1]
            if not token.folded or not set(token.folded) <= QUALIFIERS or token.possessive:
                break
            found.update(token.folded)
            start -= 1
        return start, found

    def _adjoins(self, left: int) -> bool:
        """True if token `left` stands directly before its right neighbour; a possessive ending may lie between."""
        if left + 1 >= len(self.tokens):
            return True
        gap = self.text[self.tokens[left].end : self.tokens[left + 1].start]
        gap = re.sub(r"^['’]s?", "", gap) if self.tokens[left].possessive else gap
        gap = re.sub(r"^\.", "", gap) if len(self.tokens[left].text) <= 2 else gap
        prefix = self.tokens[left + 1].prefix
        return _SPACE.fullmatch(gap[: len(gap) - len(prefix) - 1] if prefix else gap) is not None

    def _claim(self, at: int, after: int, meanings: tuple[Title, ...]) -> Claim | None:
        first, last = self.tokens[at], self.tokens[after - 1]
        qualifiers = {token.prefix for token in self.tokens[at:after] if token.prefix} | {last.suffix} - {""}
        # To the left: qualifiers, place, qualifiers, possessive pronoun.
        start, found = self._qualifiers_ending(at)
        qualifiers |= found
        place_start, place, form = start, None, None
        if start > 0 and self._adjoins(start - 1):
            place_start, place, form = self._place_ending(start)
        place_span = None
        if form is not None:
            if not self._is_attributive(place, place_start, start) and self._follows_preposition(place_start, start):
                return None  # "in Georgia President Biden"
            qualifiers |= {self.tokens[place_start].prefix} - {""}
            place_span = Span(self.tokens[place_start].start, self.tokens[start - 1].end)
            title_start = place_span.start
            start, found = self._qualifiers_ending(place_start)
            qualifiers |= found
        else:
            title_start = first.start
        if last.possessive:
            return None  # "the German chancellor's spokesman"
        possessive = self._possessive_before(start)
        # To the right: "of PLACE", the name.
        title_end, right = last.end, after
        of_place = False
        if form is None and not last.suffix:
            right, place, form, place_span = self._of_place(after)
            of_place = form is not None
            if place_span is not None:
                title_end = place_span.end
        title = self._meaning(meanings, place)
        if title is None:
            return None
        code = place.code if place else title.fixed
        if form is not None and place is None:
            code = None
        person, person_span, claim_form = None, None, ClaimForm.OF_PLACE if of_place else ClaimForm.BEFORE_NAME
        person_span = self._name_from(right, comma=of_place)
        if person_span is None and not last.suffix:
            person_span = self._name_before(start, title_end, right)
            claim_form = ClaimForm.AFTER_NAME if person_span else ClaimForm.NO_NAME
        elif person_span is not None and form is None and title.fixed is None:
            beyond = self._token_from(person_span.end)
            _, place, form, of_span = self._of_place(beyond)
            if form is not None and place is not None and of_span is not None:
                title = self._meaning(meanings, place) or title
                code, place_span, claim_form = place.code, of_span, ClaimForm.OF_PLACE
        if person_span is not None:
            person = person_span.of(self.text)
        elif claim_form is not ClaimForm.NO_NAME:
            claim_form = ClaimForm.NO_NAME
        return Claim(
            form=claim_form,
            title_span=Span(title_start, title_end),
            office=title.office,
            title=self.text[first.start : last.end],
            place=code,
            place_span=place_span,
            place_form=form,
            person=person,
            person_span=person_span,
            qualifiers=frozenset(qualifiers),
            possessive=possessive,
        )

    @staticmethod
    def _meaning(meanings: tuple[Title, ...], place: Place | None) -> Title | None:
        code = place.code if place else None
        fitting = [title for title in meanings if title.holds_in(code) and not (title.fixed and place)]
        if code is None:
            return min(fitting, key=lambda title: (bool(title.places), title.office), default=None)
        return min(fitting, key=lambda title: (code not in title.places, title.office), default=None)

    def _is_attributive(self, place: Place | None, start: int, end: int) -> bool:
        """True for what stands before titles: demonyms, "US", organisations; False for "Georgia", "France"."""
        if place is None or place.is_organisation:
            return True
        return " ".join(self._words(start, end)) in {fold(word) for word in (place.attributive, *place.demonyms)}

    def _follows_preposition(self, start: int, end: int) -> bool:
        if self.tokens[end - 1].possessive or start == 0:
            return False
        return self.tokens[start - 1].text.lower() in _PREPOSITIONS and self._adjoins(start - 1)

    def _possessive_before(self, start: int) -> str | None:
        if start == 0 or not self._adjoins(start - 1):
            return None
        word = self.tokens[start - 1].text.lower()
        return word if word in POSSESSIVES else None

    def _of_place(self, at: int) -> tuple[int, Place | None, PlaceForm | None, Span | None]:
        """The place in "of [the] PLACE" at token `at`; a demonym is none ("president of the German Football ...")."""
        none = (at, None, None, None)
        if at == 0 or at + 1 >= len(self.tokens) or self.tokens[at].text != "of" or not self._joined(at - 1, at):
            return none
        start = at + 1
        if not self._joined(at, start):
            return none
        if self.tokens[start].text.lower() == "the" and start + 1 < len(self.tokens) and self._joined(start, start + 1):
            start += 1
        end, place, form = self._place_starting(start)
        if form is None or form is PlaceForm.DEMONYM or self.tokens[end - 1].possessive:
            return none
        return end, place, form, Span(self.tokens[start].start, self.tokens[end - 1].end)

    def _token_from(self, offset: int) -> int:
        return next((k for k, token in enumerate(self.tokens) if token.start >= offset), len(self.tokens))

    def _name_from(self, at: int, *, comma: bool) -> Span | None:
        """The name that begins at token `at`, honorifics skipped; with `comma` one may part it from the title."""
        if at >= len(self.tokens):
            return None
        appositive = False
        if not (at > 0 and self._joined(at - 1, at)):
            gap = self.text[self.tokens[at - 1].end : self.tokens[at].start]
            if not comma or not _COMMA.fullmatch(gap):
                return None
            appositive = True
        while at < len(self.tokens) - 1 and set(self.tokens[at].folded) <= HONORIFICS and self._joined(at, at + 1):
            at += 1
        span, beyond = self._capitalised_from(at)
        if span is None or (appositive and not self._closes_apposition(span.end, beyond)):
            return None
        return span

    def _closes_apposition(self, end: int, beyond: int) -> bool:
        """True if the name is closed by a comma and no list goes on ("of Peru, Dina Boluarte, replaced")."""
        rest = self.text[end : self.end].lstrip()
        if not rest or rest[0] in ".;:!?":
            return True
        if rest[0] != "," or beyond >= len(self.tokens):
            return False
        following = self.tokens[beyond]
        return not following.text[0].isupper() and following.text not in {"and", "or", "the"}

    def _capitalised_from(self, at: int) -> tuple[Span | None, int]:
        begin = at
        if at >= len(self.tokens) or self._title_at(at)[1] or not self._is_name_word(at):
            return None, at
        if self._place_starting(at)[2] is PlaceForm.DEMONYM:
            return None, at
        while at < len(self.tokens) and at - begin < MOST_NAME_WORDS:
            if at > begin and not self._joined(at - 1, at):
                break
            if not self._is_name_word(at) and not (at > begin and self._is_particle(at)):
                break
            at += 1
        while at > begin and self.tokens[at - 1].text in PARTICLES:
            at -= 1
        return (Span(self.tokens[begin].start, self.tokens[at - 1].end), at) if at > begin else (None, begin)

    def _is_particle(self, at: int) -> bool:
        """True for "von", "der" in "Ursula von der Leyen": particles up to a capitalised word."""
        while at + 1 < len(self.tokens) and self.tokens[at].text in PARTICLES and self._joined(at, at + 1):
            at += 1
            if self._is_name_word(at):
                return True
        return False

    def _is_name_word(self, at: int) -> bool:
        token = self.tokens[at]
        if token.text.lower() in NO_NAMES or token.prefix or token.suffix:
            return False
        lead = token.text[3:] if token.text[:3] in {"al-", "el-"} else token.text
        return lead[:1].isupper() or token.text[:1] in "ʻ‘'"

    def _name_before(self, start: int, title_end: int, right: int) -> Span | None:
        """The name in "NAME, [the] TITLE" closed by comma or full stop, or "NAME is the TITLE"."""
        if start == 0:
            return None
        before = start - 1
        article = self.tokens[before].text in {"the", "a", "an"} and self._adjoins(before)
        if article:
            before -= 1
        if before < 0:
            return None
        gap = self.text[self.tokens[before].end : self.tokens[before + 1].start]
        if self.tokens[before].text in _COPULAS and article and before > 0 and self._adjoins(before):
            return self._name_ending(before - 1) if self._joined(before - 1, before) else None
        rest = self.text[title_end : self.end].lstrip()
        closed = not rest or rest[0] in ".,;:)"
        listed = (
            rest[:1] == ","
            and right < len(self.tokens)
            and (self.tokens[right].text in {"and", "or"} or self.tokens[right].text[0].isupper())
        )
        if not _COMMA.fullmatch(gap) or not closed or listed or self.tokens[before].possessive:
            return None
        return self._name_ending(before)

    def _name_ending(self, last: int) -> Span | None:
        """The name whose last token is `last`; at least two words, so that "In Paris, the French president" is none."""
        start = last + 1
        while start > 0 and last + 1 - start < MOST_NAME_WORDS:
            token = self.tokens[start - 1]
            if start <= last and not self._joined(start - 1, start):
                break
            if not self._is_name_word(start - 1) and not (start <= last and token.text in PARTICLES):
                break
            if set(token.folded) <= HONORIFICS or self.titles.find_words(token.folded):
                break
            start -= 1
        while start <= last and self.tokens[start].text in PARTICLES:
            start += 1
        if last + 1 - start < 2 or self._place_starting(start)[2] is not None:
            return None
        return Span(self.tokens[start].start, self.tokens[last].end)
