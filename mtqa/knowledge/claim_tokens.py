"""Words of running text as the grammar of claims sees them, and the word lists of that grammar."""

from __future__ import annotations

import re
from dataclasses import dataclass

from mtqa.knowledge.romanisation import fold


def word_set(words: str) -> frozenset[str]:
    """The words of a text as a set."""
    return frozenset(words.split())


ACTING = word_set("acting interim caretaker outgoing new newly current incumbent sitting longtime first")
NOT_PRESENT = word_set(
    "former ex then late elect designate incoming future next previous past ousted deposed exiled onetime "
    "opposition shadow self would deputy vice assistant under junior honorary disgraced erstwhile presumptive "
    "prospective potential hopeful fake regional provincial local state"
)
QUALIFIERS = (
    ACTING
    | NOT_PRESENT
    | word_set(
        "embattled veteran beloved elected appointed declared proclaimed powerful second third fourth hardline "
        "pro western reelected conservative liberal leftist populist nationalist fellow senior long time serving one"
    )
)
POSSESSIVES = frozenset({"his", "her", "their", "its", "our", "my", "your", "whose"})
HONORIFICS = word_set(
    "mr mrs ms dr sir dame lord lady general gen lt lieutenant col colonel maj major marshal admiral adm sheikh "
    "shaikh prince princess ayatollah cardinal archbishop professor prof hon honourable honorable imam mullah "
    "excellency majesty highness his her comrade senator sen rep governor gov army"
)
PARTICLES = word_set(
    "van von der den de del della di da do dos das du la le bin ibn ben al el ul ur abu ter ten zu zum af i y e"
)
NO_NAMES = word_set(
    "monday tuesday wednesday thursday friday saturday sunday january february march april may june july august "
    "september october november december the a an and or but in on at of to for with from by as is was has had "
    "said says told i he she they it we who that this"
) - {"may", "april", "june", "august"}  # Theresa May, June ...: capitalised they are names as well
MOST_NAME_WORDS = 6

_TOKEN = re.compile(r"(?:[A-Z]\.){2,}|[^\W\d_](?:[^\W\d_]|[\u0300-\u036f]|[.'’‘ʻ`\-‐‑](?=[^\W\d_]))*", re.UNICODE)
_POSSESSIVE_END = re.compile(r"['’]s?$")


@dataclass(frozen=True, slots=True)
class Token:
    """A word; `start` and `end` leave out a possessive ending and prefixes such as "ex-"."""

    start: int
    end: int
    text: str  # without possessive ending
    folded: tuple[str, ...]
    possessive: bool
    prefix: str  # "ex" of ex-president, "then" of then-Prime
    suffix: str  # "elect" of president-elect


def tokenise(text: str, start: int, end: int) -> list[Token]:
    """The words of text[start:end], in order, with offsets of the whole text."""
    tokens = []
    for match in _TOKEN.finditer(text, start, end):
        word = match.group()
        bare = _POSSESSIVE_END.sub("", word)
        possessive = bare != word
        prefix, suffix = "", ""
        if head := re.match(r"(ex|then|former)[-‐‑](?=\w)", bare, re.IGNORECASE):
            prefix, bare = head.group(1).lower(), bare[head.end() :]
        if tail := re.search(r"[-‐‑](elect|designate)$", bare, re.IGNORECASE):
            suffix, bare = tail.group(1).lower(), bare[: tail.start()]
        begin = match.start() + (len(prefix) + 1 if prefix else 0)
        folded = ("".join(fold(bare).split()),) if bare.count(".") > 1 else tuple(fold(bare).split())
        tokens.append(Token(begin, begin + len(bare), bare, folded, possessive, prefix, suffix))
    return tokens
