"""Cleaning the holders of the World Factbook extract: ranks, remarks, several people in one cell, nicknames."""

from __future__ import annotations

import re
from dataclasses import dataclass

from mtqa.knowledge.romanisation import fold


def _word_set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_RANKS = re.compile(
    r"^(?:(?:Sr|Lt|Maj|Brig|Col)\.? )?(?:Gen|Dr|Col|Capt|Adm)\.? |^(?:Lt Gen|Major General|Air Vice[- ]Marshall?|"
    r"Sir|Dame|Chief|Cardinal|Archbishop|Sheikh|Shaykh|Sayyid|Prince|Princess|King|Queen|Sultan|Haji|Crown Prince) ",
)
_REMARKS_BEFORE = re.compile(
    r"^(?:(?:Presidential|Presidential Leadership|Territorial|State Administration) (?:Council|Assembly) (?:Chair,? )?|"
    r"(?:Presidential Council|State Administration Council Chair|Sac Chair|Chair),? |Territorial Assembly |Ceo |"
    r"Interim Prime |Prime minister |VenezuelaPresident |[Ee]lect |Designate |Infrastructure |Defense Affairs |"
    r"Foreign Affairs |Representatives |Secretary of State |Spanish Co-?prince |Co-?prince |French Co-?prince |"
    r"Afghanistan |French Polynesia |New Zealand |Australia )"
)
_REMARKS_AFTER = re.compile(
    r",? (?:in caretaker status|serving as caretaker|appointed acting prime minister)$|"
    r" - previously .*$|,? (?:Baron|Baroness) .*$|,? (?:Lt\.?|Maj\.?|Brig\.?|Sr\.?)? ?(?:Gen|Dr|Col)\.?$",
)
_OTHER_SPELLING = re.compile(r",? also spelled | - formerly |,? aka ")
_NICKNAME = re.compile(r"^(\S+) [\"“](\S+)[\"”] (.+)$")
_GENERATION = re.compile(r",? (?:Jr|Sr)\.?$")
_ROMAN = re.compile(r"\b(I{1,3}|Iv|Vi{0,3})$", re.IGNORECASE)
_PATRONYMIC = re.compile(r"^(\S+) \S+(?:ovich|evich|yevich|ich|ovna|evna|yevna|ichna) (\S+)$")
_LOWER = _word_set("de la del bin ibn al da do dos von van der den")
_TWO_NAMES = re.compile(r", and | and |, ")


@dataclass(frozen=True)
class CleanPerson:
    """One person: the name as it should be shown, other spellings, the surname."""

    name: str
    aliases: tuple[str, ...]
    surname: str


def clean_holder(holder: str, aliases: list[str], surname: str) -> list[CleanPerson]:
    """The people of one cell. A cell with several people gives several, without aliases."""
    parts = _people(holder)
    if len(parts) > 1:
        return [person for part in parts for person in clean_holder(part, [], _surname_in(part, surname))]
    names: list[str] = []
    for text in (holder, *aliases):
        if len(_people(text)) == 1:
            names.extend(_spellings(text))
    names = [name for name in dict.fromkeys(names) if fold(name)]
    if not names or fold(names[0]) == "vacant":
        return []
    return [CleanPerson(names[0], tuple(sorted(set(names[1:]))), _surname_in(names[0], surname))]


def _people(text: str) -> list[str]:
    """The people named in a cell: several only if each part has at least two words."""
    bare = _OTHER_SPELLING.split(_REMARKS_AFTER.sub("", text))[0]
    bare = _REMARKS_BEFORE.sub("", _GENERATION.sub("", bare))
    parts = [part.strip() for part in _TWO_NAMES.split(bare) if part.strip()]
    parts = [part for part in parts if fold(part) not in {"gen", "dr", "jr", "sr"}]
    return parts if len(parts) > 1 and all(len(part.split()) > 1 for part in parts) else [bare]


def _spellings(text: str) -> list[str]:
    """The name in a cell and what else the cell calls the person."""
    found = []
    for spelling in _OTHER_SPELLING.split(text):
        name, before = spelling.strip(), ""
        while name != before:
            before = name
            name = _RANKS.sub("", _REMARKS_BEFORE.sub("", _REMARKS_AFTER.sub("", name))).strip(" ,-")
        words = _GENERATION.sub("", name).split()
        name = " ".join(_cased(word, first=number == 0) for number, word in enumerate(words))
        name = re.sub(r"(?<=\w)- (?=\w)", "-", name)
        name = _ROMAN.sub(lambda match: match.group().upper(), name)
        if nickname := _NICKNAME.match(name):
            given, short, rest = nickname.groups()
            found += [f"{short} {rest.split()[-1]}", f"{given} {rest}", f"{given} {rest.split()[-1]}"]
            continue
        name = re.sub(r"\s*[\"“]\S+[\"”]\s*", " ", name).strip()
        if plain := _PATRONYMIC.match(name):
            found.append(" ".join(plain.groups()))
        found.append(name)
    return found


def _cased(word: str, *, first: bool) -> str:
    """KIM -> Kim, DE -> de; initials, mixed case and roman numbers (never first: XI Jinping) stay."""
    if len(word) > 1 and word.isupper() and "." not in word and (first or not re.fullmatch(r"[IVX]+", word)):
        return word.lower() if word.lower() in _LOWER else word.title()
    return word


def _surname_in(name: str, surname: str) -> str:
    """The part of the surname cell that stands in the name; the last word if none does."""
    words = name.split()
    kept = [word for word in words if fold(word) and set(fold(word).split()) <= set(fold(surname).split())]
    return " ".join(kept) if kept and len(kept) < max(len(words), 2) else words[-1] if words else ""
