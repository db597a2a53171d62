"""False friends: English words that a translation takes for their look-alike or literal meaning in the source.

A row of calques.tsv says which English words are suspect (`words`), where (`frames`, not in `unless`), what should
stand there (`replacements`), and of which foreign words they are the literal rendering (`origins`).

- `words` and `replacements` are phrases, alternatives parted by " | " and " || ". "assist/v at" stands for all forms
  of the verb, "appeal/n" for singular and plural; a replacement takes the form of what it replaces. "talks/m" is a
  mass noun or plural: it takes no "a", and it cannot replace a word whose "a" stands further left.
- `frames` and `unless` are regular expressions around "___", the place of the words; alternatives parted by " || ".
  Both sides end at word borders, and the right one may end in a plural "s". `{Name}` and the other names in `_MACROS`
  may be used. No frame: anywhere in the sentence. Without "___" an `unless` is looked for in the whole sentence.

A match is only a proposal: the language model decides in the sentence at hand.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files

from mtqa.errors import KnowledgeError
from mtqa.knowledge.inflection import cased_like, indefinite_article, plural, verb_forms
from mtqa.schema.document import Span
from mtqa.schema.issue import Severity

_COLUMNS = ("id", "severity", "words", "frames", "unless", "replacements", "meaning", "origins", "source", "as_of")
_PLACE = "___"
_MACROS: Mapping[str, str] = {
    "{Name}": r"[A-Z][\w’'.-]+(?: [A-Z][\w’'.-]+)*",
    "{det}": r"(?:the|an?|this|that|these|those|his|her|its|their|our|my|your|some|any|no|another|each|every)",
    "{poss}": r"(?:his|her|its|their|our|my|your|[A-Z]\w+[’']s)",
    "{be}": r"(?:is|are|am|was|were|be|been|being)",
    "{num}": r"(?:\d[\d.,]*|one|two|three|four|five|six|seven|eight|nine|ten|twelve|twenty|thirty|several|many)",
    "{said}": r"(?:said|says|told|added|explained|announced|stressed|stated)",
    # Who speaks in the news: names, pronouns and the usual offices.
    "{speaker}": (
        r"(?:[A-Z][\w’'-]+|he|she|president|minister|chancellor|spokesman|spokeswoman|spokesperson|lawyer|mayor|"
        r"prosecutor|prosecutors|government|ministry|report|statement|source|sources|witness|leader|director|"
        r"opposition|organi[sz]ation|secretary|general|official|expert|experts|union|unions|author)"
    ),
}
_WORDS = re.compile(r"[\w’'-]+")
_ARTICLE = re.compile(r"(?<![\w’'-])[Aa]n?\s+$")
_ARTICLE_FURTHER_LEFT = re.compile(r"(?<![\w’'-])[Aa]n?\s+(?:[\w’'-]+\s+){1,2}$")
_OPENING = re.compile(r"^[\s“\"«„‘'(\[–—-]*$")


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words with one that inflects; `forms` maps a grammatical form ("plural", "past", ...) to its spellings.

    A phrase that does not inflect has the single form "plain"; `is_mass` phrases take no indefinite article.
    """

    forms: Mapping[str, tuple[str, ...]]
    is_mass: bool = False

    def spellings(self, form: str) -> tuple[str, ...]:
        """How the phrase stands in a form; a phrase without that form has its plain, singular or base form."""
        for name in (form, "plain", "singular", "base"):
            if name in self.forms:
                return self.forms[name]
        return ()


@dataclass(frozen=True, slots=True)
class Origin:
    """A foreign word (ISO 639-1 code of its language) whose literal rendering is the false friend."""

    language: str
    word: str


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around the suspect words: `left` ends where they begin, `right` begins where they end.

    A frame without a place has only `anywhere`, which the sentence must contain.
    """

    left: re.Pattern[str] | None
    right: re.Pattern[str] | None
    anywhere: re.Pattern[str] | None = None

    def fits(self, text: str, span: Span) -> bool:
        """True if the words at `span` stand in this frame."""
        if self.left is None or self.right is None:
            return self.anywhere is not None and self.anywhere.search(text) is not None
        # `endpos` hides the words themselves, so that `$` in `left` is the place before them.
        return bool(self.right.match(text, span.end) and self.left.search(text, 0, span.start))


@dataclass(frozen=True)
class Calque:
    """One row; `meaning` is what the foreign words mean, in English."""

    id: str
    severity: Severity
    words: tuple[Phrase, ...]
    frames: tuple[Frame, ...]
    unless: tuple[Frame, ...]
    replacements: tuple[Phrase, ...]
    meaning: str
    origins: tuple[Origin, ...]
    source: str
    as_of: str

    @property
    def languages(self) -> tuple[str, ...]:
        """ISO 639-1 codes of the sources that lead to this false friend."""
        return tuple(dict.fromkeys(origin.language for origin in self.origins))

    @cached_property
    def forms(self) -> Mapping[str, tuple[str, ...]]:
        """Every spelling of the suspect words (lower case), with the grammatical forms it may have."""
        found: dict[str, dict[str, None]] = {}
        for phrase in self.words:
            for form, spellings in phrase.forms.items():
                for spelling in spellings:
                    found.setdefault(spelling, {})[form] = None
        return {spelling: tuple(forms) for spelling, forms in found.items()}

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Any spelling of the suspect words."""
        spellings = sorted(self.forms, key=lambda spelling: (-len(spelling), spelling))
        alternatives = "|".join(re.escape(spelling).replace(r"\ ", r"\s+") for spelling in spellings)
        return re.compile(rf"(?<![\w’'-])(?:{alternatives})(?![\w-])")

    def fits(self, text: str, span: Span) -> bool:
        """True if the frames allow the false reading of the words at `span`."""
        return any(frame.fits(text, span) for frame in self.frames) and not any(
            frame.fits(text, span) for frame in self.unless
        )


@dataclass(frozen=True, slots=True)
class CalqueMatch:
    """A place where a false friend may stand: its span, article included where it changes, and what to write."""

    calque: Calque
    span: Span
    replacements: tuple[str, ...]


@dataclass(frozen=True)
class Calques:
    """All rows."""

    rows: tuple[Calque, ...]

    @cached_property
    def _by_first_word(self) -> Mapping[str, tuple[Calque, ...]]:
        index: dict[str, dict[str, Calque]] = {}
        for row in self.rows:
            for spelling in row.forms:
                index.setdefault(_WORDS.findall(spelling)[0], {})[row.id] = row
        return {word: tuple(rows.values()) for word, rows in index.items()}

    def matches(self, sentence: str) -> Iterator[CalqueMatch]:
        """Every false friend that can stand in a sentence, in order of place, then of the table."""
        found: dict[str, Calque] = {}
        for word in _WORDS.findall(sentence):
            for row in self._by_first_word.get(word.lower(), ()):
                found[row.id] = row
        lowered = _sentence_case_off(sentence)
        matches = [match for row in found.values() for match in _row_matches(row, sentence, lowered)]
        yield from sorted(matches, key=lambda match: match.span)


def load_calques() -> Calques:
    """The shipped table."""
    with files("mtqa.knowledge").joinpath("tables/calques.tsv").open(encoding="utf-8") as lines:
        return read_calques(lines)


def read_calques(lines: Iterable[str], path: str = "calques.tsv") -> Calques:
    """Read a table. KnowledgeError names the line of a row that cannot be used."""
    rows = []
    for number, line in enumerate(lines, start=1):
        if line.startswith(("#", "id\t")) or not line.strip():
            continue
        try:
            rows.append(_read_row(line.rstrip("\n").split("\t")))
        except (ValueError, re.error) as error:
            raise KnowledgeError(f"not a false friend: {error}", path=path, line=number) from error
    return Calques(tuple(rows))


def _read_row(cells: list[str]) -> Calque:
    row = dict(zip(_COLUMNS, cells, strict=True))
    origins = [origin.partition(" ") for origin in row["origins"].split("; ")]
    if not all(word for _, _, word in origins):
        raise ValueError("an origin is a language code and a word")
    if not row["replacements"]:
        raise ValueError("there is no replacement")
    return Calque(
        id=row["id"],
        severity=Severity(row["severity"]),
        words=tuple(_phrase(words) for words in row["words"].split(" | ")),
        frames=tuple(_frame(frame) for frame in (row["frames"] or _PLACE).split(" || ")),
        unless=tuple(_frame(frame) for frame in row["unless"].split(" || ") if frame),
        replacements=tuple(_phrase(words) for words in row["replacements"].split(" || ")),
        meaning=row["meaning"],
        origins=tuple(Origin(language, word) for language, _, word in origins),
        source=row["source"],
        as_of=row["as_of"],
    )


def _phrase(notation: str) -> Phrase:
    """Read "take/v part in", "appeal/n", "talks/m" or plain words. ValueError for another mark or two of them."""
    marked = re.findall(r"([\w’'-]+)/(\w)", notation)
    if len(marked) > 1 or not notation.strip():
        raise ValueError(f"a phrase has words and at most one mark: {notation!r}")
    if not marked:
        return Phrase({"plain": (notation,)})
    word, mark = marked[0]
    forms: Mapping[str, tuple[str, ...]]
    if mark == "m":
        return Phrase({"plain": (notation.replace("/m", ""),)}, is_mass=True)
    if mark == "n":
        forms = {"singular": (word,), "plural": (plural(word),)}
    elif mark == "v":
        forms = verb_forms(word)
    else:
        raise ValueError(f"unknown mark /{mark} in {notation!r}")
    before, after = notation.split(f"{word}/{mark}")
    return Phrase({form: tuple(f"{before}{one}{after}" for one in spellings) for form, spellings in forms.items()})


def _frame(notation: str) -> Frame:
    """Read a frame. ValueError if it names the place twice."""
    for name, pattern in _MACROS.items():
        notation = notation.replace(name, pattern)
    parts = notation.replace(" ", r"\s").split(_PLACE)
    if len(parts) == 1:
        return Frame(None, None, re.compile(parts[0]))
    if len(parts) > 2:
        raise ValueError(f"a frame has the place {_PLACE} once: {notation!r}")
    left, right = parts
    return Frame(re.compile(rf"(?:(?<![\w’'-])|(?=\W))(?:{left})$"), re.compile(rf"(?:{right})s?(?!\w)"))


def _sentence_case_off(sentence: str) -> str:
    """The sentence with its first letter in lower case, so that frames need not name both cases."""
    for place, character in enumerate(sentence):
        if character.isalpha():
            lower = character.lower()
            return sentence[:place] + lower + sentence[place + 1 :] if len(lower) == 1 else sentence
    return sentence


def _row_matches(row: Calque, sentence: str, lowered: str) -> Iterator[CalqueMatch]:
    for found in row.pattern.finditer(lowered):
        span = Span(*found.span())
        if not row.fits(sentence, span) and not row.fits(lowered, span):
            continue
        spelling = " ".join(found.group().split())
        options = [
            (text, phrase.is_mass)
            for phrase in row.replacements
            for form in row.forms[spelling]
            for text in phrase.spellings(form)
        ]
        article = _ARTICLE.search(sentence[: span.start])
        if article is None and _ARTICLE_FURTHER_LEFT.search(sentence[: span.start]):
            options = [(text, is_mass) for text, is_mass in options if not is_mass]
        if article is not None:
            with_articles = [
                (text if is_mass else f"{indefinite_article(text)} {text}", is_mass) for text, is_mass in options
            ]
            written = article.group().split()[0].lower()
            if any(not text.startswith(f"{written} ") for text, _ in with_articles):
                span, options = Span(article.start(), span.end), with_articles
        original = span.of(sentence)
        texts = dict.fromkeys(cased_like(original, text) for text, _ in options)
        if different := tuple(text for text in texts if text != original):
            yield CalqueMatch(row, span, different)
