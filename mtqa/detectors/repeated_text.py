"""Words, phrases and sentences that stand twice in a row: translation models get caught in loops."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from mtqa.detecting.protocol import Detection, Rule, Status, Tools, Use
from mtqa.schema.annotations import Annotations
from mtqa.schema.document import Document, Segment, SegmentKind, Span
from mtqa.schema.issue import Category, Evidence, EvidenceKind, Issue, Severity

RULE = Rule(
    id="repeated-text",
    category=Category.REPETITION,
    severity=Severity.MINOR,
    summary="A word, phrase or sentence is repeated at once.",
    uses=(Use.KNOWLEDGE,),
    status=Status.STABLE,
)

_WORD = re.compile(r"[^\W_]+(?:[’'-][^\W_]+)*")
_LONGEST = 12  # words of a repeated phrase
# Function words that English doubles only by mistake; "had had", "that that", "is is" can be grammatical.
_NEVER_TWICE = frozenset(
    "the a an of to and or in on at for with from by as but if into onto upon than this these those their his her its "
    "our my your they we he she it i you was were are be been being have has will would could should can may might "
    "must not which who when while because although between during after before about against through under".split()
)
_CONNECTIVES = frozenset("and or as by to after in for on upon over".split())
_LEAST_SENTENCE = 4  # words; shorter sentences are repeated on purpose ("No. No.")


def detect(document: Document, annotations: Annotations, tools: Tools) -> Detection:  # noqa: ARG001
    """Repetitions inside sentences, then whole sentences."""
    yield from _inside(document, tools)
    yield from _sentences(document, tools)


def _inside(document: Document, tools: Tools) -> Iterator[Issue]:
    for segment in document.segments:
        sentence = document.text_of(segment)
        words = list(_WORD.finditer(sentence))
        lower = [word.group().lower() for word in words]
        at = 0
        while at < len(words):
            # Nothing starts again at `at` whose first word does not.
            places = range(min(at + _LONGEST, len(words) - 1), at, -1)
            size = _repetition(sentence, words, at, [place - at for place in places if lower[place] == lower[at]])
            if size == 0:
                at += 1
                continue
            last = at + 2 * size
            while _same(sentence, words, at, last, size):
                last += size
            first, end = words[at + size - 1].end(), words[last - 1].end()
            phrase = sentence[words[at].start() : first]
            yield _issue(segment, Span(first, end), phrase, size, tools)
            at = last


def _repetition(sentence: str, words: list[re.Match[str]], at: int, sizes: Sequence[int]) -> int:
    """Number of words, one of `sizes`, of a phrase at `at` that stands again right behind it, 0 if none does."""
    for size in sizes:
        if not _same(sentence, words, at, at + size, size):
            continue
        written = [word.group() for word in words[at : at + size]]
        if size == 1 and written[0].lower() not in _NEVER_TWICE:
            continue
        if size == 1 and written[0][:1].isupper() != words[at + 1].group()[:1].isupper() and at > 0:
            continue  # "in In Touch"
        lower = [word.lower() for word in written]
        if size == 2 and not _CONNECTIVES.isdisjoint(lower) and not _NEVER_TWICE.issuperset(lower):
            continue  # "better and better and", "from time to time to"
        if size == 2 and not any(word.lower() in _NEVER_TWICE for word in written):
            continue  # "very good, very good", "Duran Duran Duran Duran"
        if size == 2 and _is_figure(words, at):
            continue  # "day after day after day", "on and on and on"
        again = [word.group() for word in words[at + size : at + 2 * size]]  # "The the" opens a sentence
        if all(word[:1].isupper() or word.isdigit() for word in again) and size < 3:
            continue  # names: "New York New York"
        return size
    return 0


def _is_figure(words: list[re.Match[str]], at: int) -> bool:
    """True if two words alternate around `at` and the run ends as it began; a long run is a loop all the same."""

    def agree(one: int, other: int) -> bool:
        return words[one].group().lower() == words[other].group().lower()

    first, last = at, at + 1
    while first > 0 and last - first < _LONGEST and agree(first - 1, first + 1):
        first -= 1
    while last + 1 < len(words) and last - first < _LONGEST and agree(last + 1, last - 1):
        last += 1
    return last - first < _LONGEST and (last - first) % 2 == 0


def _same(sentence: str, words: list[re.Match[str]], one: int, other: int, size: int) -> bool:
    """True if the phrases of `size` words at both places are the same, with nothing but spaces between them."""
    if other + size > len(words):
        return False
    # Punctuation between them makes a figure of speech or a list of a repetition of few words.
    between = sentence[words[other - 1].end() : words[other].start()]
    if between.strip() and (size < 4 or between.strip() not in {",", ";", "-", "–"}):
        return False
    return all(
        words[one + step].group().lower() == words[other + step].group().lower()
        and (step == 0 or not sentence[words[other + step - 1].end() : words[other + step].start()].strip(" ,"))
        for step in range(size)
    )


def _sentences(document: Document, tools: Tools) -> Iterator[Issue]:
    previous: Segment | None = None
    for segment in document.segments:
        text = " ".join(document.text_of(segment).split())
        if (
            previous is not None
            and segment.kind is SegmentKind.SENTENCE is previous.kind
            and len(_WORD.findall(text)) >= _LEAST_SENTENCE
            and text == " ".join(document.text_of(previous).split())
        ):
            yield _issue(segment, Span(0, len(segment.span)), text, _LONGEST, tools)
        previous = segment


def _issue(segment: Segment, span: Span, phrase: str, size: int, tools: Tools) -> Issue:
    shown = phrase if len(phrase) <= 60 else phrase[:57] + "…"
    return Issue(
        rule=RULE.id,
        span=span.shift(segment.span.start),
        category=RULE.category,
        severity=Severity.MAJOR if size >= 3 else Severity.MINOR,
        confidence=tools.confidence(RULE.id, {"words": min(4.0, size)}),
        message=f"“{shown}” is repeated.",
        evidence=(
            Evidence(EvidenceKind.DOCUMENT, f"the same {size} word(s) stand right before", float(size), "words"),
        ),
        suggestion="",
    )
