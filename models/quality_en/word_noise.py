"""Whole words wrong: exchanged, dropped, repeated, replaced; offices, names, literal renderings."""

from __future__ import annotations

import itertools
import random
import re

from models.quality_en.confusions import LITERAL, OFFICES
from models.quality_en.editing import MAJOR, MINOR, Edit, any_of
from models.quality_en.material import FUNCTION_WORDS, Material, content_words_of, like, words_of

_OFFICE = re.compile(
    r"\b(" + "|".join(sorted((re.escape(office) for office in OFFICES), key=len, reverse=True)) + r")\b", re.IGNORECASE
)
_LITERAL = dict(LITERAL)
_LITERAL_PATTERN = re.compile(
    r"\b(" + "|".join(sorted((re.escape(right) for right in _LITERAL), key=len, reverse=True)) + r")\b", re.IGNORECASE
)
_NAME_RUN = re.compile(r"[A-Z][\w’'\-]*(?: (?:(?:de|van|von|al|bin|der) )?[A-Z][\w’'\-]*)*")
_SMALL_GAP = " "


def word_swap(text: str, rng: random.Random, material: Material) -> list[Edit]:
    """Two adjacent words exchanged (minor), or two at a distance, or a word moved (major)."""
    words = [word for word in words_of(text) if word.group()]
    adjacent = [
        (left, right)
        for left, right in itertools.pairwise(words)
        if text[left.end() : right.start()] == _SMALL_GAP and left.group().lower() != right.group().lower()
    ]

    def near() -> list[Edit]:
        return [edit for pair in rng.sample(adjacent, len(adjacent[:1])) for edit in _exchanged(*pair, MINOR, material)]

    def far() -> list[Edit]:
        if len(words) < 4:
            return []
        first, second = sorted(rng.sample(range(len(words)), 2))
        left, right = words[first], words[second]
        if second - first < 2 or left.group().lower() == right.group().lower():
            return []
        return _exchanged(left, right, MAJOR, material)

    def moved() -> list[Edit]:
        if len(adjacent) < 4:
            return []
        (word, after), (target, _) = rng.sample(adjacent, 2)
        if target.start() in (word.start(), after.start()) or word.start() == 0 or target.end() == word.start() - 1:
            return []
        return [
            Edit(word.start(), after.start(), "", MAJOR),
            Edit(target.end(), target.end(), " " + word.group(), MAJOR),
        ]

    return any_of(rng, near, near, far, moved)


def _exchanged(left: re.Match[str], right: re.Match[str], severity: str, material: Material) -> list[Edit]:
    """The two words in each other's place; the first word of the text keeps its capital there."""
    first, second = left.group(), right.group()
    if left.start() == 0 and first[0].isupper() and not material.is_name(first) and first != "I":
        first, second = first[0].lower() + first[1:], second[0].upper() + second[1:]
    return [Edit(left.start(), left.end(), second, severity), Edit(right.start(), right.end(), first, severity)]


def dropped_word(text: str, rng: random.Random, _material: Material) -> list[Edit]:
    """A small word (minor) or a content word (major) left out; sometimes two."""
    words = words_of(text)
    if len(words) < 3:
        return []
    small = [word for word in words if word.group().lower() in FUNCTION_WORDS]
    content = [word for word in words if word.group().lower() not in FUNCTION_WORDS]

    def dropped(found: list[re.Match[str]], severity: str) -> list[Edit]:
        chosen = rng.sample(found, min(len(found), rng.choice((1, 1, 1, 2))))
        return [_gap(text, word.start(), word.end(), severity) for word in chosen]

    return any_of(rng, lambda: dropped(small, MINOR), lambda: dropped(content, MAJOR))


def _gap(text: str, start: int, end: int, severity: str) -> Edit:
    """Deletion with one neighbouring space; at the beginning the next word gets the capital."""
    if start and text[start - 1] == " ":
        return Edit(start - 1, end, "", severity)
    if text[end : end + 1] == " ":
        following = words_of(text[end : end + 60])
        if start == 0 and text[:1].isupper() and following and following[0].start() == 1:
            word = following[0].group()
            return Edit(0, end + 1 + len(word), word[:1].upper() + word[1:], severity)
        return Edit(start, end + 1, "", severity)
    return Edit(start, end, "", severity)


def dropped_clause(text: str, rng: random.Random, _material: Material) -> list[Edit]:
    """Three or more words left out: between punctuation marks, from one small word to the next, or anywhere."""
    words = words_of(text)
    if len(words) < 6:
        return []
    breaks = [match.start() for match in re.finditer(r"[,;:](?=\s)| [–—-] ", text)] + [_body_end(text)]
    starts = [word.start() - 1 for word in words[1:] if word.group().lower() in FUNCTION_WORDS]

    def between(edges: list[int], rng: random.Random) -> list[Edit]:
        runs = [
            (left, right)
            for index, left in enumerate(edges)
            for right in edges[index + 1 : index + 4]
            if left < right and 3 <= len(text[left:right].split()) <= max(3, len(words) * 2 // 3)
        ]
        return [Edit(*rng.choice(runs), "", MAJOR)] if runs else []

    def anywhere() -> list[Edit]:
        count = rng.randint(3, max(3, len(words) // 3))
        first = rng.randint(1, len(words) - count)
        return [_gap(text, words[first].start(), words[first + count - 1].end(), MAJOR)]

    return any_of(rng, lambda: between(breaks, rng), lambda: between(sorted({*starts, _body_end(text)}), rng), anywhere)


def _body_end(text: str) -> int:
    return len(re.sub(r"[\s.!?…\"”’)]+$", "", text))


def repeated_word(text: str, rng: random.Random, material: Material) -> list[Edit]:
    """A word doubled once, rarely more often; also with a word in between or in two places."""
    words = words_of(text)
    if not words:
        return []
    if rng.random() < 0.15 and len(words) > 3:
        first = rng.randrange(len(words) - 1)
        place = words[first + 1].end()
        return [Edit(place, place, " " + _inside(words[first].group(), material), MINOR)]
    edits = []
    for word in rng.sample(words, min(len(words), rng.choice((1, 1, 1, 1, 2)))):
        times = rng.choice((1, 1, 1, 1, 1, 2, 3))
        again = " " + _inside(word.group(), material)
        edits.append(Edit(word.end(), word.end(), again * times, MINOR if times == 1 else MAJOR))
    return edits


def repeated_phrase(text: str, rng: random.Random, material: Material) -> list[Edit]:
    """A phrase said twice or thrice, or the end of the sentence in a loop of three to eight turns."""
    words = words_of(text)
    if len(words) < 3:
        return []
    count = rng.randint(2, min(7, len(words) - 1))
    if rng.random() < 0.5:
        first = rng.randint(0, len(words) - count)
        end, times = words[first + count - 1].end(), rng.choice((1, 1, 1, 2))
    else:
        first = len(words) - count
        end, times = words[-1].end(), rng.randint(3, 8)
    phrase = text[words[first].start() : end]
    initial = words[first].group()
    phrase = _inside(initial, material) + phrase[len(initial) :]
    return [Edit(end, end, (rng.choice((" ", " ", ", ", " and ")) + phrase) * times, MAJOR)]


def _inside(word: str, material: Material) -> str:
    return word if word == "I" or word.isupper() or material.is_name(word) else word[:1].lower() + word[1:]


def word_replaced(text: str, rng: random.Random, material: Material) -> list[Edit]:
    """One to four content words replaced by words of other sentences."""
    words = [word for word in content_words_of(text) if word.group().islower()]
    if not material.content_words:
        return []
    chosen = rng.sample(words, min(len(words), rng.choice((1, 1, 2, 3, 4))))
    return [Edit(word.start(), word.end(), rng.choice(material.content_words), MAJOR) for word in chosen]


def swapped_office(text: str, rng: random.Random, _material: Material) -> list[Edit]:
    """Two offices exchanged, or one replaced by another."""
    found = list(_OFFICE.finditer(text))
    if not found:
        return []
    pairs = [
        (left, right)
        for index, left in enumerate(found)
        for right in found[index + 1 :]
        if left.group().lower() != right.group().lower()
    ]
    if pairs and rng.random() < 0.6:
        left, right = rng.choice(pairs)
        return [
            Edit(left.start(), left.end(), _titled(right.group(), left.group()), MAJOR),
            Edit(right.start(), right.end(), _titled(left.group(), right.group()), MAJOR),
        ]
    own = rng.choice(found)
    other = rng.choice([office for office in OFFICES if office != own.group().lower()])
    return [Edit(own.start(), own.end(), _titled(other, own.group()), MAJOR)]


def _titled(office: str, model: str) -> str:
    if " " in model or " " not in office:
        capital = model[:1].isupper() and model.split()[-1][:1].isupper()
    else:
        capital = model[:1].isupper()
    if not capital:
        return like(office.lower(), model)
    return " ".join(word if word == "of" else word[:1].upper() + word[1:] for word in office.lower().split())


def swapped_entities(text: str, rng: random.Random, material: Material) -> list[Edit]:
    """Two names of the sentence exchanged, or one replaced by a name of another sentence."""
    names = [
        run
        for run in _NAME_RUN.finditer(text)
        if all(material.is_name(word) for word in run.group().split() if word[0].isupper())
        and (run.start() or " " in run.group() or run.group().lower() not in material.vocabulary)
    ]
    pairs = [
        (left, right)
        for index, left in enumerate(names)
        for right in names[index + 1 :]
        if left.group() not in right.group() and right.group() not in left.group()
    ]

    def exchanged() -> list[Edit]:
        if not pairs:
            return []
        left, right = rng.choice(pairs)
        return [
            Edit(left.start(), left.end(), right.group(), MAJOR),
            Edit(right.start(), right.end(), left.group(), MAJOR),
        ]

    def replaced() -> list[Edit]:
        if not names or not material.names:
            return []
        own, other = rng.choice(names), rng.choice(material.names)
        return [] if other == own.group() else [Edit(own.start(), own.end(), other, MAJOR)]

    return any_of(rng, exchanged, replaced)


def literal_idiom(text: str, rng: random.Random, _material: Material) -> list[Edit]:
    """One to three expressions rendered word for word or by a false friend."""
    found = list(_LITERAL_PATTERN.finditer(text))
    chosen = rng.sample(found, min(len(found), rng.choice((1, 1, 2, 3))))
    return [
        Edit(match.start(), match.end(), like(_LITERAL[match.group().lower()], match.group()), MINOR)
        for match in chosen
    ]
