"""Number words of `tables/number_words.tsv`, and what several of them in a row mean ("twenty-five thousand").

Roles: `number` counts by itself, `scale` multiplies what stands before it, `join` binds ("and"), `weak` is a word that
may stand for a number and may not ("both", "half", "a"). A form that ends in "~" takes the endings of its language,
one that ends in "*" is the beginning of a word.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cached_property, lru_cache
from importlib.resources import files

from mtqa.errors import KnowledgeError

ROLES = frozenset({"number", "scale", "weak", "join", "ending"})
# Languages that write compounds in one word ("siebenundzwanzig"); units stand before tens, except in Italian.
# The value is how "one" reads in them.
_GLUED = {"de": "ein", "nl": "een", "it": "un", "cs": "jed"}
_LONGEST_GLUED = 60  # letters
_LEAST_OF_OTHER = 3  # letters of a word that may be a number in a language that was not named


@dataclass(frozen=True, slots=True)
class WordMeaning:
    """What a word says: its role and value (0 for a joining word)."""

    role: str
    value: Decimal


@dataclass
class _Words:
    """The words of one language."""

    exact: dict[str, list[WordMeaning]]
    stems: dict[str, list[WordMeaning]]
    prefixes: dict[str, list[WordMeaning]]
    endings: frozenset[str] = frozenset()


class NumberWords:
    """The number words of all languages of the table."""

    def __init__(self, rows: Iterable[tuple[str, Decimal, str, tuple[str, ...]]]) -> None:
        self._words: dict[str, _Words] = {}
        for language, value, role, forms in rows:
            words = self._words.setdefault(language, _Words(defaultdict(list), defaultdict(list), defaultdict(list)))
            if role == "ending":
                words.endings |= frozenset(forms)
                continue
            for form in forms:
                kind = {"~": words.stems, "*": words.prefixes}.get(form[-1], words.exact)
                kind[form.rstrip("~*")].append(WordMeaning(role, value))

    @cached_property
    def languages(self) -> frozenset[str]:
        """Languages whose small numbers are known, not only their millions."""
        return frozenset(language for language, words in self._words.items() if len(words.exact) > 30)

    def meanings(self, word: str, language: str | None) -> tuple[WordMeaning, ...]:
        """What a word can mean in a language; what it would mean in others is weak. Firm meanings stand first."""
        return _meanings(self, word.lower().replace("’", "'").replace("ʼ", "'"), language)

    def own(self, word: str, language: str) -> list[WordMeaning]:
        """The meanings of a lower-case word in one language."""
        words = self._words.get(language)
        if words is None:
            return []
        found = list(words.exact.get(word, ()))
        if found:
            return found
        for cut in range(2, len(word) + 1):
            stem, ending = word[:cut], word[cut:]
            if stem in words.stems and ending in words.endings:
                found += words.stems[stem]
            found += words.prefixes.get(stem, ())
        found += words.stems.get(word, ())
        if language in _GLUED and not any(one.role in ("number", "scale") for one in found):
            found += self._glued(word, language)
        return found

    def others(self, word: str) -> Iterator[WordMeaning]:
        """What a lower-case word means in any language, weak, except for scales."""
        if len(word) < _LEAST_OF_OTHER:
            return
        for words in self._words.values():
            inflected = [one for one in self._inflected(words, word, role="scale") if word not in words.exact]
            for one in (*words.exact.get(word, ()), *inflected):
                if one.role != "join":
                    is_scale = one.role == "scale" and len(word) > _LEAST_OF_OTHER
                    yield WordMeaning("scale" if is_scale else "weak", one.value)

    def _glued(self, word: str, language: str) -> list[WordMeaning]:
        """A compound in one word, as one number; weak if something follows that is no ending."""
        words, ones = self._words[language], _GLUED[language]
        pieces: list[WordMeaning] = []
        at, read = 0, 0
        while at < len(word) <= _LONGEST_GLUED:
            last = self._inflected(words, word[at:])
            if last and pieces:
                pieces.append(last[0])
                at = read = len(word)
                break
            sizes = range(len(word) - at, 1, -1)
            size = next((size for size in sizes if self._piece(words, word[at : at + size], ones)), None)
            if size is None:
                join = next((join for join in words.exact if _joins(words, join) and word.startswith(join, at)), "")
                if not join or not pieces:
                    break
                pieces.append(WordMeaning("join", Decimal(0)))
                at += len(join)
                continue
            pieces.append(self._piece(words, word[at : at + size], ones)[0])
            at += size
            read = at
        if len([one for one in pieces if one.role != "join"]) < 2 and read == len(word):
            return []  # a plain word, or one that is none
        groups = compose(pieces, units_first=language != "it")
        if len(groups) != 1:
            return []
        rest = word[read:]
        if not rest or (rest in words.endings and (len(rest) > 2 or rest == "te")):
            return [WordMeaning("number", groups[0])]
        return [WordMeaning("weak", groups[0])] if read >= 4 else []

    def _inflected(self, words: _Words, piece: str, *, role: str = "number") -> list[WordMeaning]:
        """What a stem with an ending of the language, or without one, means (třicát-é, milion-u)."""
        cuts = (cut for cut in range(2, len(piece) + 1) if piece[:cut] in words.stems)
        stems = (piece[:cut] for cut in cuts if cut == len(piece) or piece[cut:] in words.endings)
        return [one for stem in stems for one in words.stems[stem] if one.role == role]

    def _piece(self, words: _Words, piece: str, ones: str) -> list[WordMeaning]:
        found = [one for one in words.exact.get(piece, ()) if one.role in ("number", "scale")]
        if not found and piece == ones:
            found = [WordMeaning("number", Decimal(1))]
        return found


def _joins(words: _Words, form: str) -> bool:
    return any(one.role == "join" for one in words.exact[form])


@lru_cache(maxsize=20_000)
def _meanings(table: NumberWords, word: str, language: str | None) -> tuple[WordMeaning, ...]:
    found = table.own(word, language) if language else []
    if language != "en" and not any(one.role in ("number", "scale") for one in found):
        is_known = language in table.languages
        found = [*found, *(WordMeaning("weak", one.value) if is_known else one for one in table.others(word))]
    order = ("number", "scale", "join", "weak")
    return tuple(sorted(set(found), key=lambda one: (order.index(one.role), one.value)))


def compose(pieces: Iterable[WordMeaning], *, units_first: bool = False) -> list[Decimal]:
    """The numbers that a row of words makes: `twenty five thousand` -> [25000], `two three` -> [2, 3].

    A scale multiplies all that is smaller before it ("dos mil millones"), a number is added where it fits into the
    zeros of what is there. With `units_first` a unit and a ten that are joined make one number (fünfundzwanzig).
    """
    numbers: list[Decimal] = []
    done, current, zeros, joined = Decimal(0), Decimal(0), Decimal("Infinity"), False
    is_open = False
    for piece in pieces:
        if piece.role == "join":
            joined = True
            continue
        value = piece.value
        if piece.role == "scale":
            if is_open and done and done < value:
                done, current = (done + current) * value, Decimal(0)
            elif is_open and value == 100 and current < 100:
                current = (current or Decimal(1)) * value
            elif is_open and current:
                done, current = done + current * value, Decimal(0)
            elif is_open:
                numbers.append(done)
                done = value
            else:
                done, current = (Decimal(0), value) if value == 100 else (value, Decimal(0))
            zeros, is_open = value, True
        elif is_open and units_first and joined and 0 < current % 10 == current % 100 and value % 10 == 0 < value < 100:
            current, zeros = current + value, Decimal(1)
        elif is_open and value < zeros:
            current, zeros = current + value, _zeros(value)
        else:
            if is_open:
                numbers.append(done + current)
            done, current, zeros, is_open = Decimal(0), value, _zeros(value), True
        joined = False
    if is_open:
        numbers.append(done + current)
    return numbers


def compose_scales_first(pieces: Iterable[WordMeaning]) -> list[Decimal]:
    """The same where a scale stands before what it multiplies: `biliyan dari uku` -> [300,000,000,000] (Hausa)."""
    total, scale, section, hundred = Decimal(0), Decimal(1), Decimal(0), False
    is_open = False
    for piece in pieces:
        if piece.role == "join":
            continue
        value, is_scale = piece.value, piece.role == "scale"
        if is_scale and value > 100:
            total += _section(scale, section, hundred=hundred) if is_open else 0
            scale, section, hundred, is_open = value, Decimal(0), False, True
        elif is_scale:
            hundred, is_open = True, True
        else:
            section += value * 100 if hundred and value < 10 else value + (100 if hundred else 0)
            hundred, is_open = False, True
    return [total + _section(scale, section, hundred=hundred)] if is_open else []


def _section(scale: Decimal, section: Decimal, *, hundred: bool) -> Decimal:
    return scale * (section + (100 if hundred else 0) or Decimal(1))


def _zeros(value: Decimal) -> Decimal:
    """The least power of ten above 1 that a number may be filled up below: 100 for 300, 10 for 20, else 1 (nothing)."""
    if value >= 100 and value % 100 == 0:
        return Decimal(100)
    return Decimal(10) if 20 <= value < 100 and value % 10 == 0 else Decimal(1)


@lru_cache(maxsize=1)
def load_number_words() -> NumberWords:
    """The shipped table."""
    with files("mtqa.knowledge").joinpath("tables/number_words.tsv").open(encoding="utf-8") as lines:
        return read_number_words(lines)


def read_number_words(lines: Iterable[str], path: str = "number_words.tsv") -> NumberWords:
    """Read a table. KnowledgeError names the line of a row that cannot be used."""
    rows = []
    for number, line in enumerate(lines, start=1):
        if number == 1 or not line.strip():
            continue
        try:
            language, value, role, forms, _source, _as_of = line.rstrip("\n").split("\t")
            rows.append((language, Decimal(value), role, tuple(forms.split())))
        except (ValueError, InvalidOperation) as error:
            raise KnowledgeError("six columns, the second a number, are needed", path=path, line=number) from error
        if role not in ROLES or not rows[-1][3]:
            raise KnowledgeError(f"{role!r} is no role, or the row has no form", path=path, line=number)
    return NumberWords(rows)
