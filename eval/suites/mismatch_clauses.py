"""Corruption kinds of the `mismatch` suite that concern clauses: table KINDS, kind -> function.

Functions are as in eval.suites.mismatch_kinds. A clause here runs from a mark or a word that
begins one to the next mark. What is added is a clause of another reference of the same year: of the lines around it,
where the reader would least notice, or of any line, by lot.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from functools import cache
from types import MappingProxyType

from eval.suites.mismatch_kinds import Corrupted, Corruption
from eval.suites.mismatch_pairs import LANGUAGES, pairs
from mtqa.knowledge import Knowledge
from mtqa.schema.document import Span

YEARS = (21, 22)
_LEAST_WORDS = 4
_MOST_SHARE = 0.6  # of the words of the line
_NEAR = 4  # lines before and after from which a clause is taken
_NEAR_SHARE = 0.5  # of the clauses come from there
_TRIED = 50  # clauses looked at for one that is short enough
_CLAUSE = re.compile(
    r"(?P<mark>[,;:] | [–—-] |(?<=[^,;:–—(\s]) (?=(?:which|whose|who|because|although|though|while|when|where|if|unless"
    r"|until|after|before|since|whereas|and|but|so that|in order to)\s)|\()"
    r"(?P<clause>[^,;:–—()]+?)(?=[,;:)]|\s[–—-]\s|[.!?…]?[”\"’']*$)(?P<close>\))?"
)
_OPENING = re.compile(r"^(?P<clause>[^,;:–—()\"“”]+?), (?=\w)")
_WORD = re.compile(r"\w+(?:['’.,-]\w+)*")


def clauses(text: str) -> list[Span]:
    """Clauses with the marks that go when they do, in text order, each of at least four words."""
    opening = _OPENING.match(text)
    found = [Span(*opening.span())] if opening is not None else []
    found += [Span(*match.span()) for match in _CLAUSE.finditer(text)]
    return [span for span in found if len(_WORD.findall(span.of(text))) >= _LEAST_WORDS]


def dropped_clause(
    source: str,  # noqa: ARG001
    target: str,
    language: str,  # noqa: ARG001
    knowledge: Knowledge,  # noqa: ARG001
    chance: random.Random,
) -> Corrupted | None:
    """A clause is left out: `right` is what stood there."""
    words = len(_WORD.findall(target))
    fitting = [span for span in clauses(target) if len(_WORD.findall(span.of(target))) <= _MOST_SHARE * words]
    if not fitting:
        return None
    span = chance.choice(fitting)
    before, after = target[: span.start], target[span.end :]
    text = before + after if before else after[:1].upper() + after[1:]
    return Corrupted(text, None, span.of(target).strip(" ,;:–—-()"))


def added_clause(
    source: str,
    target: str,
    language: str,
    knowledge: Knowledge,  # noqa: ARG001
    chance: random.Random,
) -> Corrupted | None:
    """A clause of another reference is put behind one of this line. `right`: what stood there, nothing."""
    words = len(_WORD.findall(target))
    places = [span.end for span in clauses(target) if target[span.end : span.end + 1] in ("", ",", ";", ".")]
    place = chance.choice([*places, len(target.rstrip(".!?…”\"’' "))])
    most = _MOST_SHARE * words
    foreign = _near_clauses(source, language) if chance.random() < _NEAR_SHARE else _all_clauses(language)
    fitting = [one for one in chance.sample(foreign, min(len(foreign), _TRIED)) if len(_WORD.findall(one)) <= most]
    if not fitting or fitting[0] in target:
        return None
    clause = fitting[0]
    before, after = target[:place], target[place:]
    text = f"{before}, {clause}{after}"
    start = len(before) + 2
    return Corrupted(text, Span(start, start + len(clause)), "")


@cache
def _lines(language: str) -> tuple[tuple[str, ...], Mapping[str, int]]:
    """References of all years, and at which of them a source line stands."""
    own = [one for year in YEARS if language in LANGUAGES[year] for one in pairs(year, language, None)]
    return tuple(one.reference for one in own), MappingProxyType({one.source: at for at, one in enumerate(own)})


def _near_clauses(source: str, language: str) -> Sequence[str]:
    lines, places = _lines(language)
    at = places.get(source, 0)
    around = lines[max(0, at - _NEAR) : at] + lines[at + 1 : at + 1 + _NEAR]
    return [one for line in around for one in _bare_clauses(line)]


@cache
def _all_clauses(language: str) -> Sequence[str]:
    return tuple(one for line in _lines(language)[0] for one in _bare_clauses(line))


def _bare_clauses(line: str) -> list[str]:
    """The clauses that may stand behind another: no opening ones, with brackets or with half a quotation."""
    found = [span.of(line).strip(" ,;:–—-") for span in clauses(line) if span.start > 0]
    return [one for one in found if not set('()"“”') & set(one)]


KINDS: Mapping[str, Corruption] = MappingProxyType({"clause-dropped": dropped_clause, "clause-added": added_clause})
RULES: Mapping[str, str] = MappingProxyType({"clause-dropped": "omission", "clause-added": "addition"})
