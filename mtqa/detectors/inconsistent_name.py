"""Two spellings of one person in one document: "Hrytsenko" in one sentence, "Gritsenko" in the next."""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mtqa.detecting.protocol import Detection, Need, Rule, Status, Tools, Use, changed, compare
from mtqa.knowledge.claims import find_claims
from mtqa.knowledge.name_candidates import WrittenName, written_names
from mtqa.knowledge.romanisation import fold, romanised, similarity
from mtqa.schema.annotations import Annotations
from mtqa.schema.document import Document, Span
from mtqa.schema.issue import Category, Evidence, EvidenceKind, Issue, Severity

RULE = Rule(
    id="inconsistent-name",
    category=Category.INCONSISTENCY,
    severity=Severity.MINOR,
    summary="One person is spelled in two ways in the same document.",
    needs=(Need.MENTIONS,),
    uses=(Use.JUDGE, Use.KNOWLEDGE),
    status=Status.STABLE,
)

_LEAST_LETTERS = 5
_REACH = 50_000  # characters: names farther apart stand in different articles, and a book has too many pairs to try
_LEAST_SIMILAR = 0.74
_LEAST_RATIO = 0.75  # of the lengths
# Endings that make another word of a name: plural, genitive, the feminine of Slavic and Baltic names, followers.
_FORMS = frozenset("s es a ova ová aya aia ite iene n an ans ian ians i in er ers ese ish ism ist ists".split())
_GENDERED = re.compile(r"sk(?:aya|aia|a|iy|yy|yi|ii|y|i)$")  # Zelenskiy and Zelenska are not two spellings
_THING = 3.0  # Zipf frequency of an English word from which it names a thing of its own ("Commissioner", "Iceland")


@dataclass(frozen=True, slots=True)
class _Pair:
    """A spelling that deviates, and the one it should follow; `suggestion` is that one in the case of the first."""

    odd: Span
    usual: Span
    suggestion: str
    alike: float
    odd_count: int
    usual_count: int


def detect(document: Document, annotations: Annotations, tools: Tools) -> Detection:
    """Pair up last names of the document that are spellings of one another; the judge says which one fits."""
    text, knowledge = document.text, tools.knowledge
    claims = find_claims(document, knowledge.places, knowledge.titles)
    names = list(written_names(text, annotations.mentions or (), claims, knowledge))
    pairs = list(_pairs(text, names, tools))
    segments = [document.segments[document.owner_of(pair.odd.start)] for pair in pairs]
    verdicts = yield from compare(
        [changed(document, segment, {pair.odd: pair.suggestion}) for pair, segment in zip(pairs, segments, strict=True)]
    )
    for pair, verdict in zip(pairs, verdicts, strict=True):
        confidence = tools.confidence(
            RULE.id,
            {
                "similarity": pair.alike,
                "gain": max(-10.0, min(15.0, verdict.gain)) / 10,
                "majority": float(pair.usual_count > pair.odd_count),
            },
        )
        written, usual = pair.odd.of(text), pair.suggestion
        yield Issue(
            rule=RULE.id,
            span=pair.odd,
            category=RULE.category,
            severity=RULE.severity,
            confidence=confidence,
            message=f"“{written}” is spelled “{usual}” elsewhere in this document.",
            evidence=(
                Evidence(EvidenceKind.DOCUMENT, f"“{usual}” occurs {pair.usual_count} times", pair.alike, "similarity"),
                Evidence(EvidenceKind.LM_CONTRAST, f"the sentence with {usual!r} is likelier", verdict.gain, "nats"),
            ),
            suggestion=usual,
            related=(pair.usual,),
        )


def _pairs(text: str, names: Sequence[WrittenName], tools: Tools) -> Iterator[_Pair]:
    """Pairs of last names: similar, of the same given name or without one, and only one of them borne by people."""
    last = [name.words[-1] for name in names]
    counts = Counter(fold(word.of(text)) for word in last)
    firsts: dict[str, set[str]] = {}
    for name in names:
        if len(name.words) > 1:
            firsts.setdefault(fold(name.words[-1].of(text)), set()).add(fold(name.words[0].of(text)))
    places: dict[str, list[Span]] = {}
    for word in last:
        places.setdefault(fold(word.of(text)), []).append(word)
    for one, other in _neighbours(text, last):
        if not _are_spellings(one, other) or not _may_be_one_person(firsts.get(one), firsts.get(other)):
            continue
        if not (firsts.get(one) or firsts.get(other)):
            continue  # two single words: nothing says that they are people
        odd, usual = _order(one, other, counts, tools)
        if _is_another(odd, _shared(firsts.get(odd), firsts.get(usual)), tools):
            continue
        model = next((span for span in places[usual] if not span.of(text).isupper()), places[usual][0])
        for span in places[odd]:
            suggestion = _cased(span.of(text), model.of(text))
            yield _Pair(span, model, suggestion, similarity(odd, usual), counts[odd], counts[usual])


def _is_another(odd: str, shared: set[str], tools: Tools) -> bool:
    """True if somebody or something else is called so, and no given name says that it is the same person."""
    names = tools.knowledge.names
    if names.bearers(odd):
        return not shared
    is_thing = tools.knowledge.words.english.get(odd, 0.0) >= _THING
    return is_thing and not any(names.givers(given) for given in shared)


def _cased(written: str, usual: str) -> str:
    """The usual spelling in capitals if the deviating one is, and not in those of a headline otherwise."""
    if written.isupper():
        return usual.upper()
    return usual.title() if usual.isupper() else usual


def _neighbours(text: str, words: Sequence[Span]) -> list[tuple[str, str]]:
    """Pairs of different words, folded, that stand within reach of one another; sorted, each once."""
    pairs: set[tuple[str, str]] = set()
    within: deque[tuple[int, str]] = deque()
    counts: Counter[str] = Counter()
    for word in sorted(words):
        one = fold(word.of(text))
        while within and within[0][0] < word.start - _REACH:
            _, gone = within.popleft()
            counts[gone] -= 1
            if not counts[gone]:
                del counts[gone]
        if one not in counts:
            pairs.update((min(one, other), max(one, other)) for other in counts)
        within.append((word.start, one))
        counts[one] += 1
    return sorted(pairs)


def _are_spellings(one: str, other: str) -> bool:
    if min(len(one), len(other)) < _LEAST_LETTERS or " " in one + other:
        return False
    shorter, longer = sorted((one, other), key=len)
    if len(shorter) < _LEAST_RATIO * len(longer):
        return False
    if any(longer == shorter + form or longer == shorter[:-1] + form for form in _FORMS):
        return False
    if _GENDERED.search(one) and _GENDERED.search(other) and _GENDERED.sub("", one) == _GENDERED.sub("", other):
        return one.endswith("a") == other.endswith("a")
    return romanised(one) == romanised(other) or similarity(one, other) >= _LEAST_SIMILAR


def _may_be_one_person(one: set[str] | None, other: set[str] | None) -> bool:
    return not one or not other or bool(_shared(one, other))


def _shared(one: set[str] | None, other: set[str] | None) -> set[str]:
    """The given names of one that the other has too, in some romanisation."""
    keys = {romanised(name) for name in other or ()}
    return {name for name in one or () if romanised(name) in keys}


def _order(one: str, other: str, counts: Counter[str], tools: Tools) -> tuple[str, str]:
    """(deviating, usual): the spelling that more people bear is usual, then the more frequent one here."""
    names = tools.knowledge.names

    def standing(word: str) -> tuple[bool, int, int]:
        return (names.bearers(word) > 0, counts[word], names.bearers(word))

    return (one, other) if standing(one) < standing(other) else (other, one)
