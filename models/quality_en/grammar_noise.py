"""Wrong grammar: articles, prepositions, agreement, tense, pronouns, negation, numbers."""

from __future__ import annotations

import itertools
import random
import re

from models.quality_en.confusions import (
    AGREEMENT,
    FRACTIONS,
    IRREGULAR,
    MONTHS,
    NUMBER_WORDS,
    ORDINALS,
    PREPOSITIONS,
    PRONOUNS,
    SCALE_PLURALS,
    SCALES,
    TENSE,
    WEEKDAYS,
)
from models.quality_en.editing import MAJOR, MINOR, Edit, any_of
from models.quality_en.material import FUNCTION_WORDS, Material, content_words_of, like, words_of

_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
_AUXILIARIES = frozenset("is are was were will would can could should must may might has have had does do did".split())
_SUBJECTS = frozenset("he she it they we you i who which that also".split())
# Words in -ed or -ing that are no verb forms.
_NO_FORMS = frozenset("evening morning during according including something nothing anything wedding".split())
_CLOSED = (NUMBER_WORDS, ORDINALS, SCALES, SCALE_PLURALS, FRACTIONS, MONTHS, WEEKDAYS)
_CLASS_OF = {word: words for words in _CLOSED for word in words}
_FORMS = {form: (forms, index) for forms in reversed(IRREGULAR) for index, form in reversed(list(enumerate(forms)))}
_NEGATIONS: dict[str, tuple[str, ...]] = {
    "cannot": ("can",), "never": ("always", ""), "without": ("with",), "no": ("some", "a", ""),
    "nobody": ("everybody",),
    "nothing": ("everything", "something"), "none": ("all",), "neither": ("either",), "nor": ("or",), "not": ("",),
    "with": ("without",), "always": ("never",), "all": ("not all", "no"), "everyone": ("no one",), "any": ("no",),
    "only": ("not only",), "still": ("no longer",),
}  # fmt: skip


def wrong_article(text: str, rng: random.Random, material: Material) -> list[Edit]:
    """Articles lost, added or exchanged, in one to three places."""
    words = words_of(text)
    articles = [word for word in words if word.group().lower() in ("the", "a", "an")]
    bare = [
        word
        for before, word in itertools.pairwise(words)
        if text[before.end() : word.start()] == " "
        and word.group().lower() not in FUNCTION_WORDS
        and (before.group().lower() in PREPOSITIONS or (material.is_name(word.group()) and before.group().islower()))
        and before.group().lower() not in ("the", "a", "an")
    ]
    edits = []
    for article in rng.sample(articles, min(len(articles), rng.choice((0, 1, 1, 2, 3)))):
        now = article.group().lower()
        new = rng.choice(("", "", *(one for one in ("a", "an", "the") if one != now)))
        if new:
            edits.append(Edit(article.start(), article.end(), like(new, article.group()), MINOR))
        elif text[article.end() : article.end() + 1] == " " and article.start():
            edits.append(Edit(article.start(), article.end() + 1, "", MINOR))
    if not edits or rng.random() < 0.3:
        for word in rng.sample(bare, min(len(bare), rng.choice((1, 1, 2)))):
            edits.append(Edit(word.start(), word.start(), rng.choice(("the ", "the ", "a ")), MINOR))
    return edits


def wrong_preposition(text: str, rng: random.Random, _material: Material) -> list[Edit]:
    """One to three prepositions exchanged for ones that other languages have there, rarely left out."""
    found = [word for word in words_of(text) if word.group().lower() in PREPOSITIONS]
    edits = []
    for word in rng.sample(found, min(len(found), rng.choice((1, 1, 2, 3)))):
        if word.start() and text[word.end() : word.end() + 1] == " " and rng.random() < 0.15:
            edits.append(Edit(word.start(), word.end() + 1, "", MINOR))
        else:
            new = rng.choice(PREPOSITIONS[word.group().lower()])
            edits.append(Edit(word.start(), word.end(), like(new, word.group()), MINOR))
    return edits


def agreement(text: str, rng: random.Random, material: Material) -> list[Edit]:
    """Singular for plural and the reverse: of auxiliaries, or an -s added or lost."""
    words = words_of(text)
    closed = [word for word in words if word.group().lower() in AGREEMENT]

    def auxiliary() -> list[Edit]:
        return [
            Edit(word.start(), word.end(), like(AGREEMENT[word.group().lower()], word.group()), MINOR)
            for word in rng.sample(closed, min(len(closed), rng.choice((1, 1, 2))))
        ]

    def ending() -> list[Edit]:
        found = [(word, new) for word in content_words_of(text) if (new := _other_number(word.group(), material))]
        chosen = rng.sample(found, min(len(found), rng.choice((1, 1, 2))))
        return [Edit(word.start(), word.end(), new, MINOR) for word, new in chosen]

    return any_of(rng, auxiliary, ending)


def _other_number(word: str, material: Material) -> str | None:
    """The word with an -s more or less, if both forms are words of the material."""
    if not word.islower():
        return None
    candidates = [word[:-3] + "y"] if word.endswith("ies") else [word[:-1], word[:-2]] if word.endswith("s") else []
    candidates += [word + "s", word + "es", word[:-1] + "ies"] if not word.endswith("s") else []
    return next((one for one in candidates if material.vocabulary.get(one)), None)


def tense(text: str, rng: random.Random, material: Material) -> list[Edit]:
    """One to three verb forms changed: auxiliaries, irregular verbs, an -ed or -ing lost, a base form for all."""
    found = [
        (word, forms)
        for word in words_of(text)
        if (forms := _other_forms(word.group().lower(), material)) and (word.group().islower() or not word.start())
    ]
    chosen = rng.sample(found, min(len(found), rng.choice((1, 1, 2, 3))))
    return [Edit(word.start(), word.end(), like(rng.choice(forms), word.group()), MINOR) for word, forms in chosen]


def _other_forms(word: str, material: Material) -> list[str]:
    if word in TENSE:
        return list(TENSE[word])
    if word in _FORMS:
        forms, index = _FORMS[word]
        other = [form for place, form in enumerate(forms) if place != index and form != word]
        return [*other, f"is {word}" if index == 2 else f"has {word}"]
    base = base_of(word, material)
    if base is None:
        return []
    return [base, base, "was " + base, "will " + base] if word.endswith("ed") else [base, "to " + base]


def base_of(word: str, material: Material) -> str | None:
    """The base of a form in -ed or -ing, if the material has it."""
    if word in _NO_FORMS:
        return None
    for ending in ("ed", "ing"):
        stem = word.removesuffix(ending)
        if stem == word or len(stem) < 3:
            continue
        candidates = [stem + "e", stem, stem[:-1] + "y" if stem.endswith("i") else stem]
        candidates += [stem[:-1]] if stem[-1] == stem[-2] else []
        known = [one for one in candidates if material.vocabulary.get(one)]
        return max(known, key=lambda one: material.vocabulary[one]) if known else None
    return None


def pronoun(text: str, rng: random.Random, _material: Material) -> list[Edit]:
    """One to three pronouns (or words of the one gender) exchanged; all the same way round as often as not."""
    found = [word for word in words_of(text) if word.group().lower() in PRONOUNS]
    chosen = found if rng.random() < 0.2 else rng.sample(found, min(len(found), rng.choice((1, 1, 2, 3))))
    edits = []
    for word in chosen:
        new = rng.choice(PRONOUNS[word.group().lower()])
        model = word.group() if word.group() != "I" else ("It" if word.start() == 0 else "it")
        edits.append(Edit(word.start(), word.end(), like(new, model), MINOR))
    return edits


def negation(text: str, rng: random.Random, material: Material) -> list[Edit]:
    """A negation put in or taken out."""
    words = words_of(text)

    def removed() -> list[Edit]:
        contracted = [
            word for word in words if re.fullmatch(r"\w{2,}n[’']t", word.group()) and word.group()[:2] != "ca"
        ]
        return [
            Edit(word.start(), word.end(), word.group()[:-3] if word.group() != "won't" else "will", MAJOR)
            for word in rng.sample(contracted, len(contracted[:1]))
        ]

    def exchanged() -> list[Edit]:
        found = [word for word in words if word.group().lower() in _NEGATIONS and word.start()]
        edits = []
        for word in rng.sample(found, len(found[:1])):
            new = rng.choice(_NEGATIONS[word.group().lower()])
            start = word.start() - (not new and text[word.start() - 1] == " ")
            edits.append(Edit(start, word.end(), new, MAJOR))
        return edits

    def inserted() -> list[Edit]:
        found = [
            word
            for before, word, after in zip(words, words[1:], words[2:], strict=False)
            if word.group().lower() in _AUXILIARIES and after.group().lower() != "not"
            if before.group().lower() not in _AUXILIARIES
        ]
        return [Edit(word.end(), word.end(), " not", MAJOR) for word in rng.sample(found, len(found[:1]))]

    def with_do() -> list[Edit]:
        found = [
            (word, base)
            for before, word in itertools.pairwise(words)
            if word.group().islower()
            and word.group().endswith("ed")
            and (before.group().lower() not in FUNCTION_WORDS or before.group().lower() in _SUBJECTS)
            and (base := base_of(word.group(), material))
        ]
        return [
            Edit(word.start(), word.end(), "did not " + base, MAJOR) for word, base in rng.sample(found, len(found[:1]))
        ]

    return any_of(rng, removed, exchanged, inserted, with_do)


def number_change(text: str, rng: random.Random, _material: Material) -> list[Edit]:
    """Digits, decimal points, number words, scales, months or weekdays changed, in one or two places."""
    edits = []
    for match in _NUMBER.finditer(text):
        new = _other_digits(match.group(), rng)
        edits.append(Edit(match.start(), match.end(), new, MAJOR))
    for word in words_of(text):
        full = word.group()
        key = full if full in _CLASS_OF else full.lower()
        # "one of the ..." is no number in this sense.
        if key in _CLASS_OF and not (key == "one" and text[word.end() :].startswith(" of")):
            new = rng.choice([one for one in _CLASS_OF[key] if one != key])
            edits.append(Edit(word.start(), word.end(), like(new, full), MAJOR))
    edits = [edit for edit in edits if text[edit.start : edit.end] != edit.replacement]
    return rng.sample(edits, min(len(edits), rng.choice((1, 1, 1, 2))))


def _other_digits(number: str, rng: random.Random) -> str:
    points = [place for place, letter in enumerate(number) if letter in ".,"]
    choice = rng.random()
    if points and choice < 0.3:
        place = rng.choice(points)
        bare = number[:place] + number[place + 1 :]
        moved = rng.choice([one for one in range(1, len(bare) + 1) if one != place])
        return bare[:moved] + number[place] + bare[moved:] if moved < len(bare) else bare
    digits = [place for place, letter in enumerate(number) if letter.isdecimal()]
    place = rng.choice(digits)
    if choice < 0.45 and len(digits) < 4:
        return number + rng.choice(("0", "00", "000", ",000"))
    if choice < 0.55 and len(number) > 1:
        dropped = number[:place] + number[place + 1 :]
        return dropped.strip(".,:") or number + "0"
    new = rng.choice([digit for digit in "123456789" if digit != number[place]])
    return number[:place] + new + number[place + 1 :]
