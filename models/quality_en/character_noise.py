"""Errors inside words and between them: letters, case, spaces, punctuation, garbled names."""

from __future__ import annotations

import itertools
import random
import re

from models.quality_en.confusions import GARBLES, NEIGHBOURS
from models.quality_en.editing import MAJOR, Edit, any_of
from models.quality_en.material import Material, like, words_of

_END_MARKS = re.compile(r"[.!?…]+[\"'”’)]*$")
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_TOKENISED: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (r"(?<=[^\s.,])[.,;:!?…](?=\s|$|[\"”’)])", r" \g<0>"),
        (r"[(\[“](?=\S)|(?<!\S)\"(?=\S)", r"\g<0> "),
        (r"(?<=\S)(?:[)\]”]|\"(?!\w))", r" \g<0>"),
        (r"(?<=[^\W\d_])[’']s\b", r" \g<0>"),
        (r"(?<=[^\W\d_])n[’']t\b", r" \g<0>"),
        (r"(?<=[^\W\d_])[’'](?:re|ve|ll|d|m)\b", r" \g<0>"),
        (r"(?<=[a-z]s)[’'](?=\s)", r" \g<0>"),
        (r"\b(\w+)-(\w+)\b", r"\1 - \2"),
        (r"(?<=\d)[,.](?=\d{3})", r"\g<0> "),
        (r"(?<=\d)%", " %"),
        (r"[$€£](?=\d)", r"\g<0> "),
        (r"(?<=\w)/(?=\w)", r" / "),
    )
)


def tokenised(text: str, rng: random.Random, _material: Material) -> list[Edit]:
    """Spaces around punctuation as the tokenised text of an MT system has them; often in a few places only."""
    edits = [
        Edit(match.start(), match.end(), match.expand(spaced))
        for pattern, spaced in _TOKENISED
        for match in pattern.finditer(text)
    ]
    if not edits:
        return []
    share = rng.choice((1.0, 1.0, 0.7, 0.4, 0.0))
    some = [edit for edit in edits if rng.random() < share]
    return some or [rng.choice(edits)]


def case(text: str, rng: random.Random, _material: Material) -> list[Edit]:
    """Wrong capitals: none, none at the beginning, a name without, random ones, all."""
    words = words_of(text)
    capitalised = [word for word in words[1:] if word.group()[0].isupper()]
    small = [word for word in words if word.group().islower() and len(word.group()) > 2]

    def lowered(chosen: list[re.Match[str]]) -> list[Edit]:
        return [_exchange(word, word.group().lower()) for word in chosen if word.group().lower() != word.group()]

    def titled() -> list[Edit]:
        share = rng.choice((0.15, 0.3, 1.0))
        chosen = [word for word in small if rng.random() < share]
        return [_exchange(word, word.group()[0].upper() + word.group()[1:]) for word in chosen or small[:1]]

    def capitals() -> list[Edit]:
        chosen = words if rng.random() < 0.5 else rng.sample(small, min(len(small), rng.randint(1, 3)))
        return [_exchange(word, word.group().upper()) for word in chosen if word.group().upper() != word.group()]

    return any_of(
        rng,
        lambda: lowered(words),
        lambda: lowered(words[:1]),
        lambda: lowered(rng.sample(capitalised, min(len(capitalised), rng.randint(1, 2)))),
        titled,
        capitals,
    )


def punctuation(text: str, rng: random.Random, _material: Material) -> list[Edit]:
    """End marks, commas and quotation marks lost, added, doubled or wrong."""
    end = _END_MARKS.search(text.rstrip())
    commas = [match.start() for match in re.finditer(r"(?<=\S),(?=\s)", text)]
    quotes = [match.start() for match in re.finditer(r"[\"“”«»]", text)]
    gaps = [match.start() for match in re.finditer(r"(?<=[^\W\d_]) (?=[^\W\d_])", text)]

    def lost_commas() -> list[Edit]:
        chosen = commas if rng.random() < 0.4 else rng.sample(commas, min(1, len(commas)))
        return [Edit(place, place + 1, "") for place in chosen]

    def wrong_end() -> list[Edit]:
        if end is None:
            return []
        wrong = rng.choice((".", "?", "!", ",", ":", ";", "..", "...", "。", " .", "?.", ".,"))
        return [Edit(end.start(), end.end(), wrong)] if wrong != end.group() else []

    def added() -> list[Edit]:
        chosen = rng.sample(gaps, min(len(gaps), rng.choice((1, 1, 2, 3))))
        return [Edit(place, place, rng.choice((",", ",", ",", ";", ".", ":", " -"))) for place in chosen]

    return any_of(
        rng,
        lambda: [Edit(end.start(), end.end(), "")] if end else [],
        lost_commas,
        wrong_end,
        added,
        lambda: [
            Edit(place, place + 1, rng.choice((",,", ", ,", "，", ".,")))
            for place in rng.sample(commas, len(commas[:1]))
        ],
        lambda: [
            Edit(place, place + 1, rng.choice(("", "", "''", '""'))) for place in rng.sample(quotes, len(quotes[:1]))
        ],
    )


def misspelling(text: str, rng: random.Random, _material: Material) -> list[Edit]:
    """Typing errors in one to three words of at least four letters."""
    words = [word for word in words_of(text) if len(word.group()) >= 4]
    return [
        _exchange(word, wrong)
        for word in rng.sample(words, min(len(words), rng.choice((1, 1, 2, 3))))
        if (wrong := _mistyped(word.group(), rng)) != word.group()
    ]


def _mistyped(word: str, rng: random.Random) -> str:
    place = rng.randrange(1, len(word) - 1)
    letter = word[place]
    return rng.choice(
        (
            word[:place] + word[place + 1] + letter + word[place + 2 :],
            word[:place] + word[place + 1 :],
            word[:place] + letter + word[place:],
            word[:place] + rng.choice(_LETTERS) + word[place:],
            word[:place] + rng.choice(NEIGHBOURS.get(letter, "e")) + word[place + 1 :],
        )
    )


def dropped_character(text: str, rng: random.Random, _material: Material) -> list[Edit]:
    """Letters lost at the beginning, at the end or inside of one to four words."""
    words = [word for word in words_of(text) if len(word.group()) >= 3]
    edits = []
    for word in rng.sample(words, min(len(words), rng.choice((1, 1, 1, 2, 4)))):
        full = word.group()
        lost = rng.choice((1, 1, 1, 2)) if len(full) > 5 else 1
        inner = rng.randrange(1, len(full) - lost)
        edits.append(_exchange(word, rng.choice((full[lost:], full[:-lost], full[:inner] + full[inner + lost :]))))
    return edits


def spacing(text: str, rng: random.Random, _material: Material) -> list[Edit]:
    """Words run together or split."""
    words = words_of(text)
    pairs = [(left, right) for left, right in itertools.pairwise(words) if text[left.end() : right.start()] == " "]
    long = [word for word in words if len(word.group()) >= 5]
    stops = list(re.finditer(r"[^\W\d_]+[,.;:] (?=[^\W\d_])[^\W\d_]+", text))

    def together() -> list[Edit]:
        chosen = rng.sample(pairs, min(len(pairs), rng.choice((1, 1, 2, 4))))
        return [Edit(left.start(), right.end(), left.group() + right.group()) for left, right in chosen]

    def split() -> list[Edit]:
        edits = []
        for word in rng.sample(long, min(len(long), rng.choice((1, 1, 2, 4)))):
            cut = rng.randint(2, len(word.group()) - 2)
            edits.append(_exchange(word, word.group()[:cut] + rng.choice((" ", " ", " ", "- ")) + word.group()[cut:]))
        return edits

    return any_of(
        rng,
        together,
        split,
        lambda: [_exchange(stop, stop.group().replace(" ", "")) for stop in rng.sample(stops, len(stops[:1]))],
    )


def garbled_name(text: str, rng: random.Random, material: Material) -> list[Edit]:
    """Names as they come back from another script: one to three rules of one route each."""
    names = [word for word in words_of(text)[1:] if len(word.group()) >= 4 and material.is_name(word.group())]
    edits = []
    for name in rng.sample(names, min(len(names), rng.choice((1, 1, 1, 2)))):
        wrong = _garbled(name.group(), rng)
        if wrong != name.group():
            edits.append(_exchange(name, wrong, MAJOR))
    return edits


def _garbled(name: str, rng: random.Random) -> str:
    wrong = name.lower()
    route = GARBLES[rng.choice(list(GARBLES))]
    left = rng.choice((1, 1, 2, 2, 3))
    for pattern, replacement in rng.sample(route, len(route)):
        places = list(re.finditer(pattern, wrong))
        if not places:
            continue
        place = rng.choice(places)
        changed = wrong[: place.start()] + place.expand(replacement) + wrong[place.end() :]
        if changed == wrong or len(changed) < 3:
            continue
        wrong = changed
        left -= 1
        if not left:
            break
    parts, models = wrong.split("-"), name.split("-")
    if len(parts) != len(models):
        return like(wrong, name[:1])
    return "-".join(like(part, model[:1]) for part, model in zip(parts, models, strict=True))


def gibberish(text: str, rng: random.Random, material: Material) -> list[Edit]:
    """Most words scrambled, or a run of word pieces in place of the words."""
    words = [word for word in words_of(text) if len(word.group()) >= 4]
    if len(words) < 3:
        return []

    def scrambled() -> list[Edit]:
        edits = []
        for word in words:
            if rng.random() < 0.85:
                letters = list(word.group())
                rng.shuffle(letters)
                edits.append(_exchange(word, "".join(letters), MAJOR))
        return edits

    def pieces() -> list[Edit]:
        edits = []
        for word in words_of(text):
            joined = "".join(_piece(rng, material) for _ in range(max(1, len(word.group()) // 3)))
            edits.append(_exchange(word, joined, MAJOR))
        return edits

    def random_letters() -> list[Edit]:
        return [_exchange(word, "".join(rng.choices(_LETTERS, k=len(word.group()))), MAJOR) for word in words]

    return any_of(rng, scrambled, pieces, random_letters)


def _piece(rng: random.Random, material: Material) -> str:
    word = rng.choice(material.content_words) if material.content_words else "".join(rng.choices(_LETTERS, k=6))
    start = rng.randrange(max(1, len(word) - 2))
    return word[start : start + rng.randint(2, 4)]


def _exchange(word: re.Match[str], replacement: str, severity: str = "minor") -> Edit:
    return Edit(word.start(), word.end(), replacement, severity)
