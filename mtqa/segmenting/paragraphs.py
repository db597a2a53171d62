"""Lines and paragraphs: which line ends are only the width of a page.

News files hold a paragraph or a sentence per line; e-mails and old archives break lines at 60-80 characters.
In the first case each line stands alone, in the second the lines between blank ones are one text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from mtqa.schema.document import Span
from mtqa.segmenting.sentences import trim

_LINE_END = re.compile(r"\r\n|[\n\r\v\f\x85\u2028\u2029]")
_TERMINATED = re.compile(r"[.!?…:;。！？।؟۔][\"'”’»)\]›]*\Z")
_MARKER = re.compile(r"(?:[•‣◦▪●·*+–—-]|\(?(?:\d{1,3}|[a-zA-Z])[.)]|#{1,6})\s+\S")
_INNER_DASH = re.compile(r"[+–—-]\s+\w")

# A wrapped document: lines between 30 and 130 characters (RFC 5322 says 78; typewriters 60-70; wide e-mails 120),
# of which a good part ends inside a sentence because its next word did not fit.
_NARROW, _WIDE = 30, 130
_FLOWING_SHARE = 0.35
_FULL_SHARE = 0.7
_RAGGED = 0.88  # of the width; writers of wrapped text break a little early


@dataclass(frozen=True, slots=True)
class _Line:
    span: Span
    indent: int
    after_gap: bool


def split_paragraphs(text: str) -> list[Span]:
    """The paragraphs of a text, trimmed, in order; every visible character lies in one."""
    lines = _lines(text)
    width = _wrap_width(text, lines)
    joined: list[Span] = []
    for number, line in enumerate(lines):
        if width and number and _continues(text, joined[-1], lines[number - 1], line, width):
            joined[-1] = Span(joined[-1].start, line.span.end)
        else:
            joined.append(line.span)
    return joined


def _lines(text: str) -> list[_Line]:
    """The lines that hold something."""
    lines: list[_Line] = []
    start, gap = 0, True
    for end, after in [*((found.start(), found.end()) for found in _LINE_END.finditer(text)), (len(text), len(text))]:
        span = trim(text, start, end)
        if span:
            lines.append(_Line(span, span.start - start, gap))
        gap = span is None or text[end:after] in ("\f", "\u2029")
        start = after
    return lines


def _wrap_width(text: str, lines: list[_Line]) -> int:
    """The width at which a document's lines were broken; 0 if its lines are paragraphs of their own."""
    pairs = [(first, second) for first, second in pairwise(lines) if not second.after_gap]
    open_pairs = [(first, second) for first, second in pairs if not _TERMINATED.search(_tail(text, first))]
    flowing = [(first, second) for first, second in open_pairs if text[second.span.start].islower()]
    if not flowing or len(flowing) < _FLOWING_SHARE * len(pairs):
        return 0
    # The width is a high quantile, not the maximum: one long link does not make a page wide.
    lengths = sorted(len(first.span) for first, _ in flowing)
    width = lengths[int(0.95 * (len(lengths) - 1))]
    if not _NARROW <= width <= _WIDE:
        return 0
    full = sum(_is_full(text, first, second, width) for first, second in flowing)
    return width if full >= _FULL_SHARE * len(flowing) else 0


def _continues(text: str, paragraph: Span, first: _Line, second: _Line, width: int) -> bool:
    """Whether the second line goes on where the first one, the last of `paragraph`, was broken."""
    if second.after_gap:
        return False
    if _is_marked(text, second.span):
        # A dash inside a sentence may come to stand at the head of a line; inside a list it begins an item.
        dash = _INNER_DASH.match(text, second.span.start) and not _is_marked(text, paragraph)
        return bool(dash and not _TERMINATED.search(_tail(text, first)) and _is_full(text, first, second, width))
    lower = text[second.span.start].islower()
    if second.indent > first.indent + 1 and not lower:
        return False
    return lower or _is_full(text, first, second, width)


def _is_marked(text: str, span: Span) -> bool:
    return bool(_MARKER.match(text, span.start, min(span.end, span.start + 12)))


def _is_full(text: str, first: _Line, second: _Line, width: int) -> bool:
    """True if the first word of the second line had no room on the first."""
    word = text[second.span.start : min(second.span.end, second.span.start + width)].split(maxsplit=1)[0]
    return len(first.span) + 1 + len(word) >= _RAGGED * width


def _tail(text: str, line: _Line) -> str:
    return text[max(line.span.start, line.span.end - 8) : line.span.end]
