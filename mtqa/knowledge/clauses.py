"""Cutting a sentence into clauses: enough to leave one out and ask what is missing then.

Boundaries are marks (commas, semicolons, colons, dashes, brackets, ends of sentences, also those of Chinese, Japanese,
Arabic and Devanagari) and, in some languages, the words that begin a clause. No parser: a boundary too many gives
shorter parts, and `candidates` joins neighbours again.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import islice, pairwise
from types import MappingProxyType

from mtqa.schema.document import Span

LEAST_WORDS = 3
LEAST_CHARACTERS = 5  # of scripts that are written without spaces
MOST_SHARE = 0.75  # of the sentence
_LONGEST = 2.5  # times the length that is wanted
_INSIDE = 0.35  # an edge that is no boundary counts as much as a length that is wrong by e ** .35
_MOST_PIECES = 48
_LONG = 9.0  # words' worth from which a part without boundary is cut into pieces
_PIECE = 4  # words

# A comma or colon between digits is part of a number; a hyphen is a dash with a space on both sides.
_MARK = re.compile(
    r"(?<!\d)[,:](?!\d)|(?<=\d)[,:](?=\s)|(?<!\d)[,:](?=\d)|[;—()\[\]{}…、，；：。！？（）【】「」『』《》“”„«»؛،।]"
    r"|(?:(?<=\s)[-–](?=\s))|[.!?](?=\s)|\n"
)
# Words that begin a clause: conjunctions and relative words, the frequent ones that mean little else.
_BEGINNING: Mapping[str, str] = MappingProxyType(
    {
        "en": "and but or that which who whom whose because although though while when where if unless until after "
        "before since whereas so as with without by despite for",
        "de": "und oder aber sondern dass weil obwohl während wenn als nachdem bevor ohne mit um sowie wegen trotz",
        "fr": "et mais ou que qui dont où car lorsque quand si parce puisque alors afin pour avec sans après avant",
        "es": "y e pero o que quien donde cuando si porque aunque mientras para con sin después antes",
        "it": "e ed ma o che cui dove quando se perché anche mentre per con senza dopo prima",
        "pt": "e mas ou que quem onde quando se porque embora enquanto para com sem depois antes",
        "nl": "en maar of dat die omdat hoewel terwijl wanneer als nadat voordat om met zonder",
        "pl": "i oraz ale lub albo że który która które gdy kiedy jeśli ponieważ choć aby żeby",
        "ru": "и а но или что который которая которые чтобы если когда потому хотя где после перед",
        "tr": "ve ama veya ki çünkü için",
    }
)
UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3041-\u30ff\u3400-\u9fff\uf900-\ufaff]")
# English letters more than characters: Han, hiragana, katakana, hangul, Thai and its neighbours.
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_MORE_LETTERS = (
    (_HAN, 3.5),
    (re.compile(r"[\u3041-\u309f]"), 1.0),
    (re.compile(r"[\u30a0-\u30ff]"), 0.8),
    (re.compile(r"[\uac00-\ud7a3]"), 1.2),
    (re.compile(r"[\u0e00-\u0eff]"), 0.1),
)
_CHANGE = re.compile(r"(?<=[\u3041-\u309f])(?=[\u3400-\u9fff\u30a0-\u30ff0-9０-９A-Za-z])")
_SPACE = re.compile(r"\s+")
_WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*")
_FINAL = re.compile(r"(?:[.!?…。！？]+[\"”»」』)]*|[\"”»」』)]+)?\s*$")
_SPACE_AND_MARKS = " \t\n,;:–—，；：、،؛-"


def english_length(text: str) -> float:
    """How many letters the text usually has in English, at least 1; runs of white space count once.

    Least squares on WMT22 (source, reference): a Han character 4.5, hiragana 2.0, katakana 1.8; other characters .96
    (de), .97 (ru), 1.07 (cs), .94 and 1.01 beside Chinese and Japanese. Hangul and Thai are guesses.
    """
    return max(1.0, len(_SPACE.sub(" ", text)) + sum(more * len(kind.findall(text)) for kind, more in _MORE_LETTERS))


def unspaced_share(text: str) -> float:
    """Share of the English length that comes from scripts without spaces, 0..1."""
    return english_length("".join(UNSPACED.findall(text))) / english_length(text) if UNSPACED.search(text) else 0.0


def han_share(text: str) -> float:
    """Share of the English length that Chinese characters make, 0..1."""
    return english_length("".join(_HAN.findall(text))) / english_length(text) if _HAN.search(text) else 0.0


def size(text: str) -> float:
    """Words' worth: words of scripts with spaces, and 5 characters of a script without them for 3 words."""
    unspaced = len(UNSPACED.findall(text))
    return len(_WORD.findall(UNSPACED.sub(" ", text))) + unspaced * LEAST_WORDS / LEAST_CHARACTERS


def clauses(text: str, language: str | None) -> tuple[Span, ...]:
    """The smallest parts between two boundaries, in order, space at their edges left out; none without letters or
    digits.
    """
    cuts = {0, len(text)}
    for mark in _MARK.finditer(text):
        cuts |= {mark.start(), mark.end()}
    words = _beginning_words((language or "").partition("-")[0])
    if words is not None:
        cuts |= {word.start() for word in words.finditer(text)}
    return tuple(_parts(text, sorted(cuts)))


def with_neighbours(text: str, language: str | None, most: int) -> list[Span]:
    """The first `most` clauses, and every two neighbours among them as one."""
    own = clauses(text, language)[:most]
    return [*own, *(Span(one.start, other.end) for one, other in pairwise(own))]


def candidates(text: str, language: str | None, length: float, most: int) -> tuple[Span, ...]:
    """Stretches that may be what the other side does not say, at most `most`, the likeliest first.

    `length`: English letters that the other side lacks. Wanted are stretches of about this length that begin and end
    at boundaries; of long parts without a boundary pieces do. Each is long enough to be a clause, and leaves a quarter
    of the sentence standing.
    """
    whole = clauses(text, language)
    edges = {span.start for span in whole} | {span.end for span in whole}
    pieces = [piece for span in whole for piece in _pieces(text, span)]
    if len(pieces) > _MOST_PIECES:
        pieces = list(whole[:_MOST_PIECES])
    lengths = [english_length(piece.of(text)) + 1 for piece in pieces]
    found = []
    for first in range(len(pieces)):
        total = 0.0
        for last in range(first, len(pieces)):
            total += lengths[last]
            if total > _LONGEST * length:
                break
            span = Span(pieces[first].start, pieces[last].end)
            inside = (span.start not in edges) + (span.end not in edges)
            found.append((abs(math.log(total / length)) + _INSIDE * inside, span))
    size_of_all = size(text)
    fitting = (
        span
        for _, span in sorted(found)
        if LEAST_WORDS <= size(span.of(text)) <= MOST_SHARE * size_of_all
        and any(map(str.isalnum, text[: span.start] + text[span.end :]))
    )
    return tuple(islice(fitting, most))


def _pieces(text: str, span: Span) -> Iterator[Span]:
    """A long part in pieces: of four words, or of some characters, cut where Japanese writing changes its script."""
    part = span.of(text)
    if size(part) < _LONG:
        yield span
        return
    cuts = {0, len(part)}
    if UNSPACED.search(part):
        changes = [match.start() for match in _CHANGE.finditer(part)] or range(1, len(part))
        for change in changes:
            if change - max(cut for cut in cuts if cut < change) >= LEAST_CHARACTERS <= len(part) - change:
                cuts.add(change)
    else:
        words = [match.start() for match in _WORD.finditer(part)]
        cuts |= {start for start in words[_PIECE::_PIECE] if start < words[-1]}
    yield from (piece.shift(span.start) for piece in _parts(part, sorted(cuts)))


def _parts(text: str, cuts: Sequence[int]) -> Iterator[Span]:
    for start, end in pairwise(cuts):
        stretch = text[start:end]
        if any(map(str.isalnum, stretch)):
            left = len(stretch) - len(stretch.lstrip())
            yield Span(start + left, start + len(stretch.rstrip()))


def final_mark(text: str) -> str:
    """The marks that end a text, with the quotes and brackets behind them; empty without any."""
    found = _FINAL.search(text)
    return "" if found is None else found.group().rstrip()


def before_final_mark(span: Span, text: str) -> Span:
    """A part without the mark that ends the text, which stays when the part goes."""
    end = len(text.rstrip()) - len(final_mark(text))
    return Span(span.start, max(span.start, min(span.end, end)))


def without(text: str, span: Span) -> str:
    """The text with a part left out, and the mark that would be left standing alone."""
    before, after = text[: span.start].rstrip(), text[span.end :].lstrip()
    if before[-1:] in tuple(_SPACE_AND_MARKS) and (not after or after[0] in ",;:.!?，；：。、！？"):
        before = before[:-1].rstrip()
    if not before:
        return after.lstrip(_SPACE_AND_MARKS)
    glue = " " if after and before[-1].isascii() and after[0].isalnum() else ""
    return (before + glue + after).strip()


@lru_cache(maxsize=32)
def _beginning_words(language: str) -> re.Pattern[str] | None:
    words = _BEGINNING.get(language)
    return None if words is None else re.compile(rf"(?<=\s)(?:{'|'.join(words.split())})(?=\s)", re.IGNORECASE)
