"""Numbers that the translation changed, lost or invented: "4.6 billion" for "4,6 milionu"."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from rapidfuzz.distance import Levenshtein

from mtqa.detecting.protocol import Detection, Need, Rule, Status, Tools
from mtqa.knowledge.number_matching import Pool, in_surplus, is_year, significant, without_equal
from mtqa.knowledge.number_reading import Form, Number, number_language, read_numbers
from mtqa.knowledge.number_words import load_number_words
from mtqa.knowledge.number_writing import with_ordinal_ending, written_like
from mtqa.schema.annotations import Annotations
from mtqa.schema.document import Document, Segment, Span
from mtqa.schema.issue import Category, Evidence, EvidenceKind, Issue, Severity

RULE = Rule(
    id="number-mismatch",
    category=Category.NUMBER,
    severity=Severity.MAJOR,
    summary="A number of the source was changed or lost, or the source does not have it.",
    needs=(Need.SOURCE,),
    status=Status.STABLE,
)

_SMALL = 12  # up to here words and idioms stand for numbers
_LEAST_VAGUE = 10  # words from here on that are not firm are scales, or mean that there are many
_LEAST_SCALE = 1000
_MOST_DIGITS = 4
_MOST_OTHERS = 3
_MAGNITUDE = 10**6  # from here on a wrong order of magnitude is critical
_FAR = 0.5  # of the length of a sentence: numbers so far apart are not put together by their place
_PLACES = 60  # characters of the source quoted around a number
_WORD = re.compile(r"\w+(?:['’-]\w+)*")
# Measures and money that translators convert for their readers, and what they convert from.
_CONVERTED = re.compile(
    r"[\s-]?(?:(?:square|cubic|sq\.?) )?(?:miles?|feet|foot|ft|inch(?:es)?|pounds?|lbs?|acres?|hectares?|ha|yards?|"
    r"gallons?|ounces?|oz|mph|degrees Fahrenheit|°F|dollars?|euros?|cents?|usd|kg|km|kilo\w+|met(?:er|re)s?|"
    r"(?:thousand|million|billion|trillion) (?:dollars?|euros?|usd)|[°%]?[a-z]{1,3}[²³]?\b)",
    re.IGNORECASE,
)
_MONEY_BEFORE = re.compile(r"(?:[$€£¥₹]|USD|EUR|GBP)\s?$")
# Chinese and Japanese count with digits what English says with "a", "the" or a plural (３年生, 2人).
_CHINESE_FROM = "\u3040"
_OF_PEOPLE, _FEW = "人の", 3
_LISTED = 90  # characters before a count in which what it counts is listed
# Days that English tells without their number.
_DAY = re.compile(
    r"\b(?:(?:next|following|same|previous) day|day (?:before|after)|yesterday|today|tomorrow|"
    r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|Christmas|New Year)\b"
)
_DATE_AFTER = re.compile(r"\s?[日月年时時分号號]")
_TRADITIONAL = frozenset("斤亩畝里坪尺寸丈顷頃町反石升両刻")


@dataclass(frozen=True, slots=True)
class _Pairing:
    """Segments that translate one stretch of the source, with the numbers of both sides in their own code points."""

    segments: tuple[Segment, ...]
    source_span: Span
    numbers: tuple[Number, ...]
    source_numbers: tuple[Number, ...]

    @property
    def span(self) -> Span:
        """From the first segment to the last."""
        return Span(self.segments[0].span.start, self.segments[-1].span.end)


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A number without its equal: of the translation, of the source, or one of each that should be equal.

    `surplus`: the source has an equal of its own number, but one too few in the translation. `repeated`: so has the
    translation in the source. `bare`: the number of the translation is one that idiom may put there ("1", "a million").
    """

    english: Number | None
    source: Number | None
    surplus: bool = False
    repeated: bool = False
    bare: bool = False


def detect(document: Document, annotations: Annotations, tools: Tools) -> Detection:  # noqa: ARG001
    """Compare the numbers of all paired segments with those of their source, and with those of their neighbours."""
    source = document.source
    if source is None:
        return
    pairings = list(_pairings(document, source))
    for place, pairing in enumerate(pairings):
        around = [*pairings[max(0, place - 1) : place], *pairings[place + 1 : place + 2]]
        near = Pool(number for one in around for number in one.numbers)
        source_near = Pool(number for one in around for number in one.source_numbers)
        candidates = list(_candidates(pairing, near, source_near))
        for candidate in candidates:
            if _is_converted(document.text, source, candidate, pairing):
                continue
            features = _features(document, source, pairing, candidate, len(candidates))
            yield _issue(document, source, pairing, candidate, tools.confidence(RULE.id, features))


def _pairings(document: Document, source: str) -> Iterator[_Pairing]:
    paired = (segment for segment in document.segments if segment.source_span is not None)
    for source_span, group in itertools.groupby(paired, key=lambda segment: segment.source_span):
        segments = tuple(group)
        if source_span is None:
            continue
        start = segments[0].span.start
        text = document.text[start : segments[-1].span.end]
        yield _Pairing(
            segments,
            source_span,
            tuple(_shifted(number, start) for number in with_ordinal_ending(text, read_numbers(text, "en"))),
            tuple(
                _shifted(number, source_span.start)
                for number in read_numbers(source_span.of(source), document.source_language)
            ),
        )


def _shifted(number: Number, offset: int) -> Number:
    return replace(number, span=number.span.shift(offset))


def _candidates(pairing: _Pairing, near: Pool, source_near: Pool) -> Iterator[_Candidate]:
    """Pairs of unmatched numbers, the likest first, then what is left on either side.

    What a neighbouring sentence has was moved there, not lost. A month alone is no error: "on the 25th" may become
    "on July 25".
    """
    target, source = Pool(pairing.numbers), Pool(pairing.source_numbers)
    # What is not firm is not missed, but it may be what another number should read (三, 1).
    missing = [
        number for number in pairing.source_numbers if not target.has(number) and (number.firm or _may_be_meant(number))
    ]
    missing += [number for number in pairing.source_numbers if _is_scale(number) and not target.has(number)]
    added = without_equal(pairing.numbers, source)
    repeated = [one for one in in_surplus(pairing.numbers, pairing.source_numbers) if source.has(one)]
    bare = [one for one in pairing.numbers if (_is_single(one) or _is_scale(one)) and not source.has(one)]
    proposed = [*added, *repeated, *bare]
    ranked = sorted(
        (_unlikeness(one, other, pairing), number, place)
        for number, one in enumerate(proposed)
        for place, other in enumerate(missing)
        if _may_be_equals(one, other) and (number < len(added) or other.firm or (_is_scale(one) and _is_scale(other)))
    )
    used: set[int] = set()
    taken: set[int] = set()
    for _, number, place in ranked:
        if number in used or place in taken:
            continue
        used.add(number)
        taken.add(place)
        if not (source_near.has(proposed[number]) or near.has(missing[place])):
            is_repeated = len(added) <= number < len(added) + len(repeated)
            is_bare = number >= len(added) + len(repeated)
            yield _Candidate(proposed[number], missing[place], repeated=is_repeated, bare=is_bare)
    surplus = [
        one
        for one in in_surplus(pairing.source_numbers, pairing.numbers)
        if target.has(one) and one.form is not Form.MONTH
    ]
    for number, one in enumerate(added):
        if number in used or one.form is Form.MONTH or source_near.has(one):
            continue
        equals = [other for other in surplus if _may_be_equals(one, other)]
        other = min(equals, key=lambda other: _unlikeness(one, other, pairing), default=None)
        if other is not None:
            surplus.remove(other)
        yield _Candidate(one, other, surplus=other is not None)
    for place, other in enumerate(missing):
        if place not in taken and other.firm and other.form is not Form.MONTH and not near.has(other):
            yield _Candidate(None, other)


def _may_be_meant(number: Number) -> bool:
    if number.form is Form.DIGITS:
        return Decimal(0) not in number.values
    is_exact = number.form in (Form.CHARACTERS, Form.WORDS) and all(value == int(value) for value in number.values)
    return is_exact and min(number.values) > 1 and max(number.values) < _LEAST_VAGUE


def _is_single(number: Number) -> bool:
    return number.form is Form.DIGITS and number.values == {Decimal(1)}


def _is_scale(number: Number) -> bool:
    """True for "million" without a number."""
    return not number.firm and number.scale >= _LEAST_SCALE and number.values == {number.scale}


def _may_be_equals(one: Number, other: Number) -> bool:
    """False for a month and a number that is none, and for a year and what looks nothing like it."""
    if (one.form is Form.MONTH) != (other.form is Form.MONTH):
        return False
    years = [any(is_year(value) for value in number.values) for number in (one, other)]
    return years[0] == years[1] or _alike(one, other) >= _FAR


def _unlikeness(one: Number, other: Number, pairing: _Pairing) -> float:
    return 1.0 - _alike(one, other) + _apart(one, other, pairing) + (0.0 if one.scale == other.scale else 0.1)


def _alike(one: Number, other: Number) -> float:
    """Similarity of the digits, 0..1, at the best readings; 1 for numbers that differ in their zeros only."""
    pairs = itertools.product(_keys(one), _keys(other))
    return max((Levenshtein.normalized_similarity(here, there) for here, there in pairs), default=0.0)


def _keys(number: Number) -> set[str]:
    return {significant(value) for value in number.values or number.parts}


def _apart(one: Number, other: Number, pairing: _Pairing) -> float:
    """How far apart the two stand in their sentences, 0..1."""
    here = (one.span.start - pairing.span.start) / max(1, len(pairing.span))
    there = (other.span.start - pairing.source_span.start) / max(1, len(pairing.source_span))
    return abs(here - there)


def _is_converted(text: str, source: str, candidate: _Candidate, pairing: _Pairing) -> bool:
    """True where a measure or a sum was, or was probably, converted for the reader, or a day is told in words."""
    english, other = candidate.english, candidate.source
    if (
        other is not None
        and source[other.span.end : other.span.end + 1] in _TRADITIONAL
        and other.span.end < len(source)
    ):
        return english is None or _alike(english, other) < 1.0
    if english is None:
        if other is not None and _sums_up(source, other, pairing):
            return True
        is_told = _DAY.search(text, pairing.span.start, pairing.span.end) is not None
        return is_told and other is not None and _is_dated(source, other)
    before = text[pairing.span.start : english.span.start]
    is_measure = bool(_CONVERTED.match(text, english.span.end) or _MONEY_BEFORE.search(before))
    in_brackets = before.rfind("(") > before.rfind(")") or before.rfind("[") > before.rfind("]")
    return is_measure and in_brackets and (other is None or candidate.surplus or _alike(english, other) < _FAR)


def _sums_up(source: str, number: Number, pairing: _Pairing) -> bool:
    """True for a count of what was just listed (A、B、C 3所高校), and for two or three people who were named before
    (2人の), which English leaves out or calls them both.
    """
    counted = source[number.span.end : number.span.end + 1]
    if counted <= _CHINESE_FROM or len(number.values) != 1:
        return False
    (value,) = number.values
    if source.startswith(_OF_PEOPLE, number.span.end) and 1 < value <= _FEW:
        return True
    start = max(pairing.source_span.start, number.span.start - _LISTED)
    return 1 < value <= _SMALL and source.count("、", start, number.span.start) + 1 >= value


def _features(
    document: Document, source: str, pairing: _Pairing, candidate: _Candidate, unmatched: int
) -> dict[str, float]:
    english, other = candidate.english, candidate.source
    number = english or other
    values = number.values or frozenset(number.parts) if number is not None else frozenset()
    value = max(values, default=Decimal(0))
    changed = english is not None and other is not None
    alike = _alike(english, other) if english is not None and other is not None and not candidate.surplus else 0.0
    firm = [one for one in pairing.source_numbers if one.firm]
    target = Pool(pairing.numbers)
    is_word = number is not None and number.form is not Form.DIGITS
    small = value <= _SMALL
    after = source[other.span.end : other.span.end + 1] if other is not None else ""
    language = number_language(pairing.source_span.of(source), document.source_language)
    digits = max((len(significant(one)) for one in values), default=0)
    known = language in load_number_words().languages or language in ("zh", "ja")
    exact = changed and not candidate.surplus and other is not None and other.firm
    return {
        "changed": float(exact),
        "soft": float(changed and not exact and not candidate.surplus),
        "surplus": float(candidate.surplus),
        "lost": float(english is None),
        "repeated": float(candidate.repeated),
        "bare": float(candidate.bare),
        "date_invented": float(other is None and english is not None and (english.ordinal or is_year(value))),
        "digits": min(_MOST_DIGITS, digits) / _MOST_DIGITS,
        "word": float(is_word and not changed),
        "word_changed": float(is_word and changed),
        "small_changed": float(small and changed),
        "small_lost": float(small and english is None),
        "small_invented": float(small and other is None),
        "count_lost": float(english is None and small and after > _CHINESE_FROM),
        "date_lost": float(english is None and other is not None and _is_dated(source, other)),
        "year_alone": float(not changed and is_year(value)),
        "month": float(number is not None and number.form is Form.MONTH),
        "alike": alike,
        "apart": _apart(english, other, pairing) if english is not None and other is not None else 0.0,
        "others": min(_MOST_OTHERS, unmatched - 1) / _MOST_OTHERS,
        "kept": sum(target.has(one) for one in firm) / len(firm) if firm else 0.0,
        "unknown_language": float(not known and not changed),
        "unknown_language_changed": float(not known and changed),
    }


def _is_dated(source: str, number: Number) -> bool:
    """True for parts of a date or a time in Chinese and Japanese, which a translation often leaves to the context."""
    return _DATE_AFTER.match(source, number.span.end) is not None


def _issue(document: Document, source: str, pairing: _Pairing, candidate: _Candidate, confidence: float) -> Issue:
    english, other = candidate.english, candidate.source
    suggestion = None
    if english is not None and other is not None:
        written = english.span.of(document.text)
        suggestion = written_like(written, english, other)
        meaning = f": {suggestion}" if suggestion and suggestion != other.span.of(source) else ""
        message = f"“{written}” is “{other.span.of(source)}” in the source{meaning}."
    elif english is not None:
        message = f"The source does not have the number “{english.span.of(document.text)}”."
    else:
        lost = other.span.of(source) if other is not None else ""
        message = f"The number “{lost}” of the source is missing here."
    return Issue(
        rule=RULE.id,
        span=english.span if english is not None else _place_of_loss(document, pairing, other),
        category=RULE.category,
        severity=_severity(candidate),
        confidence=confidence,
        message=message,
        evidence=(_evidence(source, pairing, other),),
        suggestion=suggestion if english is None or suggestion != english.span.of(document.text) else None,
    )


def _evidence(source: str, pairing: _Pairing, other: Number | None) -> Evidence:
    if other is None:
        span = pairing.source_span
        quoted = " ".join(span.of(source)[:_PLACES].split())
        return Evidence(EvidenceKind.SOURCE, f"no such number in “{quoted}” ({span.start}-{span.end})")
    start, end = (
        max(pairing.source_span.start, other.span.start - 20),
        min(pairing.source_span.end, other.span.end + 20),
    )
    quoted = " ".join(source[start:end].split())
    place = f"{other.span.start}-{other.span.end} of the source"
    return Evidence(EvidenceKind.SOURCE, f"“{other.span.of(source)}” at {place}: “{quoted}”")


def _place_of_loss(document: Document, pairing: _Pairing, lost: Number | None) -> Span:
    """Where the lost number is missed: at the equal of its nearest neighbour in the source, or at the first word."""
    if lost is not None:
        beside = sorted(pairing.source_numbers, key=lambda one: abs(one.span.start - lost.span.start))
        for one in beside:
            pool = Pool([one])
            kept = next((number for number in pairing.numbers if number.firm and pool.has(number)), None)
            if one is not lost and kept is not None:
                return kept.span
    start = pairing.span.start
    word = _WORD.search(document.text, start, pairing.span.end)
    return Span(*word.span()) if word is not None else Span(start, start + 1)


def _severity(candidate: _Candidate) -> Severity:
    """Critical where millions became billions or the decimal mark of a large sum moved."""
    english, other = candidate.english, candidate.source
    if english is None or other is None or not english.values or not other.values:
        return RULE.severity
    small, large = sorted((max(english.values), max(other.values)))
    return Severity.CRITICAL if large >= _MAGNITUDE and large >= 10 * small else RULE.severity
